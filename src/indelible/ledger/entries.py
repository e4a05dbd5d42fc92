"""Entries of format 1: from an event's fields to a leaf, and back again to check it.

The log holds commitments, the database contents. Three things are stored for an entry: when it was
recorded, its content (field name to value) and one secret, from which all salts come. From these three
the leaf is built, once when the entry is sealed and again at every check.

Work is split so that little happens under the log's lock: `prepare` does what needs no place in the log,
`seal` adds what is known only there, the time and running numbers. Both take batches, and so does the
check (`leaf_data_of`, `leaf_hashes_of`), which answers for each entry by itself: one altered row must not
keep the others from being checked.

What a leaf looks like: leaf.py. Opening, comparing and erasing single fields: opening.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import accumulate, chain

import msgspec

from . import canonical
from .contents import read_content, read_contents, write_contents
from .errors import MalformedInput
from .fields import BATCH, SECRET_BYTES, digests_of, salts_of, texts_of
from .leaf import Leaf, check_names, check_time, parse_leaf, write_leaf
from .opening import check_disclosure, differing_fields, disclosures, erase_secret, fields_of
from .tiles import MAX_ENTRY_BYTES

__all__ = [
    "Leaf",
    "Prepared",
    "Sealed",
    "check_disclosure",
    "differing_fields",
    "disclosures",
    "erase_secret",
    "leaf_data_of",
    "leaf_hashes_of",
    "parse_leaf",
    "prepare",
    "seal",
]


class Prepared(msgspec.Struct, gc=False):
    """An entry but for its time and what is known only under the log's lock."""

    names: list[str]  # of all fields, sorted, those that come later among them
    digests: list[str | None]  # in the order of the names; None for those that come later
    stored: bytes  # the content so far, canonical
    secret: bytes  # 32 bytes
    later: dict[str, str]  # name to salt of what comes later, sorted by name
    places: list[int]  # where between the braces of `stored` each of the later fields belongs

    @property
    def content(self) -> dict[str, bytes]:
        """Field name to canonical JSON of its value, without those that come later."""
        return {name: canonical.encode(value) for name, value in read_content(self.stored).items()}


class Sealed(msgspec.Struct, gc=False):
    """An entry ready to be stored and to be put into the tree."""

    data: bytes  # the leaf data
    leaf_hash: bytes  # 32 bytes
    content: str  # as stored
    secret: bytes  # as stored


def prepare(
    contents: Sequence[Mapping[str, object]],
    secrets: Sequence[bytes],
    later: Sequence[Sequence[str]] = (),
) -> list[Prepared]:
    """Do for each entry what needs no place in the log yet.

    `contents` map field name to JSON value, `secrets` are 32 random bytes each, `later[i]` names the fields of
    entry i whose value comes only at sealing (none where `later` is empty).

    Raises MalformedInput for a value without canonical form or a name of the wrong form. Nothing of the batch
    is prepared then; ValueError where the arguments do not fit each other.
    """
    if len(secrets) != len(contents) or len(later) not in (0, len(contents)):
        raise ValueError(
            f"{len(contents)} contents, {len(secrets)} secrets, {len(later)} lists of later names"
        )
    if any(len(secret) != SECRET_BYTES for secret in secrets):
        raise ValueError(f"a secret is {SECRET_BYTES} bytes")
    prepared: list[Prepared] = []
    for start in range(0, len(contents), BATCH):
        batch = slice(start, start + BATCH)
        prepared += _prepare(contents[batch], secrets[batch], later[batch])
    return prepared


