"""A table of questions put to the library behind the page: one run at a time, on a thread, with progress and an end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from qa.errors import InputError, QAError
from qa.evaluate import Evaluation, Outcome, Summary, evaluate, summarise
from qa.evaluate.table import MOST, UNJUDGED, Asked, golds, read_rows
from qa.load.excel import read_cells
from qa.sheet import Cell, workbook
from qa.types import Answer, Progress
from qa.web.chat import Library, tidy

log = logging.getLogger(__name__)

PAUSE = 0.005
"""Seconds between questions, for those who chat meanwhile."""
FAILED = 200
"""Failures shown on the page; all are in the workbook."""
TEMPLATE: Sequence[Sequence[Cell]] = (
    ("问题", "文件", "条款", "原文"),
    ("渡船多久检修一次？", "渡船管理办法", "第一条", None),
    ("领导干部每月下基层几天？", "四下基层学习要点", None, "领导干部每月下基层不少于五天"),
    ("食堂周末开不开门？", "无", None, None),
)
State = Literal["idle", "running", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Result:
    """``wrong``: row → what is the matter with it; those rows are in no figure."""

    name: str
    at: datetime
    asked: dict[int, Asked]
    evaluation: Evaluation
    wrong: dict[int, str]

    @property
    def judged(self) -> list[Outcome]:
        return [o for o in self.evaluation.outcomes if o.type != UNJUDGED]

    @property
    def figures(self) -> Summary:
        return summarise("全部", self.judged)

    @property
    def times(self) -> Summary:
        return summarise("用时", self.evaluation.outcomes)

    def silence(self) -> dict[str, int]:
        """How often silence was right, and how often an answer should have been given or not."""
        judged = self.judged
        return {
            "right": sum(not o.answerable and not o.answered for o in judged),
            "hopeless": sum(not o.answerable for o in judged),
            "silent": sum(o.answerable and not o.answered for o in judged),
            "answerable": sum(o.answerable for o in judged),
        }


def fault(outcome: Outcome) -> str:
    """What went wrong with a question: a key of the texts, "" for nothing."""
    if outcome.type == UNJUDGED:
        return ""
    if not outcome.answerable:
        return "should_refuse" if outcome.answered else ""
    if not outcome.answered:
        return "refused"
    if outcome.rank is None:
        return "not_found"
    return "" if outcome.cited_any else "not_cited"


@dataclass(frozen=True, slots=True)
class Run:
    state: State = "idle"
    name: str = ""
    done: int = 0
    total: int = 0
    failure: str = ""
    result: Result | None = None


class _CancelledError(Exception):
    pass


class Batch:
    """``state`` may be read at any time; the latest result stays until another run begins."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.state = Run()

    def start(self, name: str, data: bytes) -> Run:
        """Raises InputError (ReadError) for a table that can't be used, or while another is being worked on."""
        rows = rows_of(data)
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise InputError("正在评测另一份题目", "请等它做完，或先停下它")
            self._stop.clear()
            self.state = Run("running", name[:200], 0, len(rows))
            self._thread = threading.Thread(target=self._work, args=(name[:200], rows), name="youju-batch", daemon=True)
            self._thread.start()
            return self.state

    def cancel(self) -> None:
        self._stop.set()

    def wait(self, seconds: float) -> None:
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self, name: str, rows: list[Asked]) -> None:
        try:
            library = _Tolerant(self._library)
            found, wrong = golds(library, rows)
            self.state = replace(self.state, done=len(wrong))
            if not found:
                raise InputError("没有一题可以评测", next(iter(wrong.values())))
            evaluation = evaluate(library, found, lambda progress: self._told(progress, len(wrong)))
            wrong |= {
                int(gold.id): library.refused[gold.question] for gold in found if gold.question in library.refused
            }
            kept = tuple(o for o in evaluation.outcomes if int(o.id) not in wrong)
            asked = {row.row: row for row in rows}
            result = Result(name, datetime.now(), asked, replace(evaluation, outcomes=kept), wrong)
            self.state = replace(self.state, state="done", done=len(rows), result=result)
        except _CancelledError:
            self.state = replace(self.state, state="cancelled")
        except QAError as error:
            self.state = replace(self.state, state="failed", failure=str(error))
        except Exception:
            log.exception("批量评测时程序内部出错")
            self.state = replace(self.state, state="failed", failure="程序内部出错，详情见日志")

    def _told(self, progress: Progress, before: int) -> None:
        self.state = replace(self.state, done=before + progress.done)
        if self._stop.wait(PAUSE):
            raise _CancelledError


