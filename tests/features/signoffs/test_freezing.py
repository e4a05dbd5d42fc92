"""Lists frozen as they were shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.features.signoffs.conftest import NOON, Put, bank_changes, minutes, told


def test_a_list_keeps_the_rows_their_root_and_how_it_was_made(
    frozen: Any, book: Any, five: list[int]
) -> None:
    from indelible.features.record.asking import sentence_of
    from indelible.ledger.hashing import leaf_hash
    from indelible.ledger.strict import write_base64
    from indelible.ledger.tree import root_of_leaves
    from indelible.storage.database import reads

    rows = [five[0], five[1], *five[3:]]
    assert frozen.runs == [[rows[0], rows[1]], [rows[2], rows[4]]]
    leaves = [leaf_hash(data) for _index, data in reads.leaves_of(book, rows[0], rows[-1] + 1)]
    del leaves[2]
    assert (frozen.count, bytes(frozen.root)) == (5, root_of_leaves(leaves))
    how = frozen.how
    assert how["query"]["words"] == sentence_of(bank_changes())
    assert (how["first"], how["last"], how["by"]) == (rows[0], rows[-1], "Chloe Martin")
    assert how["seal"] == {
        "size": reads.head(book).size,
        "root": write_base64(reads.head(book).root),
        "at": reads.get_checkpoint(book).made_at,
    }
    assert (
        how["software"].startswith("indelible ")
        and how["zone"] == "UTC"
        and how["totals"]["kinds"] == {"person": 5}
    )
    assert frozen.code == {"verbs": ["change"], "things": ["supplier.bank_account"]}


def test_a_period_is_one_of_recording_and_nothing_at_its_edges_is_lost(book: Any, put: Put, ana: Any) -> None:
    from indelible.events.instants import to_datetime
    from indelible.features.signoffs.freezing import freeze_entries
    from indelible.language.world import NOWHERE
    from indelible.storage.database import reads

    made = [put([told()])[0] for _each in range(4)]
    moments = [to_datetime(reads.get_entry(book, index).recorded_at) for index in made]

    def rows(*period: Any) -> list[list[int]]:
        found = freeze_entries(book, bank_changes(), NOWHERE, ana, NOON, title="x", period=period)
        runs: list[list[int]] = found.runs
        return runs

    assert rows(moments[1], moments[3]) == [[made[1], made[2]]]
    assert rows(None, moments[1]) + rows(moments[1], None) == [[made[0], made[0]], [made[1], made[3]]]
    assert rows(moments[2], moments[1]) == []


def test_a_list_that_is_too_long_is_refused_and_never_cut(book: Any, five: list[int], ana: Any) -> None:
    from indelible.features.signoffs.errors import SignOffError
    from indelible.features.signoffs.freezing import freeze_entries, freeze_indexes, freeze_lines
    from indelible.features.signoffs.models import FrozenList
    from indelible.language.world import NOWHERE

    for freeze in (
        lambda: freeze_entries(book, bank_changes(), NOWHERE, ana, NOON, title="x", limit=4),
        lambda: freeze_indexes(book, five, ana, NOON, title="x", limit=4),
        lambda: freeze_lines(
            book, [{"account": str(n)} for n in range(5)], ana, NOON, title="x", code={}, limit=4
        ),
    ):
        with pytest.raises(SignOffError) as refusal:
            freeze()
        assert refusal.value.code == "list-too-long" and refusal.value.facts["most"] == "4"
    assert not FrozenList.objects.exists()
    with pytest.raises(SignOffError, match="list-beyond-seal"):
        freeze_indexes(book, [10_000], ana, NOON, title="x")


def test_what_is_altered_by_then_stays_in_the_list_and_is_marked(
    book: Any, five: list[int], ana: Any
) -> None:
    from django.db import connection

    from indelible.features.signoffs.freezing import freeze_indexes

    before = freeze_indexes(book, five, ana, NOON, title="x")
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE "entry" SET "content" = replace("content", %s, %s) WHERE "index" = %s',
            ["Maria Lopez", "Maria Lopes", five[1]],
        )
        cursor.execute('DELETE FROM "entry" WHERE "index" = %s', [five[3]])
    after = freeze_indexes(book, five, ana, NOON, title="x")
    assert bytes(after.root) == bytes(before.root), "the root is over what was sealed"
    assert after.how["altered"] == [five[1], five[3]] and "altered" not in before.how


def test_lines_from_elsewhere_are_frozen_in_their_order(book: Any, ana: Any) -> None:
    from indelible.features.signoffs.errors import SignOffError
    from indelible.features.signoffs.freezing import freeze_lines
    from indelible.ledger.hashing import leaf_hash
    from indelible.ledger.tree import root_of_leaves

    lines = [{"account": "zoe", "right": "admin"}, {"account": "åsa", "right": "read"}]
    frozen = freeze_lines(
        book, lines, ana, NOON, title="Accounts", code={"from": "Xero"}, how={"taken": "today"}
    )
    written = ['{"account":"zoe","right":"admin"}', '{"account":"åsa","right":"read"}']
    assert bytes(frozen.root) == root_of_leaves([leaf_hash(text.encode()) for text in written])
    page = (Path(__file__).parents[3] / "docs/formats/sign-off.md").read_text(encoding="utf-8")
    assert (
        "\n".join([*written, *(leaf_hash(text.encode()).hex() for text in written), frozen.root.hex()])
        in page
    )
    assert [line.data for line in frozen.lines.all()] == lines and frozen.how["taken"] == "today"
    for bad in ({"amount": 1.5}, {"x": "a" * 20_000}, {"x": "a\0"}):
        with pytest.raises(SignOffError, match="list-line-unlawful"):
            freeze_lines(book, [bad], ana, NOON, title="Accounts", code={})


def test_gaps_within_the_range_and_totals_are_part_of_how_it_was_made(book: Any, put: Put, ana: Any) -> None:
    from datetime import UTC, datetime

    from indelible.features.signoffs.freezing import freeze_indexes
    from indelible.features.sources.models import Gap, Source

    now = datetime.now(UTC)
    source = Source.objects.create(logbook=book, name="Payroll", system="payroll")
    facts = {"source": source, "kind": "silent", "noticed_at": now}
    Gap.objects.create(began_at=now - minutes(90), ended_at=now + minutes(5), explanation="Holiday", **facts)
    Gap.objects.create(began_at=now - minutes(200), ended_at=now - minutes(120), **facts)
    rows = put(
        [told("pay", extra={"amount": "10.50", "currency": "EUR"}), told("pay", extra={"amount": "0.70"})]
    )
    how = freeze_indexes(book, rows, ana, NOON, title="x").how
    assert [(gap["source"], gap["explained"]) for gap in how["gaps"]] == [("Payroll", "Holiday")]
    assert how["totals"]["sums"] == {"": "0.70", "EUR": "10.50"} and how["totals"]["with_amount"] == 2


def test_what_was_frozen_is_never_saved_again(frozen: Any, book: Any, ana: Any) -> None:
    from indelible.features.signoffs.freezing import freeze_lines

    lines = freeze_lines(book, [{"account": "zoe"}], ana, NOON, title="Accounts", code={})
    for row in (frozen, lines, lines.lines.get()):
        with pytest.raises(TypeError, match="never changed"):
            row.save()


def test_a_list_that_takes_long_is_refused_rather_than_cut(
    book: Any, five: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.signoffs import freezing
    from indelible.features.signoffs.errors import SignOffError
    from indelible.language.world import NOWHERE

    monkeypatch.setattr(freezing, "_WINDOW", 2)
    moments = iter(range(0, 100, 9))

    def places(clock: Any) -> list[int]:
        size = five[-1] + 1
        return freezing.places_of(book, bank_changes(), NOWHERE, NOON, size, None, 10, clock)

    assert places(lambda: 0.0) == [index for index in five if index != five[2]]
    with pytest.raises(SignOffError, match="list-takes-long"):
        places(lambda: next(moments))
