"""A citation as it is written under a quotation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from qa.types import Citation
from qa.web.citing import quotation, reference


def _cited(
    title: str = "渡船管理办法",
    breadcrumb: tuple[str, ...] = (),
    page: int | None = None,
    facts: Mapping[str, str] | None = None,
    path: str = "办法/渡船.docx",
) -> Citation:
    return Citation(1, "d1", title, path, 0, 4, "渡船检修", breadcrumb, page, (), facts or {})


@pytest.mark.parametrize(
    ("citation", "written"),
    [
        (_cited(), "《渡船管理办法》"),
        (_cited("《渡船管理办法》"), "《渡船管理办法》"),
        (_cited(""), "《办法/渡船.docx》"),
        (
            _cited(breadcrumb=("第二章 检修", "第十二条"), page=3, facts={"number": "梅政发〔2024〕3号"}),
            "《渡船管理办法》（梅政发〔2024〕3号）第十二条，第 3 页",
        ),
        (_cited(breadcrumb=("第十二条之一 渡船每年检修",)), "《渡船管理办法》第十二条之一"),
        (_cited(breadcrumb=("第十二条", "（一）按期检修")), "《渡船管理办法》第十二条"),
        (
            _cited(breadcrumb=("二、工作要求",), facts={"date": "2026-03-01"}),
            "《渡船管理办法》（2026-03-01）“二、工作要求”部分",
        ),
        (replace(_cited(breadcrumb=("第二章 检修",)), quote="第十二条 每年检修。"), "《渡船管理办法》第十二条"),
        (
            replace(_cited(breadcrumb=("第二章 检修",)), quote="第十条规定的费用自理。"),
            "《渡船管理办法》“第二章 检修”部分",
        ),
    ],
)
def test_written_as_known(citation: Citation, written: str) -> None:
    assert reference(citation) == written


def test_a_quotation_holds_the_quote_unchanged() -> None:
    assert quotation(_cited(breadcrumb=("第一条",))) == "“渡船检修”（《渡船管理办法》第一条）"
