"""Mail (.eml): who wrote to whom and when, the text, the attachments that can be read; earlier mails stay below."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from email.utils import getaddresses, parsedate_to_datetime
from itertools import groupby

from qa.errors import ReadError
from qa.load.encoding import decode
from qa.load.html import fragment_blocks
from qa.load.mime import Part, body_bytes, charset, children, filename, header, parse
from qa.types import Block, Loaded

Open = Callable[[str, bytes], Loaded]
"""Reads a file from its name and bytes; raises ReadError."""

_MAX_DEPTH = 3  # mails attached to mails
_MAX_ATTACHMENTS = 50
_PEOPLE = (("From", "发件人"), ("To", "收件人"), ("Cc", "抄送"))
_LOCKED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"}
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}


@dataclass(slots=True)
class _Content:
    """A mail taken apart. ``pictures``: how many belong to the text itself."""

    blocks: list[Block] = field(default_factory=list)
    attached: list[tuple[str, Part]] = field(default_factory=list)
    pictures: int = 0
    encoding: str | None = None
    warnings: list[str] = field(default_factory=list)


def read_mail(data: bytes, attachment: Open) -> Loaded:
    """The subject is the title and first heading. ``attachment`` reads attached files; what it can't is told."""
    return _mail(parse(data, "邮件"), attachment, 0)


def _mail(message: Part, attachment: Open, depth: int) -> Loaded:
    content = _Content()
    _take(message, content)
    blocks = [*_head(message), *content.blocks]
    unread: list[str] = []
    for place, (name, part) in enumerate(content.attached):
        if place >= _MAX_ATTACHMENTS:
            unread += [name for name, _ in content.attached[place:]]
            break
        try:
            loaded = _attached(name, part, attachment, depth)
        except ReadError as error:
            unread.append(f"{name}：{error.what}")
            continue
        inner = loaded.blocks[1:] if loaded.blocks[:1] == (Block(name, level=1),) else loaded.blocks
        blocks += [Block(name, level=1), *map(_deeper, _unpaged(inner))]
        content.warnings += [f"附件 {name}：{warning}" for warning in loaded.warnings]
    if content.pictures:
        content.warnings.append(f"正文里有 {content.pictures} 张图片，图片里的文字没有收入")
    if unread:
        listed = "；".join(unread[:10]) + (f" 等 {len(unread)} 个" if len(unread) > 10 else "")
        content.warnings.append(f"有附件没有收入（{listed}）；需要的话请另存后单独放入")
    if not content.blocks and not content.attached:
        raise ReadError("；".join(["邮件里没有文字", *content.warnings]), "请确认邮件已经下载完整，再重新另存")
    return Loaded(tuple(blocks), "eml", content.encoding, header(message, "Subject") or None, tuple(content.warnings))


def _head(message: Part) -> list[Block]:
    subject = header(message, "Subject")
    pairs = [(label, _people(message, name)) for name, label in _PEOPLE]
    pairs.append(("日期", _date(header(message, "Date"))))
    line = "；".join(f"{label}：{value}" for label, value in pairs if value)
    return [*([Block(subject, level=1)] if subject else []), *([Block(line)] if line else [])]


def _people(message: Part, name: str) -> str:
    found = getaddresses([header(message, name)])
    return "、".join(f"{who}（{address}）" if who and address else who or address for who, address in found)


def _date(written: str) -> str:
    """In the sender's own time zone, as the sender saw it."""
    try:
        date = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return written
    return f"{date.year}年{date.month}月{date.day}日 {date.hour:02}:{date.minute:02}"


