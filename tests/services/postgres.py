"""A real PostgreSQL server for the time of a test run, in a folder that goes with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

_INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 120
shared_buffers = 64MB
fsync = {fsync}
"""


def programs() -> Path:
    """Return the folder of PostgreSQL's programs, or skip the test where they are not installed."""
    for name in ("pg_ctl", "initdb"):
        if found := shutil.which(name):
            return Path(found).resolve().parent  # the others lie beside it, not beside a link to it
    for folder in _INSTALLED:
        if (folder / "pg_ctl").exists():
            return folder
    pytest.skip("PostgreSQL is not installed here (initdb and pg_ctl were looked for)")


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def address_of(server: str, name: str) -> str:
    """Return the address of a database beside the one that the server's address names."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def make_database(server: str, name: str, *, copy_of: str = "template1") -> str:
    """Make a database anew, empty or as a copy of another one that nobody uses; return its address."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {copy_of}")
    return address_of(server, name)


def make_tables(address: str, home: Path) -> None:
    """Give an empty database the tables of a new installation, in a process of its own."""
    code = "import django; django.setup(); from indelible.server import prepare; prepare.bring_tables_up_to_date()"
    tell(code, address, home)


def tell(story: str, address: str, home: Path, *, within_seconds: int = 180) -> str:
    """Run a story as an installation over that database, in a process of its own; return what it printed."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))}
    ours = {
        "INDELIBLE_HOME": str(home),
        "INDELIBLE_DATABASE": address,
        "DJANGO_SETTINGS_MODULE": "indelible.server.settings",
    }
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", story],
        env=clean | ours,
        capture_output=True,
        text=True,
        timeout=within_seconds,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-3000:]
    return told.stdout.strip()


@contextlib.contextmanager
def running(*, fsync: bool = False) -> Iterator[str]:
    """Start a server, give the address of its empty database, and take all of it away afterwards.

    The server refuses to run as root, so root becomes the user `postgres` for it. `fsync=False` serves
    every test that does not cut the power.
    """
    bin_folder = programs()
    folder = Path(tempfile.mkdtemp(prefix="indelible-postgres-"))
    runner: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        runner = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [*runner, str(bin_folder / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    port = free_port()
    try:
        run(
            "initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        )
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS.format(port=port, folder=folder, fsync="on" if fsync else "off"))
        run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
