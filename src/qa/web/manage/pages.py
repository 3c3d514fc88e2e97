"""The library's pages, whole on the server: they can be read and searched without any script."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote, urlencode

from qa.audit import Event
from qa.health import FileHealth, Health, render
from qa.load import SUFFIXES
from qa.load.archive_listing import ARCHIVES
from qa.settings import Settings
from qa.shelf import Binned, Entry, Listing, packed
from qa.shelf.listing import Sort
from qa.web.manage.role import Visitor
from qa.web.page import page, top
from qa.web.texts import TEXTS, Lang
from qa.web.texts_library import LIBRARY_FOR_SCRIPT
from qa.web.who.person import current

SORTS: tuple[Sort, ...] = ("name", "state", "chars", "size", "time")
SHOWN = 500
"""Files on a page; a folder with more is searched instead. 500 rows are 300 KB of HTML."""


_NUMERIC = {"lib_chars": ' class="yl-num"', "lib_size": ' class="yl-num"', "lib_time": ' class="yl-time"'}


class Pages:
    """Makes the pages in one language for one visitor."""

    def __init__(
        self,
        settings: Settings,
        visitor: Visitor,
        lang: Lang,
        has_editions: Callable[[str], bool] = lambda doc_id: False,
    ) -> None:
        self.settings, self.visitor, self.lang = settings, visitor, lang
        self.has_editions = has_editions
        self.root = settings.root_path
        self.t = {name: escape(text) for name, text in TEXTS[lang].items()}

    def library(self, found: Listing, query: str, sort: Sort, descending: bool, counts: tuple[int, int, int]) -> str:
        """``counts``: documents, passages, files that can't be read."""
        t, may = self.t, self.visitor.may
        documents, chunks, unread = counts
        summary = t["lib_summary"].format(files=f"{found.total:,}", documents=f"{documents:,}", chunks=f"{chunks:,}")
        bad = f' · <a href="{self.root}/library/health">{t["lib_unread"].format(count=unread)}</a>' if unread else ""
        acts = (
            f'<div class="yl-acts"><button type="button" id="yl-sync" title="{t["lib_sync_note"]}">{t["lib_sync"]}'
            f'</button><button type="button" id="yl-rebuild">{t["lib_rebuild"]}</button></div>'
        )
        body = (
            f'<div class="yl-head"><div><h1>{t["lib_title"]}</h1><p class="yl-sum">{summary}{bad}</p></div>'
            f"{acts if may else ''}</div>{self._readonly()}"
            '<p id="yl-work" role="status" hidden><progress></progress><span></span></p>'
            f'{self._drop(found.folder) if may else ""}<div id="yl-say" role="status" aria-live="polite"></div>'
            f'<div id="yl-files">{self._bar(found, query, sort, descending)}{self._table(found, query)}</div>'
        )
        return self._whole(t["lib_title"], body, "/library", found.folder)

    def health_page(self, report: Health, path: str) -> str:
        t = self.t
        saves = " ".join(
            f'<a href="{self.root}/library/health.{kind}{self._query(path=path)}" download>{kind.upper()}</a>'
            for kind in ("html", "md", "csv")
        )
        part = (
            f'<p class="yl-crumbs"><a href="{self.root}/library/health">{t["lib_health_all"]}</a> › {escape(path)}</p>'
        )
        body = (
            f'<div class="yl-head"><div><h1>{t["lib_health"]}</h1></div><p class="yl-saves">{t["lib_health_save"]} '
            f"{saves}</p></div>{part if path else ''}"
            f'<div class="yl-report">{render.body(report, self.lang, self._named)}</div>'
        )
        return self._whole(t["lib_health"], body, "/library/health")

    def bin(self, items: Sequence[Binned]) -> str:
        t = self.t
        head = f'<button type="button" id="yl-empty" data-count="{len(items)}">{t["lib_empty_bin"]}</button>'
        rows = "".join(
            f'<tr><td class="yl-name">{self._path(item.path)}'
            f"{self._hint(t['lib_bin_folder'].format(count=item.files)) if item.folder else ''}</td>"
            f'<td data-label="{t["lib_bin_why"]}">{t.get(f"lib_bin_{item.why}", "")}</td>'
            f'<td data-label="{t["lib_bin_at"]}">{_when(item.at)}</td>'
            f'<td data-label="{t["lib_bin_who"]}">{escape(item.who)}</td>'
            f'<td data-label="{t["lib_size"]}" class="yl-num">{_size(item.size)}</td><td class="yl-do">'
            f'<button type="button" class="yl-restore" data-id="{item.id}">{t["lib_restore"]}</button>'
            f'<button type="button" class="yl-purge" data-id="{item.id}" data-name="{escape(item.path)}">'
            f"{t['lib_purge']}</button></td></tr>"
            for item in items
        )
        names = ("lib_name", "lib_bin_why", "lib_bin_at", "lib_bin_who", "lib_size", "")
        body = (
            f'<div class="yl-head"><div><h1>{t["lib_bin"]}</h1><p class="yl-sum">{t["lib_bin_lead"]}</p></div>'
            f'<div class="yl-acts">{head if items else ""}</div></div><div id="yl-say" role="status"></div>'
            f'<div id="yl-files">{self._plain(names, rows) if items else self._nothing("lib_bin_empty")}</div>'
        )
        return self._whole(t["lib_bin"], body, "/library/bin")

    def log(self, events: Sequence[Event]) -> str:
        t = self.t
        rows = "".join(
            f'<tr><td data-label="{t["lib_bin_at"]}">{_when(e.at)}</td>'
            f'<td data-label="{t["lib_bin_who"]}">{escape(e.who)}</td>'
            f'<td data-label="{t["lib_log_where"]}">{escape(e.host)}</td>'
            f'<td data-label="{t["lib_log_what"]}">{t.get(f"lib_log_{e.what}", escape(e.what))}</td>'
            f'<td class="yl-name">{self._path(e.path)}{self._hint(escape(e.detail)) if e.detail else ""}</td></tr>'
            for e in events
        )
        names = ("lib_bin_at", "lib_bin_who", "lib_log_where", "lib_log_what", "lib_log_path")
        body = (
            f'<div class="yl-head"><div><h1>{t["lib_log"]}</h1>'
            f'<p class="yl-sum">{t["lib_log_lead"].format(count=len(events))}</p></div></div>'
            f"{self._plain(names, rows) if events else self._nothing('lib_log_empty')}"
        )
        return self._whole(t["lib_log"], body, "/library/log")

    def _whole(self, title: str, body: str, here: str, folder: str = "") -> str:
        t, may = self.t, self.visitor.may
        links = [
            ("/", "lib_ask"),
            ("/library", "lib_title"),
            ("/library/health", "lib_health"),
            ("/compare", "cmp_title"),
        ]
        links += [("/library/bin", "lib_bin"), ("/library/log", "lib_log")] if may else []
        links += [("/admin", "who_admin")] if may else []
        links += (
            [("/login?next=%2Flibrary", "lib_login")]
            if self.visitor.mode == "password" and not may and not _named()
            else []
        )
        nav = "".join(
            f'<a href="{self.root}{place}"{" aria-current=page" if place == here else ""}>{t[name]}</a>'
            for place, name in links
        )
        texts = {key: TEXTS[self.lang][key] for key in LIBRARY_FOR_SCRIPT}
        facts = {
            "csrf": self.visitor.csrf if may else "",
            "folder": folder,
            "limit": self.settings.max_file_mb,
            "suffixes": sorted({*SUFFIXES, *ARCHIVES}),
            "formats": self.t["lib_formats"],
            "texts": texts,
        }
        data = json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
        middle = f'<nav class="yl-nav">{nav}</nav>'
        whole = (
            f'{top(self.lang, self.root, middle=middle, here=here)}<main class="yl">{body}</main>'
            f'<script type="application/json" id="yl-facts">{data}</script>'
        )
        return page(f"{title} · {t['name']}", whole, self.lang, self.root, "library.css", "library.js")

    def _readonly(self) -> str:
        t = self.t
        quiet = f'<noscript><p class="yl-note">{t["lib_no_script"]}</p></noscript>'
        if self.visitor.may:
            return quiet
        if self.visitor.mode == "sso" or _named():
            return f'<p class="yl-note">{t["who_reader"]}</p>'
        if self.visitor.mode == "password":
            link = f'<a class="yl-button" href="{self.root}/login?next=%2Flibrary">{t["lib_login"]}</a>'
            return f'<p class="yl-note">{t["lib_readonly_password"]} {link}</p>'
        command = "<code>python -m qa password</code>"
        return f'<p class="yl-note">{t["lib_readonly_off"].format(command=command)}</p>'

    def _drop(self, folder: str) -> str:
        t = self.t
        limits = t["lib_limits"].format(
            formats=self.t["lib_formats"],
            limit=self.settings.max_file_mb,
            folder=f"<b>{escape(folder) or t['lib_root']}</b>",
        )
        return (
            f'<section id="yl-drop"><p class="yl-drop-lead">{t["lib_drop"]}</p><p><button type="button" id="yl-choose">'
            f'{t["lib_choose"]}</button><button type="button" id="yl-choose-folder">{t["lib_choose_folder"]}</button>'
            "</p>"
            f'<p class="yl-hint">{limits}</p>'
            '<input type="file" id="yl-input" multiple hidden>'
            '<input type="file" id="yl-input-folder" webkitdirectory hidden></section>'
            '<section id="yl-uploads" hidden><p id="yl-overall" role="status"><span></span><progress></progress>'
            f'<button type="button" id="yl-clear">{t["lib_clear_list"]}</button></p><ol></ol></section>'
        )

    def _bar(self, found: Listing, query: str, sort: Sort, descending: bool) -> str:
        t, parts = self.t, found.folder.split("/") if found.folder else []
        crumbs = [f'<a href="{self.root}/library">{t["lib_root"]}</a>']
        crumbs += [
            f'<a href="{self._folder("/".join(parts[: depth + 1]))}">{escape(part)}</a>'
            for depth, part in enumerate(parts)
        ]
        options = "".join(
            f'<option value="{name}"{" selected" if name == sort else ""}>{t[f"lib_{name}"]}</option>' for name in SORTS
        )
        directions = "".join(
            f'<option value="{value}"{" selected" if chosen else ""}>{t[name]}</option>'
            for value, name, chosen in (("", "lib_ascending", not descending), ("1", "lib_descending", descending))
        )
        clear = f'<a href="{self._folder(found.folder)}">{t["lib_clear_search"]}</a>' if query else ""
        add = f'<button type="button" id="yl-new-folder">{t["lib_new_folder"]}</button>' if self.visitor.may else ""
        return (
            f'<nav class="yl-crumbs">{" › ".join(crumbs)}</nav>'
            f'<form class="yl-bar" method="get" action="{self.root}/library">'
            f'<input type="hidden" name="folder" value="{escape(found.folder)}">'
            '<input type="search" name="q" maxlength="200" '
            f'value="{escape(query)}" placeholder="{t["lib_search"]}" aria-label="{t["lib_search"]}">'
            f"<button>{t['lib_find']}</button>{clear}"
            f'<label class="yl-sort">{t["lib_sort"]} <select name="sort">{options}</select></label>'
            f'<select name="desc" aria-label="{t["lib_sort"]}">{directions}</select>{add}'
            f'<button type="button" id="yl-delete" hidden></button></form>'
        )

    def _table(self, found: Listing, query: str) -> str:
        t = self.t
        told = f'<p class="yl-sum">{t["lib_found"].format(count=f"{len(found.entries):,}")}</p>' if query else ""
        if not found.entries and not found.folders:
            return told + self._nothing("lib_nothing_found" if query else "lib_empty_folder")
        rows = "".join(self._folder_row(found.folder, name, count) for name, count in found.folders)
        rows += "".join(self._file_row(entry, query) for entry in found.entries[:SHOWN])
        more = len(found.entries) - SHOWN
        left = f'<p class="yl-hint">… +{more:,}</p>' if more > 0 else ""
        tick = f'<input type="checkbox" id="yl-all" aria-label="{t["lib_select_all"]}">' if self.visitor.may else ""
        names = ("lib_name", "lib_state", "lib_chars", "lib_size", "lib_time", "")
        return told + self._plain(names, rows, tick) + left

    def _folder_row(self, folder: str, name: str, count: int) -> str:
        t, path = self.t, f"{folder}/{name}" if folder else name
        return (
            f'<tr class="yl-folder">{self._tick(path, name)}<td class="yl-name"><a href="{self._folder(path)}">'
            f'<span class="yl-icon" aria-hidden="true"></span>{escape(name)}</a></td>'
            f'<td class="yl-soft">{t["lib_files_in"].format(count=f"{count:,}")}</td>'
            '<td class="yl-num"></td><td class="yl-num"></td><td class="yl-time"></td>'
            f'<td class="yl-do">{self._delete(path, name)}</td></tr>'
        )

    def _file_row(self, entry: Entry, query: str) -> str:
        t, info, path = self.t, entry.info, escape(entry.path)
        shown = self._path(entry.path) if query else escape(entry.name)
        name = f'<a href="{self.root}/doc/{info.id}">{shown}</a>' if info else f"<span>{shown}</span>"
        told = "".join(f"<li>{escape(message)}</li>" for message in entry.messages)
        acts = [f'<a href="{self.root}/doc/{info.id}">{t["lib_open"]}</a>'] if info else []
        if info or entry.messages:
            acts.append(f'<a href="{self.root}/library/health{self._query(path=entry.path)}">{t["lib_check"]}</a>')
        if info and self.has_editions(info.id):
            acts.append(self._compared(info.id))
        if self.visitor.may and not packed(entry.path):
            acts.append(
                f'<a href="{self.root}/api/library/file{self._query(path=entry.path)}" download>{t["lib_download"]}</a>'
            )
            label = t["lib_reread_label"].format(name=escape(entry.name))
            acts.append(
                f'<button type="button" class="yl-reread" data-path="{path}" aria-label="{label}">'
                f"{t['lib_reread']}</button>"
            )
        when = _when(datetime.fromtimestamp(entry.mtime_ns / 1e9).astimezone().isoformat()) if entry.mtime_ns else ""
        return (
            f'<tr>{self._tick(entry.path, entry.name)}<td class="yl-name">{name}'
            f"{f'<ul>{told}</ul>' if told else ''}</td>"
            f'<td data-label="{t["lib_state"]}"><span class="yl-state yl-{entry.state}">'
            f"{t[f'lib_state_{entry.state}']}</span></td>"
            f'<td class="yl-num" data-label="{t["lib_chars"]}">{f"{info.chars:,}" if info else ""}</td>'
            f'<td class="yl-num" data-label="{t["lib_size"]}">{_size(entry.size)}</td>'
            f'<td data-label="{t["lib_time"]}" class="yl-time">{when}</td>'
            f'<td class="yl-do">{"".join(acts)}{self._delete(entry.path, entry.name)}</td></tr>'
        )

    def _plain(self, names: Sequence[str], rows: str, tick: str = "") -> str:
        first = f"<th>{tick}</th>" if tick else ""
        head = first + "".join(
            f'<th scope="col"{_NUMERIC.get(name, "")}>{self.t[name] if name else ""}</th>' for name in names
        )
        return f'<table class="yl-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'

    def _tick(self, path: str, name: str) -> str:
        if not self.visitor.may:
            return ""
        if packed(path):
            return '<td class="yl-tick"></td>'
        label = self.t["lib_select"].format(name=escape(name))
        return f'<td class="yl-tick"><input type="checkbox" data-path="{escape(path)}" aria-label="{label}"></td>'

    def _delete(self, path: str, name: str) -> str:
        if not self.visitor.may or packed(path):
            return ""
        label = self.t["lib_delete_label"].format(name=escape(name))
        return (
            f'<button type="button" class="yl-delete" data-path="{escape(path)}" data-name="{escape(name)}" '
            f'aria-label="{label}">{self.t["lib_delete"]}</button>'
        )

    def _named(self, file: FileHealth) -> str:
        if not file.doc_id:
            return escape(file.path)
        link = f'<a href="{self.root}/doc/{file.doc_id}">{escape(file.path)}</a>'
        return f"{link} {self._compared(file.doc_id)}" if file.editions else link

    def _compared(self, doc_id: str) -> str:
        """With the edition before, or after the oldest."""
        return f'<a class="yl-compare" href="{self.root}/compare?b={doc_id}">{self.t["cmp_short"]}</a>'

    def _path(self, path: str) -> str:
        folder, slash, name = path.rpartition("/")
        return f'<span class="yl-soft">{escape(folder + slash)}</span>{escape(name)}' if slash else escape(name)

    def _hint(self, html: str) -> str:
        return f'<span class="yl-hint">{html}</span>'

    def _nothing(self, key: str) -> str:
        return f'<p class="yl-nothing">{self.t[key]}</p>'

    def _folder(self, path: str) -> str:
        return f"{self.root}/library{self._query(folder=path)}"

    def _query(self, **values: str) -> str:
        given = {name: value for name, value in values.items() if value}
        return escape(f"?{urlencode(given, quote_via=quote)}") if given else ""


def _named() -> bool:
    """Whether the visitor has said who they are: then another login makes no difference."""
    person = current()
    return person is not None and bool(person.name)


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    return f"{size / 1024:,.0f} KB" if size < 2**20 else f"{size / 2**20:,.1f} MB"


def _when(iso: str) -> str:
    """In the machine's own time."""
    at = datetime.fromisoformat(iso).astimezone()
    return f'<time datetime="{escape(iso)}">{at:%Y-%m-%d %H:%M}</time>'
