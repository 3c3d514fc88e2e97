"""Choosing any two documents to be compared: a form that needs no script, which only saves the click on 查找."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from qa.types import DocumentInfo
from qa.web.page import page, top
from qa.web.texts import TEXTS, Lang

SHOWN = 100
"""Documents listed a side; of more, some letters of the name are asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one side looks for, and the id chosen there, or ""."""

    query: str
    chosen: str


def pick_page(infos: Sequence[DocumentInfo], old: Wanted, new: Wanted, lang: Lang, root: str) -> str:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    if len(infos) < 2:
        inner = f'<p class="cp-none">{t["cmp_pick_few"]}</p>'
    else:
        sides = "".join(_side(infos, side, name, lang) for side, name in ((old, "a"), (new, "b")))
        inner = (
            f'<form class="cp-pick" action="{escape(root)}/compare" method="get"><div class="cp-sides">{sides}</div>'
            f'<p class="cp-go-row"><button class="cp-submit">{t["cmp_pick_go"]}</button></p></form>'
        )
    body = (
        f'{top(lang, root, here="/compare")}<main class="cp"><header class="cp-head"><h1>{t["cmp_pick_title"]}</h1>'
        f'<p class="cp-sum">{t["cmp_pick_lead"]}</p></header>{inner}</main>'
    )
    return page(f"{TEXTS[lang]['cmp_pick_title']} · {TEXTS[lang]['name']}", body, lang, root, "compare.css", "pick.js")


def found(infos: Sequence[DocumentInfo], query: str) -> list[DocumentInfo]:
    """Those that have every word of ``query`` in path, title or number; in order of path."""
    words = query.casefold().split()
    return [info for info in sorted(infos, key=lambda i: i.path) if all(word in _names(info) for word in words)]


def _names(info: DocumentInfo) -> str:
    return f"{info.path}\n{info.title}\n{info.facts.number or ''}".casefold()


def _side(infos: Sequence[DocumentInfo], wanted: Wanted, name: str, lang: Lang) -> str:
    t = {key: escape(text) for key, text in TEXTS[lang].items()}
    hits = found(infos, wanted.query)
    shown = [info for info in infos if info.id == wanted.chosen and info not in hits[:SHOWN]] + hits[:SHOWN]
    items = "".join(_item(info, name, info.id == wanted.chosen) for info in shown)
    more = TEXTS[lang]["cmp_pick_more"].format(shown=SHOWN, count=f"{len(hits):,}") if len(hits) > SHOWN else ""
    told = "" if hits else f'<p class="cp-few">{t["cmp_pick_none"]}</p>'
    told += f'<p class="cp-few">{escape(more)}</p>' if more else ""
    heading = t["cmp_old" if name == "a" else "cmp_new"]
    return (
        f'<fieldset data-side="{name}"><legend>{heading}</legend><div class="cp-find">'
        f'<input type="search" name="q{name}" value="{escape(wanted.query)}" maxlength="200" autocomplete="off"'
        f' aria-label="{heading}：{t["cmp_pick_find"]}" placeholder="{t["cmp_pick_find"]}">'
        f'<button name="pick" value="1" formnovalidate>{t["cmp_pick_search"]}</button></div>'
        f'<div class="cp-hits" aria-live="polite"><ul>{items}</ul>{told}</div></fieldset>'
    )


def _item(info: DocumentInfo, name: str, chosen: bool) -> str:
    more = " · ".join(filter(None, [info.facts.date, info.facts.number, info.path]))
    return (
        f'<li><label><input type="radio" name="{name}" value="{escape(info.id)}" required{" checked" * chosen}>'
        f"<span><b>{escape(info.title)}</b><small>{escape(more)}</small></span></label></li>"
    )
