"""One entry as a pack holds it: its leaf, what of it is open, and why the rest is not.

    {"closed":{"<field>":"<why>"},"index":42816,"leaf":"<leaf data>","open":["<disclosure>", ...],"role":"asked"}

in canonical JSON, one line each. Reading a line checks its form only. Whether the details belong to the
leaf, and the leaf to the log, is checking.py's matter.
Source: docs/formats/pack.md section 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from .. import canonical
from ..contents import read_content, read_contents
from ..errors import MalformedInput
from ..leaf import Leaf, parse_leaf
from ..strict import MAX_INTEGER
from ..tiles import MAX_ENTRY_BYTES

ASKED, MAKING, REGISTER, ERASURE, OTHER, EDGE = "asked", "making", "register", "erasure", "other", "edge"
# In the order in which one entry with two tasks takes its role.
ROLES = (ASKED, MAKING, REGISTER, ERASURE, OTHER, EDGE)
# In lines of these roles everything is open that was not withheld.
OPEN_ROLES = frozenset({ASKED, MAKING, REGISTER})

WITHHELD, REPEATS, UNASKED = "withheld", "repeats", "unasked"
_ERASED = re.compile(r"erased:(0|[1-9][0-9]{0,15})")

MAX_LINE_BYTES = 64 * 1024 * 1024  # an entry with a long original record; never more is read at once
_encode_lines = msgspec.json.Encoder(order="sorted").encode_lines
_KEYS = {"closed", "index", "leaf", "open", "role"}


@dataclass(frozen=True)
class Line:
    """A line of `proof/entries.jsonl`. `open` holds disclosure texts, `closed` maps field name to why."""

    index: int  # from zero
    leaf: str  # the leaf data
    open: tuple[str, ...]
    closed: Mapping[str, str]
    role: str

    @property
    def text(self) -> str:
        """The line with its line end. Raises MalformedInput where a text has no UTF-8 form."""
        value = {
            "closed": dict(self.closed),
            "index": self.index,
            "leaf": self.leaf,
            "open": list(self.open),
            "role": self.role,
        }
        return canonical.encode(value).decode("utf-8") + "\n"

    @classmethod
    def parse(cls, data: bytes) -> Line:
        """Read a line, with or without its line end.

        Raises MalformedInput (`bad-pack-line`, `bad-content`, and those of canonical JSON): not canonical to the byte,
        another key or role, a value of another kind, leaf data longer than a leaf can be.
        """
        body = data.removesuffix(b"\n")
        fast = read_contents([body])
        value = read_content(body) if fast is None else fast[0]
        if value.keys() != _KEYS:
            raise MalformedInput("bad-pack-line", "not the object of a line")
        index, leaf, opened, closed = value["index"], value["leaf"], value["open"], value["closed"]
        if type(index) is not int or not 0 <= index <= MAX_INTEGER or value["role"] not in ROLES:
            raise MalformedInput("bad-pack-line", f"index {index!a}, role {str(value['role'])[:40]!a}")
        if not isinstance(leaf, str) or len(leaf) > MAX_ENTRY_BYTES:
            raise MalformedInput("bad-pack-line", f"no leaf data at entry {index}")
        if not isinstance(opened, list) or not all(isinstance(text, str) for text in opened):
            raise MalformedInput("bad-pack-line", f"no list of details at entry {index}")
        if not isinstance(closed, dict) or not all(isinstance(why, str) for why in closed.values()):
            raise MalformedInput("bad-pack-line", f"no reasons at entry {index}")
        return cls(index, leaf, tuple(opened), closed, value["role"])

    @cached_property
    def data(self) -> Leaf:
        """The leaf, read. Raises MalformedInput as `parse_leaf` does."""
        return parse_leaf(self.leaf.encode("utf-8"))

    @property
    def at(self) -> str:
        """When the entry was recorded. Raises MalformedInput as `parse_leaf` does."""
        return self.data.at

    @cached_property
    def values(self) -> dict[str, Any]:
        """Field name to value of what is open, as the line says it; nothing is compared with the leaf.

        Raises MalformedInput (`bad-disclosure`, and those of canonical JSON).
        """
        return {name: value for _salt, name, value in read_details(self.open)}


def read_details(texts: Sequence[str]) -> list[list[Any]]:
    """Return `[salt, name, value]` of each disclosure text.

    Raises MalformedInput (`bad-disclosure`, and those of canonical JSON) where one is no canonical array of
    a text, a text and a value. Salts are not looked at: a digest covers them.
    """
    fast = read_contents([f'{{"d":[{",".join(texts)}]}}'.encode("utf-8", "replace")])
    details: list[Any] = [canonical.decode(text) for text in texts] if fast is None else fast[0]["d"]
    for detail in details:
        if (
            not isinstance(detail, list)
            or [type(part) for part in detail[:2]] != [str, str]
            or len(detail) != 3
        ):
            raise MalformedInput("bad-disclosure", ascii(str(detail)[:120]))
    # Written again text by text: two halves of a detail could otherwise stand in two texts.
    written = b"\n".join(map(canonical.encode, details)) if fast is None else _encode_lines(details)[:-1]
    if len(details) != len(texts) or written != "\n".join(texts).encode("utf-8", "replace"):
        raise MalformedInput("bad-disclosure", "not canonical JSON")
    return details


def erased_by(why: str) -> int | None:
    """Return the entry by which a field is closed as erased; None where it is closed for another reason."""
    match = _ERASED.fullmatch(why)
    return int(match[1]) if match else None


def family_of(name: str) -> str:
    """Return what a field belongs to when whole lists are withheld: `targets` for `targets/3`."""
    head, slash, rest = name.partition("/")
    return head if slash and rest.isdecimal() else name


def is_withheld(name: str, withhold: frozenset[str]) -> bool:
    """Say whether a field is among those asked to be withheld, by itself or with its whole list."""
    return not name.startswith("numbers/") and (name in withhold or family_of(name) in withhold)
