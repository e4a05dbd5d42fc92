"""What the pages tell people to type does what they say."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from click import Group

from tests.docs.pages import ROOT, Command, Place, commands_of, pages, subcommands_in
from tests.ledger.packs.making import make_pack

WITH_COMMANDS = [page for page in pages() if commands_of(page)]
POSTGRES_PAGE = "postgresql.md"
POSTGRES_EXAMPLE = "postgresql://indelible:secret@db.example.org/indelible"
CARRIED_ON = re.compile(r"^export (\w+)=(\S+)$")


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def is_serve(command: Command) -> bool:
    return "indelible serve" in command.text


def begins_itself(commands: list[Command]) -> bool:
    first = next((command for command in commands if "--home data" in command.text), None)
    return first is None or " init " in first.text or is_serve(first)


@pytest.mark.parametrize(
    "document", [page for page in WITH_COMMANDS if page.name != POSTGRES_PAGE], ids=named
)
def test_every_command_of_a_page_runs(document: Path, tmp_path: Path) -> None:
    place = Place(tmp_path)
    commands = [command for command in commands_of(document) if not is_serve(command)]
    if document.name == "check-a-pack.md":  # whoever reads it was handed one
        make_pack(tmp_path / "pack.zip", entries=3, real_page=False)
    if not begins_itself(commands):
        assert place.run("indelible init --home data").returncode == 0
    for command in commands:
        done = place.run(command.text)
        assert done.returncode == command.code, f"{command.text}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.postgres
def test_the_commands_of_the_postgresql_page_run(tmp_path: Path, postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE docs")
    address = re.sub(r"/[^/?]*(\?|$)", r"/docs\1", postgres_url, count=1)
    page = next(page for page in pages() if page.name == POSTGRES_PAGE)
    place = Place(tmp_path)
    for command in commands_of(page):
        if carried := CARRIED_ON.match(command.text):
            place.environment[carried[1]] = carried[2].replace(POSTGRES_EXAMPLE, address)
            continue
        done = place.run(command.text)
        assert done.returncode == command.code, f"{command.text}\n{done.stdout}{done.stderr}"
    assert not (tmp_path / "data" / "indelible.sqlite3").exists()


def test_serve_as_the_page_shows_it_answers_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    page = ROOT / "docs/operate/install.md"
    (shown,) = [command.text for command in commands_of(page) if is_serve(command)]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = Place(tmp_path)
    said_by = (tmp_path / "said").open("w")
    process = subprocess.Popen(
        shown.replace("--port 8000", f"--port {port}").split(),
        cwd=tmp_path,
        env={**place.environment, "PYTHONUNBUFFERED": "1"},
        executable=tmp_path / ".venv/bin/indelible",
        stdout=said_by,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        ends = time.monotonic() + 60
        while "Ctrl-C" not in (said := (tmp_path / "said").read_text()):
            assert process.poll() is None, said
            assert time.monotonic() < ends, said
            time.sleep(0.1)
        assert f"http://127.0.0.1:{port}/setup/?key=" in said
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    finally:
        said_by.close()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.parametrize("document", pages(), ids=named)
def test_every_subcommand_that_a_page_names_exists(document: Path) -> None:
    from indelible.cli.app import COMMANDS

    assert subcommands_in(document.read_text(encoding="utf-8")) <= set(COMMANDS)


def test_every_subcommand_is_shown_somewhere() -> None:
    from indelible.cli.app import COMMANDS

    shown = set().union(*(subcommands_in(page.read_text(encoding="utf-8")) for page in pages()))
    assert set(COMMANDS) <= shown


@pytest.mark.parametrize("document", pages(), ids=named)
def test_every_option_that_a_page_shows_is_one_of_its_command(document: Path) -> None:
    from indelible.cli.app import COMMANDS, app

    context = app.make_context("indelible", ["doctor"], resilient_parsing=True)
    for command in commands_of(document):
        for name, rest in re.findall(r"indelible ([a-z]+)([^|;&)]*)", command.text):
            assert name in COMMANDS
            loaded = app.get_command(context, name)
            assert loaded is not None
            if isinstance(loaded, Group):
                inner = loaded.get_command(context, rest.split()[0])
                assert inner is not None, command.text
                loaded = inner
            known = {option for parameter in loaded.params for option in parameter.opts}
            assert set(re.findall(r"\s(--[a-z-]+)", rest)) <= known, command.text
