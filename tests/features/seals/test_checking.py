"""Asking for a check and carrying it out on the real record: joining, stopping, going on, its end on the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from indelible.features.seals import jobs, services
from indelible.features.seals.models import Check
from indelible.features.seals.queries import standing
from indelible.storage.database import reads
from indelible.storage.database.checking import CheckStopped
from indelible.storage.database.errors import AppendRefused
from tests.features.seals.conftest import NOW, alter, run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def carry_out(book: Any, **more: Any) -> Check:
    row, _new = services.open_check(book, NOW, **more)
    services.carry_out(row, lambda: NOW + timedelta(seconds=2))
    row.refresh_from_db()
    return row


def test_whoever_asks_while_a_check_runs_joins_it(book: Any, ana: Any) -> None:
    first, is_new = services.open_check(book, NOW, by=ana)
    assert is_new
    assert services.open_check(book, NOW + timedelta(seconds=1)) == (first, False)


def test_a_good_check_and_its_entry_are_one_act(book: Any, ana: Any, sentences: Any) -> None:
    row = carry_out(book, by=ana)
    assert (row.state, row.verdict, row.size) == (Check.State.DONE, "matches", 1)
    assert row.finished_at == NOW + timedelta(seconds=2)
    assert sentences()[-1] == "Ana Ruiz checked the record: 1 entry, nothing altered"


def test_an_altered_entry_is_found_and_told(book: Any, grow: Callable[[int], None], sentences: Any) -> None:
    grow(5)
    alter(3)
    row = carry_out(book)
    assert row.verdict == "does not match"
    assert [(each["kind"], each["first_entry"]) for each in row.report["findings"]] == [("altered", 3)]
    assert "1 finding of alteration" in sentences()[-1]
    assert standing(book, NOW).state == "altered"


def test_findings_are_kept_where_nothing_may_be_appended(
    book: Any, grow: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(2)
    alter(1)
    size = reads.head(book).size

    def refuse(*_args: object) -> None:
        raise AppendRefused("log-behind-checkpoint-file", "")

    monkeypatch.setattr(services, "append", refuse)
    row = carry_out(book)
    assert (row.state, row.verdict) == (Check.State.DONE, "does not match")
    assert row.report["findings"]
    assert reads.head(book).size == size


def in_steps(monkeypatch: pytest.MonkeyPatch, resumed: list[Any]) -> None:
    """Have checking ask between two steps whether to stop, as it does between the ranges of a long record."""
    real = services.check

    def check(logbook: Any, *, stop: Any, progress: Any, resume: Any, **more: Any) -> Any:
        resumed.append(resume)
        progress(1, 2)
        if stop():
            raise CheckStopped({"at": 1})
        return real(logbook, **more)

    monkeypatch.setattr(services, "check", check)


def test_a_check_that_is_stopped_goes_on_from_where_it_stood(
    book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumed: list[Any] = []
    in_steps(monkeypatch, resumed)
    row, _new = services.open_check(book, NOW)
    services.stop(row)
    assert services.carry_out(row, lambda: NOW) is False
    row.refresh_from_db()
    assert (row.state, row.stop_wanted, row.done, row.size) == (Check.State.STOPPED, False, 1, 2)
    assert services.go_on(row)
    assert not services.go_on(row)  # a second press asks for nothing
    row.refresh_from_db()
    assert services.carry_out(row, lambda: NOW) is True
    row.refresh_from_db()
    assert (row.state, row.verdict) == (Check.State.DONE, "matches")
    assert resumed == [None, {"at": 1}]


def test_a_worker_that_ends_leaves_the_check_to_the_next(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    in_steps(monkeypatch, [])
    row, _new = services.open_check(book, NOW)
    assert services.carry_out(row, lambda: NOW, should_stop=lambda: True) is False
    row.refresh_from_db()
    assert (row.state, row.resume) == (Check.State.WAITING, {"at": 1})


def test_only_what_is_new_is_checked_after_a_good_check(book: Any, grow: Callable[[int], None]) -> None:
    grow(4)
    carry_out(book)
    grow(2)
    row = carry_out(book, kind=Check.Kind.SINCE_LAST)
    assert (row.verdict, row.report["since"]) == ("matches", 5)


def test_after_a_bad_check_everything_is_checked_again(book: Any, grow: Callable[[int], None]) -> None:
    grow(4)
    alter(2)
    carry_out(book)
    row = carry_out(book, kind=Check.Kind.SINCE_LAST)
    assert (row.verdict, row.report["since"]) == ("does not match", 0)


def test_each_day_has_its_check_and_not_two(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_now", lambda: NOW)
    jobs.daily_check.call()
    run_jobs()
    row = Check.objects.get()
    assert (row.state, row.verdict, row.asked_by) == (Check.State.DONE, "matches", None)
    monkeypatch.setattr(jobs, "_now", lambda: NOW + timedelta(hours=23))
    jobs.daily_check.call()
    assert Check.objects.count() == 1
    monkeypatch.setattr(jobs, "_now", lambda: NOW + timedelta(hours=24, minutes=1))
    jobs.daily_check.call()
    assert Check.objects.count() == 2


def test_a_check_that_breaks_says_so_and_can_be_gone_on_with(
    book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise OSError("the disk does not answer")

    row, _new = services.open_check(book, NOW)
    monkeypatch.setattr(services, "check", fail)
    with pytest.raises(OSError, match="disk"):
        jobs.run_check.call(row.pk)
    row.refresh_from_db()
    assert row.state == Check.State.FAILED
    monkeypatch.undo()
    assert services.go_on(row)
    jobs.run_check.call(row.pk)
    row.refresh_from_db()
    assert row.verdict == "matches"
