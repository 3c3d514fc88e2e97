// Light or dark: what was chosen here before, else what the system says. Runs before anything is painted.
"use strict";
(() => {
  const KEY = "youju-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage may be forbidden
    }
  };
  const current = () => kept() ?? (system.matches ? "dark" : "light");
  const apply = () => {
    const theme = current();
    document.documentElement.dataset.theme = theme;
    // Gradio marks its body by itself; a chosen theme must win.
    document.body?.classList.toggle("dark", theme === "dark");
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    new MutationObserver(() => {
      if (document.body.classList.contains("dark") !== (current() === "dark")) apply();
    }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    document.addEventListener("click", (event) => {
      if (!event.target.closest?.(".yj-theme")) return;
      try {
        localStorage.setItem(KEY, current() === "dark" ? "light" : "dark");
      } catch {
        return;
      }
      apply();
    });
  });
})();
