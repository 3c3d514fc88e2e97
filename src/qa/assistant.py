"""The facade: open a library, sync it, search it, ask it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from qa.answer import answer
from qa.answer.badges import badges, hits_with_badges, with_badges
from qa.answer.examples import examples
from qa.build import complete
from qa.build import sync as sync_folder
from qa.errors import IndexUnavailable, InputError
from qa.library import Library, Look
from qa.llm import Writer
from qa.protocols import Encoder, Report
from qa.query import Query, may_follow_up, normalise, parse
from qa.rank import coverage, load_model
from qa.ready import ReadyEncoder
from qa.settings import Settings
from qa.store import Snapshot, current_generation, read_progress
from qa.terms import read
from qa.types import Answer, Document, DocumentInfo, Hit, LibraryStatus, Problem, Scope, Sort, SyncReport
from qa.versions import Edition, edition_groups

logger = logging.getLogger(__name__)

RETRY = 30.0
"""Seconds until a published generation that can't be opened is tried again: to open one verifies all its checksums."""

SURER = 1.5
"""A question that doesn't say that it goes on does so when its best passage is so many times as probable with the
earlier question. Of 497 questions after an unrelated one 1.0 gives 7 to 15 another first hit, 1.5 gives 5 to 13; of
the follow-ups of both development sets it loses none."""


