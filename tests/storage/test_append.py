"""Appending: what was acknowledged is there, once, in order, and everything that seals it agrees."""

from __future__ import annotations

import json
import os
import threading

import pytest
from django.db import connections, transaction

from indelible.events.event import EventError
from indelible.ledger.checkpoints import open_checkpoint
from indelible.ledger.keys import VerifierKey
from indelible.ledger.opening import disclosures
from indelible.storage.database import after_commit, group, rows_postgres, rows_sqlite
from indelible.storage.database.append import Draft, Held, Recorded, append, append_once
from indelible.storage.database.codes import code_of, repeat_code
from indelible.storage.database.errors import AppendFailed, IdempotencyConflict, NotFound
from indelible.storage.database.reads import get_entries, get_entry, head
from tests.storage.holding import check_log


def draft(said: str = "edited", source: int = 0, **more: object) -> Draft:
    return Draft({"action": {"verb": "change", "said": said}}, source, **more)  # type: ignore[arg-type]


def test_entries_stand_in_the_order_of_their_drafts_under_one_checkpoint(logbook):
    done = append(logbook, [draft("a"), draft("b"), draft("c")])
    assert [entry.index for entry in done.recorded] == [1, 2, 3]
    said = [entry.event["action"]["said"] for entry in get_entries(logbook, 1, 3)]
    assert said == ["a", "b", "c"]
    sealed = open_checkpoint(done.checkpoint, logbook.origin, [VerifierKey.parse(logbook.public_key)])
    assert (sealed.size, sealed.root) == (head(logbook).size, head(logbook).root)
    assert check_log(logbook) == 4


@pytest.mark.parametrize("sizes", [[1] * 20, [254, 1, 1, 1], [255, 256, 257], [70, 9, 10, 11, 1000, 3]])
def test_any_cut_into_batches_leaves_a_log_that_agrees_with_itself(logbook, sizes):
    for size in sizes:
        append(logbook, [draft(f"{size}.{n}", source=n % 3) for n in range(size)])
    assert check_log(logbook) == 1 + sum(sizes)


def test_a_process_that_starts_anew_goes_on_where_the_log_stands(logbook):
    append(logbook, [draft() for _ in range(600)])
    group.close_groups()
    append(logbook, [draft()])
    assert check_log(logbook) == 602


def test_the_lone_drafts_of_many_threads_are_all_recorded_once(logbook):
    seen: dict[int, str] = {}

    def work(thread: int) -> None:
        for turn in range(25):
            said = f"{thread}.{turn}"
            (entry,) = append(logbook, [draft(said)]).recorded
            assert seen.setdefault(entry.index, said) == said
        connections.close_all()

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert check_log(logbook) == 401
    assert {e.index: e.event["action"]["said"] for e in get_entries(logbook, 1, 400)} == seen


def test_running_numbers_count_each_source_apart_and_indelible_too(logbook):
    append(logbook, [draft(source=7), draft(source=0), draft(source=7)])
    append(logbook, [draft(source=7)])
    numbers = [entry.event["numbers"]["sources"] for entry in get_entries(logbook, 0, 9)]
    assert numbers == [{"0": 1}, {"7": 1}, {"0": 2}, {"7": 2}, {"7": 3}]


def test_an_entry_is_counted_under_its_rules_besides_its_source(logbook):
    append(logbook, [draft(rules=("0.1",)), draft(source=7, rules=("3.2", "0.1")), draft(source=7)])
    group.close_groups()
    append(logbook, [draft(rules=("0.1",))])
    entries = get_entries(logbook, 1, 9)
    assert [entry.event["numbers"] for entry in entries] == [
        {"sources": {"0": 2}, "rules": {"0.1": 1}},
        {"sources": {"7": 1}, "rules": {"0.1": 2, "3.2": 1}},
        {"sources": {"7": 2}},
        {"sources": {"0": 3}, "rules": {"0.1": 3}},
    ]
    assert {"numbers/rules/0.1", "numbers/rules/3.2", "numbers/sources/7"} <= set(entries[1].content)
    assert check_log(logbook) == 5


def test_a_number_under_a_rule_is_a_disclosure_of_its_own(logbook):
    append(logbook, [draft(source=7, rules=("3.2",))])
    entry = get_entry(logbook, 1)
    opened = disclosures(entry.stored, entry.secret)
    assert json.loads(opened["numbers/rules/3.2"])[1:] == ["numbers/rules/3.2", 1]


