"""What head, foot and file name tell of a document."""

from __future__ import annotations

import time

import pytest

from qa.outline import outline
from qa.types import Canonical, Facts

BODY = "为了把这件事情办好，让大家都能按时拿到需要的东西，结合本单位的实际情况，现就有关事项作出安排，请照此办理。"


def facts(*lines: str, name: str = "材料") -> Facts:
    return outline(Canonical("\n".join(lines)), name).facts


def rule(*lines: str, head: tuple[str, ...] = ("2021年3月5日 云溪县人民政府令第7号公布",), name: str = "材料") -> Facts:
    return facts("云溪县图书借阅办法", *head, "第一条 为了方便借阅，制定本办法。", *lines, name=name)


@pytest.mark.parametrize(
    ("line", "effective"),
    [
        ("第九条 本办法自2021年5月1日起施行。", "2021-05-01"),
        ("第九条 本办法自二〇二一年五月一日起施行。", "2021-05-01"),
        ("第九条 本办法（原称《借书办法》）自2021年5月1日起施行。", "2021-05-01"),
        ("第九条 本办法由县图书馆负责解释，自2021年5月1日起实施。", "2021-05-01"),
        ("第九条 本办法自公布之日起施行。", "2021-03-05"),
        ("第九条 本办法从发布之日起施行。", "2021-03-05"),
        ("第九条 本办法自县政府批准之日起施行。", "2021-03-05"),
        ("第九条 本办法施行前借出的图书，自2021年5月1日起一个月内归还。", None),
        ("第九条 读者自收到通知之日起三日内执行归还决定。", None),
    ],
)
def test_the_day_from_which_it_is_in_force(line: str, effective: str | None) -> None:
    assert rule(line).effective == effective


def test_a_story_in_the_head_has_no_date_of_the_document() -> None:
    told = facts("他们收下的两箱酒", "【案例】", "2021年7月，某甲收下两箱酒，第二年才想起来上交。", BODY)
    assert (told.date, told.year) == (None, None)
    assert facts("关于仓库的说明", "2021年7月8日 后勤科发布", BODY).date == "2021-07-08"


@pytest.mark.parametrize("signer", ["后勤处", "云溪县图书馆党支部", "云溪县水务公司", "县政府 办公室"])
def test_who_signs_above_the_date(signer: str) -> None:
    found = facts("关于供餐时间的通知", "各科室：", BODY, signer, "2025年3月4日")
    assert (found.issuer, found.date) == (signer.replace(" ", ""), "2025-03-04")
    assert facts("关于供餐时间的通知", BODY, "请各科室转告值班人员", "2025年3月4日").issuer is None


def test_who_and_when_stand_in_the_head_or_above_the_annexes() -> None:
    minutes = facts("县政府专题会议纪要", "〔2025〕17号", "县政府办公室 2025年9月12日", "关于充电问题的纪要", BODY)
    assert (minutes.issuer, minutes.date, minutes.number) == ("县政府办公室", "2025-09-12", "〔2025〕17号")
    summary = facts("图书馆工作总结", "云图〔2025〕2号 2025年1月10日（示例）", BODY)
    assert (summary.number, summary.date) == ("云图〔2025〕2号", "2025-01-10")
    rows = [f"附表第{n}行，写着一件小事。" for n in range(20)]
    notice = facts("关于供餐时间的通知", *[BODY] * 12, "后勤处", "2025年3月4日", "附件1", *rows)
    assert (notice.issuer, notice.date) == ("后勤处", "2025-03-04")
    listed = facts(
        "关于供餐的通知", *[BODY] * 9, "附件：1.菜单", "后勤处", "2025年3月4日", "附件1", *rows, "2024年1月2日"
    )
    assert (listed.issuer, listed.date) == ("后勤处", "2025-03-04")
    assert rule("第二条 略。", head=("（2024年9月26日云溪县人民政府第38次常务会议通过）",)).issuer == "云溪县人民政府"


def test_an_order_of_two_together_keeps_both_names() -> None:
    found = rule("第二条 略。", head=("2020年3月4日 县武装部、县公安局令第9号公布",))
    assert (found.number, found.issuer) == ("县武装部、县公安局令第9号", "县武装部、县公安局")


def test_the_head_tells_the_day_too() -> None:
    head = ("2020年12月8日 云溪县人民政府第3次常务会议通过", "2021年2月1日 施行")
    found = rule("第九条 图书馆另定细则。", head=head)
    assert (found.effective, found.date) == ("2021-02-01", "2020-12-08")
    preamble = f"《云溪县图书借阅办法》已经审议通过，现予公布，自2022年4月1日起施行。{BODY}"
    assert facts("云溪县人民政府关于公布图书借阅办法的通知", preamble).effective == "2022-04-01"


