"""Whether a sentence can be understood alone: what in it points at something said before it.

Read from its words and marks only; where that something stands is ``context``'s part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from qa.outline.numerals import to_int

Kind = Literal["paragraph", "own paragraph", "article", "item", "thing", "said", "turn", "elided"]

_N = "〇零一二三四五六七八九十百千两\\d"
_BACK = {"": 1, "一": 1, "两": 2, "二": 2, "三": 3}
_PARAGRAPH = re.compile(
    r"(?<!目)[前上]([一两二三]?)款(?:(?:规定的?)?第((?:[（(]?[一二三四五六七八九十\d]++[）)]?项?[、和或至]?第?)+)项)?"
)
_OWN = re.compile(r"(?<![条、和及或至者])(?:本条)?((?:第[一二三四五六七八九十]+款(?:[、和及]|或者?)?)+)")
_ARTICLE = re.compile(r"(?<![目以提])前([一两二三]?)条(?:第([一二三四五六七八九十]+)款)?")
_ITEM = re.compile(r"(?<![当目以之])前项(?!目)")
_NUMBERS = re.compile(r"[一二三四五六七八九十]+|\d+")

_LABEL = re.compile(
    rf"(?:第[{_N}]+条(?:之[一二三四五六七八九十]+)?\s*|[（(][{_N}]+[）)]|[一二三四五六七八九十]+、|\d+[.．、]\s*|[①-⑳]|[“‘「『])+"
)
_LINK = re.compile(
    r"(?:(?:同时|此外|另外|而且|并且|并|因此|所以|因而|于是|然后|随后|之后|后来|当时|如果|若|即使|即便|虽然|尽管|由于|因为|至于|"
    r"关于|除了?|随着|针对|鉴于|根据|按照|依照|依据|只有|只要|为了|例如|比如|首先|其次|再次|最后|目前|现在|近年来|当年|"
    r"[一二三四五六七八九]是|第[一二三四五六七八九]|[对在当从由以为将把与和向给使令让同就经按如而因])[，,]?)*"
)
_TURN = re.compile(r"但(?!凡)|然而|不过[，,]|反之|否则|相反[，,]")
_CAUSE = re.compile(
    r"(?:主要|具体|基本|其)?(?:理由|原因|依据|目的|结论|办法|做法|表现)(?:有[一二三四五六七八九十\d]|是|为[：:]|在于|如下|[：:])"
    r"|(?:主要|具体|通常|一般)?表现为|[又再]如[，,]"
)
_OPENING = re.compile(
    r"这(?![几两些一]年|里[^，。]{0,6}(?:指出|说明|强调|提))|此(?!外|致|地无)|其(?!他|它|实|次|[一二三四五][，,、])"
    r"|[他她它](?!人|国|处|项|乡|山)|仍|[二两前后]者|上述|前述|以上[\u4e00-\u9fff]|据此|期间[，,]"
)
_CONCLUDES = re.compile(r"[由据]?此?可[见知]|[由据]此看来|综上|总之")
_PERSON = re.compile(r"[\u4e00-\u9fff]{1,5}，[他她](?!人|国|处|项|乡|山)|[^，。]{0,20}(?:，[^，。]{0,16})?[他她]们")
_NAMED = re.compile(
    r"[某甲乙丙丁者员士]|人(?!民)|(?<![我你咱他她])们|同志|先生|干部|群众|学生|子女|孩子|[父母夫妻兄弟姐妹]"
)
_THIS = re.compile(r"以上|此[类种项等]|这(?![几两些一]年)[一些种类个项部家起次批位名两几]")
_THAT = re.compile(r"(?<![应本])该(?!不|死|当|怎|如|说|是)|上述|前述|此[类种]|这[些种类]")
_AGAIN = re.compile(r"(?:该|上述|前述|此[类种项等]|这[一些种类个项])[\u4e00-\u9fff]{1,5}")
_WITHIN = "关于的在将和与及是由对"
"""What no noun goes on with."""
_NOUN = re.compile(r"[“”‘’《\s]*([\u4e00-\u9fff]{1,4})")
_PLACES = frozenset("省市县区镇乡村州院局厅部委司所站队校厂店案罪法人")
"""Nouns of one character that a 该 stands before."""
_MODAL = r"(?:(?:应当|可以)(?!看到|看出|看作|指出|说|承认|肯定|认识|预期|预见|相信)|应予|不得|不予|予以)"
_BARE = re.compile(_MODAL)
_ELIDED = re.compile(
    rf"(?:根据|依据|依照|按照|参照)[^，。；]{{2,40}}，{_MODAL}"
    r"|(?:情节(?:严重|较重|较轻|轻微|特别)|逾期|拒不|协议不成|因故|构成犯罪|期满|期限届满)"
    r"|(?:不能|未能|未|造成|数额)[^，。；]{2,16}的，(?:应当|可以|不得|由|按|依|处|视为)"
)
MOST = 5
"""So many times 该… and 上述… are looked into in one sentence; a text without full stops may have thousands."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a sentence points at.

    Attributes:
        kind: A paragraph (款), article (条) or item (项) before it or a paragraph of its own article; a ``thing`` named
            before by ``nouns``; what was ``said`` right before; what it ``turn``s from; an ``elided`` subject.
        count: How many paragraphs or articles back.
        items: Numbers of the items (项) of that paragraph, of the paragraphs of its own article, or the one paragraph
            of the article before; may be empty.
        opening: The sentence begins with it. A subject elided before a bare 应当 is so in laws; elsewhere it is "we".
    """

    kind: Kind
    count: int = 1
    items: tuple[int, ...] = ()
    nouns: tuple[str, ...] = ()
    opening: bool = True


def names(text: str, noun: str) -> bool:
    """Whether a text names the thing itself, not as 该… or 上述… in its turn; a single character must end a word."""
    behind = "" if len(noun) > 1 else rf"(?=[^\u4e00-\u9fff]|[{_WITHIN}]|$)"
    return re.search(noun + behind, _AGAIN.sub("", text)) is not None


def leaning(text: str) -> Leaning | None:
    """What the sentence points at that isn't in it; None where it stands by itself."""
    return _reference(text) or _pointing(text)


