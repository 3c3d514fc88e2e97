"""The kept conversations at the side, and the buttons at the top that open them and export the one that is open."""

from __future__ import annotations

from html import escape

from qa.web.chat import digest
from qa.web.texts import TEXTS, Lang

COUNT = 50
"""Conversations kept at most; history-store.js keeps to it."""

_CLOCK = '<path d="M12 7v5l3.5 2"/><path d="M4.5 8.5a8.5 8.5 0 1 1-1 4.5"/><path d="M3.5 4.5v4.5H8"/>'
_OUT = '<path d="M12 14V3.5"/><path d="m8 7 4-4 4 4"/><path d="M5 12v7.5h14V12"/>'


def _icon(paths: str) -> str:
    return f'<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">{paths}</svg>'


def buttons(lang: Lang) -> str:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    kinds = "".join(f'<button type="button" data-kind="{kind}">{t[f"exp_{kind}"]}</button>' for kind in ("docx", "md"))
    return (
        f'<button type="button" class="yj-past" aria-haspopup="dialog" aria-label="{t["hist_title"]}">{_icon(_CLOCK)}'
        f'<span>{t["hist"]}</span></button><details class="yj-export"><summary aria-label="{t["exp_title"]}">'
        f"{_icon(_OUT)}<span>{t['exp']}</span></summary><div>{kinds}</div></details>"
    )


def drawer(lang: Lang, who: str = "") -> str:
    """The dialog, shut; and the line that says what became of an export or of a conversation that was opened.

    ``who`` is the name of whoever has logged in: of several at one browser each finds their own.
    """
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    own = digest(who)[:8] if who else ""
    return (
        f'<dialog id="yj-drawer" aria-labelledby="yj-drawer-title" data-count="{COUNT}" data-who="{own}">'
        '<div class="yj-drawer-head">'
        f'<h2 id="yj-drawer-title">{t["hist_title"]}</h2>'
        f'<button type="button" class="yj-shut" aria-label="{t["hist_close"]}"></button></div>'
        f'<input type="search" id="yj-find" placeholder="{t["hist_search"]}" aria-label="{t["hist_search"]}" '
        'autocomplete="off" maxlength="100">'
        '<p class="yj-undo"><span role="status"></span>'
        f'<button type="button" hidden>{t["hist_undo"]}</button></p><ol class="yj-pasts"></ol>'
        f'<div class="yj-drawer-foot"><label class="yj-off"><input type="checkbox"> {t["hist_off"]}</label>'
        f'<p class="yj-hint yj-off-note" hidden>{t["hist_off_note"]}</p>'
        f'<p class="yj-hint">{t["hist_note"].format(count=COUNT)}</p>'
        f'<button type="button" class="yj-clear">{t["hist_clear"]}</button>'
        f'<p class="yj-sure" hidden><span></span> <button type="button" class="yj-yes">{t["hist_clear_yes"]}</button>'
        f'<button type="button" class="yj-no">{t["hist_clear_no"]}</button></p></div></dialog>'
        '<p id="yj-note" role="status" hidden></p>'
    )
