// Beside Gradio's chat: the conversation as it grows, and what its links and the page's buttons do.
import { copyAnswer, settled, told } from "./actions.js";
import { CITE, dress, mark } from "./cite.js";
import { calm, texts } from "./common.js";
import { idOf, isAnswerLink } from "./conversation.js";
import { VOTE, vote } from "./feedback.js";
import { box } from "./keys.js";
import { closePanel, show } from "./panel.js";
import "./export.js";
import "./history.js";
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
    else if (isAnswerLink(href)) copyAnswer(link);
    else if (VOTE.test(href)) vote(link);
  },
  true,
);

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
const failed = (row) => row && !idOf(row) && row.querySelector("strong")?.textContent === texts.failed;

let rows = 0;
let settle = 0;

// Gradio names these in English, and by the raw Markdown of the message.
function name() {
  const log = document.querySelector("#yj-chat [role=log]");
  log?.setAttribute("aria-label", texts.chat_label);
  // A log reads out every step of an answer that grows; what is said instead, once, stands in #yj-said.
  log?.setAttribute("aria-live", "off");
  for (const node of document.querySelectorAll("#yj-chat [data-testid=user]")) node.setAttribute("aria-label", texts.ask_label);
  for (const node of document.querySelectorAll("#yj-chat [data-testid=bot]")) node.setAttribute("aria-label", texts.answer_label);
}

// Gradio takes the browser's language for the page's.
const page = document.documentElement;
const keepLang = () => page.lang !== page.dataset.lang && (page.lang = page.dataset.lang);
new MutationObserver(keepLang).observe(page, { attributeFilter: ["lang"] });
keepLang();

function changed() {
  const messages = document.querySelectorAll("#yj-chat .message-row");
  document.body.classList.toggle("yj-talking", messages.length > 0);
  dress();
  mark();
  name();
  if (messages.length !== rows) {
    rows = messages.length;
    const asked = [...document.querySelectorAll("#yj-chat .user")].pop();
    asked?.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  }
  clearTimeout(settle);
  settle = setTimeout(() => {
    const last = messages[messages.length - 1];
    if (failed(last) && !last.dataset.yjTold) {
      last.dataset.yjTold = "1";
      told(last.innerText.trim());
    }
    if (!idOf(last) || last.dataset.yjShown === idOf(last)) return;
    last.dataset.yjShown = idOf(last);
    const first = [...last.querySelectorAll("a.yj-cite")].find((a) => !a.parentElement.querySelector("small"));
    // Beside the chat there is room: the first source opens by itself, once for each answer.
    if (first && wide.matches) show(first, false);
    settled(last);
  }, 250);
}
new MutationObserver(changed).observe(document.querySelector("gradio-app"), { childList: true, subtree: true, characterData: true });
