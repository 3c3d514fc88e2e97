"""A small library of real types, worked out by hand: what the web needs of an assistant, without an index."""

from __future__ import annotations

from collections.abc import Sequence

from qa.errors import InputError
from qa.protocols import Encoder
from qa.types import (
    Answer,
    Chunk,
    Citation,
    Document,
    DocumentInfo,
    Facts,
    Hit,
    LibraryStatus,
    PageStart,
    Progress,
    Scope,
    Section,
    Sentence,
    Sort,
    Suggestion,
)
from qa.versions import Edition

HOSTILE = "第三条 <img src=http://x onerror=alert(1)><script>alert(2)</script>不得**当作**[标记](#a)执行。"
TEXT = "\n".join(
    [
        "关于开展学习研讨的通知",
        "一、总体要求",
        "学习𠮷林经验，要把工作做到群众心坎上。坚持问题导向，力戒形式主义。",
        "（一）四项内容",
        "一是宣传党的路线方针政策下基层。二是调查研究下基层。三是信访接待下基层。四是现场办公下基层。",
        "二、附则",
        HOSTILE,
        "本通知自印发之日起施行。",
    ]
)


def _at(heading: str) -> int:
    return TEXT.index(heading)


DOCUMENT = Document(
    id="d1",
    path="通知/学习.md",
    title="关于开展学习研讨的通知",
    text=TEXT,
    pages=(PageStart(1, 0), PageStart(2, _at("（一）"))),
    sections=(
        Section(1, "一、", "总体要求", _at("一、总体"), _at("二、附则")),
        Section(2, "（一）", "四项内容", _at("（一）"), _at("二、附则"), 0),
        Section(1, "二、", "附则", _at("二、附则"), len(TEXT)),
    ),
    facts=Facts(number="学组发〔2026〕3号", issuer="学习组", date="2026-03-01"),
    format="md",
)


def cite(number: int, quote: str) -> Citation:
    start = TEXT.index(quote)
    trail = tuple(s.heading for s in DOCUMENT.trail(DOCUMENT.section_at(start)))
    page = DOCUMENT.page_at(start)
    return Citation(number, DOCUMENT.id, DOCUMENT.title, DOCUMENT.path, start, start + len(quote), quote, trail, page)


class Library:
    """Answers by keyword. ``asked`` keeps each question with its history."""

    def __init__(self, documents: int = 1, vectors: int = 6, sentences: int = 6) -> None:
        self.count = documents
        self.vectors, self.sentences = vectors, sentences
        self.progress: Progress | None = None
        self.asked: list[tuple[str, list[str]]] = []
        self.error: Exception | None = None
        self.encoder: Encoder | None = None
        self.scope: Scope | None = None
        self.sort = ""
        self.facts = {"number": "学组发〔2026〕3号", "issuer": "学习组", "date": "2026-03-01", "status": "现行"}

    def ask(self, question: str, history: Sequence[str] = (), scope: Scope | None = None) -> Answer:
        self.asked.append((question, list(history)))
        self.scope = scope
        if self.error:
            raise self.error
        if len(question) > 2000:
            raise InputError(f"问题有 {len(question)} 字，最多 2000 字", "请缩短问题")
        quotes = self._quotes(question)
        hits = tuple(self.search(question))
        if not quotes:
            near = Suggestion("d1", DOCUMENT.path, DOCUMENT.title, "（一）四项内容", _at("（一）"))
            reason = "最接近的片段也没有回答这个问题"
            return Answer(
                question, "abstained", "extract", (), (), hits, 0.1, reason, ("火星",), (near,), {"total_ms": 2}
            )
        sentences = tuple(Sentence(quote, (n,)) for n, quote in enumerate(quotes, 1))
        citations = tuple(cite(n, quote) for n, quote in enumerate(quotes, 1))
        kind = "list" if len(quotes) > 2 else "extract"
        return Answer(question, "answered", kind, sentences, citations, hits, 0.92, timings={"total_ms": 7.5})

    @staticmethod
    def _quotes(question: str) -> list[str]:
        if "恶意" in question:
            return [HOSTILE]
        if "四" in question:
            return [s + "。" for s in TEXT.split("\n")[4].split("。") if s]
        return ["坚持问题导向，力戒形式主义。"] if "导向" in question else []

    def badges(self, doc_id: str) -> dict[str, str]:
        self.document(doc_id)
        return dict(self.facts)

    def search(
        self,
        question: str,
        k: int = 10,
        history: Sequence[str] = (),
        scope: Scope | None = None,
        sort: Sort = "score",
    ) -> list[Hit]:
        if len(question) > 2000:
            raise InputError(f"问题有 {len(question)} 字，最多 2000 字", "请缩短问题")
        self.scope, self.sort = scope or self.scope, sort
        start = _at("一是")
        chunk = Chunk(7, "d1", start, start + 20, 1, TEXT[start : start + 20])
        return [Hit(chunk, 0.9, DOCUMENT.path, DOCUMENT.title, {"lexical": 3.2})][:k]

    def text(self, path: str, start: int = 0, end: int | None = None) -> str:
        if path != DOCUMENT.path:
            raise InputError(f"没有文件 {path}")
        return TEXT[start:end]

    def document(self, doc_id: str) -> Document:
        if doc_id != "d1":
            raise InputError(f"资料库里没有编号为 {doc_id} 的文件", "用 /api/v1/documents 查看文件清单")
        return DOCUMENT

    def editions(self, doc_id: str) -> tuple[Edition, ...]:
        return ()

    def documents(self) -> tuple[DocumentInfo, ...]:
        d = DOCUMENT
        return (DocumentInfo(d.id, d.path, d.title, len(d.text), 6, 2, "md", "utf-8", d.facts, ()),)[: self.count]

    def examples(self, n: int = 6) -> list[str]:
        return ["四项内容有哪些？", "工作中要坚持什么导向？"][:n]

    def warm_up(self) -> None: ...

    def status(self) -> LibraryStatus:
        chunks = 6 * self.count
        vectors, sentences = min(self.vectors, chunks), min(self.sentences, chunks)
        return LibraryStatus(1, self.count, chunks, vectors, "e5", self.progress, (), sentences)
