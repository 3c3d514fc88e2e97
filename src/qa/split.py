"""Sections → sentences → chunks, all as exact ranges of the canonical text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from qa.types import Chunk, Document, Section

Span = tuple[int, int]

QUOTED = 80
"""A quotation up to so many characters stays whole: its inner full stops end no sentence."""
BRACKETED = 300
"""A bracket that is not closed within so many characters is a misprint, not a bracket."""
HARD, WHOLE, SINGLE = 1.6, 1.4, 2.0
"""In targets: longest chunk of several sentences, longest section kept whole, longest sentence kept whole."""
JOINED = 1.1
"""In targets: small sections that follow each other share a chunk up to this length."""
TINY = 0.2
"""In targets: what is no longer than this joins a neighbour rather than be a chunk, but for articles."""
HEADING = 60
"""A paragraph without a full stop up to so many characters leads what follows it and does not stand alone."""
CRUMB = 60
"""A heading is clipped to so many characters in a chunk's context."""

_CLOSERS = "”’」』）)】》〉\"'"
_ENDS = re.compile(
    rf"[。！？!?](?:[。！？!?…]|(?<=[!?])\.)*[{_CLOSERS}]*|(?<=[a-z]{{3}})\.(?=\s+[A-Z])|[“‘「『（(【《]|\n"
)
_CLOSE = {"“": "”", "‘": "’", "「": "」", "『": "』", "（": "）", "(": ")", "【": "】", "《": "》"}
_QUOTES = "“‘「『"
_GOES_ON = frozenset("，、；：,;:的等这那之）)")
_CLAUSE = re.compile(r"[；;][”’」』）)]*|[“‘「『（(【《]")
_PAUSE = re.compile(r"[；;，,：:、][”’」』）)]*")
_PART = re.compile(r"(?:[；;]|(?<!\d)[，,：:]|[，,：:](?!\d))[”’」』）)]*|[“‘「『（(【《]")
"""Where a sentence may be parted for a reader: at ； ， ：, but not inside 「1,300」 or 「4:1」."""
_FINISHED = re.compile(r"[。！？!?；;…][”’」』）)】》\"']*\s*$")


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences in ``text[start:end]``, in order, without white space at their ends, which is all they leave out.

    A line feed always ends one; 。！？ do, with the quotes and brackets that close behind them, but not inside brackets
    or a short quotation. 「3.1」 and 「1.」 end none.
    """
    end = len(text) if end is None else end
    spans: list[Span] = []
    begin = at = start
    while match := _ENDS.search(text, at, end):
        mark, at = match[0], match.end()
        if mark in _CLOSE:
            at, stop = _behind(text, match.start(), end)
        else:
            stop = mark == "\n" or text[at : min(at + 1, end)] not in _AFTER
        if stop:
            _add(spans, text, begin, at)
            begin = at
    _add(spans, text, begin, end)
    return spans


_AFTER = frozenset("，、；：,;:）)")


def _behind(text: str, opener: int, end: int) -> tuple[int, bool]:
    """Where to go on behind the bracket or short quotation that opens here, and whether it ends a sentence there."""
    quote = text[opener] in _QUOTES
    limit = min(end, opener + (QUOTED if quote else BRACKETED))
    newline = text.find("\n", opener, limit)
    close = text.find(_CLOSE[text[opener]], opener, newline if newline >= 0 else limit)
    if close < 0:
        return opener + 1, False
    after = close + 1
    while after < end and text[after] in _CLOSERS:
        after += 1
    if not quote or text[close - 1] not in "。！？!?…":
        return after, False
    follows = text[after] if after < end else "\n"
    spoken = text[close - 1] == "。" or (opener > 0 and text[opener - 1] in "：:\n。")
    return after, spoken and follows not in _GOES_ON and follows not in "。！？!?"


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(stripped)))


def clauses(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences in ``text[start:end]``, each parted at its ；, which stays with the clause before it."""
    return [span for sentence in sentences(text, start, end) for span in _parted(text, sentence, _CLAUSE)]


def parts(text: str) -> list[Span]:
    """The clauses of one sentence, parted at its ； ， ：, which stay with the clause before; none inside brackets."""
    return _parted(text, (0, len(text)), _PART)


