"""Made pages: a PDF writer with pictures, rules, bookmarks and turned text, and scans drawn from own texts."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT, DPI = 595, 842, 200
Place = tuple[float, float, str]

_SONG = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts ["
    " << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /CIDSystemInfo"
    " << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName"
    " /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880"
    " /StemV 93 >> >> ] >>"
)


def show(places: Sequence[Place], size: float = 12, mode: int = 0, turn: str = "1 0 0 1") -> str:
    """Drawing commands for texts at (x, y), in render mode ``mode``, with the first four numbers of a text matrix."""
    return "".join(
        f"BT /F1 {size:g} Tf {mode} Tr {turn} {x:g} {y:g} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n"
        for x, y, text in places
    )


def ruled(lines: Sequence[tuple[float, float, float, float]]) -> str:
    """Drawing commands for lines from (x, y) to (x, y)."""
    return "".join(f"{a:g} {b:g} m {c:g} {d:g} l S\n" for a, b, c, d in lines)


@dataclass(slots=True)
class Pdf:
    """Objects: 1 catalogue, 2 page tree, 3 font Song, then as they come."""

    bodies: list[bytes] = field(default_factory=lambda: [b"", b"", _SONG.encode()])
    pages: list[int] = field(default_factory=list)
    marks: list[tuple[str, int, int]] = field(default_factory=list)

    def add(self, body: bytes) -> int:
        self.bodies.append(body)
        return len(self.bodies)

    def stream(self, data: bytes, head: str = "") -> int:
        packed = zlib.compress(data)
        return self.add(
            f"<< /Length {len(packed)} /Filter /FlateDecode {head} >>\nstream\n".encode() + packed + b"\nendstream"
        )

    def page(self, content: str, *, picture: Image.Image | None = None, extra: str = "", fonts: str = "") -> int:
        """Content over a picture that covers the page; the page's number, from 1."""
        objects = ""
        if picture is not None:
            grey = picture.convert("RGB")
            head = f"/Type /XObject /Subtype /Image /Width {grey.width} /Height {grey.height}"
            number = self.stream(grey.tobytes(), head + " /ColorSpace /DeviceRGB /BitsPerComponent 8")
            objects = f"/XObject << /Im {number} 0 R >>"
            content = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im Do Q\n{content}"
        body = self.stream(content.encode("ascii"))
        self.pages.append(
            self.add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {body} 0 R {extra}"
                f" /Resources << /Font << /F1 3 0 R {fonts} >> {objects} >> >>".encode()
            )
        )
        return len(self.pages)

    def mark(self, title: str, page: int, level: int = 1) -> None:
        """A bookmark to a page; in order, levels from 1."""
        self.marks.append((title, page, level))

    def _outlines(self) -> str:
        if not self.marks:
            return ""
        root = len(self.bodies) + 1
        parents = [
            max((at for at in range(number) if self.marks[at][2] < level), default=-1)
            for number, (_, _, level) in enumerate(self.marks)
        ]
        bodies = []
        for number, (title, page, _) in enumerate(self.marks):
            kids = [at for at, parent in enumerate(parents) if parent == number]
            after = [at for at in range(number + 1, len(parents)) if parents[at] == parents[number]]
            bodies.append(
                f"<< /Title <feff{title.encode('utf-16-be').hex()}> /Parent {root + 1 + parents[number]} 0 R"
                f" /Dest [{self.pages[page - 1]} 0 R /Fit]"
                + (f" /Next {root + 1 + after[0]} 0 R" if after else "")
                + (f" /First {root + 1 + kids[0]} 0 R /Last {root + 1 + kids[-1]} 0 R" if kids else "")
                + " >>"
            )
        top = [at for at, parent in enumerate(parents) if parent == -1]
        self.add(f"<< /Type /Outlines /First {root + 1 + top[0]} 0 R /Last {root + 1 + top[-1]} 0 R >>".encode())
        for body in bodies:
            self.add(body.encode())
        return f"/Outlines {root} 0 R"

    def data(self) -> bytes:
        outlines = self._outlines()
        self.bodies[0] = f"<< /Type /Catalog /Pages 2 0 R {outlines} >>".encode()
        kids = " ".join(f"{number} 0 R" for number in self.pages)
        self.bodies[1] = f"<< /Type /Pages /Count {len(self.pages)} /Kids [{kids}] >>".encode()
        out, places = bytearray(b"%PDF-1.5\n"), []
        for number, body in enumerate(self.bodies, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        table = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        return bytes(out) + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, table)


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The system's Noto Serif CJK in its Simplified Chinese form; skips the test where it is not installed."""
    finder = shutil.which("fc-match")
    style = "Bold" if bold else "Regular"
    asked = [finder or "", "-f", "%{file}|%{index}|%{family}", f"Noto Serif CJK SC:style={style}"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout if finder else ""
    if "Noto Serif CJK SC" not in told:
        pytest.skip("needs the font Noto Serif CJK (Debian's fonts-noto-cjk)")
    file, index, _ = told.split("|", 2)
    return ImageFont.truetype(file, size, index=int(index))


@dataclass(slots=True)
class Sheet:
    """A sheet of A4 at 200 dpi; sizes in points, places in points from the upper left corner."""

    image: Image.Image = field(default_factory=lambda: Image.new("RGB", (1654, 2339), "white"))

    def write(self, x: float, y: float, text: str, size: float = 16, colour: str = "black", bold: bool = False) -> None:
        scale = DPI / 72
        draw = ImageDraw.Draw(self.image)
        draw.text((x * scale, y * scale), text, font=font(round(size * scale), bold), fill=colour)

    def paragraphs(self, texts: Sequence[str], x: float, y: float, columns: int, size: float = 16) -> float:
        """Paragraphs indented by two letters and wrapped after ``columns`` letters; where the next line would be."""
        for text in texts:
            for line in wrapped(text, columns):
                self.write(x, y, line, size)
                y += size * 1.75
        return y

    def centre(self, y: float, text: str, size: float, colour: str = "black", bold: bool = False) -> None:
        self.write((WIDTH - len(text) * size) / 2, y, text, size, colour, bold)

    def seal(self, x: float, y: float, text: str, across: float = 120) -> None:
        """A round red stamp with its middle at (x, y)."""
        scale = DPI / 72
        draw = ImageDraw.Draw(self.image, "RGBA")
        box = [(x - across / 2) * scale, (y - across / 2) * scale, (x + across / 2) * scale, (y + across / 2) * scale]
        draw.ellipse(box, outline=(214, 30, 30, 255), width=12)
        big = font(round(15 * scale))
        draw.text(((x - len(text) * 7.5) * scale, (y + 14) * scale), text, font=big, fill=(214, 30, 30, 230))
        draw.regular_polygon((x * scale, (y - 12) * scale, 18 * scale), 5, fill=(214, 30, 30, 230))

    def turned(self, degrees: float) -> Sheet:
        return Sheet(self.image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor="white"))

    def noisy(self, share: float = 0.01, grey: int = 235, blur: float = 0.6) -> Sheet:
        """On grey paper, a little out of focus, with dark specks on ``share`` of the pixels."""
        made = random.Random(7)
        image = self.image.convert("L").point(lambda value: min(value, grey)).filter(ImageFilter.GaussianBlur(blur))
        pixels = image.load()
        assert pixels is not None
        for _ in range(int(image.width * image.height * share)):
            pixels[made.randrange(image.width), made.randrange(image.height)] = made.randrange(40, 200)
        return Sheet(image.convert("RGB"))

    def data(self, kind: str) -> bytes:
        out = io.BytesIO()
        self.image.save(out, kind, dpi=(DPI, DPI))
        return out.getvalue()


def wrapped(text: str, columns: int) -> list[str]:
    """Lines of a paragraph that is indented by two letters; a mark that may not begin a line hangs over."""
    lines, line = [], "　　"
    for char in text:
        if len(line) >= columns and char not in "，。、；：！？）》”":
            lines.append(line)
            line = ""
        line += char
    return [*lines, line]
