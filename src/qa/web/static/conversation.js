// The conversation as data: each turn's question and, once it stands, its answer as JSON. The page's other parts
// (panel, related questions; history and export) read it here and hear of an answer by the event "yj:answered".
import { root } from "./common.js";

const ANSWER = /#answer-([0-9a-f]{32})$/;
const answers = new Map();

// The id of the answer in a message, or null while it is still being written.
export function idOf(message) {
  const link = message?.querySelector("a[href^='#answer-']");
  return (link && ANSWER.exec(link.getAttribute("href"))?.[1]) ?? null;
}

export const isAnswerLink = (href) => ANSWER.test(href);

async function json(path) {
  const answer = await fetch(`${root}/api/answers/${path}`);
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${body.message}${body.todo}`);
  return body;
}

// A promise of the answer as /api/answers/<id> gives it, asked for once.
export function answerOf(id) {
  if (!answers.has(id)) {
    const coming = json(id);
    answers.set(id, coming);
    coming.catch(() => answers.delete(id));
  }
  return answers.get(id);
}

export const relatedTo = (id) => json(`${id}/related`).then((body) => body.questions);

// Every answer of the page in order: {id, question, …}; what can't be had any more is left out.
export async function turns() {
  const ids = [...document.querySelectorAll("#yj-chat .bot-row")].map(idOf).filter(Boolean);
  const found = await Promise.allSettled(ids.map(answerOf));
  return found.filter((one) => one.status === "fulfilled").map((one) => one.value);
}

// An answer put back from elsewhere (a kept conversation), so that it need not be in the server's memory.
export const remember = (answer) => answers.set(answer.id, Promise.resolve(answer));

export function announce(answer) {
  document.dispatchEvent(new CustomEvent("yj:answered", { detail: answer }));
}
