"""A key under a passphrase: read only with it, and nothing is lost without it. A lost key comes back from paper."""

from __future__ import annotations

import stat

import pytest
from django.conf import settings

from indelible.storage import locked_key, passphrase
from indelible.storage.database import group, key_files, key_safety
from indelible.storage.database.append import Draft, append
from indelible.storage.database.errors import AppendRefused, StorageError
from indelible.storage.database.key_files import find_key_file
from indelible.storage.database.key_safety import change_passphrase, make_sheet, restore_key
from indelible.storage.database.keys import key_table
from indelible.storage.database.reads import get_entries
from indelible.storage.database.rotating import finish_rotation, rotate
from indelible.storage.recovery_sheet import SheetError
from tests.storage.holding import check_log

WORDS, OTHER = "correct horse battery", "staple staple staple"
EVENT = {"action": {"verb": "change", "said": "x"}}


@pytest.fixture(autouse=True)
def quick_locks(monkeypatch):
    """Stretching a passphrase takes a third of a second each time, by design; not here."""
    monkeypatch.setattr(key_files.key_file_text, "__kwdefaults__", {"cost": locked_key.LEAST_COST})
    monkeypatch.setattr(key_files.write_key_file, "__kwdefaults__", {"cost": locked_key.LEAST_COST})
    monkeypatch.setattr(key_safety.write_sheet, "__kwdefaults__", {"cost": locked_key.LEAST_COST})


def new_process() -> None:
    group.close_groups()
    key_files._known.clear()


def add(logbook) -> None:
    append(logbook, [Draft(EVENT)])


def form(logbook) -> str:
    return find_key_file(settings.INDELIBLE_HOME, logbook.name, logbook.public_key).form


def test_a_locked_key_seals_with_its_passphrase_and_waits_without(logbook, monkeypatch):
    assert change_passphrase(logbook, WORDS, actor=None) == "set"
    assert form(logbook) == "locked"
    add(logbook)  # this process knows it
    new_process()
    with pytest.raises(AppendRefused) as refusal:
        add(logbook)
    assert refusal.value.code == "key-locked"
    monkeypatch.setenv(passphrase.VARIABLE, OTHER)
    for _ in range(2):
        with pytest.raises(AppendRefused) as refusal:
            add(logbook)
        assert refusal.value.code == "key-passphrase-differs"
    monkeypatch.setenv(passphrase.VARIABLE, WORDS)
    add(logbook)
    assert check_log(logbook) == 4


def test_neither_key_nor_passphrase_is_anywhere_in_a_locked_file(logbook):
    path = settings.INDELIBLE_HOME.signing_key(logbook.name)
    secret = path.read_text().strip().split("+", 4)[4]  # base64 may hold more of them
    change_passphrase(logbook, WORDS, actor=None)
    held = path.read_text()
    assert "PRIVATE" not in held and secret not in held and WORDS not in held
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert held.split("\n")[1] == logbook.public_key
    assert [entry.event["action"]["said"] for entry in get_entries(logbook, 1, 9)] == ["key_passphrase_set"]
    assert not list(path.parent.glob(f".{path.name}*"))


def test_the_passphrase_may_lie_in_a_file(logbook, monkeypatch, tmp_path):
    change_passphrase(logbook, WORDS, actor=None)
    new_process()
    file = tmp_path / "passphrase"
    monkeypatch.setenv(passphrase.FILE_VARIABLE, str(file))
    with pytest.raises(AppendRefused) as refusal:
        add(logbook)
    assert refusal.value.code == "key-passphrase-file"
    file.write_text(f"{WORDS}\n")
    add(logbook)
    assert check_log(logbook) == 3


def test_it_is_changed_and_taken_off(logbook, monkeypatch):
    change_passphrase(logbook, WORDS, actor=None)
    with pytest.raises(AppendRefused) as refusal:
        change_passphrase(logbook, OTHER, actor=None)
    assert refusal.value.code == "key-locked"
    with pytest.raises(AppendRefused) as refusal:
        change_passphrase(logbook, OTHER, actor=None, old="something else")
    assert refusal.value.code == "key-passphrase-differs"
    assert change_passphrase(logbook, OTHER, actor=None, old=WORDS) == "changed"
    new_process()
    monkeypatch.setenv(passphrase.VARIABLE, OTHER)
    add(logbook)
    assert change_passphrase(logbook, None, actor=None) == "removed"
    monkeypatch.delenv(passphrase.VARIABLE)
    new_process()
    add(logbook)
    assert form(logbook) == "plain"
    assert check_log(logbook) == 6


def test_a_change_that_was_cut_off_between_two_files_can_be_made_again(logbook, monkeypatch):
    monkeypatch.setenv(passphrase.VARIABLE, WORDS)
    change_passphrase(logbook, WORDS, actor=None)
    rotate(logbook, actor=None, reason="A second file")
    paths = {
        file.path: file.path.read_text() for file in key_files.files_of(settings.INDELIBLE_HOME, logbook.name)
    }
    assert len(paths) == 2
    change_passphrase(logbook, OTHER, actor=None, old=WORDS)
    first = sorted(paths)[0]
    first.write_text(paths[first])  # as if the process had ended between the two
    assert change_passphrase(logbook, OTHER, actor=None, old=WORDS) == "changed"
    monkeypatch.setenv(passphrase.VARIABLE, OTHER)
    new_process()
    add(logbook)
    assert check_log(logbook) == 6


