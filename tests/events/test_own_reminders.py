"""What is told of time in runbooks: lawful, and read as sentences."""

from __future__ import annotations

import pytest

from indelible.events import own_reminders as own
from indelible.events.event import Event, check_event, from_content, to_content
from indelible.events.own_runbooks import OfRun, OfStep
from indelible.events.sentence import tell

RUN = OfRun(88, "Month-end close, May 2025", 41, "RB-23", 2)
STEP = OfStep("balances", 4, "Bank balances agree")
THING = "“Month-end close, May 2025”"
DUE = "2025-06-12T16:00:00Z"

SENTENCES = [
    (
        own.escalated(RUN, STEP, DUE, ["Maria Lopez", "Tom Reed"], 1),
        f"{THING} is overdue at step 4 (Bank balances agree) since 2025-06-12 16:00 UTC, "
        "as was told to Maria Lopez, Tom Reed",
    ),
    (
        own.escalated(RUN, STEP, DUE, [], 2),
        f"{THING} is overdue at step 4 (Bank balances agree) since 2025-06-12 16:00 UTC, "
        "with nobody to be told",
    ),
    (
        own.escalated(RUN, None, DUE, ["Maria Lopez"], 1),
        f"{THING} is overdue since 2025-06-12 16:00 UTC, as was told to Maria Lopez",
    ),
    (
        own.clock_ran_out(RUN, "Tell the regulator", "GDPR 33(1)", DUE),
        f"The clock Tell the regulator of {THING} ran out at 2025-06-12 16:00 UTC",
    ),
    (own.opened_late(RUN, DUE), f"{THING} was to begin at 2025-06-12 16:00 UTC and was started late"),
    (
        own.starts_counted(RUN, 312, [9, 7]),
        f"312 more within an hour would have started what {THING} is about, and are counted there",
    ),
    (
        own.starts_counted(RUN, 1, [7]),
        f"1 more within an hour would have started what {THING} is about, and is counted there",
    ),
    (
        own.not_opened("RB-23", "Month-end close", "Nobody may be both.", due=DUE),
        "“Month-end close” could not be started: Nobody may be both.",
    ),
    (
        own.calendar_address({"id": "3", "name": "Maria Lopez", "kind": "person"}, made=True),
        "Maria Lopez made a secret address at which a calendar reads what is due to them",
    ),
    (
        own.calendar_address({"id": "3", "name": "Maria Lopez", "kind": "person"}, made=False),
        "Maria Lopez ended the address at which a calendar read what is due to them",
    ),
]


@pytest.mark.parametrize(("event", "sentence"), SENTENCES)
def test_each_is_lawful_survives_the_record_and_reads_well(event: Event, sentence: str) -> None:
    check_event(event)
    read = from_content(to_content(event))
    assert tell(read).text == sentence
