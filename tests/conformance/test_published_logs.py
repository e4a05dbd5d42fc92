"""What `publish` writes, in the eyes of the independent checker: logs of the sizes where tiles begin and end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indelible.storage.database import reads
from indelible.storage.database.append import Draft, append
from indelible.storage.database.models import Logbook
from indelible.storage.database.publish import publish
from indelible.storage.database.rotating import finish_rotation, rotate
from tests.conformance.go_checker import check_log
from tests.storage.checking.altering import event


@pytest.mark.parametrize("size", [1, 255, 256, 257, 70_000])
def test_the_go_library_accepts_what_is_published(
    sqlite_alias: str, log_on: Callable[[str], Logbook], tmp_path: Path, size: int, django_db_blocker
) -> None:
    with django_db_blocker.unblock():
        logbook = log_on(sqlite_alias)
        for start in range(1, size, 1_000):
            append(
                logbook, [Draft(event(number), source=1) for number in range(start, min(start + 1_000, size))]
            )
        published = publish(logbook, tmp_path)
        (tmp_path / "proof").write_text(reads.prove(logbook, size // 2).text)
    assert published.entries == size
    result = check_log(tmp_path, logbook.public_key, "-proof", str(tmp_path / "proof"))
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_go_library_refuses_a_published_log_that_was_damaged(
    sqlite_alias: str, log_on: Callable[[str], Logbook], tmp_path: Path, django_db_blocker
) -> None:
    with django_db_blocker.unblock():
        logbook = log_on(sqlite_alias)
        append(logbook, [Draft(event(number), source=1) for number in range(299)])
        publish(logbook, tmp_path)
    bundle = tmp_path / "tile/entries/000"
    data = bytearray(bundle.read_bytes())
    data[1_000] ^= 1
    bundle.write_bytes(data)
    result = check_log(tmp_path, logbook.public_key)
    assert result.returncode == 1
    assert "FAIL" in result.stdout + result.stderr


def test_the_go_library_accepts_a_log_under_either_key_while_the_key_is_changed(
    sqlite_alias: str, log_on: Callable[[str], Logbook], tmp_path: Path, django_db_blocker
) -> None:
    with django_db_blocker.unblock():
        logbook = log_on(sqlite_alias)
        old = logbook.public_key
        new = rotate(logbook, actor=None, reason="Once a year").public_key
        append(logbook, [Draft(event(number), source=1) for number in range(3)])
        publish(logbook, tmp_path / "both")
        finish_rotation(logbook, actor=None)
        append(logbook, [Draft(event(9), source=1)])
        publish(logbook, tmp_path / "alone")
    for folder, key, code in [("both", old, 0), ("both", new, 0), ("alone", new, 0), ("alone", old, 1)]:
        assert check_log(tmp_path / folder, key).returncode == code, (folder, key)
