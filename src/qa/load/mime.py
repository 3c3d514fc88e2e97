"""Parts of a MIME message by the stdlib's parser, and what mail programs write that the standards don't allow.

The parser's older policy on purpose: it hands headers over as they stand. The newer one decodes each encoded word alone
(Chinese mail programs cut letters in two between words), takes gb2312 at its word, and turns bytes that are not ASCII
into replacement marks.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import collapse_rfc2231_value

from qa.errors import ReadError
from qa.load.encoding import decode_name

Part = Message

_MAX_PARTS = 2_000
_MAX_NESTING = 30  # parts within parts; forwarding a forwarded mail ten times gives twenty
_CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "gb-2312": "gb18030", "x-gbk": "gb18030", "big5": "cp950"}


def parse(data: bytes, what: str) -> Part:
    """Raises ReadError for a message whose parts nest too deep or are too many, and for what is none."""
    bounded = data.count(b"\n--") <= 20 * _MAX_PARTS  # each part begins with such a line
    try:
        message = email.message_from_bytes(data, policy=compat32) if bounded else None
        count = _count(message) if message is not None else _MAX_PARTS + 1
    except (RecursionError, MessageError, ValueError, IndexError, TypeError, LookupError) as error:
        raise ReadError(f"{what}已损坏，结构读不出", "请用邮件程序打开后另存，或把文字另存为 .docx") from error
    if message is None or count > _MAX_PARTS:
        raise ReadError(f"{what}的组成部分过多或嵌套过深", "请把需要的内容另存为单独的文件")
    if not message.keys():
        raise ReadError(f"内容不是{what}，没有邮件头", "请在邮件程序里重新另存，或改正后缀")
    return message


def _count(message: Part) -> int:
    """Parts of a message, without recursion; more than allowed where they nest too deep."""
    stack, count = [(message, 0)], 0
    while stack:
        part, depth = stack.pop()
        count += 1
        _repair(part)
        if depth > _MAX_NESTING or count > _MAX_PARTS:
            return _MAX_PARTS + 1
        stack += [(child, depth + 1) for child in children(part)]
    return count


def _repair(part: Part) -> None:
    """Headers with bytes that are not ASCII (kept by the parser as surrogates) → the same as text."""
    for name, value in part.raw_items():
        if isinstance(value, str) and not value.isascii():
            part.replace_header(name, _guessed(value.encode("utf-8", "surrogateescape")))


def children(part: Part) -> list[Part]:
    content = part.get_payload() if part.is_multipart() else None
    return [child for child in content if isinstance(child, Message)] if isinstance(content, list) else []


def walk(part: Part) -> Iterator[Part]:
    """Leaves in order; a message inside a message is a leaf."""
    if part.get_content_maintype() == "multipart" and children(part):
        for child in children(part):
            yield from walk(child)
    else:
        yield part


def header(part: Part, name: str) -> str:
    """A header as a person reads it, on one line; "" where there is none."""
    return " ".join(_words(str(part.get(name, ""))).split())


def filename(part: Part) -> str:
    """Name under which a part was attached, without folders; "" where it has none."""
    for field, key in (("content-disposition", "filename"), ("content-type", "name")):
        text = parameter(part, key, field)
        if text:
            return re.split(r"[\\/]", " ".join(text.split()))[-1].strip("\x00")[:200]
    return ""


def parameter(part: Part, name: str, field: str = "content-type") -> str:
    """A parameter of a header as text, "" where it has none or the parser fails on it (RFC 2231 half kept)."""
    try:
        value = part.get_param(name, "", field)
    except (ValueError, IndexError, TypeError, LookupError):
        return ""
    if not isinstance(value, tuple):
        return _words(value)
    try:
        return collapse_rfc2231_value(_rfc2231(value))
    except ValueError:  # a character set with a NUL in its name
        return str(value[2])


def body_bytes(part: Part) -> bytes:
    """Content of a leaf with its transfer encoding undone."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def charset(part: Part) -> str | None:
    """The encoding that a part's head names, as a codec's name."""
    return codec(parameter(part, "charset")) or None


def codec(name: str) -> str:
    name = name.strip("\"' ").lower()
    return _CODECS.get(name, name)


def _rfc2231(value: tuple[str | None, str | None, str]) -> tuple[str | None, str | None, str]:
    return codec(value[0]) if value[0] else value[0], value[1], value[2]


def _words(value: str) -> str:
    """Encoded words (RFC 2047) as text; adjacent words of one encoding are joined before they are decoded."""
    if "=?" not in value:
        return value
    try:
        # Words that belong together may stand without the blank between them that the standard wants.
        pieces = decode_header(re.sub(r"\?=(?:\r?\n)?[ \t]*=\?", "?= =?", value))
    except (HeaderParseError, ValueError):
        return value
    return "".join(piece if isinstance(piece, str) else _decoded(piece, named) for piece, named in pieces)


def _decoded(piece: bytes, named: str | None) -> str:
    """``decode_header`` gives plain stretches as raw-unicode-escape bytes."""
    if named is None:
        return piece.decode("raw-unicode-escape", "replace")
    try:
        return piece.decode(codec(named))
    except (ValueError, LookupError):
        return _guessed(piece)


def _guessed(raw: bytes) -> str:
    text = decode_name(raw)
    return text if text is not None else raw.decode("gb18030", "replace")
