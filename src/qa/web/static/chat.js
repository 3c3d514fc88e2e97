// Beside Gradio's chat: the conversation as it grows, and what its links and the page's buttons do.
import { CITE, dress, mark } from "./cite.js";
import { texts } from "./common.js";
import { VOTE, vote } from "./feedback.js";
import { closePanel, show } from "./panel.js";
import "./status.js";

const wide = matchMedia("(min-width: 821px)");

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("#yj-chat a");
    if (!link) return;
    const href = link.getAttribute("href") || "";
    if (!href.startsWith("#")) return;
    event.preventDefault();
    event.stopPropagation();
    if (CITE.test(href)) show(link, true);
    else if (VOTE.test(href)) vote(link);
  },
  true,
);

const box = () => document.querySelector("#yj-box textarea");

function ask(question) {
  const area = box();
  if (!area) return;
  area.value = question;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  // Gradio takes the value over on its next tick.
  setTimeout(() => document.getElementById("yj-send")?.click(), 60);
}

document.addEventListener("click", (event) => {
  const example = event.target.closest?.(".yj-example");
  if (example) ask(example.textContent);
  else if (event.target.closest?.(".yj-close")) closePanel();
  else if (event.target.closest?.(".yj-skip")) {
    event.preventDefault();
    box()?.focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("yj-source-open")) closePanel();
});

let rows = 0;
let settle = 0;

// Gradio names these in English, and by the raw Markdown of the message.
function name() {
  document.querySelector("#yj-chat [role=log]")?.setAttribute("aria-label", texts.chat_label);
  for (const node of document.querySelectorAll("#yj-chat [data-testid=user]")) node.setAttribute("aria-label", texts.ask_label);
  for (const node of document.querySelectorAll("#yj-chat [data-testid=bot]")) node.setAttribute("aria-label", texts.answer_label);
}

function changed() {
  const messages = document.querySelectorAll("#yj-chat .message-row");
  document.body.classList.toggle("yj-talking", messages.length > 0);
  dress();
  mark();
  name();
  if (messages.length !== rows) {
    rows = messages.length;
    const asked = [...document.querySelectorAll("#yj-chat .user")].pop();
    asked?.scrollIntoView({ block: "start", behavior: "smooth" });
  }
  clearTimeout(settle);
  settle = setTimeout(() => {
    const last = messages[messages.length - 1];
    const first = [...(last?.querySelectorAll("a.yj-cite") ?? [])].find((a) => !a.parentElement.querySelector("small"));
    // Beside the chat there is room: the first source opens by itself, once for each answer.
    if (first && wide.matches && !last.dataset.yjShown) {
      last.dataset.yjShown = "1";
      show(first, false);
    }
  }, 250);
}
new MutationObserver(changed).observe(document.querySelector("gradio-app"), { childList: true, subtree: true, characterData: true });
