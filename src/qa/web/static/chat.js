// Beside Gradio's chat: citations open the source panel, examples ask, the status line follows the index.
"use strict";
(() => {
  const root = document.documentElement.dataset.root || "";
  const texts = JSON.parse(document.getElementById("yj-texts").textContent);
  const fill = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const source = document.getElementById("yj-source");
  const status = document.getElementById("yj-status");
  const wide = matchMedia("(min-width: 821px)");
  const el = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // ---- citations ----
  const CITE = /#cite-([^.]+)\.(\d+)\.(\d+)\.([0-9a-f]{16})\.(\d+)((?:~[^~]+)*)$/;
  const twin = (place) => {
    const [doc, start, end, date] = place.split(".");
    return { doc: decodeURIComponent(doc), start, end, date };
  };
  const read = (link) => {
    const found = CITE.exec(link.getAttribute("href") || "");
    if (!found) return null;
    const [, doc, start, end, check, number, places] = found;
    return { doc: decodeURIComponent(doc), start, end, check, number, same: places.split("~").slice(1).map(twin) };
  };
  let wanted = 0;

  async function show(link, focus) {
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

  async function toClipboard(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Plain http on an intranet has no clipboard API: the old way.
      const area = el("textarea");
      area.value = text;
      area.style.position = "fixed";
      area.style.opacity = "0";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  function closePanel() {
    document.body.classList.remove("yj-source-open");
    document.querySelector("a.yj-cite.yj-current")?.focus({ preventScroll: true });
  }

  async function vote(link) {
    const [, verdict, id] = /#(good|bad)-([0-9a-f]{32})$/.exec(link.getAttribute("href"));
    const line = link.parentElement;
    const options = { method: "POST", headers: { "Content-Type": "application/json" } };
    options.body = JSON.stringify({ id, good: verdict === "good" });
    const answer = await fetch(`${root}/api/feedback`, options).catch(() => null);
    line.querySelectorAll("a.yj-vote").forEach((a) => (a.hidden = true));
    line.append(el("span", answer?.ok ? "yj-thanks" : "yj-hint", answer?.ok ? texts.thanks : texts.offline));
  }

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
      else if (/^#(good|bad)-/.test(href)) vote(link);
    },
    true,
  );

  // ---- the conversation ----
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

  function dress() {
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
  function mark() {
    for (const code of document.querySelectorAll("#yj-chat li code:not([data-yj])")) {
      code.dataset.yj = "1";
      code.classList.toggle("yj-lapsed", code.textContent !== texts["status_现行"]);
    }
  }

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

  // ---- the status line ----
  let pause = 4000;
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
        if (s.progress || s.background?.running) wait = pause;
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
})();
