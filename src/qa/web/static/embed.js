// The framed chat: asks our own route, shows sentences with marks and sources, talks with the page around it.
// Plain ES2017: office browsers of 2018 run it.
"use strict";
(() => {
  const given = JSON.parse(document.getElementById("given").textContent);
  const ANSWER = given.root + "/embed/answer";
  const PASSAGE = given.root + "/api/passage";
  const PATIENCE = 60000; // milliseconds until a question counts as lost
  const PACE = 60; // milliseconds between sentences, as in the chat
  const MAX_HISTORY = 6;

  const t = given.texts;
  const [talk, log, start, told] = ["talk", "log", "start", "told"].map((id) => document.getElementById(id));
  const [form, box, again] = ["ask", "q", "new"].map((id) => document.getElementById(id));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let history = [];
  let busy = false;
  let turn = 0;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  function make(tag, name, ...inside) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.append(...inside);
    return made;
  }

  // ---- the page around us -------------------------------------------------------------------------------------

  let host = null; // its origin, once it has said hello

  function allowed(origin) {
    return given.framed_by.some((entry) => {
      if (entry === "'self'") return origin === location.origin;
      const star = entry.indexOf("://*.");
      if (star < 0) return origin === entry;
      const scheme = entry.slice(0, star + 3);
      return origin.startsWith(scheme) && origin.slice(scheme.length).endsWith(entry.slice(star + 4));
    });
  }

  function tell(type, more) {
    if (host !== null) window.parent.postMessage(Object.assign({ youju: 1, type }, more), host);
  }

  addEventListener("message", (event) => {
    if (window.parent === window || event.source !== window.parent || !allowed(event.origin)) return;
    const data = event.data;
    if (!data || data.youju !== 1) return;
    if (data.type === "hello") {
      host = event.origin;
      tell("ready", {});
    } else if (data.type === "focus") box.focus();
    else if (data.type === "ask" && typeof data.question === "string") ask(data.question.slice(0, box.maxLength));
    else if (data.type === "new") anew();
  });

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) tell("escape", {});
  });

  // ---- asking ----------------------------------------------------------------------------------------------------

  async function ask(question) {
    question = question.trim();
    if (!question) return;
    if (busy) {
      told.textContent = t.em_busy;
      return;
    }
    busy = true;
    told.textContent = "";
    start.hidden = true;
    again.hidden = false;
    const mine = ++turn;
    const asked = make("p", "asked", question);
    asked.setAttribute("aria-label", t.ask_label);
    const answer = make("article", "answer", make("p", "note", t.searching));
    answer.setAttribute("aria-label", t.answer_label);
    log.append(asked, answer);
    into(asked);
    tell("asked", { question });
    try {
      const found = await fetched(question);
      if (mine !== turn) return;
      history = [...history, question].slice(-MAX_HISTORY);
      await show(found, answer, mine);
      if (mine !== turn) return;
      into(asked); // only now there is enough below it
      const cited = found.sources.map((s) => ({ number: s.number, reference: s.reference, url: location.origin + s.href }));
      tell("answered", { question, status: found.status, sources: cited });
    } catch (error) {
      if (mine !== turn) return;
      answer.replaceChildren(make("p", "", make("b", "", t.failed)), make("p", "", error.told || t.offline));
      tell("failed", { question, message: error.told || t.offline });
    } finally {
      if (mine === turn) busy = false;
    }
  }

  async function fetched(question) {
    const body = { question, history, scope: { folders: given.folders }, lang: given.lang };
    const give = new AbortController();
    const timer = setTimeout(() => give.abort(), PATIENCE);
    try {
      const response = await fetch(ANSWER, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        credentials: "same-origin",
        body: JSON.stringify(body),
        signal: give.signal,
      });
      const found = await response.json();
      if (response.ok) return found;
      throw Object.assign(new Error(found.code), { told: [found.message, found.todo].filter(Boolean).join("") });
    } catch (error) {
      if (error.name === "AbortError") error.told = t.em_slow;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  function anew() {
    turn += 1;
    busy = false;
    history = [];
    log.replaceChildren();
    told.textContent = "";
    start.hidden = false;
    again.hidden = true;
    box.value = "";
    grow();
    box.focus();
  }

  // ---- showing ---------------------------------------------------------------------------------------------------

  async function show(found, answer, mine) {
    answer.replaceChildren();
    if (found.notes.length) answer.append(make("p", "note", `${t.reading}：${found.notes.join("；")}`));
    for (const warning of found.warnings) answer.append(make("p", "warn", warning));
    if (found.status === "abstained") return abstention(found, answer);
    const sources = new Map(found.sources.map((source) => [source.number, shelf(source)]));
    for (const [at, line] of found.lines.entries()) {
      if (at && !calm.matches) await wait(PACE);
      if (mine !== turn) return;
      line.context.forEach(([quote, number], n) => {
        answer.append(make("p", "context", (n ? "" : t.context) + quote, mark(number, sources)));
      });
      const [before, clause, after] = line.parts;
      const marks = line.marks.map((number) => mark(number, sources));
      // The last sign and the marks keep together, so that none begins a line alone.
      const signs = [...after];
      const tail = make("span", "tail", signs.pop() || "", ...marks);
      answer.append(make("p", "said", before, ...(clause ? [make("b", "", clause)] : []), signs.join(""), tail));
    }
    if (!found.lines.length) answer.append(make("p", "", make("b", "", t.failed)));
    if (found.reason) answer.append(make("p", "note", `${t.caution}：${found.reason}`));
    if (found.dropped) answer.append(make("p", "note", fill(t.dropped, { count: found.dropped })));
    if (sources.size) answer.append(make("h3", "", t.sources), ...sources.values());
  }

  function abstention(found, answer) {
    answer.append(make("p", "", make("b", "", t.abstain)));
    if (found.reason) answer.append(make("p", "", found.reason));
    if (found.missing.length) {
      answer.append(make("p", "", `${t.missing}：${found.missing.map((term) => `“${term}”`).join("、")}`));
    }
    if (!found.nearest.length) return;
    const rows = found.nearest.map(([text, href]) => make("li", "", link(text, href)));
    answer.append(make("h3", "", t.nearest), make("ul", "", ...rows));
  }

  function link(text, href) {
    const made = make("a", "", text);
    made.href = href;
    made.target = "_blank";
    made.rel = "noopener";
    return made;
  }

  function mark(number, sources) {
    const made = make("button", "mark", String(number));
    made.type = "button";
    made.setAttribute("aria-label", fill(t.source_label, { number }));
    made.addEventListener("click", () => {
      const source = sources.get(number);
      source.open = true;
      source.querySelector("summary").focus({ preventScroll: true });
      into(source);
    });
    return made;
  }

  // A source folded up: reference; opened: the quote among its neighbours, fetched and checked at that moment.
  function shelf(source) {
    const status = source.status ? [make("span", "status", source.status)] : [];
    const summary = make("summary", "", make("span", "number", `[${source.number}]`), make("span", "", source.reference));
    summary.append(...status);
    const made = make("details", "source", summary);
    made.addEventListener("toggle", () => {
      if (!made.open) return;
      tell("cite", {
        number: source.number,
        reference: source.reference,
        quote: source.quote,
        url: location.origin + source.href,
      });
      if (made.children.length === 1) fetchPassage(source, made);
    });
    return made;
  }

  async function fetchPassage(source, place) {
    const quote = make("blockquote", "", make("mark", "", source.quote));
    const checked = make("span", "checked", t.panel_loading);
    const copy = make("button", "", t.copy);
    copy.type = "button";
    copy.addEventListener("click", () => {
      told.textContent = copied(source.quotation) ? t.copied : t.copy_failed;
    });
    const acts = make("p", "acts", checked, link(t.open, source.href), copy);
    const also = source.same.map((other) => link(other.title + (other.date ? ` ${other.date}` : ""), other.href));
    place.append(quote, acts);
    if (also.length) place.append(make("p", "acts", `${t.pl_also}：`, ...also));
    try {
      const query = new URLSearchParams({ doc: source.doc_id, start: source.start, end: source.end });
      const response = await fetch(`${PASSAGE}?${query}`, { credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      const found = await response.json();
      const same = found.quote === source.quote;
      if (same) quote.replaceChildren(found.before, make("mark", "", found.quote), found.after);
      checked.textContent = same ? `${t.verified} ✓` : t.unverified;
      checked.classList.toggle("bad", !same);
    } catch (error) {
      checked.textContent = t.panel_failed;
      checked.classList.add("bad");
    }
  }

  // Not navigator.clipboard: it wants HTTPS and a permission that frames of other sites don't have.
  function copied(text) {
    const area = make("textarea", "", text);
    area.style.position = "fixed";
    area.style.opacity = "0";
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    try {
      return document.execCommand("copy");
    } catch (error) {
      return false;
    } finally {
      area.remove();
      if (before) before.focus({ preventScroll: true });
    }
  }

  // Scrolls our own column only: scrollIntoView would move the page around the frame too.
  function into(element) {
    const top = element.getBoundingClientRect().top - talk.getBoundingClientRect().top + talk.scrollTop - 8;
    talk.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
  }

  // ---- the box ----------------------------------------------------------------------------------------------------

  function grow() {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  }

  function send() {
    const question = box.value;
    if (busy || !question.trim()) return ask(question);
    box.value = "";
    grow();
    return ask(question);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    // Enter that ends the composition of a Chinese word is not meant for us; 229 is how older browsers say so.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });
  again.addEventListener("click", () => {
    anew();
    tell("cleared", {});
  });
  start.addEventListener("click", (event) => {
    const example = event.target.closest(".example");
    if (example) ask(example.textContent);
  });
  if (given.question) ask(given.question);
})();
