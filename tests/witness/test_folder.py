"""The folder of a witness: a key that is made once and never shown, and a state that must not be lost."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from indelible.witness.errors import WitnessError
from indelible.witness.folder import KEY_FILE, STATE_FILE, open_folder
from indelible.witness.judging import Judge
from tests.witness.asking import Asker

NAME = "witness.example/w1"


def begin(folder: Path, name: str | None = NAME) -> str:
    key, state = open_folder(folder, name)
    state.close()
    return key.verifier.text


def refused(folder: Path, name: str | None = None) -> WitnessError:
    with pytest.raises(WitnessError) as refusal:
        begin(folder, name)
    return refusal.value


def test_a_first_start_makes_a_key_and_later_ones_read_it(tmp_path: Path) -> None:
    key = begin(tmp_path / "w")
    assert begin(tmp_path / "w") == key
    assert begin(tmp_path / "w", None) == key
    assert begin(tmp_path / "other") != key


def test_key_and_state_are_for_their_owner_only_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        begin(tmp_path / "w")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "w").stat().st_mode) == 0o700
    for name in (KEY_FILE, STATE_FILE):
        assert stat.S_IMODE((tmp_path / "w" / name).stat().st_mode) == 0o600


def test_a_witness_that_nobody_named_gets_a_name_that_names_nobody(tmp_path: Path) -> None:
    names = {begin(tmp_path / place, None).split("+")[0] for place in "abc"}
    assert len(names) == 3
    assert all(name.startswith("witness-") and name.endswith(".indelible/w1") for name in names)


def test_one_key_never_serves_two_names(tmp_path: Path) -> None:
    begin(tmp_path)
    assert refused(tmp_path, "witness.example/w2").code == "witness-name-differs"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "ü.example", "https://w.example", "x" * 256])
def test_a_name_that_no_key_can_have_begins_nothing(tmp_path: Path, name: str) -> None:
    if name:
        assert refused(tmp_path / "w", name).code == "witness-name"
        assert not (tmp_path / "w").exists()


def test_a_witness_without_its_state_does_not_start(tmp_path: Path) -> None:
    begin(tmp_path)
    (tmp_path / STATE_FILE).unlink()
    assert refused(tmp_path).code == "witness-state-missing"
    assert not (tmp_path / STATE_FILE).exists()


def test_a_state_without_its_key_is_not_taken_over(tmp_path: Path) -> None:
    log = Asker()
    key, state = open_folder(tmp_path, NAME)
    state.add_key(log.key.verifier, 1)
    judge = Judge(key, state, lambda: 1, lambda *_: None)
    assert judge.add_checkpoint(log.request(0, 3)).status == 200
    state.close()
    (tmp_path / KEY_FILE).unlink()
    assert refused(tmp_path).code == "witness-key-missing"
    assert not (tmp_path / KEY_FILE).exists()


def test_a_first_start_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    begin(tmp_path)
    (tmp_path / KEY_FILE).unlink()  # as after a power cut between writing the state and the key
    begin(tmp_path)


def test_the_state_of_another_witness_is_refused(tmp_path: Path) -> None:
    begin(tmp_path / "one")
    begin(tmp_path / "two", "witness.example/w2")
    shutil.copy(tmp_path / "two" / STATE_FILE, tmp_path / "one" / STATE_FILE)
    assert refused(tmp_path / "one").code == "witness-key-differs"


def test_a_state_that_is_no_database_is_refused(tmp_path: Path) -> None:
    begin(tmp_path)
    (tmp_path / STATE_FILE).write_bytes(b"something else entirely" * 100)
    assert refused(tmp_path).code == "witness-state-unreadable"


@pytest.mark.parametrize("change", ["", "x", "PRIVATE+KEY+", "swap", "cut", "type", "name"])
def test_a_damaged_key_is_refused_without_showing_it(tmp_path: Path, change: str) -> None:
    begin(tmp_path)
    text = (tmp_path / KEY_FILE).read_text().strip()
    secret = text.split("+", 4)[4]
    damaged = {
        "swap": text.replace(secret, secret[::-1]),
        "cut": text[:-3],
        "type": text.replace(secret, "AQ" + secret[2:]),
        "name": text.replace("w1", "w2"),
    }.get(change, change)
    (tmp_path / KEY_FILE).write_text(damaged + "\n")
    error = refused(tmp_path)
    assert error.code == "witness-key-unreadable"
    assert secret[2:20] not in str(error)
    assert error.__cause__ is None


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    from indelible.witness.tables import connect

    connection = connect(tmp_path / "state")
    try:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        connection.close()
