"""Numbers and names of a text in one form, so that those of a sentence can be looked for in its passages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from qa.outline.numerals import CHINESE, to_int
from qa.tokens import is_word, pieces, simplify

_UNIT = (
    "年月日号时天周岁个名人家户次倍条款项章节编届批件份篇页元万亿千百吨亩里米斤级类种本部所处位项点成度期时分秒度轮步代"
)
"""What may stand behind a single Chinese digit that counts; elsewhere 一 and its like are parts of words (一切)."""
_DATE = re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_NUMBER = re.compile(
    rf"(百分之|千分之|万分之)?(\d+(?:,\d{{3}})*(?:\.\d+)?|[{CHINESE}亿]+(?:点[{CHINESE}]+)?)([万亿]*)"
    rf"(%|‰|个?工作日|个?小时|分钟|个月|[\u4e00-\u9fff])?"
)
_LEAST_BEFORE = re.compile(
    r"(?:不少于|不低于|不短于|不得少于|不得低于|至少|最低|(?<!不)(?<!不得)超过|高于|大于|满)(?:每[日月年人户次班])?$"
)
_MOST_BEFORE = re.compile(
    r"(?:不超过|不得超过|不高于|不得高于|不多于|至多|最多|最高|(?<!不)(?<!不得)低于|少于(?<!不少于)|不足)(?:每[日月年人户次班])?$"
)
_LEAST_BEHIND = re.compile(r"^[%‰\u4e00-\u9fff]{0,4}?以上")
_MOST_BEHIND = re.compile(r"^[%‰\u4e00-\u9fff]{0,4}?(?:以下|以内|之内|内)")
_SCALE = {"万": 10**4, "亿": 10**8}
_PARTS = {"百分之": "%", "千分之": "‰", "万分之": "‱"}
_ALIKE = {"号": "日", "天": "日", "名": "人", "周": "星", "个工作日": "工作日", "个小时": "小时"}
"""Units that say the same behind a number."""

_TITLE = re.compile(r"《([^《》]{1,60})》")
_QUOTED = re.compile(r"[“「『\"]([^“”「」『』\"]{1,40})[”」』\"]")
_NUMBERED = re.compile(r"[\u4e00-\u9fff]{1,8}〔\d{4}〕第?\d{1,5}号")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9.+-]*")
_BODY = re.compile(
    r"(?:局|厅|委|办|院|署|省|市|县|区|乡|镇|村|街道|社区|州|盟|旗|公司|集团|法院|检察院|政府|中心|委员会|支部|党委"
    r"|大学|学院|学校|医院|银行|协会|工会|总队|支队|派出所)$"
)
"""How organisations and places end."""
_NO_BODY = frozenset(
    "不办 查办 督办 主办 承办 协办 举办 开办 申办 代办 经办 交办 城市 法院 乡镇 城乡 地区 小区 学院".split()
)
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢唐许冯宋韩邓彭曹曾田萧董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温"
)
_PERSON = re.compile(
    rf"([{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=同志|书记|主任|局长|部长|市长|省长|县长|厅长|总理|主席|院长|教授)"
)


def plain(text: str) -> str:
    """Full-width signs and traditional characters folded, dates in one form, 比上年 as 同比, white space out."""
    folded = simplify(unicodedata.normalize("NFKC", text))
    folded = re.sub(r"[\[【](?=\d{4})", "〔", folded)
    folded = re.sub(r"(〔\d{4})[\]】)]", r"\1〕", folded)
    dated = _DATE.sub(lambda m: f"{int(m[1])}年{int(m[2])}月{int(m[3])}日", folded)
    return re.sub(r"[比较与](?:上年|去年)(?:同期)?(?:相比)?", "同比", re.sub(r"\s+", "", dated))


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a ``plain`` text.

    ``unit`` is the character behind it, some longer units, % or empty; ``[start, end)`` are its digits. ``bound`` says
    whether it is the least (不少于, 以上), the most (不超过, 以内) or neither.
    """

    value: Decimal
    unit: str
    start: int
    end: int
    bound: Literal["least", "most", ""]

    def within(self, other: Number) -> bool:
        """Whether the other says as much: a passage's number without a unit fits any."""
        alike = self.unit == other.unit or not (self.unit and other.unit)
        return alike and self.value == other.value and self.bound == other.bound


def numbers(text: str) -> list[Number]:
    """Each number of a ``plain`` text in order. A single Chinese digit counts before a measure word only."""
    found = []
    for match in _NUMBER.finditer(text):
        part, digits, scale, unit = match.groups()
        if not part and len(digits) == 1 and digits in CHINESE:
            ordinal = match.start() > 0 and text[match.start() - 1] == "第"
            if not ordinal and (unit is None or (len(unit) == 1 and unit not in _UNIT)):
                continue
        value = _value(digits, scale)
        if value is None:
            continue
        unit = _PARTS[part] if part else unit or ""
        end = match.end() - (0 if part or not unit or unit in "%‰" else len(unit))
        behind = match.start(4) if match[4] else match.end()
        bound = _bound(text[max(0, match.start() - 6) : match.start()], text[behind : behind + 7])
        found.append(Number(value, _ALIKE.get(unit, unit), match.start(), end, bound))
    return found


def _bound(before: str, behind: str) -> Literal["least", "most", ""]:
    if _LEAST_BEHIND.search(behind) or _LEAST_BEFORE.search(before):
        return "least"
    return "most" if _MOST_BEHIND.search(behind) or _MOST_BEFORE.search(before) else ""


def without_numbers(text: str) -> str:
    """A ``plain`` text with a blank for each number."""
    for number in reversed(numbers(text)):
        text = f"{text[: number.start]} {text[number.end :]}"
    return text


def _value(digits: str, scale: str) -> Decimal | None:
    if digits[0].isdigit():
        value = Decimal(digits.replace(",", ""))
    else:
        whole, _, rest = digits.partition("点")
        read = to_int(whole)
        decimals = [to_int(c) for c in rest]
        if read is None or None in decimals:
            return None
        value = Decimal(f"{read}.{''.join(map(str, decimals))}" if rest else read)
    for sign in scale:
        value *= _SCALE[sign]
    return value.normalize()


def names(text: str) -> set[tuple[str, ...]]:
    """Titles, quoted terms, document numbers, Latin words, organisations, places and persons of a ``plain`` text.

    Each as the parts that must all occur in a text that holds the name: one, but for a name that the dictionary cuts.
    """
    patterns = (_TITLE, _QUOTED, _NUMBERED, _PERSON, _LATIN)
    found: set[tuple[str, ...]] = {(name,) for pattern in patterns for name in pattern.findall(text)}
    words = pieces(text)
    for at, word in enumerate(words):
        if not _BODY.search(word) or word in _NO_BODY or (len(word) == 2 and word[0] in "由向经在对把与和到报各全本我"):
            continue
        if len(word) > 1:
            found.add((word,))
        elif at and re.fullmatch(r"[\u4e00-\u9fff]{2,}", words[at - 1]):
            # 「报告县水利局」 is cut before 县: a word of the dictionary need not be part of a name.
            found.add((words[at - 1], word) if is_word(words[at - 1]) else (words[at - 1] + word,))
    return found
