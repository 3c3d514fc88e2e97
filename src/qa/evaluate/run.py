"""Put every question of a file to an assistant and tabulate the outcomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from qa.errors import InputError
from qa.evaluate.gold import TYPES, Gold, Matcher, read_questions
from qa.evaluate.measures import Outcome, Summary, abstention, summarise
from qa.protocols import Report
from qa.types import Answer, Progress


class Asked(Protocol):
    """What is measured: the assistant, or anything that answers as it does."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer: ...

    def text(self, path: str, start: int = 0, end: int | None = None) -> str: ...


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All outcomes with the figures by type; ``unfound`` are quotes that the library's text doesn't hold."""

    outcomes: tuple[Outcome, ...]
    rows: tuple[Summary, ...]
    abstain_precision: float | None
    abstain_recall: float | None
    unfound: tuple[str, ...]

    def table(self) -> str:
        """The figures as a fixed-width table for a terminal."""
        heads = (
            "类型",
            "题数",
            "hit@1",
            "hit@5",
            "hit@10",
            "MRR",
            "引用命中",
            "引用精度",
            "列项完整",
            "作答率",
            "p50 ms",
            "p95 ms",
        )
        lines = [_line(heads)]
        for row in self.rows:
            figures = (row.hit1, row.hit5, row.hit10, row.mrr, row.citation, row.precision, row.complete, row.answered)
            lines.append(
                _line((row.name, str(row.questions), *map(_share, figures), f"{row.p50:.1f}", f"{row.p95:.1f}"))
            )
        lines.append(f"拒答：准确率 {_share(self.abstain_precision)}，召回率 {_share(self.abstain_recall)}")
        if self.unfound:
            lines.append(f"注意：{len(self.unfound)} 处标准引文在资料库文本里找不到：{'、'.join(self.unfound[:8])}")
        return "\n".join(lines)

    def write(self, path: Path) -> None:
        """Per-question outcomes and figures as one JSON file."""
        data = {
            "figures": [asdict(row) for row in self.rows],
            "abstention": {"precision": self.abstain_precision, "recall": self.abstain_recall},
            "unfound": list(self.unfound),
            "questions": [outcome.to_dict() for outcome in self.outcomes],
        }
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def evaluate(assistant: Asked, questions: Path | Sequence[Gold], report: Report | None = None) -> Evaluation:
    """Measure; raises InputError for a bad question file. Times include everything behind ``ask``."""
    golds = read_questions(questions) if isinstance(questions, Path) else list(questions)
    matcher = Matcher(_reader(assistant))
    unfound = tuple(g.id for g in golds if any(not matcher.places(doc, quote) for doc, quote in g.evidence))
    assistant.ask(golds[0].question)  # warm up: the first question loads the encoder
    outcomes = []
    for number, gold in enumerate(golds, 1):
        outcomes.append(_outcome(gold, assistant.ask(gold.question, gold.history), matcher))
        if report is not None:
            report(Progress("eval", number, len(golds)))
    precision, recall = abstention(outcomes)
    return Evaluation(tuple(outcomes), _rows(outcomes), precision, recall, unfound)


def _rows(outcomes: Sequence[Outcome]) -> tuple[Summary, ...]:
    kinds = [kind for kind in TYPES if any(o.type == kind for o in outcomes)]
    kinds += sorted({o.type for o in outcomes} - set(TYPES))
    return (*(summarise(kind, [o for o in outcomes if o.type == kind]) for kind in kinds), summarise("全部", outcomes))


def _outcome(gold: Gold, answer: Answer, matcher: Matcher) -> Outcome:
    rank = next(
        (i for i, hit in enumerate(answer.hits, 1) if matcher.shows(gold, hit.path, hit.chunk.start, hit.chunk.end)),
        None,
    )
    right = [matcher.shows(gold, c.path, c.start, c.end) for c in answer.citations]
    shown = "".join("".join(c.quote.split()) for c in answer.citations)
    items = [("".join(item.split()) in shown) for item in gold.items]
    return Outcome(
        id=gold.id,
        type=gold.type,
        question=gold.question,
        answerable=gold.answerable,
        answered=answer.status == "answered",
        kind=answer.kind,
        confidence=answer.confidence,
        rank=rank,
        cited=sum(right) / len(right) if right else None,
        cited_any=any(right),
        items=sum(items) / len(items) if items and answer.status == "answered" else None,
        ms=answer.timings.get("total_ms", 0.0),
        shown=tuple(c.quote for c in answer.citations),
        first=answer.hits[0].path if answer.hits else "",
    )


def _reader(assistant: Asked) -> Callable[[str], str | None]:
    def text_of(path: str) -> str | None:
        try:
            return assistant.text(path)
        except InputError:
            return None

    return text_of


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _line(cells: Sequence[str]) -> str:
    """Cells padded to equal display width; a Chinese character is two columns wide."""
    return "  ".join(
        cell + " " * (12 - sum(2 if ord(char) > 0x2E7F else 1 for char in cell)) for cell in cells
    ).rstrip()
