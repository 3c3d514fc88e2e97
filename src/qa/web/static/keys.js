// The keyboard: "/" to the box, Escape back, arrows from mark to mark, Enter and space open.
import "./ime.js";
import { closePanel } from "./panel.js";

export const box = () => document.querySelector("#yj-box textarea");

const MARKS = "#yj-chat a.yj-cite";
const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const writing = (node) => node?.matches?.("input, textarea, select, [contenteditable]");

function move(mark, step) {
  const marks = [...document.querySelectorAll(MARKS)];
  const next = marks[marks.indexOf(mark) + step];
  next?.focus();
  return Boolean(next);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const mark = event.target.closest?.(MARKS);
  if (event.key === "/" && !writing(event.target)) box()?.focus();
  else if (event.key === "Escape") escape(event.target);
  else if (mark && STEP[event.key]) move(mark, STEP[event.key]);
  else if (event.key === " " && event.target.matches?.("#yj-chat a[role=button]")) event.target.click();
  else return;
  if (event.key !== "Escape") event.preventDefault();
});

// From the source back to its mark; from the box to the newest answer's first mark, so that arrows go on from there.
function escape(from) {
  if (document.querySelector("#yj-scope details[open]")) return;
  if (document.body.classList.contains("yj-source-open")) closePanel();
  else if (from === box()) {
    const row = [...document.querySelectorAll("#yj-chat .bot-row")].pop();
    (row?.querySelector("a.yj-cite") ?? from).focus();
  }
}