class Assistant:
    """Answers questions about one index. Safe to use from several threads; follows new generations by itself."""

    def __init__(self, index: Path, settings: Settings) -> None:
        self.index = index
        self.settings = settings
        self._library: Library | None = None
        self._tried: int | None = None
        self._retry_at = 0.0
        self._encoder = ReadyEncoder(settings)
        self._writer = Writer.of(settings)
        self._editions: tuple[tuple[int, object], dict[str, tuple[Edition, ...]]] | None = None
        self._lock = threading.RLock()

    @classmethod
    def open(cls, index_dir: Path | str, settings: Settings | None = None) -> Assistant:
        """Open an index; one that has nothing published yet may be opened too, to be synced.

        Raises:
            IndexUnavailable: What is there is damaged beyond its last good generation, or of another version.
        """
        assistant = cls(Path(index_dir), settings or Settings.load())
        if current_generation(assistant.index) is not None:
            assistant._current()
        return assistant

    def sync(
        self,
        corpus_dir: Path | str,
        lexical_only: bool = False,
        report: Report | None = None,
        *,
        again: Collection[str] = (),
        rebuild: bool = False,
        allow_empty: bool = False,
    ) -> SyncReport:
        """Bring the index up to a folder's state; returns when the vectors are made too, unless ``lexical_only``.

        ``again`` names files to read though they haven't changed, ``rebuild`` means all of them; with ``allow_empty``
        an empty folder empties the index.
        """
        return sync_folder(
            Path(corpus_dir),
            self.index,
            self.settings,
            lexical_only=lexical_only,
            report=report,
            again=again,
            rebuild=rebuild,
            allow_empty=allow_empty,
        )

    def complete(self, report: Report | None = None) -> SyncReport:
        """Make the vectors that the published index lacks; the folder isn't looked at."""
        return complete(self.index, self.settings, report=report)

    def search(
        self,
        question: str,
        k: int = 10,
        history: Sequence[str] = (),
        scope: Scope | None = None,
        sort: Sort = "score",
    ) -> list[Hit]:
        """The ``k`` best passages in scope, best first, or those same ones by the document's date, newest first.

        ``history``: earlier questions, oldest first. Undated documents come last.

        Raises:
            InputError: The question is empty or too long, or the scope holds nothing.
        """
        if not 1 <= k <= 100:
            raise InputError(f"k={k}", "请给 1 到 100 之间的整数")
        library = self._current()
        _, hits = self._find(library, question, history, scope or Scope())
        best = list(hits_with_badges(hits[:k], library.standing, library.infos))
        return best if sort == "score" else sorted(best, key=lambda hit: hit.facts.get("date", ""), reverse=True)

    def look(self, question: str, history: Sequence[str] = (), scope: Scope | None = None) -> Look:
        """What competes for an answer, before it is ranked: what the ranking is fitted and measured on."""
        library = self._current()
        return self._look(library, self._read(library, question, history), scope or Scope())

    @property
    def library(self) -> Library:
        """The newest generation; raises IndexUnavailable where there is none yet."""
        return self._current()

    @property
    def encoder(self) -> Encoder | None:
        """The encoder that questions are put to vectors with; None while they are found by words alone."""
        return self._encoder.of(self._current().snapshot)

    def ask(self, question: str, history: Sequence[str] = (), scope: Scope | None = None) -> Answer:
        """Answer a question with verbatim, cited sentences of the documents in scope, or abstain.

        Raises:
            InputError: The question is empty or too long, or the scope holds nothing.
            IndexUnavailable: There is no index yet.
        """
        begin = time.perf_counter()
        library = self._current()
        scope = scope or Scope()
        result = self._answer(library, *self._find(library, question, history, scope))
        result = with_badges(result, library.standing, library.infos)
        if scope:
            result = replace(result, notes=(f"只在所选范围里找：{scope.told}", *result.notes))
        return replace(result, timings={**result.timings, "total_ms": (time.perf_counter() - begin) * 1000})

    @property
    def words(self) -> bool:
        """Whether a language model is set to word answers."""
        return self._writer is not None

    def word(self, answer: Answer) -> Answer:
        """The answer with ``worded``: its quotes in a language model's words, or why there are none.

        Never raises for the model's sake, and takes no longer than the time set; as it is where no model is set.
        """
        return answer if self._writer is None else replace(answer, worded=self._writer.word(answer))

    def text(self, path: str, start: int = 0, end: int | None = None) -> str:
        """Canonical text of a document between two offsets; raises InputError for an unknown path."""
        library = self._current()
        doc_id = library.snapshot.find(path)
        if doc_id is None:
            raise InputError(f"资料库里没有文件 {path!r}", "请用相对于资料夹、以 / 分隔的路径，例如 学习研讨/材料.txt")
        return library.snapshot.document(doc_id).text[start:end]

    def document(self, doc_id: str) -> Document:
        """A whole document; raises InputError for an unknown id."""
        library = self._holding(doc_id)
        return library.snapshot.document(doc_id)

    def badges(self, doc_id: str) -> dict[str, str]:
        """What is known of a document, as in ``Citation.facts``; raises InputError for an unknown id."""
        library = self._holding(doc_id)
        return badges(library.infos[doc_id], library.standing, library.infos)

    def editions(self, doc_id: str) -> tuple[Edition, ...]:
        """All editions of a document's work, itself included, the oldest first; empty where the library has one only.

        Worked out once a generation and day.
        """
        library = self._current()
        known, made = (library.snapshot.generation, library.standing), self._editions
        if made is None or made[0][0] != known[0] or made[0][1] is not known[1]:
            made = known, edition_groups(library.infos.values(), library.names.profiles, library.standing)
            self._editions = made  # one assignment, so that threads see a whole pair
        return made[1].get(doc_id, ())

    def documents(self) -> tuple[DocumentInfo, ...]:
        """All documents in order of path; empty before the first sync."""
        if current_generation(self.index) is None:
            return ()
        return tuple(sorted(self._current().infos.values(), key=lambda info: info.path))

    def examples(self, n: int = 6) -> list[str]:
        """Up to ``n`` questions that the library answers, made of its own headings; empty before the first sync."""
        if current_generation(self.index) is None:
            return []
        library = self._current()
        return examples(library.infos.values(), library.snapshot.document, n)

    def warm_up(self) -> None:
        """Read what a first question would wait for: dictionaries, the encoder's model, pages of the index."""
        for question in self.examples(1):
            self.ask(question)

    def status(self) -> LibraryStatus:
        """What the assistant stands on now; cheap enough to poll."""
        progress = read_progress(self.index)
        if current_generation(self.index) is None:
            return LibraryStatus(0, 0, 0, 0, "none", progress, ())
        snapshot = self._current().snapshot
        problems = list(snapshot.problems())
        problems += [Problem("", warning, False) for warning in snapshot.warnings]
        told = self._encoder.problem(snapshot)
        if told:
            problems.append(Problem("", told, False))
        counts = snapshot.counts
        return LibraryStatus(
            generation=snapshot.generation,
            documents=counts.documents,
            chunks=counts.chunks,
            vectors=counts.vectors,
            encoder=snapshot.manifest.encoder or "none",
            progress=progress,
            problems=tuple(problems),
            sentences=counts.sentences,
        )

    def close(self) -> None:
        """Let go of the index's files; the assistant opens them again when it is asked again."""
        with self._lock:
            if self._library is not None:
                self._library.snapshot.close()
                self._library = None

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, library: Library, question: str, history: Sequence[str], lean: bool | None = None) -> Query:
        """What is asked, in words that the library knows."""
        most = self.settings.max_question_chars
        typed = parse(question, max_chars=most)  # refuses what is no question
        reading = read(typed.text, library.snapshot.lexical, library.lexicon)
        earlier = [read(normalise(turn), library.snapshot.lexical, library.lexicon).text for turn in history]
        query = parse(reading.text, earlier, lean=lean, max_chars=max(most, len(reading.text)))
        return replace(
            query,
            question=question,
            words=reading.words,
            context_words=tuple(word for word in query.context_words if word not in reading.words),
            tokens=tuple(dict.fromkeys([*query.tokens, *reading.tokens])),
            forms=reading.others,
            usual=reading.usual,
            notes=reading.notes,
        )

    def _find(self, library: Library, question: str, history: Sequence[str], scope: Scope) -> tuple[Look, list[Hit]]:
        """What is found for the question, with the earlier one or without it: as its words say, or else as finds more.

        A short question without a document of its own may go on though it doesn't say so (「到期了还能续吗」): on a
        new subject its passages are less probable when the old one is searched with it, on the old subject more.
        """
        look = self._look(library, self._read(library, question, history), scope)
        hits = look.hits()
        if look.query.context:
            if not _apart(look, hits):
                return look, hits
            other = self._look(library, self._read(library, question, ()), scope)
            rival = other.hits()
            return (other, rival) if _unknown(look) or _best(rival) > _best(hits) else (look, hits)
        if not history or look.place is not None or look.scene.named or not may_follow_up(look.query.text):
            return look, hits
        leaning = self._look(library, self._read(library, question, history, lean=True), scope)
        rival = leaning.hits()
        gone = _unknown(look) and _apart(leaning, rival)
        return (leaning, rival) if not gone and _best(rival) > SURER * _best(hits) else (look, hits)

    def _answer(self, library: Library, look: Look, hits: list[Hit]) -> Answer:
        at = time.perf_counter()
        opened = library.snapshot.document
        result = answer(look.query, hits, look.scene, load_model(), opened, look.place, self.settings.threshold)
        timings = {**look.timings, "answer_ms": (time.perf_counter() - at) * 1000}
        return replace(result, timings=timings, notes=look.query.notes)

    def _holding(self, doc_id: str) -> Library:
        """The newest generation; raises InputError where it has no such document."""
        library = self._current()
        if doc_id not in library.infos:
            raise InputError(f"资料库里没有编号为 {doc_id!r} 的文件", "它可能已被删除或改名，请重新提问")
        return library

    def _current(self) -> Library:
        """The newest published generation; the one in hand when the newer can't be opened."""
        published = current_generation(self.index)
        with self._lock:
            if self._library is not None and published in (None, self._library.snapshot.generation):
                return self._library
            if self._library is not None and published == self._tried and time.monotonic() < self._retry_at:
                return self._library
            if published is None:
                raise IndexUnavailable(f"{self.index} 里还没有索引", "请先运行 python -m qa sync --corpus 资料夹")
            self._tried, self._retry_at = published, time.monotonic() + RETRY
            try:
                library = Library(Snapshot.open(self.index))
            except IndexUnavailable:
                if self._library is None:
                    raise
                logger.exception(
                    "the newly published generation %s can't be opened; staying with the one in hand", published
                )
                return self._library
            # Threads that still read the old generation keep it alive; it is closed when the last lets go.
            self._library = library
            return library

    def _look(self, library: Library, query: Query, scope: Scope) -> Look:
        return library.look(query, self._encoder.of(library.snapshot), scope)


def _best(hits: Sequence[Hit]) -> float:
    return hits[0].score if hits else 0.0


def _apart(look: Look, hits: Sequence[Hit]) -> bool:
    """Whether none of the question's own character pairs stands in the best passages."""
    near = (f"{look.scene.heads.get(hit.chunk.id, '')}\n{hit.chunk.text}" for hit in hits[:5])
    own = look.place is None and bool(look.query.words)
    return own and not any(coverage(text, look.scene.weights.grams) for text in near)


def _unknown(look: Look) -> bool:
    """Whether most of what the question itself says never occurs in the library: its subject is another."""
    return look.scene.weights.absent > 0.5
