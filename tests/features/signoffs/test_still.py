"""Is what was signed still what is there? Each way to change it behind the pages is tried, and found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.features.signoffs.conftest import NOON, Put, bank_changes, told

Sign = Callable[..., Any]
Signers = Callable[[Any], Any]


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def answer(sign_off: Any) -> tuple[str, list[str]]:
    from indelible.features.signoffs.models import SignOff
    from indelible.features.signoffs.still import still_there

    still = still_there(SignOff.objects.get(pk=sign_off.pk))
    return still.verdict, [trouble.text for trouble in still.troubles]


def found(sign_off: Any) -> list[str]:
    verdict, texts = answer(sign_off)
    assert verdict == "does not match"
    return texts


@pytest.fixture
def signed(frozen: Any, chloe: Any, as_signer: Signers, sign: Sign) -> Any:
    """Chloe's signature over five rows, of which she decided about three."""
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.looking import look

    look(frozen, as_signer(chloe), NOON)
    decide(frozen, [0, 1], "fine", "Called both", as_signer(chloe), NOON, in_bulk=True)
    decide(frozen, [3], "ask", "Who?", as_signer(chloe), NOON)
    return sign(chloe, frozen)


@pytest.fixture
def of_lines(book: Any, chloe: Any, as_signer: Signers, sign: Sign) -> Any:
    """Chloe's signature over lines from elsewhere."""
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.freezing import freeze_lines

    lines = [{"account": f"user{n}", "right": "read"} for n in range(3)]
    frozen = freeze_lines(book, lines, chloe, NOON, title="Accounts", code={"from": "Xero"})
    decide(frozen, [1], "remove", "Left in May", as_signer(chloe), NOON)
    return sign(chloe, frozen)


def test_what_nobody_touched_is_still_there(signed: Any, of_lines: Any) -> None:
    from indelible.features.signoffs.still import still_there

    still = still_there(signed)
    assert (still.verdict, still.rows, still.troubles) == ("matches", 5, ())
    assert still.words == "What was signed is still what is there: all 5 rows are as they were."
    assert answer(of_lines) == ("matches", [])


def test_lists_without_rows_are_signed_and_checked_like_others(book: Any, chloe: Any, sign: Sign) -> None:
    from indelible.features.signoffs.freezing import freeze_indexes, freeze_lines
    from indelible.features.signoffs.still import still_there

    nothing = freeze_indexes(book, [], chloe, NOON, title="No changes")
    nobody = freeze_lines(book, [], chloe, NOON, title="No accounts", code={})
    still = still_there(sign(chloe, nothing, nobody))
    assert (still.verdict, still.rows) == ("matches", 0)
    assert still.words == "What was signed is still what is there."


def test_a_row_that_was_altered_or_removed_is_named(signed: Any, five: list[int]) -> None:
    sql(
        'UPDATE "entry" SET "content" = replace("content", %s, %s) WHERE "index" = %s',
        "Lopez",
        "Lopes",
        five[1],
    )
    sql('DELETE FROM "entry" WHERE "index" = %s', five[4])
    assert found(signed) == [
        f"Row 2 of “Changes of bank details” (entry {five[1] + 1}) is not what it was when it was signed.",
        f"Row 4 of “Changes of bank details” (entry {five[4] + 1}) is gone.",
    ]


def test_two_rows_that_changed_places_are_named(signed: Any, five: list[int]) -> None:
    sql('UPDATE "entry" SET "index" = -1 WHERE "index" = %s', five[0])
    sql('UPDATE "entry" SET "index" = %s WHERE "index" = %s', five[0], five[3])
    sql('UPDATE "entry" SET "index" = %s WHERE "index" = -1', five[3])
    assert [text[:5] for text in found(signed)] == ["Row 1", "Row 3"]


def test_a_time_that_was_moved_is_found_too(signed: Any, five: list[int]) -> None:
    sql('UPDATE "entry" SET "recorded_at" = %s WHERE "index" = %s', "2026-01-01T00:00:00.000000Z", five[0])
    assert len(found(signed)) == 1


