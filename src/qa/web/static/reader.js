// The text of the reading page: its parts as they come near, places in code points, and the range a link names.
"use strict";
globalThis.yjReader = (() => {
  // At once: it takes the outline of a narrow screen out of the flow, before anything is scrolled to.
  document.documentElement.classList.add("yj-scripted");
  const text = document.getElementById("yj-text");
  const back = document.getElementById("yj-back-to-mark");
  const toast = document.getElementById("yj-say");
  const texts = JSON.parse(text.dataset.texts);
  const cuts = text.dataset.cuts.split(" ").map(Number);
  const total = cuts[cuts.length - 1];
  const address = (path, values = {}) =>
    `${document.documentElement.dataset.root || ""}/doc/${encodeURIComponent(text.dataset.doc)}/${path}?${new URLSearchParams({ ...values, v: text.dataset.v })}`;
  const fill = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const el = (tag, className, content) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (content !== undefined) node.textContent = content;
    return node;
  };

  // ---- telling ----
  let quiet = 0;
  function say(message, stays = false) {
    clearTimeout(quiet);
    toast.replaceChildren(message);
    toast.hidden = !message;
    toast.classList.toggle("yj-stays", stays);
    if (stays) {
      const close = el("button", "yj-close-say", "×");
      close.type = "button";
      close.setAttribute("aria-label", texts.reader_close);
      close.addEventListener("click", () => say(""));
      toast.append(close);
    } else if (message) quiet = setTimeout(() => say(""), 4000);
  }

  // ---- code points ----
  // A character outside the basic plane (𠮷, emoji) takes two UTF-16 units.
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
  const startOf = (paragraph) => Number(paragraph.dataset.s);

  // ---- parts ----
  const KEEP = 24; // parts in the page at once: 190,000 characters; a law of a million would take 36,000 nodes
  const AHEAD = "150%"; // of the window: what is so near is fetched
  const parts = [];
  const coming = new Map();
  const watchers = [];
  let keepAll = false;
  const partAt = (offset) => {
    let low = 0;
    let high = cuts.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (cuts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const waiting = (part) => part.classList.contains("yj-wait");
  const near = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting && waiting(one.target)) load(Number(one.target.dataset.n)).catch(() => {});
  }, { rootMargin: `${AHEAD} 0px` });

  function placeholder(n, height) {
    const part = el("div", "g yj-wait");
    part.dataset.n = n;
    part.dataset.told = texts.reader_unloaded;
    part.style.height = `${height}px`;
    return part;
  }

  // A document parsed by the browser, scripts off: the server's own HTML, never a string put into the page.
  function fetched(url) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("GET", url);
      request.responseType = "document";
      request.onload = () => (request.status === 200 && request.response ? resolve(request.response) : reject(request.status));
      request.onerror = () => reject(0);
      request.send();
    }).catch((status) => {
      say(texts[status === 409 || status === 404 || status === 422 ? "reader_changed" : "reader_offline"], true);
      throw new Error(`part: ${status}`);
    });
  }

  function load(n) {
    if (!parts[n] || !waiting(parts[n])) return Promise.resolve(parts[n]);
    if (!coming.has(n)) {
      const done = fetched(address("part", { n })).then((page) => {
        const made = document.adoptNode(page.querySelector(".g"));
        near.unobserve(parts[n]);
        parts[n].replaceWith(made);
        parts[n] = made;
        for (const tell of watchers) tell(made, n);
        prune(n);
        return made;
      });
      coming.set(n, done);
      done.catch(() => {}).finally(() => coming.delete(n));
    }
    return coming.get(n);
  }

  // The part farthest from the one just loaded makes room, unless it is marked, selected or in use.
  function prune(n) {
    if (keepAll) return;
    const there = parts.map((_, index) => index).filter((index) => !waiting(parts[index]));
    const selection = getSelection();
    const busy = (part) =>
      part.contains(document.activeElement) || (!selection.isCollapsed && selection.rangeCount && selection.getRangeAt(0).intersectsNode(part));
    there.sort((a, b) => Math.abs(b - n) - Math.abs(a - n));
    for (const index of there.slice(0, Math.max(0, there.length - KEEP))) {
      if (busy(parts[index])) continue;
      const empty = placeholder(index, parts[index].offsetHeight);
      parts[index].replaceWith(empty);
      parts[index] = empty;
      near.observe(empty);
    }
  }

  function start() {
    const given = [...text.querySelectorAll(".g")];
    const first = Number(given[0].dataset.n);
    const chars = given.reduce((sum, part) => sum + cuts[Number(part.dataset.n) + 1] - cuts[Number(part.dataset.n)], 0);
    const each = given.reduce((sum, part) => sum + part.offsetHeight, 0) / Math.max(chars, 1);
    for (const part of given) parts[Number(part.dataset.n)] = part;
    const before = document.createDocumentFragment();
    const after = document.createDocumentFragment();
    for (let n = 0; n < cuts.length - 1; n++) {
      if (parts[n]) continue;
      parts[n] = placeholder(n, Math.round(each * (cuts[n + 1] - cuts[n])));
      (n < first ? before : after).append(parts[n]);
    }
    given[0].before(before);
    given[given.length - 1].after(after);
    for (const part of parts) if (waiting(part)) near.observe(part);
    if (first && !location.hash) parts[first].scrollIntoView();
  }

  async function loadAll(tell) {
    keepAll = true;
    let done = 0;
    const wanted = parts.map((_, n) => n);
    const worker = async () => {
      while (wanted.length) {
        await load(wanted.shift());
        tell(++done, parts.length);
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  }

  // What was loaded for the printer makes room again: 133 parts of a law of three megabytes make every search slow.
  addEventListener("afterprint", () => {
    keepAll = false;
    prune(partAt(current()));
  });

  // ---- places ----
  // The paragraph of a loaded part that holds the offset.
  function paragraphAt(offset) {
    const all = parts[partAt(offset)].querySelectorAll("p[data-s]");
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (startOf(all[middle]) <= offset) low = middle;
      else high = middle - 1;
    }
    return all[low];
  }

  // Text nodes of [from, to), code points within one paragraph, each as a range.
  function ranges(paragraph, from, to) {
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    const made = [];
    let passed = 0;
    for (let node = walker.nextNode(); node && passed < to; node = walker.nextNode()) {
      const length = points(node.data);
      const a = Math.max(0, from - passed);
      const b = Math.min(length, to - passed);
      passed += length;
      if (a >= b) continue;
      const range = document.createRange();
      range.setStart(node, units(node.data, a));
      range.setEnd(node, units(node.data, b));
      made.push(range);
    }
    return made;
  }

  // Mark [start, end) of the text in one part; the marks.
  function mark(part, start, end, className = "") {
    const made = [];
    if (waiting(part)) return made;
    const all = [...part.querySelectorAll("p[data-s]")];
    for (let i = 0; i < all.length; i++) {
      const at = startOf(all[i]);
      if (at >= end) break;
      if (i + 1 < all.length && startOf(all[i + 1]) <= start) continue;
      for (const range of ranges(all[i], Math.max(0, start - at), end - at)) {
        const node = el("mark", className);
        range.surroundContents(node);
        made.push(node);
      }
    }
    return made;
  }

  function unmark(selector) {
    const parents = new Set();
    for (const node of text.querySelectorAll(selector)) {
      parents.add(node.closest("p"));
      node.replaceWith(...node.childNodes);
    }
    for (const parent of parents) parent.normalize();
  }

  // The text at the upper edge of what is seen, as an offset.
  const edge = () => document.querySelector(".yj-bar").getBoundingClientRect().bottom + 24;
  function current() {
    const y = edge();
    const part = parts.find((one) => one.getBoundingClientRect().bottom > y) || parts[parts.length - 1];
    if (waiting(part)) return cuts[Number(part.dataset.n)];
    const all = part.querySelectorAll("p[data-s]");
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle].getBoundingClientRect().bottom > y) high = middle;
      else low = middle + 1;
    }
    return startOf(all[low]);
  }

  // Load what lies at the offset, with what is above and below it, so that nothing moves once it is in view.
  async function bring(offset) {
    const n = partAt(offset);
    await Promise.all([n, n - 1, n + 1].map(load));
    return parts[n];
  }

  // Parts in sight may still get their height: aim again once they are laid out.
  function into(node, block = "center", times = 3) {
    node.scrollIntoView({ block, behavior: "instant" });
    if (times > 1) requestAnimationFrame(() => node.isConnected && into(node, block, times - 1));
  }

  // ---- the range a link names ----
  // FNV-1a of what was linked, so that a link outlives the text it was made from and says so. (A page on plain http has
  // no crypto.subtle; nobody is to be kept from forging it.)
  function check(string) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < string.length; i++) hash = Math.imul(hash ^ string.charCodeAt(i), 0x01000193) >>> 0;
    return hash.toString(16).padStart(8, "0");
  }

  let quote = null;
  let sight = null;
  let turn = 0;
  const wrong = (hash) => {
    if (!/^#s[\d-]/.test(hash)) return null;
    const found = /^#s(\d{1,9})(?:-(\d{1,9}))?(?:\.([0-9a-f]{8}))?$/.exec(hash);
    const [start, end] = found ? [Number(found[1]), found[2] && Number(found[2])] : [0, 0];
    if (!found || (found[2] && end <= start)) return { told: texts.reader_hash_wrong };
    if (start >= total) return { told: fill("reader_hash_beyond", { start, chars: total }) };
    const told = end > total ? fill("reader_hash_clipped", { end, chars: total }) : "";
    return { start, end: end && Math.min(end, total), check: found[3], told };
  };

  async function show() {
    const mine = ++turn;
    unmark("mark.yj-quote");
    quote = null;
    sight?.disconnect();
    back.hidden = true;
    const asked = wrong(location.hash);
    if (asked?.told) say(asked.told, true);
    else if (toast.classList.contains("yj-stays")) say("");
    if (!asked || asked.start === undefined) return;
    try {
      await bring(asked.start);
      if (asked.end) await load(partAt(asked.end - 1));
    } catch {
      return;
    }
    if (mine !== turn) return;
    const paragraph = paragraphAt(asked.start);
    const end = asked.end || startOf(paragraph) + points(paragraph.textContent);
    quote = { start: asked.start, end };
    const marks = parts.flatMap((part) => mark(part, quote.start, quote.end, "yj-quote"));
    if (!marks.length) return;
    const last = partAt(end - 1);
    const whole = parts.slice(partAt(asked.start), last + 1).every((part) => !waiting(part));
    if (asked.check && whole && check(marks.map((m) => m.textContent).join("")) !== asked.check) say(texts.reader_hash_stale, true);
    into(marks[0], asked.end ? "center" : "start"); // a heading stands above what belongs to it
    watch(marks[0]);
  }

  function watch(first) {
    sight?.disconnect();
    sight = new IntersectionObserver(([seen]) => (back.hidden = seen.isIntersecting));
    sight.observe(first);
  }

  // A part that comes late, or again, shows its share of the quote.
  watchers.push((part) => {
    if (!quote || partAt(quote.start) > Number(part.dataset.n)) return;
    const marks = mark(part, quote.start, quote.end, "yj-quote");
    if (marks.length && partAt(quote.start) === Number(part.dataset.n)) watch(marks[0]);
  });

  back.addEventListener("click", async () => {
    if (!quote) return;
    await bring(quote.start);
    const first = text.querySelector("mark.yj-quote");
    if (first) into(first);
  });

  const api = {
    ...{ text, texts, cuts, parts, fill, el, say, address, fetched, points, startOf, waiting, partAt, load, loadAll },
    ...{ bring, into, mark, unmark, ranges, paragraphAt, current, check, show, watchers },
  };
  start();
  addEventListener("hashchange", show);
  show();
  return api;
})();
