"""File oversight: what became of each document is on the record once, and told as far as a folder can tell."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.features.sources.folders.conftest import Looker


def events(looker: Looker) -> list[Any]:
    """The events of the source, oldest first."""
    from indelible.storage.database.reads import get_entries

    book = looker.source.logbook
    book.refresh_from_db()
    found = [entry.event for entry in get_entries(book, 0, book.size - 1, book.size)]
    return [event for event in found if event.get("source", {}).get("name") == looker.source.name]


def told(looker: Looker) -> list[tuple[str, str]]:
    """What each entry after the beginning says: the verb and the file."""
    return [(event["action"]["verb"], event["targets"][0]["name"]) for event in events(looker)[1:]]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def replayed(looker: Looker) -> dict[str, str]:
    """The folder as the record tells it."""
    return replay(events(looker))


def replay(told: list[Any]) -> dict[str, str]:
    """The digest of each file that is there, as these events of one source tell it."""
    there: dict[str, str] = {}
    for event in told:
        extra, verb, name = event.get("extra", {}), event["action"]["verb"], event["targets"][0].get("name")
        if verb == "view":
            there |= {each["name"]: each["file_digest"] for each in extra.get("items", [])}
            continue
        if verb == "move":
            moved_from = next(each["before"] for each in event["changes"] if each["field"] == "path")
            del there[moved_from]
        if verb == "delete":
            del there[name]
        else:
            there[name] = extra["file_digest"]
    return there


def lies_there(folder: Path) -> dict[str, str]:
    return {str(each.relative_to(folder)): digest(each) for each in folder.rglob("*") if each.is_file()}


@pytest.fixture
def begun(overseen: Looker) -> Looker:
    """An overseen folder with two documents, looked through."""
    (overseen.folder / "a.txt").write_text("first")
    (overseen.folder / "b.txt").write_text("second")
    overseen.once()
    return overseen


def test_how_the_files_lie_at_the_beginning_is_an_entry(
    begun: Looker, sentences: Callable[[], list[str]]
) -> None:
    (beginning,) = events(begun)
    assert [each["name"] for each in beginning["extra"]["items"]] == ["a.txt", "b.txt"]
    assert beginning["extra"]["items"][0]["file_digest"] == hashlib.sha256(b"first").hexdigest()
    assert sentences()[-1] == f"Indelible looked at folder {begun.folder}"
    begun.settle()
    assert len(events(begun)) == 1


def test_an_empty_folder_begins_too(overseen: Looker) -> None:
    overseen.once()
    (overseen.folder / "a.txt").write_text("first")
    overseen.settle()
    assert told(overseen) == [("create", "a.txt")]


def test_each_change_is_told_once_with_what_the_folder_knows(
    begun: Looker, sentences: Callable[[], list[str]]
) -> None:
    before = digest(begun.folder / "a.txt")
    (begun.folder / "a.txt").write_text("first, amended")
    (begun.folder / "new.txt").write_text("third")
    begun.settle()
    begun.settle()
    assert sorted(told(begun)) == [("change", "a.txt"), ("create", "new.txt")]
    event = next(each for each in events(begun) if each["action"]["verb"] == "change")
    assert event["actor"] == {"kind": "unknown"} and "actor_unknown" in event["flags"]
    assert event["changes"] == [{"field": "size", "before": 5, "after": 14}]
    assert event["extra"]["file_digest_before"] == before
    assert event["extra"]["file_digest"] == digest(begun.folder / "a.txt")
    assert event["extra"]["owner"].endswith(f"({os.geteuid()})")
    assert event["time"]["basis"] == "source" and event["time"]["said"] == event["occurred_at"]
    written = (begun.folder / "a.txt").stat().st_mtime
    assert event["occurred_at"].startswith(datetime.fromtimestamp(written, UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    assert any(each.startswith("Somebody not named changed") and "a.txt" in each for each in sentences())


def test_a_removal_has_only_the_moment_it_was_noticed(begun: Looker) -> None:
    (begun.folder / "a.txt").unlink()
    begun.settle()
    event = events(begun)[-1]
    assert told(begun) == [("delete", "a.txt")]
    assert "time_noticed" in event["flags"] and " to " in event["extra"]["time_range"]
    assert event["time"]["basis"] == "inferred" and event["extra"]["file_digest_before"]


def test_a_time_that_was_set_back_is_not_believed(begun: Looker) -> None:
    (begun.folder / "a.txt").write_text("other")
    os.utime(begun.folder / "a.txt", (0, 0))
    begun.settle()
    event = events(begun)[-1]
    assert told(begun) == [("change", "a.txt")]
    assert "time_noticed" in event["flags"] and event["extra"]["modified"] == "1970-01-01T00:00:00Z"


def test_the_same_size_and_time_hide_no_change(begun: Looker) -> None:
    facts = (begun.folder / "a.txt").stat()
    (begun.folder / "a.txt").write_text("FIRST")
    os.utime(begun.folder / "a.txt", ns=(facts.st_atime_ns, facts.st_mtime_ns))
    begun.settle()
    assert told(begun) == [("change", "a.txt")]


def test_a_moved_file_is_one_entry(begun: Looker, sentences: Callable[[], list[str]]) -> None:
    (begun.folder / "sub").mkdir()
    (begun.folder / "a.txt").rename(begun.folder / "sub" / "z.txt")
    begun.settle()
    assert told(begun) == [("move", "sub/z.txt")]
    assert "from a.txt to sub/z.txt" in sentences()[-1]
    (begun.folder / "sub" / "z.txt").rename(begun.folder / "a.txt")
    begun.settle()
    (begun.folder / "a.txt").rename(begun.folder / "sub" / "z.txt")
    begun.settle()
    assert [verb for verb, _ in told(begun)] == ["move"] * 3
    assert replayed(begun) == lies_there(begun.folder)


def test_a_move_to_another_disk_is_told_by_the_content(begun: Looker) -> None:
    content = (begun.folder / "a.txt").read_bytes()
    (begun.folder / "copy.txt").write_bytes(content)
    (begun.folder / "a.txt").unlink()
    begun.settle()
    assert told(begun) == [("move", "copy.txt")]


@pytest.mark.parametrize("way", ["rename over", "backup first"])
def test_a_program_that_saves_in_steps_makes_one_change(begun: Looker, way: str) -> None:
    path, new = begun.folder / "a.txt", begun.folder / "a.txt.new"
    if way == "rename over":
        new.write_text("first, amended")
        begun.once()
        new.replace(path)
    else:
        path.rename(begun.folder / "a.txt~")
        begun.once(after=0.5)
        path.write_text("first, amended")
        (begun.folder / "a.txt~").unlink()
    begun.settle()
    begun.settle()
    assert told(begun) == [("change", "a.txt")]


def test_rights_and_touches(begun: Looker) -> None:
    (begun.folder / "a.txt").chmod(0o666)
    (begun.folder / "b.txt").touch()
    begun.settle()
    (event,) = events(begun)[1:]
    assert event["changes"] == [{"field": "permissions", "before": "rw-r--r--", "after": "rw-rw-rw-"}]
    assert "file_digest_before" not in event["extra"]
    begun.settle()
    assert len(events(begun)) == 2


def test_a_large_file_is_told_as_not_compared(begun: Looker, monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.features.sources.kinds.oversight import reading

    monkeypatch.setattr(reading, "MOST_COMPARED_BYTES", 10)
    (begun.folder / "big.bin").write_bytes(bytes(20))
    begun.settle()
    event = events(begun)[-1]
    assert "content_not_compared" in event["flags"] and "file_digest" not in event["extra"]


def test_what_cannot_be_seen_is_not_told_as_gone(begun: Looker, monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.features.sources.live import walking
    from indelible.features.sources.models import Health

    (begun.folder / "sub").mkdir()
    (begun.folder / "sub" / "c.txt").write_text("third")
    begun.settle()
    real = os.open

    def guarded(path: Any, *args: Any, **more: Any) -> int:
        if path == b"sub":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(walking.os, "open", guarded)
        begun.settle()
        assert begun.problem == "folder-part-not-readable"
    elsewhere = begun.folder.with_name("elsewhere")
    begun.folder.rename(elsewhere)
    begun.settle()
    assert begun.problem == "folder-not-there"
    begun.folder.mkdir()  # the place where a share is put, without the share
    health = Health.objects.get(pk=begun.source.pk)
    health.cursor["disk"] = "another"
    health.save()
    begun.settle()
    assert begun.problem == "folder-suddenly-empty"
    begun.folder.rmdir()
    elsewhere.rename(begun.folder)
    begun.settle()
    assert begun.problem is None and told(begun) == [("create", "sub/c.txt")]


def test_what_happened_while_nobody_looked_is_found(begun: Looker) -> None:
    (begun.folder / "a.txt").write_text("other")
    (begun.folder / "b.txt").unlink()
    begun.begin_anew()
    begun.settle()
    assert sorted(told(begun)) == [("change", "a.txt"), ("delete", "b.txt")]


def test_other_settings_begin_anew_and_remove_nothing(begun: Looker) -> None:
    begun.source.settings = {**begun.source.settings, "patterns": "a*"}
    begun.source.save()
    begun.settle()
    assert [event["action"]["verb"] for event in events(begun)] == ["view", "view"]
    assert set(begun.items()) == {"a.txt"}


def test_no_digest_stands_outside_the_record(begun: Looker) -> None:
    (begun.folder / "a.txt").write_text("first, amended")
    begun.settle()
    kept = str([row.facts for row in begun.items().values()])
    assert digest(begun.folder / "a.txt") not in kept and digest(begun.folder / "b.txt") not in kept
