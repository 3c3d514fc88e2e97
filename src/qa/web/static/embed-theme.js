// Light or dark as the address says, else as the system does; before anything is painted, and nothing is stored.
"use strict";
(() => {
  const root = document.documentElement;
  if (root.dataset.theme !== "auto") return;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    root.dataset.theme = system.matches ? "dark" : "light";
  };
  apply();
  if (system.addEventListener) system.addEventListener("change", apply);
})();
