"""The reading page over a real index: parts, outline, search, citations, the original file."""

from __future__ import annotations

import html
import re
import zipfile
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from qa.assistant import Assistant
from qa.settings import Settings
from qa.types import Document, PageStart, Section
from qa.web.app import create_app
from qa.web.reader import reader
from qa.web.reader.find import Finder
from qa.web.reader.outline import FLAT, GROUP, MANY, branch
from qa.web.reader.parts import PART, WHOLE, bounds, part, part_of
from qa.web.texts_reader import READER_EN, READER_ZH

LAW = "梅溪县渡船管理办法\n第一章 总则\n" + "\n".join(
    f"第{n}条 渡船每年检修一次，费用由经营人承担。𠮷祥渡口第{n}号泊位由守渡人看管，不得随意停靠其他船只。"
    for n in range(1, 2001)
)
NOTICE = "关于渡口值守的通知\n各渡口夜间须有人值守。\n"


def paragraphs(page: str) -> dict[int, str]:
    """Offset → text of each paragraph, read back from the HTML."""
    found = re.findall(r'<p[^>]* data-s="(\d+)">(.*?)</p>', page)
    return {int(start): html.unescape(re.sub(r"<[^>]*>", "", inner)) for start, inner in found}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("渡") / "资料"
    (folder / "通知").mkdir(parents=True)
    (folder / "渡船管理办法.txt").write_text(LAW, "utf-8")
    (folder / "通知" / "值守 通知（2024）.txt").write_bytes(NOTICE.encode("gb18030"))
    (folder / "plain name.html").write_text(
        "<h1>说明</h1><p>渡口开放时间见站牌。</p><script>alert(1)</script>", "utf-8"
    )
    (folder / "会改.md").write_text("# 泊位表\n\n一号泊位归东村使用。\n", "utf-8")
    (folder / "会走.md").write_text("# 船员表\n\n老王是甲船的船员。\n", "utf-8")
    with zipfile.ZipFile(folder / "附件.zip", "w") as packed:
        packed.writestr("里面.txt", "压缩包里的材料说，每条船配两件救生衣。")
    return folder


@pytest.fixture(scope="module")
def assistant(corpus: Path) -> Assistant:
    settings = Settings(corpus=corpus, index=corpus.parent / "index", encoder="none")
    made = Assistant(settings.index, settings)
    made.sync(corpus)
    return made


@pytest.fixture
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_app(assistant, assistant.settings), base_url="http://127.0.0.1:7860")


@pytest.fixture
def ids(assistant: Assistant) -> dict[str, str]:
    return {info.path: info.id for info in assistant.documents()}


@pytest.fixture
def law(ids: dict[str, str]) -> str:
    return ids["渡船管理办法.txt"]


def test_a_long_document_comes_in_parts_that_are_all_of_it(client: TestClient, law: str, assistant: Assistant) -> None:
    text = assistant.document(law).text
    assert len(text) > WHOLE
    page = client.get(f"/doc/{law}").text
    version = re.search(r'data-v="([^"]+)"', page)
    assert version is not None
    cuts = bounds(text)
    assert f'data-cuts="{" ".join(map(str, cuts))}"' in page
    found = {}
    for n in range(len(cuts) - 1):
        answer = client.get(f"/doc/{law}/part", params={"n": n, "v": version[1]})
        assert answer.status_code == 200
        found |= paragraphs(answer.text)
    assert "\n".join(found.values()) == text
    assert all(text.startswith(line, start) for start, line in found.items())
    assert client.get(f"/doc/{law}/part", params={"n": len(cuts) - 1}).status_code == 422
    assert client.get(f"/doc/{law}/part", params={"n": 0, "v": "旧"}).status_code == 409
    assert len(page.encode()) < 200_000


def test_all_of_it_is_read_without_scripts(client: TestClient, law: str, assistant: Assistant) -> None:
    """Leafing by the links of the noscript part, from the first to the last."""
    found: dict[int, str] = {}
    address, seen = f"/doc/{law}", 0
    while address:
        page = client.get(address).text
        found |= paragraphs(page)
        link = re.search(r'<noscript>.*?<a rel="next" href="(\?part=\d+)">', page)
        address = f"/doc/{law}{link[1]}" if link else ""
        seen += 1
    text = assistant.document(law).text
    assert "\n".join(found.values()) == text
    assert seen == len(bounds(text)) - 1
    for wrong in ("0", "99999999", "x", "²"):
        assert client.get(f"/doc/{law}?part={wrong}").status_code == 200


