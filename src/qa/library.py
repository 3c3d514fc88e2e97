"""One published generation as the read path uses it: a question goes in, ranked passages come out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from qa.answer import Place, locate
from qa.protocols import Encoder
from qa.query import Query
from qa.rank import Scene, fold, load_model, rank, settled, weigh
from qa.retrieve import (
    LAPSED,
    Candidate,
    DocumentNames,
    Ground,
    candidates,
    documents_in,
    encode_query,
    standings,
)
from qa.store import Snapshot
from qa.terms import merge
from qa.types import Hit, Scope, Standing

NAMED_CHUNKS = 400
"""All passages of the documents that a question names compete, up to so many: the retrievers alone may miss them."""
VIEWS = 32
"""Scopes kept ready: each names its documents anew, which takes longer than to search them."""
NEAR = 0.05
"""Documents named so nearly as surely as the best one are meant as well."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the library holds near a question: candidates by chunk id, what is known of them, where an address leads."""

    query: Query
    found: tuple[Candidate, ...]
    scene: Scene
    place: Place | None
    timings: dict[str, float]
    lapsed: frozenset[str] = frozenset()

    def hits(self) -> list[Hit]:
        """The candidates ranked, those at the question's address first, those that say the same as one."""
        begin = time.perf_counter()
        hits = rank(self.query, self.found, self.scene, load_model())
        there: frozenset[int] = frozenset()
        if self.place is not None and self.place.spans:
            hits, there = _place_first(hits, self.place)
        hits = fold(hits, self.scene.names.profiles, there, self.lapsed)
        self.timings["rank_ms"] = (time.perf_counter() - begin) * 1000
        return hits


@dataclass(frozen=True, slots=True)
class View:
    """The part of a library that is asked. ``among``: ids of its chunks; None for the whole library."""

    names: DocumentNames
    among: frozenset[int] | None = None


class Library:
    """A generation and what is worked out once when it is opened. Immutable; replaced whole by a newer one.

    What depends on the day or on a scope is kept beside it, and worked out again where it is not there.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.infos = {info.id: info for info in snapshot.infos()}
        self.names = DocumentNames(self.infos.values())
        self.lexicon = merge(snapshot.terms())
        self.ground = Ground.of(snapshot)
        self._whole = View(self.names)
        self._views: dict[tuple[Scope, str], View] = {}
        self._standing: tuple[str, dict[str, Standing]] = ("", {})

    @property
    def standing(self) -> Mapping[str, Standing]:
        """How each rule stands today, by document id."""
        today = datetime.now(UTC).date().isoformat()
        if self._standing[0] != today:  # one assignment, so that threads see a whole pair
            self._standing = today, standings(self.infos.values(), self.names.profiles, today)
        return self._standing[1]

    def view(self, scope: Scope) -> View:
        """The part of the library in a scope; raises InputError where there is none. 1,056 documents: 0.1 s at most."""
        if not scope:
            return self._whole
        standing = self.standing
        key = scope, self._standing[0]
        view = self._views.get(key)
        if view is None:
            ids = documents_in(scope, self.infos, self.names.profiles, standing)
            names = DocumentNames(info for doc_id, info in self.infos.items() if doc_id in ids)
            view = View(names, self.snapshot.ids_of(ids))
            if len(self._views) >= VIEWS:
                self._views = {}
            self._views[key] = view
        return view

    def look(self, query: Query, encoder: Encoder | None, scope: Scope = Scope()) -> Look:  # noqa: B008 - frozen
        """Find the passages in scope that compete for an answer; timings in ms by stage."""
        clock = _Clock()
        view = self.view(scope)
        naming = view.names.read(query)
        best = sorted(naming.found.items(), key=lambda pair: (-pair[1], pair[0]))
        place = locate(query, best, self.snapshot.document)
        if place is not None and place.spans and naming.note:
            place = replace(place, reason=place.reason or naming.note)
        clock.lap("query_ms")
        vector = encode_query(encoder, query)
        clock.lap("encode_ms")
        extra = self._named_chunks(best, place)
        found = settled(candidates(self.snapshot, query, vector, self.ground, extra, view.among))
        heads = self.snapshot.heads([c.chunk.id for c in found])
        spoken = {c.chunk.id: c.spoken for c in found if c.spoken}
        scene = Scene(self.infos, view.names, naming, heads, weigh(self.snapshot.lexical, query), spoken)
        clock.lap("retrieve_ms")
        lapsed = frozenset(doc_id for doc_id, standing in self.standing.items() if standing.status in LAPSED)
        return Look(query, tuple(found), scene, place, clock.laps, lapsed)

    def _named_chunks(self, best: Sequence[tuple[str, float]], place: Place | None) -> list[int]:
        ids: list[int] = []
        if place is not None:
            chunks = self.snapshot.chunks_of(place.document.id)
            ids += [chunk.id for chunk in chunks if _overlaps(place, chunk.start, chunk.end)]
        for doc_id, strength in best[:3]:
            if strength < best[0][1] - NEAR:
                break
            chunks = self.snapshot.chunks_of(doc_id)
            if len(ids) + len(chunks) <= NAMED_CHUNKS:
                ids += [chunk.id for chunk in chunks]
        return ids


def _overlaps(place: Place, start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in place.spans)


def _place_first(hits: list[Hit], place: Place) -> tuple[list[Hit], frozenset[int]]:
    """The passages at the address before all others, each kind in its order; and the ids of the former."""
    there = [h for h in hits if h.chunk.doc_id == place.document.id and _overlaps(place, h.chunk.start, h.chunk.end)]
    there.sort(key=lambda hit: hit.chunk.start)
    ids = frozenset(hit.chunk.id for hit in there)
    ahead = [replace(hit, score=max(hit.score, 0.99)) for hit in there]
    return ahead + [hit for hit in hits if hit.chunk.id not in ids], ids


class _Clock:
    """Milliseconds between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = (now - self._last) * 1000
        self._last = now