def _reference(text: str) -> Leaning | None:
    """前款, 前两条, 本条第一款: the grammar of laws."""
    if found := _PARAGRAPH.search(text):
        items = tuple(filter(None, map(to_int, _NUMBERS.findall(found[2] or ""))))
        return Leaning("paragraph", _BACK[found[1]], items)
    if found := _ARTICLE.search(text):
        paragraph = to_int(found[2]) if found[2] else None
        return Leaning("article", _BACK[found[1]], (paragraph,) if paragraph else ())
    if found := _OWN.search(text):
        return Leaning("own paragraph", items=tuple(filter(None, map(to_int, _NUMBERS.findall(found[1])))))
    return Leaning("item") if _ITEM.search(text) else None


def _pointing(text: str) -> Leaning | None:
    label = _LABEL.match(text)
    start = label.end() if label else 0
    link = _LINK.match(text, start)
    at = link.end() if link else start
    if _TURN.match(text, start):
        return Leaning("turn")
    if _CAUSE.match(text, start):
        return Leaning("said")
    this = _THIS.match(text, start) or _THIS.match(text, at)
    for found in filter(None, (this, *islice(_THAT.finditer(text, start), MOST))):
        nouns = _nouns(text, found.end())
        if nouns and not any(names(text[: found.start()], noun) for noun in nouns):
            return Leaning("thing", nouns=nouns, opening=found is this)
    if _CONCLUDES.match(text, start):
        return None
    if _OPENING.match(text, start) or _OPENING.match(text, at):
        return Leaning("said")
    person = _PERSON.match(text, start)
    if person and not _NAMED.search(text, 0, person.end() - 1):
        return Leaning("said", opening=False)
    if label or not (_ELIDED.match(text) or _BARE.match(text)):
        return None
    return Leaning("elided", opening=_BARE.match(text) is None)


def _nouns(text: str, at: int) -> tuple[str, ...]:
    """What the noun at a place may be: its pairs of characters, and a single one that names a kind of place or body."""
    found = _NOUN.match(text, at)
    if found is None:
        return ()
    run = re.split(f"[{_WITHIN}]", found[1], maxsplit=1)[0]
    pairs = tuple(run[i : i + 2] for i in range(min(3, len(run) - 1)))
    return (*pairs, run[0]) if run[:1] in _PLACES else pairs