def _prepare(
    contents: Sequence[Mapping[str, object]], secrets: Sequence[bytes], later: Sequence[Sequence[str]]
) -> list[Prepared]:
    stored, values = write_contents(
        [content if type(content) is dict else dict(content) for content in contents]
    )
    names = _all_names(values, later)
    check_names(chain.from_iterable(names))
    salts = salts_of(secrets, map(len, names))
    if not later:
        digests = iter(
            digests_of(texts_of(salts, chain(*names), chain(*(value.values() for value in values))))
        )
        return [
            Prepared(mine, [next(digests) for _ in mine], content, secret, {}, [])
            for mine, content, secret in zip(names, stored, secrets, strict=True)
        ]
    starts = accumulate(map(len, names), initial=0)
    salted = [
        dict(zip(mine, salts[start : start + len(mine)], strict=True))
        for mine, start in zip(names, starts, strict=False)
    ]
    known = [
        (salt[name], name, item)
        for salt, value in zip(salted, values, strict=True)
        for name, item in value.items()
    ]
    texts = texts_of(*zip(*known, strict=True)) if known else []
    digests = iter(digests_of(texts))
    lengths = map(len, texts)
    return [
        _prepared(mine, value, salt, content, secret, digests, lengths)
        for mine, value, salt, content, secret in zip(names, values, salted, stored, secrets, strict=True)
    ]


