"""Which folder may be watched: checked on the server, and refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.features.sources.folders.conftest import CSV, Looker, rows


def send(browser: Client, kind: str, folder: object, **more: str) -> Any:
    form = {"name": f"Files {kind}", "folder": str(folder), "patterns": "", "after": "stay", **more}
    once = browser.get(f"/sources/add/{kind}/").context
    assert once is not None
    return browser.post(f"/sources/add/{kind}/", form)


def said(answer: Any) -> str:
    assert answer.status_code == 422
    return answer.content.decode()


def home() -> Path:
    from django.conf import settings

    return Path(settings.INDELIBLE_HOME.path)


@pytest.mark.parametrize("kind", ["folder", "oversight"])
def test_a_folder_is_set_up_told_and_shown(signed_in: Client, kind: str, tmp_path: Path) -> None:
    from indelible.features.sources.models import Source

    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "in")
    answer = send(signed_in, kind, tmp_path / "link", patterns="*.csv, *.json", deep="on")
    source = Source.objects.get(kind=kind)
    assert answer.status_code == 302
    assert source.settings["folder"] == str((tmp_path / "in").resolve())
    assert source.settings["patterns"] == "*.csv; *.json" and source.settings["deep"] is True
    page = signed_in.get(answer["Location"]).content.decode()
    assert str(tmp_path / "in") in page and "No file yet" in page
    assert signed_in.get(f"/sources/{source.pk}/{kind}/").status_code == 200
    other = "oversight" if kind == "folder" else "folder"
    assert signed_in.get(f"/sources/{source.pk}/{other}/").status_code == 404
    changed = {"folder": str(tmp_path / "in"), "patterns": "*.csv", "after": "move"}
    assert signed_in.post(f"/sources/{source.pk}/settings/", changed).status_code == 302
    source.refresh_from_db()
    assert source.settings["patterns"] == "*.csv" and source.settings["deep"] is False


def test_what_is_no_folder_of_files_is_refused(signed_in: Client, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "is no whole path" in said(send(signed_in, "folder", "exports"))
    assert "is not there" in said(send(signed_in, "folder", tmp_path / "nowhere"))
    assert "is not there" in said(send(signed_in, "folder", tmp_path / "file"))
    assert "is no folder of files" in said(send(signed_in, "folder", "/proc/self"))
    assert "no names of files" in said(send(signed_in, "folder", tmp_path, patterns="../*.csv"))


def test_the_data_folder_is_never_watched(signed_in: Client, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(home())
    for folder in (home(), home() / "keys", home().parent, "/", tmp_path / "way" / "keys"):
        assert "own data" in said(send(signed_in, "oversight", folder)), folder


def test_a_folder_is_watched_by_one_source_of_a_kind(signed_in: Client, tmp_path: Path) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    assert send(signed_in, "folder", tmp_path / "in").status_code == 302
    for folder in (tmp_path / "in", tmp_path / "in" / "sub", tmp_path):
        assert "watches" in said(send(signed_in, "folder", folder, name="Another"))
    assert send(signed_in, "oversight", tmp_path / "in").status_code == 302


def test_whoever_runs_the_server_says_where(signed_in: Client, tmp_path: Path, settings: Any) -> None:
    for name in ("allowed", "other"):
        (tmp_path / name).mkdir()
    settings.INDELIBLE_FOLDERS = f"/srv/none:{tmp_path / 'allowed'}"
    assert "may be watched here" in said(send(signed_in, "folder", tmp_path / "other"))
    assert send(signed_in, "folder", tmp_path / "allowed").status_code == 302


def test_the_page_says_what_became_of_each_file(files: Looker, signed_in: Client) -> None:
    from indelible.server.jobs.worker import run_waiting

    (files.folder / "a.csv").write_text(CSV + rows(0, 3))
    (files.folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    files.settle()
    run_waiting()
    files.once()
    (files.folder / "b.csv").write_text("")
    files.settle()
    page = signed_in.get(f"/sources/{files.source.pk}/folder/").content.decode()
    for words in ("Recorded", "Could not be recorded", "Empty so far", "a.csv"):
        assert words in page


def test_a_look_is_claimed_and_freed(files: Looker) -> None:
    from indelible.features.sources.live.watching import hold_on

    with hold_on(files.source) as mine:
        assert mine is not None
        with hold_on(files.source) as other:
            assert other is None
    with hold_on(files.source) as again:
        assert again is not None
