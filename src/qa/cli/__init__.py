"""The command line: sync, ask, search, eval, serve, report, password, user, doctor, backup, restore, export, verify.

Starts in a tenth of a second: each command imports what it needs when it runs.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from qa.cli import commands, screen
from qa.cli.parser import make_parser
from qa.errors import QAError

__all__ = ["main"]

UNEXPECTED, INTERRUPTED = 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done (an abstention is an answer), 1 unexpected, 2 wrong usage or input,
    3 index, 4 encoder, 130 interrupted. Raises SystemExit only for --help, --version and wrong usage.
    """
    screen.speak_utf8()
    args = make_parser().parse_args(argv)
    try:
        code = commands.run(args)
        sys.stdout.flush()
    except QAError as error:
        print(f"出错：{error}", file=sys.stderr)
        code = error.exit_code
    except KeyboardInterrupt:
        print("\n已中断。已经发布的索引完好，重新运行会接着做。", file=sys.stderr)
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output (head, less) has gone: what Python still wants to flush goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = UNEXPECTED
    except Exception as error:
        if args.traceback:
            traceback.print_exc()
        else:
            print(f"程序意外出错：{type(error).__name__}：{error}", file=sys.stderr)
            print("这是程序的缺陷。请在命令末尾加 --traceback 再运行一次，把显示的内容发给维护者。", file=sys.stderr)
        code = UNEXPECTED
    return code
