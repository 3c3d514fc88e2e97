// Search in the document: the server finds, the page marks what it holds and fetches what it is led to.
"use strict";
(() => {
  const { text, texts, cuts, parts, fill, say, address, waiting, partAt, bring, into, mark, unmark, current, watchers } = yjReader;
  const form = document.querySelector(".yj-find");
  const box = form.querySelector("input");
  const told = form.querySelector("output");
  const steps = { previous: form.querySelector(".yj-find-previous"), next: form.querySelector(".yj-find-next") };
  let found = { words: "", starts: [], count: 0, length: 0, listed: 0 };
  let here = -1;
  let timer = 0;
  let turn = 0;
  form.hidden = false;

  // Index of the first place at or behind the offset.
  function from(offset) {
    let low = 0;
    let high = found.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (found.starts[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function paint(part) {
    const n = Number(part.dataset.n);
    for (let i = Math.max(0, from(cuts[n]) - 1); i < found.starts.length && found.starts[i] < cuts[n + 1]; i++) {
      const marks = mark(part, found.starts[i], found.starts[i] + found.length, "yj-hit");
      for (const one of marks) one.dataset.i = i;
    }
  }
  watchers.push((part) => found.count && paint(part));

  async function search() {
    clearTimeout(timer);
    const words = box.value.trim();
    if (words === found.words) return;
    const mine = ++turn;
    unmark("mark.yj-hit");
    here = -1;
    found = { words, starts: [], count: 0, length: 0, listed: 0 };
    if (words) {
      try {
        const answer = await fetch(address("find", { q: words }));
        const body = await answer.json();
        if (mine !== turn) return;
        if (!answer.ok) return say(`${body.message}${body.todo}`, true);
        found = { ...body, words };
      } catch {
        return mine === turn ? say(texts.reader_offline, true) : undefined;
      }
      for (const part of parts) if (!waiting(part)) paint(part);
      if (found.count) await go(from(current()) % found.starts.length);
    }
    tell();
  }

  function tell() {
    const { words, count, listed } = found;
    const key = !count ? "reader_found_none" : listed < count ? "reader_found_some" : "reader_found";
    told.textContent = words ? fill(key, { now: (here + 1).toLocaleString(), count: count.toLocaleString(), listed }) : "";
    form.classList.toggle("yj-none", Boolean(words) && !count);
    for (const button of Object.values(steps)) button.disabled = !count;
  }

  async function go(index) {
    const mine = ++turn;
    here = (index + found.starts.length) % found.starts.length;
    tell();
    try {
      await bring(found.starts[here]);
    } catch {
      return;
    }
    if (mine !== turn) return;
    for (const one of text.querySelectorAll("mark.yj-now")) one.classList.remove("yj-now");
    const marks = text.querySelectorAll(`mark.yj-hit[data-i="${here}"]`);
    for (const one of marks) one.classList.add("yj-now");
    if (marks.length) into(marks[0]);
  }

  async function step(by) {
    if (box.value.trim() !== found.words) return search();
    if (found.starts.length) await go(here + by);
  }

  function clear() {
    box.value = "";
    search();
    text.focus({ preventScroll: true });
  }

  box.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(search, 200);
  });
  box.addEventListener("compositionend", () => (timer = setTimeout(search, 200)));
  form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      clear();
    }
  });
  steps.previous.addEventListener("click", () => step(-1));
  steps.next.addEventListener("click", () => step(1));

  // The browser's own search sees only what is on the page; once more while typing here it is left alone.
  addEventListener("keydown", (event) => {
    const search = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "f";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest?.("input, textarea, [contenteditable]");
    if (!slash && !(search && document.activeElement !== box && parts.some(waiting))) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
})();
