// Finds while one types; without this script the button does.
"use strict";
(() => {
  const form = document.querySelector(".cp-pick");
  if (!form) return;
  let timer = 0, asked = 0;
  const find = async (side) => {
    const mine = ++asked;
    const given = new URLSearchParams(new FormData(form));
    given.set("pick", "1");
    const answer = await fetch(form.getAttribute("action") + "?" + given);
    if (!answer.ok || mine !== asked) return;
    const there = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = there.querySelector(`[data-side="${side}"] .cp-hits`);
    if (fresh) form.querySelector(`[data-side="${side}"] .cp-hits`).replaceWith(document.importNode(fresh, true));
  };
  form.addEventListener("keydown", (event) => {
    // By itself it would press the form's first button, which finds.
    if (event.key !== "Enter" || event.target.type !== "radio") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(".cp-submit"));
  });
  form.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    const side = event.target.closest("[data-side]").dataset.side;
    clearTimeout(timer);
    timer = setTimeout(() => find(side).catch(() => {}), 250);
  });
})();
