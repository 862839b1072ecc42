"use strict";
// Search and filter; without scripts (a viewer of attachments) everything is shown and the tools are hidden.
const tools = document.querySelector(".tools");
const articles = [...document.querySelectorAll("article")];
const texts = articles.map((a) => (a.textContent + " " + title(a)).toLowerCase());
const boxes = [...document.querySelectorAll("input[name=severity]")];
const find = document.getElementById("find");
const family = document.getElementById("family");

function title(article) {
  const section = article.closest("section");
  return [...section.querySelectorAll("h2, .path")].map((e) => e.textContent).join(" ");
}

function filter() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = new Set(boxes.filter((b) => b.checked).map((b) => b.value));
  let shown = 0;
  articles.forEach((a, k) => {
    const fits = wanted.has(a.dataset.severity) && (!family.value || a.dataset.family === family.value) &&
      words.every((w) => texts[k].includes(w));
    a.classList.toggle("away", !fits);
    shown += fits;
  });
  const all = shown === articles.length;
  for (const s of document.querySelectorAll("section.doc"))
    s.classList.toggle("away", !all && !s.querySelector("article:not(.away)"));
  document.getElementById("shown").textContent = shown + " / " + articles.length;
}

if (articles.length > 0) {
  tools.hidden = false;
  find.addEventListener("input", filter);
  for (const e of [...boxes, family]) e.addEventListener("change", filter);
  filter();
}
