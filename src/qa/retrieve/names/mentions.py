"""Where a question says a title: in full, without its beginning, or clipped."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.outline.numerals import to_int
from qa.query import Query
from qa.retrieve.names.profile import COUNTRY, NUMERAL, PLACES, Profile, courts_in_full

ENDINGS: tuple[str, ...] = tuple(
    """
    法 条例 办法 规定 解释 细则 准则 规则 通则 章程 决定 决议 意见 方案 通知 纲要 规划 计划 典 编 制度 公约 报告
    修正案 批复 安排 标准
    """.split()
)
_ENDS = "|".join(sorted(ENDINGS, key=len, reverse=True))
# 法院, 编号: there the title's ending begins another word.
_ENDING = re.compile(rf"(?:{_ENDS})(?!(?<=法)(?:[院官律人治庭学纪警师]|[规制](?!定))|(?<=编)[号制写辑码排])")
LAST = re.compile(rf"(?:{_ENDS})$")
STATUTES = re.compile(r"(?:法|条例|办法|规定|解释|细则|准则|规则|通则|章程|典|修正案|公约)$")
# Words and marks that stand in a question and in no title: one that reads on from before them is none.
_BREAK = re.compile(
    rf"[，。？！；：]|怎么|怎样|什么|如何|哪[些个里]?|[吗呢]|第(?:{NUMERAL}|[一二三四五六七八九十百千\d]+)[条章款]"
)
LONGEST = 60
SURE = 5
"""A name of so many characters is itself wherever it stands; a shorter one may be the end of another law's."""
COMMON = 6
"""The end of more different titles names none of them, and one of two characters before its ending (「管理条例」) only
where it is one title's."""
THIN = 4
"""A clipped title is no shorter than one in so many of the characters it stands for."""
# What may stand before a title in a question. Anything else before a short name is part of a longer title: the 合同法
# in 「劳动合同法第十条」 is no mention of 合同法.
_LEAD = re.compile(
    r"(?:^|[，。！？；：、,.?!;:()（）\-—]|[的在和与及或按照据依对把被问查看找翻由从以是说讲让给跟比到于学念背抄新旧老原那这里话时后就还也但而若][版]?"
    r"|请问|违反|触犯|[适引]用|参照|解读|学习|执行|遵守|落实|贯彻|宣传|讨论|现行|修[订正改][前后]|[\d一二三四五六七八九〇零]年|[\d一二三四五六七八九十百]条|版|我国|没有|其中|其他"
    r"|最新|知道|了解|哪个|什么|怎么|如果|司法|规定了|一下|[该这那]部)$"
)
_TURN = re.compile(r"[，。？！；：\d]|什么|怎么|哪|吗|如何|^.{0,2}[说做看想方合立执违守普非依司书]法$")
_PREFIX = re.compile(
    r"^(?:请问|根据|按照?|依据|依照|遵照|参照|对照|违反|触犯|适用|引用|关于|解读|学习|我国|现行|最新|查一下|查找|看看|[在由对从据依查看问]"
    r"|[新旧老](?!年|能))+"
)
_DEICTIC = re.compile(r"^(?:[本该此其同这那哪]|上述|前述|有关|相关|现行|其他|什么|具体)")
_AFTER = re.compile(
    rf"[（(]({NUMERAL})[）)]|(?:之|第)?({NUMERAL})(?![一二三四五六七八九十百千万\d〇零、，,\-]"
    rf"|[条章节款项编年月日个份部种类次届到至点号万亿家名天大方步是要])"
)
_BEFORE = re.compile(rf"第({NUMERAL})[个次号部]$")
# The words that say nothing of what an interpretation of law is about.
_GENERIC = re.compile(
    r"最高人民(?:法院|检察院)|(?<!公)司法|关于|适用|审理|办理|审查|具体|应用|使用|法律|若干|问题|(?:刑事|民事|商事|行政)(?=案|纠纷)|刑案|案件"
    r"|纠纷|有关|如何|涉(?=[^外台港澳])|[的、，]"
)
_INTERPRETS = re.compile(r"(?:解释|规定|批复|解答|意见|安排)$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A title said at ``[start, end)`` of the spelt question: how surely each document is meant.

    ``unknown`` is a title that reads as one and that no document bears.
    """

    start: int
    end: int
    hits: tuple[tuple[str, float], ...]
    serial: int | None = None
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Spelt:
    """A question in the spelling of names; ``opens`` maps where a quoted title begins to where it ends."""

    text: str
    opens: dict[int, int]


def spell_question(text: str) -> Spelt:
    """Blanks become commas, for they part words; quotes go, but it is kept where they stood."""
    text = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "，", courts_in_full(text).replace(COUNTRY, ""))
    kept: list[str] = []
    opens: dict[int, int] = {}
    began: list[int] = []
    for char in text:
        if char == "《":
            began.append(len(kept))
        elif char == "》":
            if began:
                opens[began.pop()] = len(kept)
        elif char not in "〈〉<>“”\"' ":
            kept.append(char)
    return Spelt("".join(kept), opens)


class Titles:
    """The titles of a library by all the forms in which they are said."""

    def __init__(self, profiles: Sequence[Profile], folders: dict[str, list[str]]) -> None:
        self.exact: dict[str, list[str]] = defaultdict(list)
        self._folders = folders
        self._starts: dict[str, list[str]] = defaultdict(list)
        self._by_end: dict[str, list[str]] = defaultdict(list)
        self._tails: dict[str, set[str]] = defaultdict(set)
        self._cores: dict[str, list[str]] = defaultdict(list)
        for profile in profiles:
            for alias in {profile.name, profile.stem}:
                if len(alias) >= 2 and alias not in ENDINGS:
                    self.exact[alias].append(profile.doc_id)
        for alias in self.exact:
            self._starts[alias[:4]].append(alias)
            self._by_end[alias[-1]].append(alias)
            for at in range(1, len(alias) - 2):
                self._tails[alias[at:]].add(alias)
            if ("最高人民" in alias or alias.endswith("解释")) and (core := _core(alias)):
                self._cores[core].append(alias)

    def mentions(self, spelt: Spelt) -> list[Mention]:
        """All mentions; what lies inside another (the 法 of an 实施条例) is no mention of its own."""
        found = [*self._quoted(spelt), *self._whole(spelt), *self._ended(spelt)]
        # That a title isn't held matters only where a place in it is asked for; else it may be a turn of phrase.
        found = [m for m in found if m.hits or (m.unknown and _ADDRESS.match(spelt.text, m.end))]
        return [
            mention
            for mention in found
            if not any(
                other.start <= mention.start
                and mention.end <= other.end
                and (other.end - other.start, bool(other.hits)) > (mention.end - mention.start, bool(mention.hits))
                for other in found
            )
        ]

    def titled(self, quoted: str) -> list[tuple[str, float]]:
        """Documents that a quoted title names: whole, by its end, by its folder, or by what it holds."""
        bare, _ = _parted(quoted)
        hits = self._look_up(bare, bounded=True)
        if not hits and len(bare) >= 4:
            hits = [(doc_id, 0.7) for name, ids in self.exact.items() if bare in name for doc_id in ids]
        return hits

    def _quoted(self, spelt: Spelt) -> Iterator[Mention]:
        for start, end in spelt.opens.items():
            if end - start < 2:
                continue
            bare, serial = _parted(spelt.text[start:end])
            hits = self.titled(spelt.text[start:end])
            whole = spelt.text[start:end]
            if hits:
                yield Mention(start, end, tuple(hits), serial or _serial(spelt.text, start, end))
            elif STATUTES.search(bare) and LAST.sub("", bare):
                interpreted = self._interpretation(bare)
                serial = serial or _serial(spelt.text, start, end)
                yield Mention(start, end, tuple(interpreted), serial, None if interpreted else whole)

    def _whole(self, spelt: Spelt) -> Iterator[Mention]:
        """Titles of any kind that the question says word for word."""
        for start in range(len(spelt.text) - 3):
            for alias in self._starts.get(spelt.text[start : start + 4], ()):
                if len(alias) >= 8 and spelt.text.startswith(alias, start):
                    end = start + len(alias)
                    hits = tuple((doc_id, 1.0 if _ENDING.search(alias[-3:]) else 0.8) for doc_id in self.exact[alias])
                    yield Mention(start, end, hits, _serial(spelt.text, start, end))

    def _ended(self, spelt: Spelt) -> Iterator[Mention]:
        text = spelt.text
        # What is quoted is said whole.
        quoted = [(start, end) for start, end in spelt.opens.items() if STATUTES.search(_parted(text[start:end])[0])]
        for ending in _ENDING.finditer(text):
            end = ending.end()
            if any(start < end <= stop for start, stop in quoted):
                continue
            low = max(0, end - LONGEST)
            clause = max((part.end() for part in _BREAK.finditer(text, low, ending.start())), default=low)
            starts = [
                at for at in range(clause, end - 1) if at in spelt.opens or _LEAD.search(text, max(0, at - 4), at)
            ]
            mention = self._exact(text, starts, end, low) or self._partly(text, starts, end)
            if mention is None and STATUTES.search(ending[0]) and (claim := _claim(text, starts, end)):
                mention = Mention(end - len(claim), end, (), None, claim)
            if mention is not None:
                yield mention

    def _exact(self, text: str, starts: Sequence[int], end: int, low: int) -> Mention | None:
        for at in range(low, end - 1):
            alias = text[at:end]
            if alias in self.exact and (at in starts or (len(alias) >= SURE and not _of_a_place(text, at))):
                hits = tuple((doc_id, 1.0) for doc_id in self.exact[alias])
                return Mention(at, end, hits, _serial(text, at, end))
        return None

    def _partly(self, text: str, starts: Sequence[int], end: int) -> Mention | None:
        """Longest first: a title without its beginning, by its subject, or clipped."""
        for at in starts:
            said = text[at:end]
            if _DEICTIC.match(said):
                continue
            serial = _serial(text, at, end)
            hits = self._look_up(said, bounded=True) or self._interpretation(said)
            if hits := hits or self._clipped(said, numbered=serial is not None):
                return Mention(at, end, tuple(hits), serial)
        return None

    def _look_up(self, said: str, *, bounded: bool) -> list[tuple[str, float]]:
        if len(said) < 2:
            return []
        if said in self.exact:
            return [(doc_id, 1.0) for doc_id in self.exact[said]]
        tails = self._tails.get(said, ())
        if _INTERPRETS.search(said) and not _core(said):
            return []
        most = COMMON if len(LAST.sub("", said)) > 2 else 1
        if bounded and 0 < len(tails) <= most and said[0] not in "的、，和与及" and len(said) >= 3:
            plain = [alias for alias in tails if not any(place in alias for place in PLACES)] or tails
            return [(doc_id, 0.85) for alias in plain for doc_id in self.exact[alias]]
        return [(doc_id, 0.8) for doc_id in self._folders.get(said, ())]

    def _interpretation(self, said: str) -> list[tuple[str, float]]:
        """「最高法关于洗钱的解释」: the interpretation whose subject is that, or the shortest that holds it."""
        if not _INTERPRETS.search(said) or not ("解释" in said or "最高人民" in said):
            return []
        core = _core(said)
        if len(core) < 2:
            return []
        if core in self._cores:
            return [(doc_id, 0.95) for alias in self._cores[core] for doc_id in self.exact[alias]]
        holding = [known for known in self._cores if core in known]
        shortest = min(map(len, holding), default=0)
        near = [known for known in holding if len(known) == shortest and shortest <= 3 * len(core)]
        return [(doc_id, 0.8) for known in near for alias in self._cores[known] for doc_id in self.exact[alias]]

    def _clipped(self, said: str, *, numbered: bool) -> list[tuple[str, float]]:
        """道交法 → 道路交通安全法, 考勤办法 → …考勤和休假管理办法: the shortest names with its characters in order."""
        # 「协议规定」 is more often what an agreement lays down than a title.
        if not 3 <= len(said) <= 12 or (said.endswith(("规定", "决定")) and not numbered):
            return []
        fits = [name for name in self._by_end.get(said[-1], ()) if _clips(said, name)]
        if not fits:
            return []
        # A province's document is meant only where the province is said.
        fits = [name for name in fits if not any(place in name and place not in said for place in PLACES)] or fits
        shortest = min(map(len, fits))
        return [(doc_id, 0.75) for name in fits if len(name) <= shortest + 1 for doc_id in self.exact[name]]


def addressed(mention: Mention, spelt: Spelt, query: Query) -> bool:
    """Whether the question's address follows directly upon the mention."""
    return query.address is not None and _ADDRESS.match(spelt.text, mention.end) is not None


_ADDRESS = re.compile(
    rf"(?:[（(][^（()）]{{1,12}}[）)]|(?:{NUMERAL})(?=第)|\d{{4}}年?版?|[新旧]版)*[的里中，]*"
    r"(?:第?[〇零一二三四五六七八九十百千两廿卅\d]+(?:部分|[条章节编、，和与到至—~-])|最后一|倒数第|附件|附则|总则)"
)


def _parted(quoted: str) -> tuple[str, int | None]:
    """A quoted title without its brackets, and the number in the last of them."""
    match = re.search(rf"[（(]({NUMERAL})[）)]$", quoted)
    return re.sub(r"[（(][^（()）]*[）)]", "", quoted), to_int(match[1]) if match else None


def _serial(text: str, start: int, end: int) -> int | None:
    match = _AFTER.match(text, end)
    if match:
        return to_int(match[1] or match[2])
    before = _BEFORE.search(text, max(0, start - 5), start)
    return to_int(before[1]) if before else None


def _of_a_place(text: str, start: int) -> bool:
    """Whether a province's name stands right before: 「某省信访条例」 is not the country's."""
    before = re.sub(r"(?:壮族|回族|维吾尔)?(?:自治区|[省市])$", "", text[max(0, start - 9) : start])
    return before.endswith(PLACES)


def _claim(text: str, starts: Sequence[int], end: int) -> str | None:
    """What reads as a law's title there: the longest stretch behind a word that can't belong to it."""
    for at in starts:
        said = _PREFIX.sub("", text[at:end])
        if len(said) <= 25 and LAST.sub("", said) and not _DEICTIC.match(said) and not _TURN.search(said):
            return said
    return None


def _core(name: str) -> str:
    return _GENERIC.sub("", _INTERPRETS.sub("", name))


def _kind(name: str) -> str:
    match = LAST.search(name)
    return match[0] if match else name[-1]


def _clips(mention: str, name: str) -> bool:
    """Whether ``mention`` is ``name`` with characters left out: same ending, same beginning or that of a word in it."""
    if len(name) <= len(mention) or _kind(name) != _kind(mention):
        return False
    at = 0 if name[0] == mention[0] else name.find(mention[:2])
    if at < 0 or (at > 0 and len(mention) < 4) or len(name) - at > THIN * len(mention):
        return False
    rest = iter(name[at:])
    return all(char in rest for char in mention)
