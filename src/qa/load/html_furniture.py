"""What on a web page is no part of its text: navigation, breadcrumbs, share buttons, side columns, feet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

DROPPED = frozenset(
    "script style nav footer aside noscript template iframe button select svg head object canvas audio video".split()
)
_ROLES = frozenset("navigation search complementary contentinfo menu menubar toolbar".split())
# Words in class and id as site builders use them; those that also name contents (print, comment, list) are left out.
_NAMES = frozenset(
    "nav navbar navi navigation daohang menu submenu breadcrumb breadcrumbs crumb crumbs mianbaoxie location position "
    "share sharing bdshare bdsharebuttonbox fenxiang social pagination pager paging toolbar footer copyright banquan "
    "sidebar related recommend xiangguan login qrcode erweima friendlink friendlinks youqing banner advert ads "
    "searchbox".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LINE = re.compile(
    r"(?:您?(?:当前|现在|所在)的?(?:所在)?(?:的?位置)|当前栏目)(?:是|为)?[：:].{0,80}|(?:上一|下一)[篇条页则]\s*[：:].{0,80}"
    r"|首页(?:\s*[>＞»›/]\s*[^\s>＞»›/。]{1,20}){1,6}"
)
_FILES = re.compile(r"\.(?:docx?|wps|pdf|ofd|xlsx?|et|pptx?|zip|rar|txt)(?:[?#]|$)", re.IGNORECASE)
_SMALL = 0.2  # of the page's text: what is called a menu and holds more than that is the text itself
_LINKED = 0.8  # of a block's letters in links: a navigation list has hardly a letter outside
_LINKS = 4  # fewer are three references in a sentence of their own as often as a menu
_LINK_LENGTH = 12  # letters of a navigation link, on average; headlines and names of files are longer
_PARTS = frozenset("div ul ol dl table section p td tr tbody dd center map".split())


@dataclass(slots=True)
class _Size:
    """Letters of a node, letters in links, links, and whether it holds a sentence or a file to download."""

    chars: int = 0
    linked: int = 0
    links: int = 0
    content: bool = False


class Furniture:
    """Judges the elements of one page. All are measured in one pass, for pages may nest as deep as they like."""

    def __init__(self, root: Any) -> None:
        self._sizes = _measure(root)
        self._whole = self._sizes[root.mem_id]

    def holds(self, node: Any, attributes: dict[str, str | None]) -> bool:
        """Whether an element is furniture, by what it is called and by what it holds."""
        size = self._sizes.get(node.mem_id, _Size())
        named = attributes.get("role") in _ROLES or bool(_NAMES & _words(attributes))
        if named and size.chars < self._whole.chars * _SMALL:
            return True
        # On a page that is itself a list of links the links are the text.
        if node.tag not in _PARTS or size.links < _LINKS or size.content or self._whole.linked * 2 > self._whole.chars:
            return False
        return size.linked >= size.chars * _LINKED and size.linked <= size.links * _LINK_LENGTH


def is_hidden(attributes: dict[str, str | None]) -> bool:
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def is_furniture_line(text: str) -> bool:
    """Whether a paragraph says where the page stands on its site, or what comes before and after it."""
    return len(text) < 120 and _LINE.fullmatch(" ".join(text.split())) is not None


def _words(attributes: dict[str, str | None]) -> set[str]:
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    spread = re.sub(r"([a-z])([A-Z])", r"\1 \2", named[:500])
    return {*re.findall(r"[a-z]+", spread.lower()), *re.findall(r"[a-z]+", named[:500].lower())}


def _measure(root: Any) -> dict[int, _Size]:
    sizes: dict[int, _Size] = {}
    stack: list[tuple[Any, bool, bool]] = [(root, False, False)]
    while stack:
        node, linked, leaving = stack.pop()
        if node.tag == "-text":
            _add_text(sizes[node.parent.mem_id], node.text_content or "", linked)
        elif leaving:
            own, link = sizes[node.mem_id], node.tag == "a"
            own.links += link
            own.content = own.content or (link and bool(_FILES.search((node.attributes or {}).get("href") or "")))
            parent = sizes.get(node.parent.mem_id) if node.parent is not None and node is not root else None
            if parent is not None:
                parent.chars, parent.linked = parent.chars + own.chars, parent.linked + own.linked
                parent.links, parent.content = parent.links + own.links, parent.content or own.content
        elif node.tag in DROPPED or (node.tag or "-").startswith(("-", "!")) or is_hidden(node.attributes or {}):
            continue
        else:
            sizes[node.mem_id] = _Size()
            stack.append((node, linked, True))
            child = node.last_child
            while child is not None:
                stack.append((child, linked or node.tag == "a", False))
                child = child.prev
    return sizes


def _add_text(size: _Size, text: str, linked: bool) -> None:
    count = sum(not char.isspace() for char in text)
    size.chars += count
    size.linked += count if linked else 0
    size.content = size.content or "。" in text
