"""Any sentence-transformers model: a small random BERT made here, loaded by Youju and by the library itself."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.encode import check_encoder, encoder_name, open_encoder
from qa.errors import EncoderUnavailable
from qa.protocols import Encoder
from qa.settings import Settings

TEXTS = ["调查研究", "基层治理的主要做法有哪些？", "好", "第一条 为了规范管理", "群众路线" * 40, ""]
PROMPTS = {"query": "问：", "passage": "文：", "document": "文："}


def make(folder: Path, prompts: dict[str, str], seed: int = 0) -> Path:
    """Two layers of eight, one token a character, at most 32 tokens."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    letters = sorted(set("".join(TEXTS) + "问文：甲乙"))
    vocabulary = {token: place for place, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters])}
    inner = Tokenizer(models.WordLevel(vocabulary, "[UNK]"))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    inner.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, model_max_length=32, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]"
    )
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=32, initializer_range=0.8,
    )  # fmt: skip
    plain = folder.with_name(folder.name + "-plain")
    BertModel(config).save_pretrained(plain)
    tokenizer.save_pretrained(plain)
    SentenceTransformer(modules=[Transformer(str(plain)), Pooling(8)], prompts=prompts).save(str(folder))
    shutil.rmtree(plain)
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("transformer") / "小模型", PROMPTS)


@pytest.fixture(scope="session")
def model(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


@pytest.fixture(scope="session")
def small(folder: Path) -> Encoder:
    made = open_encoder(Settings(encoder=str(folder), threads=1))
    assert made is not None
    return made


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / folder.name))


def test_gives_the_vectors_of_sentence_transformers(small: Encoder, model: Any) -> None:
    assert isinstance(small, Encoder)
    assert small.dim == 8
    options = {"normalize_embeddings": True, "show_progress_bar": False}
    np.testing.assert_allclose(small.encode_queries(TEXTS), model.encode(TEXTS, prompt="问：", **options), atol=1e-5)
    np.testing.assert_allclose(small.encode_passages(TEXTS), model.encode(TEXTS, prompt="文：", **options), atol=1e-5)
    assert np.abs(small.encode_queries(TEXTS) - small.encode_passages(TEXTS)).max() > 1e-3


def test_rows_are_of_unit_length_and_in_order(small: Encoder) -> None:
    many = TEXTS * 5
    rows = small.encode_passages(many)
    assert (rows.dtype, rows.shape) == (np.float32, (30, 8))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows[:6], rows[-6:], atol=1e-5)
    assert small.encode_queries([]).shape == (0, 8)


def test_the_models_maximum_length_holds(small: Encoder) -> None:
    long = "群众路线" * 30
    np.testing.assert_allclose(small.encode_passages([long + "甲"]), small.encode_passages([long + "乙"]), atol=1e-6)


def test_half_a_surrogate_pair_does_no_harm(small: Encoder) -> None:
    assert small.encode_queries(["好\ud83d"]).shape == (1, 8)


def test_threads_do_not_disturb_each_other(small: Encoder) -> None:
    alone = small.encode_passages(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(lambda _: small.encode_passages(TEXTS), range(8)):
            np.testing.assert_allclose(rows, alone, atol=1e-6)


def test_without_prompts_queries_and_passages_are_alike(tmp_path: Path) -> None:
    made = open_encoder(Settings(encoder=str(make(tmp_path / "plain", {}))))
    assert made is not None
    np.testing.assert_allclose(made.encode_queries(TEXTS), made.encode_passages(TEXTS), atol=1e-6)


def test_the_name_follows_from_what_is_in_the_folder(small: Encoder, folder: Path, copy: Path, tmp_path: Path) -> None:
    assert encoder_name(Settings(encoder=str(folder))) == small.name
    assert small.name.startswith("小模型-")
    assert encoder_name(Settings(encoder=str(copy))) == small.name
    (copy / "README.md").write_text("别的说明", encoding="utf-8")
    assert encoder_name(Settings(encoder=str(copy))) == small.name
    config = copy / "config_sentence_transformers.json"
    facts = json.loads(config.read_text(encoding="utf-8"))
    facts["prompts"]["query"] = "查："
    config.write_text(json.dumps(facts), encoding="utf-8")
    assert encoder_name(Settings(encoder=str(copy))) != small.name
    other = make(tmp_path / "other" / "小模型", PROMPTS, seed=1)
    assert encoder_name(Settings(encoder=str(other))) != small.name


def test_pickled_weights_are_refused(copy: Path) -> None:
    next(copy.rglob("model.safetensors")).rename(copy / "pytorch_model.bin")
    settings = Settings(encoder=str(copy))
    for use in (open_encoder, encoder_name):
        with pytest.raises(EncoderUnavailable, match=r"pytorch_model\.bin 是 pickle.*safetensors"):
            use(settings)
    assert "pickle" in check_encoder(settings)[0]


def test_a_pickled_part_is_refused_beside_safe_ones(copy: Path) -> None:
    (copy / "2_Dense").mkdir()
    (copy / "2_Dense" / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(EncoderUnavailable, match="pickle"):
        open_encoder(Settings(encoder=str(copy)))


def test_a_damaged_weight_file_is_explained(copy: Path) -> None:
    path = next(copy.rglob("model.safetensors"))
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(EncoderUnavailable, match=r"小模型 无法载入.*QA_ENCODER"):
        open_encoder(Settings(encoder=str(copy)))


def test_code_of_the_model_is_never_run(copy: Path, tmp_path: Path) -> None:
    """A model whose modules are its own Python files would need trust_remote_code."""
    (copy / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Own: pass\n", encoding="utf-8")
    modules = json.loads((copy / "modules.json").read_text(encoding="utf-8"))
    modules[1]["type"] = "own.Own"
    (copy / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(EncoderUnavailable, match="无法载入"):
        open_encoder(Settings(encoder=str(copy)))
    assert not (tmp_path / "ran").exists()


def test_wrong_places_are_explained(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("", encoding="utf-8")
    for given, match in [
        (tmp_path / "empty", r"没有 model\.safetensors.*QA_ENCODER"),
        (tmp_path / "file.txt", "是文件，不是模型文件夹"),
        (tmp_path / "不存在", "本机没有模型.*不存在"),
        ("somebody/some-model", r"本机没有模型 somebody/some-model.*QA_ALLOW_DOWNLOAD=1"),
    ]:
        for use in (open_encoder, encoder_name):
            with pytest.raises(EncoderUnavailable, match=match):
                use(Settings(encoder=str(given)))
