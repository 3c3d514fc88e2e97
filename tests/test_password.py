"""Passwords as they are kept."""

from __future__ import annotations

import hashlib

import pytest

from qa.errors import InputError
from qa.password import check_strength, hashed, matches
from qa.settings import Settings


def test_a_password_matches_its_own_hash_only() -> None:
    kept = hashed("云溪-2026-春")
    assert matches("云溪-2026-春", kept)
    assert not matches("云溪-2026-夏", kept)
    assert not matches("", kept)
    assert kept != hashed("云溪-2026-春")
    assert Settings(admin_password_hash=kept).admin_password_hash == kept


def test_the_hash_is_scrypt_with_what_it_says() -> None:
    import base64

    name, cost, block, parallel, salt, key = hashed("correct horse").split(":")
    made = hashlib.scrypt(
        b"correct horse",
        salt=base64.urlsafe_b64decode(salt + "=="),
        n=int(cost),
        r=int(block),
        p=int(parallel),
        maxmem=2**27,
        dklen=32,
    )
    assert (name, base64.urlsafe_b64encode(made).rstrip(b"=").decode()) == ("scrypt", key)
    assert int(cost) * int(block) * 128 == 32 * 2**20


@pytest.mark.parametrize("kept", ["", "scrypt", "scrypt:0:8:1:AAAAAAAAAAAAAAAAAAAAAA:AA", "a:b:c:d:e:f", "plain"])
def test_what_is_no_hash_matches_nothing(kept: str) -> None:
    assert not matches("x", kept)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaa", "x" * 257 + "abc"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InputError):
        check_strength(password)


def test_a_password_in_the_place_of_its_hash_is_not_shown() -> None:
    with pytest.raises(InputError) as caught:
        Settings.load(admin_password_hash="my secret password")
    assert "my secret" not in str(caught.value)
    assert "qa password" in str(caught.value)
