"""A log that only grew: its new lines are read alone, and come to the same as reading all of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.features.sources.folders.conftest import CSV, Looker, rows
from tests.features.sources.folders.test_taking_files import accounts, record_waiting


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small files count as large ones."""
    from indelible.features.sources.kinds.folder import growing

    monkeypatch.setattr(growing, "LEAST_BYTES", 1)


def grow(files: Looker, name: str, text: str) -> None:
    with (files.folder / name).open("a") as file:
        file.write(text)
    files.settle()
    record_waiting()


def plain(number: int) -> str:
    """A row without an id, known by its content alone."""
    return f"2026-03-01T09:00:0{number % 10}Z,ana,login\n"


def test_only_the_new_lines_are_read(files: Looker) -> None:
    grow(files, "a.csv", CSV + rows(0, 50))
    grow(files, "a.csv", rows(50, 53))
    grow(files, "a.csv", rows(53, 54))
    assert accounts(files) == [("a.csv", 50, 0), ("a.csv, from line 52", 3, 0), ("a.csv, from line 55", 1, 0)]


def test_equal_lines_of_two_parts_are_two_events(files: Looker) -> None:
    head = "time,user,action\n"
    grow(files, "a.csv", head + plain(1) + plain(2) + plain(1))
    grow(files, "a.csv", plain(1) + plain(3) + plain(3))
    grow(files, "a.csv", plain(3) + plain(1))
    # Each part brings along the earlier lines that are equal to its new ones: they are held.
    assert [each[1:] for each in accounts(files)] == [(3, 0), (3, 2), (2, 5)]


def test_lines_of_json_and_of_a_log(files: Looker) -> None:
    def line(number: int) -> str:
        told = {
            "time": f"2026-03-01T09:00:{number:02}Z",
            "user": "ana",
            "action": "login",
            "id": f"n-{number}",
        }
        return json.dumps(told) + "\n"

    def logged(number: int) -> str:
        return f"<34>1 2026-03-01T09:00:{number:02}Z host app - - - user {number} signed in\n"

    for name, make in (("a.ndjson", line), ("b.log", logged)):
        grow(files, name, "".join(map(make, range(5))))
        grow(files, name, "".join(map(make, range(5, 7))))
    counts = {each[0]: each[1:] for each in accounts(files)}
    assert counts["a.ndjson, from line 6"] == counts["b.log, from line 6"] == (2, 0)


@pytest.mark.parametrize(
    "more",
    [
        'k-60,2026-03-01T09:00:00Z,ana,update,"two\nlines"\n',  # a record of two lines
        "k-60,2026-03-01T09:00:00Z,ana,update,doc",  # no line end yet
    ],
)
def test_what_is_in_doubt_is_read_whole(files: Looker, more: str) -> None:
    grow(files, "a.csv", CSV + rows(0, 5))
    grow(files, "a.csv", more)
    assert accounts(files)[-1] == ("a.csv", 1, 5)


def test_a_file_that_did_not_only_grow_is_read_whole(files: Looker) -> None:
    grow(files, "a.csv", CSV + rows(0, 5))
    text = (files.folder / "a.csv").read_text().replace("k-2,", "k-99,")
    (files.folder / "a.csv").write_text(text + rows(5, 6))
    files.settle()
    assert accounts(files)[-1] == ("a.csv", 2, 4)


def test_a_grown_log_that_was_renamed_is_recognised(files: Looker) -> None:
    grow(files, "app.csv", CSV + rows(0, 5))
    grow(files, "app.csv", rows(5, 7))
    (files.folder / "app.csv").rename(files.folder / "app.csv.1")
    grow(files, "app.csv", CSV + rows(7, 8))
    assert files.items()["app.csv.1"].facts["became"] == "same"
    assert [each[1:] for each in accounts(files)] == [(5, 0), (2, 0), (1, 0)]


def test_a_question_in_the_new_lines_is_asked_of_the_whole(watched: Callable[..., Looker]) -> None:
    files = watched("folder")
    head = "when,who,did,what\n"
    grow(files, "a.csv", head + "25/04/2026 10:00:00 +0000,ana,changed,doc 1\n")
    grow(files, "a.csv", "03/04/2026 10:00:00 +0000,ana,changed,doc 2\n")
    # Alone, 03/04 could be read in two ways; the day of the line before settles it.
    assert [each[0] for each in accounts(files)] == ["a.csv", "a.csv"]
    assert accounts(files)[-1][1:] == (1, 1)


def test_however_a_log_grows_each_of_its_lines_is_one_event(book: Any, tmp_path: Path) -> None:
    from indelible.features.sources.kinds import load
    from indelible.features.sources.kinds.folder.looking import look
    from indelible.features.sources.live.connecting import connect
    from indelible.features.sources.services import By

    places = itertools.count(1)
    quoted = '2026-03-01T09:00:09Z,"ana ruiz",login\n'
    line = st.one_of(st.integers(1, 4).map(plain), st.just(quoted), st.just(quoted.replace('"', "")))

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(parts=st.lists(st.lists(line, min_size=1, max_size=6), min_size=2, max_size=4))
    def grows(parts: list[list[str]]) -> None:
        folder = tmp_path / str(next(places))
        folder.mkdir()
        watched = {"folder": str(folder), "patterns": "", "deep": False, "after": "stay"}
        files = Looker(connect(book, load()["folder"], folder.name, By(), settings=watched), folder, look)
        (folder / "a.csv").write_text("time,user,action\n")
        for part in parts:
            grow(files, "a.csv", "".join(part))
        assert sum(recorded for _, recorded, _ in accounts(files)) == sum(map(len, parts))

    grows()
