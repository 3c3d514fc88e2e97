"""The frame around a question that only asks politely: 「您好，我想咨询一下……，谢谢」."""

from __future__ import annotations

import re
from itertools import accumulate

from qa.tokens import is_word, pieces

_ME, _YOU = "(?:我们|我|咱们|咱)", "(?:您|你|老师|大家|各位|同志)"
_GREETING = (
    r"(?:您|你|大家|老师们?|各位(?:老师|领导|同志|专家)?)们?好(?:啊|呀)?|(?:早上|上午|中午|下午|晚上)好|各位(?:老师|领导|同志|专家)"
    r"|不好意思|抱歉|打扰(?:一下|您|你|了)*|劳驾|劳烦(?:您|你)?|拜托(?:您|你|了)*|辛苦(?:您|你|了)*|(?:求助|求解答|求解|急问|提问)"
)
_WISH = (
    rf"(?:{_ME}(?:很|还|就)?(?:想|要|希望|需要)|想)(?:请{_YOU}?|跟{_YOU}|向{_YOU}|找{_YOU})?"
    rf"|(?:麻烦|烦请|劳烦|恳请|请|求)(?:一下)?{_YOU}?|(?:能不能|能否|可不可以|可否|可以|能){_YOU}?|{_YOU}"
)
_FOR_ME = rf"(?:(?:帮忙?|给|跟|和|替|为)(?:一下)?{_ME}|帮忙?)"
_TELL = "告诉|请教|咨询|询问|请问|了解|知道|打听|查询|查找|解答|介绍|讲解|解释|科普"
_TELL_SHORT = f"{_TELL}|问|查|找|搜|看|讲|说"
_SOFT = "(?:一下子?|下|个问题|一个问题|清楚)"
_TWICE = "问问|查查|查一查|看看|看一看|讲讲|讲一讲|说说|说一说|问一问|了解了解|打听打听|找找|搜搜"
_GAP, _SIGN = r"[\s,:：，、]*", r"[\s,.!?。，！？~、:：;；]+"
_OPENING = re.compile(
    rf"(?:(?:{_GREETING})+(?:{_SIGN}|(?=我|请|想|麻烦|能))"
    rf"|(?:{_WISH})?{_FOR_ME}?(?:{_TWICE}|(?:{_TELL_SHORT})(?:{_ME}|{_YOU})?{_SOFT}){_GAP}"
    rf"|(?:{_WISH})?{_FOR_ME}(?:{_TELL_SHORT})(?:{_ME}|{_YOU})?{_GAP}"
    rf"|(?:{_ME}(?:想|要|希望|需要)|想|麻烦{_YOU}?|烦请{_YOU}?|请{_YOU}?)(?:{_TELL}){_GAP}"
    rf"|(?:{_WISH})?告诉{_ME}{_GAP}|(?:请教|咨询)(?:{_YOU})?{_SIGN}"
    rf"|(?:请问|麻烦问下|有(?:没有)?(?:谁|人)(?:知道|了解|清楚|能告诉{_ME})){_GAP})"
)
_VERB_ENDS = "问查找搜看讲说教询解道听答绍释普"
_CLOSING = re.compile(
    r"(?:[\s,.!?。，！？~、;；]+(?:麻烦|拜托|辛苦|求解答?|求助|求告知|在线等|急|盼复|先)?|(?<=[吗呢啊吧呀么]))"
    r"(?:谢谢|多谢|感谢|谢了|拜托|辛苦|麻烦|求解答?|求助|求告知|在线等|急|盼复)(?:大家|各位|老师|您|你|啦|了|!|。|~|！|\s)*$"
)


def bare(text: str) -> str:
    """A normalised question without greeting, asking and thanks; as it is where nothing else would be left.

    What is cut off in front ends where a word ends and begins no other: 「请教师资格证……」 stays whole.
    """
    core = _CLOSING.sub("", text)
    at = 0
    while (opening := _OPENING.match(core, at)) and opening.end() > at:
        at = opening.end()
    if 0 < at < len(core) and core[at - 1] in _VERB_ENDS and _inside_a_word(core, at):
        at = 0
    rest = core[at:]
    return rest if sum(char.isalnum() for char in rest) > 1 else text


def _inside_a_word(text: str, at: int) -> bool:
    return at not in {0, *accumulate(map(len, pieces(text)))} or is_word(text[at - 1 : at + 1])