def _all_names(values: Sequence[Mapping[str, object]], later: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return each entry's field names, sorted. Contents read back have theirs in order already."""
    if not later:
        return [list(value) for value in values]
    names = [sorted([*value, *more]) for value, more in zip(values, later, strict=True)]
    for mine in names:
        if len(set(mine)) != len(mine):
            raise ValueError(f"a field both known and to come later, or twice: {mine}")
    return names


def _prepared(
    names: list[str],
    value: Mapping[str, object],
    salts: Mapping[str, str],
    stored: bytes,
    secret: bytes,
    digests: Iterable[str],
    lengths: Iterable[int],
) -> Prepared:
    """Return one entry of a batch, taking its digests and the lengths of its texts from the batch's."""
    next_digest, next_length = iter(digests).__next__, iter(lengths).__next__
    mine: list[str | None] = []
    later: dict[str, str] = {}
    places: list[int] = []
    place = 0
    for name in names:
        if name in value:
            mine.append(next_digest())
            # In the content a field is `"name":value,`, in its text `["<24>","name",value]`: 28 more.
            place += next_length() - 28
        else:
            mine.append(None)
            later[name] = salts[name]
            places.append(place)
    return Prepared(names, mine, stored, secret, later, places)


def seal(prepared: Sequence[Prepared], later: Sequence[Mapping[str, object]], at: str) -> list[Sealed]:
    """Give prepared entries their time, and the values that come only now; they are then ready for the log.

    `later[i]` holds exactly the values that entry i waits for (may be empty where none waits). `at` is UTC with
    microseconds, `2026-01-01T00:00:01.000000Z`. `prepared` stays as it was and can be sealed again.

    Raises MalformedInput for a value or time of the wrong form, or a leaf above 65,535 bytes.
    """
    check_time(at)
    if later and len(later) != len(prepared):
        raise ValueError(f"{len(prepared)} entries, {len(later)} sets of later values")
    waiting: list[tuple[str, str, object]] = []
    for place, entry in enumerate(prepared):
        given = later[place] if later else {}
        if given.keys() != entry.later.keys():
            raise ValueError(f"entry {place} waits for {list(entry.later)}, not {list(given)}")
        waiting += [(salt, name, given[name]) for name, salt in entry.later.items()]
    if not waiting:
        return [_sealed(entry, entry.digests, entry.stored, at) for entry in prepared]
    _, values = write_contents([{"value": value} for _, _, value in waiting])
    texts = texts_of(
        [salt for salt, _, _ in waiting], [name for _, name, _ in waiting], [v["value"] for v in values]
    )
    filled = iter(zip(texts, digests_of(texts), strict=True))
    return [_sealed(entry, *_fill(entry, filled), at) for entry in prepared]


def _fill(entry: Prepared, filled: Iterable[tuple[bytes, str]]) -> tuple[list[str | None], bytes]:
    """Return the digests and the stored content of an entry with what came later in its place."""
    digests = entry.digests.copy()
    # Each field with a comma behind it, so that one fits before, between and after the others alike.
    body = entry.stored[1:-1] + b"," if len(entry.stored) > 2 else b""
    pieces = []
    done = 0
    # The entry's own fields go first: zip must not take one more of the batch's than it needs.
    for (name, place), (text, digest) in zip(
        zip(entry.later, entry.places, strict=True), filled, strict=False
    ):
        digests[digests.index(None)] = digest
        pieces += [body[done:place], b'"%b":%b,' % (name.encode("ascii"), text[31 + len(name) : -1])]
        done = place
    return digests, b"{" + b"".join([*pieces, body[done:]])[:-1] + b"}"


def _sealed(entry: Prepared, digests: Iterable[str | None], stored: bytes, at: str) -> Sealed:
    data = write_leaf(entry.names, digests, at)  # type: ignore[arg-type]
    if len(data) > MAX_ENTRY_BYTES:
        raise MalformedInput("entry-too-long", f"{len(entry.names)} fields make a leaf of {len(data)} bytes")
    return Sealed(data, sha256(b"\x00" + data).digest(), stored.decode(), entry.secret)


def leaf_data_of(
    contents: Sequence[str | bytes], secrets: Sequence[bytes], ats: Sequence[str]
) -> list[bytes | MalformedInput]:
    """Build the leaf data of stored entries anew, for the check.

    `contents`, `secrets` (32 bytes, or what an erasure left) and `ats` are the three stored columns. An entry
    whose columns cannot be ones that were sealed gets a MalformedInput in its place; the others are not held up.
    """
    if not len(contents) == len(secrets) == len(ats):
        raise ValueError(f"{len(contents)} contents, {len(secrets)} secrets, {len(ats)} times")
    leaves: list[bytes | MalformedInput] = []
    for start in range(0, len(contents), BATCH):
        batch = slice(start, start + BATCH)
        leaves += _leaves(contents[batch], secrets[batch], ats[batch])
    return leaves


def leaf_hashes_of(
    contents: Sequence[str | bytes], secrets: Sequence[bytes], ats: Sequence[str]
) -> list[bytes | MalformedInput]:
    """Build the leaf hashes of stored entries anew: `leaf_data_of`, hashed."""
    return [
        sha256(b"\x00" + leaf).digest() if isinstance(leaf, bytes) else leaf
        for leaf in leaf_data_of(contents, secrets, ats)
    ]


def _leaves(
    contents: Sequence[str | bytes], secrets: Sequence[bytes], ats: Sequence[str]
) -> list[bytes | MalformedInput]:
    """Build one batch of leaves, all at once where nothing is out of the ordinary, else one by one."""
    values = read_contents(contents) if all(len(secret) == SECRET_BYTES for secret in secrets) else None
    if values is None:
        return [_leaf(*entry) for entry in zip(contents, secrets, ats, strict=True)]
    names = list(chain.from_iterable(values))
    try:
        check_names(names)
        for at in set(ats):
            check_time(at)
    except MalformedInput:
        return [_leaf(*entry) for entry in zip(contents, secrets, ats, strict=True)]
    counts = list(map(len, values))
    salts = salts_of(secrets, counts)
    digests = digests_of(texts_of(salts, names, chain.from_iterable([value.values() for value in values])))
    leaves: list[bytes | MalformedInput] = []
    start = 0
    for count, at in zip(counts, ats, strict=True):
        end = start + count
        leaves.append(write_leaf(names[start:end], digests[start:end], at))
        start = end
    return leaves


def _leaf(content: str | bytes, secret: bytes, at: str) -> bytes | MalformedInput:
    """Build one leaf, erased fields and all, or say what is wrong with the stored columns."""
    try:
        fields = fields_of(content, secret)
        return write_leaf(fields.names, fields.digests, check_time(at))
    except MalformedInput as malformed:
        return malformed
