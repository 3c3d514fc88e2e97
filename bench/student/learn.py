"""Training: static start, distillation, then pairs; on two cores with bfloat16 matrix products."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as nnf
from tokenizers import Tokenizer
from torch import Tensor

from student.network import Student

MAX_TOKENS = 256
BATCH_TOKENS = 4096
BATCH_TEXTS = 384
NEAREST, NEAR, ANY = 16, 2, 256
"""What a batch is compared with: of each text's NEAREST on the other side NEAR, and ANY others, as the teacher sees
them. So the student learns the order among the near ones, which is what a search asks for."""
SOFTNESS = 0.02
"""Temperature of those comparisons: e5's cosines lie close together."""
RELATIONS = 1.0
"""Weight of the comparisons beside the cosine to the teacher's vector."""
PAIR_SOFTNESS, PAIRS_EVERY = 0.01, 3
RECENT, SAME = 4096, 0.98
"""Passages of earlier steps that a question is held against, but for those as near to its own as if they were it."""
DECAY = 0.01
WORDS_FASTER = 2.0
"""Learning rate of word embeddings beside that of all else: each is met rarely."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side's texts as tokens, the teacher's vectors of them, their mean, each one's NEAREST on the other side."""

    tokens: list[np.ndarray]
    vectors: Tensor
    mean: Tensor
    nearest: Tensor

    @classmethod
    def of(
        cls, tokenizer: Tokenizer, prompt: str, texts: Sequence[str], vectors: np.ndarray, others: np.ndarray
    ) -> Side:
        made = torch.from_numpy(vectors)
        rows = tokens(tokenizer, prompt, texts)
        return cls(rows, made, made.float().mean(dim=0), _nearest(made, torch.from_numpy(others)))


def tokens(tokenizer: Tokenizer, prompt: str, texts: Sequence[str]) -> list[np.ndarray]:
    """Ids of each text behind its prompt, cut at MAX_TOKENS."""
    found = []
    for start in range(0, len(texts), 8192):
        group = [prompt + text for text in texts[start : start + 8192]]
        found += [np.asarray(item.ids[:MAX_TOKENS], np.int32) for item in tokenizer.encode_batch_fast(group)]
    return found


def _nearest(own: Tensor, others: Tensor) -> Tensor:
    """For each row the indices of its NEAREST others by cosine."""
    mean = others.float().mean(dim=0)
    # Centred, because the products are of bfloat16 and e5's cosines lie close together.
    bank = (others.float() - mean).bfloat16().T
    return torch.cat([(part.float().bfloat16() @ bank).topk(NEAREST).indices for part in own.split(1024)])


