"""Texts that try to run a script, to load something from outside, or to upset the page, wherever a text is shown."""

from __future__ import annotations

from pathlib import Path

RUN = "document.title='坏';window.yjBad=1"
ATTACKS = (
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f'<svg onload="{RUN}"><a href="javascript:{RUN}">点</a></svg>',
    f'"><iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"[点](javascript:{RUN}) ![图](http://stranger.test/a.png)",
    "<style>@import 'http://stranger.test/a.css';</style><link rel=stylesheet href=http://stranger.test/b.css>",
    "<base href=http://stranger.test/><meta http-equiv=refresh content='0;url=http://stranger.test/'>",
    f"$\\href{{javascript:{RUN}}}{{x}}$ \\[\\includegraphics{{http://stranger.test/c.png}}\\]",
    f'```mermaid\ngraph TD; A["<img src=x onerror={RUN}>"]\n```',
    f"{{{{constructor.constructor('{RUN}')()}}}} ${{{RUN}}} <%= 1 %>",
    "‮反向⁦文字⁩​零宽‍﻿😀👨‍👩‍👧‍👦 &#60;b&#62; &lt;script&gt; ]]> --> '\"`",
)
"""One of each kind: tag, attribute, URL, frame, Markdown, style, base, KaTeX, Mermaid, template, direction."""


def fill(folder: Path) -> None:
    """A library whose texts, titles, headings and names are hostile."""
    for n, attack in enumerate(ATTACKS):
        line = attack.replace("\n", " ")
        text = f"恶意样例{n}号的管理办法{line}\n\n第一章 总则{line}\n\n第一条 样例{n}号应当按照{line}的要求登记。\n"
        (folder / f"样例{n}.txt").write_text(text, encoding="utf-8")
    named = folder / "<img src=x onerror=window.yjBad=1>"
    named.mkdir()
    name = "'\"><svg onload=window.yjBad=1>‮txt.md"
    (named / name).write_text("# 特殊文件名的规定\n\n特殊文件名应当在三日内改正。\n", encoding="utf-8")
