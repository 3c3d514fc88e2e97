"""OFD files made by hand: just enough of GB/T 33190-2016 for a reader, small enough to read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
SIZE = 5.0  # millimetres: letters of 14 points, 34 in a line of an A4 page

Row = tuple[float, float, str]
"""x and y of the baseline in millimetres, and text."""


def text(x: float, y: float, content: str, delta: str | None = None, **attributes: str) -> str:
    """A TextObject whose boundary begins one size above the baseline; ``delta`` as in DeltaX."""
    if delta is None:
        delta = f"g {len(content)} {SIZE}"
    given = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return (
        f'<ofd:TextObject ID="1" Font="1" Size="{SIZE}" Boundary="{x} {y - SIZE} 200 {SIZE}"{given}>'
        f'<ofd:TextCode X="0" Y="{SIZE}" DeltaX="{delta}">{escape(content)}</ofd:TextCode></ofd:TextObject>'
    )


def rows(*lines: Row) -> str:
    return "".join(text(*line) for line in lines)


def prose(lines: Sequence[str], top: float = 40.0) -> str:
    """Lines of a page at the usual places; those that begin with blanks are indented by two letters."""
    return rows(
        *((30 + 2 * SIZE * line.startswith("　　"), top + 9 * n, line.strip("　")) for n, line in enumerate(lines))
    )


def page(objects: str, template: str = "", resources: str = "") -> str:
    use = f'<ofd:Template TemplateID="{template}" ZOrder="Background"/>' if template else ""
    res = f"<ofd:PageRes>{resources}</ofd:PageRes>" if resources else ""
    return (
        f'<ofd:Page {NS}>{use}{res}<ofd:Content><ofd:Layer Type="Body">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def image(resource: str = "9") -> str:
    return f'<ofd:ImageObject ID="2" Boundary="0 0 210 297" ResourceID="{resource}"/>'


def document(pages: Sequence[str], templates: Mapping[str, str], extra: str = "") -> dict[str, str]:
    """Parts of one document, relative to its folder; the pages' files are numbered backwards on purpose."""
    names = [f"Pages/Page_{len(pages) - n}/Content.xml" for n in range(len(pages))]
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="{name}"/>' for n, name in enumerate(names, 10))
    tpls = "".join(f'<ofd:TemplatePage ID="{key}" BaseLoc="Tpls/{key}.xml"/>' for key in templates)
    return {
        "Document.xml": f"<ofd:Document {NS}><ofd:CommonData>{tpls}<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        f"</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>{extra}</ofd:Document>",
        "DocumentRes.xml": f'<ofd:Res {NS} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="9" Type="Image">'
        "<ofd:MediaFile>scan.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
        **dict(zip(names, pages, strict=True)),
        **{f"Tpls/{key}.xml": content for key, content in templates.items()},
    }


def make_ofd(
    pages: Sequence[str],
    *more_documents: Sequence[str],
    templates: Mapping[str, str] | None = None,
    title: str = "",
    extra: str = "",
    body: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A package of one document or several. ``extra`` goes into the first Document, ``body`` into its DocBody;
    ``parts`` are added by name or take the place of what was made."""
    written: dict[str, str | bytes] = {"Doc_0/Res/scan.png": PNG}
    bodies = ""
    for number, content in enumerate((pages, *more_documents)):
        made = document(content, templates or {}, extra if not number else "")
        written |= {f"Doc_{number}/{name}": part for name, part in made.items()}
        info = f"<ofd:DocInfo><ofd:DocID>{number}</ofd:DocID><ofd:Title>{escape(title)}</ofd:Title></ofd:DocInfo>"
        bodies += f"<ofd:DocBody>{info}<ofd:DocRoot>Doc_{number}/Document.xml</ofd:DocRoot>"
        bodies += f"{body if not number else ''}</ofd:DocBody>"
    written["OFD.xml"] = f'<ofd:OFD {NS} DocType="OFD" Version="1.0">{bodies}</ofd:OFD>'
    written |= parts or {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in written.items():
            archive.writestr(name, part)
    return buffer.getvalue()
