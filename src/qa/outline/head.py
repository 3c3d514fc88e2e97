"""The title of a document: from the format's own heading, the first lines, or the file's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.outline.numbering import MARKER, Line, squeeze

HEAD_LINES = 8
"""The title stands within so many first paragraphs, or nowhere."""

ORGAN = r"(?:办公室|政府|党组|中央|政协|人大|银行|[部厅局委署院会])"
NUMBER = re.compile(
    r"(?P<body>(?:(?![以由据按])[\u4e00-\u9fff]){1,14})\s*[〔［\[【（(]\s*(?P<year>(?:19|20)\d\d)\s*[〕］\]】）)]\s*第?\s*\d{1,5}\s*号"
    r"|(?P<order>(?:(?:中华人民共和国)?[\u4e00-\u9fff]{2,10}、){0,3}(?:中华人民共和国)?(?:主席|国务院|[\u4e00-\u9fff]{1,16}?(?:部|委员会|总局|局|署|院|银行|政府))令)"
    r"\s*[（(]?\s*第\s*[\d一二三四五六七八九十百]{1,6}\s*号"
)
DATE = re.compile(
    r"(?P<y>(?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3})\s*年"
    r"(?:\s*(?P<m>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月(?:\s*(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号])?)?"
)
COUPLET = 6
"""Two lines of so many characters each are a title of two halves."""

_GREETING = re.compile(r"^(?:尊敬的)?(?:各位|同志们|主席|代表|委员|女士|先生)[^。]{0,40}[：:！，,]?$|^同志们")
_NOT_TITLE = re.compile(
    r"^[（(].*[）)]$|^(?:来源|作者|编者|发布|时间|单位|签发人|发言人|报告人|密级|绝密|机密|秘密|特急|加急)|文件$|^[—\-]{1,4}\s*\d{4}\s*年"
    r"|https?:|^\W*$|^[A-Za-z .]+$"
)
_END = re.compile(r"[。；：，、;:,]$")
_SUBTITLE = re.compile(r"^(?:—{1,2}|-{2,}|―{1,2}|──)\s*(?=\S)")
_KIND = re.compile(r"(?:报告|讲话|发言|决定|意见|通知|稿|材料|体会|总结|方案|纪要|致辞|综述|解读)$")
_PLAIN = re.compile(r"[\W_]+")


def find_title(lines: Sequence[Line], name: str, given: str | None) -> tuple[str, frozenset[int]]:
    """The title and the starts of the lines it takes; ``given`` is what the format states, ``name`` the file's stem."""
    head = lines[:HEAD_LINES]
    for line in head[:3]:
        if line.mark == 1 and line.text.strip() and not _numbered(line.text):
            return squeeze(line.text), _taken(lines, squeeze(line.text), {line.start})
    first = next((i for i, line in enumerate(head) if _reads_as_title(line)), None)
    if first is None or any(len(line.text) > 80 for line in head[:first]):
        return (given or "").strip() or clean_name(name), frozenset()
    title, starts = squeeze(head[first].text), {head[first].start}
    for line in head[first + 1 :]:
        text = squeeze(line.text)
        if _bare(text).removeprefix("为") in _bare(title):
            starts.add(line.start)
            continue
        if not _reads_as_title(line) or not _continues(title, text):
            break
        title, starts = _join(title, text), starts | {line.start}
    if len(title) < 8 and not _KIND.search(title) and _bare(title) not in _bare(name) and given:
        return given.strip(), frozenset()
    return title, _taken(lines, title, starts)


def _taken(lines: Sequence[Line], title: str, starts: set[int]) -> frozenset[int]:
    """The title's lines, and those of the head that only say it again."""
    again = {line.start for line in lines[:HEAD_LINES] if line.text.strip() and _bare(line.text) in _bare(title)}
    return frozenset(starts | {start for start in again if start >= min(starts)})


def _bare(text: str) -> str:
    return _PLAIN.sub("", text) or "\n"


def _numbered(text: str) -> bool:
    match = MARKER.match(text)
    return match is not None and not match["annex"] and not match["bracket"]


def _reads_as_title(line: Line) -> bool:
    text = line.text.strip()
    if not 2 <= len(text) <= 80 or _END.search(text) or "。" in text or _numbered(text):
        return False
    if _GREETING.match(text) or _NOT_TITLE.search(text):
        return False
    whole_date, number = DATE.match(text), NUMBER.search(text)
    return not (whole_date and len(text) - whole_date.end() < 40 and not _KIND.search(text)) and number is None


def _continues(title: str, text: str) -> bool:
    """Whether the line ``text`` goes on with a title that reads ``title`` so far."""
    if _SUBTITLE.match(text):
        return _KIND.search(text) is not None
    if re.search(rf"{ORGAN}$", title) or title.count("《") > title.count("》") or text.startswith(("关于", "的")):
        return True
    if _KIND.search(title):
        return False
    return _KIND.search(text) is not None or (len(title) >= COUPLET and len(text) >= COUPLET and text[0] in "为以把在")


def _join(title: str, text: str) -> str:
    if _SUBTITLE.match(text):
        return f"{title}——{_SUBTITLE.sub('', text)}"
    couplet = len(title) >= COUPLET and len(text) >= COUPLET and not re.search(rf"{ORGAN}$", title)
    gap = " " if couplet and not text.startswith(("关于", "的")) and title.count("《") == title.count("》") else ""
    return f"{title}{gap}{text}"


def clean_name(name: str) -> str:
    """The file's stem as a title: 「2024_2024年…报告」 → 「2024年…报告」, 「劳动法(2018-12-29)」 → 「劳动法」."""
    text = re.sub(r"[（(]\s*\d{4}(?:[-.]\d{1,2}){0,2}\s*[）)]\s*$", "", name).strip()
    text = re.sub(r"^(\d{4})[_\s]+(?=\1)|^\d{1,3}[_\s]+(?=\D)", "", text)
    return squeeze(text.replace("_", " ")) or name
