"""The acts in runs of runbooks: lawful, and read as sentences."""

from __future__ import annotations

import pytest

from indelible.events import own_runbooks as own
from indelible.events.event import Event, check_event, from_content, to_content
from indelible.events.sentence import tell

MARIA = {"id": "3", "name": "Maria Lopez", "email": "maria@northwind.example", "kind": "person"}
RUN = own.OfRun(88, "Supplier bank change: Harrow Freight", 41, "RB-07", 2)
OPENING = own.OfRun(88, "Supplier bank change: Harrow Freight", None, "RB-07", 2)
STEP = own.OfStep("call_back", 3, "Call the supplier back")
THING = "“Supplier bank change: Harrow Freight”"
FILE = {
    "name": "letter.pdf",
    "media_type": "application/pdf",
    "size": 4,
    "sha256": "ab" * 32,
    "blob": "c" * 32,
}

SENTENCES = [
    (own.run_event(own.RUN_OPENED, MARIA, OPENING), f"Maria Lopez started {THING} (RB-07 version 2)"),
    (own.run_event(own.RUN_OPENED, None, OPENING), f"{THING} was started (RB-07 version 2)"),
    (
        own.run_event(own.ROLE_FILLED, MARIA, RUN, extra={"role": "Clerk B", "real_person": "Tom Reed"}),
        f"Maria Lopez named Tom Reed as Clerk B in {THING}",
    ),
    (
        own.run_event(
            own.HANDED_OVER,
            MARIA,
            RUN,
            extra={"role": "Clerk B", "real_person": "Tom Reed", "before_person": "Ana Ruiz"},
            reason="Ana is ill",
        ),
        f"Maria Lopez handed the part of Clerk B in {THING} over from Ana Ruiz to Tom Reed: “Ana is ill”",
    ),
    (
        own.run_event(
            own.OUTSIDER_INVITED, MARIA, RUN, extra={"role": "Auditor", "real_person": "Ingrid Holm"}
        ),
        f"Maria Lopez invited Ingrid Holm from outside as Auditor to {THING}",
    ),
    (
        own.run_event(own.OUTSIDER_ENDED, MARIA, RUN, extra={"real_person": "Ingrid Holm"}),
        f"Maria Lopez ended the access of Ingrid Holm to {THING}",
    ),
    (own.run_event(own.OUTSIDER_CAME, MARIA, RUN), f"Maria Lopez opened {THING} by their link"),
    (
        own.run_event(own.OTHER_NOT_STARTED, None, RUN, step=STEP, extra={"what": "RB-09"}),
        f"RB-09 could not be started from step 3 (Call the supplier back) of {THING}, since it is not in force here",
    ),
    (
        own.run_event(own.FILE_ATTACHED, MARIA, RUN, step=STEP, attachments=[FILE]),
        f"Maria Lopez attached letter.pdf to step 3 (Call the supplier back) of {THING}",
    ),
    (
        own.run_event(own.FILE_WITHDRAWN, MARIA, RUN, step=STEP, extra={"file_name": "letter.pdf"}),
        f"Maria Lopez took letter.pdf back from step 3 (Call the supplier back) of {THING}",
    ),
    (
        own.run_event(own.STEP_DONE, MARIA, RUN, step=STEP),
        f"Maria Lopez did step 3 (Call the supplier back) of {THING}",
    ),
    (
        own.run_event(own.STEP_DONE, MARIA, RUN, step=STEP, extra={"choice": "No danger signs"}),
        f"Maria Lopez did step 3 (Call the supplier back) of {THING} and chose “No danger signs”",
    ),
    (
        own.run_event(own.STEP_DONE, MARIA, RUN, step=STEP, extra={"done_on": "2026-03-03"}),
        f"Maria Lopez did step 3 (Call the supplier back) of {THING}, which they say was done on 2026-03-03",
    ),
    (
        own.run_event(
            own.STEP_DONE, MARIA, RUN, step=STEP, extra={"done_on": "2026-03-03", "on_paper": True}
        ),
        f"Maria Lopez did step 3 (Call the supplier back) of {THING} on paper, which it says was on 2026-03-03",
    ),
    (
        own.run_event(own.STEP_DONE, MARIA, RUN, step=STEP, extra={"on_paper": True}),
        f"Maria Lopez did step 3 (Call the supplier back) of {THING} on paper",
    ),
    (
        own.run_event(own.STEP_SKIPPED, MARIA, RUN, step=STEP, reason="Nothing to hand over"),
        f"Maria Lopez skipped step 3 (Call the supplier back) of {THING}: “Nothing to hand over”",
    ),
    (
        own.run_event(own.STEP_OVERRIDDEN, MARIA, RUN, step=STEP, extra={"real_person": "Tom Reed"}),
        f"Maria Lopez overrode step 3 (Call the supplier back) of {THING} together with Tom Reed",
    ),
    (
        own.run_event(own.STEP_SENT_BACK, MARIA, RUN, step=STEP),
        f"Maria Lopez sent step 3 (Call the supplier back) of {THING} back",
    ),
    (
        own.run_event(own.STEP_NOT_CONCLUDED, MARIA, RUN, step=STEP),
        f"Maria Lopez could not conclude step 3 (Call the supplier back) of {THING}",
    ),
    (
        own.run_event(own.STEP_REFUSED, MARIA, RUN, step=STEP, denied=True),
        f"Maria Lopez tried to sign or do step 3 (Call the supplier back) of {THING} and was refused",
    ),
    (
        own.run_event(own.PIN_USED_UP, MARIA, RUN, denied=True),
        f"Maria Lopez gave a wrong PIN five times in {THING}, and it signs nothing any more",
    ),
    (
        own.run_event(own.REASON_GIVEN, MARIA, RUN, step=STEP),
        f"Maria Lopez said why step 3 (Call the supplier back) of {THING} goes on although a check did not pass",
    ),
    (
        own.run_event(
            own.CLOCK_STARTED, None, RUN, extra={"what": "Tell the regulator", "deadline": "2026-03-06"}
        ),
        f"The clock Tell the regulator of {THING} was started, until 2026-03-06",
    ),
    (
        own.run_event(own.CLOCK_STOPPED, MARIA, RUN, extra={"what": "One month"}),
        f"Maria Lopez stopped the clock One month of {THING}",
    ),
    (
        own.run_event(own.CLOCK_WENT_ON, MARIA, RUN, extra={"what": "One month", "deadline": "2026-03-06"}),
        f"Maria Lopez let the clock One month of {THING} go on, until 2026-03-06",
    ),
    (
        own.run_event(own.CLOCK_MET, MARIA, RUN, extra={"what": "One month"}),
        f"The clock One month of {THING} was met",
    ),
    (
        own.run_event(own.LATE_EXPLAINED, MARIA, RUN, extra={"what": "the run"}),
        f"Maria Lopez said why the run of {THING} is late",
    ),
    (own.run_event(own.RUN_PAUSED, MARIA, RUN), f"Maria Lopez paused {THING}"),
    (own.run_event(own.RUN_RESUMED, MARIA, RUN), f"Maria Lopez went on with {THING}"),
    (own.run_event(own.RUN_CLOSED, None, RUN), f"{THING} was finished"),
    (own.run_event(own.RUN_NOT_CONCLUDED, MARIA, RUN), f"Maria Lopez ended {THING} as not concluded"),
    (own.run_event(own.RUN_MISSED, None, RUN), f"{THING} was missed"),
    (own.run_event(own.RUN_WITHDRAWN, MARIA, RUN), f"Maria Lopez withdrew {THING}"),
]


@pytest.mark.parametrize(("event", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_an_act_in_a_run_is_lawful_and_reads(event: Event, sentence: str) -> None:
    assert check_event(event) == from_content(to_content(event))
    assert tell(event).text == sentence


def test_every_act_refers_to_the_entry_that_opened_the_run() -> None:
    for event, _ in SENTENCES:
        opening = event["action"]["said"] == own.RUN_OPENED
        assert event.get("refers_to") == (None if opening else {"entry": 41, "as": "run"})


def test_every_act_in_a_run_is_told_here() -> None:
    assert {event["action"]["said"] for event, _ in SENTENCES} == set(own.TELLERS)
