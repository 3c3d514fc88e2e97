from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.outline import outline
from qa.types import Canonical, Mark

BODY = "这一段是正文，写得比较长，说明这项工作是怎样一步一步做起来的，又取得了哪些看得见的成效，今后还要怎样坚持下去。"


def tree(text: str, name: str = "测试", marks: tuple[Mark, ...] = ()) -> list[str]:
    """The outline as indented lines."""
    found = outline(Canonical(text, marks=marks), name)
    return [f"{'  ' * (section.level - 1)}{section.label}|{section.title}" for section in found.sections]


def marked(*lines: tuple[str, int]) -> tuple[str, tuple[Mark, ...]]:
    text, marks = "", []
    for line, level in lines:
        if level:
            marks.append(Mark(len(text), len(text) + len(line), level))
        text += line + "\n"
    return text[:-1], tuple(marks)


def test_an_official_document() -> None:
    text = f"""某某县关于开展清洁家园行动的通知
各乡镇：
现将有关事项通知如下。
一、总体要求
（一）指导思想。坚持实事求是。{BODY}
（二）工作目标。到年底见效。
二、主要任务
（一）清理河道
1.摸清底数
（1）查台账；
（2）查现场。
2.集中整治
{BODY}
（二）整修道路
{BODY}
三、工作要求
{BODY}"""
    assert tree(text) == [
        "一、|总体要求",
        "  （一）|指导思想",
        "  （二）|工作目标",
        "二、|主要任务",
        "  （一）|清理河道",
        "    1.|摸清底数",
        "      （1）|查台账",
        "      （2）|查现场",
        "    2.|集中整治",
        "  （二）|整修道路",
        "三、|工作要求",
    ]


def test_a_law_with_its_table_of_contents() -> None:
    text = """乡村图书室条例
目　录
第一章　总　则
第二章　管　理
第一章　总　则
第一条　为了办好乡村图书室，制定本条例。
第二条　图书室由村里管理。
第三条规定的情形除外，这一行只是提到条文。
第二章　管　理
第一节　借阅
第三条　【开放时间】图书室每周开放不少于五天。
第三条之一　节假日照常开放。
第四条　有下列情形之一的，暂停借阅：
（一）污损图书的；
（二）逾期不还的。
一、这一层很少见；
二、但是允许。
第五条　本条例自公布之日起施行。"""
    assert tree(text) == [
        "第一章|总则",
        "  第一条|",
        "  第二条|",
        "第二章|管理",
        "  第一节|借阅",
        "    第三条|开放时间",
        "    第三条之一|",
        "    第四条|",
        "      （一）|污损图书的",
        "      （二）|逾期不还的",
        "      一、|这一层很少见",
        "      二、|但是允许",
        "    第五条|",
    ]


def test_editions_parts_and_titles_on_a_line_of_their_own() -> None:
    first = "第一编\n总则\n第一分编 一般规定\n第一章 范围\n第一条 本规程用于培训。"
    text = f"总规程\n{first}\n第二编\n分则\n第二章 方法\n第二条 讲练结合。"
    assert tree(text) == [
        "第一编|总则",
        "  第一分编|一般规定",
        "    第一章|范围",
        "      第一条|",
        "第二编|分则",
        "  第二章|方法",
        "    第二条|",
    ]


def test_articles_may_begin_later_and_miss_numbers() -> None:
    text = "选编\n第十八条 甲。\n第二十条 乙。\n第二十条之一 丙。\n第十九条 这是引文，次序不对。\n第二十一条 丁。"
    assert [line.strip() for line in tree(text)] == ["第十八条|", "第二十条|", "第二十条之一|", "第二十一条|"]


def test_a_scanning_slip_is_still_an_article() -> None:
    assert tree("规程\n第一条 甲。\n笫二条 乙。\n第三条 丙。") == ["第一条|", "笫二条|", "第三条|"]


@pytest.mark.parametrize(
    "line",
    [
        "1954年成立了合作社，一直办到今天。",
        "2.5亿元的投资已经到位，项目进展顺利。",
        "3.1%的增长来之不易，要倍加珍惜。",
        "第一，要抓好学习，这是根本。",
        "第一次会议在县里召开，大家畅所欲言。",
        "一是学习不够，二是调研不多。",
        "十个村子都通了公路，群众很高兴。",
        "第三条规定了责任，不能含糊。",
        "第一节课讲的是历史，大家听得认真。",
        "三、这个序号孤零零地出现在正文当中。",
        "7.孤零零的一句话，前后都没有别的序号。",
        "附件已经发给各村，请注意查收，有问题随时联系办公室，逾期不候。",
    ],
)
def test_sentences_that_begin_like_headings(line: str) -> None:
    assert tree(f"工作情况\n{BODY}\n{line}\n{BODY}") == []


