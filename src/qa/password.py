"""A password as it may be kept: salted and made slow to guess.

Of the library's one administrator by scrypt of the standard library (RFC 7914), in the users' file by argon2id
(RFC 9106).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from qa.errors import InputError

COST, BLOCK, PARALLEL = 2**15, 8, 3
"""OWASP's Password Storage Cheat Sheet: as hard to guess as N = 2^17, p = 1, in 32 MB. 0.25 s on an office machine."""
LEAST, MOST = 8, 256
_MEMORY = 128 * 2**20


def check_strength(password: str) -> None:
    """Raises InputError for one that is too short, too long or of one character."""
    if len(password) < LEAST or len(set(password)) < 4:
        raise InputError("密码太弱", f"请用至少 {LEAST} 个、不都相同的字符")
    if len(password) > MOST:
        raise InputError("密码太长", f"请不超过 {MOST} 个字符")


def hashed(password: str) -> str:
    """``scrypt:N:r:p:salt:key``, the last two in URL-safe base64: nothing that a shell or TOML would change."""
    salt = secrets.token_bytes(16)
    key = _key(password, salt, COST, BLOCK, PARALLEL)
    return f"scrypt:{COST}:{BLOCK}:{PARALLEL}:{_text(salt)}:{_text(key)}"


def argon2(password: str) -> str:
    """``$argon2id$v=19$m=…``: parameters, salt and key; never a colon in it."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password.encode("utf-8", "surrogatepass"))


def matches(password: str, kept: str) -> bool:
    """Whether it is the password of ``kept``; takes the same time whether or not. False for what isn't a hash."""
    if len(password) > MOST:
        return False
    if kept.startswith("$argon2"):
        return _is_argon2(password, kept)
    try:
        _, cost, block, parallel, salt, key = kept.split(":")
        made = _key(password, _bytes(salt), int(cost), int(block), int(parallel))
        return hmac.compare_digest(made, _bytes(key))
    except ValueError:
        return False


def _is_argon2(password: str, kept: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHash

    try:
        return PasswordHasher().verify(kept, password.encode("utf-8", "surrogatepass"))
    except (Argon2Error, InvalidHash):
        return False


def _key(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    data = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
