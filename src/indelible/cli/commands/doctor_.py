"""`indelible doctor`: what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from indelible.cli import options
from indelible.cli.faults import Fault
from indelible.cli.output import line, print_json
from indelible.cli.session import DEFAULT_HOME
from indelible.storage.home import Home

MARKS = {"fine": "ok     ", "look": "look at", "wrong": "MEND   "}
NEEDS_MENDING = 1


@click.command("doctor")
@options.common
def command(home: str | None, logbook: str | None, as_json: bool) -> int:
    """Check the installation and say what to mend.

    Exit code 0: nothing needs mending. 1: something does.
    """
    path = Path(home or os.environ.get("INDELIBLE_HOME") or DEFAULT_HOME).absolute()
    if not Home(path).exists:
        raise Fault("home-missing", home=path)
    os.environ["INDELIBLE_HOME"] = str(path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "indelible.server.settings"
    import django

    django.setup()  # without bringing tables up to date: looking changes nothing
    from indelible.cli.examination import examine

    found = examine(Home(path), logbook)
    wrong = [each for each in found if each.state == "wrong"]
    if as_json:
        print_json({"healthy": not wrong, "checks": [each.as_json() for each in found]})
    else:
        for each in found:
            _tell(each)
    return NEEDS_MENDING if wrong else 0


def _tell(each: Any) -> None:
    line(f"{MARKS[each.state]}  {each.message}")
    if each.next_step:
        line(f"         {each.next_step}")
