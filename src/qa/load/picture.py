"""Pictures of pages (.jpg, .png, .bmp, .tif) by OCR, a page for each frame."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa.errors import ReadError
from qa.load.ocr import INSTALL, Picture, is_available, recognise, unsure
from qa.load.options import DEFAULTS, Options
from qa.load.pace import going_on
from qa.load.pages import Page, assembled, listed
from qa.types import Loaded, PageRead

if TYPE_CHECKING:
    from PIL import Image

_MAX_PIXELS = 80_000_000  # of one frame before it is made smaller: A2 at 400 dpi has 62 million
_MAX_FRAMES = 2_000
_WIDTH = 8.27  # inches; a picture that does not tell its resolution is taken for a sheet of A4
_LONG_SIDE = 3500  # pixels kept of a frame: A4 at 300 dpi; the recogniser makes it smaller still


def read_picture(data: bytes, options: Options = DEFAULTS) -> Loaded:
    """Raises ReadError where OCR is off or not installed, the picture is damaged or nothing is recognised in it."""
    if options.ocr == "off":
        raise ReadError(
            "这是图片，而文字识别已关闭（QA_OCR=off）", "需要时请打开后重新同步，或把文字存为 .txt 或 .docx"
        )
    if not is_available():
        raise ReadError("这是图片，文字要靠识别", INSTALL)
    pages: list[Page] = []
    damaged: list[int] = []
    for number, picture in enumerate(frames(data), 1):
        if picture is None:
            damaged.append(number)
            pages.append(Page(why="damaged"))
        else:
            read = recognise(picture, options.memory)
            pages.append(Page(list(read.pieces), confidence=read.confidence))
        going_on(f"第 {number} 页")
    blocks, reads = assembled(pages, {})
    if not blocks:
        raise ReadError("图片里没有认出文字", "请检查图片是否清楚、是否放正，或把文字存为 .txt 或 .docx")
    return Loaded(tuple(blocks), "picture", None, None, (*_missed(reads, damaged), *unsure(reads)), tuple(reads))


def _missed(reads: list[PageRead], damaged: list[int]) -> tuple[str, ...]:
    empty = [read.number for read in reads if read.source == "none" and read.number not in damaged]
    found = []
    if damaged:
        found.append(f"{listed(damaged)}已损坏，读不出，没有收入；请重新扫描，或用看图软件打开后另存")
    if empty:
        found.append(f"{listed(empty)}没有认出文字，没有收入；请看原件")
    return tuple(found)


def frames(data: bytes) -> Iterator[Picture | None]:
    """Frames one after the other, None for one that is damaged. Raises ReadError where there is no picture."""
    from PIL import Image as Images
    from PIL import UnidentifiedImageError

    formats = ("JPEG", "PNG", "BMP", "TIFF")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Images.DecompressionBombWarning)  # what is too large is refused below
            image = Images.open(io.BytesIO(data), formats=formats)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Images.DecompressionBombError) as error:
        raise ReadError("图片已损坏，打不开", "请重新扫描或拍照，或用看图软件打开后另存") from error
    total = min(getattr(image, "n_frames", 1), _MAX_FRAMES) if image.format == "TIFF" else 1
    for number in range(total):
        try:
            image.seek(number)
            if image.width * image.height > _MAX_PIXELS:
                raise ReadError(f"图片太大（{image.width}×{image.height} 像素）", "请缩小到 300 dpi 以下后重新放入")
            yield _picture(image)
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            if total == 1:
                raise ReadError("图片已损坏，打不开", "请重新扫描或拍照，或用看图软件打开后另存") from error
            yield None


def _picture(image: Image.Image) -> Picture:
    """Upright as the camera says, on white where it is transparent, at the resolution it states."""
    import numpy as np
    from PIL import Image as Images
    from PIL import ImageOps

    told = image.info.get("dpi", (0, 0))[0]
    frame = ImageOps.exif_transpose(image)
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        frame = frame.convert("RGBA")
        frame = Images.alpha_composite(Images.new("RGBA", frame.size, "white"), frame)
    frame = frame.convert("RGB")
    dpi = float(told) if told and math.isfinite(told) and 100 <= told <= 1200 else min(frame.size) / _WIDTH
    shrink = _LONG_SIDE / max(frame.size)
    if shrink < 1:
        frame = frame.resize((max(1, round(frame.width * shrink)), max(1, round(frame.height * shrink))))
        dpi *= shrink
    return Picture(np.ascontiguousarray(np.asarray(frame)[:, :, ::-1]), max(dpi, 30.0))
