// A quote in its document, with buttons that show the paragraphs before and after it, one more at a time.
import { el, fill, root, texts } from "./common.js";

const place = (one) => [one.breadcrumb.join(" › "), one.page ? fill(one.page_kind, { page: one.page }) : ""].filter(Boolean).join(" · ");

// The passage ``p`` of /api/passage around ``quote``, an element that holds its quote.
export function walk(p, quote) {
  const box = el("div", "yj-walk");
  const body = el("div", "yj-passage");
  body.tabIndex = -1;
  const middle = el("p");
  middle.append(p.before, quote, p.after);
  body.append(middle);
  const ways = {
    before: way(p, body, "before", { at: p.from, place: place(p), more: p.from > 0 }),
    after: way(p, body, "after", { at: p.to, place: place(p), more: p.to < p.length, broken: /\n$/.test(p.after || p.quote) }),
  };
  box.append(ways.before, body, ways.after);
  return box;
}

// The button of one way. ``edge`` is how far the text is shown: {at, place, more, broken: ends with a line break}.
function way(p, body, name, edge) {
  const button = el("button", "yj-step", texts[name === "before" ? "previous" : "next"]);
  button.type = "button";
  button.hidden = !edge.more;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const query = new URLSearchParams({ doc: p.doc_id, at: edge.at, way: name });
      const answer = await fetch(`${root}/api/paragraph?${query}`);
      const piece = await answer.json();
      if (!answer.ok) throw new Error(`${piece.message}${piece.todo}`);
      add(body, name, piece, edge);
      button.hidden = !piece.more;
    } catch (error) {
      button.textContent = error instanceof TypeError ? texts.offline : error.message;
    }
    button.disabled = false;
    if (button.hidden) body.focus({ preventScroll: true });
    else button.focus({ preventScroll: true });
  });
  return button;
}

// A paragraph joins the text; where it stands under another heading or on another page, that is said above it.
function add(body, name, piece, edge) {
  const before = name === "before";
  const next = place(piece);
  const moved = next && next !== edge.place;
  const joined = before ? !/\n\s*$/.test(piece.text) : !edge.broken && !/^\s*\n/.test(piece.text);
  const end = before ? body.firstElementChild : body.lastElementChild;
  if (joined && !moved) before ? end.prepend(piece.text.trimStart()) : end.append(piece.text.trimEnd());
  else {
    const paragraph = el("p", "", piece.text.trim());
    const nodes = moved ? [el("p", "yj-crumbs", next), paragraph] : [paragraph];
    before ? body.prepend(...nodes) : body.append(...nodes);
  }
  edge.place = next || edge.place;
  edge.broken = false;
  edge.at = before ? piece.start : piece.end;
}
