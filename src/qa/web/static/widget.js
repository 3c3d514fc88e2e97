// 有据 Youju: a button that opens the chat in a frame; see docs/embed.md. ES2017, no cookie, no storage.
(function () {
  "use strict";
  var here = document.currentScript;
  var home = here && here.src ? here.src.replace(/\/widget\.js(?:[?#].*)?$/, "") : "";
  var TEXTS = {
    zh: {
      open: "问资料", title: "有据 · 资料问答", close: "关闭", full: "在新窗口打开", wait: "正在打开……",
      blocked: "没有打开：可能要先登录，或请管理员在 QA_FRAME_ANCESTORS 里加上 {origin}。"
    },
    en: {
      open: "Ask", title: "Youju · Ask the library", close: "Close", full: "Open in a new window", wait: "Opening…",
      blocked: "Not opened: log in first, or have {origin} added to QA_FRAME_ANCESTORS. "
    }
  };
  var CSS =
    ":host{all:initial!important}*{box-sizing:border-box;font-family:inherit}" +
    ".r{font:15px/1.5 'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif;" +
    "--s:#fff;--i:#1d2025;--f:#5c626b;--l:#d9d4c9}.r.dark{--s:#1d2024;--i:#e6e3dc;--f:#a9adb3;--l:#3a3f46}" +
    ".b{position:fixed;z-index:2147483000;bottom:22px;right:22px;display:flex;align-items:center;gap:9px;height:48px;" +
    "padding:0 19px 0 9px;border:0;border-radius:24px;background:#9d2019;color:#fff;font-size:16px;cursor:pointer;" +
    "box-shadow:0 4px 18px rgba(40,20,10,.28)}.b:hover{background:#82170f}.left .b{right:auto;left:22px}" +
    ".b i{display:grid;place-items:center;width:31px;height:31px;border-radius:50%;background:rgba(255,255,255,.17);" +
    "font:18px/1 'Noto Serif CJK SC','Songti SC',SimSun,serif}" +
    "dialog{position:fixed;z-index:2147483001;top:auto;left:auto;right:22px;bottom:22px;margin:0;padding:0;width:400px;" +
    "height:640px;max-width:calc(100vw - 32px);max-height:calc(100vh - 44px);border:1px solid var(--l);border-radius:14px;" +
    "background:var(--s);color:var(--i);overflow:hidden;box-shadow:0 9px 40px rgba(30,20,10,.3);flex-direction:column}" +
    "dialog[open]{display:flex;animation:u .18s ease-out}.left dialog{right:auto;left:22px}dialog:focus{outline:0}" +
    ".h{flex:none;display:flex;align-items:center;gap:6px;height:46px;padding:0 8px 0 16px;border-top:3px solid #9d2019;" +
    "border-bottom:1px solid var(--l)}.h b{flex:1;min-width:0;font-size:15px;white-space:nowrap;overflow:hidden;" +
    "text-overflow:ellipsis}.h a,.h button{flex:none;display:grid;place-items:center;width:34px;height:34px;padding:0;" +
    "border:0;border-radius:8px;background:none;color:var(--f);font-size:19px;line-height:1;text-decoration:none;" +
    "cursor:pointer}.h a:hover,.h button:hover{background:rgba(128,128,128,.18)}iframe{flex:1;width:100%;min-height:0;" +
    "border:0;display:block}.n{margin:0;padding:18px;color:var(--f)}[hidden]{display:none!important}" +
    ":focus-visible{outline:2px solid #c9483f;outline-offset:2px}.b:focus-visible{outline:3px solid #fff;" +
    "box-shadow:0 0 0 6px #9d2019}@keyframes u{from{opacity:0;transform:translateY(14px)}}" +
    "@media(max-width:600px){dialog{top:0;left:0!important;right:0;bottom:0;width:100%;height:100%;max-width:none;" +
    "max-height:none;border:0;border-radius:0}}@media(prefers-reduced-motion:reduce){dialog[open]{animation:none}}" +
    "@media print{.r{display:none}}";

  function make(tag, name, given) {
    var made = document.createElement(tag);
    if (name) made.className = name;
    for (var key in given || {}) made.setAttribute(key, given[key]);
    return made;
  }

  function dress(root) {
    try { // not refused by a policy against inline styles
      var sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
    } catch (error) {
      root.appendChild(make("style")).textContent = CSS;
    }
  }

  function widget(options) {
    var base = String(options.base || home).replace(/\/+$/, "");
    var origin = new URL(base, location.href).origin;
    var lang = options.lang === "en" ? "en" : "zh";
    var t = TEXTS[lang];
    var theme = options.theme === "light" || options.theme === "dark" ? options.theme : "auto";
    var scopes = [].concat(options.scope || []);
    var phone = matchMedia("(max-width:600px)");
    var night = matchMedia("(prefers-color-scheme:dark)");
    var handlers = {}, queue = [], ready = false, timer = 0, frame = null, before = null;

    var query = "lang=" + lang + "&theme=" + theme;
    scopes.forEach(function (name) { query += "&scope=" + encodeURIComponent(name); });
    var title = String(options.title || t.title);
    var host = make("youju-widget");
    var root = host.attachShadow({ mode: "open" });
    var shell = make("div", "r" + (options.position === "left" ? " left" : ""), { lang: lang === "zh" ? "zh-CN" : "en" });
    var button = make("button", "b", { type: "button", "aria-expanded": "false" });
    var panel = make("dialog", "", { "aria-label": title, tabindex: "-1" });
    var bar = make("div", "h"), name = make("b"), note = make("p", "n", { role: "status" });
    var full = make("a", "", { href: base + "/embed?" + query, target: "_blank", rel: "noopener", "aria-label": t.full });
    var shut = make("button", "", { type: "button", "aria-label": t.close });
    var seal = make("i", "", { "aria-hidden": "true" });
    seal.textContent = "据";
    name.textContent = title;
    full.textContent = "↗";
    shut.textContent = "×";
    button.append(seal, String(options.label || t.open));
    bar.append(name, full, shut);
    panel.append(bar, note);
    shell.append(button, panel);
    dress(root);
    root.appendChild(shell);

    function emit(type, detail) {
      (handlers[type] || []).slice().forEach(function (handler) { handler(detail); });
    }
    function post(message) {
      message.youju = 1;
      if (frame && frame.contentWindow) frame.contentWindow.postMessage(message, origin);
    }
    function command(message) {
      if (ready) post(message); else queue.push(message);
    }
    function load() {
      note.textContent = t.wait;
      frame = make("iframe", "", { title: title, src: base + "/embed?head=0&" + query, referrerpolicy: "origin" });
      frame.addEventListener("load", function () {
        ready = false;
        post({ type: "hello" });
        clearTimeout(timer);
        timer = setTimeout(blocked, 3000);
      });
      panel.appendChild(frame);
    }
    function blocked() {
      var link = make("a", "", { href: full.href, target: "_blank", rel: "noopener" });
      link.textContent = t.full;
      note.textContent = t.blocked.replace("{origin}", location.origin);
      note.append(link);
      note.hidden = false;
      emit("failed", { message: note.textContent });
    }
    function open() {
      if (panel.open) return;
      before = document.activeElement;
      if (!frame) load();
      if (phone.matches && panel.showModal) panel.showModal();
      else if (panel.show) panel.show();
      else panel.setAttribute("open", "");
      button.setAttribute("aria-expanded", "true");
      button.hidden = true;
      enter();
      emit("opened", {});
    }
    function enter() {
      if (!ready) return panel.focus();
      frame.focus();
      post({ type: "focus" });
    }
    function close() {
      if (!panel.hasAttribute("open")) return;
      if (panel.close) panel.close(); else panel.removeAttribute("open");
      button.setAttribute("aria-expanded", "false");
      button.hidden = false;
      var back = before && before !== document.body && before !== host && document.contains(before) ? before : button;
      back.focus();
      emit("closed", {});
    }
    function heard(event) {
      if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
      var data = event.data;
      if (!data || data.youju !== 1 || typeof data.type !== "string") return;
      if (data.type === "escape") return close();
      if (data.type === "ready") {
        clearTimeout(timer);
        ready = true;
        note.hidden = true;
        queue.splice(0).forEach(post);
        if (root.activeElement === panel) enter();
      }
      emit(data.type, data);
    }
    function shade() {
      shell.classList.toggle("dark", theme === "dark" || (theme === "auto" && night.matches));
    }
    function turned() { // a dialog is modal on a phone only
      if (!panel.open) return;
      panel.close();
      if (phone.matches) panel.showModal(); else panel.show();
      enter();
    }

    button.addEventListener("click", open);
    shut.addEventListener("click", close);
    panel.addEventListener("cancel", function (event) { event.preventDefault(); close(); });
    panel.addEventListener("keydown", function (event) { if (event.key === "Escape") { event.preventDefault(); close(); } });
    addEventListener("message", heard);
    if (phone.addEventListener) {
      phone.addEventListener("change", turned);
      night.addEventListener("change", shade);
    }
    shade();
    document.body.appendChild(host);

    var made = {
      open: open,
      close: close,
      ask: function (question) { open(); command({ type: "ask", question: String(question) }); },
      on: function (type, handler) { (handlers[type] = handlers[type] || []).push(handler); return made; },
      destroy: function () {
        clearTimeout(timer);
        removeEventListener("message", heard);
        host.remove();
      }
    };
    return made;
  }

  var current = null;
  window.Youju = {
    init: function (options) {
      if (current) current.destroy();
      current = widget(options || {});
      return current;
    }
  };
  ["open", "close", "ask", "on"].forEach(function (name) {
    window.Youju[name] = function () { return current && current[name].apply(null, arguments); };
  });

  function start() {
    var given = here.dataset;
    if (given.manual !== undefined) return;
    var scope = given.scope ? given.scope.split(/\s*[;；]\s*/) : [];
    window.Youju.init(Object.assign({}, given, { scope: scope }));
    if (given.open !== undefined) current.open();
    if (given.ask) current.ask(given.ask);
  }
  if (!here) return;
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
