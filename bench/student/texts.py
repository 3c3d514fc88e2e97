"""The training texts: passages as the index would cut them, short texts as questions are, and pairs of both.

All of it is open-licensed or official (MODEL_CARD.md names each set); nothing that questions are measured on is read.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jieba

from qa.build.read import digest_of, make
from qa.split import context
from student.plain_words import asked, plainly

CHUNK = 300
SHORTEST, LONGEST = 6, 64
PASSAGES = {"laws": 9000, "more_laws": 10000, "policy": 8000, "news": 9000, "wiki": 4000}
CLAUSES = {"laws": 25000, "more_laws": 20000, "policy": 30000, "news": 45000, "wiki": 8000}
FRAMED, HEADINGS = 50000, 15000
WORDS, WORD_GROUPS = 45000, 30000
DICTIONARY = Path(jieba.__file__).with_name("dict.txt")

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_CLAUSE = re.compile(r"[，：、]")


@dataclass(frozen=True, slots=True)
class Texts:
    """``queries`` and ``passages`` are for the teacher; ``pairs`` (query, passage) are known to belong together."""

    queries: list[str]
    passages: list[str]
    pairs: list[tuple[str, str]]

    def save(self, path: Path) -> None:
        made = {"queries": self.queries, "passages": self.passages, "pairs": self.pairs}
        path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Texts:
        made = json.loads(path.read_text(encoding="utf-8"))
        return cls(made["queries"], made["passages"], [(a, b) for a, b in made["pairs"]])


def gather(bench: Path, laws: Path, seed: int) -> Texts:
    """Everything to train on, without doubles, in a random order that the seed fixes."""
    rng = random.Random(seed)
    pools = {
        "laws": _cut_rows(_rows(bench, "passages/laws.articles.passages")),
        "more_laws": list(_chunks(laws)),
        "policy": _cut_rows(_rows(bench, "passages/policy_docs.passages")),
        "news": _cut_rows(_rows(bench, "passages/crud_policy_news.train.passages")),
        "wiki": [],
    }
    questions: list[tuple[str, str]] = []
    for name in ("cmrc2018.dev", "drcd_s.dev"):
        windows = {row["id"]: (row["title"], cut(row["text"])) for row in _rows(bench, f"questions/{name}.passages")}
        pools["wiki"] += [f"{title}\n{part}" for title, parts in windows.values() for part in parts]
        for row in _rows(bench, f"questions/{name}.questions"):
            title, parts = windows[row["passage_id"]]
            holding = [part for part in parts if any(answer in part for answer in row["answers"])]
            questions += [(row["question"], f"{title}\n{holding[0]}")] if holding else []
    for name in ("lawbench_consult", "lawbench_scenario_statute", "csl_title_abstract.dev", "gaokao_politics"):
        questions += [(_tail(row["a"]), cut(row["b"])[0]) for row in _rows(bench, f"pairs/{name}")]
    leads = [(row["a"][:100], cut(row["b"])[0]) for row in _rows(bench, "pairs/crud_policy_news_lead_body")]
    passages, queries, own, heads = [], [], [], []
    for name, pool in pools.items():
        rng.shuffle(pool)
        passages += pool[: PASSAGES[name]]
        clauses = [(clause, text) for text in pool for clause in _clauses(text, rng)]
        clauses = rng.sample(clauses, min(len(clauses), CLAUSES[name]))
        own += clauses
        queries += [clause for clause, _ in clauses]
        heads += [text.split("\n")[0] for text in pool if "\n" in text]
    framed = [(_rephrased(clause, rng), text) for clause, text in rng.sample(own, FRAMED)]
    heads = list(dict.fromkeys(heads))
    queries += rng.sample(heads, min(len(heads), HEADINGS)) + [query for query, _ in framed + questions + leads]
    queries += words(WORDS) + list(_word_groups(rng))
    passages += [passage for _, passage in questions + leads]
    pairs = questions * 2 + leads + framed + [(a, b) for clause in own if (a := clause[0]) and (b := _without(*clause))]
    return Texts(_mixed(queries, rng), _mixed(passages, rng), _mixed(pairs, rng))


def cut(text: str, size: int = CHUNK) -> list[str]:
    """Windows of whole sentences of up to ``size`` characters; at least one."""
    windows, now = [], ""
    for sentence in _SENTENCE.findall(" ".join(text.split(" "))):
        if now and len(now) + len(sentence) > size:
            windows.append(now.strip())
            now = ""
        now += sentence[:size]
    return [*windows, now.strip()] if now.strip() or not windows else windows


def words(count: int) -> list[str]:
    """The commonest words of jieba's dictionary (MIT), commonest first."""
    rows = [line.split() for line in DICTIONARY.read_text(encoding="utf-8").split("\n") if line]
    rows.sort(key=lambda row: (-int(row[1]), row[0]))
    return [row[0] for row in rows[:count]]


def _rows(bench: Path, name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (bench / f"{name}.jsonl").read_text("utf-8").split("\n") if line]


def _cut_rows(rows: list[dict[str, str]]) -> list[str]:
    return [f"{row['title']}\n{part}".lstrip() for row in rows for part in cut(row["text"])]


def _chunks(laws: Path) -> Iterator[str]:
    """What the index would encode for each chunk of a folder of laws."""
    for path in sorted(laws.rglob("*.md")):
        made = make(laws, path.relative_to(laws).as_posix(), digest_of(path), 2**26, CHUNK)
        for entry in made.entries:
            yield f"{context(made.document, entry.chunk)}\n{entry.chunk.text}"


def _clauses(text: str, rng: random.Random) -> Iterator[str]:
    """A sentence or a run of its clauses, for about half of the sentences."""
    for sentence in _SENTENCE.findall(text.split("\n", 1)[-1]):
        if rng.random() < 0.5:
            continue
        parts = _CLAUSE.split(sentence.strip())
        start = rng.randrange(len(parts))
        found = "，".join(parts[start : start + rng.randint(1, 3)]).strip()
        if SHORTEST <= len(found) <= LONGEST:
            yield found


def _rephrased(text: str, rng: random.Random) -> str:
    """A clause as somebody might ask for it: in everyday words, shortened, within a way of asking."""
    text = plainly(text, rng)
    found = jieba.lcut(text) if len(text) > 16 else [text]
    if len(found) > 6:
        found = [word for word in found if rng.random() < 0.75]
    text = "".join(found)
    return asked(text, rng) if rng.random() < 0.75 else text


def _without(clause: str, text: str) -> str:
    """The passage without its clause, so that the pair is not one of equal words; empty where too little is left."""
    head, _, body = text.rpartition("\n")
    left = body.replace(clause, "", 1)
    if len(left) < 60 or len(left) == len(body):
        return ""
    return f"{head}\n{left}" if head else left


def _tail(text: str) -> str:
    """Of a long question the end, which is what is asked."""
    return text[-100:].strip()


def _word_groups(rng: random.Random) -> Iterator[str]:
    """Two to four common words side by side: what words mean in company, far beyond what the texts speak of."""
    common = words(WORDS)[200:]
    for _ in range(WORD_GROUPS):
        yield "".join(rng.choice(common[: rng.choice((3000, 12000, len(common)))]) for _ in range(rng.randint(2, 4)))


def _mixed(items: list, rng: random.Random) -> list:  # type: ignore[type-arg]
    unique = [item for item in dict.fromkeys(items) if item]
    rng.shuffle(unique)
    return unique
