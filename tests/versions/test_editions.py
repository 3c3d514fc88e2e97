"""Edition groups from titles, file names and dates."""

from __future__ import annotations

from qa.retrieve.names import DocumentNames
from qa.types import DocumentInfo, Facts, Standing
from qa.versions import Edition, edition_groups, others


def info(path: str, date: str | None = None, binding: bool = True) -> DocumentInfo:
    title = path.rpartition("/")[2].partition(".")[0]
    return DocumentInfo(path, path, title, 100, 1, 0, "txt", "utf-8", Facts(date=date, binding=binding), ())


def groups(*infos: DocumentInfo, standing: dict[str, Standing] | None = None) -> dict[str, tuple[Edition, ...]]:
    return edition_groups(infos, DocumentNames(infos).profiles, standing or {})


def test_editions_of_a_work_stand_together_oldest_first() -> None:
    made = groups(
        info("新/梅溪县渡船管理办法（2023年修订）.txt", "2023-05-01"),
        info("旧/梅溪县渡船管理办法.txt", "2015-03-01"),
        info("梅溪县码头管理办法.txt", "2015-03-01"),
        standing={"旧/梅溪县渡船管理办法.txt": Standing("已修改")},
    )
    assert set(made) == {"新/梅溪县渡船管理办法（2023年修订）.txt", "旧/梅溪县渡船管理办法.txt"}
    group = made["旧/梅溪县渡船管理办法.txt"]
    assert [(edition.date, edition.status) for edition in group] == [("2015-03-01", "已修改"), ("2023-05-01", "")]
    assert others("旧/梅溪县渡船管理办法.txt", group) == [(group[1], False)]
    assert others("新/梅溪县渡船管理办法（2023年修订）.txt", group) == [(group[0], True)]


def test_years_numbers_and_copies_make_no_editions() -> None:
    assert groups(info("2023年工作总结.txt", "2023-12-01"), info("2024年工作总结.txt", "2024-12-01")) == {}
    assert groups(info("渡船办法的解释（一）.txt", "2015-01-01"), info("渡船办法的解释（二）.txt", "2019-01-01")) == {}
    assert groups(info("甲/渡船办法.txt", "2015-01-01"), info("乙/渡船办法.txt", "2015-01-01")) == {}
    assert groups(info("甲/渡船办法.txt"), info("乙/渡船办法.txt", "2015-01-01")) == {}
