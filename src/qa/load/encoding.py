"""Which encoding a text file is in, decided over the whole file and never by dropping bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache

from qa.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANDIDATES = ("gb18030", "cp950", "big5hkscs", "utf-16-le", "utf-16-be")
_NAMES = {"cp950": "big5", "gbk": "gb18030", "gb2312": "gb18030"}
# What a reading gains beforehand: more than the commonest letters can (0.25), less than one uncommon letter costs.
# Of 2,317 names of office files all are read right in GB18030 and UTF-8, 2,135 of 2,139 in Big5; of 3,303 beginnings of
# two to four letters 3,297, 3,303, and 3,074 of 3,266.
_NAME_STARTS = (("gb18030", 0.3), ("cp950", 0.0))
_BAD_SHARE = 0.02  # damaged characters tolerated, each shown as U+FFFD; one in fifty leaves a text readable
_PLAUSIBLE = 0.5  # right readings of real text score above 0.9, wrong ones below 0.65
# The commonest characters of simplified and traditional running text; they decide where both readings look possible.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学"
    "法所民得经十三之进着等部度家力里如水化高自二理起小现实加量都两体制机当使点从业本去把性好应开它合还因由其些前外天政四"
    "日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质第向道命此变条只没结解问意建月公无系军情者最立代想"
    "已通并提直题党展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少组织领导干部群众基层工作坚持推进加强"
    "這為個國時來們對會發動過說產種後學經進著裡現實體機當點從業應開還義與關線內數問條結無軍並題黨總設長資級組織領導幹眾層"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


@cache
def _common() -> frozenset[str]:
    """Characters that everyday text is made of: level 1 of GB 2312 and of Big5, and both scripts' punctuation."""
    level1 = [bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)]
    simplified = b"".join(level1).decode("gb2312", errors="replace")
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    traditional = b"".join(bytes((lead, trail)) for lead in range(0xA4, 0xC7) for trail in trails)
    signs = "，。、；：！？“”‘’（）《》〈〉【】「」『』—…·　％０１２３４５６７８９①②③④⑤⑥⑦⑧⑨⑩"
    return frozenset(simplified + traditional.decode("cp950", errors="replace") + signs) - {"�"}


def plausibility(text: str) -> float:
    """Share in [0, 1] of a text's non-ASCII characters that are common, half of it earned by the commonest ones."""
    sample = text if len(text) <= 200_000 else text[:100_000] + text[-100_000:]
    odd = len(re.findall(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\uf8ff\ufffd-\uffff]", sample))
    foreign = re.sub(r"[\x00-\x7f]+", "", sample)
    if not foreign:
        return 1.0 if not odd else 0.0
    common = sum(map(_common().__contains__, foreign)) / len(foreign)
    frequent = sum(map(_FREQUENT.__contains__, foreign)) / len(foreign)
    return max(0.0, common + min(frequent, 0.25) - 0.25 * (common < 0.9) - 2 * odd / len(sample))


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Text of ``data``: byte order mark, strict UTF-8, the ``declared`` encoding, then the most plausible strict one.

    A file with a few damaged bytes keeps them as U+FFFD and says so. Raises ReadError when nothing fits.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _lenient(data[len(mark) :], name, shift=len(mark))
    strict = _strict(data, "utf-8")
    short = len(data) < 32  # a few words of GB18030 can be valid UTF-8 by chance, a paragraph can't
    if strict is not None and not _binary(strict) and not (short and plausibility(strict) < _PLAUSIBLE):
        return Decoded(strict, "utf-8", _emptied(strict))
    if declared:
        text = _strict(data, declared)
        if text is not None and plausibility(text) >= _PLAUSIBLE:
            return Decoded(text, _NAMES.get(declared, declared))
    readings = [(plausibility(text), name, text) for name in _CANDIDATES if (text := _strict(data, name)) is not None]
    if readings:
        score, name, text = max(readings, key=lambda reading: reading[0])
        if score >= _PLAUSIBLE:
            return Decoded(text, _NAMES.get(name, name))
    if strict is not None and not _binary(strict):
        return Decoded(strict, "utf-8", _emptied(strict))
    return _damaged(data)


def decode_name(raw: bytes) -> str | None:
    """A name or mail header that doesn't say its encoding; None where nothing fits.

    Few letters read well in several encodings: 名单 in GB18030 is 靡等 in Big5. So the mainland's has a start, and what
    is UTF-8 by chance (通知 in GB18030 is) must make sense as such.
    """
    strict = _strict(raw, "utf-8")
    if strict is not None and (len(raw) >= 32 or plausibility(strict) >= _PLAUSIBLE):
        return strict
    readings = ((text, start) for name, start in _NAME_STARTS if (text := _strict(raw, name)) is not None)
    scored = [(score + start, text) for text, start in readings if (score := plausibility(text)) >= _PLAUSIBLE]
    return max(scored)[1] if scored else strict


def _binary(text: str) -> bool:
    """A broken copy leaves a few NUL characters in a text; more of them, and it is none."""
    return text.count("\x00") > max(1, len(text) * _BAD_SHARE)


def _emptied(text: str) -> tuple[str, ...]:
    count = text.count("\x00")
    return (f"有 {count} 个空字符（NUL），已略过；请核对原文件并重新保存",) if count else ()


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (ValueError, LookupError):  # a name with a NUL character in it is a ValueError
        return None


def _lenient(data: bytes, name: str, shift: int = 0) -> Decoded:
    """Decode, and report each place that would not."""
    try:
        return Decoded(data.decode(name), _NAMES.get(name, name))
    except UnicodeDecodeError as error:
        first = error.start
    text = data.decode(name, errors="replace")
    bad = max(1, text.count("�"))
    if bad > max(1, len(text) * _BAD_SHARE) or len(text) < 20:
        raise _undecodable(first + shift)
    line = data[:first].decode(name, errors="replace").count("\n") + 1
    where = f"首处在第 {line} 行（第 {first + shift + 1} 个字节）"
    told = f"有 {bad} 处字节不合 {_NAMES.get(name, name)} 编码，{where}，已用“�”标出；请核对原文件并重新保存"
    return Decoded(text, _NAMES.get(name, name), (told,))


def _damaged(data: bytes) -> Decoded:
    best: tuple[float, str] = (0.0, "")
    for name in ("utf-8", *_CANDIDATES):
        text = data.decode(name, errors="replace")
        share = text.count("�") / max(1, len(text))
        if share <= _BAD_SHARE and "\x00" not in text:
            best = max(best, (plausibility(text.replace("�", "")) - share, name))
    if best[0] < _PLAUSIBLE:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _undecodable(error.start) from error
        raise ReadError("内容不是文字，含有二进制数据", "请确认文件没有损坏、后缀没有写错")
    return _lenient(data, best[1])


def _undecodable(first: int) -> ReadError:
    return ReadError(
        f"认不出文字编码：UTF-8、UTF-16、GB18030、Big5 都解不开，第 {first + 1} 个字节起出错",
        "请用记事本或 WPS 打开，另存为 UTF-8 编码的文本",
    )
