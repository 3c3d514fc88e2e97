// The batch evaluation's page: sends the table, shows how far it is, stops it.
"use strict";
(() => {
  const root = document.documentElement.dataset.root || "";
  const { csrf, limit, texts } = JSON.parse(document.getElementById("ya-facts").textContent);
  const fill = (key, values) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const file = document.getElementById("ya-file");
  const run = document.getElementById("ya-run");
  const bar = run.querySelector("progress");
  const told = run.querySelector("span");
  const say = document.getElementById("ya-say");

  function complain(text) {
    say.textContent = text;
    say.hidden = !text;
  }

  async function call(method, path, body) {
    const answer = await fetch(`${root}/api/admin/batch${path}`, { method, body, headers: { "X-CSRF-Token": csrf } });
    const data = await answer.json();
    if (!answer.ok) throw new Error(`${data.message}${data.todo}`);
    return data;
  }

  function show(state) {
    const running = state.state === "running";
    run.hidden = !running;
    file.disabled = running;
    bar.max = Math.max(state.total, 1);
    bar.value = state.done;
    told.textContent = fill("bat_running", state);
  }

  async function follow() {
    try {
      const state = await call("GET", "");
      show(state);
      if (state.state === "running") setTimeout(follow, 400);
      else location.reload();
    } catch (error) {
      complain(error instanceof TypeError ? texts.offline : error.message);
    }
  }

  file.addEventListener("change", async () => {
    const [one] = file.files;
    file.value = "";
    if (!one) return;
    if (!/\.(xlsx|xlsm)$/i.test(one.name)) return complain(texts.bat_not_xlsx);
    if (one.size > limit) return complain(texts.bat_too_large);
    complain("");
    try {
      show(await call("PUT", `?${new URLSearchParams({ name: one.name })}`, one));
      follow();
    } catch (error) {
      complain(error instanceof TypeError ? texts.offline : error.message);
    }
  });

  document.getElementById("ya-cancel").addEventListener("click", () => {
    call("POST", "/cancel").catch((error) => complain(error.message));
  });

  if (!run.hidden) follow();
})();
