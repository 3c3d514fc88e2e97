"""The report written out: a table for the terminal, Markdown, CSV for Excel, HTML alone or in the web."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from datetime import datetime
from html import escape

from qa.health.report import FileHealth, Health
from qa.health.words import LEVELS, UNITS, Lang, describe, heading, todo

MOST = 20
"""Files listed one by one in the terminal; the rest is in --out."""
SAID = {"unread", "stale", "warning"}
"""Findings whose own words, the reader's, say what to do."""
_MARKS = {"bad": "✗", "warn": "!", "note": "·", None: "✓"}
_COLOURS = {"bad": "31", "warn": "33", "note": "2", None: "32"}

_ZH = {
    "title": "体检报告",
    "verdict": "总评",
    "files": "文件",
    "totals": "{files} 份文件：{read} 份已读入，{unread} 份读不了；其中 {bad} 份有严重问题，{warn} 份需要留意",
    "sizes": "{chars} 字，{chunks} 段，{headings} 个标题，{paged}（扫描 {scanned_pages}，没有文字 {empty_pages}）；"
    "异常字符 {odd_chars} 个，内容重复 {same} 份，相近 {near} 份，有其他版本 {editions} 份",
    "urgent": "最该做的几件事",
    "nothing": "没有需要处理的",
    "count": "{count} 份",
    "todo": "办法",
    "more": "另有 {count} 份，完整清单请用 --out",
    "columns": [
        *("文件", "情况", "格式", "编码", "字数", "段数", "标题", "页（表、张）", "每页（表、张）字数"),
        *("由图片识别", "认字把握", "没有文字", "异常字符", "说明"),
    ],
    "state": {"bad": "有问题", "warn": "要留意", "note": "良好", None: "良好"},
}
_EN = {
    "title": "Health report",
    "verdict": "Verdict",
    "files": "Files",
    "totals": "{files} files: {read} read, {unread} unreadable; {bad} with serious problems, {warn} to be looked at",
    "sizes": "{chars} characters, {chunks} passages, {headings} headings, {paged} ({scanned_pages} scanned, "
    "{empty_pages} without text); {odd_chars} odd characters, {same} duplicates, {near} nearly the same, "
    "{editions} with other editions",
    "urgent": "What to do first",
    "nothing": "Nothing to do",
    "count": "{count} files",
    "todo": "What to do",
    "more": "{count} more; the full list is in --out",
    "columns": [
        *(
            "File",
            "State",
            "Format",
            "Encoding",
            "Characters",
            "Passages",
            "Headings",
            "Pages, sheets or slides",
            "Characters each",
        ),
        *("Recognised", "Confidence", "Without text", "Odd characters", "Notes"),
    ],
    "state": {"bad": "problem", "warn": "look at it", "note": "good", None: "good"},
}
WORDS: dict[Lang, dict[str, object]] = {"zh": dict(_ZH), "en": dict(_EN)}


def word(key: str, lang: Lang, **values: object) -> str:
    """A text of the report's frame, filled in; numbers with commas."""
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    return str(WORDS[lang][key]).format(**shown)


def sizes(health: Health, lang: Lang) -> str:
    """How much text there is; sheets and slides are counted apart from pages, where there are any."""
    comma, plural = ("、", "") if lang == "zh" else (", ", "s")
    counts = [(health.totals[f"{kind}s"], unit + plural) for kind, unit in UNITS[lang].items()]
    paged = comma.join(f"{count:,} {unit}" for at, (count, unit) in enumerate(counts) if count or at == 0)
    return word("sizes", lang, **health.totals, paged=paged)


