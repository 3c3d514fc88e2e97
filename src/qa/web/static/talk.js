// The conversation on this page as it is kept and exported: each turn's question, places and quotes. It grows with every
// answer ("yj:answered") and starts anew with the page.
import { answerOf, idOf } from "./conversation.js";
import { get, isOff, newId, put } from "./history-store.js";

const COUNT = Number(document.getElementById("yj-drawer").dataset.count);

// ``kept``: turns before it have been deleted and are not kept again. ``at`` and ``saved``: when it was kept last, and
// how many turns it had then; 0 where it never was.
let talk = { id: newId(), turns: [], kept: 0, at: 0, saved: 0 };
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
  part();
  const turns = talk.turns.slice(talk.kept);
  if (isOff() || !turns.length) return "off";
  const at = Date.now();
  if (!put({ id: talk.id, at, turns }, COUNT)) return "full";
  talk.at = at;
  talk.saved = talk.turns.length;
  return "kept";
}

// Another tab has gone on with the same conversation, or deleted it: this one is a conversation of its own from now on.
function part() {
  const there = talk.at ? get(talk.id) : null;
  if (!talk.at || there?.at === talk.at) return;
  if (!there) talk.kept = talk.saved;
  talk.id = newId();
  talk.at = 0;
}

export function follow(saved) {
  document.addEventListener("yj:answered", () => (queue = queue.then(() => collect(saved))));
}

// The page's conversation is the kept one from now on; ``ids`` are those of the answers put back into the chat.
export function take(one, ids) {
  talk = { id: one.id, turns: [...one.turns], kept: 0, at: one.at, saved: one.turns.length };
  known = new Set(ids);
}

// It was deleted: what follows is kept as another. Returns how to take that back.
export function forget() {
  const was = { ...talk };
  delete was.turns;
  Object.assign(talk, { id: newId(), kept: talk.turns.length, at: 0 });
  return () => Object.assign(talk, was);
}
