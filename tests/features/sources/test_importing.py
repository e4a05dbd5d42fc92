"""Every record of a file is accounted for, however often and in whatever order files come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indelible.features.sources.models import Import, Source, Stage
from indelible.features.sources.services import (
    By,
    SourceError,
    mark_as_mistake,
    receive,
    record,
    rename_source,
)
from indelible.intake import reading
from indelible.storage.database.models import Number
from indelible.storage.database.reads import get_entries, get_entry, head
from tests.shared import shared_path

ROWS = "id,time,user,action,object,result\n" + "".join(
    f"r-{number},2026-03-01T09:{number % 60:02}:00Z,user{number % 7}@example.com,update,obj-{number},ok\n"
    for number in range(2_500)
)


def counts(result: Any) -> tuple[int, int, int, int, int]:
    return result.read, result.recorded, result.duplicates, result.conflicts, result.rejected


def test_overlapping_files_give_each_record_once_and_one_conflict(book: Any, take: Any) -> None:
    week1, week2 = (shared_path(f"samples/overlap-week{number}.csv") for number in (1, 2))
    assert counts(take(week1)) == (20, 20, 0, 0, 0)
    second = take(week2)
    assert counts(second) == (20, 12, 7, 1, 0)
    assert {notice["code"] for notice in second.notices} >= {"already_held", "conflict_with_held"}
    for path in (week1, week2, week2):
        assert counts(take(path)) == (20, 0, 20, 0, 0)


def test_overlapping_files_in_the_other_order_hold_as_many(book: Any, take: Any) -> None:
    week1, week2 = (shared_path(f"samples/overlap-week{number}.csv") for number in (1, 2))
    assert counts(take(week2)) == (20, 20, 0, 0, 0)
    assert counts(take(week1)) == (20, 12, 7, 1, 0)


def test_a_conflict_refers_to_the_first_account_and_leaves_it(book: Any, take: Any) -> None:
    header = "id,time,user,action,object,result\n"
    first = take(header + "x-1,2026-03-01T09:00:00Z,ana@example.com,update,o,ok\n", "a.csv")
    second = take(header + "x-1,2026-03-01T09:00:00Z,ana@example.com,update,o,failed\n", "b.csv")
    assert second.conflicts == 1
    event = get_entry(book, second.first_entry).event
    assert event["refers_to"] == {"entry": first.first_entry, "as": "conflict"}
    assert "conflict_with_held" in event["flags"]
    assert get_entry(book, first.first_entry).event["outcome"] == "success"


def test_two_forms_of_one_export_recognise_each_other(take: Any) -> None:
    assert counts(take(shared_path("samples/okta-system-log.json")))[1] == 10
    assert counts(take(shared_path("samples/okta-system-log.csv"))) == (10, 0, 10, 0, 0)


def test_entries_stand_in_the_files_order_with_the_receipt_after_them(book: Any, take: Any) -> None:
    result = take(ROWS)
    assert (result.recorded, result.last_entry - result.first_entry) == (2_500, 2_499)
    assert result.receipt == result.last_entry + 1 == head(book).size - 1
    for index in (
        result.first_entry,
        result.first_entry + 999,
        result.first_entry + 1_000,
        result.last_entry,
    ):
        source = get_entry(book, index).event["source"]
        assert source["row"] == index - result.first_entry + 1
        assert source["import"] == result.import_id
    receipt = get_entry(book, result.receipt).event
    assert receipt["extra"]["counts"]["recorded"] == 2_500
    assert receipt["refers_to"] == {"entry": result.first_entry, "through": result.last_entry, "as": "run"}


@pytest.mark.parametrize("after", [1, 2])
def test_an_import_cut_off_between_batches_goes_on_and_counts_right(
    book: Any, tmp_path: Path, after: int
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    by = By()
    row = receive(path, path.name, logbook=book, by=by)
    batches = iter(range(1, 10))

    class PowerCutError(Exception):
        pass

    def cut(_progress: Any) -> None:
        if next(batches) == after:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        record(row, reading.survey(path, path.name), by, progress=cut)
    row = Import.objects.get(pk=row.pk)
    assert (row.taken, row.stage) == (after * 1_000, Stage.RECORDING)
    result = record(row, reading.survey(path, path.name), by)
    assert counts(result) == (2_500, 2_500, 0, 0, 0)
    assert Number.objects.get(logbook=book, name=f"sources/{Source.objects.get().pk}").last == 2_500
    held = get_entries(book, result.first_entry, result.last_entry, 5_000)
    assert len({entry.event["source"]["row"] for entry in held}) == 2_500


def test_a_cut_inside_a_batch_leaves_nothing_of_it(book: Any, tmp_path: Path, monkeypatch: Any) -> None:
    from indelible.features.sources import recording

    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    row = receive(path, path.name, logbook=book, by=By())

    def fail(*_arguments: Any) -> None:
        raise ZeroDivisionError

    size = head(book).size
    with monkeypatch.context() as patch:
        patch.setattr(recording, "add_up", fail)
        with pytest.raises(ZeroDivisionError):
            record(row, reading.survey(path, path.name), By())
    assert head(book).size == size + 1  # the source that began, and no entry
    result = record(Import.objects.get(pk=row.pk), reading.survey(path, path.name), By())
    assert counts(result) == (2_500, 2_500, 0, 0, 0)


def test_stopping_keeps_what_is_sealed_and_says_so_on_the_record(book: Any, take: Any) -> None:
    asked = iter([False, True])
    result = take(ROWS, stop=lambda: next(asked))
    assert (result.stopped, result.recorded) == (True, 1_000)
    assert get_entry(book, result.receipt).event["extra"]["stopped"] is True
    assert counts(take(ROWS)) == (2_500, 1_500, 1_000, 0, 0)


def test_a_file_that_is_refused_or_asks_leaves_no_trace(book: Any, take: Any) -> None:
    size = head(book).size
    assert take(shared_path("samples/not-a-log.pdf")).refusal["code"] == "unsupported_type"
    assert take(shared_path("samples/empty.csv")).refusal["code"] == "empty_file"
    asked = take(shared_path("samples/zoom-admin-activity-ambiguous.csv"))
    assert {question["given"] for question in asked.questions} == {"date_order", "timezone"}
    assert head(book).size == size
    assert not Import.objects.exists()


def test_rejected_records_are_kept_with_reason_and_text(take: Any) -> None:
    result = take(shared_path("samples/truncated-download.ndjson.gz"))
    assert counts(result) == (25, 24, 0, 0, 1)
    assert result.rejects[0]["reason"] == "broken_last_line"
    assert result.rejects[0]["text"]


def test_a_renamed_source_stays_itself_and_each_step_is_on_the_record(
    book: Any, take: Any, sentences: Any
) -> None:
    take(shared_path("samples/overlap-week1.csv"), source_name="Badge reader")
    source = Source.objects.get()
    rename_source(source, "Front door", By({"name": "Ana Ruiz", "kind": "person"}))
    take(shared_path("samples/overlap-week2.csv"), source_name="Front door")
    assert Source.objects.get().pk == source.pk
    told = "\n".join(sentences())
    assert "Badge reader" in told
    assert "Front door" in told
    take(shared_path("samples/okta-system-log.json"))
    okta = Source.objects.exclude(pk=source.pk).get()
    with pytest.raises(SourceError, match="source-name-taken"):
        rename_source(okta, "Front door", By())


def test_beginning_and_renaming_a_source_are_counted_under_rule_0(book: Any, take: Any) -> None:
    take(shared_path("samples/overlap-week1.csv"), source_name="Badge reader")
    rename_source(Source.objects.get(), "Front door", By({"name": "Ana Ruiz", "kind": "person"}))
    events = [entry.event for entry in get_entries(book, 0, head(book).size - 1, 1_000)]
    counted = [event for event in events if "rules" in event["numbers"]]
    assert [event["numbers"]["rules"] for event in counted] == [{"0.1": 1}, {"0.1": 2}]
    assert [event["action"]["verb"] for event in counted] == ["create", "change"]
    assert all("0" in event["numbers"]["sources"] for event in counted)
    assert Number.objects.get(logbook=book, name="rules/0.1").last == 2


def test_a_mistaken_import_is_taken_back_once_by_one_correction(book: Any, take: Any) -> None:
    result = take(shared_path("samples/overlap-week1.csv"))
    row = Import.objects.get(pk=result.import_id)
    with pytest.raises(SourceError, match="mistake-needs-reason"):
        mark_as_mistake(row, "  ", By())
    row = mark_as_mistake(row, "It was the test system", By())
    assert row.mistake is not None
    event = get_entry(book, row.mistake).event
    assert event["refers_to"] == {
        "entry": result.first_entry,
        "through": result.last_entry,
        "as": "correction",
    }
    with pytest.raises(SourceError, match="mistake-marked-before"):
        mark_as_mistake(row, "Again", By())
