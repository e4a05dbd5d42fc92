"""Single fields of an entry: open them to a reader, compare them with the leaf, erase them.

An erasure drops a field's value and the entry's secret, which would give its salt back, and keeps the
salts of the other fields and the digest of the erased one. So the leaf, and every proof, stays as it was:

    {"erased":{"<name>":{"by":<entry>,"digest":"<digest>"}},"salts":{"<name>":"<salt>", ...}}

stands from then on where the secret stood. Whether the erasure was lawful (`by` names the entry that says
so) is not judged here.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from . import canonical
from .contents import read_content
from .errors import MalformedInput, ProofError
from .fields import SALT_CHARACTERS, SECRET_BYTES, digests_of, salts_of, texts_of
from .leaf import DIGEST_CHARACTERS, Leaf, check_base64url, check_names, parse_leaf

NEVER_ERASED = "numbers/"


@dataclass(frozen=True, slots=True)
class Erased:
    """What is left of an erased field: its digest, and the index of the entry that erased it."""

    by: int
    digest: str


@dataclass(frozen=True, slots=True)
class Fields:
    """A stored entry, field by field. `texts` and `salts` lack the erased ones."""

    names: list[str]  # sorted, erased ones among them
    digests: list[str]  # in the order of the names
    texts: dict[str, str]  # name to disclosure text
    salts: dict[str, str]
    erased: dict[str, Erased]


def fields_of(content: str | bytes, secret: bytes) -> Fields:
    """Take a stored entry apart.

    Raises MalformedInput (`bad-content`, `bad-secret`, `bad-field-name`, ...) where content or secret are not
    as they are stored, or do not fit each other.
    """
    value = read_content(content)
    check_names(value)
    salts, erased = _salts_and_erased(value, secret)
    texts = dict(zip(value, texts_of([salts[name] for name in value], value, value.values()), strict=True))
    digests = dict(zip(texts, digests_of(list(texts.values())), strict=True))
    digests |= {name: hole.digest for name, hole in erased.items()}
    names = sorted(digests)
    decoded = {name: text.decode("utf-8") for name, text in texts.items()}
    return Fields(names, [digests[name] for name in names], decoded, salts, erased)


def disclosures(content: str | bytes, secret: bytes) -> dict[str, str]:
    """Return field name to disclosure text, `["<salt>","<name>",<value>]`, of each field that is still there.

    Raises MalformedInput as `fields_of` does.
    """
    return fields_of(content, secret).texts


def check_disclosure(leaf: Leaf, text: str) -> tuple[str, Any]:
    """Return the name and value that a disclosure text opens, if it belongs to `leaf`.

    Raises MalformedInput (`bad-disclosure`, ...) where it is no canonical `[salt, name, value]`, and
    ProofError (`disclosure-of-no-field`, `disclosure-differs`) where the leaf has no such field, or has
    another digest at its name.
    """
    value = canonical.decode(text)
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[1], str):
        raise MalformedInput("bad-disclosure", ascii(text[:120]))
    check_base64url(value[0], SALT_CHARACTERS, "a salt")
    data = text.encode("utf-8")
    if canonical.encode(value) != data:
        raise MalformedInput("bad-disclosure", "not canonical JSON")
    name = value[1]
    expected = leaf.digest_of(name)
    if expected is None:
        raise ProofError("disclosure-of-no-field", f"the entry has no field {name[:120]!a}")
    if digests_of([data]) != [expected]:
        raise ProofError("disclosure-differs", f"the field {name} is not what was recorded")
    return name, value[2]


def encode_disclosure(text: str) -> str:
    """Return a disclosure as other tools exchange it: base64url of its text, without padding."""
    return base64.urlsafe_b64encode(text.encode("utf-8")).rstrip(b"=").decode("ascii")


def differing_fields(leaf_data_original: bytes, content: str | bytes, secret: bytes) -> list[str]:
    """Return the names of the fields that are not as the original leaf has them, sorted.

    Among them are fields that are missing without a word of erasure, and fields that the leaf does not have.
    Where the secret was altered, that is every field.

    Raises MalformedInput where the leaf, the content or the secret cannot be read at all.
    """
    leaf = parse_leaf(leaf_data_original)
    value = read_content(content)
    salts, erased = _salts_and_erased(dict.fromkeys(leaf.names), secret, strict=False)
    known = [name for name in leaf.names if name in value and name in salts]
    texts = texts_of([salts[name] for name in known], known, [value[name] for name in known])
    digests = dict(zip(known, digests_of(texts), strict=True))
    digests |= {name: hole.digest for name, hole in erased.items() if name not in value}
    original = dict(zip(leaf.names, leaf.digests, strict=True))
    return sorted(
        name
        for name in original.keys() | value.keys() | erased.keys()
        if digests.get(name) != original.get(name, "")
    )


def erase_secret(content: str | bytes, secret: bytes, fields: Collection[str], by: int) -> tuple[str, bytes]:
    """Erase `fields` of a stored entry, and return what is to be stored as its content and its secret.

    `by` is the index of the entry that records the erasure. What was erased before stays as it is. Other
    copies of the value (`original`, search, backups) are the caller's to erase.

    Raises ValueError for a field that the entry never had or a running number, MalformedInput as `fields_of`.
    """
    entry = fields_of(content, secret)
    for name in fields:
        if name not in entry.names or name.startswith(NEVER_ERASED):
            raise ValueError(f"no field to erase: {name}")
    if by < 0:
        raise ValueError(f"no entry {by}")
    digests = dict(zip(entry.names, entry.digests, strict=True))
    erased = entry.erased | {name: Erased(by, digests[name]) for name in fields if name not in entry.erased}
    value = {name: item for name, item in read_content(content).items() if name not in erased}
    left = {
        "erased": {name: {"by": hole.by, "digest": hole.digest} for name, hole in erased.items()},
        "salts": {name: entry.salts[name] for name in value},
    }
    return canonical.encode(value).decode("utf-8"), canonical.encode(left)


def _salts_and_erased(
    value: Mapping[str, object], secret: bytes, strict: bool = True
) -> tuple[dict[str, str], dict[str, Erased]]:
    """Return the salts of the fields in `value` (names sorted), and the fields that an erasure has taken.

    `strict`: what an erasure left must speak of these fields and no others.
    """
    if len(secret) == SECRET_BYTES:
        return dict(zip(value, salts_of([secret], [len(value)]), strict=True)), {}
    left = canonical.decode(secret)
    if not isinstance(left, dict) or left.keys() != {"erased", "salts"} or canonical.encode(left) != secret:
        raise MalformedInput(
            "bad-secret", f"{len(secret)} bytes, neither a secret nor what an erasure leaves"
        )
    salts, erased = left["salts"], left["erased"]
    if not isinstance(salts, dict) or not isinstance(erased, dict) or not erased:
        raise MalformedInput("bad-secret", "an erasure without salts or fields")
    if strict and (salts.keys() != value.keys() or erased.keys() & salts.keys()):
        raise MalformedInput("bad-secret", "the salts are not those of the fields")
    check_names(erased)
    for salt in salts.values():
        check_base64url(salt, SALT_CHARACTERS, "a salt")
    return salts, {name: _erased(hole) for name, hole in erased.items()}


def _erased(hole: object) -> Erased:
    if not isinstance(hole, dict) or hole.keys() != {"by", "digest"}:
        raise MalformedInput("bad-secret", "an erased field is told by `by` and `digest`")
    if type(hole["by"]) is not int or hole["by"] < 0:
        raise MalformedInput("bad-secret", "an erasure by no entry")
    return Erased(hole["by"], check_base64url(hole["digest"], DIGEST_CHARACTERS, "a digest"))
