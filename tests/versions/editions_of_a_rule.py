"""Two editions of a small rule of our own: articles kept, changed, moved, added, dropped, split and joined."""

from __future__ import annotations

from qa.outline import outline
from qa.types import Canonical, Document

OLD = """梅溪县渡船管理办法
2015年3月1日梅溪县人民政府公布
第一章 总则
第一条 为了保障渡船和乘客的安全，制定本办法。
第二条 县交通局主管全县渡船工作。
第三条 渡船每年检修一次，费用由经营人承担。
第四条 渡工应当年满十八周岁，会游泳，经县交通局考核合格。渡工每两年体检一次，体检不合格的，不得上船。
第五条 遇六级以上大风或者大雾，渡船一律停航。
第六条 渡口应当设置候船亭、照明灯和告示牌。
第七条 渡运收费标准由县物价局核定，并在渡口公布。
第二章 罚则
第八条 超载渡运的，处二百元罚款。
第九条 无证驾驶渡船的，处五百元罚款。
第十条 本办法自2015年4月1日起施行。"""

NEW = """梅溪县渡船管理办法
2023年5月1日梅溪县人民政府修订公布
第一章 总则
第一条 为了保障渡船和乘客的安全，制定本办法。
第二条 县交通运输局主管全县渡船工作。
第三条 渡口应当设置候船亭、照明灯和告示牌。
第四条 渡船每半年检修一次，费用由经营人承担。
检修记录保存三年。
第五条 渡工应当年满十八周岁，会游泳，经县交通运输局考核合格。
第六条 渡工每两年体检一次，体检不合格的，不得上船。
第七条 遇六级以上大风或者大雾，渡船一律停航。
第八条 渡船应当配备救生衣，数量不少于核定的乘客人数。
第二章 罚则
第九条 超载渡运的，处五百元罚款；无证驾驶渡船的，处五百元罚款。
第十条 本办法自2023年6月1日起施行。"""


def document(text: str, name: str = "梅溪县渡船管理办法", doc_id: str = "") -> Document:
    made = outline(Canonical(text), name)
    return Document(doc_id or name, f"{name}.txt", made.title, text, (), made.sections, made.facts)


def editions() -> tuple[Document, Document]:
    return document(OLD, doc_id="旧"), document(NEW, doc_id="新")
