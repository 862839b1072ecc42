"use strict";
// What every page needs: messages from the server, and forms that tell when they failed.
(function () {
  const toast = () => document.getElementById("toast");
  window.say = function (html, kind) {
    const box = document.createElement("div");
    if (kind) { box.className = "said " + kind; box.textContent = html; } else { box.innerHTML = html; }
    toast().replaceChildren(box);
    setTimeout(() => box.remove(), 9000);
  };
  document.addEventListener("htmx:responseError", (event) => {
    const text = event.detail.xhr.responseText || "";
    if (text.includes('class="said')) { window.say(text); } else { window.say("没有完成，请重试。", "bad"); }
  });
  document.addEventListener("htmx:sendError", () => window.say("连不上服务器，请检查网络后重试；没有保存。", "bad"));
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  // boxes that choose among the lines of a table: all of them at once, a run with Shift, and how many there are
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!box.matches || !box.matches("td.pick input[type=checkbox]")) return;
    const all = [...document.querySelectorAll("td.pick input[type=checkbox]")];
    if (event.shiftKey && last && all.includes(last)) {
      const [a, b] = [all.indexOf(last), all.indexOf(box)].sort((x, y) => x - y);
      for (const one of all.slice(a, b + 1)) one.checked = box.checked;
    }
    last = box;
  });
  document.addEventListener("change", (event) => {
    const name = event.target.dataset.all || event.target.name, boxes = name && document.querySelectorAll('td.pick input[name="' + CSS.escape(name) + '"]');
    if (!boxes || !boxes.length) return;
    if (event.target.dataset.all) for (const box of boxes) box.checked = event.target.checked;
    const chosen = [...boxes].filter((box) => box.checked).length;
    for (const node of document.querySelectorAll('[data-count="' + CSS.escape(name) + '"]')) node.textContent = chosen;
    for (const node of document.querySelectorAll('[data-all="' + CSS.escape(name) + '"]')) { node.checked = chosen === boxes.length; node.indeterminate = chosen > 0 && chosen < boxes.length; }
  });
  document.addEventListener("submit", (event) => {  // pressed twice is sent once
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault(); else form.dataset.sent = "yes";
  });
  document.addEventListener("keydown", (event) => {  // u takes back the last batch, where the page offers it
    const button = document.getElementById("undo");
    if (event.key !== "u" || !button || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    button.form.requestSubmit();
  });
  // a table that scrolls sideways is reached by keys too
  const reach = () => { for (const t of document.querySelectorAll("table.wide")) if (t.scrollWidth > t.clientWidth + 1) t.tabIndex = 0; };
  document.addEventListener("DOMContentLoaded", reach);
  window.addEventListener("resize", reach);
  window.addEventListener("load", () => { if (location.hash === "#print") window.print(); });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
    if (event.target.closest("[data-print]")) window.print();
    const act = event.target.closest("button[name]"); // some fields are needed for one of a form's buttons
    if (act && act.form) for (const field of act.form.querySelectorAll("[data-needed]")) field.required = field.dataset.needed === act.value;
    const copied = event.target.closest("[data-copy]");
    if (copied) {
      const words = document.querySelector(copied.dataset.copy), told = () => window.say("已复制，可以粘贴到邮件或消息里。", "good");
      if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(words.textContent).then(told);
      else { getSelection().selectAllChildren(words); if (document.execCommand("copy")) told(); }
    }
  });
})();
