"""How entries about promises that are not kept read."""

from __future__ import annotations

from indelible.events import own_coverage
from indelible.events.event import check_event
from indelible.events.sentence import tell

RULE = ("3.2", "Record when someone changes an invoice.")
OTHERS = [RULE, ("7.1", "Record when someone pays anything."), ("12.1", "Record when someone signs in.")]


def test_each_says_what_was_promised_and_what_came_of_it() -> None:
    events = [
        own_coverage.rule_silent([RULE], "2026-03-02T09:00:00Z", expected_by="2026-03-03T09:00:00Z"),
        own_coverage.rule_silent(OTHERS, None, expected_by="2026-03-03T09:00:00Z"),
        own_coverage.rule_broken([RULE], "Xero: number 5,512 never came", [{"code": "hole"}]),
        own_coverage.rule_kept_again([RULE], "silent", "2026-03-02T09:00:00Z", "2026-03-05T10:00:00Z", 41),
        own_coverage.rule_kept_again(OTHERS[:2], "broken", "2026-03-02T09:00:00Z", "2026-03-05T10:00:00Z"),
    ]
    for event in events:
        check_event(event)
    assert [tell(event).text for event in events] == [
        "Nothing came under rule 3, “Record when someone changes an invoice.” by 2026-03-03 09:00 UTC, when it was"
        " expected; the last came at 2026-03-02 09:00 UTC",
        "Nothing ever came under the rules 3, 7 and 12; it was expected by 2026-03-03 09:00 UTC",
        "What is promised by rule 3, “Record when someone changes an invoice.” is not kept: Xero: number 5,512 never"
        " came",
        "Nothing came under rule 3, “Record when someone changes an invoice.” from 2026-03-02 09:00 UTC to"
        " 2026-03-05 10:00 UTC; now it comes again",
        "What is promised by the rules 3 and 7 is kept again; it was not from 2026-03-02 09:00 UTC to 2026-03-05"
        " 10:00 UTC",
    ]
