"""The report's words, in both languages: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from qa.health.report import Finding
from qa.types import PageKind

Lang = Literal["zh", "en"]

LEVELS: dict[Lang, dict[str, str]] = {
    "zh": {"good": "良好", "fair": "有需要处理的", "poor": "问题较多", "empty": "没有文件"},
    "en": {"good": "in good health", "fair": "some files need attention", "poor": "many problems", "empty": "no files"},
}

_HEADINGS: dict[Lang, dict[str, str]] = {
    "zh": {
        "unread": "读不了",
        "stale": "这次没读到，用的是旧内容",
        "warning": "读取时的提示",
        "garbled": "有乱码",
        "replaced": "有丢失的字",
        "private": "有自造字",
        "control": "有控制字符",
        "empty_pages": "有一部分没有读出文字",
        "ocr_unsure": "扫描件认字把握低",
        "scanned": "扫描件",
        "sparse": "文字稀少",
        "short": "几乎没有内容",
        "no_headings": "没有认出标题",
        "same": "内容重复",
        "near": "内容相近",
        "editions": "有其他版本",
    },
    "en": {
        "unread": "Unreadable",
        "stale": "Not readable now; the earlier text is used",
        "warning": "Note on reading",
        "garbled": "Garbled text",
        "replaced": "Lost characters",
        "private": "Private characters",
        "control": "Control characters",
        "empty_pages": "Parts without text",
        "ocr_unsure": "Recognition unsure",
        "scanned": "Scanned",
        "sparse": "Sparse text",
        "short": "Next to no content",
        "no_headings": "No headings found",
        "same": "Same content",
        "near": "Similar content",
        "editions": "Other editions",
    },
}

_WHAT: dict[Lang, dict[str, str]] = {
    "zh": {
        "unread": "{message}",
        "stale": "{message}",
        "warning": "{message}",
        "garbled": "约 {count} 字（{share}）是乱码，例如“{sample}”",
        "replaced": "有 {count} 个字（{share}）已经丢失，例如“{sample}”",
        "private": "有 {count} 个自造字或专用符号（{share}），例如“{sample}”",
        "control": "有 {count} 个控制字符（{share}），例如“{sample}”",
        "empty_pages": "{pages} {unit}中有 {count} {unit}没有读出文字：第 {list} {unit}",
        "ocr_unsure": "{count} {unit}由图片识别，平均把握 {confidence}，可能有错字",
        "scanned": "{pages} {unit}中有 {count} {unit}由图片识别，平均把握 {confidence}",
        "sparse": "平均每{unit}只有 {per_page} 字",
        "short": "全文只有 {chars} 字",
        "no_headings": "全文 {chars} 字，没有认出标题",
        "same": "与 {count} 份文件内容相同：{others}",
        "near": "与 {count} 份文件内容相近：{others}",
        "editions": "同一文件另有 {count} 个版本：{others}",
    },
    "en": {
        "unread": "{message}",
        "stale": "{message}",
        "warning": "{message}",
        "garbled": "about {count} characters ({share}) are garbled, such as “{sample}”",
        "replaced": "{count} characters ({share}) are lost, such as “{sample}”",
        "private": "{count} private characters ({share}), such as “{sample}”",
        "control": "{count} control characters ({share}), such as “{sample}”",
        "empty_pages": "{count} of {pages} {unit}s gave no text: {list}",
        "ocr_unsure": "{count} {unit}s recognised from pictures with a confidence of {confidence}; there may be errors",
        "scanned": "{count} of {pages} {unit}s recognised from pictures, confidence {confidence}",
        "sparse": "only {per_page} characters a {unit}",
        "short": "only {chars} characters in all",
        "no_headings": "{chars} characters without a heading found",
        "same": "the same as {count} other files: {others}",
        "near": "nearly the same as {count} other files: {others}",
        "editions": "{count} other editions: {others}",
    },
}

_TODO: dict[Lang, dict[str, str]] = {
    "zh": {
        "unread": "按每份文件后面写的办法处理，再重新读取",
        "stale": "检查文件是否被占用或没有权限，再重新读取",
        "warning": "照提示看看要不要改",
        "garbled": "用原来的软件打开核对，另存为 UTF-8 或 .docx 后替换",
        "replaced": "文件在转换时已经损坏，请找原件替换",
        "private": "对照原件，把自造字改成标准字；PDF 请换成 Word 原件",
        "control": "一般不影响使用；显示异常时另存一份替换",
        "empty_pages": "多半是扫描件或图片：请做文字识别，或换成有文字的原件",
        "ocr_unsure": "请换更清楚的扫描件或电子原件，引用前对照原页",
        "scanned": "引用前请对照原页",
        "sparse": "可能是扫描件或图片，请换成有文字的原件",
        "short": "确认内容是否完整；没有用就删除",
        "no_headings": "可以问答，但不能按章节定位；在原件里设好标题样式更好",
        "same": "留下一份，其余移到别处，免得答案里重复",
        "near": "确认留哪一份",
        "editions": "问答默认用最新一版，不必处理",
    },
    "en": {
        "unread": "follow what is said beside each file, then read it again",
        "stale": "see whether the file is open elsewhere or forbidden, then read it again",
        "warning": "see whether something should be changed",
        "garbled": "open it in its own program, save it as UTF-8 or .docx, and replace it",
        "replaced": "the file was damaged when converted; replace it by the original",
        "private": "replace private characters by standard ones; instead of a PDF use the Word original",
        "control": "mostly harmless; save it anew if it looks wrong",
        "empty_pages": "probably scanned or pictures: have the text recognised, or use an original with text",
        "ocr_unsure": "use a clearer scan or the digital original, and compare before quoting",
        "scanned": "compare with the page before quoting",
        "sparse": "perhaps pictures of text; use an original with text",
        "short": "see whether it is complete; delete it if it is of no use",
        "no_headings": "can be asked about, but not by chapter; heading styles in the original would help",
        "same": "keep one and move the others away, so that answers don't repeat themselves",
        "near": "decide which one to keep",
        "editions": "answers take the latest; nothing to do",
    },
}

UNITS: dict[Lang, dict[PageKind, str]] = {
    "zh": {"page": "页", "sheet": "个工作表", "slide": "张幻灯片"},
    "en": {"page": "page", "sheet": "sheet", "slide": "slide"},
}
"""What people call the pages of a file."""

SHOWN = 3
"""Other files, and five times as many pages, named in a line."""


def heading(code: str, lang: Lang = "zh") -> str:
    """A few words for a kind of finding."""
    return _HEADINGS[lang][code]


def todo(code: str, lang: Lang = "zh") -> str:
    return _TODO[lang][code]


def describe(finding: Finding, lang: Lang = "zh") -> str:
    """The finding as a sentence; what the reader said is passed on as it is, in Chinese."""
    return _WHAT[lang][finding.code].format(**_shown(finding.values, lang))


def _shown(values: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name == "kind":
            made["unit"] = UNITS[lang][value]
        elif name in ("share", "confidence") and value is not None:
            made[name] = f"{value:.1%}" if value >= 0.001 else "<0.1%"
        elif name in ("count", "chars", "pages") and isinstance(value, int):
            made[name] = f"{value:,}"
        elif name == "per_page":
            made[name] = f"{value:.0f}"
        elif name == "list":
            made[name] = _some([str(number) for number in value], SHOWN * 5, lang)
        elif name == "others":
            made[name] = _some(list(value), SHOWN, lang)
        else:
            made[name] = "—" if value is None else value
    return made


def _some(names: list[str], most: int, lang: Lang) -> str:
    comma = "、" if lang == "zh" else ", "
    more = "" if len(names) <= most else (f" 等 {len(names)} 个" if lang == "zh" else f" and {len(names) - most} more")
    return comma.join(names[:most]) + more