def padded(rows: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    lengths = np.array([len(row) for row in rows])
    ids = np.zeros((len(rows), lengths.max()), np.int64)
    for place, row in zip(ids, rows, strict=True):
        place[: len(row)] = row
    return torch.from_numpy(ids), torch.from_numpy(lengths)


def batches(rows: Sequence[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Indices of texts about as long as each other, BATCH_TOKENS a batch, in random order."""
    lengths = np.array([len(row) for row in rows])
    order = np.argsort(lengths + rng.uniform(0, 4, len(rows)), kind="stable")
    found, start = [], 0
    while start < len(order):
        size = min(BATCH_TEXTS, max(1, BATCH_TOKENS // (int(lengths[order[start]]) + 4)))
        found.append(order[start : start + size])
        start += size
    rng.shuffle(found)
    return found


def start(student: Student, pieces: np.ndarray, shares: np.ndarray) -> None:
    """Word embeddings from the teacher's vectors of the words: centred, in their main directions, rare ones louder."""
    vectors = pieces.astype(np.float64)
    mean = vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(vectors - mean, full_matrices=False)
    basis = directions[: student.shape.width]
    loud = 1e-3 / (1e-3 + shares)
    rows = (vectors - mean) @ basis.T * loud[:, None]
    with torch.no_grad():
        student.words.weight.copy_(torch.from_numpy(rows / rows.std()))
        student.words.weight[:4] = 0
        student.head.weight.copy_(torch.from_numpy(basis.T * rows.std() * 2))
        student.head.bias.copy_(torch.from_numpy(mean))


class Trainer:
    """Adam with a warm-up and a linear way down over ``steps``, and a checkpoint every few minutes."""

    def __init__(self, student: Student, steps: int, rate: float, save: Callable[[Student], None]) -> None:
        self._dense = [p for name, p in student.named_parameters() if name != "words.weight"]
        groups = [
            {"params": [p for p in self._dense if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in self._dense if p.ndim == 1], "weight_decay": 0.0},
        ]
        # Only the rows of words that a batch holds are touched: ten million others would cost more than the rest.
        self._adams = (
            torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98)),
            torch.optim.SparseAdam([student.words.weight], lr=rate, betas=(0.9, 0.98)),
        )
        self._rates = (rate, rate * WORDS_FASTER)
        self._student, self._total, self._save = student, steps, save
        self._saved = self._told = time.monotonic()
        self._steps, self._sums = 0, dict[str, list[float]]()

    @property
    def done(self) -> bool:
        return self._steps >= self._total

    def step(self, losses: dict[str, Tensor]) -> None:
        pace = min(1.0, (self._steps + 1) / 100) * max(0.02, 1 - self._steps / self._total)
        self._steps += 1
        for adam, rate in zip(self._adams, self._rates, strict=True):
            adam.param_groups[0]["lr"] = adam.param_groups[-1]["lr"] = rate * pace
            adam.zero_grad(set_to_none=True)
        sum(losses.values(), torch.zeros(())).backward()
        torch.nn.utils.clip_grad_norm_(self._dense, 1.0)
        for adam in self._adams:
            adam.step()
        for name, loss in losses.items():
            self._sums.setdefault(name, []).append(float(loss.detach()))
        self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told > 30:
            means = ", ".join(f"{name} {np.mean(values):.4f}" for name, values in sorted(self._sums.items()))
            print(f"  {time.strftime('%H:%M:%S')} step {self._steps} of {self._total}: {means}", flush=True)
            self._told, self._sums = now, {}
        if now - self._saved > 180:
            self._saved = now
            self._save(self._student)


def distil(trainer: Trainer, student: Student, queries: Side, passages: Side, seed: int, depth: int | None) -> None:
    """A batch of either side a step."""
    rng = np.random.default_rng(seed)
    while not trainer.done:
        for both in _couples(queries, passages, rng):
            if trainer.done:
                return
            trainer.step(_likeness(student, both, queries, passages, rng, depth))


def tune(
    trainer: Trainer,
    student: Student,
    queries: Side,
    passages: Side,
    pairs: tuple[list[np.ndarray], list[np.ndarray]],
    seed: int,
    weight: float,
) -> None:
    """Pairs that belong together, against the passages of this and the last steps; besides distillation."""
    rng = np.random.default_rng(seed)
    recent = torch.zeros(0, student.shape.dim)
    paired = iter(batches(pairs[1], rng))
    while not trainer.done:
        for number, both in enumerate(_couples(queries, passages, rng)):
            if trainer.done:
                return
            losses = _likeness(student, both, queries, passages, rng, None)
            if number % PAIRS_EVERY == 0:
                if (batch := next(paired, None)) is None:
                    paired = iter(batches(pairs[1], rng))
                    continue
                with torch.autocast("cpu", torch.bfloat16):
                    asked = student(*padded([pairs[0][i] for i in batch]))
                    found = student(*padded([pairs[1][i] for i in batch]))
                others = (asked @ recent.T).masked_fill(found.detach() @ recent.T > SAME, -1.0)
                scores = torch.cat([asked @ found.T, others], dim=1) / PAIR_SOFTNESS
                losses["pair"] = weight * nnf.cross_entropy(scores, torch.arange(len(batch)))
                recent = torch.cat([found.detach(), recent])[:RECENT]
            trainer.step(losses)


def _couples(queries: Side, passages: Side, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """A batch of questions and one of passages; both sides have about as many."""
    return zip(batches(queries.tokens, rng), batches(passages.tokens, rng), strict=False)


def _likeness(
    student: Student,
    both: tuple[np.ndarray, np.ndarray],
    queries: Side,
    passages: Side,
    rng: np.random.Generator,
    depth: int | None,
) -> dict[str, Tensor]:
    """How far the vectors of both batches are from the teacher's."""
    found = _apart(student, both[0], "query", queries, passages, rng, depth)
    return found | _apart(student, both[1], "passage", passages, queries, rng, depth)


def _apart(
    student: Student,
    batch: np.ndarray,
    name: str,
    own: Side,
    other: Side,
    rng: np.random.Generator,
    depth: int | None,
) -> dict[str, Tensor]:
    """Distance to the teacher's vectors, of the vectors themselves and in their relations to the other side."""
    with torch.autocast("cpu", torch.bfloat16):
        made = student(*padded([own.tokens[i] for i in batch]), depth=depth)
    wanted = own.vectors[torch.from_numpy(batch)].float()
    apart = 1 - nnf.cosine_similarity(made - own.mean, wanted - own.mean).mean()
    near = own.nearest[torch.from_numpy(batch)][:, torch.from_numpy(rng.integers(0, NEAREST, NEAR))]
    some = torch.from_numpy(rng.integers(0, len(other.vectors), ANY))
    bank = other.vectors[torch.cat([near.flatten(), some]).unique()].float()
    ours, theirs = made @ bank.T / SOFTNESS, wanted @ bank.T / SOFTNESS
    relations = nnf.kl_div(ours.log_softmax(-1), theirs.log_softmax(-1), reduction="batchmean", log_target=True)
    return {f"{name} cosine": apart, f"{name} relations": RELATIONS * relations}


def shares(queries: Side, passages: Side, size: int) -> np.ndarray:
    """Each piece's share of all tokens."""
    counts = np.bincount(np.concatenate(queries.tokens + passages.tokens), minlength=size)
    return counts / counts.sum()


def save(student: Student, path: Path) -> None:
    """As named arrays, without pickle."""
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, **{name: value.detach().numpy() for name, value in student.state_dict().items()})
    unfinished.rename(path)


def load(student: Student, path: Path) -> Student:
    with np.load(path, allow_pickle=False) as arrays:
        student.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})
    return student