def _take(part: Part, content: _Content) -> None:
    """Sort a part and those within it into text and attachments."""
    kind = part.get_content_type()
    if kind.startswith("multipart/") and not children(part):  # no boundary is given or found
        kind = "text/plain"
    if kind in _LOCKED:
        raise ReadError("邮件加了密", "请用邮件程序解密后另存，或把文字另存为 .docx")
    if kind == "multipart/alternative":
        _take_best(children(part), content)
    elif kind.startswith("multipart/"):
        for child in children(part):
            _take(child, content)
    elif kind in _SIGNATURES:
        content.warnings.append("邮件带有数字签名，没有验证")
    elif part.get_content_disposition() != "attachment" and kind in ("text/plain", "text/html") and not filename(part):
        try:
            blocks, encoding = _text(part)
        except ReadError as error:
            content.warnings.append(f"正文有一部分没有收入：{error.what}")
            return
        content.blocks += blocks
        content.encoding = content.encoding or encoding
    elif kind.startswith("image/") and (part.get_content_disposition() != "attachment" or part.get("Content-ID")):
        content.pictures += 1
    else:
        content.attached.append((filename(part) or _unnamed(part), part))


def _take_best(choices: Sequence[Part], content: _Content) -> None:
    """Of versions of one text the last with as much to say: HTML keeps tables, but may be a picture with a footer."""
    versions: list[_Content] = []
    for choice in choices:
        version = _Content()
        _take(choice, version)
        versions.append(version)
    sizes = [sum(len(re.sub(r"\s", "", block.text)) for block in version.blocks) for version in versions]
    best = max((at for at, size in enumerate(sizes) if size * 2 >= max(sizes)), default=None)
    for at, version in enumerate(versions):
        if at == best:
            content.blocks += version.blocks
            content.pictures += version.pictures
            content.encoding = content.encoding or version.encoding
        content.attached += version.attached
        content.warnings += version.warnings


def _text(part: Part) -> tuple[list[Block], str | None]:
    data = body_bytes(part)
    if not data.strip():
        return [], None
    found = decode(data, charset(part))
    if part.get_content_type() == "text/html":
        return fragment_blocks(found.text), found.encoding
    own, quoted = _quotes(found.text.replace("\r\n", "\n").split("\n"))
    texts = ["\n".join(lines) for lines in (own, quoted) if any(map(str.strip, lines))]
    return [Block(text, flowed=True) for text in texts], found.encoding


def _quotes(lines: list[str]) -> tuple[list[str], list[str]]:
    """A text's lines, and those quoted above it, which go below; quotes between or under it stay in place."""
    bare = [re.sub(r"^(?:> ?)+", "", line) for line in lines]
    first = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith(">")), 0)
    if first and any(line.startswith(">") for line in lines[:first]):
        return bare[first:], bare[:first]
    return bare, []


def _attached(name: str, part: Part, attachment: Open, depth: int) -> Loaded:
    if part.get_content_type() == "message/rfc822" and children(part):
        if depth >= _MAX_DEPTH:
            raise ReadError("邮件里套邮件，层数过多", "请另存后单独放入")
        return _mail(children(part)[0], attachment, depth + 1)
    if name.lower().endswith(".eml"):
        if depth >= _MAX_DEPTH:
            raise ReadError("邮件里套邮件，层数过多", "请另存后单独放入")
        return _mail(parse(body_bytes(part), "邮件"), attachment, depth + 1)
    return attachment(name, body_bytes(part))


def _unnamed(part: Part) -> str:
    inner = children(part)
    if inner and part.get_content_type() == "message/rfc822":
        return header(inner[0], "Subject") or "转发的邮件"
    suffix = {"text/plain": ".txt", "text/html": ".html", "application/pdf": ".pdf"}.get(part.get_content_type(), "")
    return f"未命名附件{suffix}"


def _deeper(block: Block) -> Block:
    return replace(block, level=min(block.level + 1, 6)) if block.level else block


def _unpaged(blocks: Sequence[Block]) -> list[Block]:
    """A mail has no pages; what ran on from one page to the next still does."""
    found: list[Block] = []
    for flowing, run in groupby(blocks, key=lambda block: block.flowed and block.page is not None):
        texts = [replace(block, page=None) for block in run]
        found += [Block("\n".join(block.text for block in texts), flowed=True)] if flowing else texts
    return found