@given(st.text(alphabet="渡船。，\n😀 a", max_size=80).map(lambda s: s * 400))
def test_parts_cover_the_text(text: str) -> None:
    cuts = bounds(text)
    assert cuts[0] == 0
    assert cuts[-1] == len(text)
    assert cuts == sorted(set(cuts)) or not text
    assert max((b - a for a, b in pairwise(cuts)), default=0) <= 2 * PART
    assert all(cuts[part_of(cuts, at)] <= at < cuts[part_of(cuts, at) + 1] for at in range(0, len(text), 997))


def test_a_line_without_end_is_parted_at_marks_and_goes_on() -> None:
    text = "渡口夜间须有人值守，" * 5000
    cuts = bounds(text)
    document = Document("x", "x.txt", "长", text)
    shown = [part(document, cuts, n, "zh") for n in range(len(cuts) - 1)]
    assert "".join("".join(paragraphs(one).values()) for one in shown) == text
    assert 'class="c"' not in shown[0]
    assert all('class="c"' in one for one in shown[1:])
    assert all(text[cut - 1] == "，" for cut in cuts[1:])


def test_pages_are_named_as_people_call_them() -> None:
    text = "甲\n乙丙\n丁"
    pages = (PageStart(1, 0), PageStart(2, 3), PageStart(3, 5))
    for path, lang, told in (
        ("a.pdf", "zh", "第 2 页"),
        ("a.xlsx", "zh", "第 2 张工作表"),
        ("a.pptx", "zh", "第 2 张幻灯片"),
        ("a.pdf", "en", "page 2"),
    ):
        page = reader(Document("x", path, "表", text, pages), lang, "", {})  # type: ignore[arg-type]
        assert f'乙<i class="pg" role="doc-pagebreak" aria-label="{told}"' in page
        assert page.count('class="pg"') == 3


def test_a_long_outline_is_sent_branch_by_branch() -> None:
    sections = [Section(1, "第一编", "", 0, 10_000), Section(2, "第一章", "", 1, 9000, 0)]
    sections += [Section(3, f"第{n}条", "", 2 + n, 3 + n, 1) for n in range(1000)]
    sections += [Section(2, "第二章", "", 9000, 10_000, 0), Section(1, "第二编", "", 10_000, 10_001)]

    def links(first: int, end: int) -> tuple[list[int], list[str]]:
        made = branch(sections, first, end, lambda offset: f"#s{offset}")
        return [int(s) for s in re.findall(r'data-s="(\d+)"', made)], re.findall(r'data-more="(\d+-\d+)"', made)

    shown, more = links(0, len(sections))
    assert shown == [0, 1, 9000, 10_000]
    assert more == ["2-1002"]
    shown, more = links(2, 1002)
    assert len(shown) == len(more) == 1000 // GROUP
    assert more[0] == f"2-{2 + GROUP}"
    shown, more = links(2, 2 + GROUP)
    assert (len(shown), more) == (GROUP, [])
    assert links(0, 2 + FLAT)[1] == []
    assert len(sections) > MANY
    everything: list[int] = []
    todo = [(0, len(sections))]
    while todo:
        shown, more = links(*todo.pop())
        everything += shown
        todo += [tuple(map(int, one.split("-"))) for one in more]  # type: ignore[misc]
    assert {section.start for section in sections} == set(everything)


def test_the_outline_of_a_document_leads_to_its_parts(client: TestClient, law: str, assistant: Assistant) -> None:
    last = assistant.document(law).sections[-1]
    part_number = part_of(bounds(assistant.document(law).text), last.start) + 1
    page = client.get(f"/doc/{law}").text
    more = re.findall(r'data-more="(\d+)-(\d+)"', page)
    assert more
    a, b = more[-1]
    answer = client.get(f"/doc/{law}/outline", params={"a": a, "b": b}).text
    while inner := re.findall(r'data-more="(\d+)-(\d+)"', answer):
        answer = client.get(f"/doc/{law}/outline", params={"a": inner[-1][0], "b": inner[-1][1]}).text
    assert f'href="?part={part_number}#s{last.start}"' in answer
    assert client.get(f"/doc/{law}/outline?a=9&b=3").status_code == 200


