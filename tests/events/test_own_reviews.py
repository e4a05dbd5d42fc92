"""What happens in reviews reads well, and is told by lawful events."""

from __future__ import annotations

import pytest

from indelible.events import own_reviews as own
from indelible.events.content import from_content, to_content
from indelible.events.event import Event, Party, check_event
from indelible.events.sentence import tell

ANA: Party = {"id": "1", "name": "Ana Ruiz", "email": "ana@northwind.example", "kind": "person"}
FILE = {"name": "users.csv", "media_type": "text/csv", "size": 9, "sha256": "a" * 64, "blob": "b" * 32}
BANK = "changes of bank details"

SENTENCES: list[tuple[Event, str]] = [
    (own.entry_answered(ANA, "expected", BANK, 41), f"Ana Ruiz looked at entry 42 (“{BANK}”): as expected"),
    (
        own.entry_answered(ANA, "expected", BANK, 41, 43, note="Called each back", together=12),
        f"Ana Ruiz looked at entries 42 to 44 (“{BANK}”): as expected, together with others, 12 in all: "
        "“Called each back”",
    ),
    (
        own.entry_answered(ANA, "asked", BANK, 41, note="Is this right?", person="Ben Okoro"),
        f"Ana Ruiz looked at entry 42 (“{BANK}”) and asked Ben Okoro: “Is this right?”",
    ),
    (
        own.entry_answered(ANA, "case", BANK, 41, note="Odd", person="Ben Okoro", reference="F-12"),
        f"Ana Ruiz looked at entry 42 (“{BANK}”) and opened a case: F-12, followed up by Ben Okoro: “Odd”",
    ),
    (
        own.entry_answered(ANA, "case", BANK, 41, note="Odd", reference="F-12"),
        f"Ana Ruiz looked at entry 42 (“{BANK}”) and opened a case: F-12: “Odd”",
    ),
    (
        own.entry_answered(ANA, "closed", BANK, 41, note="A slip"),
        f"Ana Ruiz closed the case about entry 42 (“{BANK}”): “A slip”",
    ),
    (
        own.entry_answered(ANA, "reopened", BANK, 41, note="Wrong entry"),
        f"Ana Ruiz took back the answer about entry 42 (“{BANK}”): “Wrong entry”",
    ),
    (
        own.own_answer_refused(ANA, BANK, 41),
        f"Ana Ruiz tried to answer about entry 42, which is their own act (“{BANK}”), and was refused",
    ),
    (
        own.access_review_started(ANA, 3, "AccountsPro", "Ben Okoro", "2026-12-30T00:00:00Z", "the application"),
        "Ana Ruiz started a review of who has access to AccountsPro, which Ben Okoro answers for",
    ),
    (
        own.access_list_taken(
            ANA, 3, "AccountsPro", 12, {"person": 12}, 12, "2026-11-30T00:00:00Z", "all", "r", FILE
        ),
        "Ana Ruiz gave a list of 12 accounts and rights of AccountsPro to its access review",
    ),
    (
        own.access_list_taken(
            ANA, 3, "AccountsPro", 11, {}, None, "2026-11-30T00:00:00Z", "all", "r", FILE,
            again=True, compared={"gone": 1},
        ),
        "Ana Ruiz gave a second list of 11 accounts and rights of AccountsPro to its access review",
    ),
    (
        own.account_matched(ANA, 3, "AccountsPro", "tom", "Tom Reed"),
        "Ana Ruiz said that the account “tom” of AccountsPro is Tom Reed's",
    ),
    (
        own.account_matched(ANA, 3, "AccountsPro", "svc", "Tom Reed", owner=True, reason="He runs it"),
        "Ana Ruiz said that Tom Reed answers for the account “svc” of AccountsPro: “He runs it”",
    ),
    (
        own.account_matched(ANA, 3, "AccountsPro", "old", "", reason="Nobody knows it"),
        "Ana Ruiz said that the account “old” of AccountsPro is nobody's: “Nobody knows it”",
    ),
    (
        own.lines_assigned(ANA, 3, "AccountsPro", {"Ben Okoro": 9, "Chloe Diaz": 3}),
        "Ana Ruiz gave 12 lines of the access review of AccountsPro to decide: Ben Okoro 9, Chloe Diaz 3",
    ),
    (
        own.own_line_refused(ANA, 3, "AccountsPro", "ana"),
        "Ana Ruiz tried to decide about their own account “ana” in the access review of AccountsPro and was refused",
    ),
    (
        own.removal_seen(3, "AccountsPro", "tom", "Payments", 41),
        "Indelible saw in entry 42 that “Payments” of “tom” in AccountsPro is gone",
    ),
    (
        own.removal_seen(3, "AccountsPro", "tom", "Payments", None),
        "Indelible saw in a second list that “Payments” of “tom” in AccountsPro is gone",
    ),
    (
        own.new_explained(ANA, 3, "AccountsPro", 2, "Two joiners, approved by HR"),
        "Ana Ruiz explained 2 accounts and rights that are new in the second list of AccountsPro: "
        "“Two joiners, approved by HR”",
    ),
    (
        own.review_sent_back(ANA, 3, "AccountsPro", "Reasons are all the same"),
        "Ana Ruiz sent the access review of AccountsPro back: “Reasons are all the same”",
    ),
    (
        own.part_escalated(3, "AccountsPro", "Ben Osei", "2026-12-11T09:00:00Z", ["Ana Ruiz", "Dora Voss"], 1),
        "The part of Ben Osei in the access review of AccountsPro is overdue since 2026-12-11 09:00 UTC, as was "
        "told to Ana Ruiz, Dora Voss",
    ),
    (
        own.part_escalated(3, "AccountsPro", "Ben Osei", "2026-12-11T09:00:00Z", [], 1),
        "The part of Ben Osei in the access review of AccountsPro is overdue since 2026-12-11 09:00 UTC, and "
        "there was nobody to tell",
    ),
    (own.review_closed(ANA, 3, "AccountsPro", {"kept": 9}), "Ana Ruiz closed the access review of AccountsPro"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "sentence"), SENTENCES, ids=lambda value: str(value)[:40])
def test_each_act_of_a_review_is_an_event_and_reads_well(event: Event, sentence: str) -> None:
    assert tell(event).text == sentence
    assert from_content(to_content(check_event(event))) == event


def test_every_act_of_reviews_is_told_here() -> None:
    assert {event["action"]["said"] for event, _ in SENTENCES} == set(own.TELLERS)
