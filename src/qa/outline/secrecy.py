"""The mark of secrecy (密级) at the head of a document: 「机密★5年」. A text that only talks of secrets bears none.

GB/T 9704—2012, 7.2.2: level, then ★ and the term; it stands alone in a line above the title, at most beside the copy's
number and the urgency.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.outline.numbering import Line

HEAD_LINES = 8
"""So many lines are looked at. A longer list of lines that are a level each explains the levels."""
_LEVEL = r"(?P<level>绝密|机密|秘密)"
_TERM = r"(?P<term>[★☆＊*✩⭐](?:长期|启用前|发布前|解密前|(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:年|个?月|日|天))?)"
_LABEL = r"(?P<label>密级(?:和保密期限)?[:：]?)"
_BESIDE = r"(?:特提|特急|加急|平急|急件)?"
_MARK = re.compile(
    rf"(?:(?:份号)?[:：]?№?\d{{1,8}})?{_BESIDE}[（(\[【]?{_LABEL}?{_LEVEL}{_TERM}?[)）\]】]?{_BESIDE}(?:№?\d{{1,8}})?"
)
_NAMED = re.compile(rf"[（(\[【]\s*{_LEVEL}\s*{_TERM}?\s*[)）\]】]|^{_LEVEL.replace('level', 'first')}[★☆＊*]")


def secrecy(lines: Sequence[Line], name: str) -> str | None:
    """The mark without blanks, in the head or in the file's name; None where there is none.

    A bare 「秘密」 that is the file's name or a heading is a title, and two different ones are a list of the levels.
    """
    found: list[tuple[str, bool]] = []
    for line in lines[:HEAD_LINES]:
        text = re.sub(r"\s", "", line.text)
        match = _MARK.fullmatch(text) if len(text) <= 40 else None
        if match is None:
            continue
        sure = bool(match["term"] or match["label"])
        if sure or not (line.mark or text == re.sub(r"\s", "", name)):
            found.append((match["level"] + (match["term"] or ""), sure))
    certain = [mark for mark, sure in found if sure]
    if certain:
        return certain[0]
    if found and len({mark for mark, _ in found}) == 1:
        return found[0][0]
    named = _NAMED.search(name)
    return re.sub(r"\s", "", named[0]).strip("（(【[]】)）") if named else None
