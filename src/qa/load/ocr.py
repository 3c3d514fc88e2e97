"""Text in pictures of pages by RapidOCR, with the models that its package carries; nothing is ever downloaded.

The only importer of rapidocr. The extra ``[ocr]`` installs it; without it ``is_available`` is False.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import json
import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from qa.errors import ReadError
from qa.load.layout import Piece
from qa.load.options import Memory, Options
from qa.types import PageRead

logger = logging.getLogger(__name__)

INSTALL = '请安装文字识别组件（在项目文件夹运行 python -m pip install -e ".[ocr]"，见使用说明）后重新同步'

UNSURE = 0.95
"""Confidence of a page below which a person should look at the original. Made pages at 200 dpi, blurred and specked by
steps: with 96 % of the characters right and more .985 and up, with 94 % and less .94 and down."""

_REVISION = 1  # raise when anything here changes what is recognised; part of the key that results are kept under
_MAX_SIDE = 2400  # pixels; A4 at 200 dpi is 2339 high
_DETECT_SIDE = 1280  # pixels in which lines are looked for; at 960 neighbouring lines of 9 points run together
_READABLE = 0.5  # confidence from which a line is taken in; the library's own
_BATCH = 1  # lines at a time: as fast as the library's 6 (1.9 s against 2.4 s a dense page), 0.6 GB instead of 1.0 GB
_THREADS = 2
_LOCK = threading.Lock()  # one engine a process, and one page at a time in it
_GAP = 1.6  # ems between the middles of two letters where the print has a space


@dataclass(frozen=True, slots=True)
class Picture:
    """``pixels``: uint8 of shape (height, width, 3) in the order blue, green, red; ``dpi`` of the paper."""

    pixels: Any
    dpi: float


@dataclass(frozen=True, slots=True)
class Recognised:
    """``confidence`` in [0, 1]: the engine's own, over all lines that it saw, those included that it could not read.

    No pieces for a picture without text.
    """

    pieces: tuple[Piece, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Found:
    """A recognised line: corners from the upper left clockwise, in pixels with y downwards."""

    text: str
    score: float
    corners: Any


@cache
def is_available() -> bool:
    return importlib.util.find_spec("rapidocr") is not None


@cache
def engine_name() -> str:
    """What recognises, with its version; empty where nothing can. Pages read by another engine are to be read again."""
    try:
        return f"rapidocr {version('rapidocr')} r{_REVISION}" if is_available() else ""
    except PackageNotFoundError:
        return ""


def todo(options: Options) -> str:
    """What a person can do about a page that was not recognised; with the engine at work, only look at it."""
    if options.ocr == "off":
        return "文字识别已关闭（QA_OCR=off），需要时请打开后重新同步"
    return INSTALL if not is_available() else "请看原件"


def recognise(picture: Picture, memory: Memory | None = None) -> Recognised:
    """Pieces in points, y upwards. Raises ReadError where the extra is broken; one odd picture gives no pieces."""
    key = _key(picture) if memory is not None else ""
    if memory is not None and (kept := memory.get(key)) is not None:
        sure, rows = json.loads(kept)
        return Recognised(tuple(Piece(*row) for row in rows), sure)
    try:
        with _LOCK:
            found, unread, height = _upright(picture.pixels)
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # the libraries raise many kinds; one page must not cost its file
        logger.warning("a picture of %s could not be recognised: %s", picture.pixels.shape, error)
        return Recognised((), 0.0)
    pieces = _pieces(found, height, 72 / picture.dpi)
    letters = sum(len(one.text) for one in found)
    sure = sum(one.score * len(one.text) for one in found) / (letters + unread) if letters else 0.0
    result = Recognised(tuple(pieces), round(sure, 4))
    if memory is not None:
        rows = [[p.text, p.left, p.bottom, p.right, p.top] for p in pieces]
        memory.put(key, json.dumps([result.confidence, rows], ensure_ascii=False))
    return result


def _key(picture: Picture) -> str:
    digest = hashlib.sha256(f"{engine_name()} {picture.dpi:.3f} {picture.pixels.shape}".encode())
    digest.update(memoryview(picture.pixels).cast("B"))
    return digest.hexdigest()


def unsure(reads: Sequence[PageRead]) -> tuple[str, ...]:
    """A warning that names the pages whose recognition is doubtful, if any."""
    doubtful = [read for read in reads if read.confidence is not None and read.confidence < UNSURE]
    if not doubtful:
        return ()
    names = "、".join(str(read.number) for read in doubtful[:20])
    many = f" 等 {len(doubtful)} 页" if len(doubtful) > 20 else " 页"
    lowest = min(read.confidence or 0.0 for read in doubtful)
    return (f"第 {names}{many}的文字识别把握不大（最低 {lowest:.2f}），错字可能较多；请核对原件，或换更清楚的扫描件",)


@cache
def _engine() -> Any:
    """The models are named by their place in the package: by name alone the library would fetch what it misses."""
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    paths = {}
    for task in ("det", "cls", "rec"):
        found = sorted(models.glob(f"*_{task}_*.onnx"))
        if len(found) != 1:
            raise ReadError("文字识别组件不完整，缺少模型文件", "请重新安装：pip install --force-reinstall rapidocr")
        paths[f"{task.capitalize()}.model_path"] = str(found[0])
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": _MAX_SIDE,
            "Global.text_score": _READABLE,
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECT_SIDE,
            "Rec.rec_batch_num": _BATCH,
            "EngineConfig.onnxruntime.intra_op_num_threads": min(_THREADS, os.cpu_count() or 1),
            **paths,
        }
    )


def _upright(pixels: Any) -> tuple[list[_Found], float, int]:
    """Lines of a picture, how many letters could not be read, its height; what lies on its side or head is turned."""
    import numpy as np

    grey = _grey(pixels)
    found, unread, heads_down = _lines(grey)
    tall = sum(len(one.text) for one in found if _is_tall(one))
    if tall * 2 > sum(len(one.text) for one in found):
        grey = np.ascontiguousarray(np.rot90(grey))
        found, unread, heads_down = _lines(grey)
    height, width = grey.shape[:2]
    if heads_down:
        size = np.array([width, height], dtype=np.float32)
        # Each line was turned before it was read, so its corners count from the other end.
        found = [_Found(one.text, one.score, (size - one.corners)[[2, 3, 0, 1]]) for one in found]
    return found, unread, height


def _is_tall(one: _Found) -> bool:
    width, height = one.corners.max(axis=0) - one.corners.min(axis=0)
    return len(one.text) > 2 and height > 1.5 * width


def _lines(grey: Any) -> tuple[list[_Found], float, bool]:
    """Lines as recognised, about how many letters could not be, and whether most lines stood on their heads."""
    engine = _engine()
    engine.update_params(return_word_box=True, return_single_char_box=True)
    image, record = engine.preprocess_img(grey)
    detected, turned, read, crops = engine.run_ocr_steps(image, record)
    labels = [label for label, _ in turned.cls_res or ()]
    unread = 0.0
    for text, score, corners in (
        zip(read.txts or (), read.scores or (), detected.boxes, strict=True) if read.txts else ()
    ):
        if not text.strip() or score < _READABLE:
            width, height = corners.max(axis=0) - corners.min(axis=0)
            unread += max(width, height) / max(min(width, height), 1.0)
    done = engine.build_final_output(grey, detected, turned, read, crops, record)
    if done.txts is None or done.boxes is None:
        return [], unread, False
    words = done.word_results if len(done.word_results) == len(done.txts) else [()] * len(done.txts)
    found = [
        _Found(_spaced(text, chars), float(score), corners)
        for text, score, corners, chars in zip(done.txts, done.scores, done.boxes, words, strict=True)
    ]
    return found, unread, sum(label == "180" for label in labels) * 2 > len(labels)


def _spaced(text: str, chars: Sequence[tuple[str, float, Any]]) -> str:
    """The text with a wide space where two Chinese letters stand apart: 第一条　本办法. The engine leaves it out."""
    if "".join(char for char, _, _ in chars) != text.replace(" ", "") or len(chars) < 4:
        return text
    middles = [(char, (corners[0][0] + corners[1][0]) / 2, corners[0][1] + corners[1][1]) for char, _, corners in chars]
    steps = [((b[1] - a[1]) ** 2 + (b[2] - a[2]) ** 2 / 4) ** 0.5 for a, b in itertools.pairwise(middles)]
    han = [step for step, a, b in zip(steps, middles, middles[1:], strict=False) if _han(a[0]) and _han(b[0])]
    if len(han) < 3:
        return text
    em, rest, out = median(han), text, ""
    for at, (char, _, _) in enumerate(middles):
        before = len(rest) - len(rest := rest.lstrip(" "))
        apart = at and steps[at - 1] > _GAP * em and _han(middles[at - 1][0]) and _han(char)
        out += ("　" if apart else " " * before) + char
        rest = rest[1:]
    return out


def _han(char: str) -> bool:
    return "一" <= char <= "鿿"


def _grey(pixels: Any) -> Any:
    """Three equal channels of brightness. In a seal red counts as paper, so that the print under it is seen.

    Red letters outside of seals, as in the head of an official document, are dark as they should be. A seal is a red
    shape nearly as high as wide, of 2 to 7 cm at 200 dpi, and mostly paper inside.
    """
    import cv2
    import numpy as np

    blue, green, red = (pixels[:, :, channel].astype(np.int16) for channel in range(3))
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    is_red = ((red - np.maximum(blue, green)) > 60).astype(np.uint8)
    if int(is_red.sum()) > 400:
        small = cv2.resize(is_red, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        joined = cv2.dilate((small > 0).astype(np.uint8), np.ones((5, 5), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
        for x, y, width, height, area in stats[1:] * np.array([4, 4, 4, 4, 16]):
            if 150 <= width <= 600 and 0.75 <= width / height <= 1.33 and area >= 0.15 * width * height:
                grey[y : y + height, x : x + width] = red[y : y + height, x : x + width].astype(np.uint8)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def _pieces(found: Sequence[_Found], height: int, unit: float) -> list[Piece]:
    """In points, with the page's slant taken out: the middle angle of its longer lines."""
    import numpy as np

    slopes = []
    for one in found:
        dx, dy = one.corners[1] - one.corners[0]
        if dx > 0 and len(one.text) >= 6:
            slopes.append(np.arctan2(dy, dx))
    angle = float(np.median(slopes)) if slopes else 0.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    pieces = []
    for one in found:
        corners = one.corners @ turn
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        x0, y0, x1, y1 = (round(float(side) * unit, 2) for side in (left, height - bottom, right, height - top))
        pieces.append(Piece(one.text, x0, y0, x1, y1))
    return _even(pieces)


def _even(pieces: list[Piece]) -> list[Piece]:
    """Boxes of one printed size differ by a few pixels; lines within a tenth of the page's usual height get it."""
    if len(pieces) < 3:
        return pieces
    usual = median(piece.height for piece in pieces)
    found = []
    for piece in pieces:
        half = usual / 2 if abs(piece.height - usual) < 0.25 * usual else piece.height / 2
        middle = piece.middle
        found.append(Piece(piece.text, piece.left, middle - half, piece.right, middle + half))
    return found
