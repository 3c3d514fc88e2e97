"""What a comparison says of itself, in both languages."""

from __future__ import annotations

from typing import Literal

from qa.versions.compare import Comparison, Row

Lang = Literal["zh", "en"]

_ZH = {
    "title": "新旧对照",
    "old": "旧",
    "new": "新",
    "status": "变化",
    "changed": "修改",
    "added": "新增",
    "removed": "删除",
    "moved": "移动",
    "same": "未变",
    "articles": "按条对照",
    "sections": "按章节对照",
    "paragraphs": "按段落对照",
    "now_at": "现为{label}",
    "was_at": "原为{label}",
    "now_below": "移到后面",
    "was_above": "从别处移来",
    "partly_now": "部分文字现在{label}",
    "partly_was": "部分文字原在{label}",
    "none": "两份文件没有不同",
    "aside": "（{note}）",
    "table": "新旧对照表",
}
_EN = {
    "title": "Comparison",
    "old": "Old",
    "new": "New",
    "status": "Change",
    "changed": "changed",
    "added": "added",
    "removed": "removed",
    "moved": "moved",
    "same": "same",
    "articles": "by article",
    "sections": "by section",
    "paragraphs": "by paragraph",
    "now_at": "now {label}",
    "was_at": "was {label}",
    "now_below": "moved elsewhere",
    "was_above": "moved from elsewhere",
    "partly_now": "partly in {label} now",
    "partly_was": "partly from {label}",
    "none": "The two documents are the same",
    "aside": "({note})",
    "table": "old and new",
}
WORDS: dict[Lang, dict[str, str]] = {"zh": _ZH, "en": _EN}


def shown(comparison: Comparison, only_changed: bool) -> list[tuple[int, Row]]:
    """Rows with their place, all or those that say something has changed."""
    return [(n, row) for n, row in enumerate(comparison.rows) if not (only_changed and row.status == "same")]


def summary(comparison: Comparison, lang: Lang = "zh") -> str:
    counts = " · ".join(f"{WORDS[lang][status]} {count:,}" for status, count in comparison.counts.items())
    return f"{WORDS[lang][comparison.kind]}：{counts}" if lang == "zh" else f"{WORDS[lang][comparison.kind]}: {counts}"


def note(comparison: Comparison, row: Row, lang: Lang = "zh") -> str:
    """Where the other side of a row stands, or where its words are found too; empty for rows of two sides."""
    words = WORDS[lang]
    if row.elsewhere is not None:
        there = comparison.rows[row.elsewhere]
        side = there.new if row.old else there.old
        label = side.label if side else ""
        if row.old:
            return words["now_at"].format(label=label) if label else words["now_below"]
        return words["was_at"].format(label=label) if label else words["was_above"]
    if row.related:
        return words["partly_now" if row.old else "partly_was"].format(label=row.related)
    return ""


def aside(comparison: Comparison, row: Row, lang: Lang = "zh") -> str:
    """What stands in the empty cell of a row of one side."""
    told = note(comparison, row, lang)
    told = told if row.elsewhere is not None else "，".join(filter(None, [WORDS[lang][row.status], told]))
    return WORDS[lang]["aside"].format(note=told)