def test_words_are_found_wherever_they_stand(client: TestClient, law: str, assistant: Assistant) -> None:
    text = assistant.document(law).text
    body = client.get(f"/doc/{law}/find", params={"q": "𠮷祥渡口第1"}).json()
    wanted = [m.start() for m in re.finditer("𠮷祥渡口第1", text)]
    assert (body["count"], body["starts"], body["length"]) == (len(wanted), wanted, 6)
    assert client.get(f"/doc/{law}/find", params={"q": "渔船"}).json()["count"] == 0
    many = client.get(f"/doc/{law}/find", params={"q": "渡"}).json()
    assert many["count"] == text.count("渡") > len(many["starts"]) == many["listed"] == 5000
    changed = client.get(f"/doc/{law}/find", params={"q": "渡", "v": "旧"})
    assert (changed.status_code, changed.json()["code"]) == (409, "changed")


def test_case_and_width_make_no_difference() -> None:
    find = Finder()
    text = "见ＡＢＣ标准，ﬁ 与 İ 不动；abc，Abc。"
    assert find(text, "abc") == (3, [1, text.index("abc"), text.index("Abc")])
    assert find(text, "标准,") == (1, [4])
    assert find(text, "İ") == (1, [text.index("İ")])
    assert find("aaaa", "aa") == (2, [0, 2])
    assert find(text, "") == (0, [])


def test_a_selection_is_cited_with_number_and_article(client: TestClient, law: str, assistant: Assistant) -> None:
    text = assistant.document(law).text
    start = text.index("第7号泊位")
    body = client.get(f"/doc/{law}/cite", params={"start": start, "end": start + 5}).json()
    assert body == {"text": "“第7号泊位”（《梅溪县渡船管理办法》第7条）"}
    for start, end in ((5, 5), (6, 5), (0, len(text) + 1), (0, 20_001)):
        answer = client.get(f"/doc/{law}/cite", params={"start": start, "end": end})
        assert answer.status_code == 422
        assert answer.json()["message"]


def test_the_original_is_handed_out_as_it_is(client: TestClient, ids: dict[str, str], corpus: Path) -> None:
    path = "通知/值守 通知（2024）.txt"
    answer = client.get(f"/doc/{ids[path]}/file")
    assert answer.content == (corpus / path).read_bytes()
    assert answer.headers["content-type"] == "text/plain; charset=gb18030"
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment; filename=\"document.txt\"; filename*=UTF-8''")
    assert unquote(said.partition("UTF-8''")[2]) == "值守 通知（2024）.txt"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    head = client.head(f"/doc/{ids[path]}/file")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(answer.content)))
    page = client.get(f"/doc/{ids['plain name.html']}/file")
    assert page.headers["content-type"].startswith("text/html")
    assert 'attachment; filename="plain_name.html"' in page.headers["content-disposition"]


def test_what_cannot_be_handed_out_is_told(client: TestClient, ids: dict[str, str], corpus: Path) -> None:
    def told(path: str) -> tuple[int, str]:
        answer = client.get(f"/doc/{ids[path]}/file")
        assert answer.headers["content-type"].startswith("text/html")
        assert "content-disposition" not in answer.headers
        return answer.status_code, answer.text

    status, text = told("附件.zip/里面.txt")
    assert (status, "装在压缩包“附件.zip”里" in text) == (404, True)
    (corpus / "会改.md").write_text("# 泊位表\n\n一号泊位归西村使用。\n", "utf-8")
    status, text = told("会改.md")
    assert (status, "在建立索引之后改过" in text) == (409, True)
    kept = (corpus / "会走.md").read_bytes()
    (corpus / "会走.md").unlink()
    status, text = told("会走.md")
    assert (status, "已不在资料文件夹里" in text) == (404, True)
    outside = corpus.parent / "外面.md"
    outside.write_bytes(kept)
    (corpus / "会走.md").symlink_to(outside)
    status, text = told("会走.md")
    assert (status, "资料文件夹之外" in text) == (404, True)
    (corpus / "会走.md").unlink()
    (corpus / "会走.md").mkdir()
    status, text = told("会走.md")
    assert status == 409
    (corpus / "会走.md").rmdir()
    (corpus / "会走.md").write_bytes(kept)
    assert client.get(f"/doc/{ids['会走.md']}/file").content == kept
    for wrong in ("none", "..%2F..%2Fetc%2Fpasswd", "%00"):
        assert client.get(f"/doc/{wrong}/file").status_code == 404


def test_both_languages_have_every_text_of_their_own() -> None:
    assert READER_ZH.keys() == READER_EN.keys()
    assert not [text for text in READER_EN.values() if re.search("[一-鿿]", text)]
    bare = [re.sub(r"\{\w+\}", "", text) for text in READER_ZH.values()]
    assert not [text for text in bare if re.search("[A-Za-z]", text)]