@pytest.mark.parametrize("rule", ["", "3", "03.1", "3.0", "x.1", "3.1/4"])
def test_what_is_no_rule_is_refused_before_anything_is_recorded(logbook, rule):
    with pytest.raises(ValueError, match="rule"):
        append(logbook, [draft(rules=(rule,))])
    assert check_log(logbook) == 1


def test_a_retry_is_recorded_once_and_answered_with_the_first_entry(logbook):
    code = repeat_code(7, "INV-1")
    first = append(logbook, [draft("a", 7, repeat=code, content_code=b"x" * 32)])
    again = append(logbook, [draft("a", 7, repeat=code, content_code=b"x" * 32), draft("b", 7)])
    assert first.entries[0].index == 1
    assert again.entries[0] == Held(1, same=True)
    assert isinstance(again.entries[1], Recorded) and again.entries[1].index == 2
    assert check_log(logbook) == 3


def test_the_same_key_with_other_content_is_told_apart(logbook):
    code = repeat_code(7, "INV-1")
    append(logbook, [draft("a", 7, repeat=code, content_code=b"x" * 32)])
    again = append(logbook, [draft("b", 7, repeat=code, content_code=b"y" * 32)])
    assert again.entries == [Held(1, same=False)]
    with pytest.raises(IdempotencyConflict) as conflict:
        append_once(logbook, draft("b", 7, repeat=code, content_code=b"y" * 32))
    assert conflict.value.index == 1
    assert append_once(logbook, draft("a", 7, repeat=code, content_code=b"x" * 32)) == (1, False)
    assert check_log(logbook) == 2


def test_a_key_is_held_by_its_own_source_only(logbook):
    code = repeat_code(7, "1")
    done = append(logbook, [draft(source=7, repeat=code), draft(source=8, repeat=code)])
    assert [type(entry) for entry in done.entries] == [Recorded, Recorded]
    assert repeat_code(8, "1") != code != code_of("file", "1")


def test_of_two_drafts_with_one_key_in_one_batch_the_first_is_recorded(logbook):
    code = repeat_code(7, "1")
    many = [draft(f"{n}", 7, repeat=repeat_code(7, f"x{n}")) for n in range(20)]
    done = append(logbook, [*many, draft("a", 7, repeat=code), draft("b", 7, repeat=code)])
    assert done.entries[-2:] == [Recorded(21, done.recorded[0].recorded_at), Held(21, same=True)]
    assert check_log(logbook) == 22


def test_where_everything_is_held_the_log_does_not_grow(logbook):
    done = append(logbook, [draft(source=7, repeat=b"c" * 32)])
    again = append(logbook, [draft(source=7, repeat=b"c" * 32)])
    assert again.checkpoint == done.checkpoint
    assert check_log(logbook) == 2


def test_what_is_no_event_is_refused_before_anything_is_recorded(logbook):
    with pytest.raises(EventError):
        append(logbook, [draft(), Draft({"action": {"verb": "no such verb"}})])
    assert check_log(logbook) == 1


def test_an_unknown_logbook_is_said_to_be_unknown(database):
    with pytest.raises(NotFound):
        append("nowhere", [draft()], using=database)


def test_no_drafts_change_nothing(logbook):
    assert append(logbook, []).entries == []


def rows_class(database):
    return rows_postgres.PostgresRows if database == "postgres" else rows_sqlite.SqliteRows


@pytest.mark.parametrize("step", ["take_head", "write", "commit"])
def test_a_commit_that_fails_half_way_leaves_nothing_and_the_next_one_stands(
    logbook, database, monkeypatch, step
):
    append(logbook, [draft(source=7) for _ in range(300)])
    real = getattr(rows_class(database), step)

    def fail(self, *arguments):
        if step != "commit":
            real(self, *arguments)
        raise OSError("disk gone")

    with monkeypatch.context() as patch:
        patch.setattr(rows_class(database), step, fail)
        with pytest.raises(OSError, match="disk gone"):
            append(logbook, [draft("lost", 7, repeat=b"k" * 32)])
    assert check_log(logbook) == 301
    done = append(logbook, [draft("found", 7, repeat=b"k" * 32)])
    assert done.recorded[0].index == 301
    assert check_log(logbook) == 302


