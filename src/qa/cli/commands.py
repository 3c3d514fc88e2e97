"""The commands: each takes the parsed arguments, prints its result and returns the exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from qa.cli import keep, people, screen
from qa.errors import InputError
from qa.settings import Settings
from qa.types import Scope


def run(args: argparse.Namespace) -> int:
    """Settings from all sources, then the command."""
    given = {name: getattr(args, name, None) for name in ("corpus", "index", "host", "port", "watch")}
    return COMMANDS[args.command](args, Settings.load(**given))


def sync(args: argparse.Namespace, settings: Settings) -> int:
    from qa.assistant import Assistant

    with screen.progress() as report:
        assistant = Assistant(settings.index, settings)  # not opened: a sync also mends an index that can't be
        if args.vectors_only:
            result = assistant.complete(report)
        else:
            result = assistant.sync(
                settings.corpus,
                lexical_only=args.lexical_only,
                report=report,
                again=[path.replace("\\", "/") for path in args.again],
                rebuild=args.rebuild,
                allow_empty=args.allow_empty,
            )
    if args.json:
        screen.print_json(result.to_dict())
    else:
        screen.print_report(result)
    return 0


def ask(args: argparse.Namespace, settings: Settings) -> int:
    from qa.assistant import Assistant

    question = _question(args)
    assistant = Assistant.open(settings.index, settings)
    answer = assistant.word(assistant.ask(question, args.history, _scope(args)))
    if args.json:
        screen.print_json(answer.to_dict())
    else:
        screen.print_answer(answer)
    return 0


def search(args: argparse.Namespace, settings: Settings) -> int:
    from qa.assistant import Assistant

    question = _question(args)
    hits = Assistant.open(settings.index, settings).search(question, args.k, args.history, _scope(args), args.sort)
    if args.json:
        screen.print_json([hit.to_dict() for hit in hits])
    else:
        screen.print_hits(hits)
    return 0


def evaluate(args: argparse.Namespace, settings: Settings) -> int:
    from qa.assistant import Assistant
    from qa.evaluate import evaluate as measure

    if not args.questions.is_file():
        raise InputError(f"没有题目文件 {args.questions}", "请用 --questions 指定 JSONL 文件，一行一题")
    if args.out and not args.out.absolute().parent.is_dir():
        raise InputError(f"结果写不到 {args.out}，文件夹不存在", "请先建好文件夹")
    assistant = (Assistant if args.sync else Assistant.open)(settings.index, settings)
    with screen.progress() as report:
        if args.sync:
            assistant.sync(settings.corpus, report=report)
        result = measure(assistant, args.questions, report)
    print(result.table())
    if args.out:
        result.write(args.out)
        print(f"逐题结果写在 {args.out}", file=sys.stderr)
    return 0


def mcp(args: argparse.Namespace, settings: Settings) -> int:
    from qa.assistant import Assistant
    from qa.journal import Journal
    from qa.web.programs.mcp import stdio

    assistant = Assistant.open(settings.index, settings)
    journal = Journal(settings.index / "journal.sqlite") if settings.journal else None
    try:
        stdio(assistant, journal)
    finally:
        if journal is not None:
            journal.close()
    return 0


def serve(args: argparse.Namespace, settings: Settings) -> int:
    from qa.assistant import Assistant
    from qa.web import serve as serve_web
    from qa.web import take_port

    take_port(settings.host, settings.port).close()  # a port in use is told before the sync, not after it
    assistant = (Assistant if args.sync else Assistant.open)(settings.index, settings)
    if args.sync:
        with screen.progress() as report:
            result = assistant.sync(settings.corpus, lexical_only=True, report=report)
        screen.print_report(result)
    serve_web(assistant, settings)
    return 0


def report(args: argparse.Namespace, settings: Settings) -> int:
    from qa import health
    from qa.assistant import Assistant
    from qa.health import render

    writers = {".html": render.html, ".htm": render.html, ".md": render.markdown, ".csv": render.as_csv}
    if args.out and args.out.suffix.lower() not in writers:
        raise InputError(f"不知道 {args.out} 要写成什么", "文件名请以 .html、.md 或 .csv 结尾")
    found = health.of(Assistant.open(settings.index, settings))
    if args.paths:
        found = health.select(found, [path.replace("\\", "/") for path in args.paths])
        if not found.files:
            raise InputError(f"索引里没有 {'、'.join(args.paths)}", "请用相对于资料文件夹、以 / 分隔的路径，或先同步")
    if args.out:
        screen.write(args.out, writers[args.out.suffix.lower()](found))
    if args.json:
        screen.print_json(found.to_dict())
    elif not args.out:
        colour = sys.stdout.isatty()
        print(render.table(found, colour=colour, marks=screen.can_show(sys.stdout, "✓✗·")))
    return 1 if found.totals["bad"] or not found.files else 0


def compare(args: argparse.Namespace, settings: Settings) -> int:
    from qa.cli.versions import compare as compare_two

    return compare_two(args, settings)


def password(args: argparse.Namespace, settings: Settings) -> int:
    from qa.cli.people import new_password
    from qa.password import hashed

    typed = new_password(args.source == "-", "python -m qa password -")
    print(f'admin_password_hash = "{hashed(typed)}"')
    print("请把上面这一行写进 youju.toml，或把引号里的内容设为环境变量 QA_ADMIN_PASSWORD_HASH。", file=sys.stderr)
    return 0


def doctor(args: argparse.Namespace, settings: Settings) -> int:
    from qa.cli import doctor as clinic

    checks = clinic.examine(settings)
    if args.json:
        screen.print_json({"ok": all(c.ok for c in checks), "checks": [c.to_dict() for c in checks]})
    else:
        clinic.print_checks(checks)
    return next((check.exit_code for check in checks if not check.ok), 0)


def _scope(args: argparse.Namespace) -> Scope:
    given = (tuple(args.folder), tuple(args.document), tuple(args.year), tuple(args.issuer))
    return Scope(*given, in_force=args.in_force)


def _question(args: argparse.Namespace) -> str:
    if args.question != "-":
        return str(args.question)
    try:
        return sys.stdin.read().strip()
    except UnicodeDecodeError as error:
        raise InputError("标准输入不是 UTF-8 文字", "请把问题存成 UTF-8，或直接写在命令后面") from error


COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "sync": sync,
    "ask": ask,
    "search": search,
    "eval": evaluate,
    "serve": serve,
    "mcp": mcp,
    "report": report,
    "compare": compare,
    "password": password,
    "user": people.user,
    "doctor": doctor,
    "backup": keep.backup,
    "restore": keep.restore,
    "export": keep.export,
    "verify": keep.verify,
}
