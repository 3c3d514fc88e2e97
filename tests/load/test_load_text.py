"""Plain text, tables of commas, Markdown and HTML: what a person sees is what comes out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa.clean import clean
from qa.load.markdown import inline
from qa.load.tables import rows_text
from qa.types import Loaded

Read = Callable[..., Loaded]


def lines_of(loaded: Loaded) -> list[str]:
    return clean(loaded.blocks).text.split("\n")


def headings_of(loaded: Loaded) -> list[tuple[int, str]]:
    found = clean(loaded.blocks)
    return [(mark.level, found.text[mark.start : mark.end]) for mark in found.marks]


def test_plain_text_reports_its_encoding(read: Read) -> None:
    loaded = read("a.txt", "一、概况\n全市工作平稳有序推进。".encode("gb18030"))
    assert (loaded.format, loaded.encoding) == ("txt", "gb18030")
    assert lines_of(loaded) == ["一、概况", "全市工作平稳有序推进。"]


def test_csv_rows_keep_their_column_names(read: Read) -> None:
    loaded = read("a.csv", '问题,答案\n什么时候办理？,"工作日上午，\n九点起"\n,\n在哪里？,一楼\n')
    assert lines_of(loaded) == ["问题：什么时候办理？；答案：工作日上午，九点起", "问题：在哪里？；答案：一楼"]


MARKDOWN = """---
title: 学习材料
date: 2025-01-01
---
# 总标题
<!-- INFO END -->

## 一、背景
正文**重点**与[链接](http://a.b/c_(d))，*强调*、`代码`、H<sub>2</sub>O&nbsp;和人办发\\[1992\\]1号。

    缩进四格的段落不是代码。

- 1. 早期阶段
- 2. 发展阶段
  继续说明。
* “四风”是指形式主义。
1. 第一项
2. 第二项
（一）保留编号

| 罪名 | 条文 |
|------|:----:|
| 逃税罪 | 第201条 |
| **受贿罪** | 第385条 |

决定给予***开除党籍/对***享受的待遇作出处理。

***

2022年1月24日 会议批准
2022年2月25日 公布
###### 六级
结尾
===
```
围栏内的文字。
```
<table><tr><th>甲</th><th>乙</th></tr><tr><td>一</td><td>二</td></tr></table>
"""


def test_markdown(read: Read) -> None:
    loaded = read("a.md", MARKDOWN)
    assert loaded.title == "学习材料"
    assert lines_of(loaded) == [
        "总标题",
        "一、背景",
        "正文重点与链接，强调、代码、H2O 和人办发[1992]1号。",
        "缩进四格的段落不是代码。",
        "1. 早期阶段",
        "2. 发展阶段",
        "继续说明。",
        "“四风”是指形式主义。",
        "1. 第一项",
        "2. 第二项",
        "（一）保留编号",
        "罪名：逃税罪；条文：第201条",
        "罪名：受贿罪；条文：第385条",
        "决定给予***开除党籍/对***享受的待遇作出处理。",
        "2022年1月24日 会议批准",
        "2022年2月25日 公布",
        "六级",
        "结尾",
        "围栏内的文字。",
        "甲：一；乙：二",
    ]
    assert headings_of(loaded) == [(1, "总标题"), (2, "一、背景"), (6, "六级"), (1, "结尾")]


def test_a_download_mark_is_no_heading(read: Read) -> None:
    assert headings_of(read("a.md", "##paidbegin##（二）方法。\n##没有空格的标题\n正文。")) == [(2, "没有空格的标题")]


@pytest.mark.parametrize("text", ["2*3*4", "a_b_c", "给予***处分", "3 < 5 > 1", "A&B", "[1]", "第*条"])
def test_signs_that_are_no_marks_stay(text: str) -> None:
    assert inline(text) == text


PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title> 关于工作的
 通知 </title><style>p{{}}</style></head>
<body><nav>首页 &gt; 通知</nav><header>某某网站</header><form><input><select><option>搜索</option></select>搜</form>
<div><h1>关于工作的通知</h1><p>第一段　有<b>重点</b>，源码
换行不算。&ldquo;引号&rdquo;</p><div>裸文字<p>内层段落。</p>尾巴</div>
<ol start="3"><li>第三项</li><li>第四项<ul><li>小点</li></ul></li><li>（五）自带编号</li></ol>
<p>&nbsp;&nbsp;上一句。<br>下一句。</p>
<table><tr><th>项目</th><th>金额</th></tr><tr><td rowspan="2">培训</td><td>5万元</td></tr>
<tr><td>6万元</td></tr></table>
<h2>附则</h2></div><aside>推荐阅读</aside><footer>版权所有</footer><script>var a="<p>假</p>"</script></body></html>"""


@pytest.mark.parametrize(("charset", "codec"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("utf-8", "gb18030")])
def test_html(read: Read, charset: str, codec: str) -> None:
    loaded = read("a.html", PAGE.format(charset=charset).encode(codec))
    assert (loaded.title, loaded.encoding) == ("关于工作的 通知", codec)
    assert lines_of(loaded) == [
        "关于工作的通知",
        "第一段 有重点，源码换行不算。“引号”",
        "裸文字",
        "内层段落。",
        "尾巴",
        "3. 第三项",
        "4. 第四项",
        "小点",
        "（五）自带编号",
        "上一句。",
        "下一句。",
        "项目：培训；金额：5万元",
        "项目：培训；金额：6万元",
        "附则",
    ]
    assert headings_of(loaded) == [(1, "关于工作的通知"), (2, "附则")]


def test_a_page_wrapped_in_a_form_and_a_layout_table(read: Read) -> None:
    inner = "<table><tr><td><p>正文第一段。</p><p>正文第二段。</p></td></tr></table>"
    html = f"<body><form><table><tr><td>{inner}</td></tr></table></form>"
    assert lines_of(read("a.htm", html)) == ["正文第一段。", "正文第二段。"]


def test_html_nested_very_deeply(read: Read) -> None:
    assert lines_of(read("a.html", "<div>" * 5000 + "底。")) == ["底。"]


@pytest.mark.parametrize(
    ("rows", "headed", "expected"),
    [
        ([["姓名", "张三"], ["单位", "某局"]], False, ["姓名：张三", "单位：某局"]),
        ([["项目", "内容"], ["培训", "两期"]], False, ["项目：培训；内容：两期"]),
        ([["甲", "乙", "丙"], ["1", "", "3"]], False, ["甲：1；丙：3"]),
        ([["甲", "乙", "丙"], ["小计", "小计", "小计"]], True, ["小计"]),
        ([["1", "2"], ["3", "4"]], False, ["1：2", "3：4"]),
        ([["甲", "乙"]], True, ["甲：乙"]),
        ([["", ""], []], False, []),
    ],
)
def test_table_rows(rows: list[list[str]], headed: bool, expected: list[str]) -> None:
    assert rows_text(rows, headed) == expected
