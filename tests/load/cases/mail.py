"""Mail as Chinese mail programs write it: split letters in subjects, raw GBK, versions, attachments, earlier mails."""

from __future__ import annotations

import base64
from quopri import encodestring

from sample_files import make_docx, make_pdf

from load.cases import Case


def b64(text: str, encoding: str = "utf-8") -> str:
    return base64.encodebytes(text.encode(encoding)).decode()


def split_word(text: str, at: int) -> str:
    """An encoded word cut in the middle of a letter, as old mail programs do."""
    raw = text.encode("gb2312")
    words = [base64.b64encode(piece).decode() for piece in (raw[:at], raw[at:])]
    return "\r\n ".join(f"=?gb2312?B?{word}?=" for word in words)


def mail(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def part(kind: str, body: str, *head: str, encoding: str = "base64") -> str:
    return "\r\n".join((f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *head, "", body))


def multipart(kind: str, *parts: str, boundary: str = "=_x1") -> str:
    inner = "".join(f"--{boundary}\r\n{one}\r\n" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{inner}--{boundary}--\r\n'


def attached(kind: str, data: bytes, *head: str) -> str:
    return part(kind, base64.encodebytes(data).decode(), *head)


_SENT = "Date: Tue, 5 Mar 2024 14:30:00 +0800"


def _split_subject() -> bytes:
    return mail(
        f"Subject: {split_word('关于报送培训名单的提醒', 7)}",
        "From: =?GBK?B?" + base64.b64encode("李立峰".encode("gbk")).decode() + "?= <li@example.com>",
        'To: "办公室" <office@example.com>, zhou@example.com',
        _SENT,
        part(
            "text/plain; charset=gb2312", b64("请各科室于周五前报送培训名单。\r\n镕基厅的座位已经排好。\r\n", "gb18030")
        ),
    )


def _raw_headers() -> bytes:
    head = "Subject: 值班表更新\r\nFrom: 赵明 <zhao@example.com>\r\nCc: 档案室 <da@example.com>\r\n".encode("gb18030")
    return head + "Content-Type: text/plain\r\n\r\n本周值班表有更新，请查收。\r\n".encode("gb18030")


def _versions() -> bytes:
    html = (
        "<html><body><p>采购明细如下：</p><table><tr><th>品名</th><th>数量</th></tr><tr><td>文件柜</td><td>6</td></tr>"
        '</table><p>请核对。<img src="cid:a1"></p></body></html>'
    )
    versions = multipart(
        "alternative",
        part("text/plain; charset=utf-8", b64("采购明细如下：\n品名 数量\n文件柜 6\n请核对。")),
        part("text/html; charset=utf-8", encodestring(html.encode()).decode(), encoding="quoted-printable"),
        boundary="=_alt",
    )
    picture = attached("image/png", b"\x89PNG\r\n\x1a\n", "Content-ID: <a1>")
    return mail("Subject: =?utf-8?Q?=E9=87=87=E8=B4=AD?=", _SENT, multipart("related", versions, picture))


def _attachments() -> bytes:
    word = make_docx("<w:p><w:r><w:t>一、总体要求</w:t></w:r></w:p><w:p><w:r><w:t>按季度盘点库房。</w:t></w:r></w:p>")
    pdf = make_pdf([[(60, 700, "盘点由两人共同进行。")], [(60, 700, "盘点结果存档。")]])
    name = f"=?utf-8?B?{base64.b64encode('盘点办法.docx'.encode()).decode()}?="
    continued = "name*0*=gb2312''%C5%CC%B5%E3; name*1*=%CB%B5%C3%F7.pdf"
    inner = mail(
        "Subject: =?utf-8?B?" + base64.b64encode("原来的来信".encode()).decode() + "?=", "", "去年的做法照旧。"
    )
    return mail(
        "Subject: =?utf-8?B?" + base64.b64encode("秋季盘点".encode()).decode() + "?=",
        "From: ku@example.com",
        multipart(
            "mixed",
            part("text/plain; charset=utf-8", b64("材料见附件。")),
            attached(
                "application/octet-stream",
                word,
                f'Content-Disposition: attachment; filename="{name}"',
            ),
            attached(f"application/pdf; {continued}", pdf, "Content-Disposition: attachment"),
            attached("application/x-msdownload", b"MZ", 'Content-Disposition: attachment; filename="setup.exe"'),
            "Content-Type: message/rfc822\r\n\r\n" + inner.decode(),
        ),
    )


def _quoted_above() -> bytes:
    return mail(
        "Subject: RE: 1",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        "> 请问会议室周三能用吗？",
        "> 下午两点开始。",
        "",
        "可以用，已经登记。",
    )


def _history_below() -> bytes:
    return mail(
        "Subject: RE: 1",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        "同意，请按此办理。",
        "",
        "------------------ 原始邮件 ------------------",
        "发件人: 王芳",
        "主题: 请示",
        "",
        "拟于下周更换打印机，妥否，请批示。",
    )


CASES = [
    Case(
        "主题被切开.eml",
        _split_subject,
        (
            "关于报送培训名单的提醒",
            "发件人：李立峰（li@example.com）；收件人：办公室（office@example.com）、zhou@example.com；"
            "日期：2024年3月5日 14:30",
            "请各科室于周五前报送培训名单。",
            "镕基厅的座位已经排好。",
        ),
    ),
    Case(
        "未编码的邮件头.eml",
        _raw_headers,
        (
            "值班表更新",
            "发件人：赵明（zhao@example.com）；抄送：档案室（da@example.com）",
            "本周值班表有更新，请查收。",
        ),
    ),
    Case(
        "两种正文.eml",
        _versions,
        ("采购", "日期：2024年3月5日 14:30", "采购明细如下：", "品名：文件柜；数量：6", "请核对。"),
    ),
    Case(
        "带附件.eml",
        _attachments,
        (
            "秋季盘点",
            "发件人：ku@example.com",
            "材料见附件。",
            "盘点办法.docx",
            "一、总体要求",
            "按季度盘点库房。",
            "盘点说明.pdf",
            "盘点由两人共同进行。",
            "盘点结果存档。",
            "原来的来信",
            "去年的做法照旧。",
        ),
        outline=((1, "盘点办法.docx"), (2, "一、总体要求"), (1, "盘点说明.pdf"), (1, "原来的来信")),
    ),
    Case("引文在上.eml", _quoted_above, ("RE: 1", "可以用，已经登记。", "请问会议室周三能用吗？", "下午两点开始。")),
    Case(
        "来往邮件.eml",
        _history_below,
        (
            "RE: 1",
            "同意，请按此办理。",
            "------------------ 原始邮件 ------------------",
            "发件人: 王芳",
            "主题: 请示",
            "拟于下周更换打印机，妥否，请批示。",
        ),
    ),
]
