"""What tells that a record was taken in before, without telling what it says.

Codes are HMAC-SHA-256 under a secret of the installation that lies with the keys. They are kept as long
as the log and outlive an erasure, so that the same export, taken in again, does not bring a person back;
and nobody who reads the tables can try out names against them.
"""

from __future__ import annotations

import hmac
from functools import cache
from pathlib import Path

from django.conf import settings

from indelible.storage.home import Home

KEPT_AS = "repeat"


def repeat_code(source: int, identity: str | bytes) -> bytes:
    """Return the code (32 bytes) of what `source` calls by `identity`."""
    return code_of(f"repeat {source}", identity)


def code_of(purpose: str, value: str | bytes) -> bytes:
    """Return the code (32 bytes) of a value for one purpose: codes of two purposes cannot be compared."""
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    name = purpose.encode()
    home: Home = settings.INDELIBLE_HOME
    # The length before the name, so that no purpose and value run together as another pair does.
    return hmac.digest(_secret(home.path), len(name).to_bytes(2, "big") + name + data, "sha256")


@cache
def _secret(home: Path) -> bytes:
    return Home(home).secret(KEPT_AS)
