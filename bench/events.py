"""Seeded events of one shape, so that every system in a comparison records the same bytes.

Eight fields and about 370 bytes of canonical JSON each, in the form of the product's own events.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from indelible.events.event import Event

FIRST_NAMES = (
    "Ana Bruno Chiara David Elif Farid Greta Hugo Ines Jonas Katja Luca Maria Nils Olga Pedro Rosa Samir "
    "Tom Vera"
).split()
LAST_NAMES = (
    "Almeida Bakker Costa Dubois Eriksen Fischer Garcia Haddad Ivanova Jansen Kowalski Larsen Moreau "
    "Novak Okafor Petrov Rossi Silva Tanaka Weber"
).split()
PEOPLE = len(FIRST_NAMES) * len(LAST_NAMES)
INVOICES = 60_000
START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = (
    "invoice payment supplier contract ledger amount approval receipt transfer balance account "
    "period journal export report audit review ticket policy access badge delivery order stock "
    "return refund credit discount quote customer address mailbox backup server folder share link "
    "role group password device session window office meeting notice reminder "
).split()
ACTIONS = (
    ("change", "money", "Invoice Edited", "invoice.sales"),
    ("create", "money", "Invoice Created", "invoice.sales"),
    ("approve", "money", "Payment Approved", "payment"),
    ("view", "document", "Contract Opened", "contract"),
    ("delete", "document", "File Deleted", "file"),
    ("grant", "access", "Role Given", "role"),
    ("export", "document", "Report Exported", "file"),
    ("sign_in", "sign_in", "Signed In", "user_account"),
)


def person_name(person: int) -> str:
    """Return the name of a person, from 0 up to PEOPLE."""
    return f"{FIRST_NAMES[person // len(LAST_NAMES)]} {LAST_NAMES[person % len(LAST_NAMES)]}"


def make_event(number: int, seed: int = 1) -> Event:
    """Return the event of that number: always the same for the same seed."""
    pick = random.Random(f"{seed}/{number}")
    verb, category, said, kind = pick.choice(ACTIONS)
    person = pick.randrange(PEOPLE)
    thing = pick.randrange(INVOICES)
    before = pick.randrange(100, 90_000)
    happened = START + timedelta(seconds=number * 7)
    return {
        "occurred_at": happened.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": {"id": f"u-{person}", "name": person_name(person), "kind": "person"},
        "action": {"verb": verb, "category": category, "said": said},
        "targets": [{"kind": kind, "id": f"OBJ-{thing}"}],
        "changes": [{"field": "amount", "before": f"{before}.00", "after": f"{before + 11}.50"}],
        "outcome": "denied" if pick.random() < 0.01 else "success",
        "context": {"ip": f"192.0.2.{pick.randrange(256)}", "session": f"{pick.getrandbits(64):016x}"},
        "reason": " ".join(pick.choices(WORDS, k=5)),
    }


def make_events(count: int, start: int = 0, seed: int = 1) -> list[Event]:
    """Return `count` events from number `start` on."""
    return [make_event(number, seed) for number in range(start, start + count)]
