"""Signing: one entry that holds exactly what was seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.features.signoffs.conftest import NOON, minutes

Signers = Callable[[Any], Any]
Sign = Callable[..., Any]


def entry_of(book: Any, sign_off: Any) -> dict[str, Any]:
    from indelible.storage.database.reads import get_entry

    event: dict[str, Any] = get_entry(book, sign_off.entry).event  # type: ignore[assignment]
    return event


def refused(sign: Sign, *arguments: Any, **more: Any) -> str:
    from indelible.features.signoffs.errors import SignOffError

    with pytest.raises(SignOffError) as refusal:
        sign(*arguments, **more)
    return refusal.value.code


def test_a_signature_is_one_entry_that_holds_all_that_was_seen(
    frozen: Any, book: Any, chloe: Any, as_signer: Signers, sign: Sign, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.signoffs import sealed
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.looking import look
    from indelible.ledger.strict import write_base64

    who = as_signer(chloe)
    look(frozen, who, NOON, opened=[1, 2])
    decide(frozen, [0, 1, 2, 4], "fine", "Called each", who, NOON + minutes(1), in_bulk=True)
    decide(frozen, [3], "ask", "Who is this?", who, NOON + minutes(2))
    book.refresh_from_db()
    size = book.size
    made = sign(chloe, frozen, at=NOON + minutes(4), more={"run": 88}, reason="As every month")
    book.refresh_from_db()
    assert (book.size, made.entry) == (size + 1, size)
    event = entry_of(book, made)
    extra = event["extra"]
    assert event["action"] == {"verb": "sign", "category": "decision", "said": "signed_off"}
    assert event["targets"] == [{"kind": "runbook.step", "id": made.subject, "name": made.title}]
    assert (extra["meaning"], extra["row_count"], extra["run"]) == ("checked", 5, 88)
    assert extra["root"] == write_base64(bytes(frozen.root)) and extra["snapshot_digest"] == made.digest
    (told,) = extra["signed_lists"]
    assert (told["runs"], told["code"], told["how"]) == (frozen.runs, frozen.code, frozen.how)
    assert told["looked"] == {"seconds": 240, "opened": 2}
    assert [(group["choice"], group["rows"]) for group in told["decided"]] == [
        ("fine", [[0, 2], [4, 4]]),
        ("ask", [[3, 3]]),
    ]
    assert told["decided"][1]["reason"] == "Who is this?" and told["decided"][0]["by"] == f"user {chloe.pk}"
    assert made.digest == sealed.screen_digest(made.subject, made.title, "checked", made.covers, [told])
    assert sentences()[-1] == (
        "Chloe Martin signed “Monthly log review, step 4” as checked, over 5 rows looked at for 4 minutes"
        " (1 ask and 4 fine): “As every month”"
    )


def test_what_was_signed_cannot_be_decided_anew(
    frozen: Any, chloe: Any, ben: Any, as_signer: Signers, sign: Sign
) -> None:
    from indelible.features.signoffs.deciding import decide, undecide
    from indelible.features.signoffs.errors import SignOffError

    decide(frozen, [0], "fine", "", as_signer(chloe), NOON)
    sign(chloe, frozen)
    with pytest.raises(SignOffError, match="decide-signed"):
        decide(frozen, [0], "ask", "On second thought", as_signer(ben), NOON)
    assert undecide(frozen, [0]) == 0
    assert decide(frozen, [1], "fine", "", as_signer(ben), NOON) == 1


def test_several_people_share_a_list_and_each_signs_what_they_decided(
    frozen: Any, book: Any, chloe: Any, ben: Any, as_signer: Signers, sign: Sign
) -> None:
    from indelible.features.signoffs.deciding import decide

    decide(frozen, [0], "fine", "", as_signer(chloe), NOON)
    decide(frozen, [1], "ask", "Why?", as_signer(ben), NOON)
    first = sign(chloe, frozen, only_theirs=True)
    assert entry_of(book, first)["extra"]["signed_lists"][0]["choices"] == {"fine": 1}
    assert decide(frozen, [1], "fine", "", as_signer(ben), NOON) == 1, "Ben has not signed"
    second = sign(ben, frozen, only_theirs=True)
    assert first.decisions.count() == second.decisions.count() == 1


def test_a_signature_over_another_state_than_was_shown_is_refused(
    frozen: Any, chloe: Any, as_signer: Signers, sign: Sign
) -> None:
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.models import SignOff
    from indelible.features.signoffs.signing import state_of

    decide(frozen, [0], "fine", "", as_signer(chloe), NOON)
    seen = state_of([frozen])
    decide(frozen, [0], "ask", "In the other tab", as_signer(chloe), NOON)
    assert refused(sign, chloe, frozen, seen=seen) == "sign-changed-meanwhile"
    assert refused(sign, chloe, frozen, means="blessed") == "sign-means"
    assert refused(sign, chloe, frozen, covers={"share": 0.5}) == "sign-unlawful"
    assert not SignOff.objects.exists()
    assert sign(chloe, frozen, seen=state_of([frozen])).lists.get() == frozen


def test_a_list_that_was_changed_behind_the_page_cannot_be_signed(
    frozen: Any, book: Any, chloe: Any, sign: Sign
) -> None:
    from indelible.features.signoffs.freezing import freeze_lines
    from indelible.features.signoffs.models import FrozenLine, FrozenList

    lines = freeze_lines(book, [{"account": "zoe"}], chloe, NOON, title="Accounts", code={})
    FrozenLine.objects.filter(frozen=lines).update(data={"account": "eve"})
    assert refused(sign, chloe, lines) == "sign-list-altered"
    rows = FrozenList.objects.filter(pk=frozen.pk)
    leaves = bytes(frozen.leaves)
    rows.update(leaves=leaves[32:64] + leaves[:32] + leaves[64:])
    assert refused(sign, chloe, frozen) == "sign-list-altered"


def test_long_lists_and_lines_stand_in_an_attached_file(book: Any, chloe: Any, sign: Sign) -> None:
    from indelible.features.signoffs.freezing import freeze_lines
    from indelible.features.signoffs.sealed import sealed_in
    from indelible.storage.database.attachments import open_attachment
    from indelible.storage.database.reads import get_entry

    lines = [{"account": f"user{n}", "right": "read"} for n in range(200)]
    frozen = freeze_lines(book, lines, chloe, NOON, title="Accounts of Xero", code={"from": "Xero"})
    made = sign(chloe, frozen)
    event = entry_of(book, made)
    (head,) = event["extra"]["signed_lists"]
    assert (head["count"], head["title"]) == (200, "Accounts of Xero") and "lines" not in head
    assert event["attachments"][0]["name"] == "what-was-signed.json"
    entry = get_entry(book, made.entry)
    with open_attachment(entry, 0) as file:
        kept = json.load(file)
    assert kept["format"] == 1 and kept["lists"][0]["lines"] == lines
    assert sealed_in(entry) == kept["lists"]


def test_nothing_stays_where_the_act_around_it_fails(frozen: Any, book: Any, chloe: Any, sign: Sign) -> None:
    from django.db import transaction

    from indelible.features.signoffs.models import SignOff

    book.refresh_from_db()
    size = book.size
    with pytest.raises(RuntimeError, match="the power went"), transaction.atomic():
        sign(chloe, frozen)
        raise RuntimeError("the power went")
    book.refresh_from_db()
    assert book.size == size and not SignOff.objects.exists()


def test_an_outsider_signs_under_their_own_name(
    frozen: Any, book: Any, sign: Sign, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.signoffs.signers import Signer

    party = {"id": "outsider 7", "name": "Holm and Partners", "kind": "person"}
    who = Signer(outsider_tag="outsider 7", name="Holm and Partners", party=party)
    made = sign(who, means="witnessed", title="Review " * 60)
    assert len(made.title) == 300 and entry_of(book, made)["targets"][0]["name"] == made.title
    made = sign(who, means="witnessed")
    assert (made.by, made.outsider, made.by_name) == (None, "outsider 7", "Holm and Partners")
    assert sentences()[-1] == "Holm and Partners signed “Monthly log review, step 4” as witnessed"
