"""The acts on the texts of runbooks: lawful, and read as sentences."""

from __future__ import annotations

import pytest

from indelible.events import own_books as own
from indelible.events.event import Event, check_event, from_content, to_content
from indelible.events.sentence import tell

MARIA = {"id": "3", "name": "Maria Lopez", "email": "maria@northwind.example", "kind": "person"}
BOOK = ("RB-07", "Supplier bank change")
THING = "“Supplier bank change”"
FILE = {"name": "RB-07 version 2.toml", "media_type": "application/toml", "size": 4, "sha256": "ab" * 32,
        "blob": "c" * 32}  # fmt: skip


def published(**more: str) -> Event:
    return own.published(MARIA, *BOOK, 2, "ab" * 32, FILE, steps=9, note="The bank asked for it", **more)


SENTENCES = [
    (own.book_event(own.BEGUN, MARIA, *BOOK), f"Maria Lopez began the runbook {THING}"),
    (
        own.book_event(own.COPIED, MARIA, *BOOK, extra={"catalogue": "RB-07"}),
        f"Maria Lopez copied the ready runbook RB-07 as {THING}",
    ),
    (own.book_event(own.IMPORTED, MARIA, *BOOK), f"Maria Lopez imported the runbook {THING}"),
    (
        own.book_event(own.DRAFT_DROPPED, MARIA, *BOOK),
        f"Maria Lopez threw the draft of the runbook {THING} away",
    ),
    (
        published(),
        f"Maria Lopez published version 2 of the runbook {THING} with 9 steps, which nobody had walked through: "
        "“The bank asked for it”",
    ),
    (
        published(walked_by="Tom Reed", approver="Ana Ruiz"),
        f"Maria Lopez published version 2 of the runbook {THING} with 9 steps, which Tom Reed had walked through; "
        "Ana Ruiz agreed: “The bank asked for it”",
    ),
    (
        own.book_event(own.WALKED, MARIA, *BOOK, extra={"version": "2"}),
        f"Maria Lopez walked through version 2 of the runbook {THING}",
    ),
    (
        own.book_event(own.WALKED, MARIA, *BOOK),
        f"Maria Lopez walked through the draft of the runbook {THING}",
    ),
    (
        own.book_event(own.LOOKED_AGAIN, MARIA, *BOOK, extra={"version": "2", "next_review": "2027-11-30"}),
        f"Maria Lopez looked again at version 2 of the runbook {THING} and found it still right, to be looked at by "
        "2027-11-30",
    ),
    (
        own.book_event(own.RETIRED, MARIA, *BOOK, reason="We sold the shop"),
        f"Maria Lopez retired the runbook {THING}: “We sold the shop”",
    ),
    (own.book_event(own.TAKEN_UP, MARIA, *BOOK), f"Maria Lopez took the runbook {THING} up again"),
    (
        own.book_event(own.OWNER, MARIA, *BOOK, extra={"real_person": "Tom Reed"}),
        f"Maria Lopez named Tom Reed as the owner of the runbook {THING}",
    ),
    (own.book_event(own.OWNER, MARIA, *BOOK), f"Maria Lopez left the runbook {THING} without an owner"),
    (
        own.book_event(own.APPOINTED, MARIA, *BOOK, extra={"role": "Clerk B", "real_person": "Tom Reed"}),
        f"Maria Lopez named Tom Reed as Clerk B of the runbook {THING}",
    ),
    (
        own.book_event(
            own.APPOINTED,
            MARIA,
            *BOOK,
            extra={"role": "Clerk B", "real_person": "Tom Reed", "stand_in": "Ana Ruiz"},
        ),
        f"Maria Lopez named Tom Reed as Clerk B of the runbook {THING}, with Ana Ruiz to stand in",
    ),
    (
        own.book_event(own.APPOINTED, MARIA, *BOOK, extra={"role": "Clerk B"}),
        f"Maria Lopez named nobody as Clerk B of the runbook {THING}",
    ),
    (
        own.book_event(own.SCHEDULED, MARIA, *BOOK, extra={"valid_from": "2026-12-01"}),
        f"Maria Lopez switched the calendar of the runbook {THING} on from 2026-12-01",
    ),
    (
        own.book_event(own.UNSCHEDULED, MARIA, *BOOK),
        f"Maria Lopez switched the calendar of the runbook {THING} off",
    ),
    (own.book_event(own.EXPORTED, MARIA, *BOOK), f"Maria Lopez exported the runbook {THING}"),
    (own.book_event(own.ALL_EXPORTED, MARIA, "", "", extra={"item_count": 26}), "Maria Lopez exported 26 runbooks"),
    (own.book_event(own.ALL_EXPORTED, MARIA, "", "", extra={"item_count": 1}), "Maria Lopez exported 1 runbook"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "sentence"), SENTENCES, ids=lambda value: str(value)[:60])
def test_an_act_on_a_text_is_lawful_and_reads(event: Event, sentence: str) -> None:
    assert from_content(to_content(check_event(event))) == event
    assert tell(event).text == sentence


def test_every_act_is_told_here() -> None:
    assert {event["action"]["said"] for event, _sentence in SENTENCES} == set(own.TELLERS)


def test_a_version_carries_its_text_and_what_it_hashes_to() -> None:
    event = published()
    assert event["attachments"] == [FILE]
    assert event["extra"]["version_digest"] == "ab" * 32
    assert event["targets"] == [{"kind": "runbook", "id": "RB-07", "name": "Supplier bank change"}]