def test_numbered_paragraphs_are_sections_with_the_opening_sentence() -> None:
    text = f"口述记录\n一、大家知道，我们县地处山区。{BODY}\n二、{'很长的一句话没有停顿' * 8}。{BODY}"
    assert tree(text) == ["一、|大家知道，我们县地处山区", "二、|"]


def test_the_document_itself_says_how_its_styles_nest() -> None:
    text = f"提纲\n1.准备\n（一）人员\n（二）物资\n2.实施\n（一）动员\n（二）检查\n3.总结\n{BODY}"
    assert tree(text) == [
        "1.|准备",
        "  （一）|人员",
        "  （二）|物资",
        "2.|实施",
        "  （一）|动员",
        "  （二）|检查",
        "3.|总结",
    ]


def test_one_style_on_two_levels() -> None:
    text = f"""计划报告
一、回顾
{BODY}
二、任务
（一）工业
一、办好工厂。
二、培训工人。
（二）农业
一、兴修水利。
二、改良土壤。
三、增施肥料。
三、结论
{BODY}"""
    assert tree(text) == [
        "一、|回顾",
        "二、|任务",
        "  （一）|工业",
        "    一、|办好工厂",
        "    二、|培训工人",
        "  （二）|农业",
        "    一、|兴修水利",
        "    二、|改良土壤",
        "    三、|增施肥料",
        "三、|结论",
    ]


def test_an_interrupted_sequence_goes_on_behind_an_inner_one() -> None:
    text = "修改说明\n1.甲条改为：\n2.乙条改为：\n1.第一项内容\n2.第二项内容\n3.第三项内容\n3.丙条改为：\n4.丁条改为："
    assert tree(text) == [
        "1.|甲条改为",
        "2.|乙条改为",
        "  1.|第一项内容",
        "  2.|第二项内容",
        "  3.|第三项内容",
        "3.|丙条改为",
        "4.|丁条改为",
    ]


def test_marks_of_the_format() -> None:
    text, marks = marked(
        ("一次走访的启示", 1),
        ("基本情况", 2),
        (BODY, 0),
        ("一、起因", 3),
        (BODY, 0),
        ("二、经过", 3),
        (BODY, 0),
        ("几点体会", 2),
        (BODY, 0),
    )
    assert tree(text, marks=marks) == ["|基本情况", "  一、|起因", "  二、|经过", "|几点体会"]
    assert outline(Canonical(text, marks=marks), "x").title == "一次走访的启示"


def test_brackets_rubrics_and_plain_headings() -> None:
    text = f"""某村分红纠纷怎样处理
【基本案情】
{BODY}
【评析意见】
一、关于事实
{BODY}
二、关于责任
{BODY}"""
    assert tree(text) == ["|基本案情", "|评析意见", "  一、|关于事实", "  二、|关于责任"]
    plain = f"某村分红纠纷怎样处理\n{BODY}\n分歧意见\n{BODY}\n收益分配的依据\n{BODY}\n没有说完的一行，\n{BODY}"
    assert tree(plain) == ["|分歧意见", "|收益分配的依据"]


def test_circles_annexes_and_full_width_digits() -> None:
    text = f"培训方案\n１．课程\n①理论课\n②实践课\n２．师资\n{BODY}\n附件1\n课程表\n{BODY}\n附件2：报名表\n{BODY}"
    assert tree(text) == ["１．|课程", "  ①|理论课", "  ②|实践课", "２．|师资", "附件1|课程表", "附件2|报名表"]


def test_a_section_ends_where_the_next_of_its_level_begins() -> None:
    text = f"总结\n一、甲\n（一）乙\n{BODY}\n二、丙\n{BODY}"
    sections = outline(Canonical(text), "x").sections
    assert [text[s.start : s.end] for s in sections] == [
        f"一、甲\n（一）乙\n{BODY}",
        f"（一）乙\n{BODY}",
        f"二、丙\n{BODY}",
    ]
    assert [s.parent for s in sections] == [-1, 0, -1]


@pytest.mark.parametrize(
    ("text", "name", "given", "title"),
    [
        (
            f"高举团结的旗帜\n为建设美丽乡村而奋斗\n——在全县大会上的报告\n（2023年5月6日）\n同志们：\n{BODY}",
            "x",
            None,
            "高举团结的旗帜 为建设美丽乡村而奋斗——在全县大会上的报告",
        ),
        (
            f"某某县人民政府办公室\n关于做好防汛工作的通知\n某政办〔2023〕5号\n{BODY}",
            "x",
            None,
            "某某县人民政府办公室关于做好防汛工作的通知",
        ),
        (f"某县人民政府文件\n某政发〔2023〕5号\n关于做好春耕的意见\n{BODY}", "x", None, "关于做好春耕的意见"),
        (f"同志们：\n{BODY}", "2024_2024年全县工作报告", None, "2024年全县工作报告"),
        (BODY, "灌溉条例(2018-12-29)", None, "灌溉条例"),
        (BODY, "x", "灌溉问答", "灌溉问答"),
        (f"一、情况\n{BODY}", "调研_记录", None, "调研 记录"),
        ("", "空文件", None, "空文件"),
    ],
)
def test_titles(text: str, name: str, given: str | None, title: str) -> None:
    assert outline(Canonical(text), name, given).title == title


