"use strict";
// The review desk: pages load as they come into sight; a finding lights its places; keys do what the buttons do.
(function () {
  const desk = document.getElementById("review");
  if (!desk) return;
  const id = desk.dataset.submission, judges = desk.dataset.judges === "yes";
  const paper = document.getElementById("paper"), proof = document.getElementById("proof");
  const matters = document.getElementById("matters");
  const $ = (name) => document.getElementById(name);
  const svg = "http://www.w3.org/2000/svg";
  let now = null, at = 0, lit = [], lights = 0, marking = false, aim = null;

  // pages -----------------------------------------------------------------------------------------
  const loads = new Map();
  function load(number) {
    if (!loads.has(number)) {
      const sheet = document.querySelector("#leaf-" + number + " .sheet");
      const got = fetch("/submissions/" + id + "/leaves/" + number, { headers: { "HX-Request": "true" } })
        .then((answer) => answer.ok ? answer.text() : Promise.reject(answer))
        .then((html) => {
          sheet.innerHTML = html;
          excuse();
          show(aim);
          const image = sheet.querySelector("img");
          if (image) image.addEventListener("error", () => {
            const told = document.createElement("p");
            told.className = "said bad";
            told.textContent = "这一页的图像画不出来；数字的位置仍然有效。";
            image.replaceWith(told);
          });
        })
        .catch(() => { loads.delete(number); sheet.innerHTML = "<p class='said bad'>这一页没有取到，滚动后再试。</p>"; });
      loads.set(number, got);
    }
    return loads.get(number);
  }
  for (const own of ["wheel", "touchmove", "pointerdown", "keydown"]) paper.addEventListener(own, () => { aim = null; }, { passive: true });
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) load(Number(entry.target.dataset.leaf));
  }, { root: paper, rootMargin: "600px" });
  for (const leaf of document.querySelectorAll(".leaf")) seen.observe(leaf);

  // lighting --------------------------------------------------------------------------------------
  function dark() {
    for (const node of lit) {
      if (node.matches("mark.words")) {
        const parent = node.parentNode;
        node.replaceWith(...node.childNodes);
        if (parent) parent.normalize();
      }
      else if (node.matches("rect.place")) node.remove();
      else node.classList.remove("lit", "chosen", "culprit");
    }
    lit = [];
  }
  // The words a finding quotes, marked where they stand in a paragraph or cell: blanks and widths of letters apart.
  function quoted(node, text) {
    const bare = (s) => s.normalize("NFKC").replace(/\s/g, ""), wanted = bare(text || "");
    const at = [], walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let t = walk.nextNode(); t; t = walk.nextNode()) {
      for (let k = 0; k < t.length; k++) for (const c of bare(t.data[k])) at.push([t, k, c]);
    }
    const first = wanted && wanted.length < at.length ? at.map((x) => x[2]).join("").indexOf(wanted) : -1;
    if (first < 0) return [];
    const runs = new Map();
    for (const [t, k] of at.slice(first, first + wanted.length)) runs.set(t, [(runs.get(t) || [k])[0], k + 1]);
    return [...runs].map(([t, [start, end]]) => {
      const range = document.createRange(), words = document.createElement("mark");
      words.className = "words";
      range.setStart(t, start);
      range.setEnd(t, end);
      range.surroundContents(words);
      return words;
    });
  }
  function nodesOf(place, kind) {
    const leaf = $("leaf-" + place.leaf);
    if (!leaf) return [];
    const known = place.key && leaf.querySelector('[data-key="' + CSS.escape(place.key) + '"]');
    const marks = leaf.querySelector("svg.marks");
    let found = [];
    if (known) {
      if (!known.matches(".n")) found = quoted(known, place.text);
      if (!found.length) found = [known];
      for (const node of found) node.classList.add(kind);
    } else if (marks && place.box) {
      for (const [x0, top, x1, bottom] of [place.box, ...(place.more || [])]) {
        const rect = document.createElementNS(svg, "rect");
        for (const [k, v] of [["x", x0 - 2], ["y", top - 2], ["width", x1 - x0 + 4], ["height", bottom - top + 4], ["class", "place"]]) rect.setAttribute(k, v);
        marks.append(rect);
        found.push(rect);
      }
    }
    lit.push(...found);
    return found;
  }
  async function light(places, first, kind, stay) {
    dark();
    const mine = ++lights;
    await Promise.all([...new Set(places.map((p) => p.leaf))].map((n) => load(n)));
    if (mine !== lights) return;  // while a page came, another finding was lit
    const nodes = places.map((p) => nodesOf(p, kind || "lit")), chosen = nodes[first] || [];
    if (!kind) for (const node of chosen) node.classList.add("culprit");
    if (!stay) show(chosen[0] || $("leaf-" + (places[first] || {}).leaf));
  }
  // What was asked for stays in sight while pages above it come and grow, until the person scrolls.
  function show(node) {
    if (!node || !node.isConnected) return;
    aim = node;
    const box = node.getBoundingClientRect(), frame = paper.getBoundingClientRect();
    const top = box.height > frame.height ? box.top - 30 : box.top + box.height / 2 - frame.height / 2;
    paper.scrollTop += top - (box.height > frame.height ? frame.top : frame.top);
    paper.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
  }
  const places = (card) => JSON.parse(card.dataset.places || "[]");

  // findings --------------------------------------------------------------------------------------
  const every = () => [...matters.querySelectorAll("article.matter")].filter((c) => c.dataset.gone !== "yes");
  const cards = () => every().filter((c) => !c.hidden);
  const panel = matters.closest(".panel");

  // which findings are listed, and what decisions make of the colours ------------------------------
  const opened = new Set();
  let sift = "", unfolded = false;
  const called = (c) => c.querySelector(".what").childNodes[1].textContent.trim();
  function list() {
    const family = $("family").value, undecided = $("undecided").checked, grouping = $("grouping").checked, first = new Map();
    for (const c of every()) {
      c.hidden = Boolean(sift && c.dataset.severity !== sift || family && called(c) !== family || undecided && c.dataset.verdict && c !== now);
      const more = c.querySelector("button.more");
      more.hidden = true;
      if (c.hidden || !grouping) continue;
      if (!first.has(c.dataset.rule)) { first.set(c.dataset.rule, [c, 0]); continue; }
      const group = first.get(c.dataset.rule);
      group[1] += 1;
      c.hidden = !opened.has(c.dataset.rule) && c !== now;
    }
    for (const [rule, [card, count]] of first) {
      if (!count) continue;
      const more = card.querySelector("button.more");
      more.hidden = false;
      more.textContent = opened.has(rule) ? "折起同类 " + count + " 个" : "同类还有 " + count + " 个";
    }
  }
  function excuse() {  // what was dismissed is no contradiction any more: in the pages, the counts and the bar
    const gone = new Set(), stays = new Set();
    for (const c of every()) {
      const into = ["dismissed", "solved"].includes(c.dataset.verdict) ? gone : stays;
      for (const key of JSON.parse(c.dataset.blamed || "[]")) into.add(key);
    }
    for (const key of stays) gone.delete(key);
    for (const node of paper.querySelectorAll(".n.contradicted[data-key]")) node.classList.toggle("excused", gone.has(node.dataset.key));
    const told = $("contradicted"), all = Number(told.dataset.all), left = Math.max(0, all - gone.size);
    told.textContent = left;
    $("excused").textContent = gone.size ? "（已排除 " + Math.min(gone.size, all) + "）" : "";
    const bar = $("bar");
    if (bar) bar.style.width = 100 * left / Number(bar.dataset.of) + "%";
  }
  function fold(open_) {
    unfolded = open_;
    panel.classList.toggle("unfolded", open_);
    for (const b of matters.querySelectorAll("button.fold")) b.setAttribute("aria-expanded", String(open_ && b.closest("article") === now));
    try { localStorage.setItem("unfolded", open_ ? "yes" : ""); } catch (e) { /* not kept then */ }
  }
  try { unfolded = localStorage.getItem("unfolded") === "yes"; } catch (e) { /* folded */ }
  panel.classList.toggle("unfolded", unfolded);
  for (const b of document.querySelectorAll("[data-sift]")) b.addEventListener("click", () => {
    sift = b.dataset.sift;
    for (const other of document.querySelectorAll("[data-sift]")) other.setAttribute("aria-pressed", String(other === b));
    list();
  });
  for (const name of ["family", "undecided", "grouping"]) $(name).addEventListener("change", () => { list(); if (now && now.hidden) select(cards()[0]); });
  document.addEventListener("htmx:afterSettle", () => {  // cards that came anew
    if (now && !now.isConnected) { now = $(now.id); if (now) now.classList.add("now"); }
    list();
    excuse();
  });
  function select(card, place, quiet) {  // quiet: as the page opens, its address and its list stay as they are
    if (!card) return;
    if (now) now.classList.remove("now");
    now = card;
    at = place || 0;
    proof.hidden = true;
    card.classList.add("now");
    card.hidden = false;
    for (const b of matters.querySelectorAll("button.fold")) b.setAttribute("aria-expanded", String(unfolded && b.closest("article") === card));
    card.scrollIntoView({ block: "nearest" });
    if (!quiet) history.replaceState(null, "", "#" + card.id);
    for (const b of card.querySelectorAll("button.place")) b.classList.toggle("at", Number(b.dataset.at) === at);
    const all = places(card);
    if (all.length) light(all, Math.min(at, all.length - 1)); else dark();
  }
  function step(by) {
    const all = cards(), k = all.indexOf(now);
    select(all[k < 0 ? 0 : Math.max(0, Math.min(all.length - 1, k + by))]);
  }
  const open = (c) => !c.dataset.verdict && !c.classList.contains("notice");
  function nextOpen(from) {
    const all = cards(), k = all.findIndex((c) => c.id === from);
    return all.slice(k + 1).find(open) || all.find(open) || all[Math.min(k + 1, all.length - 1)];
  }
  function spot(by) {
    if (!now) return;
    const n = places(now).length;
    if (n) select(now, (at + by + n) % n);
  }
  let line = Promise.resolve();
  function decide(verdict, reason, of) {  // one after another: keys may come faster than answers
    line = line.then(() => decided(verdict, reason, of)).catch(() => {});
  }
  function decided(verdict, reason, of) {  // of: the card that was pointed at; a key means the one that is up by then
    const target = of ? $(of) : now;
    if (!target || !judges) return null;
    const card = target.id;
    return window.htmx.ajax("POST", "/matters/" + target.dataset.id + "/decisions", {
      target: "#" + card, swap: "outerHTML", values: { verdict: verdict, reason: reason || "" },
    }).then(() => {
      const fresh = $(card);
      if (!fresh || !fresh.dataset.verdict && verdict !== "reopened") return;
      if (now && now.id !== card) return;
      select(verdict === "reopened" ? fresh : nextOpen(card));
    });
  }
  // The finding that is up and all of its kind that nobody has decided on; the one that is up last: the next comes after it.
  const kindOf = (card) => {
    const same = (c) => c.id !== card.id && c.dataset.rule === card.dataset.rule && !c.dataset.verdict;
    return [...every().filter(same).map((c) => c.id), card.id];
  };
  function together(verdict, reason, ids) {  // one decision about many, taken back at one go
    if (ids.length < 2) { decide(verdict, reason, ids[0]); return; }
    const last = ids[ids.length - 1];
    line = line.then(() => window.htmx.ajax("POST", "/submissions/" + id + "/decisions", {
      source: "#review", swap: "none", values: { verdict: verdict, reason: reason || "", matters: ids.map((i) => $(i).dataset.id) },
    })).then(() => select(nextOpen(last))).catch(() => {});
  }
  function confirmed() {
    if (now && judges) together("confirmed", "", kindOf(now));
  }
  function undo() {
    if (judges) line = line.then(() => window.htmx.ajax("POST", "/submissions/" + id + "/undo", { source: "#review", swap: "none" })).catch(() => {});
  }
  const dismissal = $("dismiss");
  let dismissing = [];
  function dismiss(all) {
    if (!now || !judges) return;
    dismissing = all ? kindOf(now) : [now.id];
    $("dismiss-title").textContent = dismissing.length > 1 ? "排除同类的 " + dismissing.length + " 个问题的理由" : "排除这个问题的理由";
    $("reason").value = "";
    dismissal.showModal();
    dismissal.querySelector("button[data-reason]").focus();
  }
  function dismissed(reason) {
    if (!reason.trim()) { $("reason").focus(); return; }
    dismissal.close();
    together("dismissed", reason, dismissing);
  }
  if (dismissal) {
    dismissal.addEventListener("click", (e) => {
      const button = e.target.closest("[data-reason]");
      if (button) dismissed(button.dataset.reason);
      if (e.target.closest("#dismiss-ok")) dismissed($("reason").value);
    });
    dismissal.addEventListener("keydown", (e) => {
      if (e.target.id === "reason") {
        if (e.key === "Enter" && !e.isComposing) { e.preventDefault(); dismissed(e.target.value); }
        return;
      }
      const preset = dismissal.querySelectorAll("[data-reason]")[Number(e.key) - 1];
      if (preset) { e.preventDefault(); dismissed(preset.dataset.reason); }
    });
  }
  matters.addEventListener("click", (e) => {
    const card = e.target.closest("article.matter");
    if (!card || e.target.closest("details")) return;
    const place = e.target.closest("button.place"), act = e.target.closest("button.act");
    if (e.target.closest("button.more")) {
      opened.has(card.dataset.rule) ? opened.delete(card.dataset.rule) : opened.add(card.dataset.rule);
      list();
      return;
    }
    if (e.target.closest("button.fold")) {
      const open_ = now !== card || !unfolded;
      if (now !== card) select(card);
      fold(open_);
      return;
    }
    if (act) {
      if (now !== card) select(card);
      if (act.dataset.do === "dismissed") dismiss(); else decide(act.dataset.do, "", card.id);
      return;
    }
    select(card, place ? Number(place.dataset.at) : 0);
  });

  // numbers ---------------------------------------------------------------------------------------
  async function prove(key, leaf) {
    await light([{ key: key, leaf: leaf }], 0, "chosen");
    const answer = await fetch("/submissions/" + id + "/numbers?key=" + encodeURIComponent(key), { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    proof.innerHTML = await answer.text();
    proof.hidden = false;
  }
  function unprove() {  // back to the finding that is up: keys mean it
    if (proof.hidden) return;
    proof.hidden = true;
    const all = now ? places(now) : [];
    if (all.length) light(all, Math.min(at, all.length - 1), "", true); else dark();
  }
  proof.addEventListener("click", (e) => {
    if (e.target.closest("[data-close]")) { unprove(); return; }
    const place = e.target.closest("button.place");
    if (place) load(Number(place.dataset.leaf)).then(() => {
      show(nodesOf({ key: place.dataset.key, leaf: Number(place.dataset.leaf) }, "lit")[0]);
    });
  });
  paper.addEventListener("click", (e) => {
    const number = e.target.closest(".n[data-key]");
    if (!number) return;
    const leaf = number.closest(".leaf"), n = Number(leaf.dataset.leaf);
    if (marking) { record({ leaf: n, key: number.dataset.key, text: number.textContent, box: boxOf(number) }); return; }
    prove(number.dataset.key, n);
  });
  function boxOf(node) {
    if (node.tagName !== "rect") return "";
    const [x, y, w, h] = ["x", "y", "width", "height"].map((k) => Number(node.getAttribute(k)));
    return [x, y, x + w, y + h].join(",");
  }

  // a defect that was missed ----------------------------------------------------------------------
  const form = $("defect-form"), defect = $("defect");
  function mark(on) {
    marking = on;
    $("mark").setAttribute("aria-pressed", String(on));
    paper.classList.toggle("marking", on);
    if (on) window.say("在页面上框选一块，或点一个数字、选一段文字；再按 m 记整份文件的问题，Esc 取消。", "good");
  }
  async function record(where) {
    mark(false);
    $("toast").replaceChildren();
    const title = where.leaf ? document.querySelector("#leaf-" + where.leaf + " .title").textContent : "整份文件";
    if (where.leaf && where.box && !where.text) {
      const [x0, top, x1, bottom] = where.box.split(",");
      const answer = await fetch("/submissions/" + id + "/leaves/" + where.leaf + "/words?" + new URLSearchParams({ x0, top, x1, bottom }));
      if (answer.ok) where.text = (await answer.json()).text;
    }
    form.elements.leaf.value = where.leaf || 0;
    form.elements.box.value = where.box || "";
    form.elements.key.value = where.key || "";
    form.elements.text.value = (where.text || "").slice(0, 300);
    form.elements.words.value = "";
    $("defect-where").textContent = title + (where.text ? "：" + where.text : "");
    defect.showModal();
    form.elements.words.focus();
  }
  if (form) {
    form.addEventListener("htmx:afterRequest", (e) => {
      if (!e.detail.successful) return;
      defect.close();
      const all = cards();
      select(all[all.length - 1]);
      $("count").textContent = every().length;
    });
    defect.querySelector("[data-close]").addEventListener("click", () => defect.close());
    $("mark").addEventListener("click", () => marking ? record({}) : mark(true));
    let from = null, drag = null;
    const point = (marks, e) => {
      const box = marks.getBoundingClientRect(), view = marks.viewBox.baseVal;
      return [(e.clientX - box.left) / box.width * view.width, (e.clientY - box.top) / box.height * view.height];
    };
    paper.addEventListener("pointerdown", (e) => {
      const marks = marking && e.target.closest(".sheet")?.querySelector("svg.marks");
      if (!marks) return;
      e.preventDefault();
      from = { marks, at: point(marks, e), leaf: Number(marks.closest(".leaf").dataset.leaf) };
      drag = document.createElementNS(svg, "rect");
      drag.setAttribute("class", "drag");
      marks.append(drag);
    });
    window.addEventListener("pointermove", (e) => {
      if (!from) return;
      const [x, y] = point(from.marks, e), [a, b] = from.at;
      for (const [k, v] of [["x", Math.min(a, x)], ["y", Math.min(b, y)], ["width", Math.abs(x - a)], ["height", Math.abs(y - b)]]) drag.setAttribute(k, v.toFixed(1));
    });
    window.addEventListener("pointerup", (e) => {
      if (from) {
        const [x, y] = point(from.marks, e), [a, b] = from.at, leaf = from.leaf;
        from = null;
        drag.remove();
        if (Math.abs(x - a) > 4 && Math.abs(y - b) > 4) {
          record({ leaf, box: [Math.min(a, x), Math.min(b, y), Math.max(a, x), Math.max(b, y)].map((v) => v.toFixed(1)).join(",") });
        }
        return;
      }
      const words = marking && String(window.getSelection()).trim();
      const inside = words && window.getSelection().anchorNode.parentElement.closest(".leaf");
      if (inside) {
        const holder = window.getSelection().anchorNode.parentElement.closest("[data-key]");
        record({ leaf: Number(inside.dataset.leaf), text: words, key: holder ? holder.dataset.key : "" });
      }
    });
  }

  // the size of the pages ---------------------------------------------------------------------------
  const sizes = [1, 1.25, 1.5, 2];
  let size = 0;
  function resize(k) {
    size = Math.max(0, Math.min(sizes.length - 1, k));
    paper.style.setProperty("--zoom", sizes[size]);
    $("size").textContent = Math.round(sizes[size] * 100) + "%";
    try { localStorage.setItem("size", size); } catch (e) { /* not kept then */ }
    show(document.querySelector(".chosen, .culprit"));
  }
  try { resize(Number(localStorage.getItem("size")) || 0); } catch (e) { /* as it is */ }
  $("smaller").addEventListener("click", () => resize(size - 1));
  $("larger").addEventListener("click", () => resize(size + 1));
  $("sections").addEventListener("click", (e) => {
    const part = e.target.closest("[data-leaf]");
    if (part) show($("leaf-" + part.dataset.leaf));
  });

  // tabs, colours, keys ---------------------------------------------------------------------------
  const tabs = [...document.querySelectorAll("[role=tab]")];
  function tab(chosen) {
    for (const t of tabs) {
      t.setAttribute("aria-selected", String(t === chosen));
      t.tabIndex = t === chosen ? 0 : -1;
      $(t.dataset.tab).hidden = t !== chosen;
    }
  }
  for (const t of tabs) {
    t.addEventListener("click", () => tab(t));
    t.addEventListener("keydown", (e) => {
      const k = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (k) { const next = tabs[(tabs.indexOf(t) + k + tabs.length) % tabs.length]; tab(next); next.focus(); }
    });
  }
  $("colours").addEventListener("change", (e) => paper.classList.toggle("plain", !e.target.checked));
  const press = (name) => { const node = $(name); if (node) node.click(); };
  const keys = {
    j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), n: () => spot(1), p: () => spot(-1),
    c: () => decide("confirmed"), x: () => { line = line.then(() => dismiss()); }, X: () => { line = line.then(() => dismiss(true)); },
    C: () => { line = line.then(confirmed); }, u: () => undo(), o: () => fold(!unfolded), Enter: () => fold(!unfolded),
    m: () => { if (form) marking ? record({}) : mark(true); }, a: () => press("accept"), r: () => press("return"), f: () => press("following"),
    "+": () => resize(size + 1), "=": () => resize(size + 1), "-": () => resize(size - 1), "?": () => $("help").showModal(), Escape: () => { if (marking) mark(false); unprove(); },
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    if (e.key === "Enter" && e.target.closest("button, a, summary, input")) return;
    if (e.target.closest("input:not([type=checkbox]), textarea, select") || (e.key.startsWith("Arrow") && e.target.closest("#paper, [role=tab]"))) return;
    const act = keys[e.shiftKey ? e.key : e.key.replace(/^[A-Z]$/, (k) => k.toLowerCase())];  // CapsLock is no Shift
    if (act) { e.preventDefault(); act(); }
  });
  let later = 0;
  window.addEventListener("resize", () => { clearTimeout(later); later = setTimeout(() => show(document.querySelector(".culprit")), 150); });
  const asked = location.hash && document.querySelector(location.hash.replace(/[^#\w-]/g, ""));
  const first = asked && asked.matches("article.matter") ? asked : cards().find(open) || cards()[0];
  if (every().length > 20) $("grouping").checked = true;
  list();
  excuse();
  if (first) select(first, 0, first !== asked);
})();
