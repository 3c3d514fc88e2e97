"""The library page and its interface over a real index: from an upload to its answer, and back."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from qa.assistant import Assistant
from qa.settings import Settings
from qa.store import Writer
from qa.web.app import create_app
from qa.web.keeper import Keeper

NOTICE = "关于食堂供餐时间的通知\n食堂早餐供应时间为七点至八点半。午餐供应时间为十一点半至十三点。\n"
DUTY = "值班制度\n一、值班时间\n工作日值班从早上八点到晚上八点。节假日实行全天值班。\n"


class Site:
    """A client at this machine with its token, and what stands behind it."""

    def __init__(self, place: Path, settings: Settings, assistant: Assistant, keeper: Keeper | None) -> None:
        self.place, self.settings, self.assistant, self.keeper = place, settings, assistant, keeper
        app = create_app(assistant, settings, keeper=keeper)
        self.client = TestClient(app, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 40000))
        self.csrf = re.findall(r'"csrf": "(\w+)"', self.client.get("/library").text)[0]

    def post(self, name: str, body: object):
        return self.client.post(f"/api/library/{name}", json=body, headers={"X-CSRF-Token": self.csrf})

    def put(self, path: str, data: bytes, clash: str = "ask"):
        address = f"/api/library/files?path={quote(path, safe='')}&clash={clash}"
        return self.client.put(address, content=data, headers={"X-CSRF-Token": self.csrf})

    def settle(self, wish: int) -> dict[str, object]:
        deadline = time.monotonic() + 60
        while (status := self.client.get("/api/library/status").json())["done"] < wish:
            assert time.monotonic() < deadline, status
            time.sleep(0.05)
        return status


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("QA_ENCODER", "none")  # the child that syncs sees the environment only
    corpus = tmp_path / "资料"
    (corpus / "通知").mkdir(parents=True)
    (corpus / "通知" / "食堂.txt").write_text(NOTICE, "utf-8")
    (corpus / "坏.pdf").write_bytes(b"not a pdf")
    settings = Settings(corpus=corpus, index=tmp_path / "index", max_file_mb=1)
    assistant = Assistant(settings.index, settings)
    assistant.sync(corpus)
    keeper = Keeper(settings, assistant.status)
    keeper.start()
    made = Site(tmp_path, settings, assistant, keeper)
    yield made
    keeper.stop()
    assistant.close()


def said(site: Site, question: str) -> str:
    return site.client.post("/api/v1/ask", json={"question": question}).text


def test_what_is_uploaded_can_be_asked_about_and_deleted_again(site: Site) -> None:
    assert "八点到晚上八点" not in said(site, "值班时间是几点到几点")
    done = site.put("制度/值班制度😀.txt", DUTY.encode("gb18030", "replace"))
    assert done.status_code == 201
    assert done.json()["path"] == "制度/值班制度😀.txt"
    site.settle(done.json()["wish"])
    (file,) = site.post("results", {"paths": ["制度/值班制度😀.txt"]}).json()["files"]
    assert (file["state"], file["info"]["encoding"]) == ("read", "gb18030")
    assert "早上八点到晚上八点" in said(site, "值班时间是几点到几点")

    gone = site.post("delete", {"paths": ["制度/值班制度😀.txt"]}).json()
    site.settle(gone["wish"])
    assert "早上八点到晚上八点" not in said(site, "值班时间是几点到几点")
    (held,) = site.client.get("/api/library/bin").json()["items"]
    assert held["path"] == "制度/值班制度😀.txt"
    assert "值班制度😀.txt" in site.client.get("/library/bin").text

    back = site.post("restore", {"ids": [held["id"]]}).json()
    assert back["done"] == [{"id": held["id"], "path": "制度/值班制度😀.txt"}]
    site.settle(back["wish"])
    assert "早上八点到晚上八点" in said(site, "值班时间是几点到几点")
    log = site.client.get("/library/log").text
    assert [log.count(f">{what}<") for what in ("上传", "恢复")] == [1, 1]
    assert "本机用户" in log


def test_the_last_file_can_be_deleted_and_the_library_is_empty(site: Site) -> None:
    gone = site.post("delete", {"paths": ["通知", "坏.pdf"]}).json()
    assert len(gone["done"]) == 2
    status = site.settle(gone["wish"])
    assert (status["documents"], status["failure"]) == (0, None)
    assert site.client.get("/library").status_code == 200
    assert "没有文件" in site.client.get("/library/health").text
    back = site.post("restore", {"ids": [one["id"] for one in gone["done"]]}).json()
    assert site.settle(back["wish"])["documents"] == 1


def test_an_archive_is_a_folder_of_files_that_are_changed_with_it(site: Site) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2024/值班.txt", DUTY)
        archive.writestr("坏.pdf", "不是")
    done = site.put("年报.zip", packed.getvalue())
    site.settle(done.json()["wish"])
    found = {file["path"]: file["state"] for file in site.post("results", {"paths": ["年报.zip"]}).json()["files"]}
    assert found == {"年报.zip/2024/值班.txt": "read", "年报.zip/坏.pdf": "unread"}
    assert "早上八点到晚上八点" in said(site, "值班时间是几点到几点")
    page = site.client.get("/library", params={"folder": "年报.zip/2024"}).text
    assert "值班.txt" in page
    assert 'data-path="年报.zip/' not in page
    assert 'data-path="年报.zip"' in site.client.get("/library").text
    gone = site.post("delete", {"paths": ["年报.zip"]}).json()
    assert site.settle(gone["wish"])["documents"] == 1


def test_a_bad_file_is_told_per_file(site: Site) -> None:
    done = site.put("通知/空白.txt", b" \n ")
    site.settle(done.json()["wish"])
    (file,) = site.post("results", {"paths": ["通知/空白.txt"]}).json()["files"]
    assert file["state"] == "unread"
    assert "文件是空的" in file["messages"][0]
    page = site.client.get("/library", params={"folder": "通知"}).text
    assert "文件是空的" in page
    assert 'class="yl-state yl-unread"' in page


def test_a_taken_name_is_asked_about(site: Site) -> None:
    new = "另一份食堂的通知，写着晚餐供应时间为十七点至十八点。"
    asked = site.put("通知/食堂.txt", new.encode())
    assert (asked.status_code, asked.json()["code"]) == (409, "taken")
    assert site.put("通知/食堂.txt", new.encode(), "both").json()["path"] == "通知/食堂 (2).txt"
    done = site.put("通知/食堂.txt", new.encode(), "replace").json()
    assert done["replaced"]
    site.settle(done["wish"])
    assert (site.settings.corpus / "通知" / "食堂.txt").read_text("utf-8") == new
    assert [item["why"] for item in site.client.get("/api/library/bin").json()["items"]] == ["replaced"]


@pytest.mark.parametrize(
    ("path", "status", "why"),
    [
        ("../外.txt", 422, "不能是"),
        ("a/../../外.txt", 422, "不能是"),
        ("/外.txt", 422, "空的"),
        ("..\\外.txt", 422, "不能用的字符"),
        ("CON.txt", 422, "保留名称"),
        (".隐.txt", 422, "隐藏"),
        (".youju/bin/x.txt", 422, "隐藏"),
        ("a.exe", 422, "不支持 .exe"),
        ("a\x00.txt", 422, "控制字符"),
        ("长" * 90 + ".txt", 422, "太长"),
    ],
)
def test_bad_names_are_refused(site: Site, path: str, status: int, why: str) -> None:
    before = sorted(p for p in site.place.rglob("*") if "index" not in p.parts)
    done = site.put(path, b"1")
    assert (done.status_code, why in done.json()["message"]) == (status, True), done.json()
    assert sorted(p for p in site.place.rglob("*") if "index" not in p.parts) == before


def test_a_file_over_the_limit_is_refused_whether_or_not_it_says_its_length(site: Site) -> None:
    def unsaid() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 50_000

    for body in (b"x" * (2**20 + 1), unsaid()):
        done = site.put("大.txt", body)  # type: ignore[arg-type]
        assert (done.status_code, done.json()["message"]) == (413, "文件太大。")
    assert site.put("大.txt", ("大" * 300_000).encode()).status_code == 201
    assert not list((site.settings.corpus / ".youju" / "incoming").iterdir())


def test_reading_again_and_all_again(site: Site) -> None:
    first = site.client.get("/api/library/status").json()["generation"]
    one = site.post("sync", {"again": ["通知/食堂.txt"]}).json()
    second = site.settle(one["wish"])["generation"]
    every = site.post("sync", {"rebuild": True}).json()
    third = site.settle(every["wish"])["generation"]
    none = site.post("sync", {}).json()
    assert site.settle(none["wish"])["generation"] == third
    assert [first < second, second < third] == [True, True]
    assert site.post("sync", {"again": ["没有.txt"]}).status_code == 422


def test_a_change_from_outside_is_taken_in_by_syncing(site: Site) -> None:
    (site.settings.corpus / "值班.txt").write_text(DUTY, "utf-8")
    assert '"yl-state yl-new"' in site.client.get("/library").text
    status = site.settle(site.post("sync", {}).json()["wish"])
    assert (status["documents"], status["failure"]) == (2, None)


def test_a_sync_waits_for_another_programs(site: Site) -> None:
    with Writer(site.settings.index):
        wish = site.put("值班.txt", DUTY.encode()).json()["wish"]
        time.sleep(1.5)
        status = site.client.get("/api/library/status").json()
        assert (status["doing"], status["done"] < wish) == ("waiting", True)
    assert site.settle(wish)["documents"] == 2


def test_a_failed_sync_is_told(site: Site) -> None:
    (site.settings.corpus / "通知" / "食堂.txt").unlink()
    (site.settings.corpus / "坏.pdf").unlink()
    assert "两者不是一套" in site.post("sync", {}).json()["message"]
    assert site.keeper is not None
    status = site.settle(site.keeper.wish())
    assert str(status["failure"]).startswith("资料文件夹里没有可读的文件")
    assert "没有改动" in str(status["failure"])
    assert status["documents"] == 1


def test_an_index_of_another_folder_is_not_replaced(site: Site, tmp_path: Path) -> None:
    other = tmp_path / "别的资料"
    other.mkdir()
    (other / "别的.txt").write_text(DUTY, "utf-8")
    settings = site.settings.model_copy(update={"corpus": other})
    wrong = Site(site.place, settings, site.assistant, site.keeper)
    for response in (wrong.post("sync", {}), wrong.put("a.txt", b"1"), wrong.post("delete", {"paths": ["别的.txt"]})):
        assert response.status_code == 422
        assert "两者不是一套" in response.json()["message"]
    assert (other / "别的.txt").is_file()


def test_searching_sorting_and_folders(site: Site) -> None:
    assert site.post("folders", {"path": "讲话/2024"}).status_code == 201
    assert site.post("folders", {"path": "讲话"}).status_code == 409
    assert site.post("folders", {"path": "讲话/.x"}).status_code == 422
    found = site.client.get("/api/library/files", params={"q": "食"}).json()
    assert [(f["path"], f["state"]) for f in found["files"]] == [("通知/食堂.txt", "read")]
    found = site.client.get("/api/library/files", params={"folder": "讲话"}).json()
    assert found["folders"] == [{"name": "2024", "files": 0}]
    assert site.client.get("/api/library/files", params={"folder": "../.."}).status_code == 422
    assert site.client.get("/library", params={"folder": "没有"}).status_code == 422
    page = site.client.get("/library", params={"q": "<script>alert(1)</script>"}).text
    assert "没有名称里含有这些字的文件" in page
    assert "<script>alert" not in page


def test_the_original_comes_as_a_download_only(site: Site) -> None:
    name = "坏 <b>😀.html"
    (site.settings.corpus / "网页😀.html").write_text("<script>alert(1)</script>正文正文", "utf-8")
    got = site.client.get("/api/library/file", params={"path": "网页😀.html"})
    assert got.content == "<script>alert(1)</script>正文正文".encode()
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote('网页😀.html')}"
    assert got.headers["x-content-type-options"] == "nosniff"
    (site.settings.corpus / "链.txt").symlink_to("/etc/hostname")
    for path in ("../index/current.json", "链.txt", "没有.txt", "", name, ".youju/x"):
        assert site.client.get("/api/library/file", params={"path": path}).status_code == 422, path


def test_hostile_names_are_shown_as_text(site: Site) -> None:
    name = "<img src=x onerror=alert(1)>&\"'.txt"
    (site.settings.corpus / name).write_text(DUTY, "utf-8")
    site.settle(site.post("sync", {}).json()["wish"])
    site.post("delete", {"paths": [name]})
    (site.settings.corpus / name).write_text(DUTY, "utf-8")
    for path in ("/library", "/library/health", "/library/bin", "/library/log"):
        page = site.client.get(path).text
        assert "<img" not in page, path
    facts = re.findall(r'id="yl-facts">(.*?)</script>', site.client.get("/library").text)
    assert json.loads(facts[0])["limit"] == 1


def test_the_health_report_in_every_form(site: Site) -> None:
    page = site.client.get("/library/health").text
    assert "总评" in page
    assert "坏.pdf" in page
    made = site.client.get("/api/library/health-report").json()
    assert made["totals"]["unread"] == 1
    good = next(file for file in made["files"] if file["doc_id"])
    one = site.client.get(f"/api/documents/{good['doc_id']}/health-report").json()
    assert (one["path"], one["chars"]) == ("通知/食堂.txt", len(NOTICE.strip()))
    assert site.client.get("/api/documents/none/health-report").status_code == 422
    for kind in ("html", "md", "csv"):
        saved = site.client.get(f"/library/health.{kind}")
        assert saved.status_code == 200
        assert "坏.pdf" in saved.text
        assert "attachment" in saved.headers["content-disposition"]
    assert site.client.get("/library/health.exe").status_code == 422
    part = site.client.get("/library/health", params={"path": "坏.pdf"}).text
    assert "坏.pdf" in part
    assert "食堂" not in part


def test_both_languages(site: Site) -> None:
    for path in ("/library", "/library/health", "/library/bin", "/library/log"):
        page = site.client.get(path, params={"lang": "en"}).text
        shown = re.sub(r"<script.*?</script>", "", page)
        assert 'lang="en"' in page
        for text in ("资料库", "体检", "回收站", "立即同步"):
            assert text not in re.sub(r'aria-label="[^"]*"', "", shown).replace("中文", ""), (path, text)


def test_an_index_that_does_not_open_leaves_a_page(tmp_path: Path) -> None:
    settings = Settings(corpus=tmp_path / "没有", index=tmp_path / "index")
    assistant = Assistant(settings.index, settings)
    client = TestClient(create_app(assistant, settings), base_url="http://127.0.0.1", client=("127.0.0.1", 1))
    page = client.get("/library", headers={"accept": "text/html"})
    assert page.status_code == 422
    assert "资料文件夹不存在" in page.text
