// Saving the conversation as a file. The server makes it, after it has checked every quote once more.
import { fill, root, texts } from "./common.js";
import { newest } from "./history-store.js";
import { note } from "./note.js";
import { turnsNow } from "./talk.js";

const menu = document.querySelector(".yj-export");
const summary = menu.querySelector("summary");

function nameOf(answer, kind) {
  const found = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
  return found ? decodeURIComponent(found[1]) : `youju.${kind}`;
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function save(kind) {
  const turns = newest(turnsNow());
  if (!turns.length) return note(texts.exp_empty);
  note(texts.exp_working, true);
  try {
    const answer = await fetch(`${root}/api/conversation/export?kind=${kind}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ turns }),
    });
    if (!answer.ok) {
      const body = await answer.json();
      throw new Error(`${body.message}${body.todo}`);
    }
    const name = nameOf(answer, kind);
    download(await answer.blob(), name);
    const part = turns.length < turnsNow().length ? ` ${fill("exp_large", { count: turns.length })}` : "";
    note(fill("exp_done", { name }) + part);
  } catch (error) {
    note(fill("exp_failed", { reason: error instanceof TypeError ? texts.offline : error.message }));
  }
}

menu.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-kind]");
  if (!button) return;
  menu.open = false;
  summary.focus();
  save(button.dataset.kind);
});
document.addEventListener("click", (event) => {
  if (menu.open && !event.target.closest?.(".yj-export")) menu.open = false;
});
menu.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  event.stopPropagation();
  menu.open = false;
  summary.focus();
});
