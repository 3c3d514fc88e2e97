"""Any sentence-transformers model, given as a folder or by a name in the local hub cache; runs on torch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from qa.errors import EncoderUnavailable
from qa.protocols import Vectors

_TODO = "请检查 QA_ENCODER，或改用 e5（随安装包提供）或 none（只用词面检索）"
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_WANTED = ("*.json", "*.txt", "*.model", "*.safetensors")
_SAMPLES, _SAMPLE = 64, 1 << 16
# Texts between two chances for another thread: a question need not wait for a whole batch of passages.
_TURN = 8


def find_folder(given: str, *, download: bool = False) -> Path:
    """The model's folder, checked to hold safetensors and no weights that would need unpickling.

    Raises EncoderUnavailable where there is none. ``download`` lets the hub be asked for a name.
    """
    folder = Path(given).expanduser()
    if not folder.is_dir():
        if folder.exists():
            raise EncoderUnavailable(f"QA_ENCODER={given} 是文件，不是模型文件夹", _TODO)
        folder = _from_hub(given, download)
    weights = [path for path in folder.rglob("*") if path.is_file() and not _elsewhere(path.relative_to(folder))]
    safe = {path.parent for path in weights if path.suffix == ".safetensors"}
    pickled = [path for path in weights if path.suffix in _PICKLED and path.parent not in safe]
    pickled = [path for path in pickled if path.name != "training_args.bin"]
    if pickled:
        raise EncoderUnavailable(
            f"模型文件夹 {folder} 里的 {pickled[0].name} 是 pickle 格式，读取它可能执行任意代码，已拒绝",
            "请把权重转存为 model.safetensors 后再试",
        )
    if not safe:
        raise EncoderUnavailable(
            f"文件夹 {folder} 里没有 model.safetensors，不是可用的 sentence-transformers 模型", _TODO
        )
    return folder


def name_of(folder: Path) -> str:
    """The folder's name and a fingerprint of what is in it: configuration whole, weights by size, head and samples."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.is_file() and path.suffix in (".json", ".txt", ".model", ".safetensors") and not _elsewhere(place):
            digest.update(f"{place.as_posix()} {path.stat().st_size}\n".encode())
            _sample(path, digest)
    return f"{folder.resolve().name}-{digest.hexdigest()[:12]}"


class TransformerEncoder:
    """An ``Encoder`` around sentence-transformers: its prompts for queries and documents, its own maximum length."""

    def __init__(self, folder: Path, name: str, threads: int, *, download: bool = False) -> None:
        if not download:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        try:
            import torch
            from sentence_transformers import SentenceTransformer

            torch.set_num_threads(threads)
            self._model: Any = SentenceTransformer(
                str(folder),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
            self._dim = _dimension(self._model)
        except ImportError as error:
            raise EncoderUnavailable(
                f"读取模型 {folder} 需要的软件包缺失（{error}）", "请运行 pip install -r requirements.txt"
            ) from error
        except Exception as error:
            # The libraries raise whatever the damaged part makes them raise.
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise EncoderUnavailable(f"模型 {folder} 无法载入（{reason[:200]}）", _TODO) from error
        self._name = name
        self._lock = Lock()

    @property
    def name(self) -> str:
        return self._name

    @property
    def dim(self) -> int:
        return self._dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._model.encode_document, texts)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
        """Neighbours in length share a batch, so that little is padded."""
        vectors = np.empty((len(texts), self._dim), np.float32)
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        order = sorted(range(len(clean)), key=lambda index: -len(clean[index]))
        for start in range(0, len(order), _TURN):
            turn = order[start : start + _TURN]
            with self._lock:
                vectors[turn] = encode(
                    [clean[index] for index in turn],
                    batch_size=_TURN,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
        return vectors


def _dimension(model: Any) -> int:
    dim = model.get_embedding_dimension()
    if not dim:
        raise ValueError("no fixed dimension")
    return int(dim)


def _from_hub(name: str, download: bool) -> Path:
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(name, local_files_only=not download, allow_patterns=list(_WANTED)))
    except ImportError as error:
        raise EncoderUnavailable(f"找不到模型文件夹 {name}", _TODO) from error
    except Exception as error:
        # A name that is none, a hub that is out of reach, a cache that holds nothing: all mean "not here".
        more = "" if download else "；如要联网下载，请设 QA_ALLOW_DOWNLOAD=1"
        raise EncoderUnavailable(f"本机没有模型 {name}：既不是文件夹，也不在本地缓存中", _TODO + more) from error


def _elsewhere(place: Path) -> bool:
    """Other tools' forms of the same model, and hidden files: never read."""
    return place.parts[0] in ("onnx", "openvino") or any(part.startswith(".") for part in place.parts)


def _sample(path: Path, digest: Any) -> None:
    size = path.stat().st_size
    with path.open("rb") as stream:
        if path.suffix != ".safetensors" or size <= _SAMPLES * _SAMPLE:
            digest.update(stream.read())
            return
        for number in range(_SAMPLES):
            stream.seek(number * (size - _SAMPLE) // (_SAMPLES - 1))
            digest.update(stream.read(_SAMPLE))
