"""Looking at a list, and deciding about its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.features.signoffs.conftest import NOON, Put, minutes, told

Signers = Callable[[Any], Any]


def refused(*arguments: Any, **more: Any) -> str:
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.errors import SignOffError

    with pytest.raises(SignOffError) as refusal:
        decide(*arguments, NOON, **more)
    return refusal.value.code


def test_time_is_counted_by_our_clock_and_long_pauses_are_cut(
    frozen: Any, chloe: Any, as_signer: Signers
) -> None:
    from indelible.features.signoffs.looking import look, look_of, seconds_at

    who = as_signer(chloe)
    assert look_of(frozen, who) is None and seconds_at(None, NOON) == 0
    look(frozen, who, NOON)
    look(frozen, who, NOON + minutes(2), opened=3)
    look(frozen, who, NOON + minutes(300), opened=[3, 0, 99, -1])
    found = look(frozen, who, NOON + minutes(299))
    assert (found.seconds, found.opened) == (120 + 600, [0, 3])
    assert seconds_at(found, NOON + minutes(301)) == 780


def test_an_outsider_has_one_look_of_their_own(frozen: Any) -> None:
    from indelible.features.signoffs.looking import look
    from indelible.features.signoffs.models import Look
    from indelible.features.signoffs.signers import Signer

    one = Signer(outsider_tag="outsider 7", name="Holm")
    other = Signer(outsider_tag="outsider 8", name="Lind")
    for who in (one, one, other):
        look(frozen, who, NOON)
    assert sorted(Look.objects.values_list("outsider", flat=True)) == ["outsider 7", "outsider 8"]
    for nobody in ({}, {"user": object(), "outsider_tag": "outsider 7"}):
        with pytest.raises(ValueError, match="a signer is"):
            Signer(**nobody)


def test_rows_are_decided_one_by_one_or_many_at_once_with_words(
    frozen: Any, chloe: Any, as_signer: Signers
) -> None:
    from indelible.features.signoffs.deciding import decide, undecide, undecided
    from indelible.features.signoffs.looking import look
    from indelible.features.signoffs.models import Decision

    who = as_signer(chloe)
    look(frozen, who, NOON)
    assert refused(frozen, [], "fine", "", who) == "decide-nothing"
    assert refused(frozen, [5], "fine", "", who) == "decide-no-row"
    assert refused(frozen, [1], "keep", "", who) == "decide-choice"
    assert refused(frozen, [1], "ask", "  ", who) == "decide-why"
    assert refused(frozen, [1, 2], "fine", "", who, in_bulk=True) == "decide-why"
    decide(frozen, [1], "ask", "Whose account is it?", who, NOON + minutes(1))
    decide(frozen, [0, 2, 3], "fine", "Called each of them", who, NOON + minutes(2), in_bulk=True)
    assert undecided(frozen) == [4]
    decide(frozen, [1], "fine", "", who, NOON + minutes(3))
    rows = {row.place: row for row in Decision.objects.filter(frozen=frozen)}
    assert (rows[1].choice, rows[1].reason, rows[1].in_bulk, rows[1].after_seconds) == (
        "fine",
        "",
        False,
        180,
    )
    assert rows[2].in_bulk and rows[2].by == chloe
    assert undecide(frozen, [2, 4]) == 1 and undecided(frozen) == [2, 4]


def test_more_than_twenty_at_once_are_in_bulk_whatever_is_said_and_a_list_may_forbid_it(
    book: Any, ana: Any, chloe: Any, as_signer: Signers
) -> None:
    from indelible.features.signoffs.freezing import freeze_lines

    lines = [{"account": f"user{n}"} for n in range(30)]
    who = as_signer(chloe)
    frozen = freeze_lines(book, lines, ana, NOON, title="Accounts", code={})
    assert refused(frozen, range(21), "keep", "", who) == "decide-why"
    strict = freeze_lines(book, lines, ana, NOON, title="Accounts", code={}, asks={"bulk": ["no"]})
    assert refused(strict, range(21), "keep", "All known", who) == "decide-one-by-one"


def test_nobody_decides_about_their_own_work_whatever_account_they_use(
    book: Any, put: Put, ana: Any, account: Callable[..., Any], as_signer: Signers
) -> None:
    from indelible.events.own import own_event
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.freezing import freeze_indexes
    from indelible.features.signoffs.independence import own_places
    from indelible.features.signoffs.signers import Signer
    from indelible.storage.database.append import Draft, append
    from indelible.web.acts import party_of

    second = account("A. Ruiz", "reviewer", "ana+audit@northwind.example")
    rows = put(
        [
            told(who="Ana Ruiz"),
            told(who="Maria Lopez"),
            told(who="Pay Bot", on_behalf_of={"email": "Ana@Northwind.example"}),
        ]
    )
    rows.append(append(book, [Draft(own_event("x", "view", party_of(ana)))]).recorded[0].index)
    frozen = freeze_indexes(book, rows, None, NOON, title="x")
    assert own_places(frozen, as_signer(ana)) == [0, 2, 3]
    assert own_places(frozen, as_signer(second)) == [0, 2, 3], "the same box of mail: the same person"
    assert own_places(frozen, Signer(outsider_tag="outsider 7", name="Maria Lopez")) == [1]
    assert refused(frozen, [1, 2], "fine", "", as_signer(ana)) == "decide-own-row"
    assert decide(frozen, [1], "fine", "", as_signer(ana), NOON) == 1


def test_nobody_decides_about_their_own_access(book: Any, ana: Any, as_signer: Signers) -> None:
    from indelible.features.signoffs.freezing import freeze_lines
    from indelible.features.signoffs.independence import own_places

    lines = [
        {"account": "ANA@northwind.example", "manager": "Ben Osei"},
        {"account": "ben", "manager": "Ana Ruiz"},
        {"account": "svc-ana", "holder": "Ana  Ruiz"},
    ]
    frozen = freeze_lines(book, lines, None, NOON, title="Accounts", code={})
    assert own_places(frozen, as_signer(ana)) == [0, 2]
    told_so = freeze_lines(book, lines, None, NOON, title="Accounts", code={"about": ["account", "manager"]})
    assert own_places(told_so, as_signer(ana)) == [0, 1] and own_places(told_so, as_signer(ana), [2]) == []