def test_a_revised_rule_is_in_force_from_its_revision() -> None:
    head = (
        "2001年6月1日 云溪县人民政府令第2号公布",
        "2010年8月9日 《云溪县人民政府关于修改部分规定的决定》第一次修正",
        "2021年3月5日 云溪县人民政府令第7号修订",
    )
    found = rule("第九条 本办法自公布之日起施行。", head=head)
    assert (found.effective, found.number, found.date) == ("2021-03-05", "云溪县人民政府令第7号", "2021-03-05")


@pytest.mark.parametrize(
    ("head", "issuer"),
    [
        (("1991年10月4日 国务院批准", "1991年12月6日 园林部令第17号发布"), "园林部"),
        (("2019年2月1日 国家图书总局令第20号公布",), "国家图书总局"),
        (("（2014年11月1日全国人民代表大会常务委员会通过）",), "全国人民代表大会常务委员会"),
    ],
)
def test_the_one_who_ordered_it_goes_before_who_approved_it(head: tuple[str, ...], issuer: str) -> None:
    assert rule("第二条 略。", head=head).issuer == issuer


@pytest.mark.parametrize(
    ("clause", "repeals"),
    [
        ("《云溪县借书规定》同时废止。", ("云溪县借书规定",)),
        ("2003年7月1日县政府发布的《云溪县借书规定》同时废止。", ("云溪县借书规定",)),
        ("《甲办法》、《乙办法》和2003年7月1日县政府发布的《丙办法》同时废止。", ("甲办法", "乙办法", "丙办法")),
        ("1999年发布的《甲办法》，2003年县政府发布的《乙办法》，同时废止。", ("甲办法", "乙办法")),
        ("《甲办法》（云政（办）〔2003〕3号）、《乙办法》（云政〔2004〕4号）同时废止。", ("甲办法", "乙办法")),
        ("依照《甲法》制定的《乙办法》同时废止。", ("乙办法",)),
        ("根据《甲法》，《乙办法》同时废止。", ("乙办法",)),
        ("废止《甲办法》、《乙办法》。", ("甲办法", "乙办法")),
        ("《甲办法》第三条同时废止。", ()),
        ("《甲办法》与本办法不一致的规定同时废止。", ()),
        ("《甲办法》已于2004年废止。", ()),
        ("《关于废止旧办法的通知》继续有效。", ()),
    ],
)
def test_what_it_repeals(clause: str, repeals: tuple[str, ...]) -> None:
    assert rule(f"第九条 本办法自2021年5月1日起施行。{clause}").repeals == repeals


def test_a_decision_lists_what_it_repeals() -> None:
    found = facts(
        "云溪县人民政府关于废止部分规定的决定", BODY, "决定废止下列规定：", "1. 《甲办法》", "2. 《乙办法》", "落款"
    )
    assert found.repeals == ("甲办法", "乙办法")
    assert facts("谈旧规定的废止", BODY, "后来《甲办法》同时废止。").repeals == ()


@pytest.mark.parametrize(
    ("title", "amends"),
    [
        ("关于修改《云溪县图书借阅办法》的决定", ("云溪县图书借阅办法",)),
        ("云溪县图书借阅办法修正案（二）", ("云溪县图书借阅办法",)),
        ("关于《云溪县图书借阅办法修正案（二）》的说明", ()),
        ("云溪县图书借阅办法", ()),
    ],
)
def test_what_it_amends(title: str, amends: tuple[str, ...]) -> None:
    assert facts(title, "2023年4月1日 云溪县人民政府公布", "一、第三条改为两款。").amends == amends


@pytest.mark.parametrize(
    ("name", "first", "status"),
    [
        ("借阅办法（征求意见稿）", "云溪县图书借阅办法", "征求意见稿"),
        ("借阅办法", "云溪县图书借阅办法（修订草案征求意见稿）", "征求意见稿"),
        ("借阅办法（已废止）", "云溪县图书借阅办法", "已废止"),
        ("借阅办法【失效】", "云溪县图书借阅办法", "已废止"),
        ("借阅办法（已修改）", "云溪县图书借阅办法", "已修改"),
        ("借阅办法（试行）", "云溪县图书借阅办法（试行）", None),
        ("关于征求意见稿的讨论", "谈谈征求意见稿怎样写", None),
    ],
)
def test_what_name_and_title_say_of_its_force(name: str, first: str, status: str | None) -> None:
    assert facts(first, "第一条 为了方便借阅，制定本办法。", name=name).status == status


def test_a_line_below_the_title_may_say_that_it_is_a_draft() -> None:
    assert facts("云溪县图书借阅办法", "（征求意见稿）", "第一条 为了方便借阅。").status == "征求意见稿"
    assert facts("工作报告", "审议了《借阅办法（草案）》。", BODY).status is None


