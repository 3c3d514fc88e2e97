"""Is this machine fit to run Youju, and if not, what to do."""

from __future__ import annotations

import json
import platform
import shutil
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any

from qa.cli.screen import can_show
from qa.errors import EncoderUnavailable, InputError, QAError
from qa.settings import Settings

INSTALL = "请运行 pip install -r requirements.txt（或 make run）"
PACKAGES = {
    "faiss": "faiss-cpu",
    "fastapi": "fastapi",
    "gradio": "gradio",
    "jieba": "jieba",
    "lxml": "lxml",
    "numpy": "numpy",
    "onnxruntime": "onnxruntime",
    "pypdfium2": "pypdfium2",
    "opencc": "opencc",
    "rjieba": "rjieba",
    "selectolax": "selectolax",
    "tantivy": "tantivy",
    "uvicorn": "uvicorn",
}
"""Import name → name on PyPI of what the everyday paths need; torch is not among them."""

_DISK_MB, _MEMORY_MB = 2000, 800


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, whether it is well, what was found, what to do if it is not.

    ``exit_code`` is the command's if this is the first line that is not well.
    """

    name: str
    ok: bool
    found: str
    todo: str = ""
    exit_code: int = 1

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(settings: Settings) -> list[Check]:
    """All checks in a fixed order; one that fails by surprise becomes a line of its own, so the rest is still told."""
    checks = []
    looks = (
        _python,
        _packages,
        _settings,
        _corpus,
        _index,
        _encoder,
        _office,
        _ocr,
        _llm,
        _disk,
        _memory,
        _port,
        _login,
        _screen,
    )
    for look in looks:
        try:
            checks.append(look(settings))
        except Exception as error:
            checks.append(
                Check(look.__name__.strip("_"), False, f"{type(error).__name__}：{error}", "请把这一行发给维护者")
            )
    return checks


def print_checks(checks: list[Check]) -> None:
    good, bad = ("✓", "✗") if can_show(sys.stdout, "✓✗") else ("√", "×")
    for check in checks:
        print(f"{good if check.ok else bad} {check.name}：{check.found}")
        if not check.ok:
            print(f"    怎么办：{check.todo}")
    failed = sum(not check.ok for check in checks)
    print("\n一切正常。" if not failed else f"\n有 {failed} 项需要处理。")


def _python(settings: Settings) -> Check:
    found = f"{platform.python_version()}（{sys.executable}），{platform.system()} {platform.machine()}"
    return Check("Python", sys.version_info >= (3, 11), found, "请安装 Python 3.11 或更高版本")


def _packages(settings: Settings) -> Check:
    missing = [package for module, package in PACKAGES.items() if util.find_spec(module) is None]
    if missing:
        return Check("软件包", False, f"缺少 {'、'.join(missing)}", INSTALL)
    return Check("软件包", True, "，".join(f"{p} {metadata.version(p)}" for p in PACKAGES.values()))


def _settings(settings: Settings) -> Check:
    wrong = [f"{name}（是不是 {meant}？）" if meant else name for name, meant in Settings.misnamed().items()]
    if wrong:
        todo = "请改正名字或去掉它，现在没有起作用；全部设置见 docs/operations.md"
        return Check("设置", False, f"没有这些设置：{'、'.join(wrong)}", todo, 2)
    return Check("设置", True, "youju.toml 与环境变量" if Path("youju.toml").is_file() else "环境变量与默认值")


def _corpus(settings: Settings) -> Check:
    folder = settings.corpus
    if not folder.is_dir():
        return Check("资料", False, f"没有文件夹 {folder.absolute()}", "请建立它并放入资料，或用 --corpus 指定", 2)
    if not any(path.is_file() for path in folder.rglob("*")):
        return Check(
            "资料",
            False,
            f"{folder.absolute()} 里没有文件",
            "请放入资料，如 Word、PDF、OFD、Excel、PPT、网页、邮件、txt",
            2,
        )
    return Check("资料", True, str(folder.absolute()))


def _index(settings: Settings) -> Check:
    from qa.assistant import Assistant

    try:
        status = Assistant.open(settings.index, settings.model_copy(update={"encoder": "none"})).status()
    except QAError as error:
        return Check("索引", False, error.what, error.todo or "请运行 python -m qa sync", error.exit_code)
    if not status.documents:
        return Check("索引", False, f"{settings.index.absolute()} 里还没有索引", "请运行 python -m qa sync", 3)
    busy = "，正在同步" if status.progress else ""
    found = (
        f"第 {status.generation} 版，{status.documents} 篇，{status.chunks} 段，其中 {status.vectors} 段有向量{busy}"
    )
    return Check("索引", True, f"{found}（{settings.index.absolute()}）")


def _encoder(settings: Settings) -> Check:
    from qa.encode import check_encoder, encoder_name

    if settings.encoder == "none":
        return Check("编码器", True, "按设置不用向量，只按词语检索（QA_ENCODER=none）")
    try:
        name = encoder_name(settings)
    except EncoderUnavailable as error:
        todo = error.todo or "现在只按词语检索"
        return Check("编码器", False, f"{error.what}；现在只按词语检索", todo, error.exit_code)
    wrong = check_encoder(settings)
    if wrong:
        return Check("编码器", False, f"{name}：{'；'.join(wrong)}", "请运行 python -m qa sync，会自动转换", 4)
    return Check("编码器", True, f"{name}（缓存在 {settings.cache}）")


def _office(settings: Settings) -> Check:
    """Optional: without it all is well, only less is read."""
    from qa.load.soffice import program

    found = program()
    if found is None:
        return Check("LibreOffice", True, "没有安装，读不了 doc、wps、ppt、rtf、odt；要读请安装它，再重新同步")
    return Check("LibreOffice", True, f"{found}（读 doc、wps、ppt、rtf、odt 等）")


def _ocr(settings: Settings) -> Check:
    """Optional like ``_office``; not well where it is installed by half."""
    from qa.load import engine_name
    from qa.load.ocr import INSTALL as HOW

    if settings.ocr == "off":
        return Check("文字识别", True, "按设置不识别扫描件和图片（QA_OCR=off）")
    if not engine_name():
        return Check("文字识别", True, f"没有安装，读不了扫描件和图片；要读{HOW}")
    missing = [name for name in ("rapidocr", "onnxruntime", "cv2") if util.find_spec(name) is None]
    if missing:
        return Check("文字识别", False, f"缺少 {'、'.join(missing)}", HOW)
    return Check("文字识别", True, f"{engine_name().rpartition(' ')[0]}（读扫描件和图片）")


def _llm(settings: Settings) -> Check:
    """Optional like ``_office``; not well where it is set and doesn't answer."""
    from qa.llm import Failure, server_of

    if not settings.llm_base_url:
        return Check("语言模型", True, "没有设置，答案都是原句；要它转述请设 QA_LLM_BASE_URL")
    named = f"{settings.llm_base_url} 的 {settings.llm_model}"
    begin = time.perf_counter()
    try:
        server_of(settings).complete([{"role": "user", "content": "请只回答一个字：好"}])
    except Failure as failure:
        return Check("语言模型", False, f"{named}：{failure.told}；答案照常是原句", "见 docs/llm.md 里的“不通时”")
    return Check("语言模型", True, f"{named}，{time.perf_counter() - begin:.1f} 秒答完")


