"""What can be typed, and the help that teaches it; in Chinese, argparse's own sentences included."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

_TOP = """\
先同步，再提问：
  python -m qa sync --corpus corpus         把文件夹 corpus 里的资料收进索引
  python -m qa ask "四下基层指的是哪四项"    提问，答案逐句注明出处
  python -m qa serve                        打开网页 http://127.0.0.1:7860

每个命令的说明：python -m qa <命令> --help

退出码：0 完成（库内无据、如实说没有也算）；1 意外错误；2 用法或输入有误；3 索引不可用；4 编码器不可用；130 被中断。
设置还可以来自环境变量 QA_* 和当前文件夹的 youju.toml，见 docs/operations.md。"""

_SYNC = """\
只处理变化了的文件：新增和改动的重新读取，删除的从索引中去掉。先发布词语索引（此时已能提问），再补向量；
中途停下不会损坏已有索引，重新运行会接着做。

  python -m qa sync                              同步设置里的资料文件夹（默认 corpus）
  python -m qa sync --corpus D:\\资料             同步别的文件夹，索引自动另放一处
  python -m qa sync --lexical-only               只建词语索引，不等向量
  python -m qa sync --again 通知/放假.docx        这份文件重新读取，没有改动也读
  python -m qa sync --rebuild                    全部重新读取；算过的向量不重算
  python -m qa sync --json > report.json         报告以 JSON 输出，进度仍在屏幕上"""

_ASK = """\
答案是资料里的原句，[1] 对应下面的出处；资料里没有依据就直说没有。

  python -m qa ask "四下基层指的是哪四项"
  python -m qa ask "第二项呢" --history "四下基层指的是哪四项"      追问
  python -m qa ask "迟到怎么处理" --folder 制度 --in-force           只问一部分资料
  python -m qa ask --json "自查存在哪些问题"                        给程序用
  echo 自查存在哪些问题 | python -m qa ask -                        从标准输入读问题"""

_SEARCH = """\
列出最相关的段落，分数是段落能回答这个问题的把握（0 到 1）。

  python -m qa search "调查研究的方法" -k 5
  python -m qa search "安全生产" --year 2024 --sort date           按日期从新到旧"""

_EVAL = """\
题目文件每行一个 JSON 对象：{"id", "question", "type", "doc", "quotes": […]}；type 为 unanswerable 的题没有 quotes。

  python -m qa eval --questions questions.jsonl                        打印分类型的成绩表
  python -m qa eval --questions questions.jsonl --out results.jsonl    并写下逐题结果"""

_SERVE = """\
  python -m qa serve                             用现有索引打开网页
  python -m qa serve --sync                      先同步资料（显示进度）再打开，向量在后台补
  python -m qa serve --watch                     资料文件夹有变化就自动同步
  python -m qa serve --host 0.0.0.0 --port 8000  让同一局域网的人也能访问"""

_REPORT = """\
逐份文件说明读得怎么样：编码、页数、扫描页、乱码、标题、重复、版本，读不了的写明原因和办法。只看索引，不重新读文件。

  python -m qa report                            打印总评、最该做的事和有问题的文件
  python -m qa report 通知 讲话/2024.docx         只看这些文件和文件夹
  python -m qa report --out 体检.html            写成网页；.md 和 .csv（Excel 能打开）也行

