"""Words that turn a sentence round when they change: duty and leave, negation, bounds, direction, whole and part."""

from __future__ import annotations

import re

CLASSES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "must": r"(?<!不)(?:应当|必须|务必|须(?!知)|应(?![急对用答邀届聘变收])|(?<![不无])需要|不得不|有义务)",
        "may": r"(?<!不)可(?:以(?!上|下)|(?=[申提向由按凭在])|自愿)|有权|允许|准许"
        r"|(?<!不)能够|(?<![不可才功职技性])能(?![力源量耗动效])",
        "ban": r"不得(?!不)|严禁|禁止|不准|不许|不可以?|不应当?|不能|无权|切勿|不允许|谢绝",
        "urge": r"鼓励|提倡|倡导|支持|引导|建议|动员",
        "hedge": r"原则上|一般(?!公共|纳税|不是)|通常|尽量|尽可能|视情|酌情|试行",
        "least": r"以上|不少于|不低于|不得(?:少|低)于|至少|(?<!不)(?<!不得)超过|大于|高于|最低|不短于",
        "most": r"以下|以内|[日天月年时]内|不超过|不得(?:超过|高于|多于)|不高于|不多于|至多|最多|最高"
        r"|(?<!不)(?<!不得)低于|之内|截止|期限内",
        "before": r"(?<![以目当])前(?!款|条|项|期|景|线|往|后|述|提|沿|言|列)|以前",
        "after": r"(?<![以最])后(?!果|备|勤|续|来|期|方|者|面)|以后|之日起",
        "up": r"增加|提高|上升|增长|上调|扩大|提升|延长|加重|从重",
        "down": r"减少|降低|下降|下调|缩小|缩短|减轻|从轻|下滑|压减",
        "all": r"全部|所有|一律|一概|任何|全体|每一",
        "part": r"部分|个别|一些|少数|有的",
        "only": r"仅|只(?:有|能|限|需|要)?|唯一|限于",
        "except": r"除外|另有|例外|除.{1,30}外",
        "or": r"或者?|之一",
    }.items()
}
"""Kind → how it is said. Which kinds a sentence has must be true of its passage too."""

OPPOSITE = {"before": "after", "after": "before"}
"""Kinds that need not be said in the passage, so long as it doesn't say the opposite (「通过的」, 「通过后」)."""
SAID_OTHERWISE = ("must", "may", "ban", "least", "most", "or")
"""Kinds whose words have many forms; they are compared as kinds, and not as words."""
DUTIES = frozenset({"must", "may", "ban"})
KEPT = frozenset({"hedge", "except", "only", "urge"})
"""What is lost from a passage's clause makes the sentence say more than the passage does."""

_NEGATION = re.compile(
    r"(?:不|未|无(?!论|线|人机|纸|障碍|偿)|没有?|非(?!常|遗|公有|农|凡)|免(?!疫|费)|勿|严禁|禁止|拒|停止|取消|撤销|否(?!则))"
)
_NO_NEGATION = re.compile(
    r"不(?:断|仅|但|同|动产|少于|低于|高于|多于|超过|足|短于|妨|良|法|明|当(?!得)|管|论|得(?:少于|低于|高于|多于|超过))"
    r"|未来|未成年|是否|能否|可否"
)


def kinds(text: str) -> set[str]:
    """The kinds of turning words in a ``plain`` text."""
    return {name for name, pattern in CLASSES.items() if pattern.search(text)}


def without_turns(text: str) -> str:
    """A ``plain`` text with a blank for each word whose kind alone is compared."""
    for name in SAID_OTHERWISE:
        text = CLASSES[name].sub(" ", text)
    return text


def negated(text: str) -> bool:
    """Whether a clause says no; two noes are a yes (不得不, 不能没有)."""
    return len(_NEGATION.findall(_NO_NEGATION.sub("", text))) % 2 == 1
