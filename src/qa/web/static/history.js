// The drawer with the conversations that this browser keeps: find, open, delete, take back.
import { el, fill, root, texts } from "./common.js";
import { idOf, remember } from "./conversation.js";
import { all, allowed, clear, drop, get, isOff, newest, put, setOff } from "./history-store.js";
import { box } from "./keys.js";
import { note } from "./note.js";
import { follow, forget, idNow, save, take } from "./talk.js";

const drawer = document.getElementById("yj-drawer");
const opener = document.querySelector(".yj-past");
const list = drawer.querySelector(".yj-pasts");
const find = document.getElementById("yj-find");
const said = drawer.querySelector(".yj-undo [role=status]");
const undo = drawer.querySelector(".yj-undo button");
const off = drawer.querySelector(".yj-off input");
const clearing = drawer.querySelector(".yj-clear");
const sure = drawer.querySelector(".yj-sure");
const COUNT = Number(drawer.dataset.count);
const day = new Intl.DateTimeFormat(document.documentElement.dataset.lang, { dateStyle: "medium", timeStyle: "short" });
let back = null;
let full = false;

const words = (one) => one.turns.flatMap((turn) => [turn.question, ...turn.citations.map((c) => String(c?.quote ?? ""))]).join("\n").toLowerCase();

function item(one) {
  const title = one.turns[0].question.trim() || "…";
  const line = el("li");
  const open = el("button", "yj-past-open");
  const about = [day.format(one.at), fill("hist_turns", { count: one.turns.length }), one.id === idNow() ? texts.hist_now : ""];
  open.append(el("span", "yj-past-title", title), el("span", "yj-past-about", about.filter(Boolean).join(" · ")));
  open.addEventListener("click", () => reopen(one.id));
  const bin = el("button", "yj-past-drop");
  open.type = bin.type = "button";
  open.setAttribute("aria-label", `${fill("hist_open", { title })} ${about.filter(Boolean).join(" ")}`);
  bin.setAttribute("aria-label", fill("hist_drop", { title }));
  bin.title = bin.getAttribute("aria-label");
  bin.addEventListener("click", () => remove([one]));
  line.append(open, bin);
  return line;
}

function show() {
  const kept = all();
  const wanted = find.value.trim().toLowerCase();
  const found = wanted ? kept.filter((one) => words(one).includes(wanted)) : kept;
  list.replaceChildren(...found.map(item));
  if (!found.length) {
    const empty = el("li", "yj-hint", !allowed() ? texts.hist_forbidden : kept.length ? texts.hist_no_match : texts.hist_none);
    list.append(empty);
  }
  off.checked = isOff();
  drawer.querySelector(".yj-off-note").hidden = !off.checked || !kept.length;
  clearing.hidden = !kept.length || !sure.hidden;
  if (full) say(texts.hist_full);
}

function say(text, how = null) {
  said.textContent = text;
  back = how;
  undo.hidden = !how;
}

// Delete, and offer to take it back; the page's own conversation goes on as another.
function remove(gone) {
  const own = gone.some((one) => one.id === idNow()) ? forget() : null;
  for (const one of gone) drop(one.id);
  sure.hidden = true;
  full = false;
  say(fill("hist_dropped", { count: gone.length }), () => {
    for (const one of [...gone].sort((a, b) => a.at - b.at)) put(one, COUNT);
    own?.();
  });
  show();
  undo.focus();
}

function ask(open) {
  sure.hidden = !open;
  sure.firstElementChild.textContent = fill("hist_clear_sure", { count: all().length });
  clearing.hidden = open || !all().length;
  (open ? sure.querySelector(".yj-no") : clearing.hidden ? find : clearing).focus();
}

// Whether an answer is still being written: the last message has no id and tells of no failure.
function writing() {
  const last = [...document.querySelectorAll("#yj-chat .message-row")].pop();
  return Boolean(last) && (last.matches(".user-row") || (!idOf(last) && !last.querySelector("strong")));
}

async function reopen(id) {
  const one = get(id);
  if (!one) return show();
  if (writing()) return say(texts.hist_busy);
  say(texts.hist_opening);
  try {
    const answer = await fetch(`${root}/api/conversation`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ turns: newest(one.turns) }),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${body.message}${body.todo}`);
    if (writing()) return say(texts.hist_busy);
    await putBack(one, body);
  } catch (error) {
    say(fill("hist_failed", { reason: error instanceof TypeError ? texts.offline : error.message }));
  }
}

// Gradio puts the answers into its chat once it has their ids; what became of that is seen by the last one's link.
async function arrived(id) {
  for (let tries = 0; tries < 300; tries++) {
    if (document.querySelector(`#yj-chat a[href$="#answer-${id}"]`)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(texts.offline);
}

async function putBack(one, body) {
  const ids = body.answers.map((answer) => answer.id);
  body.answers.forEach(remember);
  const area = document.querySelector("#yj-again-value textarea, #yj-again-value input");
  area.value = ids.join(" ");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  await arrived(ids.at(-1));
  take(one, ids);
  say("");
  drawer.close();
  // With a finger the keyboard would come up over what was just opened; the focus is back at the button then.
  if (matchMedia("(pointer: fine)").matches) box()?.focus({ preventScroll: true });
  requestAnimationFrame(() => [...document.querySelectorAll("#yj-chat .user")].pop()?.scrollIntoView({ block: "start", behavior: "instant" }));
  const told = body.lost ? "hist_opened_lost" : body.quotes ? "hist_opened" : "hist_opened_none";
  const part = body.shown < one.turns.length ? ` ${fill("hist_opened_part", { count: body.shown })}` : "";
  note(fill(told, body) + part);
}

opener.addEventListener("click", () => {
  find.value = "";
  sure.hidden = true;
  say("");
  show();
  drawer.showModal();
});
drawer.addEventListener("click", (event) => {
  // The dialog itself is hit only beside what it holds: on the veil behind it.
  if (event.target === drawer || event.target.closest(".yj-shut")) drawer.close();
});
// Its keys are its own: outside, "/" and Escape mean something else.
drawer.addEventListener("keydown", (event) => event.stopPropagation());
find.addEventListener("input", show);
undo.addEventListener("click", () => {
  back?.();
  say(texts.hist_undone);
  show();
  find.focus();
});
clearing.addEventListener("click", () => ask(true));
sure.querySelector(".yj-no").addEventListener("click", () => ask(false));
sure.querySelector(".yj-yes").addEventListener("click", () => {
  const gone = all();
  clear();
  remove(gone);
});
off.addEventListener("change", () => {
  setOff(off.checked);
  if (!off.checked) save();
  show();
});
// Another tab has kept or deleted something.
addEventListener("storage", () => drawer.open && show());
follow((outcome) => {
  full = outcome === "full";
  if (full && allowed()) note(texts.hist_full);
});
