"""What is worth knowing of a review, in plain sentences with their figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.features.signoffs.conftest import NOON, Put, minutes, told

Sign = Callable[..., Any]
Signers = Callable[[Any], Any]


def review(**more: Any) -> Any:
    from indelible.features.signoffs.signals import Review

    return Review(**{"name": "Ana", "title": "Changes", "rows": 212, "seconds": 2_000, "opened": 3, **more})


def codes(found: Any) -> list[str]:
    return [signal.code for signal in found]


def test_a_careful_review_gives_no_signal() -> None:
    from indelible.features.signoffs.signals import signals_in

    good = review(choices={"fine": 210, "ask": 2}, reasons=frozenset({"Asked Ben"}), first_at=NOON)
    assert signals_in(good, review(reasons=frozenset({"Asked Tom"}))) == []
    assert signals_in(review(rows=0, seconds=None)) == [], "an empty list asks nothing of anybody"


def test_each_signal_is_a_sentence_with_its_figures() -> None:
    from indelible.features.signoffs.signals import signals_in

    quick = review(
        seconds=160,
        opened=0,
        choices={"fine": 212},
        in_bulk=212,
        reasons=frozenset({"All known"}),
        first_at=NOON,
        signed_at=NOON + minutes(0.2),
    )
    found = signals_in(quick, review(reasons=frozenset({"All known"})))
    assert [str(signal) for signal in found] == [
        "Ana had 212 rows open for 2 minutes: 0.7 seconds a row. Reading one takes about 4 seconds.",
        "Ana opened none of the 212 rows.",
        "Ana signed 12 seconds after the list was first shown to them.",
        "Ana decided all 212 rows alike: fine.",
        "212 of 212 decisions of Ana were made together with others in one press.",
        "Ana gave a reason that is word for word that of the time before: “All known”",
    ]
    assert codes(found) == ["fast", "none_opened", "at_once", "all_same", "in_bulk", "same_text"]
    unseen = review(seconds=None, signed_at=NOON)
    assert codes(signals_in(unseen)) == ["not_shown"] and signals_in(review(seconds=None)) == []


def test_of_few_rows_pace_and_sameness_say_nothing() -> None:
    from indelible.features.signoffs.signals import signals_in

    assert signals_in(review(rows=4, seconds=2, choices={"fine": 4})) == []


def test_a_persons_last_reviews_are_seen_together() -> None:
    from indelible.features.signoffs.signals import signals_over

    each = review(rows=100, seconds=80, opened=0, choices={"fine": 100}, reasons=frozenset({"All known"}))
    found = signals_over([each] * 6, [NOON, NOON + minutes(0.1), NOON + minutes(60)], 24, sent_back=False)
    assert [signal.words for signal in found] == [
        "In their last 6 reviews they had 600 rows open for 8 minutes: 0.8 seconds a row.",
        "In their last 6 reviews every decision was the same: fine.",
        "In 6 of their last 6 reviews they gave the same reason: “All known”",
        "In their last 6 reviews they opened none of 600 rows.",
        "1 of their last 3 signatures was less than 20 seconds after the one before.",
        "They signed 24 times as a second person, and never sent anything back.",
    ]
    assert signals_over([each] * 4, [NOON], 24, sent_back=True) == []


def test_signals_come_from_what_was_sealed_not_from_what_the_tables_say_since(
    book: Any, put: Put, chloe: Any, as_signer: Signers, sign: Sign
) -> None:
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.freezing import freeze_indexes
    from indelible.features.signoffs.looking import look
    from indelible.features.signoffs.models import Look
    from indelible.features.signoffs.signals import signals_of

    rows = put([told() for _each in range(6)])
    who = as_signer(chloe)
    lists = [freeze_indexes(book, rows, chloe, NOON, title="Changes") for _each in range(2)]
    for frozen in lists:
        look(frozen, who, NOON)
        decide(frozen, range(6), "fine", "All known", who, NOON, in_bulk=True)
        sign(chloe, frozen, at=NOON + minutes(0.2))
    Look.objects.update(seconds=5_000, opened=[1, 2])
    assert codes(signals_of(lists[0])) == ["fast", "none_opened", "at_once", "all_same", "in_bulk"]
    assert codes(signals_of(lists[1:])) == [
        "fast",
        "none_opened",
        "at_once",
        "all_same",
        "in_bulk",
        "same_text",
    ]
    assert str(signals_of(lists[0])[0]).startswith(
        "Chloe Martin had 6 rows open for 12 seconds: 2.0 seconds a row."
    )


def test_a_review_under_way_is_seen_by_what_was_done_so_far(
    frozen: Any, chloe: Any, ben: Any, as_signer: Signers
) -> None:
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.looking import look
    from indelible.features.signoffs.signals import signals_of

    assert signals_of(frozen) == []
    look(frozen, as_signer(chloe), NOON)
    look(frozen, as_signer(chloe), NOON + minutes(3), opened=2)
    assert signals_of(frozen) == []
    decide(frozen, range(5), "fine", "", as_signer(ben), NOON)
    assert [signal.words for signal in signals_of(frozen)] == ["Ben Osei decided all 5 rows alike: fine."]


def test_a_second_person_who_never_sent_anything_back(
    book: Any, put: Put, chloe: Any, as_signer: Signers, sign: Sign
) -> None:
    from indelible.events.own import own_event
    from indelible.features.signoffs.freezing import freeze_indexes
    from indelible.features.signoffs.looking import look
    from indelible.features.signoffs.signals import signals_across
    from indelible.storage.database.append import Draft, append
    from indelible.web.acts import party_of

    rows = put([told() for _each in range(10)])
    for day in range(5):
        frozen = freeze_indexes(book, rows, None, NOON, title="Changes")
        look(frozen, as_signer(chloe), NOON + minutes(1_440 * day))
        sign(chloe, frozen, at=NOON + minutes(1_440 * day + 0.5), means="approved")
    assert codes(signals_across(book, chloe)) == ["fast", "none_opened", "never_refused"]
    append(book, [Draft(own_event("step_sent_back", "reject", party_of(chloe)))])
    assert codes(signals_across(book, chloe)) == ["fast", "none_opened"]
