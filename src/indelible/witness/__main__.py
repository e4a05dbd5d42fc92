"""`python -m indelible.witness`: the same as `indelible witness`, where nothing else of Indelible is wanted."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .errors import WitnessError
from .running import DEFAULT_ADDRESS, DEFAULT_FOLDER, Started, serve
from .watched import parse_log_key, read_logs

NOT_CARRIED_OUT = 2


def main(arguments: list[str] | None = None) -> int:
    """Run a witness until it is told to stop. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m indelible.witness", description="Run a witness.")
    parser.add_argument("--home", type=Path, default=Path(DEFAULT_FOLDER), help="its key and state")
    parser.add_argument("--listen", default=DEFAULT_ADDRESS, help="host:port (default: %(default)s)")
    parser.add_argument("--name", help="what a new witness is called, such as witness.example.org/w1")
    parser.add_argument("--log", action="append", default=[], metavar="VKEY", help="a log's key; repeatable")
    parser.add_argument("--logs", type=Path, metavar="FILE", help="a list of keys, or a policy")
    parser.add_argument("--json", action="store_true", help="say where it runs as one JSON document")
    given = parser.parse_args(arguments)
    try:
        logs = [*map(parse_log_key, given.log), *(read_logs(given.logs) if given.logs else [])]
        serve(given.home, given.listen, given.name, logs, lambda told: _announce(told, given.json))
    except (WitnessError, OSError) as refused:
        sys.stderr.write(f"{refused}\n")
        return NOT_CARRIED_OUT
    return 0


def _announce(told: Started, as_json: bool) -> None:
    # First what is amiss: whoever waits for the line that says where it runs has then been told everything.
    for key in told.dropped:
        sys.stderr.write(f"Not watched, because this key was dropped: {key}\n")
    sys.stderr.flush()
    if as_json:
        sys.stdout.write(json.dumps(told.as_document(), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"Witness: {told.name}\nKey:     {told.key}\nAddress: {told.url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
