"""A small log in memory with two sources, a rule, its register, and whatever a pack can meet.

Everything is made from counters, so the same arguments give the same log. Source 7 is what packs are asked
of; source 8 and entries of Indelible's own stand in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from indelible.ledger.entries import disclosures, prepare, seal
from indelible.ledger.keys import CosigningKey, SigningKey
from tests.ledger.logs import MemoryLog

ORIGIN = "log-5ea1c0ffee00.indelible/main"
FIRST_KEY = SigningKey.from_seed(ORIGIN, sha256(b"the first key of the packs").digest())
KEY = SigningKey.from_seed(ORIGIN, sha256(b"the key of the packs in use").digest())
STRANGER = SigningKey.from_seed(ORIGIN, sha256(b"a key that nobody announced").digest())
WITNESSES = tuple(
    CosigningKey(f"witness.example/w{number}", sha256(b"witness %d" % number).digest())
    for number in range(1, 6)
)
START = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
PEOPLE = ("Maria Lindqvist", "Daniel Osei", "Alina Popescu", "Tom Reed", "Łukasz Żak", "林 美玲", "Bo")
FILES = ("delivery note 4711.txt", "Größe & Maß?.pdf", "scan.png")


def moment(minutes: int) -> str:
    """Return the second that many minutes after the log began, as sources tell it."""
    return (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Entry:
    """An entry of the log with everything about it: leaf data, and disclosure text by field name."""

    index: int
    at: str
    leaf: str
    texts: dict[str, str]
    content: dict[str, Any]


@dataclass
class Book:
    """A log that grows; `numbers` are the last running numbers that were given."""

    entries: list[Entry] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    files: dict[tuple[int, int], tuple[str, bytes]] = field(default_factory=dict)
    erased: dict[int, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    key: SigningKey = KEY
    _made: MemoryLog | None = None

    def add(self, content: Mapping[str, Any], *sequences: str) -> Entry:
        """Append an entry that is counted under `sequences`, such as `sources/7`."""
        index = len(self.entries)
        full = dict(content)
        for name in sequences:
            self.numbers[name] = full["numbers/" + name] = self.numbers.get(name, 0) + 1
        at = (START + timedelta(minutes=index)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        secret = sha256(b"secret %d" % index).digest()
        sealed = seal(prepare([full], [secret]), [{}], at)[0]
        texts = disclosures(sealed.content, sealed.secret)
        self.entries.append(Entry(index, at, sealed.data.decode(), texts, full))
        self._made = None
        return self.entries[-1]

    @property
    def log(self) -> MemoryLog:
        """The tree over all entries so far."""
        if self._made is None:
            self._made = MemoryLog([entry.leaf.encode() for entry in self.entries])
        return self._made

    def own(
        self, said: str, verb: str, kind: str, identity: str, name: str, *more: str, **extra: Any
    ) -> Entry:
        """Append an entry about Indelible itself."""
        content = {
            "actor": {"kind": "person", "name": "Ana Castro"},
            "action": {"said": said, "verb": verb},
            "targets/0": {"id": identity, "kind": kind, "name": name},
            "outcome": "success",
            "source": {"name": "Indelible", "system": "indelible"},
        }
        return self.add(content | ({"extra": extra} if extra else {}), "sources/0", *more)

    def happen(self, place: int, minutes: int, attachments: int = 0) -> Entry:
        """Append the event number `place` of source 7, which happened that many minutes after the beginning."""
        who = PEOPLE[place % len(PEOPLE)]
        content: dict[str, Any] = {
            "occurred_at": moment(minutes),
            "actor": {"id": f"u{place % 7}", "kind": "person", "name": who},
            "action": {"category": "money", "said": "Invoice Edited", "verb": "change"},
            "targets/0": {"id": f"INV-{place}", "kind": "invoice", "name": f'Invoice "{place}"'},
            "changes/0": {"after": place * 3, "before": None, "field": "amount"},
            "outcome": "success",
            "source": {"id": f"r{place}", "name": "AccountsPro", "system": "accountspro"},
            "original": {"media_type": "application/json", "text": f'{{"no":{place},"user":"{who}"}}'},
            "extra": {"memo": ("=1+1", "two\nlines", "plain", "🧾 receipt")[place % 4], "place": place},
            "extra/amount": f"{place}.50",
        }
        for each in range(attachments):
            name = FILES[each % len(FILES)]
            data = f"file {each} of event {place}: what the source sent along\n".encode() * 40
            kind = "text/plain" if name.endswith("txt") else "application/octet-stream"
            content[f"attachments/{each}"] = {
                "blob": sha256(b"blob %d %d" % (place, each)).hexdigest()[:20],
                "media_type": kind,
                "name": name,
                "sha256": sha256(data).hexdigest(),
                "size": len(data),
            }
            self.files[len(self.entries), each] = (name, data)
        return self.add(content, "sources/7", "rules/3.1")

    def erase(self, entry: Entry, *fields: str) -> Entry:
        """Append the entry by which fields of an earlier one were erased by law."""
        by = self.own(
            "content_erased",
            "erase",
            "log.entry",
            str(entry.index),
            "",
            erased={str(entry.index): list(fields)},
        )
        self.erased[entry.index] = (by.index, fields)
        return by


def begin() -> Book:
    """Return a log with its first entries: who began it, two sources, a rule."""
    book = Book()
    book.own("record_started", "start", "log.entry", ORIGIN, "Holm and Partners", origin=ORIGIN)
    book.own("source_added", "create", "log_source", "7", "AccountsPro", "rules/0.1")
    book.own("source_added", "create", "log_source", "8", "Payroll", "rules/0.1")
    book.own("rule_added", "create", "log.rule", "3.1", "Invoices that were changed", "rules/0.1")
    return book


def between(book: Book, place: int) -> None:
    """Append now and then what belongs to another source, or what the register holds."""
    if place % 5 == 3:
        content = {"action": {"verb": "view"}, "actor": {"kind": "unknown"}, "outcome": "success"}
        book.add(content, "sources/8")
    if place == 6:
        entry = book.own("source_renamed", "change", "log_source", "7", "AccountsPro 2", "rules/0.1")
        assert entry.content["numbers/rules/0.1"] == 4