def _disk(settings: Settings) -> Check:
    found, ok = [], True
    for what, folder in (("索引", settings.index), ("缓存", settings.cache)):
        free = shutil.disk_usage(_existing(folder)).free // 2**20
        ok = ok and free >= _DISK_MB
        found.append(f"{what}所在磁盘剩余 {free} MB")
    return Check("磁盘", ok, "，".join(found), f"请留出至少 {_DISK_MB} MB，或用 QA_INDEX、QA_CACHE 换到别的磁盘")


def _existing(folder: Path) -> Path:
    """The folder or the nearest one above it that exists."""
    folder = folder.absolute()
    return next(place for place in (folder, *folder.parents) if place.exists())


def _memory(settings: Settings) -> Check:
    import psutil

    free = psutil.virtual_memory().available // 2**20
    return Check(
        "内存", free >= _MEMORY_MB, f"可用 {free} MB", f"至少要 {_MEMORY_MB} MB：请关掉别的程序，或设 QA_ENCODER=none"
    )


def _port(settings: Settings) -> Check:
    from qa.web import take_port

    place = f"{settings.host}:{settings.port}"
    try:
        take_port(settings.host, settings.port).close()
    except InputError as error:
        if _is_youju(settings):
            return Check("端口", True, f"{place} 上正运行着有据")
        return Check("端口", False, error.what, error.todo, error.exit_code)
    return Check("端口", True, f"{place} 空闲")


def _login(settings: Settings) -> Check:
    from qa.web.server import check_door, everybody_reads

    try:
        check_door(settings)
    except InputError as error:
        return Check("登录", False, error.what, error.todo, error.exit_code)
    told = {
        "open": everybody_reads(settings) or "不用登录就能提问（QA_AUTH=open）",
        "password": f"要登录，名单在 {settings.users_file.absolute()}",
        "header": f"单点登录，信任来自 {settings.trusted_proxies} 的 {settings.sso_header}",
    }
    return Check("登录", True, told[settings.auth])


def _is_youju(settings: Settings) -> bool:
    """Whether what listens there answers as Youju does."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://{host}:{settings.port}/healthz", timeout=2) as reply:
            return "generation" in json.load(reply)
    except (OSError, ValueError, TypeError):
        return False


def _screen(settings: Settings) -> Check:
    encoding = sys.stdout.encoding or "utf-8"
    found = f"输出编码 {encoding}，文件系统编码 {sys.getfilesystemencoding()}"
    todo = "请设环境变量 PYTHONUTF8=1；Windows 请先运行 chcp 65001"
    return Check("中文显示", can_show(sys.stdout, "有据") and "utf" in sys.getfilesystemencoding().lower(), found, todo)
