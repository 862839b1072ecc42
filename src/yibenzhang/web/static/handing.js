"use strict";
// Files, folders and zips go up one after another, two at a time, each with its progress.
(function () {
  const drop = document.getElementById("drop");
  if (!drop) return;
  const list = document.getElementById("sending");
  const csrf = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF"];
  const most = Number(drop.dataset.most);
  const waiting = [];
  let running = 0, sent = 0;

  function line(file) {
    if (!list.firstElementChild) {
      list.innerHTML = "<table class='wide'><thead><tr><th>正在上传</th><th>进度</th></tr></thead><tbody></tbody></table>";
    }
    const row = document.createElement("tr");
    const name = document.createElement("td"), state = document.createElement("td");
    name.textContent = file.webkitRelativePath || file.name;
    state.innerHTML = "<progress max='1' value='0' aria-label='上传进度'></progress> <span>排队</span>";
    row.append(name, state);
    list.querySelector("tbody").append(row);
    return state;
  }

  const MOST_TRIES = 6;  // the same file sent again under the same delivery counts once

  function send(file, state, tries = 1) {
    const bar = state.querySelector("progress"), words = state.querySelector("span");
    const finish = (text, bad) => {
      if (bad) bar.remove(); else bar.value = 1;
      words.textContent = text;
      words.className = bad ? "bad" : "good";
      running -= 1;
      sent += 1;
      refresh();
      next();
    };
    if (file.size > most) return finish("文件太大，没有上传", true);
    const ask = new URLSearchParams({ name: file.webkitRelativePath || file.name, delivery: drop.dataset.delivery });
    if (drop.dataset.entry) ask.set("entry", drop.dataset.entry);
    const draft = document.getElementById("draft");
    if (draft && draft.checked) ask.set("draft", "true");
    const request = new XMLHttpRequest();
    request.open("POST", "/seasons/" + drop.dataset.season + "/files?" + ask);
    request.setRequestHeader("X-CSRF", csrf);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (e) => {
      if (e.lengthComputable) { bar.value = e.loaded / e.total; words.textContent = Math.round(100 * e.loaded / e.total) + "%"; }
    };
    const again = (why) => {
      if (tries >= MOST_TRIES) return finish(why + "，没有收下，请稍后重新拖入", true);
      words.textContent = why + "，马上再试（第 " + tries + " 次）";
      bar.value = 0;
      setTimeout(() => send(file, state, tries + 1), 1000 * tries * tries);
    };
    request.onload = () => {
      let told = {};
      try { told = JSON.parse(request.responseText); } catch (e) { /* told below */ }
      if (request.status === 503) return again("服务器暂时不能用");
      if (request.status !== 201) return finish(told.error || "没有收下，请重试", true);
      const refused = told.refused || [];
      all(told.delivery);
      const text = (told.note || "已收下 " + told.files.length + " 个文件") + (refused.length ? "；没有收下：" + refused.join("；") : "");
      finish(text, refused.length > 0);
    };
    request.onerror = () => again("连不上服务器");
    words.textContent = "0%";
    request.send(file);
  }

  function all(delivery) {  // the page of everything that came in at this go
    if (!delivery || document.getElementById("all")) return;
    const line = document.createElement("p");
    line.id = "all";
    line.innerHTML = "<a href='/deliveries/" + encodeURIComponent(delivery) + "'>这次交的全部文件</a>";
    list.append(line);
  }

  function next() {
    while (running < 2 && waiting.length) {
      const [file, state] = waiting.shift();
      running += 1;
      send(file, state);
    }
  }

  let later = 0;
  function refresh() {
    clearTimeout(later);
    later = setTimeout(() => {
      window.htmx.ajax("GET", "/seasons/" + drop.dataset.season + "/progress", { target: "#progress", swap: "outerHTML" });
    }, 200);
  }

  function add(files) {
    for (const file of files) {
      if (/(^|\/)(\.|~\$|Thumbs\.db$|__MACOSX)/.test(file.webkitRelativePath || file.name)) continue;
      waiting.push([file, line(file)]);
    }
    next();
  }

  function read(entry, path) {
    return new Promise((done) => {
      if (entry.isFile) {
        entry.file((file) => {
          try { Object.defineProperty(file, "webkitRelativePath", { value: path + file.name }); } catch (e) { /* its own */ }
          done([file]);
        }, () => { window.say(path + entry.name + " 没有读到，请单独再交。", "bad"); done([]); });
        return;
      }
      const reader = entry.createReader(), found = [];
      const more = () => reader.readEntries(async (entries) => {
        if (!entries.length) return done(found);
        for (const e of entries) found.push(...await read(e, path + entry.name + "/"));
        more();
      }, () => done(found));
      more();
    });
  }

  drop.addEventListener("dragover", (e) => { e.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (e) => {
    e.preventDefault();
    drop.classList.remove("over");
    const files = [], folders = [];  // what fell is only there until this function returns: all is taken at once
    for (const item of [...e.dataTransfer.items].filter((i) => i.kind === "file")) {
      const entry = item.webkitGetAsEntry && item.webkitGetAsEntry();
      if (entry && entry.isDirectory) folders.push(entry); else files.push(item.getAsFile());
    }
    add(files.filter(Boolean));
    for (const folder of folders) add(await read(folder, ""));
  });
  for (const id of ["files", "folder"]) {
    const field = document.getElementById(id);
    const take = () => { add([...field.files]); field.value = ""; };
    field.addEventListener("change", take);
    take();  // what was chosen before this script ran
  }
  drop.dataset.ready = "";
  window.addEventListener("beforeunload", (e) => { if (running || waiting.length) e.preventDefault(); });
})();
