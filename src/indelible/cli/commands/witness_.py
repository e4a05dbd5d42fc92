"""`indelible witness`: keep other people's seals, and confirm only what extends them.

Its folder is its own and no data folder of a record, so `INDELIBLE_HOME` is not asked: a witness and a
record are best not on one machine at all.
"""

from __future__ import annotations

from pathlib import Path

import click

from indelible.cli import options
from indelible.cli.output import counted, line, print_json
from indelible.witness import owning, running
from indelible.witness.page import iso_time, told_time
from indelible.witness.state import WatchedLog
from indelible.witness.watched import parse_log_key, read_logs

_folder = click.option(
    "--home",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help=f"The folder of the witness's key and state (else ./{running.DEFAULT_FOLDER}).",
)


@click.group("witness", invoke_without_command=True)
@_folder
@click.option("--listen", metavar="HOST:PORT", default=running.DEFAULT_ADDRESS, show_default=True)
@click.option("--name", metavar="NAME", help="What a new witness is called, such as witness.example.org/w1.")
@click.option("--log", "logs", metavar="KEY", multiple=True, help="The key of a record to watch; repeatable.")
@click.option(
    "--logs",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A list of such keys, one a line, or a policy.",
)
@options.as_json
@click.pass_context
def command(
    context: click.Context,
    home: Path | None,
    listen: str,
    name: str | None,
    logs: tuple[str, ...],
    file: Path | None,
    as_json: bool,
) -> None:
    """Run a witness: it keeps the newest seal of each record and confirms only what extends it.

    A first start makes its key. Ctrl-C stops it. Records are added, also while it runs, with
    `indelible witness add-log KEY`.
    """
    context.obj = home
    if context.invoked_subcommand is not None:
        return
    keys = [*map(parse_log_key, logs), *(read_logs(file) if file else [])]
    running.serve(
        _chosen(home, None), listen, name, keys, lambda told: _announce(told, as_json, _chosen(home, None))
    )
    if not as_json:
        line("Stopped.")


@command.command("add-log")
@click.argument("key", metavar="KEY")
@_folder
@options.as_json
@click.pass_obj
def add_log(given: Path | None, key: str, home: Path | None, as_json: bool) -> None:
    """Watch a record by its key, or accept one more key of a record that is watched."""
    log = parse_log_key(key)
    owning.add_log(_chosen(home, given), log)
    if as_json:
        print_json({"log": log.name, "key": log.text, "counts": True})
        return
    line(f"Seals of {log.name} under this key are confirmed from now on.")


@command.command("drop-key")
@click.argument("key", metavar="KEY")
@_folder
@options.as_json
@click.pass_obj
def drop_key(given: Path | None, key: str, home: Path | None, as_json: bool) -> None:
    """Confirm nothing more under a key, because it was replaced or stolen. What was confirmed is kept."""
    log = parse_log_key(key)
    owning.drop_key(_chosen(home, given), log)
    if as_json:
        print_json({"log": log.name, "key": log.text, "counts": False})
        return
    line(f"Nothing more is confirmed for {log.name} under this key. What was confirmed before is kept.")


@command.command("begin")
@click.option("--name", metavar="NAME", help="What it is called, such as witness.example.org/w1.")
@_folder
@options.as_json
@click.pass_obj
def begin(given: Path | None, name: str | None, home: Path | None, as_json: bool) -> None:
    """Make the key of a witness without starting it, or show the key that is there."""
    begun = owning.begin(_chosen(home, given), name)
    if as_json:
        print_json({"name": begun.name, "key": begun.key})
        return
    line(f"Witness: {begun.name}")
    line(f"Key:     {begun.key}")


@command.command("status")
@_folder
@options.as_json
@click.pass_obj
def status(given: Path | None, home: Path | None, as_json: bool) -> int:
    """Show what the witness holds. Exit code 1 where two versions of a record exist."""
    found = owning.look(_chosen(home, given))
    if as_json:
        print_json({"name": found.name, "key": found.key, "logs": [_as_document(log) for log in found.logs]})
    else:
        for log in found.logs:
            line(f"{log.origin}: {_told(log)}")
        if not found.logs:
            line("It watches no record yet. Add one by its key: indelible witness add-log KEY")
    return int(any(log.forks for log in found.logs))


def _as_document(log: WatchedLog) -> dict[str, object]:
    return {
        "origin": log.origin,
        "keys": list(log.keys),
        "size": log.newest.size if log.newest else None,
        "at": iso_time(log.newest.at) if log.newest else None,
        "refused": [
            {"reason": each.reason, "size": each.size, "at": iso_time(each.at)} for each in log.refused
        ],
        "two_versions": bool(log.forks),
    }


def _told(log: WatchedLog) -> str:
    """Return what is held of a record, in one line."""
    held = f"seal {log.newest.size:,}, confirmed {told_time(log.newest.at)}" if log.newest else "no seal yet"
    if log.forks:
        return f"TWO VERSIONS EXIST. {held}; look at the page of the witness"
    refused = f"; {counted(len(log.unproven), 'seal', 'seals')} refused" if log.unproven else ""
    return f"{held}{refused}"


def _chosen(first: Path | None, second: Path | None) -> Path:
    """Return the folder that was named, after the subcommand or before it, else the usual one."""
    return (first or second or Path(running.DEFAULT_FOLDER)).absolute()


def _announce(told: running.Started, as_json: bool, folder: Path) -> None:
    if as_json:
        print_json(told.as_document())
    else:
        line(f"The witness {told.name} is running: {told.url}/")
        line(f"Folder: {folder}")
        line(f"Key:    {told.key}")
        line("Give the address and the key to whoever keeps a record you watch; neither is a secret.")
        for origin in told.logs:
            line(f"It watches {origin}.")
        if not told.logs:
            line("It watches no record yet. Add one by its key: indelible witness add-log KEY")
        line("Stop it with Ctrl-C.")
    for key in told.dropped:
        click.echo(f"Not watched under this key, because it was dropped: {key}", err=True)
