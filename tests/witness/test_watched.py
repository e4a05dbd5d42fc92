"""Which logs a witness is told to watch: keys one by one, lists, and policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from indelible.witness.errors import WitnessError
from indelible.witness.watched import parse_log_key, parse_logs, read_logs
from tests.witness.test_judging import OTHER_KEY, STRANGER

ONE, TWO = OTHER_KEY.verifier.text, STRANGER.verifier.text
WITNESS = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"


def test_a_plain_list_names_a_key_a_line() -> None:
    assert [key.text for key in parse_logs(f"# ours\n{ONE}\n\n  {TWO}\t\n")] == [ONE, TWO]


def test_a_policy_may_be_given_as_it_is() -> None:
    policy = (
        f"log {ONE}\r\nlog\t{TWO} https://log.example/\nwitness w1 {WITNESS}\n"
        "group outside 1 w1\n#x\nquorum outside\n"
    )
    assert [key.text for key in parse_logs(policy)] == [ONE, TWO]


@pytest.mark.parametrize("text", ["log", "x", ONE[:-1], ONE.replace("+", " "), f"{ONE}x", WITNESS])
def test_what_is_no_key_of_a_log_is_refused(text: str) -> None:
    with pytest.raises(WitnessError) as refusal:
        parse_logs(f"{TWO}\n{text}\n")
    assert refusal.value.code == "witness-log-key"


def test_a_cosigners_key_is_no_key_of_a_log() -> None:
    with pytest.raises(WitnessError):
        parse_log_key(WITNESS)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"#" * 1_000_001])
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "list").write_bytes(data)
    with pytest.raises(WitnessError) as refusal:
        read_logs(tmp_path / "list")
    assert refusal.value.code == "witness-log-key"
