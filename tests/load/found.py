"""What fuzzing (test_fuzz.py, bench/fuzz.py) has found to break a reader or a stage, written anew: (suffix, bytes)."""

from __future__ import annotations

from load.sample_files import make_docx

_NUMBERED = (
    '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>请回复</w:t></w:r></w:p>'
)
_LIST = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'


def _levels(levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{_LIST}'


FOUND: list[tuple[str, bytes]] = [
    # A level of a list without a number: ValueError.
    (".docx", make_docx(_NUMBERED, numbering=_levels('<w:lvl w:ilvl=""/>'))),
    # A digit that is no decimal one, and one with more digits than int() takes: ValueError.
    (".docx", make_docx(_NUMBERED, numbering=_levels('<w:lvl w:ilvl="0"><w:start w:val="²"/></w:lvl>'))),
    (".docx", make_docx(_NUMBERED, numbering=_levels(f'<w:lvl w:ilvl="0"><w:start w:val="{"9" * 5000}"/></w:lvl>'))),
    (".html", "<table><tr><td colspan=²>甲<td>乙<tr><td>丙<td>丁</table>".encode()),
    # A node without a name: TypeError.
    (".html", "<p>请于周五前报送<?xml 甲?>名单</p>".encode()),
]
