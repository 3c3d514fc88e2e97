"""Web pages as offices save them, whole and as one file."""

from __future__ import annotations

from quopri import encodestring

from load.cases import Case
from load.cases.mail import b64, mail, multipart, part

_BODY = (
    "<h1>关于开放阅览室的公告</h1><p>阅览室自五月一日起<b>延长</b>开放时间，欢迎广大读者前来阅览，\n请自觉遵守有关规定。</p>"
    '<h2>一、开放时间</h2><ol><li>周一至周五，九点到二十点</li><li value="4">周末，九点到十七点</li></ol>'
    "<h2>二、收费标准</h2><table><tr><th>项目</th><th>价格</th></tr><tr><td rowspan=2>复印</td><td>每张五角</td></tr>"
    "<tr><td>彩色每张二元</td></tr></table><p>&emsp;&emsp;第一段。<br>&emsp;&emsp;第二段。</p>"
    '<ul><li><a href="a.docx">读者登记表</a></li><li><a href="b.docx">借阅规则</a></li>'
    '<li><a href="c.pdf">座位图</a></li></ul>'
)
_READ = (
    "关于开放阅览室的公告",
    "阅览室自五月一日起延长开放时间，欢迎广大读者前来阅览，请自觉遵守有关规定。",
    "一、开放时间",
    "1. 周一至周五，九点到二十点",
    "4. 周末，九点到十七点",
    "二、收费标准",
    "项目：复印；价格：每张五角",
    "项目：复印；价格：彩色每张二元",
    "第一段。",
    "第二段。",
    "读者登记表",
    "借阅规则",
    "座位图",
)
_OUTLINE = (
    (1, "一、开放时间"),
    (2, "1.周一至周五，九点到二十点"),
    (2, "4.周末，九点到十七点"),
    (1, "二、收费标准"),
)
_SITE = """<html><head><meta charset="{charset}"><title>公告</title><style>p{{}}</style></head><body>
<div class="topBar"><a href="/">首页</a> <a href="/a">机构</a> <a href="/b">公开</a> <a href="/c">服务</a></div>
<div id="mainNav"><ul><li><a href="/1">馆情概况</a></li><li><a href="/2">办事指南</a></li></ul></div>
<div class="BreadCrumb">您的位置：<a>首页</a> &gt; <a>公告</a></div>
<p>当前位置：首页 &gt; 政务公开 &gt; 公告</p>{body}
<div style="display: none">未登录用户看不到的提示。</div><p hidden>隐藏段。</p>
<div class="bdsharebuttonbox"><a>微信</a><a>微博</a></div><p>上一篇：<a>关于闭馆的公告</a></p>
<table><tr><td><a href="/x">友情链接</a></td><td><a href="/y">网站地图</a></td>
<td><a href="/z">联系我们</a></td><td><a href="/w">隐私声明</a></td></tr></table>
<footer>版权所有</footer><div class="footer">备案号 0000</div>
<script>document.write("<p>广告</p>")</script></body></html>"""


def _site(charset: str, codec: str) -> bytes:
    return _SITE.format(charset=charset, body=_BODY).encode(codec)


def _archived() -> bytes:
    html = _SITE.format(charset="gb2312", body=_BODY).encode("gb18030")
    page = part("text/html; charset=gb2312", encodestring(html).decode(), encoding="quoted-printable")
    picture = part("image/png", b64("x"), "Content-Location: http://example.com/a.png")
    return mail("From: <Saved by Blink>", "MIME-Version: 1.0", multipart('related; type="text/html"', page, picture))


def _archived_frames() -> bytes:
    outer = '<html><frameset cols="20%,80%"><frame src="menu.htm"><frame src="main.htm"></frameset></html>'
    inner = f"<html><body>{_BODY}</body></html>"
    parts = [
        part("text/html", b64(text, codec), f"Content-Location: http://example.com/d/{name}")
        for text, name, codec in ((outer, "index.htm", "ascii"), (inner, "main.htm", "utf-8"))
    ]
    return mail("MIME-Version: 1.0", multipart("related", *parts))


def _index_page() -> bytes:
    """A page that is a list of links: the links are its text."""
    names = ("防火须知", "防汛须知", "用电须知", "用气须知")
    return (
        "<body><ul>" + "".join(f'<li><a href="{n}">{name}</a></li>' for n, name in enumerate(names)) + "</ul>"
    ).encode()


CASES = [
    Case("公告.html", lambda: _site("utf-8", "utf-8"), _READ, outline=_OUTLINE),
    Case("公告-错标编码.html", lambda: _site("utf-8", "gb18030"), _READ, outline=_OUTLINE),
    Case("公告-错标国标.htm", lambda: _site("gb2312", "utf-8"), _READ, outline=_OUTLINE),
    Case("公告-归档.mht", _archived, _READ, outline=_OUTLINE),
    Case("公告-归档的框架.mhtml", _archived_frames, _READ, outline=_OUTLINE),
    Case("目录页.html", _index_page, ("防火须知", "防汛须知", "用电须知", "用气须知")),
]
