// The conversation on this page as it is kept and exported: each turn's question, places and quotes. It grows with every
// answer ("yj:answered") and starts anew with the page.
import { answerOf, idOf } from "./conversation.js";
import { isOff, newId, put } from "./history-store.js";

const COUNT = Number(document.getElementById("yj-drawer").dataset.count);
const fresh = () => ({ id: newId(), turns: [], kept: 0 });

// ``kept``: turns before it have been deleted by hand and are not kept again.
let talk = fresh();
let known = new Set();
let queue = Promise.resolve();

export const turnsNow = () => talk.turns;
export const idNow = () => talk.id;

// What is needed to rebuild the answer on the server, which takes no text to be shown from here but notes.
function slim(a) {
  const cited = [...a.citations, ...a.sentences.flatMap((s) => s.context)];
  return {
    question: a.question,
    status: a.status,
    kind: a.kind,
    confidence: a.confidence,
    sentences: a.sentences.map((s) => ({ citations: s.citations, focus: s.focus, context: s.context.map((c) => c.number) })),
    citations: cited.map((c) => ({
      ...{ number: c.number, doc_id: c.doc_id, start: c.start, end: c.end, quote: c.quote },
      same: c.same.map((t) => ({ doc_id: t.doc_id, start: t.start, end: t.end, kind: t.kind, date: t.date })),
    })),
    suggestions: a.suggestions.map((s) => ({ doc_id: s.doc_id, start: s.start })),
    reason: a.reason,
    missing: a.missing,
    notes: a.notes,
  };
}

// Every answer that stands on the page and is not in the conversation yet, in order.
async function collect(saved) {
  let more = false;
  for (const row of document.querySelectorAll("#yj-chat .bot-row")) {
    const id = idOf(row);
    if (!id || known.has(id)) continue;
    try {
      const answer = slim(await answerOf(id));
      known.add(id);
      talk.turns.push(answer);
      more = true;
    } catch {
      // No longer in the server's memory: it stays on the page, but can't be kept.
    }
  }
  if (more) saved(save());
}

// "kept", "off" or "full".
export function save() {
  const turns = talk.turns.slice(talk.kept);
  if (isOff() || !turns.length) return "off";
  return put({ id: talk.id, at: Date.now(), turns }, COUNT) ? "kept" : "full";
}

export function follow(saved) {
  document.addEventListener("yj:answered", () => (queue = queue.then(() => collect(saved))));
}

// The page's conversation is the kept one from now on; ``ids`` are those of the answers put back into the chat.
export function take(one, ids) {
  talk = { id: one.id, turns: [...one.turns], kept: 0 };
  known = new Set(ids);
}

// It was deleted: what follows is kept as another. Returns how to take that back.
export function forget() {
  const was = { id: talk.id, kept: talk.kept };
  talk.id = newId();
  talk.kept = talk.turns.length;
  return () => Object.assign(talk, was);
}
