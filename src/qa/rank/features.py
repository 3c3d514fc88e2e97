"""What is known of a candidate, as numbers of comparable size (mostly in [0, 1])."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
import numpy.typing as npt

from qa.query import Query
from qa.rank.evidence import defines, evidence
from qa.rank.weights import Weights, coverage
from qa.retrieve import Candidate, DocumentNames
from qa.retrieve.names import PLACES, Naming
from qa.types import DocumentInfo

FEATURES = (
    "likeness",
    "likeness_gap",
    "sentence",
    "sentence_gap",
    "likeness_said",
    "sentence_said",
    "bm25_share",
    "bm25_level",
    "words",
    "words_and_head",
    "head",
    "bigrams",
    "tokens",
    "tokens_and_head",
    "document_words",
    "context",
    "type",
    "defines",
    "opening",
    "heading_asked",
    "title_named",
    "other_named",
    "year_named",
    "year_other",
    "year_in_text",
    "place_named",
    "place_other",
    "older_edition",
    "article_like",
)
"""Names of the columns, in order. The weights file names them too, and is refused when they differ."""

SPREADS = 5
"""A question's best passages lie about five standard deviations above chance: so many make one."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the library says about the question, worked out once a question."""

    infos: Mapping[str, DocumentInfo]
    names: DocumentNames
    naming: Naming
    heads: Mapping[int, str]
    """Heading path by chunk id, as indexed."""
    weights: Weights
    spoken: Mapping[int, Sequence[float]] = field(default_factory=dict)
    """Chunk id → how near each of its sentences is to the question, in standard deviations above chance."""

    @property
    def named(self) -> Mapping[str, float]:
        """Strength in (0, 1] by document id for those that the question names."""
        return self.naming.found


def features(query: Query, found: Sequence[Candidate], scene: Scene) -> npt.NDArray[np.float64]:
    """One row a candidate, ``(len(found), len(FEATURES))``."""
    if not found:
        return np.zeros((0, len(FEATURES)))
    tops = _Tops.of(found, scene.weights.ceiling, max(scene.named.values(), default=0.0))
    around = _documents(found, scene)
    return np.array([_row(query, c, scene, tops, around[c.chunk.doc_id]) for c in found])


def _documents(found: Sequence[Candidate], scene: Scene) -> dict[str, float]:
    """By document: what its candidates together say of the question's words. A long text deals with its question in
    several passages: with this column reports of cases, taught by none, have .024 more first."""
    own: dict[str, list[str]] = {}
    for c in found:
        own.setdefault(c.chunk.doc_id, []).append(c.chunk.text)
    words, forms = scene.weights.words, scene.weights.forms
    return {doc: coverage("\n".join(texts), words, forms) for doc, texts in own.items()}


@dataclass(frozen=True, slots=True)
class _Tops:
    """The best and middle values among the candidates; dense ones None where no candidate has a vector."""

    dense: float | None
    middle: float | None
    sentence: float | None
    lexical: float
    said: float
    """The best ``bm25_level``: 1 where a passage says the question in its own words."""
    named: float

    @classmethod
    def of(cls, found: Sequence[Candidate], ceiling: float, named: float) -> _Tops:
        dense = [c.dense for c in found if c.dense is not None]
        sentence = max((c.sentence for c in found if c.sentence is not None), default=None)
        lexical = max((c.lexical for c in found), default=0.0) or 1.0
        said = min(1.0, max((c.lexical for c in found), default=0.0) / ceiling)
        return cls(max(dense, default=None), median(dense) if dense else None, sentence, lexical, said, named)


def _row(query: Query, c: Candidate, scene: Scene, tops: _Tops, document: float) -> list[float]:
    text, head = c.chunk.text, scene.heads.get(c.chunk.id, "")
    weights = scene.weights
    named = scene.named.get(c.chunk.doc_id, 0.0)
    return [
        *_likeness(c, tops),
        c.lexical / tops.lexical,
        min(1.0, c.lexical / weights.ceiling),
        coverage(text, weights.words, weights.forms),
        coverage(f"{head}\n{text}", weights.words, weights.forms),
        coverage(head, weights.words, weights.forms),
        coverage(text, weights.grams),
        coverage(text, weights.tokens),
        coverage(f"{head}\n{text}", weights.tokens),
        document,
        coverage(f"{head}\n{text}", weights.context),
        evidence(query, text),
        float(defines(query, text)),
        float(c.chunk.start == 0),
        heading_asked(query, head, text),
        named,
        1.0 if tops.named >= 0.7 and named < tops.named - 0.05 else 0.0,
        *_years(query, c, scene),
        *_places(query, c, scene),
        0.0 if scene.names.profiles[c.chunk.doc_id].newest else 1.0,
        1.0 if text.startswith("第") else 0.0,
    ]


def _likeness(c: Candidate, tops: _Tops) -> tuple[float, float, float, float, float, float]:
    """Passage and best sentence: above chance, and below the best candidate; the latter again as far as some passage
    says the question in its own words, for vectors are worth less then. A passage without a vector is a middling one.
    """
    if tops.dense is None or tops.middle is None or tops.sentence is None:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    dense = (tops.middle if c.dense is None else c.dense) / SPREADS
    sentence = (tops.middle if c.sentence is None else c.sentence) / SPREADS
    gaps = dense - tops.dense / SPREADS, sentence - tops.sentence / SPREADS
    return dense, gaps[0], sentence, gaps[1], gaps[0] * tops.said, gaps[1] * tops.said


LABEL = re.compile(r"^[（(第]?[〇一二三四五六七八九十百\d]+[）)、.．章节编条部分]*[、.．）)\s]*")


def heading_asked(query: Query, head: str, text: str) -> float:
    """1 where the question says a heading over the passage (or the one it opens with) word for word, else 0."""
    headings = [*head.split(" › ")[1:], text.split("\n", 1)[0]]
    bare = (LABEL.sub("", heading).strip("：:。") for heading in headings)
    return float(any(4 <= len(heading) <= 20 and heading in query.text for heading in bare))


def _years(query: Query, c: Candidate, scene: Scene) -> tuple[float, float, float]:
    """The question's year is the document's; another is; it stands in the passage. All 0 when no year is named."""
    if not query.years:
        return 0.0, 0.0, 0.0
    years = scene.names.profiles[c.chunk.doc_id].years
    hit = float(bool(years & set(query.years)))
    return hit, float(bool(years) and not hit), float(any(str(year) in c.chunk.text for year in query.years))


def _places(query: Query, c: Candidate, scene: Scene) -> tuple[float, float]:
    """The document's province is asked for; the document is a province's while the question names none or another."""
    places = scene.names.profiles[c.chunk.doc_id].places
    if not places:
        return 0.0, 0.0
    asked = {place for place in PLACES if place in query.full}
    return float(bool(places & asked)), float(not places & asked)
