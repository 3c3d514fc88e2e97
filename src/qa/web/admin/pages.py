"""The administrator's pages, whole on the server; charts are bars of HTML and need no script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from qa import insight
from qa.insight import Day, Group
from qa.journal import Row
from qa.types import DocumentInfo
from qa.web.manage.desk import Desk
from qa.web.manage.role import Visitor
from qa.web.page import page, top
from qa.web.texts import TEXTS, Lang

SHOWN = 50
"""Groups and votes on a page; the rest is in the table to download."""
VERDICTS = ("good", "bad", "wrong")
_LINKS = (
    *(("/", "lib_ask"), ("/library", "lib_title"), ("/admin", "adm_title")),
    *(("/admin/feedback", "adm_feedback"), ("/admin/batch", "adm_batch")),
)


@dataclass(frozen=True, slots=True)
class Insights:
    """What the first page shows; ``cut``: there were more rows than are counted."""

    days: int
    cut: bool
    by_day: list[Day]
    total: Day
    unanswered: list[Group]
    asked: list[Group]
    feedback: list[Row]


class Pages:
    """Makes the pages in one language for one administrator."""

    def __init__(self, desk: Desk, visitor: Visitor, lang: Lang, kept: bool = True) -> None:
        self.desk, self.visitor, self.lang, self.kept = desk, visitor, lang, kept
        self.root = desk.settings.root_path
        self.t = {name: escape(text) for name, text in TEXTS[lang].items()}
        self._documents: dict[str, DocumentInfo] | None = None

    def overview(self, found: Insights) -> str:
        t = self.t
        body = self._head("adm_title", "/admin", found.days)
        if not found.total.questions:
            return self.whole("adm_title", body + self._nothing("adm_none" if self.kept else "adm_off"), "/admin")
        note = f'<p class="yl-note">{t["adm_cut"].format(count=f"{found.total.questions:,}")}</p>' if found.cut else ""
        body += note + self._figures(found.total)
        body += (
            f'<div class="ya-charts">{self._chart("adm_by_day", found.by_day, "questions")}'
            f"{self._chart('adm_latency', found.by_day, 'latency')}"
            f"{self._chart('adm_refused', found.by_day, 'refused')}</div>"
        )
        body += f"<h2>{t['adm_unanswered']}</h2>" + self._groups(found.unanswered, "adm_all_answered", lacks=True)
        body += f"<h2>{t['adm_asked']}</h2>" + self._groups(found.asked, "adm_none")
        body += f"<h2>{t['adm_feedback']}</h2>{self._votes(found.feedback, 'adm_no_feedback')}"
        return self.whole("adm_title", body, "/admin")

    def feedback(self, rows: Sequence[Row], days: int, only: str) -> str:
        t = self.t
        links = "".join(
            f'<a href="{self.root}/admin/feedback?days={days}{f"&amp;only={name}" if name else ""}"'
            f"{' aria-current=true' if name == only else ''}>{t[key]}</a>"
            for name, key in (("", "adm_all_votes"), *((name, f"adm_{name}") for name in VERDICTS))
        )
        body = self._head("adm_feedback", "/admin/feedback", days)
        body += f'<p class="ya-pick" role="group" aria-label="{t["adm_vote"]}">{links}</p>'
        body += self._votes(rows[:SHOWN], "adm_no_feedback") + self._more(len(rows))
        return self.whole("adm_feedback", body, "/admin/feedback")

    def whole(self, title: str, body: str, here: str, *scripts: str, facts: dict[str, object] | None = None) -> str:
        t = self.t
        nav = "".join(
            f'<a href="{self.root}{place}"{" aria-current=page" if place == here else ""}>{t[name]}</a>'
            for place, name in _LINKS
        )
        data = json.dumps(facts or {}, ensure_ascii=False).replace("<", "\\u003c")
        island = f'<script type="application/json" id="ya-facts">{data}</script>' if facts else ""
        middle = f'<nav class="yl-nav">{nav}</nav>'
        html = f'{top(self.lang, self.root, middle=middle, here=here)}<main class="yl ya">{body}</main>{island}'
        files = ("library.css", "admin.css", *scripts)
        return page(f"{t[title]} · {t['name']}", html, self.lang, self.root, *files)

    def _head(self, title: str, here: str, days: int) -> str:
        t = self.t
        names = {0: t["adm_ever"], 1: t["adm_today"]}
        spans = "".join(
            f'<a href="{self.root}{here}?days={span}"{" aria-current=true" if span == days else ""}>'
            f"{names.get(span) or t['adm_days'].format(days=span)}</a>"
            for span in (1, 7, 30, 90, 365, 0)
        )
        save = f'<a class="yl-button" href="{self.root}/admin/journal.csv?days={days}" download>{t["adm_csv"]}</a>'
        return (
            f'<div class="yl-head"><div><h1>{t[title]}</h1></div><div class="yl-acts">{save}</div></div>'
            f'<p class="ya-pick" role="group" aria-label="{t["adm_span"]}">{spans}</p>'
        )

    def _figures(self, total: Day) -> str:
        t = self.t
        share = f"{100 * total.refused / total.questions:.0f}%"
        told = [
            (f"{total.questions:,}", "adm_questions"),
            (f"{total.refused:,} ({share})", "adm_refusals"),
            (f"{total.p50:,.0f} ms", "adm_p50"),
            (f"{total.p95:,.0f} ms", "adm_p95"),
            (f"{total.good:,} / {total.bad:,} / {total.wrong:,}", "adm_votes"),
        ]
        return '<dl class="ya-figures">' + "".join(f"<div><dt>{t[k]}</dt><dd>{v}</dd></div>" for v, k in told) + "</dl>"

    def _chart(self, title: str, days: Sequence[Day], kind: str) -> str:
        """A table, so that it can be read aloud, whose cells are drawn as bars."""
        t, days = self.t, days[-31:]
        most = max((_height(day, kind) for day in days), default=0) or 1
        bars = "".join(
            f'<tr><th scope="row">{day.date[5:]}</th>'
            f"<td>{_bars(day, kind, most)}<span>{self._told(day, kind)}</span></td></tr>"
            for day in days
        )
        return f'<table class="ya-chart ya-{kind}"><caption>{t[title]}</caption><tbody>{bars}</tbody></table>'

    def _told(self, day: Day, kind: str) -> str:
        if kind == "questions":
            return f"{day.questions:,}"
        if kind == "refused":
            return f"{100 * day.refused / day.questions:.0f}%"
        return f"{day.p50:,.0f} / {day.p95:,.0f}"

    def _groups(self, groups: Sequence[Group], empty: str, lacks: bool = False) -> str:
        t = self.t
        if not groups:
            return self._nothing(empty)
        rows = "".join(
            f'<tr><td class="yl-name"><a href="{self.root}/?q={quote(g.question[:300])}">{escape(g.question)}</a>'
            f"{self._others(g)}{self._missing(g) if lacks else ''}</td>"
            f'<td class="yl-num" data-label="{t["adm_count"]}">{g.count:,}</td>'
            + ("" if lacks else f'<td class="yl-num" data-label="{t["adm_refusals"]}">{g.refused:,}</td>')
            + f'<td data-label="{t["adm_last"]}"><time datetime="{escape(g.last)}">'
            f"{insight.local(g.last):%Y-%m-%d %H:%M}</time></td></tr>"
            for g in groups[:SHOWN]
        )
        heads = ["adm_question", "adm_count", *([] if lacks else ["adm_refusals"]), "adm_last"]
        return self._table(heads, rows) + self._more(len(groups))

    def _others(self, group: Group) -> str:
        if not group.others:
            return ""
        said = "".join(f"<li>{escape(other)}</li>" for other in group.others)
        summary = self.t["adm_others"].format(count=len(group.others))
        return f"<details><summary>{summary}</summary><ul>{said}</ul></details>"

    def _missing(self, group: Group) -> str:
        if not group.missing:
            return ""
        return f'<span class="yl-hint">{self.t["missing"]}：{escape("、".join(group.missing))}</span>'

    def _votes(self, rows: Sequence[Row], empty: str) -> str:
        t = self.t
        if not rows:
            return self._nothing(empty)
        made = "".join(
            f'<tr><td class="yl-name"><span>{escape(row.question)}</span>{self._note(row)}{self._cited(row)}</td>'
            f'<td data-label="{t["adm_vote"]}"><span class="yl-state ya-{insight.verdict(row)}">'
            f"{t[f'adm_{insight.verdict(row)}']}</span></td>"
            f'<td data-label="{t["lib_bin_who"]}">{escape(row.user or row.host)}</td>'
            f'<td data-label="{t["lib_bin_at"]}"><time datetime="{escape(row.voted_at or row.at)}">'
            f"{insight.local(row.voted_at or row.at):%Y-%m-%d %H:%M}</time></td></tr>"
            for row in rows
        )
        return self._table(["adm_question", "adm_vote", "lib_bin_who", "lib_bin_at"], made)

    def _note(self, row: Row) -> str:
        return f'<blockquote class="ya-note">{escape(row.note)}</blockquote>' if row.note else ""

    def _cited(self, row: Row) -> str:
        """The citations of the answer, that which is called wrong first marked; each leads to the reader."""
        if not row.citations:
            return f'<span class="yl-hint">{self.t["abstain"]}</span>'
        items = "".join(
            f"<li{' class=ya-blamed' if row.wrong == c['number'] else ''}>{self._place(c)}</li>" for c in row.citations
        )
        return f'<ul class="ya-cited">{items}</ul>'

    def _place(self, c: dict[str, object]) -> str:
        """A document that has gone since is named without a link."""
        if self._documents is None:
            self._documents = {info.path: info for info in self.desk.library.documents()}
        info, path = self._documents.get(str(c["path"])), escape(str(c["path"]))
        if info is None:
            return f"[{c['number']}] {path}"
        place = f"{self.root}/doc/{quote(info.id, safe='')}#s{c['start']}-{c['end']}"
        return f'<a href="{place}">[{c["number"]}] {escape(info.title or info.path)}</a>'

    def _table(self, names: Sequence[str], rows: str) -> str:
        numbers = {"adm_count", "adm_refusals"}
        heads = "".join(
            f'<th scope="col"{" class=yl-num" if name in numbers else ""}>{self.t[name]}</th>' for name in names
        )
        return f'<table class="yl-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'

    def _more(self, count: int) -> str:
        return (
            f'<p class="yl-hint">{self.t["adm_more"].format(count=f"{count - SHOWN:,}")}</p>' if count > SHOWN else ""
        )

    def _nothing(self, key: str) -> str:
        return f'<p class="yl-nothing">{self.t[key]}</p>'


def _height(day: Day, kind: str) -> float:
    return {"questions": day.questions, "latency": day.p95, "refused": 1.0}[kind]


def _bars(day: Day, kind: str, most: float) -> str:
    shares = {
        "questions": [day.questions / most],
        "latency": [day.p50 / most, day.p95 / most],
        "refused": [day.refused / day.questions],
    }[kind]
    return "".join(
        f'<svg class="ya-bar ya-bar{n}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{100 * share:.1f}" height="8"/></svg>'
        for n, share in enumerate(shares)
    )