def test_an_altered_row_is_named_though_the_tree_was_altered_with_it(
    signed: Any, five: list[int], book: Any
) -> None:
    """The leaf hashes kept with the list lead to the root that was signed; the tree's do not any more."""
    from indelible.ledger.hashing import leaf_hash
    from indelible.storage.database import reads
    from indelible.storage.database.models import Checkpoint

    before = leaf_hash(reads.leaf_data(reads.get_entry(book, five[1])))
    sql(
        'UPDATE "entry" SET "content" = replace("content", %s, %s) WHERE "index" = %s',
        "Lopez",
        "Lopes",
        five[1],
    )
    after = leaf_hash(reads.leaf_data(reads.get_entry(book, five[1])))
    for row in Checkpoint.objects.filter(logbook=book):
        changed = bytes(row.leaves).replace(before, after)
        sql('UPDATE "checkpoint" SET "leaves" = %s WHERE "size" = %s', changed, row.size)
    assert found(signed) == [
        f"The fingerprints of the log around entry {signed.entry + 1}, which seals this signature, were altered.",
        f"Row 2 of “Changes of bank details” (entry {five[1] + 1}) is not what it was when it was signed.",
    ]


def test_what_was_altered_before_it_was_signed_says_so(
    book: Any, five: list[int], chloe: Any, sign: Sign
) -> None:
    from indelible.features.signoffs.freezing import freeze_indexes

    sql(
        'UPDATE "entry" SET "content" = replace("content", %s, %s) WHERE "index" = %s',
        "Lopez",
        "Lopes",
        five[1],
    )
    made = sign(chloe, freeze_indexes(book, five, chloe, NOON, title="All"))
    assert found(made) == [
        f"Row 2 of “All” (entry {five[1] + 1}) did not fit its seal any more already when the list was made."
    ]


LIST_CHANGES = {
    "title": ('"title" = %s', ["Other"], "its title"),
    "code": ('"code" = %s', ['{"verbs": ["pay"]}'], "its question"),
    "how": ('"how" = %s', ["{}"], "how it was made"),
    "count": ('"count" = %s', [4], "how many rows it has"),
    "runs": ('"runs" = %s', ["[[1, 5]]"], "which rows it has"),
    "root": ('"root" = %s', [b"x" * 32], "its root"),
    "size": ('"size" = %s', [3], "the seal it rests on"),
    "sample": ('"sample" = %s', ['{"seed": "1"}'], "how it was drawn"),
    "kind": ('"kind" = %s', ["lines"], "what its rows are"),
    "leaves": ('"leaves" = %s', [b"x" * 160], "the fingerprints of its rows"),
}


def test_each_change_of_the_list_in_the_tables_is_found(signed: Any) -> None:
    from indelible.features.signoffs.models import FrozenList

    (frozen,) = signed.lists.all()
    for name, (change, values, word) in LIST_CHANGES.items():
        before = FrozenList.objects.values_list(name, flat=True).get(pk=frozen.pk)
        sql(f"UPDATE signoffs_frozenlist SET {change} WHERE id = %s", *values, frozen.pk)
        (text,) = found(signed)
        assert text == f"The tables say otherwise of the list “{frozen.title}” than was signed: {word}."
        FrozenList.objects.filter(pk=frozen.pk).update(**{name: before})
    assert answer(signed) == ("matches", [])


DECISION_CHANGES = (
    ('"choice" = %s', "ask"),
    ('"reason" = %s', "Asked them"),
    ('"in_bulk" = %s', False),
    ('"outsider" = %s, "by_id" = NULL', "outsider 9"),
    ('"at" = %s', "2026-02-03 11:00:00"),
    ('"signed_id" = NULLIF(%s, 0)', 0),
)


@pytest.mark.parametrize(("change", "value"), DECISION_CHANGES)
def test_each_change_of_a_decision_in_the_tables_is_found(signed: Any, change: str, value: Any) -> None:
    sql(f"UPDATE signoffs_decision SET {change} WHERE place = 1", value)
    assert found(signed) == [
        "The tables say another decision about row 2 of “Changes of bank details” than was signed."
    ]


def test_a_decision_that_is_gone_is_found_and_a_later_one_about_another_row_is_none(
    signed: Any, frozen: Any, chloe: Any, as_signer: Signers
) -> None:
    from indelible.features.signoffs.deciding import decide

    decide(frozen, [4], "fine", "", as_signer(chloe), NOON)
    assert answer(signed) == ("matches", [])
    sql("DELETE FROM signoffs_decision WHERE place = 3")
    assert found(signed) == ["The decision about row 4 of “Changes of bank details” is gone from the tables."]


SIGN_OFF_CHANGES = (
    ("subject = 'run 89 step look'", "what it is about"),
    ("title = 'Another'", "its title"),
    ("means = 'approved'", "what it means"),
    ("by_id = NULL, outsider = 'outsider 9'", "who signed"),
    ("by_name = 'Ana Ruiz'", "the signer's name"),
    ("at = '2026-03-02 11:00:00'", "when it was signed"),
    ("digest = 'abc'", "what was on the screen"),
)


