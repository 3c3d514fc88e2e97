// The panel beside the answer: the source of one mark, where it stands, checked once more.
import { read } from "./cite.js";
import { el, fill, root, texts, toClipboard } from "./common.js";

const source = document.getElementById("yj-source");
let wanted = 0;

export async function show(link, focus) {
  const cite = read(link);
  if (!cite) return;
  const turn = ++wanted;
  document.querySelectorAll(".yj-current").forEach((a) => a.classList.remove("yj-current"));
  const same = link.getAttribute("href");
  link.closest(".message-row, .message, body").querySelectorAll("a").forEach((a) => {
    if (a.getAttribute("href") === same) a.classList.add("yj-current");
  });
  if (focus) document.body.classList.add("yj-source-open");
  source.replaceChildren(el("p", "yj-hint", texts.panel_loading));
  try {
    const query = new URLSearchParams({ doc: cite.doc, start: cite.start, end: cite.end, check: cite.check });
    const answer = await fetch(`${root}/api/passage?${query}`);
    const body = await answer.json();
    if (turn !== wanted) return;
    if (answer.ok) render(cite, body, link.closest("p")?.querySelector("b")?.textContent, above(link));
    else fail(`${body.message}${body.todo}`);
  } catch {
    if (turn === wanted) fail(texts.offline);
  }
  if (focus && turn === wanted) source.focus({ preventScroll: true });
}

function fail(text) {
  source.replaceChildren(el("h3", "", texts.panel_failed), el("p", "yj-hint", text));
}

// The quote highlighted, the clause that is bold in the answer bold in it too.
function quoted(quote, clause) {
  const mark = el("mark");
  const at = clause ? quote.indexOf(clause) : -1;
  if (at < 0) mark.append(quote);
  else mark.append(quote.slice(0, at), el("b", "", clause), quote.slice(at + clause.length));
  return mark;
}

// What stands in small type above the sentence and is copied with it, in brackets.
function above(link) {
  const told = [];
  let line = link.closest("p");
  if (line?.querySelector("small")) return "";
  while ((line = line?.previousElementSibling) && line.querySelector("small")) told.unshift(line.querySelector("small").textContent);
  return told.length ? `（${told.join("")}）` : "";
}

function render(cite, p, clause, context) {
  const title = el("h3");
  title.append(el("span", "yj-number", cite.number), p.title || p.path);
  const place = p.breadcrumb.join(" › ") + (p.page ? ` · ${fill(p.page_kind, { page: p.page })}` : "");
  const known = facts(p.facts);
  const passage = el("p", "yj-passage");
  passage.append(p.before, quoted(p.quote, clause), p.after);
  const check = el("p", p.verified ? "yj-check" : "yj-check yj-wrong");
  if (p.verified) {
    check.append(el("b", "", `${texts.verified} ✓`), el("span", "", fill("verified_note", { start: p.start + 1, end: p.end })));
  } else check.append(texts.unverified);
  const open = el("a", "yj-open", texts.open);
  open.href = docLink(p.doc_id, p.start, p.end);
  open.target = "_blank";
  open.rel = "noopener";
  const copy = el("button", "yj-copy", texts.copy);
  copy.type = "button";
  copy.addEventListener("click", async () => {
    const done = await toClipboard(context + citation(p));
    copy.textContent = done ? texts.copied : texts.copy_failed;
    setTimeout(() => (copy.textContent = texts.copy), 2000);
  });
  const actions = el("div", "yj-actions");
  actions.append(open, copy);
  source.replaceChildren(title, el("p", "yj-crumbs", place.replace(/^ · /, "")), ...known, check, actions, ...elsewhere(cite.same), passage);
  source.scrollTop = 0;
}

// Number, issuer, date and how the document stands; where it isn't in force, the one that makes it so.
function facts(f) {
  const told = [f.number, f.issuer, f.date, f.speaker, f.occasion];
  if (f.effective) told.push(`${texts.fact_effective} ${f.effective}`);
  const line = el("p", "yj-facts");
  if (f.status) {
    const mark = el("i", f.status === "现行" ? "yj-status" : "yj-status yj-lapsed", texts[`status_${f.status}`]);
    if (f.status === "现行") mark.title = texts.in_force_note;
    line.append(mark);
  }
  line.append(told.filter(Boolean).join(" · "));
  const nodes = line.textContent ? [line] : [];
  if (f.status && f.status !== "现行" && f.by_doc) {
    const box = el("p", "yj-caution");
    const link = el("a", "", fill("open_other", { title: `《${f.by.replace(/^《|》$/g, "")}》${f.by_date || ""}` }));
    link.href = `${root}/doc/${encodeURIComponent(f.by_doc)}`;
    link.target = "_blank";
    link.rel = "noopener";
    box.append(link);
    nodes.push(box);
  }
  return nodes;
}

const docLink = (doc, start, end) => `${root}/doc/${encodeURIComponent(doc)}#s${start}-${end}`;

// The other places of the quote, by name once somebody opens the list.
function elsewhere(same) {
  if (!same.length) return [];
  const box = el("details", "yj-same");
  const key = same.some((t) => t.date) ? "same_editions" : "same";
  const list = el("ul");
  box.append(el("summary", "", fill(key, { count: same.length })), list);
  for (const t of same) {
    const link = el("a", "", "…");
    link.href = docLink(t.doc, t.start, t.end);
    link.target = "_blank";
    link.rel = "noopener";
    const item = el("li");
    item.append(link);
    if (t.date) item.append(el("span", "yj-edition", fill("edition", { date: t.date === "0" ? "" : t.date }).trim()));
    list.append(item);
  }
  box.addEventListener("toggle", () => same.forEach((t, i) => titled(list.children[i].firstChild, t)), { once: true });
  return [box];
}

async function titled(link, t) {
  try {
    const answer = await fetch(`${root}/api/passage?${new URLSearchParams({ doc: t.doc, start: t.start, end: t.end })}`);
    const p = await answer.json();
    link.textContent = answer.ok ? [p.title || p.path, ...p.breadcrumb].join(" › ") : p.message;
  } catch {
    link.textContent = texts.offline;
  }
}

// “quote”（《title》（number，date），headings，page）
function citation(p) {
  const facts = [p.number, p.date].filter(Boolean).join("，");
  const title = /^《.*》$/.test(p.title) ? p.title : `《${p.title}》`;
  const place = [`${title}${facts ? `（${facts}）` : ""}`, ...p.breadcrumb.slice(-1)];
  if (p.page) place.push(fill(p.page_kind, { page: p.page }));
  return `“${p.quote}”（${place.join("，")}）`;
}

export function closePanel() {
  document.body.classList.remove("yj-source-open");
  document.querySelector("a.yj-cite.yj-current")?.focus({ preventScroll: true });
}
