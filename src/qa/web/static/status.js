// The line below the box: what the index is doing.
import { fill, root, texts } from "./common.js";

const status = document.getElementById("yj-status");
const BUSY = 4000;

async function poll() {
  let wait = 30000;
  try {
    const answer = await fetch(`${root}/healthz`);
    const s = await answer.json();
    const parts = [];
    let wrong = !s.ok;
    if (!s.ok) parts.push(`${s.message}${s.todo}`);
    else {
      if (s.progress && !["vectors", "sentences", "done"].includes(s.progress.stage)) parts.push(fill("indexing", s.progress));
      if (s.background?.failure) {
        parts.push(fill("background_failed", { reason: s.background.failure }));
        wrong = true;
      } else if (s.vectors < s.chunks && (s.background?.running || s.progress)) {
        const done = s.progress?.stage === "vectors" ? Math.max(s.vectors, s.progress.done) : s.vectors;
        parts.push(`${fill("vectors", { vectors: done.toLocaleString(), chunks: s.chunks.toLocaleString() })}，${texts.vectors_note}`);
      } else if (s.progress?.stage === "sentences") parts.push(`${fill("sentences", s.progress)}，${texts.vectors_note}`);
      if (s.notices.length) parts.push(...s.notices);
      if (s.problems) parts.push(fill("problems", { count: s.problems }));
      if (s.progress || s.background?.running) wait = BUSY;
    }
    status.textContent = parts.join(" · ");
    status.classList.toggle("yj-wrong", wrong);
  } catch {
    status.textContent = texts.offline;
    status.classList.add("yj-wrong");
    wait = 5000;
  }
  setTimeout(poll, wait);
}
poll();
