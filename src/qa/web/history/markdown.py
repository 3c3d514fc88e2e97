"""A conversation as Markdown with footnotes, as GitHub, Pandoc and most editors read them."""

from __future__ import annotations

import re

from qa.web.history.paper import Paper

_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#|~$^&@!]|(?<=http)s?:|(?<=ftp):|(?<=www)\.", re.IGNORECASE)
"""Signs that open a tag, an entity, a link, a bare address, emphasis, code, a table or a formula anywhere in a line."""
_OPENING = re.compile(r"^([-+=:]|\d{1,9}[.)])")
"""What opens a list, an underlined heading or a definition at the beginning of a line."""


def markdown(paper: Paper) -> str:
    """The whole file. A source that several sentences share is one note: Markdown may point to it again."""
    numbers = {note: at for at, note in enumerate(dict.fromkeys(paper.notes), 1)}
    lines = [f"# {inactive(paper.title)}", ""]
    for chapter in paper.chapters:
        lines += [f"## {inactive(chapter.heading)}", ""]
        for one in chapter.paragraphs:
            marks = "".join(f"[^{at}]" for at in dict.fromkeys(numbers[paper.notes[n - 1]] for n in one.notes))
            lines += [("> " if one.look == "aside" else "") + inactive(one.text) + marks, ""]
    if paper.sources:
        lines += [f"## {inactive(paper.heading)}", ""]
        lines += [*(f"{at}. {inactive(source)}" for at, source in enumerate(paper.sources, 1)), ""]
    lines += ["---", "", inactive(paper.foot), ""]
    lines += [f"[^{at}]: {inactive(note)}" for note, at in numbers.items()]
    return "\n".join(lines).rstrip("\n") + "\n"


def inactive(text: str) -> str:
    """Text that Markdown shows as it is: a backslash before each sign that could mean something (CommonMark, 2.4)."""
    lines = (_ACTIVE.sub(lambda m: _escaped(m.group()), line.strip()) for line in text.split("\n"))
    return "  \n".join(_OPENING.sub(lambda m: f"{m.group()[:-1]}\\{m.group()[-1]}", line) for line in lines)


def _escaped(found: str) -> str:
    return f"{found[:-1]}\\{found[-1]}"