def table(health: Health, *, colour: bool = False, marks: bool = True) -> str:
    """For the terminal, in Chinese. ``marks``: the terminal can show ✓ and ✗."""

    def paint(text: str, severity: str | None) -> str:
        return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m" if colour else text

    level = {"good": None, "fair": "warn", "poor": "bad", "empty": "warn"}[health.level]
    lines = [paint(f"{_ZH['verdict']}：{LEVELS['zh'][health.level]}", level)]
    lines += [word("totals", "zh", **health.totals), sizes(health, "zh")]
    lines += [f"! {notice}" for notice in health.notices]
    lines += ["", f"{_ZH['urgent']}："] if health.urgent else ["", str(_ZH["nothing"])]
    for number, item in enumerate(health.urgent, 1):
        what = f"{number}. {heading(item.code)}（{len(item.paths)} 份）：{todo(item.code)}"
        lines += [paint(what, item.severity), *(f"     {path}" for path in item.paths[:3])]
        lines += [f"     …… 共 {len(item.paths)} 份"] if len(item.paths) > 3 else []
    listed = [file for file in health.files if file.findings]
    lines += ["", f"{_ZH['files']}："] if listed else []
    for file in listed[:MOST]:
        mark = _MARKS[file.worst] if marks else {"bad": "x", "warn": "!", "note": ".", None: "v"}[file.worst]
        lines.append(paint(f"{mark} {_wide(file.path, 46)} {_facts(file)}", file.worst))
        lines += [f"    {heading(f.code)}：{describe(f)}" for f in file.findings]
    if len(listed) > MOST:
        lines.append(word("more", "zh", count=len(listed) - MOST))
    return "\n".join(lines)


