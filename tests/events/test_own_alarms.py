"""The acts on alarms read well, and are lawful events."""

from __future__ import annotations

import pytest

from indelible.events import own_alarms as own
from indelible.events.event import Event, Party, check_event, from_content, to_content
from indelible.events.sentence import tell

ANA: Party = {"id": "1", "name": "Ana Ruiz", "kind": "person"}
WORDS = "Tell Ana Ruiz when it is done outside office hours"

SENTENCES: list[tuple[Event, str]] = [
    (
        own.alarm_made(ANA, 3, "it is done outside office hours", ["Ben Okoro", "Chat of Finance"]),
        "Ana Ruiz set the alarm “it is done outside office hours”, which tells Ben Okoro, Chat of Finance",
    ),
    (own.alarm_made(ANA, 3, "it fails"), "Ana Ruiz set the alarm “it fails”"),
    (
        own.alarm_changed(ANA, 3, "it fails", [{"field": "told", "before": "Ben", "after": "Chloe"}]),
        "Ana Ruiz changed the “told” of the alarm “it fails” from Ben to Chloe",
    ),
    (own.alarm_switched(ANA, 3, "it fails", on=True), "Ana Ruiz switched the alarm “it fails” on"),
    (
        own.alarm_switched(ANA, 3, "it fails", on=False, reason="Too many"),
        "Ana Ruiz switched the alarm “it fails” off: “Too many”",
    ),
    (
        own.channel_added(ANA, 4, "Chat of Finance", "A chat"),
        "Ana Ruiz added Chat of Finance to those whom alarms can tell",
    ),
    (own.channel_tried(ANA, 4, "Chat of Finance"), "Ana Ruiz sent a test message to Chat of Finance"),
    (
        own.channel_tried(ANA, 4, "Chat of Finance", "Nobody answers there."),
        "Ana Ruiz tried to send a test message to Chat of Finance and failed: “Nobody answers there.”",
    ),
    (
        own.channel_ended(ANA, 4, "Chat of Finance", "A chat"),
        "Ana Ruiz removed Chat of Finance from those whom alarms can tell",
    ),
    (
        own.notice_answered(ANA, "expected", "10 times larger", 41),
        "Ana Ruiz answered the alarm about entry 42 (“10 times larger”): as expected",
    ),
    (
        own.notice_answered(ANA, "asked", "10 times larger", 41, note="Is this right?", person="Ben Okoro"),
        "Ana Ruiz asked Ben Okoro about entry 42 after an alarm (“10 times larger”): “Is this right?”",
    ),
    (
        own.notice_answered(
            ANA, "case", "10 times larger", 41, 43, note="Odd", person="Ben Okoro", reference="F-12"
        ),
        "Ana Ruiz opened a case about entries 42 to 44 after an alarm (“10 times larger”): F-12, "
        "followed up by Ben Okoro: “Odd”",
    ),
    (
        own.notice_answered(ANA, "closed", "10 times larger", 41, note="A slip"),
        "Ana Ruiz closed the question about entry 42 after an alarm (“10 times larger”): “A slip”",
    ),
    (
        own.notice_answered(ANA, "reopened", "it is silent", None, note="Wrong notice"),
        "Ana Ruiz took back the answer about the record after an alarm (“it is silent”): “Wrong notice”",
    ),
]


@pytest.mark.parametrize(("event", "sentence"), SENTENCES, ids=lambda value: str(value)[:40])
def test_each_act_on_an_alarm_is_an_event_and_reads_well(event: Event, sentence: str) -> None:
    assert tell(event).text == sentence
    assert from_content(to_content(check_event(event))) == event
