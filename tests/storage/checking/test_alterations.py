"""Whatever is altered behind our back is found, with the right kind and place, on either database."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ProgrammingError

from indelible.events.event import Event
from indelible.ledger.keys import SigningKey
from indelible.storage.database import after_commit, search
from indelible.storage.database.append import Draft, append
from indelible.storage.database.attachments import store_attachment
from indelible.storage.database.checkpoint_file import checkpoint_path
from indelible.storage.database.errors import AppendRefused
from indelible.storage.database.group import close_groups
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook
from tests.faults.owner import seal_tables
from tests.storage.checking.altering import ENTRIES, event, fill, found, kinds, one, run, run_search

LAST = ENTRIES - 1


@pytest.fixture
def log(database: str, log_on: Callable[[str], Logbook]) -> Iterator[Logbook]:
    """A log of 800 entries in eight commits; the last tile is not full."""
    logbook = fill(log_on(database))
    yield logbook
    search.rebuild(logbook)


def test_an_untouched_log_is_not_accused(log: Logbook) -> None:
    report = found(log)
    assert report.verdict == "matches"
    assert report.intact is True
    assert report.findings == ()
    assert report.entries == report.trusted_through == ENTRIES


@pytest.mark.parametrize("index", [0, 5, 700, 799])
def test_an_altered_content_is_named(log: Logbook, index: int) -> None:
    _flip(log, index)
    report = found(log)
    assert kinds(report) == [("altered", index, index)]
    assert report.intact is False
    assert report.trusted_through == index
    assert report.findings[0].what in ("content", "content or secret")
    assert f"{index + 1:,}" in report.findings[0].message


def test_an_altered_secret_is_named(log: Logbook) -> None:
    run(log, 'UPDATE entry SET secret = %s WHERE logbook = {log} AND "index" = 700', bytes(32))
    report = found(log)
    assert kinds(report) == [("altered", 700, 700)]
    assert report.findings[0].what in ("secret", "content or secret")


def test_an_altered_time_is_named(log: Logbook) -> None:
    run(
        log,
        "UPDATE entry SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE logbook = {log} AND \"index\" = 700",
    )
    report = found(log)
    assert kinds(report) == [("altered", 700, 700)]
    assert report.findings[0].what == "time"


def test_content_that_is_not_canonical_counts_as_altered(log: Logbook) -> None:
    spaced = "replace(content, '{{\"action\"', '{{ \"action\"')"
    run(log, f'UPDATE entry SET content = {spaced} WHERE logbook = {{log}} AND "index" = 42')
    assert kinds(found(log)) == [("altered", 42, 42)]


def test_emptied_content_is_gone(log: Logbook) -> None:
    run(log, "UPDATE entry SET content = '{{}}' WHERE logbook = {log} AND \"index\" = 42")
    assert kinds(found(log)) == [("gone", 42, 42)]


def test_a_removed_entry_is_named(log: Logbook) -> None:
    run(log, 'DELETE FROM entry WHERE logbook = {log} AND "index" = 700')
    assert kinds(found(log)) == [("removed", 700, 700)]


def test_a_removed_entry_is_named_where_the_later_ones_were_renumbered(log: Logbook) -> None:
    run(log, 'DELETE FROM entry WHERE logbook = {log} AND "index" = 700')
    _shift(log, 701, -1)
    assert kinds(found(log)) == [("removed", 700, 700)]


def test_an_inserted_entry_is_named(log: Logbook) -> None:
    _shift(log, 700, +1)
    _copy(log, 10, 700)
    assert kinds(found(log)) == [("inserted", 700, 700)]


def test_an_entry_added_at_the_end_without_a_seal_is_named(log: Logbook) -> None:
    _copy(log, 10, ENTRIES)
    assert kinds(found(log)) == [("inserted", ENTRIES, ENTRIES)]


@pytest.mark.parametrize(("first", "second"), [(700, 701), (300, 600)])
def test_two_swapped_entries_are_named(log: Logbook, first: int, second: int) -> None:
    for old, new in ((first, -5), (second, first), (-5, second)):
        run(log, f'UPDATE entry SET "index" = {new} WHERE logbook = {{log}} AND "index" = {old}')
    assert kinds(found(log)) == [("swapped", first, second)]


def test_two_entries_whose_contents_were_swapped_are_named(log: Logbook) -> None:
    a = one(log, 'SELECT content, secret FROM entry WHERE logbook = {log} AND "index" = 300')
    b = one(log, 'SELECT content, secret FROM entry WHERE logbook = {log} AND "index" = 600')
    for index, (content, secret) in ((300, b), (600, a)):
        run(
            log,
            'UPDATE entry SET content = %s, secret = %s WHERE logbook = {log} AND "index" = %s',
            content,
            bytes(secret),
            index,
        )
    assert kinds(found(log)) == [("swapped", 300, 600)]


def test_newest_entries_cut_off_are_named_by_their_seals(log: Logbook) -> None:
    run(log, 'DELETE FROM entry WHERE logbook = {log} AND "index" >= 790')
    report = found(log)
    assert kinds(report) == [("cut_off", 790, LAST)]
    assert report.trusted_through == 790


def test_newest_entries_cut_off_with_their_seals_are_named_by_the_file(log: Logbook) -> None:
    _put_back_to(log, 701)
    report = found(log)
    assert kinds(report) == [("cut_off", 701, LAST)]
    assert [q.verdict for q in report.questions if q.number == 3] == ["does not match"]


def test_nothing_is_appended_to_an_older_state(log: Logbook) -> None:
    _put_back_to(log, 701)
    close_groups()
    with pytest.raises(AppendRefused):
        append(log, [Draft(event(1))])


def test_a_number_given_twice_is_named(log: Logbook) -> None:
    run(log, "UPDATE number SET last = last - 1 WHERE logbook = {log} AND name = 'sources/1'")
    close_groups()
    append(log, [Draft(event(5_000), source=1)])
    after_commit.flush()
    assert kinds(found(log)) == [("number_doubled", ENTRIES, ENTRIES)]


def test_a_number_left_out_is_named(log: Logbook) -> None:
    run(log, "UPDATE number SET last = last + 1 WHERE logbook = {log} AND name = 'sources/1'")
    close_groups()
    append(log, [Draft(event(5_000), source=1)])
    after_commit.flush()
    assert kinds(found(log)) == [("number_missing", ENTRIES, ENTRIES)]


def test_an_altered_tile_is_named_and_the_entries_stay_trusted(log: Logbook) -> None:
    (hashes,) = one(log, 'SELECT hashes FROM tile WHERE logbook = {log} AND level = 0 AND "index" = 2')
    bent = bytes(32) + bytes(hashes)[32:]
    run(log, 'UPDATE tile SET hashes = %s WHERE logbook = {log} AND level = 0 AND "index" = 2', bent)
    report = found(log)
    assert kinds(report) == [("tile_differs", 512, 767)]
    assert report.trusted_through == ENTRIES


def test_a_tile_taken_away_is_named(log: Logbook) -> None:
    run(log, 'DELETE FROM tile WHERE logbook = {log} AND level = 0 AND "index" = 2')
    assert kinds(found(log)) == [("tile_differs", 512, 767)]


def test_an_altered_entry_with_its_tile_made_to_fit_is_named(log: Logbook) -> None:
    _alter_and_fix_tile(log, 600)
    report = found(log)
    assert ("altered", 600, 600) in kinds(report)


def test_an_altered_seal_is_named(log: Logbook) -> None:
    bent = "UPDATE checkpoint SET note = replace(note, %s, %s) WHERE logbook = {log} AND size = 401"
    assert run(log, bent, "\n401\n", "\n400\n") == 1
    assert kinds(found(log)) == [("checkpoint_differs", 400, 400)]


def test_an_altered_root_beside_a_seal_is_named(log: Logbook) -> None:
    run(log, "UPDATE checkpoint SET root = %s WHERE logbook = {log} AND size = 401", bytes(32))
    assert kinds(found(log)) == [("checkpoint_differs", 400, 400)]


@pytest.mark.parametrize("size", [401, ENTRIES])
def test_a_seal_taken_away_is_named(log: Logbook, size: int) -> None:
    with checkpoint_path(log.name).open(
        "a"
    ) as file:  # the file may lag: let it hold every seal for this test
        (note,) = one(log, "SELECT note FROM checkpoint WHERE logbook = {log} AND size = %s", size)
        file.write(json.dumps({"at": "2026-01-01T00:00:00.000000Z", "note": note}) + "\n")
    run(log, "DELETE FROM checkpoint WHERE logbook = {log} AND size = %s", size)
    assert ("checkpoint_differs", size - 1, size - 1) in kinds(found(log))


def test_an_altered_head_is_named(log: Logbook) -> None:
    run(log, "UPDATE logbook SET root = %s WHERE id = {log}", bytes(32))
    assert kinds(found(log)) == [("checkpoint_differs", LAST, LAST)]


def test_an_altered_search_column_is_named(log: Logbook) -> None:
    run_search(log, 'UPDATE search SET who = %s WHERE logbook = {log} AND "index" = 77', "somebody else")
    report = found(log)
    assert kinds(report) == [("search_differs", 77, 77)]
    assert report.trusted_through == ENTRIES


def test_a_row_taken_out_of_search_is_named(log: Logbook) -> None:
    run_search(log, 'DELETE FROM search WHERE logbook = {log} AND "index" = 77')
    assert ("search_differs", 77, 77) in kinds(found(log))


def test_an_altered_text_index_is_named(log: Logbook) -> None:
    if alias_of(log) == "postgres":
        with pytest.raises(
            ProgrammingError
        ):  # a generated column: PostgreSQL itself keeps it to what the row says
            run(log, "UPDATE search SET search_text = ''::tsvector WHERE logbook = {log} AND \"index\" = 77")
        return
    place = (log.pk << 40) + 77
    run_search(
        log,
        "INSERT INTO search_text (search_text, rowid, who, about, words, keys)"
        f" SELECT 'delete', id, who, about, words, keys FROM search WHERE id = {place}",
    )
    assert kinds(found(log)) == [("search_differs", 77, 77)]


def test_an_altered_entry_with_its_search_row_made_to_fit_is_named(log: Logbook) -> None:
    _flip(log, 700)
    search.rebuild(log)
    assert kinds(found(log)) == [("altered", 700, 700)]


def test_altered_counts_of_a_day_are_named(log: Logbook) -> None:
    run_search(log, "UPDATE search_time SET entries = entries + 1 WHERE logbook = {log} AND span = 86400")
    report = found(log)
    assert kinds(report) == [("search_differs", 0, LAST)]
    assert report.trusted_through == ENTRIES


def test_a_search_table_that_would_pass_new_entries_over_is_named(log: Logbook) -> None:
    run_search(log, "UPDATE search_state SET indexed = indexed + 500 WHERE logbook = {log}")
    assert kinds(found(log)) == [("search_differs", None, None)]


def test_an_altered_time_of_the_head_is_named(log: Logbook) -> None:
    run(log, "UPDATE logbook SET last_at = '2099-01-01T00:00:00.000000Z' WHERE id = {log}")
    assert kinds(found(log)) == [("checkpoint_differs", LAST, LAST)]


def test_another_key_than_that_of_the_first_entry_is_named(log: Logbook) -> None:
    key = SigningKey.from_seed(log.origin, bytes(range(32)))
    _rewrite(log, 1, key)
    run(log, "UPDATE logbook SET public_key = %s WHERE id = {log}", key.verifier.text)
    settings.INDELIBLE_HOME.signing_key(log.name).write_text(key.text)
    checkpoint_path(log.name).unlink()
    log.refresh_from_db(using=alias_of(log))
    report = found(log)
    assert kinds(report) == [("other_key", 0, LAST)]
    assert report.trusted_through == 0


def test_a_lawful_erasure_is_told_and_accuses_nobody(log: Logbook) -> None:
    told: Event = {"action": {"verb": "erase", "said": "Erased"}, "extra": {"erased": {"50": ["actor"]}}}
    (by,) = append(log, [Draft(told)]).recorded
    after_commit.flush()
    _erase(log, 50, by.index)
    report = found(log)
    assert report.intact is True
    assert [(f.kind, f.first_entry, f.fields) for f in report.findings] == [("erased", 50, ("actor",))]


def test_an_erasure_that_no_entry_records_is_named(log: Logbook) -> None:
    _erase(log, 50, by=77)
    assert kinds(found(log)) == [("gone", 50, 50)]


def test_attached_files_are_held_against_what_was_sealed(log: Logbook) -> None:
    files = [store_attachment(log, io.BytesIO(b"paper %d" % n), "a.txt", "text/plain") for n in range(3)]
    append(log, [Draft({**event(1), "attachments": [file]}) for file in files])
    after_commit.flush()
    assert found(log).intact is True
    altered, gone = (settings.INDELIBLE_HOME.attachments / f["blob"][:2] / f["blob"] for f in files[:2])
    altered.write_bytes(b"another paper")
    gone.unlink()
    report = found(log)
    assert kinds(report) == [("altered", ENTRIES, ENTRIES), ("gone", ENTRIES + 1, ENTRIES + 1)]
    assert {f.what for f in report.findings} == {"attachment"}


@pytest.mark.parametrize("damage", ["CAST(x'7bff7d' AS TEXT)", "x'ff00'", "17"])
def test_bytes_that_are_no_text_are_named_and_the_others_still_found(log: Logbook, damage: str) -> None:
    if alias_of(log) != "sqlite":
        return  # PostgreSQL takes nothing but text in these columns
    run(log, f'UPDATE entry SET content = {damage} WHERE logbook = {{log}} AND "index" = 42')
    assert search.rebuild(log) == ENTRIES
    assert [(place, last) for _, place, last in kinds(found(log))] == [(42, 42)]


def _erase(log: Logbook, index: int, by: int) -> None:
    """Erase who acted in an entry, as the product would."""
    from indelible.ledger.entries import erase_secret

    where = f'WHERE logbook = {{log}} AND "index" = {index}'
    content, secret = one(log, f"SELECT content, secret FROM entry {where}")
    content, secret = erase_secret(content, bytes(secret), ["actor"], by)
    run(log, f"UPDATE entry SET content = %s, secret = %s {where}", content, secret)
    search.rebuild(log)


def test_a_log_rewritten_with_the_right_key_is_named_by_the_file(log: Logbook) -> None:
    _rewrite(log, 600, SigningKey.parse(settings.INDELIBLE_HOME.signing_key(log.name).read_text().strip()))
    report = found(log)
    assert [f.kind for f in report.findings if f.accuses] == ["rewritten"]
    assert (report.findings[0].first_entry or 0) <= 600
    assert report.trusted_through <= 600
    assert [q.verdict for q in report.questions] == ["matches", "matches", "does not match", "matches"]


def test_a_log_rewritten_with_another_key_is_named(log: Logbook) -> None:
    key = SigningKey.from_seed(log.origin, bytes(range(32)))
    _rewrite(log, 0, key)
    run(log, "UPDATE logbook SET public_key = %s WHERE id = {log}", key.verifier.text)
    settings.INDELIBLE_HOME.signing_key(log.name).write_text(key.text)
    log.refresh_from_db(using=alias_of(log))
    report = found(log)
    assert "other_key" in {f.kind for f in report.findings}
    assert report.trusted_through == 0


def test_another_key_than_that_of_the_key_card_is_named(log: Logbook) -> None:
    other = SigningKey.from_seed(log.origin, bytes(range(32))).verifier.text
    report = found(log, key=other)
    assert "other_key" in {f.kind for f in report.findings}
    assert report.intact is False
    assert found(log, key=log.public_key).intact is True


def test_an_altered_line_of_the_seal_file_is_named(log: Logbook) -> None:
    path = checkpoint_path(log.name)
    lines = path.read_text().splitlines()
    bent = json.loads(lines[-1])
    text, _, signature = bent["note"].partition("\n\n")
    origin, size, root = text.split("\n")
    bent["note"] = f"{origin}\n{int(size) - 1}\n{root}\n\n{signature}"
    path.write_text("\n".join([*lines[:-1], json.dumps(bent)]) + "\n")
    assert [f.kind for f in found(log).findings if f.accuses] == ["copy_differs"]


def test_a_line_that_a_crash_cut_short_accuses_nobody(log: Logbook) -> None:
    with checkpoint_path(log.name).open("a") as file:
        file.write('{"at":"2026-01-01T00:00:00.000')
    assert found(log).intact is True


def test_a_missing_seal_file_could_not_be_checked(log: Logbook) -> None:
    checkpoint_path(log.name).unlink()
    report = found(log)
    assert report.intact is None
    assert report.verdict == "could not be checked"


def _flip(log: Logbook, index: int, *, and_later: bool = False) -> None:
    """Turn a success into a failure, as somebody with a database tool would."""
    which = ">=" if and_later else "="
    flipped = "replace(content, 'success', 'failure')"
    run(log, f'UPDATE entry SET content = {flipped} WHERE logbook = {{log}} AND "index" {which} {index}')


def _shift(log: Logbook, first: int, by: int) -> None:
    """Renumber the entries from `first` on, through numbers that nobody has."""
    run(log, f'UPDATE entry SET "index" = -1 - "index" WHERE logbook = {{log}} AND "index" >= {first}')
    run(log, f'UPDATE entry SET "index" = -1 - "index" + {by} WHERE logbook = {{log}} AND "index" < 0')


def _copy(log: Logbook, index: int, to: int) -> None:
    run(
        log,
        'INSERT INTO entry (logbook, "index", recorded_at, content, secret)'
        f" SELECT logbook, {to}, recorded_at, replace(content, 'success', 'failure'), secret"
        f' FROM entry WHERE logbook = {{log}} AND "index" = {index}',
    )


def _put_back_to(log: Logbook, size: int) -> None:
    """Make the database what it was at that size: entries, seals, tiles, head and numbers, all but the file."""
    root, _note = one(log, "SELECT root, note FROM checkpoint WHERE logbook = {log} AND size = %s", size)
    (at,) = one(log, 'SELECT recorded_at FROM entry WHERE logbook = {log} AND "index" = %s', size - 1)
    run(log, 'DELETE FROM entry WHERE logbook = {log} AND "index" >= %s', size)
    run(log, "DELETE FROM checkpoint WHERE logbook = {log} AND size > %s", size)
    run(log, 'DELETE FROM tile WHERE logbook = {log} AND level = 0 AND "index" >= %s', size // 256)
    run(log, "UPDATE logbook SET size = %s, root = %s, last_at = %s WHERE id = {log}", size, bytes(root), at)
    for name, source in (("sources/1", 1), ("sources/2", 2)):
        held = sum(1 + number % 2 == source for number in range(1, size))
        run(log, "UPDATE number SET last = %s WHERE logbook = {log} AND name = %s", held, name)
    search.rebuild(log)


def _alter_and_fix_tile(log: Logbook, index: int) -> None:
    from indelible.ledger.entries import leaf_hashes_of

    _flip(log, index)
    content, secret, at = one(
        log, f'SELECT content, secret, recorded_at FROM entry WHERE logbook = {{log}} AND "index" = {index}'
    )
    (leaf,) = leaf_hashes_of([content], [bytes(secret)], [at])
    assert isinstance(leaf, bytes)
    tile, place = divmod(index, 256)
    (hashes,) = one(
        log, f'SELECT hashes FROM tile WHERE logbook = {{log}} AND level = 0 AND "index" = {tile}'
    )
    bent = bytearray(hashes)
    bent[place * 32 : place * 32 + 32] = leaf
    run(
        log,
        f'UPDATE tile SET hashes = %s WHERE logbook = {{log}} AND level = 0 AND "index" = {tile}',
        bytes(bent),
    )


def _rewrite(log: Logbook, index: int, key: SigningKey) -> None:
    """Alter one entry and write tree, tiles, seals and head anew, as whoever holds the key could."""
    _flip(log, index, and_later=True)
    seal_tables(log, key)
    search.rebuild(log)


def test_a_copied_folder_is_not_accused(log: Logbook, tmp_path: Path) -> None:
    if alias_of(log) != "sqlite":
        return  # a folder is copied where the database lies in it
    home = settings.INDELIBLE_HOME
    copy = tmp_path / "copy"
    # By another process: closing the database file here would give up the locks that SQLite holds on it.
    subprocess.run(["cp", "-r", str(home.path), str(copy)], check=True)
    assert (copy / home.database.name).exists()
    assert _verdict_of(copy, log.name) == "matches"


def _verdict_of(home: Path, name: str) -> str:
    """Check a logbook of another data folder, in a process of its own, by the command that people use."""
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from indelible.cli import main; main()",
            "verify",
            "--home",
            str(home),
            "--logbook",
            name,
            "--json",
        ],
        capture_output=True,
        text=True,
        env=environment,
    )
    verdict: str = json.loads(done.stdout)["verdict"]
    return verdict
