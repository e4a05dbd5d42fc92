"""Packs that were tampered with, each in one way that is in its name.

Two kinds of hands: *outsiders*, who have the pack and a program to change it, and *insiders*, who hold the
log's key and can sign whatever they like, but cannot take back what the log and its witnesses hold. The
`make` of a flaw writes the pack and gives what it was made of; what a reader trusts is `trust_of`.

`code` is the finding that has to come, `checks` are exactly the checks that fail.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from indelible.ledger import canonical
from indelible.ledger.keys import SigningKey, VerifierKey
from indelible.ledger.packs import lines as roles
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.lines import Line
from indelible.ledger.packs.report import Trust
from indelible.ledger.strict import read_base64, write_base64
from tests.ledger.packs import book as log
from tests.ledger.packs.book import Book
from tests.ledger.packs.making import Insider, Made, StampingAuthority, make_pack
from tests.ledger.packs.zips import Parts, fitted, read_zip, signed_again, write_zip

Make = Callable[[Path, StampingAuthority | None], Made]


@dataclass(frozen=True)
class Flaw:
    """A pack that was tampered with, and what has to be said about it."""

    make: Make
    code: str
    checks: frozenset[str]
    needs_authority: bool = False


FLAWS: dict[str, Flaw] = {}
STAMP_FLAWS: dict[str, Flaw] = {}  # these need an authority that stamps


def trust_of(made: Made) -> Trust:
    """Return what a careful reader brings: key card, witnesses, roots where there are any."""
    return Trust(
        key=log.KEY.verifier,
        witnesses=tuple(map(VerifierKey.parse, made.witnesses)),
        roots=tuple(root.encode() for root in made.roots),
    )


def _honest(path: Path, **how: Any) -> Made:
    return make_pack(path, **{"entries": 8, "real_page": False, **how})


SELECTION = {"erased": True, "withhold": ("actor",)}
PLAIN: dict[str, Any] = {}
PERIOD = {"kind": names.WHOLE, "by": "recorded"}
HAPPENED = {"kind": names.WHOLE, "by": "happened"}
WHOLE = {"kind": names.WHOLE}


# What outsiders do: change files ----------------------------------------------------------------------


def _outsider(name: str, code: str, checks: str, how: dict[str, Any] | None = None) -> Callable[..., Any]:
    """Register a change of files, under a manifest that is left as it was."""
    return _changing(name, code, checks, how, lambda parts: parts)


def _forger(name: str, code: str, checks: str, how: dict[str, Any] | None = None) -> Callable[..., Any]:
    """Register a change of files, under a manifest that was made to fit them, unsigned."""
    return _changing(name, code, f"files {checks}", how, fitted)


def _key_holder(name: str, code: str, checks: str, how: dict[str, Any] | None = None) -> Callable[..., Any]:
    """Register a change of files, under a manifest that was signed anew by the log's key."""
    return _changing(name, code, checks, how, lambda parts: signed_again(parts, log.KEY))


def _changing(
    name: str, code: str, checks: str, how: dict[str, Any] | None, closing: Callable[[Parts], Parts]
) -> Callable[..., Any]:
    def register(change: Callable[[Parts, Made], Parts | None]) -> Callable[[Parts, Made], Parts | None]:
        def make(path: Path, authority: StampingAuthority | None) -> Made:
            stamped = {"stamps": authority} if how is STAMPED else {}
            made = _honest(path, **(how or PLAIN), **stamped)
            parts = dict(made.parts)
            parts = closing(change(parts, made) or parts)
            write_zip(path, parts)
            return replace(made, parts=parts)

        into = STAMP_FLAWS if how is STAMPED else FLAWS
        assert name not in into
        into[name] = Flaw(make, code, frozenset(checks.split()), how is STAMPED)
        return change

    return register


STAMPED: dict[str, Any] = {"witnesses": 1}


def _flip(data: bytes, place: int, bit: int = 0) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


def _lines(parts: Parts) -> list[Line]:
    return [Line.parse(line) for line in parts[names.ENTRIES_NAME].splitlines(keepends=True)]


def _put(parts: Parts, lines: list[Line]) -> None:
    parts[names.ENTRIES_NAME] = "".join(line.text for line in lines).encode()


def _edit_text(name: str, old: bytes, new: bytes) -> Callable[[Parts, Made], None]:
    def change(parts: Parts, _made: Made) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return change


