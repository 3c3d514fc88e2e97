// What readers say of an answer.
import { el, root, texts } from "./common.js";

export const VOTE = /#(good|bad)-([0-9a-f]{32})$/;

export async function vote(link) {
  const [, verdict, id] = VOTE.exec(link.getAttribute("href"));
  const line = link.parentElement;
  const options = { method: "POST", headers: { "Content-Type": "application/json" } };
  options.body = JSON.stringify({ id, good: verdict === "good" });
  const answer = await fetch(`${root}/api/feedback`, options).catch(() => null);
  line.querySelectorAll("a.yj-vote").forEach((a) => (a.hidden = true));
  line.append(el("span", answer?.ok ? "yj-thanks" : "yj-hint", answer?.ok ? texts.thanks : texts.offline));
}
