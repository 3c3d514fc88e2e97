"""Train the student encoder: ``python bench/train_student.py --bench DATA --laws TEXTS --work FOLDER``.

Stages, each kept in the work folder and skipped when it is there: texts, tokenizer, teacher's vectors, static start,
distillation, pairs, export to src/qa/encode/student/. Two cores, about two hours; MODEL_CARD.md there names the data.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from qa.encode import open_encoder
from qa.settings import Settings
from student import export, learn, teacher, vocabulary
from student.network import Shape, Student
from student.texts import Texts, gather

SEED = 7
QUERIES, PASSAGES = 163_840, 20_480
"""How many of the texts the teacher encodes: a quarter of an hour."""
STATIC = {"steps": 2000, "rate": 4e-3}
DISTIL = {"steps": 3000, "rate": 1e-3}
TUNE = {"steps": 3600, "rate": 6e-4, "weight": 0.04}
THREADS = 2
OUT = Path(__file__).resolve().parents[1] / "src" / "qa" / "encode" / "student"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of passages/, questions/ and pairs/ (JSONL)")
    parser.add_argument("--laws", type=Path, required=True, help="folder of laws as Markdown files")
    parser.add_argument("--work", type=Path, required=True, help="folder for what the stages make")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    texts = _texts(given.bench, given.laws, given.work / "texts.json")
    tokenizer = _tokenizer(texts, given.work / "tokenizer.json")
    student = _trained(texts, tokenizer, given.work)
    export.write(student, tokenizer, given.out)
    print(f"least cosine to full precision: {export.likeness(student, tokenizer, given.out, texts.passages[:500]):.4f}")


def _texts(bench: Path, laws: Path, path: Path) -> Texts:
    if not path.exists():
        gather(bench, laws, SEED).save(path)
    texts = Texts.load(path)
    return Texts(texts.queries[:QUERIES], texts.passages[:PASSAGES], texts.pairs)


def _tokenizer(texts: Texts, path: Path) -> Tokenizer:
    if not path.exists():
        vocabulary.build(texts.queries + texts.passages).save(str(path), pretty=False)
    return Tokenizer.from_file(str(path))


def _trained(texts: Texts, tokenizer: Tokenizer, work: Path) -> Student:
    encoder = open_encoder(Settings.load(encoder="e5"))
    assert encoder is not None
    pieces = [tokenizer.id_to_token(index) for index in range(tokenizer.get_vocab_size())]
    words = teacher.vectors(pieces, encoder.encode_queries, work, "pieces")
    asked = np.concatenate([teacher.vectors(texts.queries, encoder.encode_queries, work, "queries"), words])
    found = teacher.vectors(texts.passages, encoder.encode_passages, work, "passages")
    queries = learn.Side.of(tokenizer, vocabulary.QUERY, texts.queries + pieces, asked, found)
    passages = learn.Side.of(tokenizer, vocabulary.PASSAGE, texts.passages, found, asked)
    student = Student(Shape(len(pieces), dim=encoder.dim))

    def stage(name: str, plan: dict[str, float], run: Callable[[learn.Trainer], None]) -> None:
        path = work / f"student.{name}.npz"
        if not path.exists():
            print(f"{name}: {plan}", flush=True)
            going = path.with_suffix(".going.npz")
            run(learn.Trainer(student, int(plan["steps"]), plan["rate"], lambda made: learn.save(made, going)))
            learn.save(student, path)
        learn.load(student, path)

    def tuned(trainer: learn.Trainer) -> None:
        pairs = zip(*texts.pairs, strict=True)
        sides = [learn.tokens(tokenizer, prompt, side) for prompt, side in zip(vocabulary.PROMPTS, pairs, strict=True)]
        learn.tune(trainer, student, queries, passages, (sides[0], sides[1]), SEED + 2, TUNE["weight"])

    learn.start(student, words, learn.shares(queries, passages, len(pieces)))
    stage("static", STATIC, lambda trainer: learn.distil(trainer, student, queries, passages, SEED, 0))
    stage("distil", DISTIL, lambda trainer: learn.distil(trainer, student, queries, passages, SEED + 1, None))
    stage("tune", TUNE, tuned)
    return student


if __name__ == "__main__":
    main()