def _one_bit(name: str, find: bytes, after: int = 0) -> Callable[[Parts, Made], None]:
    """Flip the lowest bit of the byte that stands so far behind some text."""

    def change(parts: Parts, _made: Made) -> None:
        parts[name] = _flip(parts[name], parts[name].index(find) + len(find) + after)

    return change


_in_entry = _one_bit(names.ENTRIES_NAME, rb'"name\":\"Invoice \\\"')
_outsider("one-bit-in-a-detail", "detail-differs", "files entries table")(_in_entry)
_forger("one-bit-in-a-detail-with-a-fitting-list", "detail-differs", "entries table")(_in_entry)
_key_holder("one-bit-in-a-detail-signed-by-the-log", "detail-differs", "entries table")(_in_entry)
_key_holder("one-bit-in-a-salt", "detail-differs", "entries table")(
    _one_bit(names.ENTRIES_NAME, rb'"open":["[\"')
)
_in_leaf = _one_bit(names.ENTRIES_NAME, rb'"leaf":"{\"_sd\":[\"')
_key_holder("one-bit-in-a-digest-of-an-entry", "detail-differs", "entries table")(_in_leaf)
_key_holder("one-bit-in-the-time-of-an-entry", "tree-differs", "entries table")(
    _one_bit(names.ENTRIES_NAME, rb"\"at\":\"2025-03-01T08:0")
)
_key_holder("one-bit-in-the-form-of-a-line", "entry-damaged", "entries claims")(
    _edit_text(names.ENTRIES_NAME, b'{"closed"', b'{"closee"')
)
_key_holder("one-bit-in-the-form-of-a-leaf", "leaf-damaged", "entries")(
    _edit_text(names.ENTRIES_NAME, rb"\"_sd_alg\":\"sha-256\"", rb"\"_sd_alg\":\"sha-257\"")
)


def _in_tree(parts: Parts, _made: Made) -> None:
    first = parts[names.TREE_NAME].splitlines(keepends=True)[0]
    other = (b"B" if first[:1] == b"A" else b"A") + first[1:]
    parts[names.TREE_NAME] = other + parts[names.TREE_NAME][len(first) :]


_outsider("one-bit-in-the-tree", "tree-differs", "files entries")(_in_tree)
_key_holder("one-bit-in-the-tree-signed-by-the-log", "tree-differs", "entries")(_in_tree)


@_key_holder("a-hash-dropped-from-the-tree", "tree-length", "entries")
def _hash_dropped(parts: Parts, _made: Made) -> None:
    parts[names.TREE_NAME] = parts[names.TREE_NAME][45:]


@_key_holder("a-hash-added-to-the-tree", "tree-length", "entries")
def _hash_added(parts: Parts, _made: Made) -> None:
    parts[names.TREE_NAME] += parts[names.TREE_NAME][:45]


_outsider("one-bit-in-a-proof-file", "file-changed", "files")(
    lambda parts, made: parts.update(
        {names.proof_name(made.asked[0]): _flip(parts[names.proof_name(made.asked[0])], 60)}
    )
)


def _in_key(parts: Parts, _made: Made) -> None:
    keys = json.loads(parts[names.KEYS_NAME])
    keys["keys"] = [log.STRANGER.verifier.text]
    parts[names.KEYS_NAME] = canonical.encode(keys)


_outsider("the-key-is-another", "key-differs", "files seal keys")(_in_key)
_key_holder("the-key-is-another-with-a-list-that-fits", "manifest-signature", "files seal keys")(_in_key)
_key_holder("one-bit-in-the-key", "keys-damaged", "keys")(
    _one_bit(names.KEYS_NAME, f'"keys":["{log.ORIGIN}+'.encode())
)

_in_checkpoint = _one_bit(names.CHECKPOINT_NAME, log.ORIGIN.encode() + b" ", 20)
_outsider("one-bit-in-the-signature-of-the-seal", "checkpoint-signature", "files seal")(_in_checkpoint)
_key_holder("one-bit-in-the-signature-of-the-seal-with-a-list-that-fits", "checkpoint-signature", "seal")(
    _in_checkpoint
)


@_key_holder("the-seal-states-another-size", "checkpoint-signature", "seal entries claims witnesses")
def _other_size(parts: Parts, made: Made) -> None:
    size = str(len(made.book.entries)).encode()
    parts[names.CHECKPOINT_NAME] = parts[names.CHECKPOINT_NAME].replace(
        b"\n" + size + b"\n", b"\n" + str(int(size) + 1).encode() + b"\n"
    )


