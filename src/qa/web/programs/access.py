"""What a program is told that may not come in."""

from __future__ import annotations

from qa.errors import QAError


class NotAllowed(QAError):
    """The program has not shown who it is (401); ``status`` may be set to 403 where it has and may not."""

    code = "unauthorized"
    status = 401
