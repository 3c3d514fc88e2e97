"""The type of answer a question asks for, and how many items it announces."""

from __future__ import annotations

import re
from typing import Literal

from qa.outline.numerals import to_int

Want = Literal["list", "number", "date", "person", "place", "reason", "definition", "method", "yesno", "fact"]

NUMERAL = r"(?:[一二三]?十[一二三四五六七八九]?|[二两三四五六七八九]|[1-5]\d|[2-9])"
"""2 to 59; one thing is no list."""
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
    rf"哪些|哪几|哪{NUMERAL}|有什么(?!用)|有啥(?!用)|都有(?:谁|$)|全列|列一下|列出|列举|分别(?:是|指|有|为|叫)",
    r"包[括含](?:些)?(?:什么|啥)|各[指是](?:什么|啥)|各指|分几",
    rf"(?<![第\d]){NUMERAL}{UNIT}(?:.{{0,6}})?(?:是什么(?!时|地|意思)|是啥(?!时|地|意思)|有啥|内容)",
)
DATE = (r"什么时候|啥时候|何时|哪(?:一)?[天年月日]|几[号月]|何年|哪个(?:年份|日子)|生效(?:日期|时间)|施行日期|多会儿",)
NUMBER = (
    r"多少|百分之几|几分之几|(?<!第)几(?:个|项|条|种|类|步|招|方面|大|件|部分|环节|阶段|倍|天|年|岁|人|万|亿|元|块|次|成|公里|小时|个月|日|周|名|所)|多[大长久高远重]|多长时间",
    r"最[长多高低少]|不得(?:超过|少于|低于)|占比|比例|几个月|上限|下限|标准是",
)
OUTRIGHT = (rf"哪些|哪几|哪{NUMERAL}",)
"""「三字诀是哪三个字，各说什么」 asks for a list before it asks what its members mean."""
PATTERNS: tuple[tuple[Want, tuple[str, ...]], ...] = (
    ("list", OUTRIGHT),
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
        (
            r"吗|(?<![什怎多那这])么$|是否|是不是|能不能|可不可以|可以不|行不行|算不算|有没有|会不会|要不要|该不该|不$|没有$|没$",
        ),
    ),
)
WANTS = tuple((want, re.compile("|".join(parts))) for want, parts in PATTERNS)


def find_want(text: str) -> Want:
    """The first type whose words occur; "fact" where none does."""
    bare = text.rstrip("？?。！! ")
    return next((want for want, pattern in WANTS if pattern.search(bare)), "fact")


ALONE = rf"(?<![第十百千\d〇零一二三四五六七八九])({NUMERAL})(?![十百千万亿\d一二三四五六七八九年月日天号届]|个月)"
"""A number that counts things: no part of a longer one, of a date or of a congress's name."""
ASKED_COUNT = re.compile(rf"哪({NUMERAL})")
SET_COUNT = re.compile(
    rf"{ALONE}{COUNTED}?[^里中内上下提对在为从把被的，、。？\s]{{1,6}}(?:的(?:具体|主要)?(?:内容|含义|意思))?"
    r"(?:到底|具体|分别|都|各|究竟)*(?:是|指|叫|有(?:哪|什么|啥)|包[括含]|$)"
)
COUNT = re.compile(rf"{ALONE}{COUNTED}")
OPEN_COUNT = re.compile(r"哪些|哪几|(?<!第)几[个项条点种类]|什么|啥")
CONGRESS = re.compile(r"(?:党的)?[一二三四五六七八九]?十[一二三四五六七八九]?大(?!类|项)|[一二三四五六七八九十]+中全会")


def find_count(text: str) -> int | None:
    """How many items the question announces (2 to 59): 「三个文件提到哪四项」 → 4, 「三个文件提到哪些」 → None."""
    bare = CONGRESS.sub("，", text.rstrip("？?。！! "))
    asked = [to_int(match[1]) for match in ASKED_COUNT.finditer(bare)]
    named = asked or [to_int(match[1]) for match in SET_COUNT.finditer(bare)]
    if not named and not OPEN_COUNT.search(bare):
        named = [to_int(match[1]) for match in COUNT.finditer(bare)]
    return named[-1] if named else None


HOW_MANY = re.compile(r"(?:有|分|列|包括|列出|提出|规定)了?几(?:个|项|条|点|种|类|步|招|方面|大|件|部分|环节|阶段)")
"""「有几种」 is answered best by naming them."""
SEVERAL = re.compile(
    r"(?:什么|啥|哪种|怎样的|什么样的)(?:情况|情形|条件|材料|事项|行为|资料|手续|权利|义务|职责|职权|原则|措施|方法|方式"
    r"|办法|类型|种类|特点|特征|要求|内容|问题|因素|证件|文件|东西|项目|任务|程序|步骤|后果|待遇|权限|方面)"
    r"|(?:干|做|交|带|提交|准备|具备|享有|承担|履行|写明|载明|注明|写清|禁止|满足|符合|遵守)(?:些)?(?:什么|啥)"
)


def may_list(text: str) -> bool:
    """Whether several things may be the answer, though the words don't ask for them: 「什么情况下」, 「四风是什么」."""
    if SEVERAL.search(text) or HOW_MANY.search(text):
        return True
    return find_count(text) is not None and find_want(text) in ("list", "number", "definition", "fact", "method")


CORE = re.compile(
    r"(?<![第〇一二三四五六七八九十])[二两三四五六七八九十](?:个|项|条|大)?((?:(?![是指有包])[\u4e00-\u9fff]){2,4}?)"
    r"(?=[”」》]|是|指|有|包|分|到底|具体|都|的|$)"
)
ASKED_CORE = re.compile(rf"哪{NUMERAL}“?((?!{COUNTED}”?$)[\u4e00-\u9fff]{{1,3}})”?$")


def find_core(text: str) -> str | None:
    """What each member of a numbered set repeats: 「四下基层指…」 → 下基层, for each is a way of 下基层.

    「三早工作法是哪三早」 → 早: what stands behind 哪三 comes first.
    """
    match = ASKED_CORE.search(text.rstrip("？?。！! ")) or CORE.search(text)
    return match[1] if match else None


GIST = re.compile(
    r"(?:主要|都|大概|大致|全文|整篇)?(?:讲|说|写|谈|规定)(?:的|了)?(?:些|的是)?(?:什么|啥)(?:内容|意思|事)?$"
    r"|(?:主要内容|中心思想|大意|主要精神|结构|目录|提纲)(?:是什么|是啥|有哪些)?$|是?关于(?:什么|啥)的?$"
)


def is_gist(text: str) -> bool:
    """Whether the question asks what a document as a whole says."""
    return bool(GIST.search(text.rstrip("？?。！! ")))