@pytest.mark.parametrize(("change", "word"), SIGN_OFF_CHANGES)
def test_each_change_of_the_signature_in_the_tables_is_found(signed: Any, change: str, word: str) -> None:
    sql(f"UPDATE signoffs_signoff SET {change}")
    assert found(signed) == [f"The tables say otherwise of this signature than was signed: {word}."]


def test_what_was_on_the_screen_cannot_be_changed_afterwards(signed: Any) -> None:
    sql("UPDATE signoffs_signoff SET covers = %s", '{"step": "look", "values": {"seen": "all odd"}}')
    assert found(signed) == ["What the tables say was on the screen is not what was signed."]


def test_a_signature_cannot_be_moved_to_another_list_or_used_twice(
    signed: Any, of_lines: Any, book: Any, ana: Any
) -> None:
    from indelible.features.signoffs.models import SignOff

    (other,) = of_lines.lists.all()
    copy = SignOff.objects.get(pk=signed.pk)
    copy.pk = None
    copy.save()
    copy.lists.set(signed.lists.all())
    assert found(copy) == [f"Another signature in the tables names the same entry {signed.entry + 1}."]
    copy.lists.clear()
    copy.delete()
    signed.lists.set([other])
    assert found(signed) == ["The tables name other lists for this signature than were signed."]
    sql("UPDATE signoffs_signoff SET entry = %s WHERE id = %s", of_lines.entry, signed.pk)
    assert found(signed) == [
        "The tables say otherwise of this signature than was signed: what was on the screen.",
        f"Another signature in the tables names the same entry {of_lines.entry + 1}.",
    ]
    sql("UPDATE signoffs_signoff SET entry = 0 WHERE id = %s", signed.pk)
    assert found(signed) == ["Entry 1 is no signature."]


def test_the_entry_of_a_signature_cannot_be_rewritten_or_removed(signed: Any, of_lines: Any) -> None:
    sql(
        'UPDATE "entry" SET "content" = replace("content", %s, %s) WHERE "index" = %s',
        "fine",
        "fime",
        signed.entry,
    )
    assert found(signed) == [
        f"Entry {signed.entry + 1}, which seals this signature, does not fit its own seal."
    ]
    sql('DELETE FROM "entry" WHERE "index" = %s', of_lines.entry)
    assert found(of_lines) == [f"Entry {of_lines.entry + 1}, which seals this signature, is gone."]


LINE_CHANGES = {
    'UPDATE signoffs_frozenline SET data = \'{"account": "eve"}\' WHERE place = 1': "Row 2 of “Accounts” is not what it"
    " was when it was signed.",
    "DELETE FROM signoffs_frozenline WHERE place = 2": "Row 3 of “Accounts” is gone.",
    "UPDATE signoffs_frozenline SET place = 9 WHERE place = 2": "Row 3 of “Accounts” is gone.",
}


@pytest.mark.parametrize(("statement", "text"), LINE_CHANGES.items())
def test_each_change_of_a_line_is_named(of_lines: Any, statement: str, text: str) -> None:
    sql(statement)
    assert found(of_lines)[0] == text


def test_a_line_is_named_though_its_list_was_altered_to_fit_it(of_lines: Any) -> None:
    from indelible.features.signoffs.models import FrozenLine, FrozenList
    from indelible.features.signoffs.rows import line_leaf
    from indelible.ledger.tree import root_of_leaves

    (frozen,) = of_lines.lists.all()
    FrozenLine.objects.filter(frozen=frozen, place=1).update(data={"account": "eve"})
    leaves = [line_leaf(line.data) for line in frozen.lines.all()]
    FrozenList.objects.filter(pk=frozen.pk).update(leaves=b"".join(leaves), root=root_of_leaves(leaves))
    texts = found(of_lines)
    assert texts[0] == "Row 2 of “Accounts” is not what it was when it was signed."
    assert "its root, the fingerprints of its rows" in texts[1]


def test_an_attached_file_that_is_altered_or_gone_is_told_apart(of_lines: Any, book: Any) -> None:
    from indelible.storage.database import attachments
    from indelible.storage.database.reads import get_entry

    entry: Any = get_entry(book, of_lines.entry)
    path = attachments._path(entry.event["attachments"][0]["blob"])
    data = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(data.replace(b"user1", b"user9"))
    assert "the attached file is not the one that was sealed" in found(of_lines)[0]
    path.unlink()
    from indelible.features.signoffs.still import still_there

    still = still_there(of_lines)
    assert (still.verdict, still.rows) == ("could not be checked", 0)
    assert "the attached file is gone" in still.troubles[0].text


