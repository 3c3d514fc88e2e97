// The outline: branches fold, the place being read is followed, on a narrow screen it is a drawer. And printing.
"use strict";
(() => {
  const { text, texts, parts, fill, el, say, address, fetched, waiting, loadAll, current, show } = yjReader;
  const outline = document.getElementById("yj-outline");
  const button = document.querySelector(".yj-side");
  const main = document.querySelector(".yj-paper");
  const narrow = matchMedia("(max-width: 900px)");
  const page = document.documentElement;
  const KEY = "youju-outline";

  // ---- folding ----
  function foldable(list) {
    for (const item of list.querySelectorAll("li")) {
      const below = item.querySelector(":scope > ol");
      if (!below && !item.dataset.more) continue;
      const fold = el("button", "yj-fold");
      fold.type = "button";
      fold.setAttribute("aria-label", `${texts.reader_open_branch}：${item.querySelector("a").textContent}`);
      fold.setAttribute("aria-expanded", String(Boolean(below)));
      item.prepend(fold);
    }
  }

  async function toggle(fold) {
    const item = fold.parentNode;
    if (item.dataset.more) {
      const [a, b] = item.dataset.more.split("-");
      delete item.dataset.more;
      try {
        const branch = document.adoptNode((await fetched(address("outline", { a, b }))).querySelector("ol"));
        foldable(branch);
        item.append(branch);
      } catch {
        item.dataset.more = `${a}-${b}`;
        return;
      }
      fold.setAttribute("aria-expanded", "true");
    } else {
      const below = item.querySelector(":scope > ol");
      if (!below) return;
      below.hidden = !below.hidden;
      fold.setAttribute("aria-expanded", String(!below.hidden));
    }
    follow();
  }

  // ---- following ----
  let pending = false;
  function follow() {
    pending = false;
    const offset = current();
    let best = null;
    for (const link of outline.querySelectorAll("a[data-s]")) {
      if (Number(link.dataset.s) > offset) break;
      if (!link.closest("ol[hidden]")) best = link;
    }
    const old = outline.querySelector(".yj-here");
    if (old === best) return;
    old?.classList.remove("yj-here");
    old?.removeAttribute("aria-current");
    if (!best) return;
    best.classList.add("yj-here");
    best.setAttribute("aria-current", "location");
    const box = outline.getBoundingClientRect();
    const place = best.getBoundingClientRect();
    if (place.top < box.top + 40 || place.bottom > box.bottom - 20) outline.scrollTop += place.top - box.top - box.height / 3;
  }
  addEventListener("scroll", () => {
    if (!pending) pending = Boolean(requestAnimationFrame(follow));
  }, { passive: true });

  outline.addEventListener("click", (event) => {
    const fold = event.target.closest(".yj-fold");
    if (fold) return void toggle(fold);
    const link = event.target.closest("a[data-s]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (narrow.matches) drawer(false);
    const hash = `#s${link.dataset.s}`;
    if (location.hash === hash) show();
    else location.hash = hash;
  });

  // ---- drawer and column ----
  const shade = el("div", "yj-shade");
  const close = el("button", "yj-tool yj-drawer-close", "×");
  close.type = "button";
  close.setAttribute("aria-label", texts.reader_close_outline);
  outline.querySelector("h2").append(close);
  document.body.append(shade);
  const kept = () => {
    try {
      return localStorage.getItem(KEY) !== "closed";
    } catch {
      return true;
    }
  };
  let column = kept();

  function drawer(open) {
    page.classList.add("yj-drawn"); // it slides once it was used, not when the page opens
    page.classList.toggle("yj-drawer", open);
    button.setAttribute("aria-expanded", String(open));
    outline.inert = !open;
    main.inert = open;
    if (open) {
      follow();
      const here = outline.querySelector(".yj-here");
      (here || close).focus({ preventScroll: true });
      here?.scrollIntoView({ block: "center" });
    } else if (document.activeElement === document.body || outline.contains(document.activeElement)) button.focus({ preventScroll: true });
  }

  function arrange() {
    page.classList.remove("yj-drawer");
    main.inert = false;
    const open = narrow.matches ? false : column;
    outline.inert = !open;
    page.classList.toggle("yj-no-side", !narrow.matches && !column);
    button.setAttribute("aria-expanded", String(open));
  }

  button.addEventListener("click", () => {
    if (narrow.matches) return drawer(!page.classList.contains("yj-drawer"));
    column = !column;
    try {
      localStorage.setItem(KEY, column ? "open" : "closed");
    } catch {
      // storage may be forbidden
    }
    arrange();
  });
  close.addEventListener("click", () => drawer(false));
  shade.addEventListener("click", () => drawer(false));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && page.classList.contains("yj-drawer")) drawer(false);
  });
  narrow.addEventListener("change", arrange);
  button.hidden = !outline.querySelector("a");
  if (button.hidden) column = !narrow.matches && column;
  foldable(outline);
  arrange();
  follow();

  // ---- printing ----
  const print = document.querySelector(".yj-print");
  print.hidden = false;
  async function printed() {
    try {
      if (parts.some(waiting)) await loadAll((done, all) => say(fill("reader_printing", { done, parts: all }), true));
    } catch {
      return; // said already
    }
    say("");
    window.print();
  }
  print.addEventListener("click", printed);
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "p" || !parts.some(waiting)) return;
    event.preventDefault();
    printed();
  });
  text.tabIndex = -1;
})();
