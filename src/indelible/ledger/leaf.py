"""The leaf: what the log itself holds of an entry (entry format 1).

    {"_sd":[digests],"_sd_alg":"sha-256","at":"<when recorded>","names":[field names],"v":1}

Canonical JSON and nothing else. The digest at place i belongs to the name at place i, and names are
sorted, so that nobody can seal two versions of a field and open now this one, now that. A leaf never
holds a value: what it gives away is when, which kinds of field, and the ids that entries are counted under.
How digests come about is the matter of entries.py. Source: `_sd` and `_sd_alg` are those of RFC 9901.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from . import canonical
from .contents import read_contents
from .errors import MalformedInput
from .tiles import MAX_ENTRY_BYTES

VERSION = 1
DIGEST_CHARACTERS = 43  # base64url of 32 bytes, no padding
QUOTED_DIGEST = DIGEST_CHARACTERS + 3  # two quotes, and the comma to the next

_KEYS = {"_sd", "_sd_alg", "at", "names", "v"}
_NAME = re.compile(
    r"[a-z][a-z_]*(?:/(?:0|[1-9][0-9]*))?"
    r"|extra/[a-z][a-z0-9_]*"
    r"|numbers/sources/(?:0|[1-9][0-9]*)"
    r"|numbers/rules/(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)"
)
MAX_NAME_CHARACTERS = 100
_AT = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
)
# 43 characters carry 258 bits: the last two are zero.
_DIGESTS = re.compile(r"(?:[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])*")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")

# Names and times come again and again; what was found good once need not be matched again. Both are cut
# back when they grow, since a mirror could feed names without end.
_good_names: set[str] = set()
_good_times: set[str] = set()
_MEMORY = 10_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf's data, read. `digests[i]` (43 characters of base64url) belongs to `names[i]`."""

    at: str  # UTC, microseconds: 2026-01-01T00:00:01.000000Z
    names: tuple[str, ...]
    digests: tuple[str, ...]

    def digest_of(self, name: str) -> str | None:
        """Return the digest of the field called `name`, or None where the entry has no such field."""
        return self.digests[self.names.index(name)] if name in self.names else None


def parse_leaf(data: bytes) -> Leaf:
    """Read leaf data strictly.

    Raises MalformedInput (`bad-leaf`, `bad-field-name`, `bad-time`, and those of canonical JSON): not
    canonical to the byte, another key, another version or digest algorithm, names unsorted or doubled, not
    as many digests as names, a digest twice, more than 65,535 bytes.
    """
    if len(data) > MAX_ENTRY_BYTES:
        raise MalformedInput("bad-leaf", f"{len(data)} bytes")
    fast = read_contents([data])
    value = canonical.decode(data) if fast is None else fast[0]
    if not isinstance(value, dict) or set(value) != _KEYS:
        raise MalformedInput("bad-leaf", "not an object with the five keys of a leaf")
    if fast is None and canonical.encode(value) != data:
        raise MalformedInput("bad-leaf", "not canonical JSON")
    names, digests = _texts(value["names"], "names"), _texts(value["_sd"], "digests")
    if value["_sd_alg"] != "sha-256" or type(value["v"]) is not int or value["v"] != VERSION:
        raise MalformedInput("bad-leaf", f"version {value['v']!r}, digests by {value['_sd_alg']!r}")
    if len(names) != len(digests) or len(set(digests)) != len(digests):
        raise MalformedInput(
            "bad-leaf", f"{len(names)} names, {len(digests)} digests, {len(set(digests))} different"
        )
    if any(left >= right for left, right in pairwise(names)):
        raise MalformedInput("bad-leaf", "names unsorted or doubled")
    check_names(names)
    # Digests of the right length are judged together; one by one only to say which is wrong.
    lengths = set(map(len, digests))
    if lengths - {DIGEST_CHARACTERS} or not _DIGESTS.fullmatch("".join(digests)):
        for digest in digests:
            check_base64url(digest, DIGEST_CHARACTERS, "a digest")
    if not isinstance(value["at"], str):
        raise MalformedInput("bad-time", f"{value['at']!r}")
    return Leaf(check_time(value["at"]), tuple(names), tuple(digests))


def write_leaf(names: Iterable[str], digests: Iterable[str | None], at: str) -> bytes:
    """Return leaf data. Names are sorted and checked as `at` is; digests are in the order of the names."""
    joined = '","'.join(digests)  # type: ignore[arg-type]  # None is refused by join
    return write_quoted_leaf(names, f'"{joined}"' if joined else "", at)


def write_quoted_leaf(names: Iterable[str], digests: str, at: str) -> bytes:
    """Return leaf data of digests that are a list in JSON already, but for its brackets."""
    joined = '","'.join(names)
    quoted = f'"{joined}"' if joined else ""
    return f'{{"_sd":[{digests}],"_sd_alg":"sha-256","at":"{at}","names":[{quoted}],"v":1}}'.encode("ascii")


def check_names(names: Iterable[str]) -> None:
    """Check field names by their form; which facts of an event have a name is decided above the ledger.

    Raises MalformedInput (`bad-field-name`).
    """
    for name in set(names) - _good_names:
        if len(name) > MAX_NAME_CHARACTERS or not _NAME.fullmatch(name):
            raise MalformedInput("bad-field-name", ascii(name[:120]))
        if len(_good_names) >= _MEMORY:
            _good_names.clear()
        _good_names.add(name)


def check_time(at: str) -> str:
    """Return `at` if it is UTC with microseconds as in a leaf. Raises MalformedInput (`bad-time`)."""
    if at in _good_times:
        return at
    match = _AT.fullmatch(at)
    if match is None or int(match[3]) > _days(int(match[1]), int(match[2])):
        raise MalformedInput("bad-time", ascii(at[:60]))
    if len(_good_times) >= _MEMORY:
        _good_times.clear()
    _good_times.add(at)
    return at


def check_base64url(text: object, characters: int, what: str) -> str:
    """Return `text` if it is unpadded base64url of that many characters, without spare bits.

    Raises MalformedInput (`bad-base64`).
    """
    if isinstance(text, str) and len(text) == characters and _BASE64URL.fullmatch(text):
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except binascii.Error:
            raw = b""
        if base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") == text:
            return text
    raise MalformedInput("bad-base64", f"{what} is {str(text)[:80]!a}")


def _texts(value: object, what: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MalformedInput("bad-leaf", f"{what} that are no list of texts")
    return value


def _days(year: int, month: int) -> int:
    """Return how many days the month has (Gregorian)."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
