"""Who spoke, and where: read from a speech's or report's head."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.outline.head import DATE
from qa.outline.numbering import Line

HEAD_LINES = 10
_KIND = re.compile(r"讲话|报告|发言|致辞|致词|演讲|讲稿|党课|谈话|讲授")
# The hundred most frequent family names and those of two characters: they cover more than nine in ten people.
_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
    "邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文习温华蓝岳施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢骆"
    "岑梅盛刁耿冀晏齐庄涂舒"
)
_NAME = rf"(?:(?:欧阳|司马|诸葛|上官|东方|皇甫|尉迟|公孙|慕容|司徒)|[{_FAMILY}])[\u4e00-\u9fff·]{{1,2}}"
_FOREIGN = r"[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff·]{1,12}"
_OFFICE = (
    r"(?:总书记|书记|总理|主席|委员长|省长|市长|县长|区长|州长|盟长|旗长|镇长|乡长|部长|厅长|局长|处长|科长|院长|检察长"
    r"|行政长官|主任|会长|行长|校长|秘书长|董事长|总经理|委员(?!会)|同志)"
)
_MEETING = (
    r"(?:会议|大会|全会|座谈会|推进会|动员会|部署会|报告会|总结会|表彰会|交流会|研讨会|茶话会|联席会|年会|例会|会"
    r"|仪式|论坛|峰会|典礼|开班式|开幕式|闭幕式|培训班|研讨班|党校|讲坛|活动|代表大会)"
)
_AT = re.compile(
    rf"(?<![存现正所])在(?P<where>[^，。；：]{{2,60}}?{_MEETING}(?:第[一二三四五六七八九十\d]+次会议)?)"
    r"(?:上|的(?=政府工作报告|工作报告|讲话|报告|致辞|发言))"
)
_TOLD = re.compile(
    r"(?:我|国务院|政府)[^。]{0,40}?向(?:党的)?(?P<where>[^，。]{0,30}?第[一二三四五六七八九十]+[届次][^，。]{0,30}?(?:大会|全会|会议)"
    r"(?:第?[一二三四五六七八九十]+次会议)?)[，,]?(?:作|做|提出|报告)"
)
_LABELLED = re.compile(
    rf"^(?:讲话人|报告人|主讲人?|发言人|演讲人|致辞人|宣讲人)[:：](?P<name>{_NAME}|{_FOREIGN})(?=$|[（(，,])"
)
_ALONE = re.compile(rf"^[（(]?(?P<name>{_NAME})(?:同志)?[)）]?$")
# Beside an office any short word is a name: 「自治区代理主席 嘎玛泽登」.
_OFFICER = re.compile(
    rf"^[（(]?[\u4e00-\u9fff]{{0,16}}?{_OFFICE}(?P<name>[^\W\d_会上的在作]{{2,4}}|{_FOREIGN})(?:同志)?[)）]?$"
)
_DID = re.compile(
    rf"{_OFFICE}(?P<name>[\u4e00-\u9fff]{{2,4}}?|{_FOREIGN})(?:同志)?(?=作|做|代表|向|在[^，。]{{4,60}}会议)"
)
_BY = re.compile(
    rf"^(?:[\u4e00-\u9fff]{{0,12}}{_OFFICE})?(?P<name>{_NAME}?)(?:同志|{_OFFICE})?在(?=[^，。]{{2,60}}(?:上的|{_MEETING}))"
)
_SIGNED = re.compile(rf"^[（(]?[\u4e00-\u9fff（）()]{{2,30}}[ 　]+(?P<name>{_NAME})[ 　]+{DATE.pattern}[)）]?$")
"""Unit, name and date in one line under the title of a text to be read out."""
_READ_OUT = re.compile(r"讲话|发言|致辞|致词|演讲|讲稿|党课|宣讲")
_GREETING = re.compile(r"^(?:尊敬的)?(?:各位|同志们|主席|委员长|朋友们|女士们|老师们|同学们)[^。]{0,40}[：:！!，,]?$")


def speech(lines: Sequence[Line], title: str) -> tuple[str | None, str | None]:
    """Speaker and occasion; both None for what is no speech or report."""
    head = [line.text.strip() for line in lines[:HEAD_LINES]]
    opening = next((i for i, text in enumerate(head) if _GREETING.match(text)), None)
    top = [text for text in head[: opening if opening is not None else 6] if len(text) <= 80]
    if not any(_KIND.search(text) for text in (title, *top)):
        return None, None
    signed = next((match for text in top if (match := _SIGNED.match(text))), None)
    if signed and _READ_OUT.search(title):
        return signed["name"], _occasion(top, title, ())
    if opening is None and not any(_AT.search(text) for text in (title, *top)):
        return None, None  # an essay on reports: it greets nobody and was given nowhere
    return _speaker(top, title), _occasion(top, title, head[(opening or 0) :][:4])


def _speaker(top: Sequence[str], title: str) -> str | None:
    for text in (title, *top):
        bare = re.sub(r"\s|^[—―\-]+", "", DATE.sub("", text.lstrip("—―- ")))
        match = _LABELLED.match(bare) or _BY.match(bare) or _DID.search(bare)
        if match is None and text != title:
            match = _ALONE.match(bare) or _OFFICER.match(bare)
        if match:
            return match["name"]
    return None


def _occasion(top: Sequence[str], title: str, said: Sequence[str]) -> str | None:
    for text in (*top, title):
        match = _AT.search(text)
        if match:
            return re.sub(r"\s", "", match["where"])
    for text in said:
        match = _TOLD.search(text[:200])
        if match:  # 「向大会报告」 names none
            return match["where"]
    return None
