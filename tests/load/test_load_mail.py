"""Mail and saved pages: what is told, what is refused, and bounds on hostile messages."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

import pytest
from sample_files import make_ole

from load.cases.mail import attached, b64, mail, multipart, part
from qa.clean import clean
from qa.errors import ReadError
from qa.types import Loaded

Read = Callable[..., Loaded]
PLAIN = part("text/plain; charset=utf-8", b64("请查收。"))


def text_of(loaded: Loaded) -> str:
    return clean(loaded.blocks).text


def with_file(name: str, data: bytes) -> bytes:
    file = attached("application/octet-stream", data, f'Content-Disposition: attachment; filename="{name}"')
    return mail("Subject: x", multipart("mixed", PLAIN, file))


def test_what_was_not_read_is_told(read: Read) -> None:
    picture = attached("image/png", b"\x89PNG\r\n\x1a\n", "Content-ID: <a>", "Content-Disposition: inline")
    signature = attached("application/pkcs7-signature", b"0", 'Content-Disposition: attachment; filename="smime.p7s"')
    broken = attached("application/pdf", b"%PDF-1.4", 'Content-Disposition: attachment; filename="a.pdf"')
    packed = attached("application/zip", b"PK", 'Content-Disposition: attachment; filename="b.zip"')
    loaded = read("a.eml", mail("Subject: x", multipart("mixed", PLAIN, picture, signature, broken, packed)))
    assert text_of(loaded) == "x\n请查收。"
    assert loaded.title == "x"
    assert loaded.warnings == (
        "邮件带有数字签名，没有验证",
        "正文里有 1 张图片，图片里的文字没有收入",
        "有附件没有收入（a.pdf：PDF 已损坏，打不开；b.zip：不支持 .zip 文件）；需要的话请另存后单独放入",
    )


def test_an_attachments_own_warning_names_it(read: Read) -> None:
    loaded = read("a.eml", with_file("b.docx", "<html><body><p>正文。</p></body></html>".encode()))
    assert text_of(loaded) == "x\n请查收。\nb.docx\n正文。"
    assert loaded.warnings[0].startswith("附件 b.docx：后缀是 .docx，内容其实是 网页")


def test_a_name_with_folders_is_only_a_name(read: Read) -> None:
    assert text_of(read("a.eml", with_file("../../etc/b.txt", "正文。".encode()))) == "x\n请查收。\nb.txt\n正文。"


def test_names_in_raw_gbk(read: Read) -> None:
    data = with_file("NAME", "正文。".encode()).replace(b"NAME", "名单.txt".encode("gb18030"))
    assert text_of(read("a.eml", data)) == "x\n请查收。\n名单.txt\n正文。"


def test_a_picture_with_a_footer_does_not_hide_the_text(read: Read) -> None:
    html = part("text/html; charset=utf-8", b64('<img src="cid:1"><p>退订</p>'))
    long = part("text/plain; charset=utf-8", b64("请各科室在月底以前报送本季度的工作小结。"))
    loaded = read("a.eml", mail("Subject: x", multipart("alternative", long, html)))
    assert text_of(loaded) == "x\n请各科室在月底以前报送本季度的工作小结。"


def test_a_mail_in_a_mail_in_a_mail(read: Read) -> None:
    """Four are read; the fifth is told."""
    inner = mail("Subject: 6", "", "最里面。")
    for number in (5, 4, 3, 2, 1):
        body = f"第{number}层。"
        wrapped = multipart(
            "mixed",
            part("text/plain; charset=utf-8", b64(body)),
            "Content-Type: message/rfc822\r\n\r\n" + inner.decode(),
            boundary=f"b{number}",
        )
        inner = mail(f"Subject: {number}", wrapped)
    loaded = read("a.eml", inner)
    assert [line for line in text_of(loaded).split("\n") if "层" in line] == [
        "第1层。",
        "第2层。",
        "第3层。",
        "第4层。",
    ]
    assert loaded.warnings == (
        "附件 2：附件 3：附件 4：有附件没有收入（5：邮件里套邮件，层数过多）；需要的话请另存后单独放入",
    )


def test_a_part_that_can_not_be_decoded_does_not_cost_the_others(read: Read) -> None:
    odd = part("text/plain; charset=utf-8", base64.encodebytes(bytes(range(128, 256)) * 3).decode())
    loaded = read("a.eml", mail("Subject: x", multipart("mixed", PLAIN, odd)))
    assert text_of(loaded) == "x\n请查收。"
    assert loaded.warnings[0].startswith("正文有一部分没有收入：认不出文字编码")


@pytest.mark.parametrize("date", ["Tue, 99 Foo 2024", "", "2024-03-05", "Tue, 5 Mar 99999999999 1:2:3 +9999999"])
def test_a_date_that_is_none_is_shown_as_written(read: Read, date: str) -> None:
    told = f"\n日期：{date}" if date else ""
    assert text_of(read("a.eml", mail("Subject: x", f"Date: {date}", PLAIN))) == f"x{told}\n请查收。"


def nested(depth: int) -> bytes:
    open_ = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return mail("Subject: x", open_ + PLAIN)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.eml", "只是一段文字，没有邮件头。".encode(), "没有邮件头.*重新另存"),
        ("a.eml", mail("Subject: x", part("application/pkcs7-mime", b64("x"))), "加了密.*解密"),
        ("a.eml", mail("Subject: x", multipart("encrypted", PLAIN)), "加了密"),
        ("a.eml", mail("Subject: x", "Content-Type: text/plain", "", " "), "没有文字"),
        ("a.eml", nested(60), "嵌套过深|损坏"),
        ("a.eml", nested(3000), "嵌套过深|损坏"),
        ("a.eml", mail("Subject: x", multipart("mixed", *[PLAIN] * 2500)), "过多"),
        ("a.mht", mail("MIME-Version: 1.0", PLAIN), "没有网页"),
        ("a.mht", "只是一段文字。".encode(), "没有邮件头"),
        ("a.html", '<frameset><frame src="menu.htm"><frame src="正文.htm"></frameset>'.encode(), "框架.*正文.htm"),
        (
            "a.txt",
            make_ole({"__substg1.0_0037001F": b"x"}),
            "Outlook.*另存为 .eml",
        ),
    ],
)
def test_each_bad_file_says_what_and_what_to_do(read: Read, name: str, content: bytes, message: str) -> None:
    begin = time.monotonic()
    with pytest.raises(ReadError, match=message) as caught:
        read(name, content)
    assert caught.value.todo
    assert time.monotonic() - begin < 20


def test_a_saved_page_under_another_suffix(read: Read) -> None:
    page = multipart("related", part("text/html; charset=utf-8", b64("<body><p>正文。</p></body>")))
    loaded = read("a.html", mail("From: <Saved by Blink>", "MIME-Version: 1.0", page))
    assert (loaded.format, text_of(loaded)) == ("mhtml", "正文。")
    assert "内容其实是 网页归档" in loaded.warnings[0]


def test_a_frame_that_shows_itself_is_read_once(read: Read) -> None:
    html = '<body><p>正文。</p><iframe src="http://example.com/a.htm"></iframe></body>'
    page = multipart("related", part("text/html", b64(html), "Content-Location: http://example.com/a.htm"))
    assert text_of(read("a.mht", mail("MIME-Version: 1.0", page))) == "正文。"


def test_an_address_that_is_none(read: Read) -> None:
    html = '<body><p>正文。</p><iframe src="http://[x"></iframe></body>'
    page = multipart("related", part("text/html", b64(html), "Content-Location: http://[y/"))
    assert text_of(read("a.mht", mail("MIME-Version: 1.0", page))) == "正文。"


@pytest.mark.parametrize(
    ("kept", "html"),
    [
        ("a named part that holds the text", '<div class="share"><p>{text}</p></div><p>脚注。</p>'),
        ("links inside a sentence", "<p><a>甲办法</a>、<a>乙办法</a>、<a>丙办法</a>同时废止。</p><p>{text}</p>"),
        ("three references", "<p>{text}</p><p>附<a>同时废止</a>、<a>第九条</a>、<a>第十条</a></p>"),
        ("a list of headlines", "<p>{text}</p><ul>" + "<li><a>关于做好明年春季防火工作的通知</a></li>" * 3 + "</ul>"),
        ("a hidden class that is not hidden", '<p class="nothidden">{text}</p>'),
        ("a form around the page", "<form><table><tr><td><p>{text}</p></td></tr></table></form>"),
    ],
)
def test_what_only_looks_like_furniture_stays(read: Read, kept: str, html: str) -> None:
    text = "读者凭证入馆，包裹寄存。" * 3
    found = text_of(read("a.html", f"<html><body>{html.format(text=text)}</body></html>"))
    assert text in found
    for piece in ("同时废止", "春季防火"):
        assert (piece in found) == (piece in html), kept


def test_what_word_leaves_in_its_pages(read: Read) -> None:
    html = '<p>会议<?xml:namespace prefix = o ns = "urn:x" />改在<o:p></o:p>周五。</p>'
    assert text_of(read("a.html", f"<body>{html}</body>")) == "会议改在周五。"


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain; charset=\0x",
        "Content-Type: text/plain; charset*1=gb2312; charset*=x''y",
        "Content-Type: text/plain; name*0*=a; name*x=b; name*=c",
        "Content-Type: text/plain; charset=unicode-1-1-no-such",
        "Content-Type: multipart/mixed",
        "Subject: =?gb2312?B?!!!?= =?x?Q?=ZZ?= =??B??=",
        'From: <<<>>>, ;:@ "',
        "Date: =?utf-8?B?/w==?=",
    ],
)
def test_heads_that_are_broken(read: Read, head: str) -> None:
    assert text_of(read("a.eml", f"X: y\r\n{head}\r\n\r\n请查收。".encode())).endswith("请查收。")


def test_deep_pages_with_links_take_no_longer_than_others(read: Read) -> None:
    begin = time.monotonic()
    assert text_of(read("a.html", "<div><a>x</a>" * 20_000 + "<p>正文在这里。</p>")).endswith("正文在这里。")
    assert time.monotonic() - begin < 20
