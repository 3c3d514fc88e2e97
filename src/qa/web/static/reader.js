// #s<start>-<end> (code points of the document's text) → the sentence highlighted and in view.
"use strict";
(() => {
  const text = document.getElementById("yj-text");
  const back = document.getElementById("yj-back-to-mark");
  const outline = document.querySelector(".yj-outline");
  const paragraphs = [...text.querySelectorAll("p[data-s]")];
  const starts = paragraphs.map((p) => Number(p.dataset.s));

  // Index of the last paragraph that begins at or before the offset.
  function at(offset) {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // Code points → UTF-16 units: a character outside the basic plane (𠮷, emoji) takes two units.
  function units(string, points) {
    let index = 0;
    for (let n = 0; n < points && index < string.length; n++) index += string.codePointAt(index) > 0xffff ? 2 : 1;
    return index;
  }
  const points = (string) => {
    let n = 0;
    for (const _ of string) n++;
    return n;
  };

  // Wrap [from, to), code points within one paragraph, text node by text node.
  function wrap(paragraph, from, to) {
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    const nodes = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node);
    let passed = 0;
    for (const node of nodes) {
      const length = points(node.data);
      const a = Math.max(0, from - passed);
      const b = Math.min(length, to - passed);
      passed += length;
      if (a >= b) continue;
      const range = document.createRange();
      range.setStart(node, units(node.data, a));
      range.setEnd(node, units(node.data, b));
      range.surroundContents(document.createElement("mark"));
    }
  }

  function clear() {
    for (const mark of text.querySelectorAll("mark")) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    }
  }

  function show() {
    const found = /^#s(\d+)(?:-(\d+))?$/.exec(location.hash);
    clear();
    back.hidden = true;
    if (!found || !paragraphs.length) return;
    const start = Number(found[1]);
    const first = at(start);
    const whole = starts[first] + points(paragraphs[first].textContent);
    const end = found[2] ? Number(found[2]) : whole;
    for (let i = first; i < paragraphs.length && starts[i] < end; i++) {
      wrap(paragraphs[i], Math.max(0, start - starts[i]), end - starts[i]);
    }
    const mark = text.querySelector("mark");
    if (!mark) return;
    here(start);
    into(mark);
    new IntersectionObserver(([seen]) => {
      back.hidden = seen.isIntersecting || !mark.isConnected;
    }).observe(mark);
  }

  // Groups out of sight have estimated heights: aim again once those in sight are laid out.
  function into(mark, times = 3) {
    mark.scrollIntoView({ block: "center" });
    if (times > 1) requestAnimationFrame(() => into(mark, times - 1));
  }

  function here(offset) {
    outline.querySelector(".yj-here")?.classList.remove("yj-here");
    let best = null;
    for (const link of outline.querySelectorAll("a")) {
      if (Number(link.hash.slice(2)) > offset) break;
      best = link;
    }
    if (!best) return;
    best.classList.add("yj-here");
    const box = outline.getBoundingClientRect();
    const place = best.getBoundingClientRect();
    if (place.top < box.top || place.bottom > box.bottom) outline.scrollTop += place.top - box.top - box.height / 3;
  }

  back.addEventListener("click", () => into(text.querySelector("mark")));
  outline.addEventListener("click", (event) => {
    if (event.target.closest("a")?.hash === location.hash) show();
    if (event.target.closest("a") && matchMedia("(max-width: 900px)").matches) outline.open = false;
  });
  if (matchMedia("(max-width: 900px)").matches) outline.open = false;
  addEventListener("hashchange", show);
  show();
})();
