"""A comparison written out: HTML alone or in the web, Markdown, plain text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from qa.types import Document
from qa.versions.compare import Comparison, Row, Run, Side
from qa.versions.words import WORDS, Lang, aside, note, shown, summary


def paragraphs(side: Side) -> Iterator[list[Run]]:
    """The side's paragraphs, each as runs without line feeds; joined by line feeds they are its text again."""
    line: list[Run] = []
    for run in side.runs:
        at = run.start
        for number, piece in enumerate(run.text.split("\n")):
            if number:
                yield line
                line = []
            if piece:
                line.append(Run(piece, at, run.changed))
            at += len(piece) + 1
    if line:
        yield line


def table(comparison: Comparison, only_changed: bool = False, lang: Lang = "zh", root: str | None = None) -> str:
    """The comparison as an HTML table. ``root``: of the web, where numbers lead to the reading page."""
    words = WORDS[lang]
    rows = shown(comparison, only_changed)
    if not rows:
        return f'<p class="cp-none">{words["none"]}</p>'
    heads = "".join(
        f'<th scope="col" class="cp-{side}"><span>{words[side]}</span> {escape(document.title)}'
        f"{f' <small>{date}</small>' if (date := document.facts.date) else ''}</th>"
        for side, document in (("old", comparison.old), ("new", comparison.new))
    )
    body = "".join(_row(comparison, number, row, lang, root) for number, row in rows)
    return (
        f'<table class="cp-table"><thead><tr><th scope="col" class="cp-status">{words["status"]}</th>{heads}</tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


def html(comparison: Comparison, only_changed: bool = False, lang: Lang = "zh") -> str:
    """A page that stands alone: no script, nothing fetched."""
    code, title = ("zh-CN" if lang == "zh" else "en"), f"{comparison.new.title} {WORDS[lang]['table']}"
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1><p>{escape(summary(comparison, lang))}</p>"
        f"{table(comparison, only_changed, lang)}</body></html>"
    )


def markdown(comparison: Comparison, only_changed: bool = False, lang: Lang = "zh") -> str:
    """A table of two columns; what went is struck through, what came is bold."""
    old, new, words = comparison.old, comparison.new, WORDS[lang]
    lines = [f"# {_plain(new.title)} {words['table']}", "", summary(comparison, lang), ""]
    lines += [f"| {words['old']}：{_named(old)} | {words['new']}：{_named(new)} |", "|---|---|"]
    for _, row in shown(comparison, only_changed):
        cells = [_cell(side, mark) for side, mark in ((row.old, "~~"), (row.new, "**"))]
        lines.append(f"| {' | '.join(cell or aside(comparison, row, lang) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def text(comparison: Comparison, only_changed: bool = True, *, colour: bool = False) -> str:
    """For the terminal, in Chinese: 「[-去掉的-]」 and 「{+增加的+}」."""
    words = WORDS["zh"]
    lines = [f"{words[side]}：{d.path}" for side, d in (("old", comparison.old), ("new", comparison.new))]
    lines += [summary(comparison), ""]
    rows = shown(comparison, only_changed)
    lines += [] if rows else [words["none"]]
    for _, row in rows:
        told = note(comparison, row)
        lines.append(f"【{words[row.status]}】{told}")
        for side, name, marks, paint in ((row.old, "old", "[--]", "31"), (row.new, "new", "{++}", "32")):
            if side is not None:
                begin, end = (f"\x1b[{paint}m", "\x1b[0m") if colour else (marks[:2], marks[2:])
                said = "\n    ".join(
                    "".join(f"{begin}{_tame(run.text)}{end}" if run.changed else _tame(run.text) for run in line)
                    for line in paragraphs(side)
                )
                lines.append(f"  {words[name]} {said}")
        lines.append("")
    return "\n".join(lines)


def _row(comparison: Comparison, number: int, row: Row, lang: Lang, root: str | None) -> str:
    words = WORDS[lang]
    told = note(comparison, row, lang)
    link = f'<a href="#r{row.elsewhere}">{escape(told)}</a>' if row.elsewhere is not None else escape(told)
    cells = "".join(
        f'<td class="cp-{name}" data-label="{words[name]}">{_said(side, tag, document, root)}</td>'
        if side is not None
        else f'<td class="cp-{name} cp-void"></td>'
        for name, side, tag, document in (
            ("old", row.old, "del", comparison.old),
            ("new", row.new, "ins", comparison.new),
        )
    )
    return (
        f'<tr id="r{number}" class="cp-{row.status}"><td class="cp-status"><b>{words[row.status]}</b>'
        f"{f'<span>{link}</span>' if told else ''}</td>{cells}</tr>"
    )


def _said(side: Side, tag: str, document: Document, root: str | None) -> str:
    made = []
    for number, line in enumerate(paragraphs(side)):
        inner = "".join(f"<{tag}>{escape(r.text)}</{tag}>" if r.changed else escape(r.text) for r in line)
        made.append(f"<p>{inner}{_place(side, document, root) if not number else ''}</p>")
    return "".join(made)


def _place(side: Side, document: Document, root: str | None) -> str:
    """A link to the place in the document; its sign comes from the style, so that the text stays the text."""
    if root is None:
        return ""
    there = f"{root}/doc/{escape(document.id)}#s{side.start}-{side.end}"
    return f'<a class="cp-go" href="{there}" aria-label="{escape(side.label or document.title)}"></a>'


def _cell(side: Side | None, mark: str) -> str:
    if side is None:
        return ""
    lines = (
        "".join(f"{mark}{_plain(run.text)}{mark}" if run.changed else _plain(run.text) for run in line)
        for line in paragraphs(side)
    )
    return "<br>".join(lines)


def _named(document: Document) -> str:
    return _plain(" ".join(filter(None, [document.title, document.facts.date])))


def _plain(said: str) -> str:
    """Without meaning to Markdown or HTML."""
    return "".join(f"\\{c}" if c in "\\|*~`_[]#" else f"&#{ord(c)};" if c in "<>&" else c for c in said)


def _tame(said: str) -> str:
    """Without control characters, which a terminal would obey."""
    return "".join(c if c >= " " and not "\x7f" <= c <= "\x9f" else "\ufffd" for c in said)


_STYLE = (
    "body{font:16px/1.8 'Noto Serif CJK SC',SimSun,serif;margin:2em;color:#1d2025}h1{font-size:24px;text-align:center}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}td,th{border:1px solid #ccc;padding:6px 10px;"
    "vertical-align:top;text-align:left;overflow-wrap:anywhere}.cp-status{width:6em;font:13px/1.6 sans-serif}"
    ".cp-status span{display:block;color:#666}p{margin:0 0 .3em}del{color:#a3231b;background:#fdecea}"
    "ins{color:#1e5c36;background:#e8f4ea;text-decoration:none;font-weight:700}.cp-void{background:#f6f6f6}"
    "@page{size:A4 landscape}@media print{thead{display:table-header-group}tr{break-inside:avoid}}"
    "@media(max-width:700px){table,tbody,tr,td{display:block;width:auto}thead{display:none}}"
)