@_key_holder("the-seal-cannot-be-read", "checkpoint-damaged", "seal")
def _no_seal(parts: Parts, _made: Made) -> None:
    parts[names.CHECKPOINT_NAME] = parts[names.CHECKPOINT_NAME].replace(b"\n\n", b"\n")


_in_cosignature = _one_bit(names.CHECKPOINT_NAME, b"witness.example/w1 ", 30)
_outsider("one-bit-in-a-cosignature", "witness-line-differs", "files witnesses")(_in_cosignature)
_key_holder("one-bit-in-a-cosignature-with-a-list-that-fits", "witness-line-differs", "witnesses")(
    _in_cosignature
)


@_key_holder("a-cosignature-taken-away", "witness-missing", "witnesses")
def _witness_gone(parts: Parts, _made: Made) -> None:
    for name in (names.CHECKPOINT_NAME,):
        lines = parts[name].splitlines(keepends=True)
        parts[name] = b"".join(line for line in lines if b"witness.example/w1" not in line)


# Entries ----------------------------------------------------------------------------------------------


@_key_holder("an-entry-dropped", "tree-length", "entries claims attachments table")
def _dropped(parts: Parts, _made: Made) -> None:
    _put(parts, _lines(parts)[1:])


@_outsider("an-entry-dropped-from-the-middle-by-an-outsider", "file-changed", "files entries claims table")
def _dropped_amid(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    _put(parts, lines[:4] + lines[5:])


@_key_holder("an-entry-added", "tree-length", "entries claims table")
def _added(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    other = log.begin().happen(99, 99)
    texts = tuple(text for _name, text in sorted(other.texts.items()))
    index = next(each for each in range(5, 99) if each not in {line.index for line in lines})
    added = Line(index, other.leaf, texts, {}, roles.ASKED)
    _put(parts, sorted([*lines, added], key=lambda line: line.index))


@_key_holder("two-entries-swapped", "tree-differs", "entries table")
def _swapped(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    lines[3], lines[4] = replace(lines[4], index=lines[3].index), replace(lines[3], index=lines[4].index)
    _put(parts, lines)


@_key_holder("an-entry-doubled", "entry-twice", "entries")
def _doubled(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    _put(parts, [*lines[:4], lines[3], *lines[4:]])


@_key_holder("an-entry-of-another-log-in-place-of-one", "tree-differs", "entries table")
def _other_entry(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    other = log.begin().happen(77, 77)
    texts = tuple(text for _name, text in sorted(other.texts.items()))
    lines[3] = Line(lines[3].index, other.leaf, texts, {}, roles.ASKED)
    _put(parts, lines)


def _forged(line: Line, name: str, value: Any, salt: str | None = None) -> str:
    found = next((text for text in line.open if json.loads(text)[1] == name), None)
    old = json.loads(found)[0] if found else "A" * 24
    return canonical.encode([salt or old, name, value]).decode()


def _reopened(parts: Parts, text: str, name: str) -> None:
    lines = _lines(parts)
    line = lines[0]
    closed = {each: why for each, why in line.closed.items() if each != name}
    opened = sorted([*line.open, text], key=lambda each: str(json.loads(each)[1]))
    lines[0] = replace(line, open=tuple(opened), closed=closed)
    _put(parts, lines)


@_key_holder(
    "a-hidden-detail-put-back-with-another-value", "detail-differs", "entries claims table", SELECTION
)
def _put_back(parts: Parts, made: Made) -> None:
    entry = made.book.entries[made.asked[0]]
    salt = json.loads(entry.texts["actor"])[0]
    _reopened(parts, canonical.encode([salt, "actor", {"name": "Somebody"}]).decode(), "actor")


@_key_holder(
    "a-hidden-detail-put-back-with-another-salt", "detail-differs", "entries claims table", SELECTION
)
def _put_back_salted(parts: Parts, made: Made) -> None:
    value = made.book.entries[made.asked[0]].content["actor"]
    _reopened(parts, canonical.encode(["A" * 24, "actor", value]).decode(), "actor")


@_key_holder("a-hidden-detail-put-back-as-it-was", "withhold-differs", "claims table", SELECTION)
def _put_back_truly(parts: Parts, made: Made) -> None:
    _reopened(parts, made.book.entries[made.asked[0]].texts["actor"], "actor")


@_key_holder("a-detail-in-two-versions", "detail-differs", "entries")
def _two_versions(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    forged = _forged(lines[3], "outcome", "failure")
    place = next(i for i, text in enumerate(lines[3].open) if json.loads(text)[1] == "outcome")
    opened = [*lines[3].open[: place + 1], forged, *lines[3].open[place + 1 :]]
    lines[3] = replace(lines[3], open=tuple(opened))
    _put(parts, lines)


@_key_holder("a-detail-twice", "detail-twice", "entries")
def _detail_twice(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    lines[3] = replace(lines[3], open=(lines[3].open[0], *lines[3].open))
    _put(parts, lines)


@_key_holder("a-detail-taken-out-without-a-word", "detail-unaccounted", "entries table")
def _taken_out(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    lines[3] = replace(lines[3], open=lines[3].open[1:])
    _put(parts, lines)


@_key_holder("a-detail-hidden-as-not-asked-for", "closed-wrongly", "entries claims table")
def _hidden(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    lines[3] = replace(lines[3], open=lines[3].open[1:], closed={"action": "unasked"})
    _put(parts, lines)


@_key_holder("a-detail-hidden-that-nobody-withheld", "withhold-differs", "claims table")
def _hidden_more(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    lines[3] = replace(lines[3], open=lines[3].open[1:], closed={"action": "withheld"})
    _put(parts, lines)


# What the pack says of itself -------------------------------------------------------------------------


def _claims(name: str, code: str, checks: str, how: dict[str, Any], edit: Callable[[Any], None]) -> None:
    """Register a change of the manifest, once unsigned and once signed anew by the log's key."""

    def forged(parts: Parts, _made: Made) -> Parts:
        return fitted(parts, edit)

    def signed(parts: Parts, _made: Made) -> Parts:
        return signed_again(parts, log.KEY, edit)

    _outsider(f"{name}-unsigned", code, f"files {checks}", how)(forged)
    _outsider(f"{name}-signed-by-the-log", code, checks, how)(signed)


_claims(
    "the-period-moved",
    "claims-differ",
    "claims",
    PERIOD,
    lambda value: value["claims"]["period"].update({"from": log.moment(8)}),
)
_claims(
    "the-question-edited",
    "claims-differ",
    "claims",
    PLAIN,
    lambda value: value["claims"]["question"].update(words="Everything there is"),
)
_claims(
    "a-selection-called-whole",
    "claims-differ",
    "claims numbers register",
    PLAIN,
    lambda value: value["claims"].update(kind="whole", sequences=["sources/7"]),
)
_claims(
    "a-count-edited",
    "counts-differ",
    "claims",
    PLAIN,
    lambda value: value["counts"].update(entries=value["counts"]["entries"] + 1),
)
_claims(
    "the-asked-count-edited",
    "counts-differ",
    "claims",
    PLAIN,
    lambda value: value["claims"].update(asked=value["claims"]["asked"] + 1),
)
_claims(
    "a-hidden-field-unsaid",
    "withhold-differs",
    "entries claims attachments",
    SELECTION,
    lambda value: value["claims"].update(withhold=[]),
)
_claims(
    "the-seal-words-edited",
    "counts-differ",
    "claims",
    PLAIN,
    lambda value: value["seal"].update(words=[*value["seal"]["words"][:11], "zebra"]),
)


@_outsider("a-newer-format", "format-unknown", "")
def _newer(parts: Parts, _made: Made) -> None:
    value = json.loads(parts[names.MANIFEST_NAME])
    parts[names.MANIFEST_NAME] = canonical.encode({**value, "v": 2, "more": True})


_outsider("the-list-cannot-be-read", "manifest-damaged", "files")(
    _edit_text(names.MANIFEST_NAME, b'"claims"', b'"claimz"')
)
_outsider("one-bit-in-the-signature-of-the-list", "manifest-signature", "files")(
    _one_bit(names.NOTE_NAME, log.ORIGIN.encode() + b" ", 20)
)


@_outsider("the-list-signed-by-another-key", "manifest-signature", "files")
def _stranger(parts: Parts, _made: Made) -> Parts:
    return signed_again(parts, log.STRANGER)


@_outsider("a-seal-used-as-the-signature-of-the-list", "manifest-signature", "files")
def _wrong_note(parts: Parts, _made: Made) -> None:
    parts[names.NOTE_NAME] = parts[names.CHECKPOINT_NAME]


# Files ------------------------------------------------------------------------------------------------


def _attachments(parts: Parts) -> list[str]:
    return [name for name in parts if name.startswith(names.ATTACHMENTS_FOLDER)]


def _attachment_changed(parts: Parts, _made: Made) -> None:
    name = _attachments(parts)[0]
    parts[name] = _flip(parts[name], 5)


_outsider("an-attached-file-changed", "attachment-differs", "files attachments")(_attachment_changed)
_key_holder("an-attached-file-changed-signed-by-the-log", "attachment-differs", "attachments")(
    _attachment_changed
)


def _attachment_gone(parts: Parts, _made: Made) -> None:
    del parts[_attachments(parts)[0]]


_outsider("an-attached-file-missing", "attachment-missing", "files claims attachments")(_attachment_gone)
_key_holder("an-attached-file-missing-signed-by-the-log", "attachment-missing", "claims attachments")(
    _attachment_gone
)


def _attachments_swapped(parts: Parts, _made: Made) -> None:
    one, two = _attachments(parts)[:2]
    parts[one], parts[two] = parts[two], parts[one]


_outsider("two-attached-files-swapped", "attachment-differs", "files attachments")(_attachments_swapped)
_key_holder("two-attached-files-swapped-signed-by-the-log", "attachment-differs", "attachments")(
    _attachments_swapped
)


@_key_holder("an-attached-file-that-no-entry-names", "attachment-differs", "claims attachments")
def _attachment_added(parts: Parts, _made: Made) -> None:
    parts["attachments/5-7-more.txt"] = b"put in"


@_outsider("a-file-put-in", "file-unlisted", "files")
def _put_in(parts: Parts, _made: Made) -> None:
    parts["Read me first.txt"] = b"Call this number"


@_key_holder("a-file-put-in-and-listed", "file-unlisted", "files")
def _put_in_listed(parts: Parts, _made: Made) -> None:
    parts["Read me first.txt"] = b"Call this number"


@_outsider("the-cover-missing", "file-missing", "files")
def _no_cover(parts: Parts, _made: Made) -> None:
    del parts[names.COVER_NAME]


@_outsider("the-signature-of-the-list-missing", "file-missing", "files")
def _no_note(parts: Parts, _made: Made) -> None:
    del parts[names.NOTE_NAME]


@_outsider("the-list-missing", "file-missing", "files")
def _no_manifest(parts: Parts, _made: Made) -> None:
    del parts[names.MANIFEST_NAME]


@_outsider("the-entries-missing", "file-missing", "files")
def _no_entries(parts: Parts, _made: Made) -> None:
    del parts[names.ENTRIES_NAME]


@_outsider("cover-and-workbook-swapped", "file-changed", "files")
def _files_swapped(parts: Parts, _made: Made) -> None:
    one, two = names.COVER_NAME, names.SHEET_NAME
    parts[one], parts[two] = parts[two], parts[one]


_outsider("the-text-of-the-page-edited", "file-changed", "files")(
    lambda parts, _made: parts.update({names.PAGE_NAME: parts[names.PAGE_NAME] + b"<p>All is well."})
)

_cell = _edit_text(names.TABLE_NAME, b"Maria Lindqvist", b"Maria Lindquist")
_outsider("a-cell-of-the-table-edited", "table-differs", "files table")(_cell)
_key_holder("a-cell-of-the-table-edited-signed-by-the-log", "table-differs", "table")(_cell)


@_key_holder("a-row-added-to-the-table", "table-differs", "table")
def _row_added(parts: Parts, _made: Made) -> None:
    parts[names.TABLE_NAME] += parts[names.TABLE_NAME].splitlines(keepends=True)[-1]


def _cut(name: str, change: Callable[[bytes], bytes], code: str = "zip-damaged") -> None:
    """Register a change of the ZIP itself."""

    def make(path: Path, _authority: StampingAuthority | None) -> Made:
        made = _honest(path)
        path.write_bytes(change(path.read_bytes()))
        return made

    FLAWS[name] = Flaw(make, code, frozenset({"files"}))


_cut("the-zip-cut-short", lambda data: data[: len(data) // 2])
_cut("the-zip-cut-by-one-byte", lambda data: data[:-1])
_cut("no-zip-at-all", lambda _data: b"This is a letter, and no pack.\n" * 20)
_cut("an-empty-file", lambda _data: b"")


# Seals and keys ---------------------------------------------------------------------------------------


def _seal_lines(parts: Parts) -> list[dict[str, Any]]:
    return [json.loads(line) for line in parts[names.SEALS_NAME].splitlines()]


def _put_seals(parts: Parts, seals: list[dict[str, Any]]) -> None:
    parts[names.SEALS_NAME] = b"".join(canonical.encode(seal) + b"\n" for seal in seals)


@_key_holder("a-consistency-path-edited", "seal-not-contained", "seal")
def _path_edited(parts: Parts, _made: Made) -> None:
    seals = _seal_lines(parts)
    seals[1]["path"][0] = "A" * 43 + "="
    _put_seals(parts, seals)


@_key_holder("an-earlier-seal-out-of-order", "seal-damaged", "seal")
def _seals_swapped(parts: Parts, _made: Made) -> None:
    seals = _seal_lines(parts)
    _put_seals(parts, [seals[1], seals[0], *seals[2:]])


@_key_holder("an-earlier-seal-by-a-stranger", "seal-signature", "seal")
def _seal_signature(parts: Parts, _made: Made) -> None:
    seals = _seal_lines(parts)
    text, _, lines = seals[0]["cosigned"].partition("\n\n")
    others = "".join(line for line in lines.splitlines(keepends=True) if "witness" in line)
    seals[0]["cosigned"] = f"{text}\n\n" + log.STRANGER.sign(f"{text}\n") + others
    _put_seals(parts, seals)


def _other_history(seals: list[dict[str, Any]]) -> None:
    """Let an earlier seal be one that the log signed of another history."""
    other = log.begin()
    for place in range(30):
        other.happen(place + 1, place)
    size = int(seals[1]["cosigned"].split("\n")[1])
    text = f"{log.ORIGIN}\n{size}\n{write_base64(other.log.root(size))}\n"
    cosigned = "".join(witness.cosign(text, 1_750_000_000) for witness in log.WITNESSES[1:2])
    seals[1]["cosigned"] = f"{text}\n{log.KEY.sign(text)}{cosigned}"


def _insider(
    name: str, code: str, checks: str, insider: Insider, how: dict[str, Any], key: SigningKey = log.KEY
) -> None:
    """Register what whoever holds the key does while the pack is made."""

    def make(path: Path, _authority: StampingAuthority | None) -> Made:
        return _honest(path, insider=insider, key=key, **how)

    assert name not in FLAWS
    FLAWS[name] = Flaw(make, code, frozenset(checks.split()))


_insider(
    "the-record-was-rewritten-since-an-earlier-seal",
    "seal-not-contained",
    "seal",
    Insider(seals=_other_history),
    PLAIN,
)
_insider("a-whole-pack-under-another-key", "key-differs", "keys", Insider(), PLAIN, log.STRANGER)


@_key_holder("the-seal-is-of-another-log", "origin-differs", "seal claims witnesses")
def _other_origin(parts: Parts, _made: Made) -> None:
    other = SigningKey.from_seed("other.example/log", log.KEY.seed)
    size, root = parts[names.CHECKPOINT_NAME].decode().split("\n")[1:3]
    text = f"other.example/log\n{size}\n{root}\n"
    parts[names.CHECKPOINT_NAME] = f"{text}\n{other.sign(text)}".encode()


ROTATED = {"rotated": True}


def _break_chain(keys: dict[str, Any]) -> None:
    keys["announcements"] = []


def _revoke(keys: dict[str, Any]) -> None:
    keys["announcements"] = []
    keys["revoked"] = [{"key": log.FIRST_KEY.verifier.text, "until": 0}]


_insider(
    "the-log-passed-off-as-its-own-witness",
    "keys-damaged",
    "keys",
    Insider(
        keys=lambda keys: keys["witnesses"].append(
            {"key": log.KEY.verifier.text, "name": "Holm and Partners"}
        )
    ),
    PLAIN,
)
_insider("the-announcement-of-a-key-missing", "key-chain-broken", "keys", Insider(keys=_break_chain), ROTATED)
_insider("earlier-seals-by-a-revoked-key", "seal-signature", "seal", Insider(keys=_revoke), ROTATED)


# Numbers, register, erasures --------------------------------------------------------------------------


def _sequence(book: Book) -> list[int]:
    return [entry.index for entry in book.entries if "numbers/sources/7" in entry.content]


def _register(book: Book) -> list[int]:
    return [entry.index for entry in book.entries if "numbers/rules/0.1" in entry.content]


def _roles(change: Callable[[dict[int, str], Book], Any]) -> Insider:
    def apply(role_of: dict[int, str], book: Book) -> None:
        change(role_of, book)

    return Insider(roles=apply)


def _asked(role_of: dict[int, str]) -> list[int]:
    return sorted(index for index, role in role_of.items() if role == roles.ASKED)


def _edges(role_of: dict[int, str]) -> list[int]:
    return sorted(index for index, role in role_of.items() if role == roles.EDGE)


for _name, _how in (("period", PERIOD), ("everything", WHOLE)):
    _insider(
        f"an-entry-left-out-of-a-whole-{_name}",
        "number-missing",
        "numbers",
        _roles(lambda role_of, _book: role_of.pop(_asked(role_of)[3])),
        _how,
    )
    _insider(
        f"a-number-given-twice-in-a-whole-{_name}",
        "number-doubled",
        "numbers",
        Insider(numbering={5: -1}),
        _how,
    )
    _insider(
        f"a-number-never-given-in-a-whole-{_name}",
        "number-missing",
        "numbers",
        Insider(numbering={5: 1}),
        _how,
    )
_insider(
    "the-last-entry-left-out-of-a-whole",
    "number-missing",
    "numbers",
    _roles(lambda role_of, _book: role_of.pop(_asked(role_of)[-1])),
    WHOLE,
)
_insider(
    "the-first-entry-left-out-of-a-whole",
    "number-missing",
    "numbers",
    _roles(lambda role_of, _book: role_of.pop(_asked(role_of)[0])),
    WHOLE,
)
_insider(
    "the-edge-before-removed",
    "edge-missing",
    "numbers",
    _roles(lambda role_of, _book: role_of.pop(_edges(role_of)[0])),
    PERIOD,
)
_insider(
    "the-edge-after-removed",
    "edge-missing",
    "numbers",
    _roles(lambda role_of, _book: role_of.pop(_edges(role_of)[-1])),
    PERIOD,
)


def _edge_inside(role_of: dict[int, str], _book: Book) -> None:
    role_of[_asked(role_of)[-1]] = roles.EDGE


def _first_hidden(role_of: dict[int, str], _book: Book) -> None:
    """Leave the first asked entry out, and let the one before it go: the edge no longer joins."""
    role_of.pop(_asked(role_of)[0])


_insider("an-edge-moved-inside", "edge-inside", "numbers", Insider(roles=_edge_inside), PERIOD)
_insider("the-entry-at-the-edge-left-out", "number-missing", "numbers", Insider(roles=_first_hidden), PERIOD)
_insider(
    "an-entry-outside-the-period-slipped-in",
    "outside-period",
    "claims",
    _roles(lambda role_of, _book: role_of.update({_edges(role_of)[0]: roles.ASKED})),
    PERIOD,
)
_insider(
    "an-entry-of-another-source-slipped-in",
    "number-absent",
    "numbers",
    _roles(
        lambda role_of, book: role_of.update(
            {next(e.index for e in book.entries if "numbers/sources/8" in e.content): roles.ASKED}
        )
    ),
    WHOLE,
)
_insider(
    "a-late-arrival-left-out",
    "number-missing",
    "numbers",
    _roles(lambda role_of, _book: role_of.pop(min(i for i, role in role_of.items() if role == roles.OTHER))),
    HAPPENED,
)
_insider(
    "an-entry-of-the-period-shown-as-outside-it",
    "outside-period",
    "claims",
    _roles(lambda role_of, _book: role_of.update({_asked(role_of)[2]: roles.OTHER})),
    HAPPENED,
)
_insider(
    "a-line-of-the-register-dropped",
    "register-hole",
    "register",
    _roles(lambda role_of, book: role_of.pop(_register(book)[2])),
    PERIOD,
)
_insider(
    "a-second-source-that-the-register-does-not-tell",
    "source-unlisted",
    "register",
    _roles(lambda _role_of, book: book.numbers.update({"sources/9": 4})),
    PERIOD,
)


_insider(
    "a-version-of-a-rule-left-out",
    "number-missing",
    "numbers register",
    _roles(lambda _role_of, book: book.numbers.update({"rules/3.2": 2})),
    {"kind": names.WHOLE, "rule": True},
)


@_key_holder("a-source-renamed-in-the-register", "detail-differs", "entries", PERIOD)
def _renamed(parts: Parts, _made: Made) -> None:
    lines = _lines(parts)
    place = next(i for i, line in enumerate(lines) if line.role == roles.REGISTER)
    line = lines[place]
    opened = [
        _forged(line, "targets/0", {"id": "7", "kind": "log_source", "name": "Other"})
        if json.loads(text)[1] == "targets/0"
        else text
        for text in line.open
    ]
    lines[place] = replace(line, open=tuple(opened))
    _put(parts, lines)


_insider(
    "an-erased-detail-that-nobody-vouches-for",
    "erasure-unproved",
    "erased",
    _roles(
        lambda role_of, _book: role_of.pop(min(i for i, role in role_of.items() if role == roles.ERASURE))
    ),
    {"erased": True},
)


def _false_erasure(lines: list[Line], book: Book) -> list[Line]:
    """Say of a detail that an erasure took it, which in truth took another one."""
    by = next(by for by, _fields in book.erased.values())
    line = lines[0]
    closed = {**line.closed, "outcome": f"erased:{by}"}
    opened = tuple(text for text in line.open if json.loads(text)[1] != "outcome")
    return [replace(line, open=opened, closed=closed), *lines[1:]]


_insider(
    "a-detail-falsely-called-erased",
    "erasure-unproved",
    "erased",
    Insider(lines=_false_erasure),
    {"erased": True},
)


def _no_making(lines: list[Line], _book: Book) -> list[Line]:
    return [line for line in lines if line.role != roles.MAKING]


_insider("the-making-left-out", "making-missing", "claims", Insider(lines=_no_making), PLAIN)


def _other_making(lines: list[Line], _book: Book) -> list[Line]:
    """Let an asked entry pass for the one that records the making."""
    kept = _no_making(lines, _book)
    return [*kept[:-1], replace(kept[-1], role=roles.MAKING)]


_insider("another-entry-called-the-making", "making-missing", "claims", Insider(lines=_other_making), PLAIN)


# Time-stamps ------------------------------------------------------------------------------------------


def _token_bit(parts: Parts, _made: Made) -> None:
    """Flip a bit near the end of the response, where the signature is."""
    seals = _seal_lines(parts)
    response = read_base64(seals[0]["stamps"][0]["response"], "a response")
    changed = _flip(response, len(response) - 20)
    seals[0]["stamps"][0]["response"] = write_base64(changed)
    size = int(seals[0]["cosigned"].split("\n")[1])
    parts[names.stamp_name(size, 1)] = changed
    _put_seals(parts, seals)


_outsider("one-bit-in-a-time-stamp", "stamp-differs", "files stamps", STAMPED)(_token_bit)
_key_holder("one-bit-in-a-time-stamp-with-a-list-that-fits", "stamp-differs", "stamps", STAMPED)(_token_bit)


@_key_holder("the-time-stamp-of-another-seal", "stamp-differs", "stamps", STAMPED)
def _stamps_swapped(parts: Parts, _made: Made) -> None:
    seals = _seal_lines(parts)
    seals[0]["stamps"], seals[-1]["stamps"] = seals[-1]["stamps"], seals[0]["stamps"]
    _put_seals(parts, seals)


@_key_holder("a-time-stamp-that-is-none", "stamp-damaged", "stamps", STAMPED)
def _no_stamp(parts: Parts, _made: Made) -> None:
    seals = _seal_lines(parts)
    seals[0]["stamps"][0]["response"] = "AAAA"
    parts[names.stamp_name(int(seals[0]["cosigned"].split("\n")[1]), 1)] = b"\0\0\0"
    _put_seals(parts, seals)


@_key_holder("the-file-of-a-time-stamp-is-another", "stamp-differs", "stamps", STAMPED)
def _other_file(parts: Parts, _made: Made) -> None:
    name = next(name for name in parts if name.startswith(names.STAMPS_FOLDER))
    parts[name] = _flip(parts[name], 40)


def read(path: Path) -> Parts:
    """Return the files of a tampered pack."""
    return read_zip(path)
