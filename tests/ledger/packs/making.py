"""Evidence packs made with the ledger alone, whole or selected, with everything that a pack can hold.

`make_pack(path, ...)` writes one; what comes back holds all that a test may want to compare or to alter.
Nothing here is the product's own maker: a fault in that one must not hide in the tests of the checkers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from indelible.ledger import canonical
from indelible.ledger.checkpoints import Checkpoint, bare, sign_checkpoint
from indelible.ledger.keys import SigningKey
from indelible.ledger.packs import lines as roles
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.lines import Line
from indelible.ledger.packs.manifest import claims_digest, seal_item
from indelible.ledger.packs.table import Columns
from indelible.ledger.packs.tree import part_of_tree
from indelible.ledger.proof_file import ProofFile
from indelible.ledger.proofs import prove_consistency, prove_inclusion
from indelible.ledger.strict import write_base64
from indelible.ledger.words import seal_words
from tests.ledger.packs import book as log
from tests.ledger.packs.book import Book, Entry
from tests.ledger.packs.withholding import Withholding
from tests.ledger.packs.zips import Parts, close, write_zip

_ANNOUNCING = ("action", "extra", "numbers/sources/0")

words_of = cache(seal_words)  # slow on purpose; the same logs come again and again


class StampingAuthority(Protocol):
    """An authority that stamps: `tests.services.authority` runs a real one."""

    url: str
    root_pem: str


@dataclass
class Made:
    """A pack that was made, and what it was made of."""

    path: Path
    parts: Parts
    book: Book
    lines: list[Line]
    claims: dict[str, Any]
    counts: dict[str, Any]
    note: str  # the checkpoint with its cosignatures
    making: int
    key: SigningKey = log.KEY
    witnesses: list[str] = field(default_factory=list)  # verifier keys
    roots: list[str] = field(default_factory=list)  # PEM

    @property
    def vkey(self) -> str:
        """What the key card of the key in use says."""
        return self.key.verifier.text

    @property
    def words(self) -> list[str]:
        """The seal words."""
        return list(words_of(self.note.partition("\n\n")[0] + "\n"))

    @property
    def asked(self) -> list[int]:
        """The indexes of what was asked for."""
        return [line.index for line in self.lines if line.role == roles.ASKED]


@dataclass
class Insider:
    """What whoever holds the log's key could do while the pack is made: each part, before the next is built.

    `numbering` shifts the next running number of source 7 by so much, before the event of that place.
    """

    numbering: Mapping[int, int] = field(default_factory=dict)
    roles: Callable[[dict[int, str], Book], None] = lambda _roles, _book: None
    lines: Callable[[list[Line], Book], list[Line]] = lambda lines, _book: lines
    claims: Callable[[dict[str, Any]], None] = lambda _claims: None  # after they were recorded
    counts: Callable[[dict[str, Any]], None] = lambda _counts: None
    seals: Callable[[list[dict[str, Any]]], None] = lambda _seals: None
    keys: Callable[[dict[str, Any]], None] = lambda _keys: None
    parts: Callable[[Parts], None] = lambda _parts: None


HONEST = Insider()


def make_pack(
    path: Path,
    *,
    entries: int = 24,
    kind: str = names.SELECTION,
    by: str | None = None,
    withhold: Sequence[str] = (),
    witnesses: int = 2,
    stamps: StampingAuthority | None = None,
    attachments: int = 2,
    erased: bool = False,
    rotated: bool = False,
    rule: bool = False,
    proofs: bool | None = None,
    real_page: bool = True,
    compression: int = 8,
    insider: Insider = HONEST,
    key: SigningKey = log.KEY,
) -> Made:
    """Write a pack of so many asked entries of source 7 and return what is in it.

    `by`: a whole pack's period, `recorded` or `happened`. `withhold`: field names or families. `witnesses`: how
    many cosigned. `attachments`: of how many events, two files each at most. `erased`: of two entries a field
    was erased. `rotated`: the log's key was changed on the way. `proofs`: proof files, by default up to 1,000.
    `rule`: everything of rule 3 is asked for, which counts the same events.
    `insider`: what is done that should not be. `key`: another key that signs everything.
    """
    book, asked = _record(entries, kind, by, attachments, erased, rotated, insider.numbering)
    book.key = key
    role_of = _roles(book, asked, kind, by)
    insider.roles(role_of, book)
    claims = _claims(book, asked, kind, by, withhold)
    if rule:
        claims["sequences"] = ["rules/3.1"]
    claims["asked"] = sum(role == roles.ASKED for role in role_of.values())
    numbers = dict(book.numbers)
    making = book.own(
        "pack_made",
        "export",
        "log.export",
        claims["name"],
        "pack.zip",
        pack={"claims": claims_digest(claims), "name": claims["name"], "numbers": numbers},
    )
    role_of[making.index] = roles.MAKING
    insider.claims(claims)
    lines = insider.lines(_lines(book, role_of, frozenset(withhold)), book)
    note = _seal(book, len(book.entries), rotated, witnesses)
    seals = _seals(book, asked, rotated, witnesses, note, stamps)
    insider.seals(seals)
    keys = _keys(book, rotated, witnesses, stamps)
    insider.keys(keys)
    parts = _parts(book, lines, note, seals, keys, frozenset(withhold))
    if entries <= 1000 if proofs is None else proofs:
        parts |= _proof_files(book, lines, note)
    insider.parts(parts)
    counts = _counts(lines, parts, seals)
    insider.counts(counts)
    text = note.partition("\n\n")[0] + "\n"
    seal = seal_item(len(book.entries), words_of(text))
    parts = close(parts, claims, counts, seal, key, real_page=real_page)
    write_zip(path, parts, compression=compression)
    return Made(
        path,
        parts,
        book,
        lines,
        claims,
        counts,
        note,
        making.index,
        key=key,
        witnesses=[witness.verifier.text for witness in log.WITNESSES[:witnesses]],
        roots=[stamps.root_pem] if stamps else [],
    )


# The log ----------------------------------------------------------------------------------------------


def _record(
    entries: int,
    kind: str,
    by: str | None,
    attachments: int,
    erased: bool,
    rotated: bool,
    numbering: Mapping[int, int],
) -> tuple[Book, list[int]]:
    """Return a log, and which of its entries are asked for."""
    book = log.begin()
    asked: list[int] = []
    whole_period = kind == names.WHOLE and by == "recorded"
    place = 0
    while len(asked) < entries:
        late = by == "happened" and place % 3 == 2
        minutes = -1000 - place if late else place
        if place in numbering:
            book.numbers["sources/7"] += numbering[place]
        entry = book.happen(
            place, minutes, min(attachments - len(asked), 2) if _takes(place, kind, by) else 0
        )
        if _takes(place, kind, by):
            asked.append(entry.index)
        log.between(book, place)
        if rotated and place == 4:
            _announce(book)
        place += 1
    for later in range(2 if whole_period else 0):
        book.happen(place + later, place + later)
    if erased:
        book.erase(book.entries[asked[1]], "actor", "original")
        book.erase(book.entries[asked[2]], "extra/amount")
    return book, asked


def _takes(place: int, kind: str, by: str | None) -> bool:
    if kind == names.WHOLE:
        return place >= 2 if by == "recorded" else by is None or place % 3 != 2
    return place % 3 != 2


def _announce(book: Book) -> Entry:
    return book.own(
        "sealing_key_announced",
        "change",
        "credential",
        log.ORIGIN,
        "Sealing key",
        new_key=book.key.verifier.text,
        old_key=log.FIRST_KEY.verifier.text,
    )


def _announcing(book: Book) -> Entry:
    return next(
        entry for entry in book.entries if entry.content["action"].get("said") == "sealing_key_announced"
    )


# What stands in the pack ------------------------------------------------------------------------------


def _roles(book: Book, asked: list[int], kind: str, by: str | None) -> dict[int, str]:
    found = dict.fromkeys(asked, roles.ASKED)
    for index in asked:
        if index in book.erased:
            found.setdefault(book.erased[index][0], roles.ERASURE)
    if kind != names.WHOLE:
        return found
    of_source = [entry.index for entry in book.entries if "numbers/sources/7" in entry.content]
    for entry in book.entries:
        if "numbers/rules/0.1" in entry.content:
            found[entry.index] = roles.REGISTER
    if by == "happened":
        for index in of_source:
            found.setdefault(index, roles.OTHER)
    if by == "recorded":
        found.setdefault(max(index for index in of_source if index < asked[0]), roles.EDGE)
        found.setdefault(min(index for index in of_source if index > asked[-1]), roles.EDGE)
    return found


def _claims(
    book: Book, asked: list[int], kind: str, by: str | None, withhold: Sequence[str]
) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "name": sha256(f"{len(asked)} {kind} {by} {sorted(withhold)}".encode()).hexdigest()[:16],
        "origin": log.ORIGIN,
        "organisation": "Holm and Partners",
        "kind": kind,
        "question": {"words": "Everything of AccountsPro", "code": "source:AccountsPro"},
        "sequences": ["sources/7"] if kind == names.WHOLE else [],
        "zone": "Europe/Stockholm",
        "withhold": [{"field": name, "reason": "Protects a person"} for name in sorted(withhold)],
        "asked": len(asked),
        "made_at": log.moment(len(book.entries)),
        "software": "indelible 0.3.0",
    }
    if by == "recorded":
        after = next(e for e in book.entries[asked[-1] + 1 :] if "numbers/sources/7" in e.content)
        first = book.entries[asked[0]].at
        claims["period"] = {"by": by, "from": f"{first[:19]}Z", "until": f"{after.at[:19]}Z"}
    if by == "happened":
        claims["period"] = {"by": by, "from": log.moment(0), "until": log.moment(1_000_000)}
    return claims


def _lines(book: Book, role_of: dict[int, str], withhold: frozenset[str]) -> list[Line]:
    entries = [book.entries[index] for index in sorted(role_of)]
    told = (roles.ASKED, roles.REGISTER)  # the making entry says nothing that would have to be hidden
    closing = Withholding((one for one in entries if role_of[one.index] in told), withhold)
    return [_line(book, entry, role_of[entry.index], closing) for entry in entries]


def _line(book: Book, entry: Entry, role: str, closing: Withholding) -> Line:
    closed = closing.closed(entry)
    if role in roles.OPEN_ROLES:
        by, fields = book.erased.get(entry.index, (0, ()))
        closed |= dict.fromkeys(fields, f"erased:{by}")
        if role == roles.MAKING:
            closed.pop("extra", None)
    else:
        shown = {
            roles.EDGE: ("numbers/sources/7",),
            roles.OTHER: ("numbers/sources/7", "occurred_at"),
            roles.ERASURE: ("action", "extra"),
        }[role]
        if role == roles.ERASURE:
            closed.pop("extra", None)
        closed = {name: closed.get(name, "unasked") if name in shown else "unasked" for name in entry.texts}
        closed = {name: why for name, why in closed.items() if name not in shown or why != "unasked"}
    opened = tuple(text for name, text in sorted(entry.texts.items()) if name not in closed)
    return Line(entry.index, entry.leaf, opened, closed, role)


def _parts(
    book: Book,
    lines: list[Line],
    note: str,
    seals: list[dict[str, Any]],
    keys: dict[str, Any],
    withhold: frozenset[str],
) -> Parts:
    """Return every file but page, manifest and its note, and proof files."""
    columns = Columns()
    for line in lines:
        columns.add(line)
    asked = [line for line in lines if line.role == roles.ASKED]
    hashes = part_of_tree([line.index for line in lines], len(book.entries), book.log)
    parts = {
        names.COVER_NAME: b"%PDF-1.7\nThe cover of a pack made for tests.\n",
        names.TABLE_NAME: "".join([columns.header(), *map(columns.row, asked)]).encode(),
        names.SHEET_NAME: b"The workbook of a pack made for tests.",
        names.ENTRIES_NAME: "".join(line.text for line in lines).encode(),
        names.TREE_NAME: "".join(write_base64(one) + "\n" for one in hashes).encode(),
        names.CHECKPOINT_NAME: note.encode(),
        names.SEALS_NAME: b"".join(canonical.encode(seal) + b"\n" for seal in seals),
        names.KEYS_NAME: canonical.encode(keys),
    }
    number: Counter[str] = Counter()
    for seal in seals:
        size = seal["cosigned"].split("\n")[1]
        for stamp in seal["stamps"]:
            number[size] += 1
            parts[names.stamp_name(int(size), number[size])] = _bytes(stamp["response"])
    return parts | _attachments(book, asked, withhold)


def _attachments(book: Book, asked: list[Line], withhold: frozenset[str]) -> Parts:
    found: Parts = {}
    closing = Withholding((book.entries[line.index] for line in asked), withhold)
    for line in asked:
        held_back = any(why in (roles.WITHHELD, roles.REPEATS) for why in line.closed.values())
        for (index, place), (name, data) in book.files.items():
            if index != line.index or f"attachments/{place}" in line.closed:
                continue
            if held_back and (not name.endswith(".txt") or closing.in_file(data)):
                continue
            found[names.attachment_name(index, place, name)] = data
    return found


def _proof_files(book: Book, lines: list[Line], note: str) -> Parts:
    size = len(book.entries)
    return {
        names.proof_name(line.index): ProofFile(
            line.index,
            tuple(prove_inclusion(line.index, size, book.log)),
            note,
            line.leaf.encode(),
        ).text.encode()
        for line in lines
        if line.role == roles.ASKED
    }


def _counts(lines: list[Line], parts: Parts, seals: list[dict[str, Any]]) -> dict[str, Any]:
    why = Counter(reason.partition(":")[0] for line in lines for reason in line.closed.values())
    return {
        "asked": sum(line.role == roles.ASKED for line in lines),
        "attachments": sum(name.startswith(names.ATTACHMENTS_FOLDER) for name in parts),
        "closed": {each: why[each] for each in ("repeats", "unasked", "withheld", "erased")},
        "entries": len(lines),
        "seals": len(seals),
        "stamps": sum(len(seal["stamps"]) for seal in seals),
    }


# Seals and keys ---------------------------------------------------------------------------------------


def _seal(book: Book, size: int, rotated: bool, witnesses: int, first: int = 0) -> str:
    """Return the checkpoint of that size, with cosignatures of the witnesses from `first`."""
    old = rotated and size <= _announcing(book).index + 1
    note = sign_checkpoint(
        Checkpoint(log.ORIGIN, size, book.log.root(size)), log.FIRST_KEY if old else book.key
    )
    text = note.partition("\n\n")[0] + "\n"
    time = int(log.START.timestamp()) + size * 60
    return note + "".join(witness.cosign(text, time) for witness in log.WITNESSES[first:witnesses])


def _seals(
    book: Book,
    asked: list[int],
    rotated: bool,
    witnesses: int,
    note: str,
    stamps: StampingAuthority | None,
) -> list[dict[str, Any]]:
    """Return the lines of seals.jsonl: one before the first asked, one amid, and the pack's if stamped."""
    size = len(book.entries)
    found = []
    for each in sorted({asked[0], asked[len(asked) // 2] + 1, asked[-1] + 1} - {size}):
        cosigned = _seal(book, each, rotated, witnesses, first=max(witnesses - 1, 0))
        path = [write_base64(step) for step in prove_consistency(each, size, book.log)]
        stamped = [_stamp(cosigned, each, stamps)] if stamps and not found else []
        found.append({"cosigned": cosigned, "path": path, "stamps": stamped})
    if stamps:
        found.append({"cosigned": note, "path": [], "stamps": [_stamp(note, size, stamps)]})
    return found


def _stamp(note: str, nonce: int, authority: StampingAuthority) -> dict[str, str]:
    from urllib.request import Request, urlopen

    from indelible.ledger.stamps import build_request

    request = build_request(bare(note, log.ORIGIN).encode(), 1_000_000 + nonce)
    kind = {"Content-Type": "application/timestamp-query"}
    with urlopen(Request(authority.url, request, kind), timeout=20) as answer:
        response = answer.read()
    return {"authority": "tsa.example", "nonce": str(1_000_000 + nonce), "response": write_base64(response)}


def _keys(book: Book, rotated: bool, witnesses: int, stamps: StampingAuthority | None) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "announcements": [],
        "authorities": [{"name": "tsa.example", "policy": "", "roots": stamps.root_pem}] if stamps else [],
        "keys": [book.key.verifier.text],
        "origin": log.ORIGIN,
        "revoked": [],
        "witnesses": [
            {"key": witness.verifier.text, "name": witness.verifier.name}
            for witness in log.WITNESSES[:witnesses]
        ],
    }
    if rotated:
        entry = _announcing(book)
        size = entry.index + 1
        keys["keys"].insert(0, log.FIRST_KEY.verifier.text)
        keys["announcements"].append(
            {
                "checkpoint": _seal(book, size, rotated, 0),
                "index": entry.index,
                "leaf": entry.leaf,
                "open": [text for name, text in sorted(entry.texts.items()) if name in _ANNOUNCING],
                "path": [write_base64(step) for step in prove_inclusion(entry.index, size, book.log)],
            }
        )
    return keys


def _bytes(text: str) -> bytes:
    from indelible.ledger.strict import read_base64

    return read_base64(text, "a response")
