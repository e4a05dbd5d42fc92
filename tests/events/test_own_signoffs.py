"""Signatures and samples: lawful, and read as sentences."""

from __future__ import annotations

from typing import Any

import pytest

from indelible.events import own_signoffs as own
from indelible.events.event import Event, check_event, from_content, to_content
from indelible.events.sentence import tell

CHLOE = {"id": "4", "name": "Chloe Martin", "email": "chloe@northwind.example", "kind": "person"}
DIGEST = "ab" * 32


def seen(count: int = 212, seconds: int | None = 840, **choices: int) -> dict[str, Any]:
    found: dict[str, Any] = {"title": "Changes", "count": count, "root": "c2VhbA=="}
    if seconds is not None:
        found["looked"] = {"seconds": seconds, "opened": 0}
    return {**found, "choices": choices} if choices else found


def signed(*lists: dict[str, Any], means: str = "checked", **more: Any) -> Event:
    return own.signed_off(CHLOE, "run 88 step look", "May close, step 4", means, DIGEST, lists, **more)  # type: ignore[arg-type]


BEGINS = "Chloe Martin signed “May close, step 4” as"
SAMPLE = {"seed": "x", "size": 25, "of": 1204, "population_root": "c2VhbA==", "method": "m"}
SENTENCES = [
    (signed(means="approved"), f"{BEGINS} approved"),
    (signed(means="requested"), f"{BEGINS} requested"),
    (signed(means="prepared"), f"{BEGINS} prepared"),
    (signed(means="witnessed"), f"{BEGINS} witnessed"),
    (signed(means="acknowledged"), f"{BEGINS} acknowledged"),
    (signed(means="blessed"), "Chloe Martin signed “May close, step 4”"),
    (
        signed(seen(), reason="As always"),
        f"{BEGINS} checked, over 212 rows looked at for 14 minutes: “As always”",
    ),
    (signed(seen(seconds=119)), f"{BEGINS} checked, over 212 rows looked at for 119 seconds"),
    (signed(seen(1, 1)), f"{BEGINS} checked, over 1 row looked at for 1 second"),
    (signed(seen(1, None)), f"{BEGINS} checked, over 1 row that was not looked at here"),
    (signed(seen(0, None)), f"{BEGINS} checked, over a list without a row"),
    (signed(seen(0, 5)), f"{BEGINS} checked, over a list without a row"),
    (signed(seen(seconds=0)), f"{BEGINS} checked, over 212 rows looked at for 0 seconds"),
    (signed(seen(seconds=None)), f"{BEGINS} checked, over 212 rows that were not looked at here"),
    (
        signed(seen(5, 300, keep=3, remove=2), seen(1_000, 60, keep=1_000)),
        f"{BEGINS} checked, over 1,005 rows looked at for 6 minutes (1,003 keep and 2 remove)",
    ),
    (
        own.sample_drawn(CHLOE, "Payments", SAMPLE, "c2VhbA==", {"verbs": ["pay"]}),  # type: ignore[arg-type]
        "Chloe Martin drew 25 of 1,204 rows by chance: “Payments”",
    ),
    (
        own.sample_drawn(None, "Payments", {**SAMPLE, "size": 1}, "c2VhbA=="),
        "Indelible drew 1 of 1,204 rows by chance: “Payments”",
    ),
]


@pytest.mark.parametrize(("event", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_an_act_is_lawful_and_reads(event: Event, sentence: str) -> None:
    assert check_event(event) == from_content(to_content(event))
    assert tell(event).text == sentence


@pytest.mark.parametrize("lists", ["none", [3], [{"count": "x", "looked": 3, "choices": {"a": "b"}}]])
def test_a_signature_that_was_altered_still_reads(lists: Any) -> None:
    event: Any = signed(seen())
    event["extra"]["signed_lists"] = lists
    assert tell(event).text.startswith("Chloe Martin signed “May close, step 4” as checked")


def test_facts_that_the_word_list_knows_can_be_searched_and_withheld_one_by_one() -> None:
    content = to_content(signed(seen(), refers_to={"entry": 41, "as": "run"}, more={"run": 88}))
    assert content["extra/meaning"] == "checked" and content["extra/row_count"] == 212
    assert content["extra/root"] == "c2VhbA==" and content["extra/snapshot_digest"] == DIGEST
    assert content["refers_to"] == {"entry": 41, "as": "run"} and content["extra"]["run"] == 88  # type: ignore[index,call-overload]
