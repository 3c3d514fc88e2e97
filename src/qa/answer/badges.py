"""What is told of a document beside a quote from it, and the warning where the quote is from no text in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qa.retrieve.names import short_name
from qa.types import Answer, Citation, DocumentInfo, Hit, Standing

STATED = ("number", "issuer", "date", "effective", "speaker", "occasion", "secrecy")
"""The facts that are told as they stand in ``Facts``."""


def badges(info: DocumentInfo, standing: Mapping[str, Standing], infos: Mapping[str, DocumentInfo]) -> dict[str, str]:
    """What is known of a document, by the names that ``Citation.facts`` lists; nothing that isn't known."""
    found = {name: value for name in STATED if (value := getattr(info.facts, name))}
    stands = standing.get(info.id)
    if stands is None:
        return found
    found["status"] = stands.status
    if stands.since and stands.status != "现行":
        found["since"] = stands.since
    other = infos.get(stands.by or "")
    if other is not None:
        same = {"by_date": other.facts.date} if other.facts.date else {}
        found |= {"by": other.title, "by_path": other.path, "by_doc": other.id, **same}
    return found


def with_badges(answer: Answer, standing: Mapping[str, Standing], infos: Mapping[str, DocumentInfo]) -> Answer:
    """The answer with the facts of each cited or found document, and the warnings about the cited ones."""

    def told(citations: Sequence[Citation]) -> tuple[Citation, ...]:
        return tuple(replace(c, facts=badges(infos[c.doc_id], standing, infos)) for c in citations)

    sentences = tuple(replace(s, context=told(s.context)) if s.context else s for s in answer.sentences)
    made = replace(answer, sentences=sentences, citations=told(answer.citations))
    return replace(made, hits=hits_with_badges(answer.hits, standing, infos), warnings=warnings(made.quoted))


def hits_with_badges(
    hits: Sequence[Hit], standing: Mapping[str, Standing], infos: Mapping[str, DocumentInfo]
) -> tuple[Hit, ...]:
    return tuple(replace(hit, facts=badges(infos[hit.chunk.doc_id], standing, infos)) for hit in hits)


def warnings(citations: Sequence[Citation]) -> tuple[str, ...]:
    """One a document, in the order of the citations, each naming those it is about."""
    numbers: dict[str, list[int]] = {}
    for citation in citations:
        numbers.setdefault(citation.doc_id, []).append(citation.number)
    first = {citation.doc_id: citation for citation in reversed(citations)}
    told = ((marks, warning(first[doc_id])) for doc_id, marks in numbers.items())
    return tuple(f"{_marks(sorted(marks))} {text}" for marks, text in told if text)


def _marks(numbers: Sequence[int]) -> str:
    """[1][3]–[5]: runs of three and more are drawn together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "".join(f"[{r[0]}]–[{r[-1]}]" if len(r) > 2 else "".join(f"[{n}]" for n in r) for r in runs)


def warning(citation: Citation) -> str | None:
    """A Chinese sentence where the quote is from a draft, a repealed or superseded text, or one not in force yet."""
    facts = citation.facts
    title, since, status = _quoted(citation.title), _day(facts.get("since")), facts.get("status")
    by, other = facts.get("by"), _day(facts.get("by_date"))
    edition = f"（{_day(facts.get('date'))}）" if facts.get("date") else ""
    if status == "已废止":
        how = f"已由{_quoted(by)}废止" if by else "已废止"
        return f"引文出自{title}{edition}，{how}{f'，自{since}起失效' if since else ''}。"
    if status == "已修改" and by and short_name(by) == short_name(citation.title):
        return f"引文出自{title}的旧版{edition}；资料库里有{other or '更新'}的一版，请以新版为准。"
    if status == "已修改":
        how = f"后来有{_quoted(by)}{f'（{other}）' if other else ''}修改它" if by else "文件标明已修改"
        return f"引文出自{title}{edition}，{how}，请核对引文是否仍然有效。"
    if status == "征求意见稿":
        final = f"；资料库里有正式文本（{other or by}）" if by else ""
        return f"引文出自征求意见稿或草案{title}，不是正式文件{final}。"
    if status == "尚未施行":
        now = f"；现行的是{other or '此前'}的一版" if by else ""
        return f"引文出自{title}{edition}，自{since}起施行，现在尚未施行{now}。"
    return None


def _quoted(title: str | None) -> str:
    bare = (title or "").strip()
    return bare if bare.startswith("《") and bare.endswith("》") else f"《{bare}》"


def _day(iso: str | None) -> str:
    """2024-05-01 → 2024年5月1日."""
    parts = (iso or "").split("-")
    if not parts[0]:
        return ""
    return "".join(f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=False))
