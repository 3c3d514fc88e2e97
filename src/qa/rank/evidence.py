"""Whether a sentence holds the type of thing that was asked for."""

from __future__ import annotations

import re

from qa.query import Query

NUMBER = re.compile(r"\d|[一二三四五六七八九十百千万亿两]+(?:个|年|月|日|天|元|倍|次|人|成|分之|公里|小时|周)")
DATE = re.compile(
    r"\d{1,4}\s*年|\d{1,2}\s*月|[〇一二三四五六七八九十]{2,4}年|[一二三四五六七八九十]{1,3}月|\d{1,2}[日号]|起施行"
)
PERSON = re.compile(r"同志|主席|总理|书记|主任|省长|市长|县长|局长|部长|联系人|负责人|主持|某")
PLACE = re.compile(r"[省市县区镇乡村州]|[东西南北]部|地区")
REASON = re.compile(r"因为|由于|原因|为了|是因|因此|所以|根源|在于|之所以|以免|有利于|导致")
DEFINITION = re.compile(
    r"是指|系指|指的是|[，,]指|所称|即(?!使|将|便|日)|就是|是.{2,40}的(?:行为|方式|制度|方法|活动|总称|统称|简称|过程|原则|举措)|称为|被称|叫做|定义|包括"
)
METHOD = re.compile(r"应当|必须|按照|通过|采取|可以|要|由.{1,15}(?:负责|办理|决定|批准)|步骤|程序|处理|处罚|予以|给予")
ANSWERS = re.compile(
    r"应当|不得|可以|不予|不能|必须|禁止|不属于|属于|构成|不构成|能够|有权|无权|不追究|予以|不宜|认定|均|免于"
)
LIST = re.compile(r"[^、]{1,30}、[^、]{1,30}(?:、|和|及|以及)|[一二三四五六七八九]是|包括|分为|主要有|如下|下列|以下")

PATTERNS = {
    "number": NUMBER,
    "date": DATE,
    "person": PERSON,
    "place": PLACE,
    "reason": REASON,
    "definition": DEFINITION,
    "method": METHOD,
    "yesno": ANSWERS,
    "list": LIST,
}


def amount(query: Query, text: str) -> float:
    """1 where the text holds an amount of what the question wants counted, 0 where not, 0.5 where it names no unit."""
    if query.unit is None:
        return 0.5
    return 1.0 if query.unit.holds.search(text) else 0.0


def evidence(query: Query, sentence: str) -> float:
    """1 where the sentence has what the question's type asks for, 0 where not, 0.5 where the type asks for nothing."""
    pattern = PATTERNS.get(query.want)
    if pattern is None:
        return 0.5
    return 1.0 if pattern.search(sentence) else 0.0


SAYS = re.compile(
    r"是指|系指|指的是|[，,]\s*指|就是|包括|分为|是.{2,60}的(?:行为|方式|制度|方法|活动|总称|统称|简称|过程)"
)


def defines(query: Query, text: str) -> bool:
    """Whether a text says what the thing is that a definition question asks about."""
    return query.want == "definition" and says_what(query, text)


def says_what(query: Query, text: str) -> bool:
    """Whether a text says what a word of the question is: 「X是指…」, 「本法所称X，是指…」, 「X包括…」."""
    for mark in SAYS.finditer(text):
        before = text[max(0, mark.start() - 24) : mark.start()]
        before = before[max(before.rfind(stop) for stop in "。；！？\n") + 1 :]
        if any(word in before for word in query.words):
            return True
    return False
