// The row that chooses a part of the library: its lists, what it says of the choice, and the hand-over to Gradio.
"use strict";
(() => {
  const root = document.documentElement.dataset.root || "";
  const texts = JSON.parse(document.getElementById("yj-texts").textContent);
  const form = document.getElementById("yj-scope");
  const now = document.getElementById("yj-scope-now");
  const details = form.querySelector("details");

  function chosen() {
    const scope = {};
    for (const name of ["folders", "issuers"]) if (form[name].value) scope[name] = [form[name].value];
    if (form.years.value) scope.years = [Number(form.years.value)];
    if (form.documents.value.trim()) scope.documents = [form.documents.value.trim()];
    if (form.in_force.checked) scope.in_force = true;
    return scope;
  }

  function told(scope) {
    const years = (scope.years || []).map((year) => texts.scope_year.replace("{year}", year));
    const parts = [...(scope.folders || []), ...years, ...(scope.issuers || []), ...(scope.documents || [])];
    if (scope.in_force) parts.push(texts.scope_in_force);
    return parts.join(" · ");
  }

  function changed() {
    const scope = chosen();
    const text = told(scope);
    now.textContent = text || texts.scope_all;
    form.classList.toggle("yj-narrow", Boolean(text));
    const area = document.querySelector("#yj-scope-value textarea, #yj-scope-value input");
    if (!area) return;
    area.value = text ? JSON.stringify(scope) : "";
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  let filled = false;
  async function fill() {
    if (filled) return;
    filled = true;
    try {
      const answer = await fetch(`${root}/api/facets`);
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      for (const name of ["folders", "years", "issuers"]) {
        for (const [value, count] of found[name]) form[name].append(new Option(`${value}（${count}）`, value));
      }
      const list = document.getElementById("yj-documents");
      for (const title of found.documents) list.append(new Option("", title));
    } catch {
      filled = false;
    }
  }

  details.addEventListener("toggle", () => details.open && fill());
  form.addEventListener("change", changed);
  form.addEventListener("reset", (event) => {
    // By hand: the browser's own comes after this event, and what it changed must be told at once.
    event.preventDefault();
    for (const name of ["folders", "years", "issuers", "documents"]) form[name].value = "";
    form.in_force.checked = false;
    changed();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    changed();
    details.open = false;
  });
  document.addEventListener("click", (event) => {
    if (details.open && !event.target.closest?.("#yj-scope")) details.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    form.querySelector("summary").focus();
  });
})();
