"""The options that every command takes after its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

home = click.option("--home", metavar="DIR", help="The data folder (else INDELIBLE_HOME, else ./data).")
logbook = click.option("--logbook", metavar="NAME", help="Which logbook, where there are several.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def common(command: Command) -> Command:
    """Give a command --home, --logbook and --json."""
    return home(logbook(as_json(command)))
