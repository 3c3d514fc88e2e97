"""A small library of own prose, made by the real write path, and an assistant that never falls silent for doubt."""

from __future__ import annotations

from pathlib import Path

from qa.assistant import Assistant
from qa.settings import Settings

LONG = (
    "（一）学得不深。平时满足于读文件、记笔记、写心得，遇到实际问题时又不知道从哪里下手，所学的东西大多停在纸面上，"
    "没有变成办法。有的同志一年只写一篇体会，内容与去年大同小异，连数字都没有改，读来没有一点新意，也看不出问题。"
)

TEXTS = {
    "学习/四下乡学习体会.txt": """四下乡学习体会
近日，全县开展了四下乡活动，同志们对四下乡有了新的认识。四下乡办得好，四下乡受欢迎，大家都夸四下乡，人人爱四下乡。
一、四下乡的由来
四下乡，即科技培训下乡、义诊看病下乡、图书阅览下乡、电影放映下乡，是干部联系群众的办法。
二、存在的问题
对照要求，自查发现以下三个方面问题。
"""
    + LONG
    + """
（二）走得不勤。全年只去了两个村，有的村一次也没有去过。
（三）办得不快。一份材料往往要跑三趟。
三、下一步打算
今后重点做好四件事：一是每月到村里住两天；二是把义诊车开到山上去；三是给每个村建一个书屋；四是每季度放一场电影。
""",
    "制度/图书室管理办法.txt": """云溪县图书室管理办法
第一章 总则
第一条 为了规范图书室的管理，制定本办法。
第二条 本办法所称图书室，是指由村集体建设、向村民免费开放的阅览场所。
第二章 开放
第三条 图书室应当每天开放，开放时间不少于六小时。
农忙时节可以缩短两小时。
第四条 有下列情形之一的，可以闭室：
（一）盘点图书；
（二）修缮房屋；
（三）遇到台风。
闭室应当提前一天公告。
第三章 附则
第五条 本办法自2025年3月1日起施行。
""",
    "案例/石桥村议事案例.md": """# 石桥村议事案例

石桥村把议事搬到大榕树下，主要做法有三点。

定时议。每月初五晚上开会，风雨无阻，村干部全部到场。

公开议。议题提前三天贴在榕树下，谁都可以来听。

限时办。议定的事十五天内办完，办不完要当众说明原因。
""",
    "案例/渡口治理.txt": """老渡口治理情况
一、整治内容
整治分两批进行。第一批包括拆除危房、清理淤泥、修补石阶。第二批包括加装路灯、设置护栏、配备救生圈、开通巡逻船。
二、整治效果
渡口治理以后，过渡的村民明显增多。渡口治理以后，再没有发生落水事故。
""",
    "通知.txt": """关于开展图书漂流活动的通知
各村：
图书漂流活动于5月20日开始，6月30日结束。参加活动的村可以领取图书二百册。活动坚持自愿、公益、便民的原则。
联系人：林小满
""",
}


def build(place: Path, texts: dict[str, str] = TEXTS, **given: object) -> Assistant:
    """Write the texts as files and index them lexically; ``given`` are settings."""
    corpus = place / "资料"
    for path, text in texts.items():
        (corpus / path).parent.mkdir(parents=True, exist_ok=True)
        (corpus / path).write_text(text, encoding="utf-8")
    assistant = Assistant.open(place / "索引", Settings.load(encoder="none", **given))
    assistant.sync(corpus)
    return assistant