def markdown(health: Health, lang: Lang = "zh") -> str:
    """A whole document."""
    lines = [f"# {word('title', lang)}", "", f"{word('verdict', lang)}：**{LEVELS[lang][health.level]}**", ""]
    lines += [word("totals", lang, **health.totals), "", sizes(health, lang), ""]
    lines += [f"> {notice}\n" for notice in health.notices]
    lines += [f"## {word('urgent', lang)}", ""]
    for item in health.urgent:
        lines.append(f"1. **{heading(item.code, lang)}**（{len(item.paths)}）：{todo(item.code, lang)}")
        lines += [f"   - {_cell(path)}" for path in item.paths]
    lines += ["" if health.urgent else word("nothing", lang), "", f"## {word('files', lang)}", ""]
    columns = list(WORDS[lang]["columns"])  # type: ignore[call-overload]
    lines += [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    lines += [f"| {' | '.join(map(_cell, row(file, lang)))} |" for file in health.files]
    return "\n".join(lines) + "\n"


def as_csv(health: Health, lang: Lang = "zh") -> str:
    """With a byte order mark, so that Excel takes it for UTF-8; no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(list(WORDS[lang]["columns"]))  # type: ignore[call-overload]
    for file in health.files:
        writer.writerow(
            [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in row(file, lang)]
        )
    return "\ufeff" + out.getvalue()


def html(health: Health, lang: Lang = "zh") -> str:
    """A page that stands alone: no script, nothing fetched."""
    code, made = ("zh-CN" if lang == "zh" else "en"), datetime.now().astimezone()
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8"><title>{word("title", lang)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{word('title', lang)}</h1><p>{made:%Y-%m-%d %H:%M}</p>"
        f"{body(health, lang)}</body></html>"
    )


def body(health: Health, lang: Lang, name: Callable[[FileHealth], str] | None = None) -> str:
    """The report as HTML. ``name`` writes a file's cell, as a link for instance."""
    shown = name or (lambda file: escape(file.path))
    notices = "".join(f'<p class="hr-notice">{escape(notice)}</p>' for notice in health.notices)
    return (
        f'<p class="hr-level hr-{health.level}">{word("verdict", lang)}：<b>{LEVELS[lang][health.level]}</b></p>'
        f"<p>{word('totals', lang, **health.totals)}</p><p>{sizes(health, lang)}</p>{notices}"
        f"<h2>{word('urgent', lang)}</h2>{_todo_list(health, lang)}<h2>{word('files', lang)}</h2>"
        f'<div class="hr-scroll"><table class="hr-table">{_head(lang)}<tbody>'
        f"{''.join(_row(file, lang, shown(file)) for file in health.files)}</tbody></table></div>"
    )


def row(file: FileHealth, lang: Lang) -> list[str]:
    """A file's cells, as text, in the order of the columns."""
    states: dict[str | None, str] = WORDS[lang]["state"]  # type: ignore[assignment]
    notes = "；" if lang == "zh" else "; "
    return [
        *(file.path, states[file.worst], file.format, file.encoding or "", *_counts(file)),
        notes.join(f"{heading(f.code, lang)}：{describe(f, lang)}" for f in file.findings),
    ]


def findings(file: FileHealth, lang: Lang) -> str:
    """A file's findings with what to do, as an HTML list."""
    items = "".join(
        f'<li class="hr-{f.severity}"><b>{escape(heading(f.code, lang))}</b> {escape(describe(f, lang))}'
        f"{'' if f.code in SAID else _advice(f.code, lang)}</li>"
        for f in file.findings
    )
    return f'<ul class="hr-findings">{items}</ul>' if items else ""


def _advice(code: str, lang: Lang) -> str:
    return f'<span class="hr-todo">{word("todo", lang)}：{escape(todo(code, lang))}</span>'


def _counts(file: FileHealth) -> list[str]:
    if not file.doc_id:
        return [""] * 9
    pages = [str(file.pages), f"{file.chars_per_page or 0:.0f}", str(file.scanned)] if file.pages else ["", "", ""]
    sure = f"{file.confidence:.0%}" if file.confidence is not None else ""
    empty = str(len(file.empty_pages)) if file.pages else ""
    return [str(file.chars), str(file.chunks), str(file.headings), *pages, sure, empty, str(file.odd.total)]


def _facts(file: FileHealth) -> str:
    if not file.doc_id:
        return ""
    pages = f" {file.pages} {UNITS['zh'][file.kind]}" if file.pages else ""
    return f"{file.format} {file.encoding or ''}{pages} {file.chars:,} 字 {file.chunks} 段 {file.headings} 个标题"


def _todo_list(health: Health, lang: Lang) -> str:
    if not health.urgent:
        return f"<p>{word('nothing', lang)}</p>"
    return (
        '<ol class="hr-urgent">'
        + "".join(
            f'<li class="hr-{item.severity}"><b>{escape(heading(item.code, lang))}</b>'
            f"（{word('count', lang, count=len(item.paths))}）{escape(todo(item.code, lang))}"
            f'<span class="hr-paths">{escape(" · ".join(item.paths[:3]))}{" …" * (len(item.paths) > 3)}</span></li>'
            for item in health.urgent
        )
        + "</ol>"
    )


def _head(lang: Lang) -> str:
    columns: list[str] = WORDS[lang]["columns"]  # type: ignore[assignment]
    return "<thead><tr>" + "".join(f'<th scope="col">{escape(c)}</th>' for c in columns[:-1]) + "</tr></thead>"


def _row(file: FileHealth, lang: Lang, name: str) -> str:
    """What is to be said of a file stands under its name, where there is room for it."""
    middle = "".join(f"<td>{escape(cell)}</td>" for cell in row(file, lang)[1:-1])
    return f'<tr class="hr-{file.worst or "good"}"><td>{name}{findings(file, lang)}</td>{middle}</tr>'


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _wide(text: str, width: int) -> str:
    """Padded to a width of columns, where a Chinese character takes two."""
    return text + " " * max(0, width - sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))


_STYLE = (
    "body{font:15px/1.7 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;margin:2em;color:#1d2025}"
    "table{border-collapse:collapse;font-size:13px}td,th{border:1px solid #ddd;padding:4px 8px;text-align:left;"
    "vertical-align:top}.hr-bad td:nth-child(2),.hr-poor b{color:#b3261e}.hr-warn td:nth-child(2),.hr-fair b"
    "{color:#9a6700}ul{margin:0;padding-left:1.2em}.hr-todo,.hr-paths{display:block;color:#666}"
    "h1,h2{font-family:'Noto Serif CJK SC',SimSun,serif}"
)