没有读不了的和有严重问题的文件，退出码为 0，有则为 1。"""

_COMPARE = """\
逐条对照两份文件：新增、删除、修改、移动、未变，改动的字逐一标出。文件可以写路径（相对于资料文件夹）、标题或编号。

  python -m qa compare 办法2015.docx 办法2023.docx          在屏幕上列出有变化的条文
  python -m qa compare 办法2023.docx                        与资料库里的上一版对照
  python -m qa compare 旧.docx 新.docx --out 对照表.docx     写成 Word 表格；.html 和 .md 也行
  python -m qa compare 旧.docx 新.docx --all                 未变的条文也列出"""

_MCP = """\
经标准输入输出提供 MCP 工具 search、ask、read，供本机的 AI 程序启动；要先装 pip install -e ".[mcp]"。
通过网络使用时不必运行它：打开网页的那个服务在 /mcp 提供同样的工具。

  python -m qa mcp --index index"""

_LOGIN = """\
设好之后，网页的“资料库”要登录才能改。密码输入时不显示；写 - 则从标准输入读一行。

  python -m qa password"""

_USER = """\
登录名单是一个文本文件（默认 users.txt，QA_USERS_FILE 可改），一行一个人，密码只存摘要；网页开着时改了也马上生效。
角色：reader 只能提问，admin 还能管理资料、看管理页，program 是程序，用密钥而不用密码。
密码输入时不显示；--stdin 从标准输入读一行。

  python -m qa user add 王芳                     加一个读者
  python -m qa user add 李主任 --role admin      加一个管理员
  python -m qa user add 门户 --role program      加一个程序，显示一次它的密钥
  python -m qa user passwd 王芳                  换密码；对程序是换密钥
  python -m qa user remove 王芳
  python -m qa user list"""

_DOCTOR = """\
逐项检查，✓ 表示正常，✗ 后面写着怎么办。全部正常时退出码为 0。

  python -m qa doctor
  python -m qa doctor --json"""

_BACKUP = """\
把当前的索引、向量缓存和问答记录写进一个文件，逐个记下校验和。正在同步、正在提问时也可以备份；写完才出现，写不完不留下半个。
资料文件夹和 youju.toml 请另外备份。

  python -m qa backup 备份.tar.gz
  python -m qa backup --index index D:\\备份\\索引.zip --force"""

_RESTORE = """\
先把备份整个核对一遍，再一次性替换；备份有任何不对，现有的索引不动。原来的问答记录留一份在旁边。

  python -m qa restore 备份.tar.gz
  python -m qa restore 备份.tar.gz --index 新位置"""

_EXPORT = """\
md：每个文件一份 Markdown，标题前加 #，文号、日期等写在开头。jsonl：documents.jsonl 和 chunks.jsonl，位置按字数计。

  python -m qa export --out 导出
  python -m qa export --out 导出 --format jsonl"""

_VERIFY = """\
重新读一遍全部文件：校验和、每一行、每一段的位置、向量的数目。不改动任何东西。完好时退出码为 0，有不对的为 3。

  python -m qa verify
  python -m qa verify --json"""

_SENTENCES = [
    (r"the following arguments are required: (.*)", r"缺少 \1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数 \1"),
    (r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)", r"\1 不能是 \2，可选：\3"),
    (r"argument (\S+): expected one argument", r"\1 后面要跟一个值"),
    (r"argument (\S+): invalid \S+ value: (.*)", r"\1 的值 \2 无效"),
    (r"argument (\S+): (.*)", r"\1：\2"),
]


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def _format_action(self, action: argparse.Action) -> str:
        text = super()._format_action(action)
        commands = isinstance(action, argparse._SubParsersAction)
        return text.partition("\n")[2] if commands else text  # without a line that only says 命令


class _Parser(argparse.ArgumentParser):
    def __init__(self, **given: Any) -> None:
        super().__init__(formatter_class=_Formatter, allow_abbrev=False, add_help=False, **given)
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        for pattern, said in _SENTENCES:
            message, count = re.subn(rf"^{pattern}$", said, message)
            if count:
                break
        print(f"用法有误：{message}。运行 {self.prog} --help 看说明。", file=sys.stderr)
        sys.exit(2)


def make_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="python -m qa", description="有据：只用资料里的原句回答，句句注明出处。", epilog=_TOP)
    top.add_argument("--version", action="version", version=_version(), help="显示版本")
    names = top.add_subparsers(dest="command", required=True, metavar="命令", title="命令", parser_class=_Parser)

    sync = _command(names, "sync", "同步：让索引与资料文件夹一致", _SYNC)
    part = sync.add_mutually_exclusive_group()
    part.add_argument("--lexical-only", action="store_true", help="只建词语索引，不建向量")
    part.add_argument("--vectors-only", action="store_true", help="只补还缺的向量，不看资料文件夹")
    sync.add_argument("--again", action="append", default=[], metavar="FILE", help="没有改动也重新读取，可多次给出")
    sync.add_argument("--rebuild", action="store_true", help="全部重新读取")
    sync.add_argument("--allow-empty", action="store_true", help="资料文件夹空了也照办，索引随之清空")
    _json(sync)

    ask = _command(names, "ask", "提问：原句作答，注明出处", _ASK)
    ask.add_argument("question", metavar="问题", help="要问的话；- 表示从标准输入读")
    ask.add_argument(
        "--history", action="append", default=[], metavar="问题", help="先前问过的话，可多次给出，早的在前"
    )
    _scope(ask)
    _json(ask)

    search = _command(names, "search", "检索：列出最相关的段落", _SEARCH)
    search.add_argument("question", metavar="问题", help="要找的内容；- 表示从标准输入读")
    search.add_argument("-k", type=_count, default=10, metavar="N", help="列几段（默认 10）")
    search.add_argument(
        "--history", action="append", default=[], metavar="问题", help="先前问过的话，可多次给出，早的在前"
    )
    search.add_argument(
        "--sort", choices=("score", "date"), default="score", help="score 按把握（默认），date 按成文日期从新到旧"
    )
    _scope(search)
    _json(search)

    evaluate = _command(names, "eval", "评测：用一份题目量答得好不好", _EVAL)
    evaluate.add_argument("--questions", type=Path, required=True, metavar="FILE", help="题目文件（JSONL）")
    evaluate.add_argument("--out", type=Path, metavar="FILE", help="逐题结果写到这里（JSONL）")
    evaluate.add_argument("--sync", action="store_true", help="评测之前先同步资料")

    serve = _command(names, "serve", "打开网页", _SERVE)
    serve.add_argument("--host", metavar="ADDR", help="监听的地址（默认 127.0.0.1，只有本机能访问）")
    serve.add_argument("--port", type=int, metavar="PORT", help="端口（默认 7860）")
    serve.add_argument("--sync", action="store_true", help="先同步资料再打开")
    serve.add_argument("--watch", action="store_true", default=None, help="看着资料文件夹，有变化就自动同步")

    report = _command(names, "report", "体检报告：每份文件读得怎么样，该怎么办", _REPORT)
    report.add_argument("paths", nargs="*", metavar="PATH", help="只看这些文件或文件夹（相对于资料文件夹）")
    report.add_argument("--out", type=Path, metavar="FILE", help="写到这里：.html、.md 或 .csv")
    _json(report)

    compare = _command(names, "compare", "新旧对照：两份文件逐条比较", _COMPARE)
    compare.add_argument("old", metavar="旧", help="旧的一份；只给一份时，与它的上一版对照")
    compare.add_argument("new", nargs="?", metavar="新", help="新的一份")
    compare.add_argument("--out", type=Path, metavar="FILE", help="写到这里：.docx、.html 或 .md（全部条文）")
    part = compare.add_mutually_exclusive_group()
    part.add_argument("--all", action="store_true", help="屏幕上也列出未变的条文")
    part.add_argument("--changed", action="store_true", help="写文件时只写有变化的条文")
    _json(compare)

    _command(names, "mcp", "MCP：供 AI 程序经标准输入输出使用", _MCP)

    password = _command(names, "password", "为网页的资料管理设密码", _LOGIN)
    password.add_argument("source", nargs="?", choices=["-"], metavar="-", help="从标准输入读")

    _users(names)
    _json(_command(names, "doctor", "体检：看这台机器能不能用，不能就说怎么办", _DOCTOR))
    _keeping(names)
    return top


def _users(names: Any) -> None:
    user = _command(names, "user", "登录名单：谁能用网页和接口", _USER)
    user.add_argument(
        "action", choices=("add", "remove", "passwd", "list"), metavar="做什么", help="add remove passwd list"
    )
    user.add_argument("name", nargs="?", metavar="名字", help="登录用的名字；list 不用给")
    user.add_argument("--role", choices=("reader", "admin", "program"), default="reader", help="角色（默认 reader）")
    user.add_argument("--stdin", action="store_true", help="从标准输入读密码")
    _json(user)


def _keeping(names: Any) -> None:
    save = _command(names, "backup", "备份：把索引写进一个文件", _BACKUP)
    save.add_argument("file", type=Path, metavar="FILE", help="备份文件，以 .tar.gz、.tgz 或 .zip 结尾")
    save.add_argument("--force", action="store_true", help="文件已经存在时覆盖它")
    _json(save)

    restore = _command(names, "restore", "恢复：用备份文件还原索引", _RESTORE)
    restore.add_argument("file", type=Path, metavar="FILE", help="备份文件")
    _json(restore)

    export = _command(names, "export", "导出：把全部正文写成 Markdown 或 JSON", _EXPORT)
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="写到这个文件夹，应是空的")
    export.add_argument("--format", choices=("md", "jsonl"), default="md", help="md（默认）或 jsonl")

    _json(_command(names, "verify", "核对：索引是否完好", _VERIFY))


def _command(names: Any, name: str, summary: str, teaches: str) -> _Parser:
    command: _Parser = names.add_parser(name, help=summary, description=summary + "。", epilog=teaches)
    command.add_argument("--corpus", type=Path, metavar="DIR", help="资料文件夹（默认 corpus）")
    command.add_argument(
        "--index", type=Path, metavar="DIR", help="索引文件夹（默认 index；换了资料而不指定时另放一处）"
    )
    command.add_argument("--traceback", action="store_true", help="意外出错时显示细节")
    return command


def _scope(command: _Parser) -> None:
    group = command.add_argument_group("范围（可多次给出；不同的几项要同时符合）")
    group.add_argument("--folder", action="append", default=[], metavar="DIR", help="只在这个文件夹里找，如 制度/人事")
    group.add_argument("--document", action="append", default=[], metavar="名称", help="只在这份文件里找：标题或路径")
    group.add_argument("--year", action="append", default=[], type=int, metavar="YYYY", help="只找这一年的文件")
    group.add_argument("--issuer", action="append", default=[], metavar="机关", help="只找这个机关发的文件")
    group.add_argument("--in-force", action="store_true", help="只看现行：不看已修改、已废止、征求意见稿和尚未施行的")


def _json(command: _Parser) -> None:
    command.add_argument("--json", action="store_true", help="以 JSON 输出，给程序用")


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 100:
        raise argparse.ArgumentTypeError(f"应是 1 到 100 的整数，给的是 {text}")
    return value


def _version() -> str:
    try:
        return f"有据 Youju {metadata.version('youju')}"
    except metadata.PackageNotFoundError:
        return "有据 Youju（未安装，从源码运行）"
