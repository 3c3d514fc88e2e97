// Marks in an answer: what a link to a source says, and how it looks.
import { fill, texts } from "./common.js";

export const CITE = /#cite-([^.]+)\.(\d+)\.(\d+)\.([0-9a-f]{16})\.(\d+)((?:~[^~]+)*)$/;
const twin = (place) => {
  const [doc, start, end, date] = place.split(".");
  return { doc: decodeURIComponent(doc), start, end, date };
};
export const read = (link) => {
  const found = CITE.exec(link.getAttribute("href") || "");
  if (!found) return null;
  const [, doc, start, end, check, number, places] = found;
  return { doc: decodeURIComponent(doc), start, end, check, number, same: places.split("~").slice(1).map(twin) };
};

export function dress() {
  for (const link of document.querySelectorAll("#yj-chat a[href^='#']:not([data-yj])")) {
    const cite = read(link);
    link.dataset.yj = "1";
    link.removeAttribute("target");
    if (cite && /^\[\d+\]$/.test(link.textContent)) {
      link.classList.add("yj-cite");
      link.textContent = cite.number;
      link.setAttribute("aria-label", fill("source_label", { number: cite.number }));
    } else if (!cite) link.classList.add("yj-vote");
    link.setAttribute("role", "button");
  }
}

// The status of a source, which comes as code.
export function mark() {
  for (const code of document.querySelectorAll("#yj-chat li code:not([data-yj])")) {
    code.dataset.yj = "1";
    code.classList.toggle("yj-lapsed", code.textContent !== texts["status_现行"]);
  }
}
