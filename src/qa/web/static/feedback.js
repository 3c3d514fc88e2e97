// What readers say of an answer: helpful at once; not helpful or wrongly cited with a word why, if they like.
import { el, fill, root, texts } from "./common.js";

export const VOTE = /#(good|bad|wrong)-([0-9a-f]{32})$/;
const MOST = 2000; // characters of a note

export async function vote(link) {
  const [, verdict, id] = VOTE.exec(link.getAttribute("href"));
  const line = link.closest("p") || link.parentElement;
  line.nextElementSibling?.matches(".yj-say") && line.nextElementSibling.remove();
  if (verdict === "good") await send(line, { id, good: true });
  else ask(line, link, verdict, id);
}

// A small form below the answer: which citation, and why.
function ask(line, link, verdict, id) {
  const form = el("form", "yj-say");
  const select = verdict === "wrong" ? choice(line) : null;
  const note = el("textarea");
  note.rows = 2;
  note.maxLength = MOST;
  note.setAttribute("aria-label", select ? texts.vote_note : texts.vote_bad_lead);
  note.placeholder = select ? texts.vote_note : texts.vote_bad_lead;
  const go = el("button", "yj-say-send", texts.vote_send);
  const leave = el("button", "", texts.vote_cancel);
  leave.type = "button";
  if (select) form.append(labelled(texts.vote_wrong_lead, select));
  const acts = el("div");
  acts.append(go, leave);
  form.append(note, acts);
  const close = () => {
    form.remove();
    link.focus();
  };
  leave.addEventListener("click", close);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    event.stopPropagation();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    const said = { id, good: false, note: note.value.trim() };
    if (select) said.wrong = Number(select.value);
    if (await send(line, said)) form.remove();
    else go.disabled = false;
  });
  line.after(form);
  (select || note).focus();
}

function choice(line) {
  const select = el("select");
  const message = line.closest(".message-row, .message") || line.parentElement;
  const cited = [...message.querySelectorAll("a.yj-cite")].map((a) => Number(a.textContent)).filter(Boolean);
  for (const number of [...new Set(cited)].sort((a, b) => a - b)) {
    select.append(new Option(fill("vote_wrong_one", { number }), String(number)));
  }
  select.append(new Option(texts.vote_wrong_any, "0"));
  return select;
}

function labelled(text, field) {
  const label = el("label", "", text);
  label.append(field);
  return label;
}

async function send(line, said) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) };
  const answer = await fetch(`${root}/api/feedback`, options).catch(() => null);
  const kept = answer?.ok ? (await answer.json()).kept : false;
  line.querySelectorAll(".yj-thanks, .yj-hint").forEach((node) => node.remove());
  const told = el("span", kept ? "yj-thanks" : "yj-hint", kept ? texts.thanks : answer?.ok ? texts.vote_lost : texts.offline);
  told.setAttribute("role", "status");
  if (kept) line.querySelectorAll("a.yj-vote").forEach((a) => (a.hidden = true));
  line.append(told);
  return kept;
}
