"""The owner rewrites history with every key on the server. Each thing that left the building is enough to tell.

Each test begins with the premise: without anything outside, the rewritten record checks as untouched. If that ever
failed, the test would prove nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indelible.features.seals.copies import holders_of, shown_by_witnesses
from indelible.features.seals.given_copies import read_copy
from indelible.features.seals.models import Authority, Witness
from indelible.features.seals.outside.courier import send_newest
from indelible.ledger.words import compare_words, seal_words
from indelible.storage.database import after_commit, outside, reads
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking import Report, check
from indelible.storage.database.publish import publish
from tests.faults import owner
from tests.services.authority import running_authority
from tests.services.witness import RunningWitness, running_witness
from tests.storage.checking.altering import event

CHANGED = 299


def looked_at(book: Any, **options: Any) -> Report:
    """Check as the pages do: with the keys of everybody who was set up."""
    return check(book, workers=1, holders=holders_of(book), **options)


def accused(report: Report) -> list[tuple[str, int, int | None]]:
    """Return kind, question and first entry of what the report accuses."""
    return [(one.kind, one.question, one.first_entry) for one in report.findings if one.accuses]


def grow(book: Any, entries: int = 20) -> None:
    """Record some more, as life goes on after a seal has left."""
    append(book, [Draft(event(number)) for number in range(entries)])
    after_commit.flush()
    book.refresh_from_db()


@pytest.fixture
def witness(book: Any, tmp_path: Path) -> Any:
    """A witness in a process of its own, set up here as "Holm and Partners"."""
    with running_witness(tmp_path / "witness", logs=[book.public_key]) as running:
        Witness.objects.create(logbook=book, name="Holm and Partners", key=running.key, url=running.url)
        yield running


def test_nothing_on_the_machine_tells_of_a_rewrite_by_its_owner(book: Any) -> None:
    owner.rewrite(book, CHANGED)
    report = looked_at(book)
    assert report.intact is True
    assert "Nobody outside holds a copy yet." in report.questions[2].message


def test_a_witness_in_another_process_tells(book: Any, witness: RunningWitness) -> None:
    assert send_newest(book).took == ["Holm and Partners"]
    sealed = book.size
    grow(book)
    owner.rewrite(book, CHANGED)
    owner.forget_outsiders(book)
    assert looked_at(book).intact is True  # the premise: what lies here fits
    report = looked_at(book, copies=shown_by_witnesses(book))
    assert accused(report) == [("rewritten", 3, 0)]
    assert f"the witness Holm and Partners holds a different seal {sealed:,}" in report.findings[0].message
    assert [question.verdict for question in report.questions].count("does not match") == 1


def test_what_the_log_remembers_of_a_witness_cannot_be_made_to_fit(
    book: Any, witness: RunningWitness
) -> None:
    send_newest(book)
    first = book.size
    grow(book)
    send_newest(book)
    grow(book)
    owner.rewrite(book, first + 3)
    witness.stop()
    report = looked_at(book)
    # The first seal that left still fits, so up to there others vouch for the record.
    assert accused(report) == [("rewritten", 3, first)]
    assert report.trusted_through == first
    # And a row with the new root is one that no witness signed.
    note = reads.get_checkpoint(book, first + 20).note
    owner.connection.cursor().execute(
        "UPDATE holding SET note = %s, root = %s WHERE size = %s",
        [note, bytes(reads.get_checkpoint(book, first + 20).root), first + 20],
    )
    assert accused(looked_at(book)) == [("copy_differs", 3, None)]


def test_a_witness_that_does_not_answer_is_neither_tampering_nor_success(
    book: Any, witness: RunningWitness
) -> None:
    send_newest(book)
    witness.stop()
    report = looked_at(book, copies=shown_by_witnesses(book))
    assert report.intact is None
    assert report.questions[2].verdict == "could not be checked"
    assert accused(report) == []


def test_a_witness_that_whoever_checks_insists_on_is_missed(book: Any, witness: RunningWitness) -> None:
    send_newest(book)
    Witness.objects.all().delete()
    owner.forget_outsiders(book)
    owner.rewrite(book, CHANGED)
    report = looked_at(book, copies=shown_by_witnesses(book, [witness.key]))
    assert report.intact is None
    assert "is not set up here" in report.findings[0].message


def test_a_mailed_receipt_tells(book: Any, tmp_path: Path) -> None:
    receipt = tmp_path / "seal.txt"
    receipt.write_text(outside.cosigned(book, reads.get_checkpoint(book).note, book.size))
    grow(book)
    assert looked_at(book, copies=[read_copy(receipt)]).intact is True
    owner.rewrite(book, CHANGED)
    assert looked_at(book).intact is True
    assert accused(looked_at(book, copies=[read_copy(receipt)])) == [("rewritten", 3, 0)]


def test_a_receipt_of_an_entry_tells_and_names_it(book: Any, tmp_path: Path) -> None:
    receipt = tmp_path / "entry.tlog-proof"
    receipt.write_text(reads.prove(book, CHANGED).text)
    owner.rewrite(book, CHANGED)
    assert accused(looked_at(book, copies=[read_copy(receipt)])) == [("rewritten", 3, CHANGED)]


def test_a_published_copy_tells_and_names_the_first_entry_that_differs(book: Any, tmp_path: Path) -> None:
    publish(book, tmp_path / "log")
    grow(book)
    assert looked_at(book, copies=[read_copy(tmp_path / "log")]).intact is True
    owner.change(book, CHANGED + 50)
    owner.rewrite(book, CHANGED)
    report = looked_at(book, copies=[read_copy(tmp_path / "log")])
    assert accused(report) == [("rewritten", 3, CHANGED)]
    assert f"The first entry that differs is entry {CHANGED + 1}" in report.findings[0].message
    assert report.trusted_through == CHANGED


def test_an_outside_time_stamp_tells(book: Any, tmp_path: Path) -> None:
    with running_authority(tmp_path / "authority") as authority:
        Authority.objects.create(logbook=book, name="Stamps", url=authority.url, roots=authority.root_pem)
        assert send_newest(book, witnesses=False, stamps=True).took == ["Stamps"]
    sealed = book.size
    book.refresh_from_db()
    grow(book)
    assert looked_at(book).intact is True
    owner.rewrite(book, CHANGED)
    report = looked_at(book)
    assert accused(report) == [("rewritten", 3, 0)]
    assert f"the outside time stamp of Stamps holds a different seal {sealed:,}" in report.findings[0].message
    # A stamp cannot be moved to the new history either.
    new = reads.get_checkpoint(book, sealed)
    owner.connection.cursor().execute(
        "UPDATE holding SET note = %s, root = %s WHERE size = %s", [new.note, bytes(new.root), sealed]
    )
    assert accused(looked_at(book)) == [("copy_differs", 3, None)]


def test_seal_words_in_the_minutes_tell(book: Any) -> None:
    sealed = reads.get_checkpoint(book)
    minutes = " ".join(seal_words(sealed.note.partition("\n\n")[0] + "\n"))
    grow(book)
    owner.rewrite(book, CHANGED)
    now = reads.get_checkpoint(book, sealed.size)
    comparison = compare_words(seal_words(now.note.partition("\n\n")[0] + "\n"), minutes)
    assert comparison.same is False
    assert comparison.first_different is not None


def test_the_newest_entries_cut_off_with_everything_that_tells_of_them_are_missed_by_a_witness(
    book: Any, witness: RunningWitness
) -> None:
    send_newest(book)
    sealed = book.size
    with owner.connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, root FROM checkpoint WHERE size < %s ORDER BY size DESC LIMIT 1", [sealed]
        )
        size, root = cursor.fetchone()
        cursor.execute('DELETE FROM entry WHERE "index" >= %s', [size])
        cursor.execute("DELETE FROM checkpoint WHERE size > %s", [size])
        cursor.execute("UPDATE logbook SET size = %s, root = %s", [size, root])
        cursor.execute("SELECT max(recorded_at) FROM entry")
        cursor.execute("UPDATE logbook SET last_at = %s", [cursor.fetchone()[0]])
        cursor.execute("UPDATE number SET last = (SELECT count(*) FROM entry) WHERE name = 'none'")
    owner.forget_outsiders(book)
    book.refresh_from_db()
    owner.seal_again(book)
    report = looked_at(book, copies=shown_by_witnesses(book))
    assert ("cut_off", 3, size) in accused(report)


def test_a_check_of_what_is_new_compares_older_seals_of_others_too(book: Any, tmp_path: Path) -> None:
    receipt = tmp_path / "seal.txt"
    early = next(seal for seal in reads.checkpoints(book, limit=500) if seal.size < 512)
    receipt.write_text(early.note)
    owner.rewrite(book, CHANGED - 200)
    point = looked_at(book).resume_point
    assert point is not None and point["size"] > early.size
    grow(book)
    report = looked_at(book, since=point, copies=[read_copy(receipt)])
    assert [kind for kind, _question, _first in accused(report)] == ["rewritten"]