def test_facts_of_a_notice() -> None:
    text = f"""某某县人民政府关于做好防汛工作的通知
某政发〔2023〕5号
各乡镇：
{BODY}参照国发〔2001〕9号文件。
某某县人民政府
二〇二三年六月十二日"""
    facts = outline(Canonical(text), "通知").facts
    assert (facts.number, facts.issuer, facts.date, facts.year) == (
        "某政发〔2023〕5号",
        "某某县人民政府",
        "2023-06-12",
        2023,
    )


@pytest.mark.parametrize(
    "number", ["某发〔2023〕5号", "某发[2023]5号", "某发［2023］15号", "某发（2023）5号", "某发(2023)第5号"]
)
def test_brackets_of_document_numbers(number: str) -> None:
    assert outline(Canonical(f"关于防汛的通知\n{number}\n{BODY}"), "x").facts.number == number


def test_facts_of_a_law_and_of_a_report() -> None:
    law = (
        "某省饮水条例\n2001年5月1日 某省人民代表大会常务委员会通过\n2018年12月29日 修正\n第一条 为了饮水，制定本条例。"
    )
    facts = outline(Canonical(law), "饮水条例(2018-12-29)").facts
    assert (facts.date, facts.year) == ("2018-12-29", 2018)
    report = f"2025年某市政府工作报告\n——2025年1月15日在某市人民代表大会上\n{BODY}"
    facts = outline(Canonical(report), "x").facts
    assert (facts.date, facts.year, facts.number) == ("2025-01-15", 2025, None)


def test_facts_come_from_head_and_foot_only() -> None:
    body = "\n".join([BODY] * 20)
    facts = outline(Canonical(f"学习笔记\n{body}\n国发〔2023〕5号\n2020年1月1日\n{body}"), "笔记").facts
    assert (facts.number, facts.issuer, facts.date, facts.year) == (None, None, None, None)


LINES = st.sampled_from(
    [
        *(
            "一、甲",
            "二、乙",
            "三、丙。",
            "一、",
            "（一）丁",
            "（二）戊。己。",
            "1.庚",
            "2、辛",
            "3．壬",
            "（1）癸",
            "（2）子",
        ),
        *(
            "①丑",
            "②寅",
            "㈠卯",
            "第一编 辰",
            "第一章",
            "第二章 巳",
            "第一节 午",
            "第一条 未",
            "第一条之一 申",
            "第二条酉",
        ),
        *(
            "附件1",
            "【戌】",
            "目录",
            "亥……3",
            "1.1 数",
            "1.2.3 数",
            BODY,
            "短行",
            "",
            "2023年5月6日",
            "某发〔2023〕5号",
            "案例一：某",
        ),
    ]
)


@given(st.lists(st.tuples(LINES, st.sampled_from([0, 0, 0, 1, 2, 3])), max_size=40))
def test_the_tree_is_sound(pairs: list[tuple[str, int]]) -> None:
    text, marks = marked(*pairs) if pairs else ("", ())
    check(Canonical(text, marks=tuple(mark for mark in marks if mark.start < mark.end)))


@given(st.text(max_size=200))
def test_any_text_has_a_sound_tree(text: str) -> None:
    check(Canonical(text))


def check(canonical: Canonical) -> None:
    found = outline(canonical, "名称")
    assert found.title
    last: dict[int, int] = {}
    starts = [section.start for section in found.sections]
    assert starts == sorted(set(starts))
    for index, section in enumerate(found.sections):
        assert 0 <= section.start <= section.end <= len(canonical.text)
        assert section.start == 0 or canonical.text[section.start - 1] == "\n"
        assert section.parent < index
        if section.parent >= 0:
            parent = found.sections[section.parent]
            assert section.level == parent.level + 1
            assert parent.start <= section.start
            assert section.end <= parent.end
        else:
            assert section.level == 1
        assert last.get(section.parent, 0) <= section.start
        last[section.parent] = section.end


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("云球发〔2025〕2号 2025年1月10日（内部材料，请勿外传）", "云球发〔2025〕2号"),
        ("〔2025〕17号", "〔2025〕17号"),
        ("云球发〔2025〕2号文件要求各单位在月底前把球场名单报到县里", None),
    ],
)
def test_a_document_number_with_what_may_stand_beside_it(line: str, number: str | None) -> None:
    text = f"云溪县球场管理会议纪要\n{line}\n会议研究了球场的修缮和开放问题，听取了各乡镇的汇报，纪要如下。"
    assert outline(Canonical(text), "纪要").facts.number == number