class _Tolerant:
    """A library in which a question that is refused (too long, say) ends no run: ``refused`` has it with the reason."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self.refused: dict[str, str] = {}
        self.documents, self.document = library.documents, library.document
        self.text, self.search = library.text, library.search

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        try:
            answer: Answer = self._library.ask(tidy(question), history)
        except InputError as error:
            self.refused[question] = str(error)
            return Answer(question, "abstained", "extract")
        return answer


def rows_of(data: bytes) -> list[Asked]:
    """Of the first sheet that has a column of questions. Raises InputError or ReadError."""
    failure: InputError | None = None
    for sheet in read_cells(data):
        try:
            return read_rows(sheet.rows)
        except InputError as error:
            failure = failure or error
    raise failure or InputError("表里没有工作表", f"请上传 .xlsx，一次最多 {MOST} 个问题")


def template() -> bytes:
    return workbook({"题目": TEMPLATE}, (40, 28, 14, 50))


def as_workbook(result: Result, t: dict[str, str]) -> bytes:
    """Figures, each question, and the failures alone."""
    head = tuple(t[f"bat_{name}"] for name in ("row", "question", "document", "article", "quote", "outcome", "rank"))
    head += tuple(t[f"bat_{name}"] for name in ("confidence", "ms", "first", "shown"))
    lines = {
        int(outcome.id): _line(outcome, result.asked[int(outcome.id)], t) for outcome in result.evaluation.outcomes
    }
    for row, reason in result.wrong.items():
        asked = result.asked[row]
        lines[row] = (row, asked.question, asked.document, asked.article, asked.quote, f"{t['bat_unusable']}：{reason}")
    bad = {int(o.id) for o in result.evaluation.outcomes if fault(o)} | set(result.wrong)
    every = [lines[row] for row in sorted(lines)]
    return workbook(
        {
            t["bat_summary"]: [(t["bat_measure"], t["bat_value"]), *figures(result, t)],
            t["bat_each"]: [head, *every],
            t["bat_failures"]: [head, *(line for line in every if line[0] in bad)],
        },
        (22, 44, 24, 12, 40, 20, 8, 8, 10, 30, 60),
    )


def figures(result: Result, t: dict[str, str]) -> list[tuple[str, Cell]]:
    """(what, how much): shares from 0 to 1, times in milliseconds; None where nothing is measured."""
    f, times, silence = result.figures, result.times, result.silence()
    return [
        (t["bat_file"], result.name),
        (t["bat_at"], f"{result.at:%Y-%m-%d %H:%M}"),
        (t["bat_questions"], len(result.asked)),
        (t["bat_judged"], len(result.judged)),
        (t["bat_unusable"], len(result.wrong)),
        ("hits@1", _rounded(f.hit1)),
        ("hits@5", _rounded(f.hit5)),
        ("hits@10", _rounded(f.hit10)),
        ("MRR", _rounded(f.mrr)),
        (t["bat_citation"], _rounded(f.citation)),
        (t["bat_right"], f"{silence['right']} / {silence['hopeless']}"),
        (t["bat_silent"], f"{silence['silent']} / {silence['answerable']}"),
        (t["bat_p50"], round(times.p50, 1)),
        (t["bat_p95"], round(times.p95, 1)),
    ]


def _line(outcome: Outcome, asked: Asked, t: dict[str, str]) -> tuple[Cell, ...]:
    said = t[f"bat_{fault(outcome) or ('unjudged' if outcome.type == UNJUDGED else 'ok')}"]
    shown = "\n".join(outcome.shown)
    place = (asked.row, asked.question, asked.document, asked.article, asked.quote)
    return (*place, said, outcome.rank, round(outcome.confidence, 2), round(outcome.ms, 1), outcome.first, shown)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