def test_a_database_that_refuses_to_commit_is_reported_as_such(logbook, database, monkeypatch):
    def refuse(self):
        raise connections[database].Database.OperationalError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(rows_class(database), "commit", refuse)
        with pytest.raises(AppendFailed, match="disk full"):
            append(logbook, [draft()])
    assert append(logbook, [draft()]).recorded[0].index == 1
    assert check_log(logbook) == 2


def test_one_callers_bad_draft_does_not_take_the_others_of_its_group_with_it(logbook, monkeypatch):
    crowd = group.group_of(logbook, logbook._state.db)
    real = crowd.sealer.seal

    def seal(rows, drafts):
        if any(one.source == 99 for one in drafts):
            raise ValueError("cannot be sealed")
        return real(rows, drafts)

    monkeypatch.setattr(crowd.sealer, "seal", seal)
    fates: list[object] = []
    start = threading.Barrier(8)

    def work(source: int) -> None:
        start.wait()
        for _ in range(10):
            try:
                fates.append(append(logbook, [draft(source=source)]).recorded[0].index)
            except ValueError as error:
                fates.append(str(error))
        connections.close_all()

    threads = [threading.Thread(target=work, args=(99 if n < 2 else n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fates.count("cannot be sealed") == 20
    assert len(set(fates)) == 61
    assert check_log(logbook) == 61


def test_an_act_and_its_entry_stand_together(logbook, database):
    with transaction.atomic(using=database):
        done = append(logbook, [draft("in a transaction")])
        append(logbook, [draft("and once more") for _ in range(300)])
    assert done.recorded[0].index == 1
    assert check_log(logbook) == 302
    append(logbook, [draft("alone")])
    assert check_log(logbook) == 303


def test_an_act_and_its_entry_fall_together(logbook, database):
    append(logbook, [draft()])
    with pytest.raises(RuntimeError), transaction.atomic(using=database):
        append(logbook, [draft("never") for _ in range(300)])
        raise RuntimeError
    assert check_log(logbook) == 2
    append(logbook, [draft("after")])
    assert check_log(logbook) == 3


def test_a_savepoint_rolled_back_takes_its_entries_along(logbook, database):
    with transaction.atomic(using=database):
        append(logbook, [draft("kept", 5)])
        with pytest.raises(RuntimeError), transaction.atomic(using=database):
            append(logbook, [draft("dropped", 5)])
            raise RuntimeError
        append(logbook, [draft("kept too", 5)])
    assert [e.event["action"]["said"] for e in get_entries(logbook, 1, 9)] == ["kept", "kept too"]
    assert check_log(logbook) == 3


def test_the_time_of_recording_never_goes_backwards(logbook):
    sealer = group.group_of(logbook, logbook._state.db).sealer
    began = get_entry(logbook, 0).recorded_at
    sealer.clock = lambda: "2001-01-01T00:00:00.000000Z"
    behind = append(logbook, [draft()]).recorded[0]
    sealer.clock = lambda: "2099-01-01T00:00:00.000000Z"
    ahead = append(logbook, [draft()]).recorded[0]
    assert (behind.recorded_at, ahead.recorded_at) == (began, "2099-01-01T00:00:00.000000Z")
    assert check_log(logbook) == 3


def test_a_clock_found_behind_is_noted_with_the_checkpoint_and_stops_nothing(logbook):
    from indelible.storage.database.reads import get_checkpoint

    group.group_of(logbook, logbook._state.db).sealer.clock = lambda: "2001-01-01T00:00:00.000000Z"
    append(logbook, [draft()])
    checkpoint = get_checkpoint(logbook)
    assert checkpoint.made_at == "2001-01-01T00:00:00.000000Z" < get_entry(logbook, 1).recorded_at


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_connection_that_the_server_dropped_is_opened_anew(logbook, database):
    append(logbook, [draft()])
    with connections[database].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert append(logbook, [draft()]).recorded[0].index == 2
    assert check_log(logbook) == 3


def test_a_forked_process_appends_beside_its_parent(logbook, database):
    append(logbook, [draft()])
    child = os.fork()
    if child == 0:
        # Nothing of the parent's may be used or closed, so the child leaves without tidying up.
        status = 1
        try:
            for connection in connections.all(initialized_only=True):
                connection.connection = None
            append(logbook, [draft("child")])
            after_commit.flush()
            status = 0
        finally:
            os._exit(status)
    append(logbook, [draft("parent")])
    assert os.waitpid(child, 0)[1] == 0
    append(logbook, [draft("parent again")])
    assert check_log(logbook) == 5
