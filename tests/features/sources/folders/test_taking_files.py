"""A watched folder: each file is taken once, whole, whatever becomes of it and whenever we look."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.features.sources.folders.conftest import CSV, Looker, rows


def record_waiting() -> None:
    """Run the imports that were asked for."""
    from indelible.server.jobs.worker import run_waiting

    run_waiting()


def accounts(looker: Looker) -> list[tuple[str, int, int]]:
    """Each file taken: its name, how many records were new, how many were held."""
    record_waiting()
    return [(row.file_name, row.recorded, row.duplicates) for row in looker.source.imports.order_by("pk")]


def test_a_file_is_taken_once_it_stands_still(files: Looker) -> None:
    (files.folder / "a.csv").write_text(CSV + rows(0, 3))
    assert files.once() < 5
    assert accounts(files) == []
    (files.folder / "a.csv").write_text(CSV + rows(0, 5))  # it was still being written
    files.once()
    assert accounts(files) == []
    files.once()
    assert accounts(files) == [("a.csv", 5, 0)]
    assert files.once() == 60
    assert accounts(files) == [("a.csv", 5, 0)]
    assert not Path(files.source.imports.get().held_at).exists()


def test_a_changed_file_is_taken_anew_and_only_what_is_new_is_recorded(files: Looker) -> None:
    (files.folder / "a.csv").write_text(CSV + rows(0, 3))
    files.settle()
    with (files.folder / "a.csv").open("a") as file:
        file.write(rows(3, 5))
    files.settle()
    assert accounts(files) == [("a.csv", 3, 0), ("a.csv", 2, 3)]
    os.utime(files.folder / "a.csv")  # touched, the same
    files.settle()
    assert len(accounts(files)) == 2


def test_a_renamed_file_is_recognised_by_its_content(files: Looker) -> None:
    (files.folder / "app.csv").write_text(CSV + rows(0, 3))
    files.settle()
    (files.folder / "app.csv").rename(files.folder / "app.csv.1")
    (files.folder / "app.csv").write_text(CSV + rows(3, 4))
    files.settle()
    assert accounts(files) == [("app.csv", 3, 0), ("app.csv", 1, 0)]
    assert files.items()["app.csv.1"].facts["became"] == "same"


def test_unfinished_and_hidden_files_wait_for_their_name(files: Looker) -> None:
    for name in ("a.csv.part", ".b.csv", "c.tmp", "d.crdownload", "e.csv~"):
        (files.folder / name).write_text(CSV + rows(0, 1))
    files.settle()
    assert accounts(files) == []
    (files.folder / "a.csv.part").rename(files.folder / "a.csv")
    files.settle()
    assert accounts(files) == [("a.csv", 1, 0)]


def test_a_file_that_a_program_holds_open_for_writing_waits(files: Looker) -> None:
    with (files.folder / "a.csv").open("w") as writing:
        writing.write(CSV + rows(0, 1))
        writing.flush()
        files.settle()
        assert accounts(files) == []
    files.once()
    assert accounts(files) == [("a.csv", 1, 0)]


def test_a_log_that_never_stands_still_is_taken_up_to_its_last_whole_line(files: Looker) -> None:
    with (files.folder / "a.csv").open("w") as writing:
        writing.write(CSV + rows(0, 1))
        for number in range(1, 30):
            writing.write(rows(number, number + 1) + f"k-{number + 1},2026-03")
            writing.flush()
            files.once()
            writing.seek(writing.tell() - len(f"k-{number + 1},2026-03"))
    account = accounts(files)
    assert len(account) == 1 and account[0][1] >= 20 and account[0][2] == 0
    assert files.source.imports.get().rejected == 0
    files.settle()
    assert sum(recorded for _, recorded, _ in accounts(files)) >= 30


def test_what_went_before_it_was_read_is_told_on_the_record(
    files: Looker, sentences: Callable[[], list[str]]
) -> None:
    (files.folder / "a.csv").write_text(CSV + rows(0, 3))
    files.once()
    (files.folder / "a.csv").unlink()
    files.settle()
    assert files.problem == "file-gone-unread"
    assert any("a.csv" in each and "was removed before it could be read" in each for each in sentences())
    files.settle()
    assert sum("was removed before" in each for each in sentences()) == 1


def test_a_file_renamed_before_it_was_read_is_no_loss(files: Looker) -> None:
    (files.folder / "upload1").write_text(CSV + rows(0, 3))
    files.once()
    (files.folder / "upload1").rename(files.folder / "a.csv")
    files.settle()
    files.settle()
    assert files.problem is None and set(files.items()) == {"a.csv"}


def test_a_file_removed_after_it_was_taken_is_only_noted(files: Looker) -> None:
    (files.folder / "a.csv").write_text(CSV + rows(0, 3))
    files.settle()
    (files.folder / "a.csv").unlink()
    files.settle()
    assert files.problem is None and files.items()["a.csv"].gone_at is not None


def test_a_worker_that_dies_after_the_copy_takes_the_file_again_once(
    files: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.folder import taking

    class Died(BaseException):
        pass

    def die(*_args: Any, **_more: Any) -> None:
        raise Died

    (files.folder / "a.csv").write_text(CSV + rows(0, 3))
    files.once()
    with monkeypatch.context() as patched:
        patched.setattr(taking, "take_file", die)
        with pytest.raises(Died):
            files.once()
    files.begin_anew()
    files.settle()
    assert accounts(files) == [("a.csv", 3, 0)]


def test_links_lead_nowhere(files: Looker, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text(CSV + rows(0, 3))
    (files.folder / "link.csv").symlink_to(outside / "secret.csv")
    (files.folder / "sub").symlink_to(outside)
    os.mkfifo(files.folder / "pipe.csv")
    files.settle()
    assert files.items() == {}
    from indelible.features.sources.live import walking

    with pytest.raises(OSError):
        walking.open_file(files.folder, b"sub/secret.csv")
    with pytest.raises(OSError):
        walking.open_file(files.folder, b"pipe.csv")


def test_odd_names_are_taken_and_told_apart(files: Looker) -> None:
    names = [
        b"\xa0.csv",
        "\xa0.csv".encode(),
        b"\xff.csv",
        b"\\xff.csv",
        b"a\nb.csv",
        "Gehälter 💶.csv".encode(),
        b"n" * 250 + b".csv",
    ]
    for place, name in enumerate(names):
        Path(os.fsdecode(os.fsencode(files.folder) + b"/" + name)).write_text(CSV + rows(place, place + 1))
    files.settle()
    files.once()
    assert sorted(recorded for _, recorded, _ in accounts(files)) == [1] * len(names)
    assert {"\\xff.csv", "\\\\xff.csv", "a\\u000ab.csv", "Gehälter 💶.csv"} < set(files.items())


def test_patterns_and_subfolders(watched: Callable[..., Looker]) -> None:
    files = watched("folder", patterns="*.CSV; *.json", deep=False)
    (files.folder / "sub").mkdir()
    for name in ("a.csv", "b.txt", "sub/c.csv"):
        (files.folder / name).write_text(CSV + rows(0, 1))
    files.settle()
    assert set(files.items()) == {"a.csv"}


def test_recorded_files_are_moved_and_never_written_over(watched: Callable[..., Looker]) -> None:
    files = watched("folder", after="move")
    (files.folder / "sub").mkdir()
    for content in (rows(0, 2), rows(2, 3)):
        (files.folder / "sub" / "a.csv").write_text(CSV + content)
        files.settle()
        assert files.source.imports.count() in (1, 2)
        record_waiting()
        files.settle()
    moved = sorted(str(each.relative_to(files.folder)) for each in files.folder.rglob("*.csv"))
    assert moved == ["taken/sub/a (2).csv", "taken/sub/a.csv"]
    assert [each[1] for each in accounts(files)] == [2, 1]
    assert files.items()["sub/a.csv"].facts["became"] == "away"


def test_a_file_that_cannot_be_moved_is_told_and_leaves_nothing_behind(
    watched: Callable[..., Looker], monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.folder import putting_away

    files = watched("folder", after="move")
    (files.folder / "a.csv").write_text(CSV + rows(0, 2))
    files.settle()
    record_waiting()

    def refused(*_args: Any, **_more: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(putting_away.os, "rename", refused)
        files.settle()
        assert files.problem == "folder-taken-not-moved"
        assert list((files.folder / "taken").iterdir()) == []
    files.settle()
    assert files.problem is None and (files.folder / "taken" / "a.csv").exists()


def test_other_settings_lose_nothing_and_accuse_nobody(files: Looker, tmp_path: Path) -> None:
    (files.folder / "a.csv").write_text(CSV + rows(0, 2))
    files.settle()
    (files.folder / "a.csv").write_text(CSV + rows(0, 3))
    (files.folder / "b.txt").write_text(CSV + rows(3, 4))
    files.once()
    (tmp_path / "other").mkdir()
    files.source.settings = {**files.source.settings, "folder": str(tmp_path / "other")}
    files.source.save()
    files.settle()
    files.settle()
    assert files.problem is None
    (tmp_path / "other" / "a.csv").write_text(CSV + rows(0, 4))
    files.settle()
    assert accounts(files) == [("a.csv", 2, 0), ("a.csv", 2, 2)]


def test_files_that_may_not_be_read_keep_no_other_waiting(
    files: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.folder import looking, taking

    real = taking.open_file

    def guarded(folder: Path, path: bytes) -> int:
        if path.startswith(b"secret"):
            raise PermissionError(13, "Permission denied")
        return real(folder, path)

    monkeypatch.setattr(taking, "open_file", guarded)
    monkeypatch.setattr(looking, "CONSIDERED", 3)
    for number in range(3):
        (files.folder / f"secret {number}.csv").write_text(CSV)
    files.settle()
    (files.folder / "open.csv").write_text(CSV + rows(1, 2))
    files.settle()
    files.settle()
    assert accounts(files) == [("open.csv", 1, 0)]


def test_no_more_files_are_on_their_way_than_there_is_room_for(files: Looker) -> None:
    from indelible.features.sources.live.files import MOST_OPEN
    from indelible.features.sources.models import Health

    for number in range(MOST_OPEN + 5):
        (files.folder / f"{number}.csv").write_text(CSV + rows(number, number + 1))
    files.settle()
    assert files.source.imports.count() == MOST_OPEN
    assert Health.objects.get(pk=files.source.pk).behind == 5
    record_waiting()
    files.once()
    assert len(accounts(files)) == MOST_OPEN + 5


def test_an_empty_file_waits_and_a_refused_one_is_told(files: Looker) -> None:
    (files.folder / "empty.csv").write_text("")
    (files.folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    files.settle()
    record_waiting()
    files.once()
    assert files.items()["empty.csv"].facts["became"] == "empty"
    assert files.problem == "folder-file-refused"
    (files.folder / "picture.png").unlink()
    files.settle()
    assert files.problem is None


def test_a_folder_that_is_away_is_told_and_taken_up_again(files: Looker) -> None:
    (files.folder / "a.csv").write_text(CSV + rows(0, 3))
    files.settle()
    shutil.move(files.folder, files.folder.with_name("elsewhere"))
    files.once()
    assert files.problem == "folder-not-there"
    shutil.move(files.folder.with_name("elsewhere"), files.folder)
    files.settle()
    assert files.problem is None and len(accounts(files)) == 1


def test_what_may_not_be_read_is_told_and_the_rest_is_taken(
    files: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.folder import taking

    real = taking.open_file

    def guarded(folder: Path, path: bytes) -> int:
        if path == b"secret.csv":
            raise PermissionError(13, "Permission denied")
        return real(folder, path)

    with monkeypatch.context() as patched:
        patched.setattr(taking, "open_file", guarded)
        (files.folder / "secret.csv").write_text(CSV + rows(0, 1))
        (files.folder / "open.csv").write_text(CSV + rows(1, 2))
        files.settle()
        assert files.problem == "file-not-readable"
        assert accounts(files) == [("open.csv", 1, 0)]
    files.settle()
    assert files.problem is None and len(accounts(files)) == 2


def test_a_question_waits_for_its_answer_and_other_files_go_on(files: Looker) -> None:
    (files.folder / "a.csv").write_text("when,who,did,what\n03/04/2026 10:00,ana,changed,doc 1\n")
    files.settle()
    record_waiting()
    files.once()
    assert files.problem == "source-asks"
    (files.folder / "b.csv").write_text(CSV + rows(0, 2))
    files.settle()
    assert ("b.csv", 2, 0) in accounts(files)


def test_many_files_are_looked_at_within_bounds(files: Looker, monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.features.sources.live import walking

    for number in range(30):
        (files.folder / f"{number}.csv").write_text("x")
    listing = walking.list_folder(files.folder, deep=True, wanted=lambda _name: True, most=10)
    assert listing.too_many and len(listing.files) == 10
    assert not listing.tells_of("29.csv")
