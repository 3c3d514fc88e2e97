// A mark at the end of the sentence pointed at copies a link to it; a selection is copied with its source.
"use strict";
(() => {
  const { text, texts, parts, el, say, address, points, startOf, load, waiting, ranges, paragraphAt, current, check } = yjReader;
  const REST = 140; // ms a pointer rests in a sentence before the mark moves there: on the way to the mark others are crossed

  async function toClipboard(string) {
    try {
      await navigator.clipboard.writeText(string);
      return true;
    } catch {
      // Plain http on an intranet has no clipboard API: the old way.
      const area = el("textarea", "yj-clip");
      area.value = string;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }
  const copied = async (string, done) => say((await toClipboard(string)) ? done : texts.reader_copy_failed);
  const link = (start, end, string) => `${location.origin}${location.pathname}#s${start}-${end}${string === null ? "" : `.${check(string)}`}`;

  // ---- the sentence pointed at ----
  const mark = el("button", "yj-mark");
  mark.type = "button";
  mark.id = "yj-sentence";
  mark.setAttribute("aria-label", texts.reader_link);
  mark.title = texts.reader_link;
  const lines = el("div", "yj-lines");
  lines.setAttribute("aria-hidden", "true");
  text.prepend(mark, lines);
  let target = null;

  // Sentences of a paragraph as [from, to) in its code points; white space at their ends left out.
  function sentences(paragraph) {
    const letters = [...paragraph.textContent];
    const begins = [0, ...(paragraph.dataset.n || "").split(" ").filter(Boolean).map(Number)];
    return begins.map((from, i) => {
      let to = i + 1 < begins.length ? begins[i + 1] : letters.length;
      while (to > from && !letters[to - 1].trim()) to--;
      return { paragraph, from, to, index: i, string: letters.slice(from, to).join("") };
    });
  }

  function aim(sentence) {
    const boxes = sentence && ranges(sentence.paragraph, sentence.from, sentence.to).flatMap((range) => [...range.getClientRects()]);
    if (!boxes?.length) return drop();
    target = sentence;
    const sheet = text.getBoundingClientRect();
    const last = boxes[boxes.length - 1];
    const left = Math.min(last.right - sheet.left, sheet.width - 30);
    mark.style.left = `${left}px`;
    mark.style.top = `${last.top - sheet.top - 12}px`;
    mark.classList.add("yj-shown");
    mark.setAttribute("aria-label", `${texts.reader_link}：${sentence.string.slice(0, 60)}`);
    lines.replaceChildren(
      ...boxes.map((box) => {
        const line = el("div");
        line.style.cssText = `left:${box.left - sheet.left}px;top:${box.top - sheet.top}px;width:${box.width}px;height:${box.height}px`;
        return line;
      }),
    );
  }

  function drop() {
    target = null;
    mark.classList.remove("yj-shown");
    lines.replaceChildren();
  }

  function under(x, y) {
    const caret = document.caretPositionFromPoint?.(x, y);
    const range = caret ? null : document.caretRangeFromPoint?.(x, y);
    const [node, offset] = caret ? [caret.offsetNode, caret.offset] : range ? [range.startContainer, range.startOffset] : [];
    const paragraph = node?.parentElement?.closest("#yj-text p[data-s]");
    if (!paragraph) return null;
    const at = inside(paragraph, node, offset);
    const all = sentences(paragraph);
    return all.find((one) => at <= one.to) || all[all.length - 1];
  }

  // Code points of a paragraph before a place in the DOM.
  function inside(paragraph, node, offset) {
    const range = document.createRange();
    range.setStart(paragraph, 0);
    range.setEnd(node, offset);
    return points(range.toString());
  }

  let rest = 0;
  text.addEventListener("pointermove", (event) => {
    clearTimeout(rest);
    if (event.pointerType === "touch" || event.buttons || event.target === mark || document.activeElement === mark) return;
    const { clientX, clientY } = event;
    rest = setTimeout(() => event.target.closest?.("p[data-s]") && aim(under(clientX, clientY)), REST);
  });
  text.addEventListener("pointerleave", () => {
    clearTimeout(rest);
    if (document.activeElement !== mark) drop();
  });
  // A tap shows the mark of the sentence tapped.
  text.addEventListener("click", (event) => {
    if (event.pointerType === "touch" && event.target.closest("p[data-s]") && getSelection().isCollapsed) aim(under(event.clientX, event.clientY));
  });
  mark.addEventListener("click", () => {
    if (!target) return;
    const at = startOf(target.paragraph);
    copied(link(at + target.from, at + target.to, target.string), texts.reader_link_copied);
  });
  addEventListener("resize", drop);

  // By keyboard: one stop, at the first sentence in sight; arrows move from sentence to sentence.
  mark.addEventListener("focus", () => {
    if (target?.paragraph.isConnected) return;
    const offset = current();
    load(yjReader.partAt(offset)).then(() => aim(sentences(paragraphAt(offset))[0])).catch(() => {});
  });
  mark.addEventListener("blur", drop);
  mark.addEventListener("keydown", async (event) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") mark.blur();
    if (!by || !target) return;
    event.preventDefault();
    const next = await beside(target, by).catch(() => null);
    if (!next || document.activeElement !== mark) return;
    next.paragraph.scrollIntoView({ block: "nearest" });
    aim(next);
    mark.scrollIntoView({ block: "nearest" });
  });

  async function beside({ paragraph, index }, by) {
    const mine = sentences(paragraph);
    if (mine[index + by]) return mine[index + by];
    let next = by > 0 ? paragraph.nextElementSibling : paragraph.previousElementSibling;
    if (!next) {
      const n = Number(paragraph.parentNode.dataset.n) + by;
      if (!parts[n]) return null;
      const part = await load(n);
      next = by > 0 ? part.firstElementChild : part.lastElementChild;
    }
    const all = sentences(next);
    return all[by > 0 ? 0 : all.length - 1];
  }

  // ---- what is selected ----
  const pick = el("div", "yj-pick");
  pick.setAttribute("role", "toolbar");
  pick.setAttribute("aria-label", texts.reader_selection);
  pick.hidden = true;
  const cite = el("button", "yj-tool", texts.reader_copy_cite);
  const share = el("button", "yj-tool", texts.reader_copy_link);
  cite.type = share.type = "button";
  pick.append(cite, share);
  document.body.append(pick);
  let picked = null;

  // [start, end) of the selection in the document's text; null where it isn't in it.
  function selected() {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    const owner = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("#yj-text p[data-s]");
    const paragraphs = [...text.querySelectorAll("p[data-s]")].filter((one) => range.intersectsNode(one));
    if (!paragraphs.length) return null;
    const first = owner(range.startContainer);
    const last = owner(range.endContainer);
    const start = first ? startOf(first) + inside(first, range.startContainer, range.startOffset) : startOf(paragraphs[0]);
    let tail = last || paragraphs[paragraphs.length - 1];
    let end = startOf(tail) + (last ? inside(last, range.endContainer, range.endOffset) : points(tail.textContent));
    // Selecting a whole paragraph ends at the beginning of the next one.
    if (last && end === startOf(last) && paragraphs.length > 1) end -= 1;
    const whole = parts.slice(yjReader.partAt(start), yjReader.partAt(Math.max(start, end - 1)) + 1).every((part) => !waiting(part));
    return end > start ? { start, end, range, whole } : null;
  }

  function offer() {
    picked = selected();
    pick.hidden = !picked;
    if (!picked) return;
    drop();
    const box = picked.range.getBoundingClientRect();
    const size = pick.getBoundingClientRect();
    const below = Math.min(box.bottom + 10, innerHeight - size.height - 10);
    pick.style.top = `${Math.max(70, below)}px`;
    pick.style.left = `${Math.max(8, Math.min(box.left + box.width / 2 - size.width / 2, innerWidth - size.width - 8))}px`;
    const { start, end } = picked;
    picked.written = fetch(address("cite", { start, end })).then(async (answer) => ({ ok: answer.ok, body: await answer.json() }));
    picked.written.catch(() => {});
  }

  let choosing = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(choosing);
    pick.hidden = true;
    choosing = setTimeout(offer, 250);
  });
  addEventListener("scroll", () => (pick.hidden = true), { passive: true });
  pick.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
  cite.addEventListener("click", async () => {
    try {
      const { ok, body } = await picked.written;
      if (ok) await copied(body.text, texts.reader_copied);
      else say(`${body.message}${body.todo}`, true);
    } catch {
      say(texts.reader_offline, true);
    }
  });
  share.addEventListener("click", () => {
    const { start, end, whole } = picked;
    const strings = parts.slice(yjReader.partAt(start), yjReader.partAt(end - 1) + 1).flatMap((part) => [...part.querySelectorAll("p[data-s]")]);
    const string = strings.flatMap((p) => ranges(p, Math.max(0, start - startOf(p)), end - startOf(p))).map(String).join("");
    copied(link(start, end, whole ? string : null), texts.reader_link_copied);
  });
})();
