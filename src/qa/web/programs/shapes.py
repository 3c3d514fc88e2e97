"""What goes over the wire under /api/v1, for the checks of what comes in and for the OpenAPI of what goes out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from qa.types import Sort
from qa.web.scope import ScopeIn

ASKED = "四下基层指的是哪四项？"
SEEN = r"[^\s\x00-\x1f\x7f-\x9f]"
"""At least one character that is no blank and no control character. In the OpenAPI only: ``tidy`` does the checking,
and pydantic would refuse half a surrogate pair beside a real question."""


def _number(value: object) -> object:
    """As JSON Schema has it: 70.0 is a whole number; true and "70", which pydantic would take as well, are none."""
    return None if isinstance(value, (bool, str)) else value


Whole = Annotated[int, BeforeValidator(_number)]


class Taken(BaseModel):
    """A misspelt name is told, not passed over."""

    model_config = ConfigDict(extra="forbid")


class Part(ScopeIn):
    """The page's scope, as strictly as the rest."""

    model_config = ConfigDict(extra="forbid", title="Scope")

    years: list[Whole] = Field(default=[], max_length=50, description="年份")
    in_force: StrictBool = Field(default=False, description="只看现行：不看已修改、已废止、征求意见稿和尚未施行的")


class Wanted(Taken):
    question: str = Field(
        description="问题", examples=[ASKED], json_schema_extra={"minLength": 1, "maxLength": 2000, "pattern": SEEN}
    )
    history: list[str] = Field(default=[], max_length=100, description="此前的问题，从早到晚；取最近 6 个")
    scope: Part = Field(default_factory=Part, description="只看哪些资料；各项要同时符合")


class Question(Wanted):
    stream: StrictBool = Field(False, description="逐句发送（SSE）；与请求头 Accept: text/event-stream 一样")
    worded: StrictBool = Field(False, description="设有语言模型时，等它转述后再答复（worded 一项）；原句不受影响")


class Search(Wanted):
    k: Whole = Field(10, ge=1, le=100, description="返回片段的个数")
    sort: Sort = Field("score", description="score 按把握，date 按成文日期从新到旧")


class Feedback(Taken):
    id: str = Field(pattern="^[0-9a-f]{32}$", description="回答的编号 id", examples=["0" * 32])
    good: StrictBool = Field(description="是否有帮助")
    note: str = Field("", max_length=2000, description="说明")
    wrong: Whole | None = Field(None, ge=0, le=10_000, description="引错的是第几条引文；0 指整个回答")


class CitationOut(BaseModel):
    number: int = Field(description="编号，从 1 起")
    doc_id: str
    path: str = Field(description="相对于资料文件夹的路径")
    title: str
    start: int = Field(description="起点（字），含")
    end: int = Field(description="终点（字），不含")
    quote: str = Field(description="原文，与文件的 [start, end) 逐字相同")
    breadcrumb: list[str] = Field(description="所在的各级标题，从外到内")
    page: int | None
    facts: dict[str, str] = Field(description="文号、机关、日期、效力等，只列已知的")
    same: list[dict[str, Any]] = Field(description="写着同样内容的其他位置，及别的版本")
    reference: str = Field(description="写在引文后面的出处", examples=["《渡船管理办法》（梅政发〔2024〕3号）第一条"])
    verified: bool = Field(description="此刻与文件逐字核对的结果")


class SentenceOut(BaseModel):
    text: str
    citations: list[int] = Field(description="引文的编号")
    focus: list[int] | None = Field(description="长句中回答问题的部分 [起, 止)")
    context: list[CitationOut] = Field(description="答句所指的上文；不是答案")


class HitOut(BaseModel):
    path: str
    doc_id: str
    title: str
    start: int
    end: int
    text: str
    score: float = Field(ge=0, le=1, description="能回答问题的把握")
    signals: dict[str, float]
    same: list[dict[str, Any]]
    facts: dict[str, str]


class AnswerOut(BaseModel):
    id: str | None = Field(description="回答的编号，供评价用；没有记录时为 null")
    question: str
    status: Literal["answered", "abstained"] = Field(description="abstained：库内没有依据")
    kind: Literal["extract", "list", "article", "outline"]
    confidence: float = Field(ge=0, le=1)
    sentences: list[SentenceOut]
    citations: list[CitationOut]
    hits: list[HitOut]
    reason: str | None
    missing: list[str]
    notes: list[str]
    warnings: list[str]
    suggestions: list[dict[str, Any]]
    timings: dict[str, float]
    worded: dict[str, Any] | None = Field(description="语言模型的转述；没有要它，或没有设模型时为 null")


class HitsOut(BaseModel):
    question: str
    hits: list[HitOut]


class DocumentOut(BaseModel):
    id: str
    path: str
    title: str
    chars: int
    chunks: int
    pages: int
    format: str
    encoding: str | None
    facts: dict[str, Any]
    warnings: list[str]
    badges: dict[str, str] = Field(description="要素与效力，只列已知的")


class DocumentsOut(BaseModel):
    documents: list[DocumentOut]
    total: int = Field(description="符合条件的份数")
    page: int
    per_page: int
    pages: int


class SectionOut(BaseModel):
    level: int
    heading: str
    start: int
    end: int
    parent: int = Field(description="上一级标题的序号（从 0 起），-1 为没有")


class WholeOut(DocumentOut):
    sections: list[SectionOut]
    editions: list[dict[str, Any]] = Field(description="同一文件的各个版本，从旧到新；只有一版时为空")


class TextOut(BaseModel):
    doc_id: str
    path: str
    title: str
    start: int
    end: int
    chars: int = Field(description="全文字数")
    text: str
    next: int | None = Field(description="还没给完时，下一段的起点")


class PassageOut(BaseModel):
    doc_id: str
    path: str
    title: str
    number: str | None
    date: str | None
    breadcrumb: list[str]
    page: int | None
    page_kind: str
    start: int
    end: int
    shown_from: int = Field(alias="from", description="before 从哪里起")
    to: int = Field(description="after 到哪里止，不含")
    length: int = Field(description="全文的字数")
    before: str
    quote: str
    after: str
    reference: str = Field(description="写在引文后面的出处")
    quotation: str = Field(description="引文连同出处，可直接粘贴")
    verified: bool | None = Field(description="与 check 核对的结果；没有给 check 时为 null")
    facts: dict[str, str]


class KeptOut(BaseModel):
    kept: bool = Field(description="是否记下；没有这个编号，或没有开记录时为 false")


class HealthOut(BaseModel):
    ok: bool
    generation: int
    documents: int
    chunks: int
    vectors: int
    encoder: str


class Problem(BaseModel):
    """RFC 9457，另有 code 与 todo。"""

    type: str = Field(examples=["/api/docs#input"])
    title: str
    status: int
    detail: str = Field(description="这一次错在哪里，可以直接显示")
    code: str = Field(description="固定的代号，供程序判断")
    todo: str = Field(description="怎么办，可以直接显示；可能为空")
