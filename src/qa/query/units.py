"""What a question for a number wants counted: money, a span of time, a share, people, a length, 「多少座」."""

from __future__ import annotations

import re
from dataclasses import dataclass

N = r"(?:\d[\d,.]*|[〇零一二三四五六七八九十百千万亿两半]+)\s*(?:多|余|来)?\s*(?:万亿|万|亿|千|百)?"
"""A number as documents write it, with its 多/余 and 万/亿."""

SPAN = r"(?:个?(?:工作)?[日天]|周年|年|个?半?月|个?小时|分钟|周|个?星期|季度|昼夜|秒)"
SHARE = r"[%％‰]|百分之|分之|[一二三四五六七八九\d]成(?![员立果功为效就人年本]|都)|过半|一半|个百分点"


@dataclass(frozen=True, slots=True)
class Unit:
    """``asks`` finds the unit in a question's words; ``holds`` finds an amount of it in a text."""

    name: str
    asks: re.Pattern[str]
    holds: re.Pattern[str]


def _unit(name: str, asks: str, holds: str) -> Unit:
    return Unit(name, re.compile(asks), re.compile(holds))


UNITS = (
    _unit(
        "share", r"百分之几|几成|千分之几|比例|占比|比重|百分比|占.{0,6}(?:多少|多大|几)|增速|增长率|几个百分点", SHARE
    ),
    _unit("multiple", r"(?:几|多少)倍", rf"{N}倍|翻{N}?番|{SHARE}"),
    _unit("age", r"(?:几|多少|多大)岁|多大(?:年纪|年龄|岁数|才)|年龄.{0,4}(?:多|几|要求|限)", rf"{N}周?岁"),
    _unit(
        "span",
        r"(?<![这那前近头好过十])(?:几|多少)个?(?:工作)?(?:天|日(?!报)|年(?!级)|月|小时|钟头|分钟|周|星期)"
        r"|多久|多长(?:时间|期限)|期限|多少时间|时限|最长(?:能|可|多|不)",
        rf"{N}{SPAN}|终身|长期",
    ),
    _unit(
        "money",
        r"多少(?:钱|元|块|万|亿)?(?:人民币|钱|元|块)|(?:几|多少)块|几毛|多少(?:万|亿)元|(?:罚|赔|补|缴|交|收|花|涨|付|发)(?:给|到|贴|助|偿)?(?:多少|几)"
        r"|(?:工资|补贴|津贴|奖金|罚款|罚金|费|经费|预算|拨款|投资|产值|总值|收入|标准|金额|数额|额度|价)[^，,。]{0,8}多少",
        rf"{N}\s*(?:元|块|角|美元|港元|港币|人民币)|{N}倍|{SHARE}",
    ),
    _unit(
        "people",
        r"多少(?:万|亿)?(?:人|名|位|口|户|职工|学生|党员|老百姓|群众)|几(?:个人|名|位|人|口)",
        rf"{N}\s*(?:人|名|位|口|户)",
    ),
    _unit(
        "length",
        r"多少(?:万)?(?:公里|里地?|米|千米|厘米)|多高|多远|多深|多宽",
        rf"{N}\s*(?:公里|千米|米|里|厘米|毫米|海里)",
    ),
    _unit("area", r"多少(?:万|亿)?(?:亩|平方|公顷|平米)|面积.{0,6}多[少大]", rf"{N}\s*(?:亩|平方|公顷|平米)"),
    _unit("weight", r"多少(?:万|亿)?(?:吨|斤|公斤|千克|克)|多重", rf"{N}\s*(?:吨|斤|公斤|千克|克)"),
)

COUNTED = "个件座所家次辆条项种处套台门份张只艘架头棵间幢栋场届期部本篇颗枚道级度斤吨亩"
OTHER = re.compile(rf"多少(?:万|亿)?([{COUNTED}])|几([座次辆台门份张只艘架头棵间幢栋颗枚度斤吨亩])(?!的)")
ANY = re.compile(rf"{N}")


def find_unit(text: str) -> Unit | None:
    """The unit that a question names; None where it asks for no amount or for one of anything.

    「多少座」 makes a unit of its own: the amount must stand before 座.
    """
    found = [(match.start(), unit) for unit in UNITS if (match := unit.asks.search(text))]
    if match := OTHER.search(text):
        word = match[1] or match[2]
        found.append((match.start(), _unit(word, re.escape(match[0]), rf"{N}\s*{word}")))
    return min(found, key=lambda pair: pair[0])[1] if found else None
