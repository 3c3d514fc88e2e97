"""Plain text, in the encodings that offices have."""

from __future__ import annotations

from load.cases import Case

_LINES = (
    "关于开展档案清查工作的通知",
    "各科室：",
    "一、清查范围",
    "2019年以来形成的文书档案、会计档案。",
    "二、时间安排",
    "清查工作自3月1日起，4月30日前结束。",
)
_OUTLINE = ((1, "一、清查范围"), (1, "二、时间安排"))


def _encoded(encoding: str, mark: bytes = b"") -> bytes:
    return mark + "\r\n".join(_LINES).encode(encoding)


CASES = [
    Case("清查通知-utf8.txt", lambda: _encoded("utf-8"), _LINES, outline=_OUTLINE),
    Case("清查通知-bom.txt", lambda: _encoded("utf-8", b"\xef\xbb\xbf"), _LINES, outline=_OUTLINE),
    Case("清查通知-gbk.txt", lambda: _encoded("gb18030"), _LINES, outline=_OUTLINE),
    Case("清查通知-utf16.txt", lambda: _encoded("utf-16-le", b"\xff\xfe"), _LINES, outline=_OUTLINE),
]
