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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain

import msgspec

from . import canonical
from .contents import read_contents, write_contents
from .errors import MalformedInput
from .fields import BATCH, SECRET_BYTES, digests_of, quoted_digests_of, salts_of, texts_of, value_in
from .leaf import QUOTED_DIGEST, Leaf, check_names, check_time, parse_leaf, write_leaf, write_quoted_leaf
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
    secret: bytes  # 32 bytes
    later: dict[str, str]  # name to salt of what comes later, sorted by name
    pieces: list[bytes]  # the content, canonical, cut where the values that come later belong

    @property
    def content(self) -> dict[str, bytes]:
        """Field name to canonical JSON of its value, without those that come later."""
        value = canonical.decode(b"null".join(self.pieces))
        return {name: canonical.encode(item) for name, item in value.items() if name not in self.later}


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

    `contents` map field name to JSON value, `secrets` are 32 random bytes each, `later[i]` names the
    fields of entry i whose value comes only at sealing (none where `later` is empty).

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
    """Prepare one batch."""
    full = [dict(content) for content in contents]
    for content, secret, names in zip(full, secrets, later, strict=False):
        _stand_in(content, secret, names)
    stored, values = write_contents(full)
    all_names = list(chain.from_iterable(values))
    check_names(all_names)
    salts = salts_of(secrets, map(len, values))
    digests: list[str | None] = [*digests_of(texts_of(salts, all_names, _all_values(values)))]
    prepared: list[Prepared] = []
    start = 0
    for data, value, secret in zip(stored, values, secrets, strict=True):
        end = start + len(value)
        entry = Prepared(all_names[start:end], digests[start:end], secret, {}, [data])
        if later and (names := later[len(prepared)]):
            _cut_out(entry, sorted(names), salts[start:end])
        prepared.append(entry)
        start = end
    return prepared


def _stand_in(content: dict[str, object], secret: bytes, names: Sequence[str]) -> None:
    """Give what comes later a value for now, so that the batch is made in one go."""
    for name in names:
        if name in content:
            raise ValueError(f"a field both known and to come later, or twice: {name}")
        content[name] = _mark(secret)


def _cut_out(entry: Prepared, names: Sequence[str], salts: Sequence[str]) -> None:
    """Take out again what only stood in for the values that come later."""
    for name in names:
        place = entry.names.index(name)
        entry.digests[place] = None
        entry.later[name] = salts[place]
    entry.pieces = entry.pieces[0].split(b'"%b"' % _mark(entry.secret).encode("ascii"))
    if len(entry.pieces) != len(names) + 1:
        raise ValueError("the content of an entry holds part of its own secret")


def _mark(secret: bytes) -> str:
    """Return a value that no content can hold unless it was made by someone who knows the secret."""
    return secret[:12].hex()


def _all_values(values: Iterable[Mapping[str, object]]) -> Iterable[object]:
    """Return the values of all fields of all entries, one after another."""
    return chain.from_iterable([value.values() for value in values])


def seal(prepared: Sequence[Prepared], later: Sequence[Mapping[str, object]], at: str) -> list[Sealed]:
    """Give prepared entries their time and the values that come only now; then they are ready for the log.

    `later[i]` holds exactly the values that entry i waits for (may be empty where none waits). `at` is UTC
    with microseconds, `2026-01-01T00:00:01.000000Z`. `prepared` stays as it was and can be sealed again.

    Raises MalformedInput for a value or time of the wrong form, or a leaf above 65,535 bytes.
    """
    check_time(at)
    if later and len(later) != len(prepared):
        raise ValueError(f"{len(prepared)} entries, {len(later)} sets of later values")
    sealed: list[Sealed] = []
    for start in range(0, len(prepared), BATCH):
        batch = slice(start, start + BATCH)
        sealed += _seal(prepared[batch], later[batch] or [{}] * len(prepared[batch]), at)
    return sealed


def _seal(prepared: Sequence[Prepared], later: Sequence[Mapping[str, object]], at: str) -> list[Sealed]:
    """Seal one batch."""
    salts: list[str] = []
    names: list[str] = []
    values: list[object] = []
    for entry, given in zip(prepared, later, strict=True):
        if given.keys() != entry.later.keys():
            raise ValueError(f"an entry waits for {list(entry.later)}, not {list(given)}")
        for name, salt in entry.later.items():
            salts.append(salt)
            names.append(name)
            values.append(_plain(given[name]))
    texts = texts_of(salts, names, values)
    came = zip(map(value_in, texts, names), digests_of(texts), strict=True)
    sealed: list[Sealed] = []
    for entry in prepared:
        digests: Iterable[str | None] = entry.digests
        content = entry.pieces[0]
        if entry.later:
            digests, content = _filled(entry, came)
        data = write_leaf(entry.names, digests, at)
        if len(data) > MAX_ENTRY_BYTES:
            raise MalformedInput("entry-too-long", f"{len(entry.names)} fields, {len(data)} bytes of leaf")
        sealed.append(Sealed(data, sha256(b"\x00" + data).digest(), content.decode(), entry.secret))
    return sealed


def _plain(value: object) -> object:
    """Return a value that came later with its keys in canonical order. Running numbers go the short way."""
    if type(value) is int and -canonical.MAX_SAFE_INTEGER <= value <= canonical.MAX_SAFE_INTEGER:
        return value
    return canonical.decode(canonical.encode(value))


def _filled(entry: Prepared, came: Iterator[tuple[bytes, str]]) -> tuple[list[str | None], bytes]:
    """Return the digests and the content of an entry with what came later in its place."""
    digests = entry.digests.copy()
    content = [entry.pieces[0]]
    for piece in entry.pieces[1:]:
        value, digest = next(came)
        digests[digests.index(None)] = digest
        content += value, piece
    return digests, b"".join(content)


def leaf_data_of(
    contents: Sequence[str | bytes], secrets: Sequence[bytes], ats: Sequence[str]
) -> list[bytes | MalformedInput]:
    """Build the leaf data of stored entries anew, for the check.

    `contents`, `secrets` (32 bytes, or what an erasure left) and `ats` are the three stored columns. An entry
    whose columns cannot be ones that were sealed gets a MalformedInput in its place and delays no other.
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
    digests = quoted_digests_of(texts_of(salts_of(secrets, counts), names, _all_values(values)))
    leaves: list[bytes | MalformedInput] = []
    start = 0
    for count, at in zip(counts, ats, strict=True):
        end = start + count
        quoted = digests[QUOTED_DIGEST * start : QUOTED_DIGEST * end - 1]
        leaves.append(write_quoted_leaf(names[start:end], quoted, at))
        start = end
    return leaves


def _leaf(content: str | bytes, secret: bytes, at: str) -> bytes | MalformedInput:
    """Build one leaf, erased fields and all, or say what is wrong with the stored columns."""
    try:
        fields = fields_of(content, secret)
        return write_leaf(fields.names, fields.digests, check_time(at))
    except MalformedInput as malformed:
        return malformed
