"""Documents that bear a mark of secrecy are not taken in, and what is held of them goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qa.build import sync
from qa.settings import Settings
from qa.store import Snapshot
from qa.types import SyncReport

Run = Callable[..., SyncReport]

MARKED = "机密★5年\n关于仓库钥匙保管的通知\n各科室：\n备用钥匙由值班室统一保管，领用要登记。\n"
PLAIN = "关于保密教育的通知\n各科室：\n三级秘密文件的传阅办法请各科室认真学习，不得在电话里谈论机密事项。\n"


def paths(index: Path) -> list[str]:
    snapshot = Snapshot.open(index)
    found = [info.path for info in snapshot.infos()]
    snapshot.close()
    return found


def test_a_marked_document_is_refused_and_one_about_secrets_is_not(run: Run, corpus: Path, index: Path) -> None:
    (corpus / "钥匙.txt").write_text(MARKED, encoding="utf-8")
    (corpus / "保密教育.txt").write_text(PLAIN, encoding="utf-8")
    done = run()
    assert "保密教育.txt" in paths(index)
    assert "钥匙.txt" not in paths(index)
    (problem,) = [problem for problem in done.problems if problem.path == "钥匙.txt"]
    assert problem.fatal
    assert problem.message.startswith("文件标有密级“机密★5年”，没有收入。")
    assert "QA_ALLOW_SECRET=true" in problem.message


def test_a_document_that_is_marked_later_leaves_the_index(run: Run, corpus: Path, index: Path) -> None:
    (corpus / "钥匙.txt").write_text(MARKED.partition("\n")[2], encoding="utf-8")
    run()
    assert "钥匙.txt" in paths(index)
    (corpus / "钥匙.txt").write_text(MARKED, encoding="utf-8")
    done = run()
    assert done.removed == 1
    assert "钥匙.txt" not in paths(index)
    assert len(paths(index)) == 3
    assert run().generation == done.generation, "nothing has changed since"


def test_the_setting_lets_it_in_and_out_again(corpus: Path, index: Path) -> None:
    (corpus / "钥匙.txt").write_text(MARKED, encoding="utf-8")
    sync(corpus, index, Settings.load(encoder="none"), lexical_only=True)
    assert "钥匙.txt" not in paths(index)
    sync(corpus, index, Settings.load(encoder="none", allow_secret=True), lexical_only=True)
    snapshot = Snapshot.open(index)
    assert {info.path: info.facts.secrecy for info in snapshot.infos()}["钥匙.txt"] == "机密★5年"
    snapshot.close()
    sync(corpus, index, Settings.load(encoder="none"), lexical_only=True)
    assert "钥匙.txt" not in paths(index)
    assert len(paths(index)) == 3
