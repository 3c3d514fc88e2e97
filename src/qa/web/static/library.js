// The library pages: uploads with progress, deleting and restoring, what the sync behind is doing.
"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("yl-facts").textContent);
  const root = document.documentElement.dataset.root ?? "";
  const byId = (id) => document.getElementById(id);
  const POLL = 700; // ms between two looks while something is under way
  const IDLE = 6000; // ms otherwise: another program may sync, or a watcher
  const AT_ONCE = 2; // files sent at the same time
  let csrf = facts.csrf;

  const text = (name, values = {}) =>
    (facts.texts[`lib_${name}`] ?? name).replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
  const comma = (number) => Number(number).toLocaleString("en-US");
  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // --- asking the server -------------------------------------------------------------------------------------------

  // A session may have ended with the server's; the page then has a new token, or says that one must log in.
  async function renew() {
    const response = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("yl-facts");
    csrf = fresh ? JSON.parse(fresh.textContent).csrf : "";
    return csrf !== "";
  }

  async function ask(method, path, body, again = true) {
    let response;
    try {
      response = await fetch(root + path, {
        method,
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new Error(text("net"));
    }
    if (response.status === 403 && again && (await renew())) return ask(method, path, body, false);
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error((answer.message ?? "") + (answer.todo ?? "") || text("net"));
    return answer;
  }

  const say = (message, bad = false, ...more) => {
    const place = byId("yl-say");
    if (!place) return;
    place.classList.toggle("yl-bad", bad);
    place.replaceChildren(...(message ? [make("span", { textContent: message }), ...more] : []));
  };

  async function attempt(work) {
    try {
      return await work();
    } catch (error) {
      say(error.message, true);
      return null;
    }
  }

  // A question with two buttons, or with a line to fill in; null when it is called off.
  function question(lead, fill = false) {
    return new Promise((resolve) => {
      const input = make("input", { type: "text", maxLength: 200 });
      input.setAttribute("aria-label", lead);
      const yes = make("button", { className: "yl-yes", textContent: text("yes") });
      const no = make("button", { type: "button", textContent: text("no") });
      const form = make("form", { method: "dialog" });
      form.append(make("p", { textContent: lead }), ...(fill ? [input] : []), make("div", {}, no, yes));
      const box = make("dialog", {}, form);
      let answer = null;
      form.addEventListener("submit", () => (answer = fill ? input.value.trim() : true));
      no.addEventListener("click", () => box.close());
      box.addEventListener("close", () => {
        box.remove();
        resolve(answer);
      });
      document.body.append(box);
      box.showModal();
      (fill ? input : yes).focus();
    });
  }

  // The files anew, everything else as it stands.
  async function refresh() {
    const place = byId("yl-files");
    if (!place) return;
    try {
      const response = await fetch(location.href, { credentials: "same-origin" });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("yl-files");
      if (!fresh || place.contains(document.activeElement?.closest?.("input[type=search]") ?? null)) return;
      const ticked = new Set(ticks().map((tick) => tick.dataset.path));
      place.replaceChildren(...fresh.childNodes);
      for (const tick of document.querySelectorAll(".yl-tick input")) tick.checked = ticked.has(tick.dataset.path);
      const summary = document.querySelector(".yl-head .yl-sum");
      const said = page.querySelector(".yl-head .yl-sum");
      if (summary && said) summary.replaceChildren(...said.childNodes);
      showTicks();
    } catch {
      // the poll says so
    }
  }

  // --- what is under way -------------------------------------------------------------------------------------------

  let generation = null;
  let timer = 0;
  const waiters = []; // { wish, done }

  function poll(delay = 0) {
    clearTimeout(timer);
    timer = setTimeout(look, delay);
  }

  async function look() {
    let status = null;
    try {
      const response = await fetch(`${root}/api/library/status`, { credentials: "same-origin" });
      if (response.ok) status = await response.json();
    } catch {
      // told below
    }
    showWork(status);
    if (status) {
      const fresh = generation !== null && status.generation !== generation;
      generation = status.generation;
      const ready = waiters.filter((waiter) => waiter.wish <= status.done);
      for (const waiter of ready) waiters.splice(waiters.indexOf(waiter), 1);
      if (fresh || ready.length) await refresh();
      for (const waiter of ready) waiter.done(status);
    }
    poll(status === null || status.doing !== "idle" || waiters.length ? POLL : IDLE);
  }

  function showWork(status) {
    const place = byId("yl-work");
    if (!place) return;
    const [bar, line] = place.children;
    const progress = status?.progress;
    let told = "";
    if (status === null) told = text("net");
    else if (status.doing === "reading" && progress?.stage === "read" && progress.total)
      told = text("work_reading", { done: comma(progress.done), total: comma(progress.total), note: progress.note });
    else if (status.doing === "vectors")
      told = text("work_vectors", { vectors: comma(status.vectors), chunks: comma(status.chunks) });
    else if (status.doing === "waiting") told = text("work_waiting");
    else if (status.doing === "reading") told = text("work_other");
    else if (status.failure) told = text("work_failed", { reason: status.failure });
    const bad = status === null || (status.doing === "idle" && Boolean(status.failure));
    place.hidden = !told;
    place.classList.toggle("yl-bad", bad);
    bar.hidden = bad;
    line.textContent = told;
    if (progress?.total > 1) {
      bar.max = progress.total;
      bar.value = progress.done;
    } else bar.removeAttribute("value");
  }

  function afterSync(wish, done) {
    if (wish) waiters.push({ wish, done });
    else refresh().then(done);
    poll();
  }

  // --- uploads -----------------------------------------------------------------------------------------------------

  const queue = [];
  const rows = [];
  let sending = 0;
  let forAll = null; // what becomes of every further file whose name is taken

  function refusal(path, file) {
    const name = path.split("/").pop();
    const parts = path.split("/");
    const hidden = (part) => /^(\.|~\$|~wrl)/i.test(part) || /(~|\.tmp|\.bak)$/i.test(part) || /^(thumbs\.db|desktop\.ini)$/i.test(part);
    if (parts.some(hidden)) return text("hidden");
    const suffix = name.includes(".") ? name.slice(name.lastIndexOf(".")).toLowerCase() : "";
    if (!facts.suffixes.some((one) => name.toLowerCase().endsWith(one))) return text("wrong_kind", { suffix: suffix || "?", formats: facts.formats });
    if (!file.size) return text("zero");
    const size = (file.size / 2 ** 20).toFixed(1);
    if (file.size > facts.limit * 2 ** 20) return text("too_large", { size, limit: facts.limit });
    return "";
  }

  function add(files) {
    const list = byId("yl-uploads").querySelector("ol");
    for (const { file, path } of files) {
      const whole = facts.folder ? `${facts.folder}/${path}` : path;
      const told = make("span", { className: "yl-told", textContent: text("waiting") });
      const line = make("li", {}, make("span", { textContent: path }), told);
      const row = { file, path: whole, told, line, state: "waiting", sent: 0, clash: "ask", stored: "" };
      list.append(line);
      rows.push(row);
      const wrong = refusal(path, file);
      if (wrong) settle(row, "ill", wrong);
      else queue.push(row);
    }
    byId("yl-uploads").hidden = false;
    next();
    overall();
  }

  function settle(row, state, message) {
    row.state = state;
    row.line.className = state === "ok" ? "yl-ok" : state === "ill" ? "yl-ill" : "";
    row.told.replaceChildren(message);
    overall();
  }

  function overall() {
    const [line, bar] = byId("yl-overall").children;
    const open = rows.filter((row) => row.state !== "ok" && row.state !== "ill" && row.state !== "skipped");
    const wanted = rows.filter((row) => row.state !== "ill" || row.stored);
    const total = wanted.reduce((sum, row) => sum + row.file.size, 0);
    const sent = wanted.reduce((sum, row) => sum + (row.stored ? row.file.size : row.sent), 0);
    const done = rows.filter((row) => row.stored || row.state === "ill" || row.state === "skipped").length;
    const read = rows.filter((row) => row.state === "ok").length;
    const noted = rows.filter((row) => row.state === "ill").length;
    line.textContent = open.length ? text("overall", { done, total: rows.length }) : text("overall_done", { read, noted });
    bar.hidden = !open.length;
    bar.max = total || 1;
    bar.value = sent;
  }

  function next() {
    while (sending < AT_ONCE && queue.length) {
      const row = queue.shift();
      sending++;
      send(row).finally(() => {
        sending--;
        next();
      });
    }
  }

  function send(row, again = true) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const bar = make("progress", { max: row.file.size, value: 0 });
      row.state = "sending";
      row.told.replaceChildren(bar);
      request.open("PUT", `${root}/api/library/files?path=${encodeURIComponent(row.path)}&clash=${row.clash}`);
      request.setRequestHeader("X-CSRF-Token", csrf);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = (event) => {
        row.sent = bar.value = event.loaded;
        overall();
      };
      request.onerror = () => {
        settle(row, "ill", text("net"));
        resolve();
      };
      request.onload = async () => {
        let answer = {};
        try {
          answer = JSON.parse(request.responseText);
        } catch {
          // a gateway's own page
        }
        if (request.status === 201) stored(row, answer);
        else if (request.status === 409 && answer.code === "taken") taken(row);
        else if (request.status === 403 && again && (await renew())) await send(row, false);
        else settle(row, "ill", (answer.message ?? "") + (answer.todo ?? "") || text("failed"));
        resolve();
      };
      request.send(row.file);
    });
  }

  function taken(row) {
    if (forAll) return choose(row, forAll);
    const all = make("input", { type: "checkbox" });
    const button = (name, choice) => {
      const made = make("button", { type: "button", textContent: text(name) });
      made.addEventListener("click", () => {
        if (all.checked) {
          forAll = choice;
          for (const other of rows.filter((one) => one.state === "taken")) choose(other, choice);
        } else choose(row, choice);
      });
      return made;
    };
    settle(row, "taken", text("taken"));
    const choices = [button("replace", "replace"), button("both", "both"), button("skip", "skip")];
    row.told.append(" ", ...choices, make("label", {}, all, ` ${text("for_all")}`));
  }

  function choose(row, choice) {
    if (choice === "skip") return settle(row, "skipped", text("skipped"));
    row.clash = choice;
    settle(row, "waiting", text("waiting"));
    queue.push(row);
    return next();
  }

  function stored(row, answer) {
    row.stored = answer.path;
    settle(row, "stored", text("uploaded"));
    // A later wish covers the earlier ones: results are fetched once for all that wait.
    afterSync(answer.wish, results);
  }

  async function results(status) {
    const open = rows.filter((row) => row.state === "stored");
    if (!open.length) return;
    const answer = await attempt(() => ask("POST", "/api/library/results", { paths: open.map((row) => row.stored) }));
    const found = new Map((answer?.files ?? []).map((file) => [file.path, file]));
    for (const row of open) {
      const file = found.get(row.stored);
      const within = (answer?.files ?? []).filter((one) => one.path.startsWith(`${row.stored}/`) && one.info);
      if (!file && within.length) {
        const sum = (key) => comma(within.reduce((total, one) => total + one.info[key], 0));
        settle(row, "ok", text("done", { chars: sum("chars"), chunks: sum("chunks") }));
      } else if (!file || file.state === "new") {
        if (!waiters.length) settle(row, status?.failure ? "ill" : "ok", status?.failure ?? text("done_no_chars"));
      } else if (file.state === "unread") settle(row, "ill", `${text("state_unread")}：${file.messages.join(" ")}`);
      else {
        const told = text("done", { chars: comma(file.info.chars), chunks: comma(file.info.chunks) });
        settle(row, "ok", [told, ...file.messages].join("。"));
      }
    }
  }

  // Folders come as trees of entries; each folder hands out its children a hundred at a time.
  async function entries(transfer) {
    const roots = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!roots.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
    const found = [];
    async function walk(entry, path) {
      if (entry.isFile) {
        const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
        if (file) found.push({ file, path });
        return;
      }
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
        if (!some.length) return;
        for (const child of some) await walk(child, `${path}/${child.name}`);
      }
    }
    for (const entry of roots) await walk(entry, entry.name);
    return found;
  }

  const drop = byId("yl-drop");
  if (drop) {
    const files = (input) => [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    for (const [button, name] of [["yl-choose", "yl-input"], ["yl-choose-folder", "yl-input-folder"]]) {
      const input = byId(name);
      byId(button).addEventListener("click", () => input.click());
      input.addEventListener("change", () => {
        add(files(input));
        input.value = "";
      });
    }
    // Anywhere on the page: a file let fall beside the box must not open in place of the page.
    let depth = 0;
    const over = (on) => drop.classList.toggle("yl-over", on);
    addEventListener("dragenter", () => over(++depth > 0));
    addEventListener("dragleave", () => over(--depth > 0));
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", async (event) => {
      event.preventDefault();
      depth = 0;
      over(false);
      if (event.dataTransfer) add(await entries(event.dataTransfer));
    });
    byId("yl-clear").addEventListener("click", () => {
      const open = (row) => ["waiting", "sending", "stored", "taken"].includes(row.state);
      for (const row of rows.filter((one) => !open(one))) row.line.remove();
      rows.splice(0, rows.length, ...rows.filter(open));
      forAll = null;
      byId("yl-uploads").hidden = !rows.length;
    });
    addEventListener("beforeunload", (event) => {
      if (sending || queue.length) event.preventDefault();
    });
  }

  // --- changes -----------------------------------------------------------------------------------------------------

  const ticks = () => [...document.querySelectorAll(".yl-tick input:checked")];

  function showTicks() {
    const button = byId("yl-delete");
    if (!button) return;
    const count = ticks().length;
    button.hidden = !count;
    button.textContent = text("delete_selected", { count });
  }

  async function remove(paths, lead) {
    if (!(await question(lead))) return;
    const answer = await attempt(() => ask("POST", "/api/library/delete", { paths }));
    if (!answer) return;
    const wrong = answer.failed.map((one) => one.message + one.todo).join(" ");
    const undo = make("button", { type: "button", textContent: text("undo") });
    undo.addEventListener("click", () => restore(answer.done.map((one) => one.id)));
    say([answer.done.length ? text("deleted") : "", wrong].filter(Boolean).join("。"), Boolean(wrong), ...(answer.done.length ? [undo] : []));
    await refresh();
    afterSync(answer.wish, () => {});
  }

  async function restore(ids, clash = "ask") {
    const answer = await attempt(() => ask("POST", "/api/library/restore", { ids, clash }));
    if (!answer) return;
    const met = answer.failed.filter((one) => one.code === "taken").map((one) => one.id);
    if (met.length) {
      const button = (name, choice) => {
        const made = make("button", { type: "button", textContent: text(name) });
        made.addEventListener("click", () => restore(met, choice));
        return made;
      };
      say(answer.failed[0].message, true, button("replace", "replace"), button("both", "both"));
    } else if (answer.failed.length) say(answer.failed[0].message + answer.failed[0].todo, true);
    else say(`${text("restored")}：${answer.done.map((one) => one.path).join("、")}`);
    await refresh();
    afterSync(answer.wish, () => {});
  }

  async function sync(body) {
    const answer = await attempt(() => ask("POST", "/api/library/sync", body));
    if (!answer) return;
    say("");
    afterSync(answer.wish, (status) => {
      // What was said meanwhile may have a button to undo it.
      if (!status.failure && !byId("yl-say").textContent) say(text("work_done"));
    });
  }

  const actions = {
    "yl-sync": () => sync({}),
    "yl-rebuild": async () => (await question(text("rebuild_ask"))) && sync({ rebuild: true }),
    "yl-reread": (button) => sync({ again: [button.dataset.path] }),
    "yl-delete": (button) =>
      button.id
        ? remove(ticks().map((tick) => tick.dataset.path), text("delete_many_ask", { count: ticks().length }))
        : remove([button.dataset.path], text("delete_ask", { name: button.dataset.name })),
    "yl-new-folder": async () => {
      const name = await question(text("folder_name"), true);
      if (!name) return;
      const path = facts.folder ? `${facts.folder}/${name}` : name;
      if (await attempt(() => ask("POST", "/api/library/folders", { path }))) await refresh();
    },
    "yl-restore": (button) => restore([button.dataset.id]),
    "yl-purge": async (button) => {
      if (!(await question(text("purge_ask", { name: button.dataset.name })))) return;
      if (await attempt(() => ask("POST", "/api/library/clear", { ids: [button.dataset.id] }))) await refresh();
    },
    "yl-empty": async (button) => {
      if (!(await question(text("empty_bin_ask", { count: button.dataset.count })))) return;
      if (await attempt(() => ask("POST", "/api/library/clear", {}))) location.reload();
    },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    const action = button && (actions[button.id] ?? actions[[...button.classList].find((name) => name in actions)]);
    if (action) action(button);
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "yl-all")
      for (const tick of document.querySelectorAll(".yl-tick input")) tick.checked = event.target.checked;
    if (event.target.matches?.(".yl-tick input, #yl-all")) showTicks();
    if (event.target.matches?.(".yl-bar select")) event.target.form.requestSubmit();
  });

  if (byId("yl-work")) poll();
})();
