"""Does a sentence stand in the passages it cites? Numbers, names, turning words, who does what, and how much of it.

Every rule looks at the text alone and none trusts the model. What a rule can't see, a paraphrase that is wrong in
other words, the coverage bounds; bench/wording.py measures both kinds of mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from qa.llm.figures import names, numbers, plain, without_numbers
from qa.llm.modality import DUTIES, KEPT, OPPOSITE, kinds, negated, without_turns
from qa.tokens import STOP_WORDS, pieces
from qa.types import Citation

Fault = Literal["mark", "unsafe", "number", "name", "turned", "negation", "who", "coverage"]

COVERED = 0.7
"""Share of a sentence's character pairs that stand in its passages, at least."""
CLAUSE = 0.45
"""The same of each clause of it, so that nothing is added to what stands there."""
ALIGNED = 0.3
"""A clause of the passage is what a clause of the sentence speaks of if it holds so much of it."""
NEAR = 0.85
"""Clauses that hold nearly as much as the best one count as the best."""

_CLAUSE = re.compile(r"(?<![的时后])(?<!的[\u4e00-\u9fff]{2})[，,]+|[；;。！？!?：:\n]+")
"""What ends a clause; a condition (「逾期未整改的，」) belongs to what follows from it."""
_JOINED = re.compile("、|并且?|以及|同时|且")
"""Where something may be joined on to a clause."""
_STOP = re.compile(r"[。！？!?\n；;]+")
_FUNCTION = re.compile(r"[的了着和与及在是也就对于为把被将由其该此这那并而或等之以所地得则即且要向给从到个\W]")
_ACTS = re.compile(
    r"(?:部门|单位|机关|机构|组织|政府|街道|乡镇|村委会|居委会|企业|公司|学校|委员会|办公室|小组|支部|办事处|银行|法院"
    r"|局|委|厅|院|科室|中心|站|馆|领导|干部|书记|主任|委员|人|者|员|方|居民|群众|学生|教师|职工|农民|青年|老人|户|家庭)$"
)
"""How those end who do something or to whom it is done."""
_NOBODY = frozenset("任何人 有人 地方 对方 各方 双方 好处 多方 北方 南方 东方 西方 到处".split())
_DUTY = re.compile("应当|必须|可以|不得|有权|负责|禁止|严禁")
_LEAD = re.compile(
    r"^(?:(?:根据|按照|依据|依照|按)[^，。]{0,30}(?:规定|要求|通知|办法|报告)|(?:此外|同时|其中|另外|因此|总之|具体来说))，"
)
"""How a sentence is led in, without saying anything that could be false but for the names in it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``support`` in [0, 1] is the coverage; the faults are why the sentence is not shown, none where it is."""

    support: float
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Passage:
    """A citation as evidence: what is shown of it, in ``plain`` form."""

    head: str
    text: str

    @classmethod
    def of(cls, citation: Citation) -> Passage:
        facts = [citation.facts.get(name, "") for name in ("number", "issuer", "date", "effective", "speaker")]
        head = "\n".join(plain(part) for part in (citation.title, *citation.breadcrumb, *facts) if part)
        lines = citation.quote.split("\n")  # plain() closes lines up, and they part sentences
        return cls(head, "\n".join(plain(line) for line in lines))

    @cached_property
    def clauses(self) -> list[_Clause]:
        return _clauses(self.text)

    @cached_property
    def pairs(self) -> set[str]:
        return set(_pairs(self.head)) | set(_pairs(self.text)) | _adjacent(self.text)


@dataclass(frozen=True)
class _Clause:
    text: str
    stands: str
    """The whole sentence it is of."""
    behind: str
    """The clause behind it in that sentence, or nothing."""

    @cached_property
    def pairs(self) -> set[str]:
        return set(_pairs(self.text)) | _adjacent(self.text)


def check(sentence: str, cited: Sequence[Passage]) -> Verdict:
    """Hold a sentence against the passages it cites."""
    if not cited:
        return Verdict(0.0, ("mark",))
    whole = plain(sentence)
    said = _LEAD.sub("", whole)
    known = set().union(*(p.pairs for p in cited))
    evidence = "\n".join(f"{p.head}\n{p.text}" for p in cited)
    clauses = [clause for p in cited for clause in p.clauses]
    parts = [part for part in _CLAUSE.split(said) if part]
    support = _share(_pairs(said), known)
    faults: list[Fault] = []
    if not _counted(whole, evidence, parts, clauses):
        faults.append("number")
    if any(part not in evidence for name in names(whole) for part in name):
        faults.append("name")
    if not _begins_there(said, evidence):
        faults.append("who")
    for part in parts:
        faults += _clause_faults(part, said, clauses)
    joined = [_pairs(piece) for part in parts for piece in _JOINED.split(part)]
    if support < COVERED or any(p and _share(p, known) < CLAUSE for p in joined):
        faults.append("coverage")
    return Verdict(support, tuple(dict.fromkeys(faults)))


def _clause_faults(part: str, said: str, clauses: Sequence[_Clause]) -> list[Fault]:
    best = _best(_pairs(part), clauses)
    faults: list[Fault] = []
    if best and not _same_turn(part, said, best):
        faults.append("turned")
    if best and all(negated(part) != negated(clause.text) for clause in best):
        faults.append("negation")
    if not _same_agents(part, best, clauses):
        faults.append("who")
    return faults


def _begins_there(said: str, evidence: str) -> bool:
    """Whether the word that a sentence begins with, most often its subject, stands in the passages."""
    words = [
        w for w in pieces(without_numbers(said)[:20]) if w not in STOP_WORDS and re.fullmatch(r"[\u4e00-\u9fff]{2,}", w)
    ]
    return not words or words[0] in evidence or all(pair in evidence for pair in _pairs(words[0]))