@pytest.mark.parametrize(
    ("title", "line", "binding"),
    [
        ("云溪县图书借阅办法", "第一条 为了方便借阅。", True),
        ("云溪县图书借阅办法", "2021年3月5日 云溪县人民政府公布", True),
        ("处理借阅纠纷的好方法", "第一条 要耐心。", False),
        ("谈借阅办法", "大家都说这个办法好。", False),
        ("关于图书借阅的通知", "第一条 为了方便借阅。", False),
    ],
)
def test_rules_are_told_from_other_texts(title: str, line: str, binding: bool) -> None:
    assert facts(title, line, BODY).binding is binding


def test_who_spoke_where() -> None:
    found = facts("在全县教育工作会议上的讲话", "（2024年9月10日）", "县委书记 王 明", "同志们：", BODY)
    assert (found.speaker, found.occasion, found.date) == ("王明", "全县教育工作会议", "2024-09-10")
    titled = facts("李小兰同志在水利工作座谈会上的发言", "各位代表：", BODY)
    assert (titled.speaker, titled.occasion) == ("李小兰", "水利工作座谈会")
    report = facts(
        "2025年政府工作报告", "2025年1月8日在云溪县第三届人民代表大会第四次会议上县长赵云作报告", "各位代表：", BODY
    )
    assert (report.speaker, report.occasion) == ("赵云", "云溪县第三届人民代表大会第四次会议")
    signed = facts("学习研讨发言材料", "（云溪县司法局党支部 林望舒 2025年5月20日）", BODY)
    assert (signed.speaker, signed.occasion, signed.date) == ("林望舒", None, "2025-05-20")
    told = facts(
        "情况报告", "（2025年11月18日在县人民代表大会常务委员会会议上）", "县农业局局长 周禾生", "各位委员：", BODY
    )
    assert (told.speaker, told.occasion) == ("周禾生", "县人民代表大会常务委员会会议")
    labelled = facts("党课讲稿", "主讲人：欧阳文", "同志们：", BODY)
    assert (labelled.speaker, labelled.occasion) == ("欧阳文", None)


@pytest.mark.parametrize(
    "lines",
    [
        ("论调研报告的写法", BODY),
        ("关于审查调查报告的几点体会", "王明", BODY),
        ("云溪县图书借阅办法", "同志们：", BODY),
    ],
)
def test_what_is_no_speech_has_no_speaker(lines: tuple[str, ...]) -> None:
    assert (facts(*lines).speaker, facts(*lines).occasion) == (None, None)


@pytest.mark.parametrize(
    ("lines", "mark"),
    [
        (("秘密★1年", "云溪县关于钥匙的通知"), "秘密★1年"),
        (("机 密 ★ 长 期", "云溪县关于钥匙的通知"), "机密★长期"),
        (("000012", "绝密★五年 特急", "云溪县关于钥匙的通知"), "绝密★五年"),
        (("密级：机密", "云溪县关于钥匙的通知"), "机密"),
        (("云溪县关于钥匙的通知", "【秘密】"), "秘密"),
        (("机密", "云溪县关于钥匙的通知"), "机密"),
        (("秘密工作守则", "一、不该说的秘密不说"), None),
        (("关于保密的通知", "机密", "秘密", "以上两级文件单独登记。"), None),
        (("密级：公开", "云溪县关于钥匙的通知"), None),
        (("内部资料 注意保存", "云溪县关于钥匙的通知"), None),
    ],
)
def test_the_mark_of_secrecy(lines: tuple[str, ...], mark: str | None) -> None:
    assert facts(*lines, BODY).secrecy == mark


def test_a_mark_in_the_name_counts_and_a_title_does_not() -> None:
    assert facts("云溪县关于钥匙的通知", BODY, name="钥匙通知（机密）").secrecy == "机密"
    assert facts("秘密", BODY, name="秘密").secrecy is None
    assert facts(*["普通的一行"] * 9, "秘密★1年", BODY).secrecy is None, "a mark stands at the head"


def test_a_huge_line_costs_little() -> None:
    line = "自2021年5月1日起施行《" * 40_000 + "废止" + "《甲》" * 20_000
    begin = time.perf_counter()
    rule(line, "机密★" + "一" * 100_000)
    assert time.perf_counter() - begin < 3


def test_what_was_stored_before_loads_with_defaults() -> None:
    old = {"number": "云政〔2024〕3号", "issuer": None, "date": "2024-05-01", "year": 2024}
    assert Facts.of(old) == Facts("云政〔2024〕3号", None, "2024-05-01", 2024)
    assert Facts.of({**old, "repeals": ["甲办法"], "later": 1}).repeals == ("甲办法",)
