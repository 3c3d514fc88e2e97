// Below an answer: copy it whole, and what to ask next.
import { el, fill, texts, toClipboard } from "./common.js";
import { answerOf, announce, idOf, relatedTo } from "./conversation.js";

const said = document.getElementById("yj-said");

// The link "copy all": its word changes for two seconds, so that one sees that something happened.
export async function copyAnswer(link) {
  const word = link.textContent;
  const answer = await answerOf(idOf(link.closest(".bot-row"))).catch(() => null);
  const done = answer?.copy ? await toClipboard(answer.copy) : false;
  link.textContent = done ? texts.copied : texts.copy_failed;
  told(link.textContent);
  setTimeout(() => (link.textContent = word), 2000);
}

// Once an answer stands: told to screen readers in one sentence, and followed by related questions.
export async function settled(row) {
  const id = idOf(row);
  if (!id) return;
  try {
    const answer = await answerOf(id);
    told(inWords(answer));
    announce(answer);
    more(row, await relatedTo(id));
  } catch {
    // The answer itself is on the page; what belongs beside it may be missing.
  }
}

// Said to screen readers; emptied first, for the same words again would be no change.
export function told(text) {
  said.textContent = "";
  setTimeout(() => (said.textContent = text), 50);
}

function inWords(answer) {
  if (answer.status === "abstained") return texts.said_abstained;
  if (!answer.sentences.length) return texts.said_failed;
  const values = { sentences: answer.sentences.length, sources: Object.keys(answer.references).length, sure: answer.sure.word };
  return fill("said_answer", values);
}

function more(row, questions) {
  if (!questions.length || row.querySelector(".yj-related")) return;
  const box = el("section", "yj-related");
  const list = el("ul");
  box.setAttribute("aria-label", texts.related);
  for (const question of questions) {
    const button = el("button", "yj-example", question);
    button.type = "button";
    const item = el("li");
    item.append(button);
    list.append(item);
  }
  box.append(el("h2", "", texts.related), list);
  row.append(box);
}