def _clauses(text: str) -> list[_Clause]:
    found = []
    for sentence in filter(None, _STOP.split(text)):
        parts = [part for part in _CLAUSE.split(sentence) if part]
        found += [_Clause(p, sentence, b) for p, b in zip(parts, [*parts[1:], ""], strict=True)]
    return found


def _pairs(text: str) -> list[str]:
    """Pairs of neighbouring characters that bear meaning; a character alone counts as itself."""
    runs = [run for run in _FUNCTION.split(without_turns(without_numbers(text))) if run]
    return [
        pair for run in runs for pair in ([run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)])
    ]


def _adjacent(text: str) -> set[str]:
    """Pairs across what bears no meaning, and each character: evidence may be said without its 的 and 了."""
    lean = _FUNCTION.sub("", text)
    return {lean[i : i + 2] for i in range(len(lean) - 1)} | set(lean)


def _share(pairs: Sequence[str], known: Iterable[str]) -> float:
    have = known if isinstance(known, set) else set(known)
    return sum(pair in have for pair in pairs) / len(pairs) if pairs else 0.0


def _best(pairs: Sequence[str], clauses: Sequence[_Clause]) -> list[_Clause]:
    """The clauses that a clause speaks of; none where none holds enough of it."""
    shares = [_share(pairs, clause.pairs) for clause in clauses]
    top = max(shares, default=0.0)
    if top < ALIGNED:
        return []
    return [clause for clause, share in zip(clauses, shares, strict=True) if share >= NEAR * top]


def _counted(said: str, evidence: str, parts: Sequence[str], clauses: Sequence[_Clause]) -> bool:
    """Whether each number stands in the passages, for the same thing, and where its clause speaks of it."""
    there = numbers(evidence)
    for number in numbers(said):
        if not any(number.within(other) for other in there):
            return False
    return all(_counted_clause(part, clauses) for part in parts)


def _counted_clause(part: str, clauses: Sequence[_Clause]) -> bool:
    """Whether the numbers of a clause are those of the clause that it speaks of, and in the same order."""
    own = numbers(part)
    pairs = _pairs(part)
    best = _best(pairs, clauses) if len(pairs) > 2 else []
    for unit in {number.unit for number in own} if best else ():
        values = [number.value for number in own if number.unit == unit]
        rivals = [[n.value for n in numbers(clause.text) if n.unit == unit] for clause in best]
        if any(rivals) and not any(_in_order(values, rival) for rival in rivals):
            return False
    return True


def _in_order(values: Sequence[object], there: Sequence[object]) -> bool:
    rest = iter(there)
    return all(value in rest for value in values)


def _same_turn(part: str, said: str, best: Sequence[_Clause]) -> bool:
    """Whether the clause has no turning word that its passage lacks there, and has lost none that limits it."""
    have = kinds(part)
    there = set().union(*(kinds(clause.stands) for clause in best))
    if any(OPPOSITE[kind] in there if kind in OPPOSITE else True for kind in have - there):
        return False
    duty = have & DUTIES
    if duty and all(duty != kinds(clause.text) & DUTIES != set() for clause in best):
        return False
    if "except" not in kinds(said) and all("except" in kinds(clause.behind) for clause in best):
        return False
    return any(not kinds(clause.text) & KEPT - have for clause in best)


def _agents(text: str) -> list[str]:
    """Those who act in a clause, in order; the dictionary's words, with the one before where it is too short."""
    words = pieces(re.sub("《[^》]*》", " ", text))
    found = []
    for at, word in enumerate(words):
        if not _ACTS.search(word) or word in _NOBODY or word in STOP_WORDS:
            continue
        before = words[at - 1] if at else ""
        joined = len(word) < 3 and before not in STOP_WORDS and re.fullmatch(r"[\u4e00-\u9fff]{2,}", before)
        if joined and not _DUTY.search(before):
            found.append(before + word)
        elif len(word) > 1:
            found.append(word)
    return found


def _same_agents(part: str, best: Sequence[_Clause], clauses: Sequence[_Clause]) -> bool:
    """Whether who does a thing is who does it in the passage, and two stand in the same order."""
    agents = _agents(part)
    for agent, deed in [(agent, piece) for piece in part.split("、") for agent in _agents(piece)]:
        pairs = _pairs(deed.replace(agent, " "))
        of_deed = _best(pairs, clauses) if any(len(pair) > 1 for pair in pairs) else []
        if of_deed and not any(_acts(agent, clause) for clause in of_deed):
            return False
        if best and all(_after_duty(part, agent, clause.stands) for clause in best):
            return False
    for first, second in pairwise(agents):
        places = [(c.text.find(first), c.text.find(second)) for c in best]
        both = [(a, b) for a, b in places if a >= 0 and b >= 0]
        if both and all(a > b for a, b in both):
            return False
    return True


def _acts(agent: str, clause: _Clause) -> bool:
    """Whether it acts in a clause; where the clause names nobody, in its sentence."""
    if agent in clause.text:
        return True
    return not _agents(clause.text) and (agent in clause.stands or not _agents(clause.stands))


def _after_duty(part: str, agent: str, sentence: str) -> bool:
    """Whether an agent that stands before a duty here stands only behind that duty in the passage's sentence."""
    for duty in _DUTY.finditer(part):
        if part.find(agent) > duty.start():
            continue
        places = [match.start() for match in re.finditer(duty[0], sentence)]
        if places and sentence.find(agent) > max(places):
            return True
    return False
