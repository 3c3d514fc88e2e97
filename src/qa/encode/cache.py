"""The converted model in the user's cache: made once, checked by SHA-256, safe against two processes and a kill.

A conversion is written into a folder beside its place, flushed, and moved there in one step; the manifest is written
last, so a folder without a good manifest is no model. Whoever holds the lock is the only one to write, hence may clear
what a killed process left.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qa.encode import folder as layout
from qa.encode import graph, tokenizer, weights
from qa.errors import EncoderUnavailable, reason
from qa.protocols import Report
from qa.types import Progress

MODEL, TOKENIZER, MANIFEST = "model.int8.onnx", "tokenizer.json", "manifest.json"

# Part of the name: to be raised whenever the conversion gives other vectors.
_REVISION = 1
_SERVED = (MODEL, TOKENIZER)
_NEEDED_MB = 700
_PATIENCE_S = 900
_STEPS = ("检查权重文件", "写入分词器", "写入全精度模型", "写入八位模型", "校验结果")


def name_of(digest: str) -> str:
    """Name of the conversion of the weights with that SHA-256: folder in the cache and name of the encoder."""
    return f"multilingual-e5-small-int8-r{_REVISION}-{digest[:12]}"


def name_in(place: Path) -> str:
    """The name that the manifest of a whole conversion gives it."""
    return str(json.loads((place / MANIFEST).read_text(encoding="utf-8"))["name"])


def checked_source() -> tuple[Path, str]:
    """The packaged weights and their SHA-256. Raises EncoderUnavailable where they are absent or not as installed."""
    path, known = weights.locate()
    digest = weights.sha256(path)
    if known is not None and digest != known:
        raise EncoderUnavailable(f"权重文件 {path} 已损坏（SHA-256 与安装记录不符）", weights.REINSTALL)
    return path, digest


def ready(source: Path, digest: str, cache: Path, report: Report | None = None) -> Path:
    """The folder of the converted model, made now if it is absent or damaged.

    Raises EncoderUnavailable where it can't be written.
    """
    place = cache / name_of(digest)
    if not problems(place):
        return place
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _locked(cache / f".{place.name}.lock", report):
            if problems(place):
                _make(source, digest, place, report)
    except OSError as error:
        raise EncoderUnavailable(
            f"向量模型无法写入缓存文件夹 {cache}（{reason(error)}）",
            f"请确认可写且有 {_NEEDED_MB} MB 空间，或用 QA_CACHE 指定别的文件夹",
        ) from error
    return place


def problems(place: Path, *, full: bool = False) -> list[str]:
    """What is wrong with a converted model, in Chinese; empty when it is whole.

    Sizes are compared for all files, SHA-256 for those that serving reads; ``full`` compares all of them (0.5 GB).
    """
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        files, _ = manifest["files"], manifest["name"]
    except FileNotFoundError:
        return [f"还没有转换：{place}"]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"清单无法读取：{place / MANIFEST}"]
    if not isinstance(files, dict) or not set(_SERVED) <= files.keys():
        return [f"清单不完整：{place / MANIFEST}"]
    found = []
    for name, facts in files.items():
        path = place / name
        try:
            whole = path.stat().st_size == facts["bytes"]
            if whole and (full or name in _SERVED):
                whole = weights.sha256(path) == facts["sha256"]
        except (OSError, KeyError, TypeError):
            whole = False
        if not whole:
            found.append(f"文件缺失或损坏：{path}")
    return found


@contextmanager
def _locked(path: Path, report: Report | None) -> Iterator[None]:
    """Holds the file lock; says so while it waits for another process."""
    lock = FileLock(path)
    for _ in range(_PATIENCE_S):
        try:
            lock.acquire(timeout=1)
            break
        except Timeout:
            _tell(report, 0, "另一个进程正在准备向量模型，等它完成")
    else:
        raise EncoderUnavailable(f"另一个进程占着 {path} 已超过 {_PATIENCE_S // 60} 分钟", "请结束那个进程后再试")
    try:
        yield
    finally:
        lock.release()


def _make(source: Path, digest: str, place: Path, report: Report | None) -> None:
    for left in place.parent.glob(f"{place.name}.tmp-*"):
        shutil.rmtree(left)
    if shutil.disk_usage(place.parent).free < _NEEDED_MB << 20:
        raise OSError(f"剩余空间不足 {_NEEDED_MB} MB")
    making = place.with_name(f"{place.name}.tmp-{os.getpid()}")
    making.mkdir()
    try:
        _convert(source, digest, making, report)
        _sync_all(making)
        if place.exists():
            place.rename(place.with_name(f"{place.name}.tmp-old"))
        making.rename(place)
        _sync(place.parent)
    finally:
        for left in place.parent.glob(f"{place.name}.tmp-*"):
            shutil.rmtree(left, ignore_errors=True)
    _tell(report, len(_STEPS), "向量模型已就绪")


def _convert(source: Path, digest: str, making: Path, report: Report | None) -> None:
    _tell(report, 0, _STEPS[0])
    parsed = weights.parse(source.read_bytes())
    _tell(report, 1, _STEPS[1])
    tokenizer.build(parsed).save(str(making / TOKENIZER))
    layout.write_configs(parsed, making)
    _tell(report, 2, _STEPS[2])
    layout.write_safetensors(parsed, making / "model.safetensors")
    _tell(report, 3, _STEPS[3])
    (making / MODEL).write_bytes(graph.build(parsed))
    _tell(report, 4, _STEPS[4])
    files = {
        path.relative_to(making).as_posix(): {"bytes": path.stat().st_size, "sha256": weights.sha256(path)}
        for path in sorted(making.rglob("*"))
        if path.is_file()
    }
    origin = {"package": weights.PACKAGE, "file": weights.FILE, "sha256": digest}
    text = json.dumps({"name": name_of(digest), "source": origin, "files": files}, ensure_ascii=False, indent=2)
    (making / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _sync_all(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    """Flush a file or a folder to the disk; Windows has no such call for folders."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tell(report: Report | None, done: int, note: str) -> None:
    if report is not None:
        report(Progress("encoder", done, len(_STEPS), note))