def _parted(text: str, span: Span, mark: re.Pattern[str]) -> list[Span]:
    spans: list[Span] = []
    begin = at = span[0]
    while match := mark.search(text, at, span[1]):
        at = match.end()
        if match[0] in _CLOSE:
            at, _ = _behind(text, match.start(), span[1])
            continue
        _add(spans, text, begin, at)
        begin = at
    _add(spans, text, begin, span[1])
    return spans


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text on its way to be a chunk. ``whole``: it may share a chunk; ``leads``: it may not end one."""

    start: int
    end: int
    whole: bool
    leads: bool = False


def split(document: Document, target: int = 300) -> tuple[Chunk, ...]:
    """The chunks of a document in order: disjoint, and all but white space is in one.

    About ``target`` characters each; up to 1.6 × target, and up to 2 × target + 120 for a single sentence with the
    headings that lead it. Each article of a law (第X条) begins a chunk, with the headings right above it.
    """
    starts = [section.start for section in document.sections]
    pieces = _Packer(document, target).chunks()
    return tuple(_chunk(document, piece.start, piece.end, bisect_right(starts, piece.start) - 1) for piece in pieces)


def _chunk(document: Document, start: int, end: int, section: int) -> Chunk:
    """``section`` is the last one that begins at or before ``start``: it or one of its ancestors holds the chunk."""
    text = document.text[start:end]
    digest = blake2b(f"{document.id}\0{start}\0{end}\0{text}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    number = int.from_bytes(digest, "big") >> 1 or 1
    while section >= 0 and document.sections[section].end < end:
        section = document.sections[section].parent
    return Chunk(number, document.id, start, end, section, text)


class _Packer:
    """Packs a document's tree of sections from the leaves up."""

    def __init__(self, document: Document, target: int) -> None:
        self._text = document.text
        self._sections = document.sections
        self._target = target
        self._longest = int(target * SINGLE) + 2 * HEADING
        self._children: list[list[int]] = [[] for _ in range(len(document.sections) + 1)]
        for index, section in enumerate(document.sections):
            self._children[section.parent].append(index)
        self._articles = [_is_article(section) for section in document.sections]
        self._holds = self._articles[:]
        for index in range(len(document.sections) - 1, -1, -1):
            parent = document.sections[index].parent
            if self._holds[index] and parent >= 0:
                self._holds[parent] = True

    def chunks(self) -> list[_Piece]:
        return self._pack(-1, 0, len(self._text))

    def _pack(self, index: int, start: int, end: int) -> list[_Piece]:
        """The pieces of the section ``index`` (-1: the document), which lies at ``[start, end)``."""
        start, end = _strip(self._text, start, end)
        if start >= end:
            return []
        inside = any(self._holds[child] for child in self._children[index])
        if index >= 0 and not inside and end - start <= self._target * (HARD if self._articles[index] else WHOLE):
            return [_Piece(start, end, whole=not self._articles[index])]
        pieces: list[_Piece] = []
        at = start
        for child in self._children[index]:
            section = self._sections[child]
            pieces += self._run(at, section.start)
            pieces += self._pack(child, section.start, section.end)
            at = section.end
        pieces += self._run(at, end)
        return self._joined(pieces, tiny=0 if inside else int(self._target * TINY))

    def _joined(self, pieces: Sequence[_Piece], tiny: int) -> list[_Piece]:
        """Headings and introductions joined to what they lead, small neighbours to each other."""
        joined: list[_Piece] = []
        for piece in pieces:
            last = joined[-1] if joined else None
            if last and self._may_join(last, piece, tiny):
                joined[-1] = _Piece(last.start, piece.end, whole=last.whole and piece.whole, leads=piece.leads)
            else:
                joined.append(piece)
        if len(joined) > 1:
            return [_Piece(piece.start, piece.end, whole=False, leads=piece.leads) for piece in joined]
        return joined

    def _may_join(self, last: _Piece, piece: _Piece, tiny: int) -> bool:
        length = piece.end - last.start
        if last.leads:
            return length <= self._longest
        if last.whole and piece.whole and length <= self._target * JOINED:
            return True
        return last.end - last.start <= tiny and length <= self._target * HARD

    def _run(self, start: int, end: int) -> list[_Piece]:
        """A section's own text, parted into pieces of nearly equal length at the ends of paragraphs and sentences."""
        start, end = _strip(self._text, start, end)
        if start >= end:
            return []
        atoms = list(self._atoms(start, end))
        size = (end - start) / max(1, round((end - start) / self._target))
        pieces: list[_Piece] = []
        begin = start
        for (_, stop, _), (after, behind, _) in pairwise(atoms):
            length, grown = stop - begin, behind - begin
            paragraph = self._text.find("\n", stop, after) >= 0
            enough = length >= size * (0.75 if paragraph else 0.95)
            if grown > self._target * HARD or (enough and grown - size > size - length):
                pieces.append(_Piece(begin, stop, whole=False))
                begin = after
        leads = atoms[-1][2] and begin == atoms[-1][0]
        tiny = end - begin <= self._target * TINY and not leads
        if pieces and tiny and end - pieces[-1].start <= self._target * HARD:
            begin = pieces.pop().start
        pieces.append(_Piece(begin, end, whole=not pieces, leads=leads))
        return pieces

    def _atoms(self, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Sentences with the headings that lead them; the last is marked where it leads what follows the run."""
        begin = -1
        for first, last, leads in self._units(start, end):
            if begin >= 0 and last - begin > (2 * HEADING if leads else self._longest):
                yield begin, _strip(self._text, begin, first)[1], False
                begin = -1
            begin = first if begin < 0 else begin
            if not leads:
                yield begin, last, False
                begin = -1
        if begin >= 0:
            yield begin, end, True

    def _units(self, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Sentences, over-long ones in parts; each with whether it is a heading or introduction that leads the next."""
        text = self._text
        for first, last in sentences(text, start, end):
            if last - first <= self._target * SINGLE:
                colon = text[last - 1] in "：:"
                line = first == start or text[first - 1] == "\n" or text[first - 2 : first].endswith("\n")
                ends = last == len(text) or text[last] == "\n"
                short = last - first <= HEADING
                yield first, last, ends and (colon or (short and line and not _FINISHED.search(text, first, last)))
            else:
                yield from self._cut(first, last)

    def _cut(self, first: int, last: int) -> Iterator[tuple[int, int, bool]]:
        """An over-long sentence at its ；, then ，, and by length where there is neither."""
        limit = int(self._target * HARD)
        begin = first
        for place, stop in _parted(self._text, (first, last), _PAUSE):
            if stop - begin > limit and place > begin:
                yield begin, _strip(self._text, begin, place)[1], False
                begin = place
            while stop - begin > limit:
                yield begin, begin + limit, False
                begin += limit
        if begin < last:
            yield begin, last, False


def _is_article(section: Section) -> bool:
    return section.label[:1] in ("第", "笫") and "条" in section.label


def _strip(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def context(document: Document, chunk: Chunk) -> str:
    """「title › heading › heading」 of a chunk, to be indexed beside its text; empty parts are left out."""
    headings = (document.title, *(section.heading for section in document.trail(chunk.section)))
    return " › ".join(heading[:CRUMB] for heading in headings if heading)
