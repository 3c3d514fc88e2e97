"""The type of answer a question asks for, and how many items it announces."""

from __future__ import annotations

import re
from typing import Literal

from qa.outline.numerals import to_int

Want = Literal["list", "number", "date", "person", "place", "reason", "definition", "method", "yesno", "fact"]

NUMERAL = r"[一二三四五六七八九十两\d]{1,3}"
UNIT = (
    r"(?:大|个|项|条|点|种|类|方面|步|件|样|句|字|招|块|部分|环节|阶段|层|级|次|位|名|所|家|节|情形|问题|原则|要求|任务"
    r"|特点)"
)
COUNTED = r"(?:大|个|项|条|点|种|类|方面|步|件|样|招|句|关键词|环节|阶段|部分|字|原则|要求|任务|举措|措施|情形|问题)"

DEFINITION = (
    r"什么是|啥是|是什么意思|是啥意思|(?:叫|谓|称为)(?:做)?(?:什么|啥)?$|[叫啥]叫|何谓|何为|定义|含义",
    r"怎么界定|如何界定|(?:是)?指(?:的是)?(?:什么|啥)(?!些)|怎么理解|什么样的.{1,12}(?:叫|算|属于)",
)
LIST = (
    rf"哪些|哪几|哪{NUMERAL}{UNIT}?|哪两|有什么(?!用)|有啥|都有|全列|列一下|列出|分别(?:是|指|有|为)|包括(?:什么|啥)|各指",
    r"几(?:个|项|条|点|种|类|步|招|方面|大|件|部分|环节|阶段)",
    rf"第?{NUMERAL}{UNIT}(?:.{{0,6}})?(?:是什么|是啥|有啥|内容)",
)
DATE = (r"什么时候|啥时候|何时|哪(?:一)?[天年月日]|几[号月]|何年|哪个(?:年份|日子)|生效(?:日期|时间)|施行日期|多会儿",)
NUMBER = (
    r"多少|百分之几|几分之几|几(?:倍|天|年|岁|人|万|亿|元|块|次|成|公里|小时|个月|日|周|名|所)|多[大长久高远重]|多长时间",
    r"最[长多高低少]|不得(?:超过|少于|低于)|占比|比例|几个月|上限|下限|标准是",
)
PATTERNS: tuple[tuple[Want, tuple[str, ...]], ...] = (
    ("definition", DEFINITION),
    ("list", LIST),
    ("date", DATE),
    ("number", NUMBER),
    ("person", (r"谁|哪位|何人|什么人|负责人是|讲话人|领导是",)),
    ("place", (r"哪里|哪儿|在哪|何地|什么地方|哪个(?:省|市|县|区|地方|村|镇)|地点",)),
    ("reason", (r"为什么|为何|为啥|什么原因|原因是|怎么会|理由",)),
    ("method", (r"怎么|怎样|如何|咋|怎么办|步骤|流程|程序是|办法",)),
    (
        "yesno",
        (r"吗|么$|是否|是不是|能不能|可不可以|可以不|行不行|算不算|有没有|会不会|要不要|该不该|不$|没有$|没$",),
    ),
)
WANTS = tuple((want, re.compile("|".join(parts))) for want, parts in PATTERNS)
COUNT = re.compile(rf"(?<![第〇零一二三四五六七八九十百千\d])({NUMERAL}){COUNTED}")


def find_want(text: str) -> Want:
    """The first type whose words occur; "fact" where none does."""
    bare = text.rstrip("？?。！! ")
    return next((want for want, pattern in WANTS if pattern.search(bare)), "fact")


def find_count(text: str) -> int | None:
    """How many items a list question announces (2 to 60); the last number named counts: 「三个文件提到哪四项」 → 4."""
    counts = [to_int(match[1]) for match in COUNT.finditer(text)]
    sane = [count for count in counts if count is not None and 2 <= count <= 60]
    return sane[-1] if sane else None


CORE = re.compile(
    r"[二两三四五六七八九十](?:个|项|条|大)?([\u4e00-\u9fff]{2,4}?)(?=[”」》]|是|指|有|包|分|到底|具体|都|的|$)"
)


def find_core(text: str) -> str | None:
    """What each member of a numbered set repeats: 「四下基层指…」 → 下基层, for each is a way of 下基层."""
    match = CORE.search(text)
    return match[1] if match else None


GIST = re.compile(
    r"(?:主要|都|大概|大致|全文|整篇)?(?:讲|说|写|谈|规定)(?:的|了)?(?:些|的是)?(?:什么|啥)(?:内容|意思|事)?$"
    r"|(?:主要内容|中心思想|大意|主要精神|结构|目录|提纲)(?:是什么|是啥|有哪些)?$|是?关于(?:什么|啥)的?$"
)


def is_gist(text: str) -> bool:
    """Whether the question asks what a document as a whole says."""
    return bool(GIST.search(text.rstrip("？?。！! ")))
