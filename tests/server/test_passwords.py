"""Passwords are kept as costly hashes: the product's own setting, which other tests make cheap."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, get_hasher, make_password

from indelible.server.settings import PASSWORD_HASHERS


def test_a_password_is_kept_as_the_costly_hash_of_the_product(settings: Any) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    assert type(get_hasher()) is Argon2PasswordHasher
    kept = make_password("violet seal harbour 7")
    _, kind, _, cost, *_ = kept.split("$")
    assert (kind, cost) == ("argon2id", "m=102400,t=2,p=8")
    assert check_password("violet seal harbour 7", kept)
    assert not check_password("violet seal harbour 8", kept)
