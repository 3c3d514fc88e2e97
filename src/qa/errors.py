"""Errors that people see: what was given, what was expected, what to do; in Chinese, for they are shown as they are."""

from __future__ import annotations

import errno

_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "不存在",
    errno.EIO: "磁盘或网络位置读写出错",
    errno.ENOSPC: "磁盘空间不足",
    errno.EROFS: "只读",
    errno.EBUSY: "正被别的程序占用",
    errno.ENAMETOOLONG: "路径太长",
    errno.EMFILE: "打开的文件太多",
}


def reason(error: OSError) -> str:
    """Why the system refused, in Chinese for the common causes, else in the system's words."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


class QAError(Exception):
    """The root of all errors that Youju raises on purpose.

    ``code`` is stable and for programs; ``exit_code`` is the command line's; ``status`` is the HTTP status.
    """

    code = "error"
    exit_code = 1
    status = 500

    def __init__(self, what: str, todo: str = "") -> None:
        self.what = what.rstrip("。")
        self.todo = todo.rstrip("。")
        super().__init__(f"{self.what}。{self.todo}。" if todo else f"{self.what}。")


class InputError(QAError):
    """A question, option, file or array that can't be used as given."""

    code = "input"
    exit_code = 2
    status = 422


class ReadError(QAError):
    """A file of the library that can't be read; the rest of the folder goes on."""

    code = "unreadable"
    exit_code = 2
    status = 422


class Passing(ReadError):
    """A file that can't be read now, for a reason outside of it: the same file is tried again next time."""

    code = "unreadable-now"


class Refused(ReadError):
    """A file that may not be taken in; what the library holds of it is dropped, too."""

    code = "refused"


class IndexUnavailable(QAError):
    """There is no index, or it is damaged, of another version, or made with another encoder."""

    code = "index"
    exit_code = 3
    status = 503


class IndexBusy(QAError):
    """Another process is writing this index."""

    code = "busy"
    exit_code = 3
    status = 409


class EncoderUnavailable(QAError):
    """The encoder's package or model can't be had; the assistant goes on lexically."""

    code = "encoder"
    exit_code = 4
    status = 503