def test_what_was_erased_by_law_still_fits_and_what_was_just_taken_away_does_not(
    signed: Any, five: list[int], book: Any
) -> None:
    from indelible.events.own import own_event
    from indelible.features.signoffs.still import still_there
    from indelible.ledger.entries import erase_secret
    from indelible.storage.database import reads
    from indelible.storage.database.append import Draft, append

    by = reads.head(book).size
    erasure = own_event("entry_erased", "erase", None, extra={"erased": {str(five[0]): ["actor"]}})
    append(book, [Draft(erasure)])
    for index in (five[0], five[1]):
        entry = reads.get_entry(book, index)
        content, secret = erase_secret(entry.stored, entry.secret, ["actor"], by)
        sql('UPDATE "entry" SET "content" = %s, "secret" = %s WHERE "index" = %s', content, secret, index)
    assert found(signed) == [
        f"Row 2 of “Changes of bank details” (entry {five[1] + 1}) has lost details, and no entry says that they were"
        " erased."
    ]
    still = still_there(signed)
    assert still.erased == 1


def test_all_signatures_are_gone_through_by_record_and_tables(
    signed: Any, of_lines: Any, book: Any, chloe: Any, sign: Sign
) -> None:
    from indelible.features.signoffs.models import SignOff
    from indelible.features.signoffs.still import all_of

    third = sign(chloe)
    checked, after = all_of(book, limit=2)
    assert [each.entry for each in checked] == [signed.entry, of_lines.entry] and after == of_lines.entry
    checked, after = all_of(book, after, limit=2)
    assert [(each.entry, each.still.verdict) for each in checked] == [
        (third.entry, "matches")
    ] and after is None
    third.delete()
    forged = SignOff.objects.get(pk=signed.pk)
    forged.pk, forged.entry, forged.by_name = None, 1, "Ana Ruiz"
    forged.save()
    verdicts = {each.entry: (each.sign_off is None, each.still.verdict) for each in all_of(book)[0]}
    assert verdicts == {
        1: (False, "does not match"),
        signed.entry: (False, "matches"),
        of_lines.entry: (False, "matches"),
        third.entry: (True, "does not match"),
    }


def test_what_a_source_calls_a_signature_is_none(signed: Any, put: Put, book: Any) -> None:
    from indelible.features.signoffs.still import all_of
    from indelible.storage.database.reads import get_entry

    event: Any = dict(get_entry(book, signed.entry).event)
    del event["numbers"]
    (forged,) = put([event])
    sql("UPDATE signoffs_signoff SET entry = %s", forged)
    assert found(signed) == [f"Entry {forged + 1} is no signature."]
    assert [(each.entry, each.sign_off is None) for each in all_of(book)[0]] == [
        (signed.entry, True),
        (forged, False),
    ]


def test_a_list_longer_than_one_check_looks_at_is_said_to_be_unchecked(
    signed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.signoffs import still

    monkeypatch.setattr(still, "MOST_ROWS", 4)
    assert answer(signed) == (
        "could not be checked",
        ["“Changes of bank details” was not looked at: together there are more than 4 rows."],
    )


def test_five_thousand_rows_a_year_later_and_the_altered_one_is_named(
    book: Any, put: Put, chloe: Any, as_signer: Signers, sign: Sign
) -> None:
    """How long it takes is measured by `indelible bench`; here it is that none of 5,000 is overlooked."""
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.freezing import freeze_entries
    from indelible.features.signoffs.sealed import HEAD
    from indelible.language.world import NOWHERE
    from indelible.storage.database.reads import get_entry

    rows = put([told(thing=("supplier.bank_account", f"Supplier {n}")) for n in range(5_000)])
    frozen = freeze_entries(book, bank_changes(), NOWHERE, chloe, NOON, title="A year of changes")
    who = as_signer(chloe)
    decide(frozen, range(0, 5_000, 2), "fine", "Each was called", who, NOON)
    decide(frozen, range(1, 5_000, 2), "ask", "No call on file", who, NOON)
    made = sign(chloe, frozen)
    event: Any = get_entry(book, made.entry).event
    assert set(event["extra"]["signed_lists"][0]) <= set(HEAD), "so many decisions stand in the attached file"
    put([told("pay") for _each in range(300)])
    assert answer(made) == ("matches", [])
    sql(
        'UPDATE "entry" SET "content" = replace("content", %s, %s) WHERE "index" = %s',
        "Lopez",
        "Lopes",
        rows[4_321],
    )
    sql("UPDATE signoffs_decision SET choice = 'fine' WHERE place = 4999")
    assert found(made) == [
        f"Row 4,322 of “A year of changes” (entry {rows[4_321] + 1:,}) is not what it was when it was signed.",
        "The tables say another decision about row 5,000 of “A year of changes” than was signed.",
    ]
