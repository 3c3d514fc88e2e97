"""Per-question outcomes → figures. One formula a function; all in [0, 1] but the times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one question.

    Attributes:
        rank: 1-based place of the first hit that holds evidence, of those returned; None where none does.
        cited: Share of the citations shown that overlap a gold quote; None where nothing was answered.
        cited_any: Whether at least one does.
        items: Share of the gold items that stand in the cited quotes; None for a question without items.
    """

    id: str
    type: str
    question: str
    answerable: bool
    answered: bool
    kind: str
    confidence: float
    rank: int | None
    cited: float | None
    cited_any: bool
    items: float | None
    ms: float
    shown: tuple[str, ...]
    first: str

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "shown": list(self.shown)}


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures over a group of outcomes; None where the group has nothing to measure them on."""

    name: str
    questions: int
    hit1: float | None
    hit5: float | None
    hit10: float | None
    mrr: float | None
    citation: float | None
    precision: float | None
    complete: float | None
    answered: float | None
    p50: float
    p95: float


def summarise(name: str, outcomes: Sequence[Outcome]) -> Summary:
    """Retrieval figures are over answerable questions, citation figures over answerable ones that were answered.

    ``citation`` is the share with at least one citation that overlaps a gold quote, ``precision`` the mean share of
    citations that do, ``answered`` the share of all that got an answer.
    """
    asked = [o for o in outcomes if o.answerable]
    replied = [o for o in asked if o.answered]
    times = sorted(o.ms for o in outcomes)
    return Summary(
        name=name,
        questions=len(outcomes),
        hit1=mean(o.rank == 1 for o in asked),
        hit5=mean(o.rank is not None and o.rank <= 5 for o in asked),
        hit10=mean(o.rank is not None and o.rank <= 10 for o in asked),
        mrr=mean(1 / o.rank if o.rank else 0.0 for o in asked),
        citation=mean(o.cited_any for o in replied),
        precision=mean(o.cited for o in replied if o.cited is not None),
        complete=mean(o.items for o in replied if o.items is not None),
        answered=mean(o.answered for o in outcomes),
        p50=percentile(times, 0.5),
        p95=percentile(times, 0.95),
    )


def abstention(outcomes: Sequence[Outcome]) -> tuple[float | None, float | None]:
    """(precision, recall) of abstaining: of the questions left unanswered how many have no answer, and the reverse."""
    silent = [o for o in outcomes if not o.answered]
    hopeless = [o for o in outcomes if not o.answerable]
    right = sum(not o.answerable for o in silent)
    return (right / len(silent) if silent else None), (right / len(hopeless) if hopeless else None)


def mean(values: Iterable[float | bool]) -> float | None:
    """None for no values."""
    numbers = [float(value) for value in values]
    return sum(numbers) / len(numbers) if numbers else None


def percentile(ordered: Sequence[float], share: float) -> float:
    """Nearest-rank percentile of ascending values; 0 for none."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