@pytest.mark.parametrize("short", ["", "eleven long", "x" * 11])
def test_a_short_passphrase_is_refused(logbook, short):
    for act in (change_passphrase, make_sheet):
        with pytest.raises(StorageError) as refusal:
            act(logbook, short, actor=None)
        assert refusal.value.code == "passphrase-short"
    assert check_log(logbook) == 1


def test_a_new_key_lies_under_the_passphrase_of_the_old_one(logbook, monkeypatch):
    change_passphrase(logbook, WORDS, actor=None)
    with pytest.raises(AppendRefused) as refusal:  # this process could sign, but not lock the new one
        rotate(logbook, actor=None, reason="x")
    assert refusal.value.code == "key-locked"
    monkeypatch.setenv(passphrase.VARIABLE, WORDS)
    rotate(logbook, actor=None, reason="x")
    finish_rotation(logbook, actor=None)
    assert form(logbook) == "locked"
    new_process()
    add(logbook)
    assert check_log(logbook) == 5


@pytest.mark.parametrize(
    "damage", ["x", "", "indelible-key/v1\n{key}\nAAAA\n", "indelible-key/v1\n{key}\n!\n"]
)
def test_a_damaged_locked_file_is_no_key(logbook, monkeypatch, damage):
    monkeypatch.setenv(passphrase.VARIABLE, WORDS)
    change_passphrase(logbook, WORDS, actor=None)
    settings.INDELIBLE_HOME.signing_key(logbook.name).write_text(damage.format(key=logbook.public_key))
    new_process()
    with pytest.raises(AppendRefused) as refusal:
        add(logbook)
    assert refusal.value.code == "key-unreadable"


def test_what_serve_was_told_is_read_by_every_process_it_starts(monkeypatch):
    import os
    import subprocess
    import sys

    monkeypatch.delenv(passphrase.VARIABLE, raising=False)
    monkeypatch.setenv(passphrase.FILE_VARIABLE, "")
    passphrase.keep_in_memory(WORDS)
    handle = int(os.environ[passphrase.FILE_VARIABLE].rsplit("/", 1)[1])
    program = "from indelible.storage.passphrase import given_passphrase as p; print(p())"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {program!r}], check=True)"
    for source in (program, nested):
        done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == WORDS
    assert WORDS not in str(dict(os.environ))
    os.close(handle)
    with pytest.raises(passphrase.PassphraseFileError):
        passphrase.given_passphrase()


def test_a_lost_key_comes_back_from_its_sheet(logbook):
    sheet = make_sheet(logbook, WORDS, actor=None)
    path = settings.INDELIBLE_HOME.signing_key(logbook.name)
    before = path.read_text()
    path.unlink()
    new_process()
    with pytest.raises(AppendRefused):
        add(logbook)
    done = restored(logbook, sheet)
    assert (done.public_key, done.was_there, done.path) == (logbook.public_key, False, path)
    assert path.read_text() == before and stat.S_IMODE(path.stat().st_mode) == 0o600
    add(logbook)
    assert restored(logbook, sheet).was_there
    assert check_log(logbook) == 3
    assert [entry.event["action"]["said"] for entry in get_entries(logbook, 1, 1)] == ["recovery_sheet_made"]
    assert key_table(logbook).in_use.sheet == 1


def restored(logbook, text: str, words: str = WORDS, **changed):
    known = {"origin": logbook.origin, "keys": list(key_table(logbook).signing), **changed}
    return restore_key(settings.INDELIBLE_HOME, logbook.name, text, words, **known)


def test_a_sheet_of_another_key_or_passphrase_restores_nothing(logbook):
    sheet = make_sheet(logbook, WORDS, actor=None)
    rotate(logbook, actor=None, reason="x")
    finish_rotation(logbook, actor=None)
    for words, known, code in [
        (WORDS, {}, "sheet-other-key"),
        (OTHER, {}, "sheet-passphrase"),
        (WORDS, {"origin": "log.example/other"}, "sheet-other-log"),
    ]:
        with pytest.raises(SheetError) as refusal:
            restored(logbook, sheet, words, **known)
        assert refusal.value.code == code
    bare = "\n".join(sheet.split("\n")[2:])
    with pytest.raises(SheetError) as refusal:
        restored(logbook, bare, origin=None)
    assert refusal.value.code == "sheet-without-log"


def test_a_sheet_alone_is_enough_where_the_database_is_lost_too(logbook, tmp_path):
    from indelible.ledger.keys import SigningKey
    from indelible.storage.home import Home

    sheet = make_sheet(logbook, WORDS, actor=None)
    done = restore_key(Home(tmp_path / "new"), "main", sheet, WORDS, origin=None, keys=[])
    assert SigningKey.parse(done.path.read_text().strip()).verifier.text == logbook.public_key


def test_no_two_sheets_are_the_same_and_all_give_the_key_back(logbook):
    sheets = {make_sheet(logbook, WORDS, actor=None) for _ in range(3)}
    assert len(sheets) == 3
    settings.INDELIBLE_HOME.signing_key(logbook.name).unlink()
    for sheet in sheets:
        assert restored(logbook, sheet).public_key == logbook.public_key
