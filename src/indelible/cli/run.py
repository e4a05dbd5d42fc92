"""Running one command: what it raised becomes an exit code and words.

0 is fine, 1 says that a check failed, 2 that the command could not be carried out. With `--json` a failure
is a document too.
"""

from __future__ import annotations

import os
import sys

import click

from indelible.cli.app import app
from indelible.cli.faults import Fault, known_fault, show_fault, unexpected

NOT_CARRIED_OUT = 2


def run(arguments: list[str]) -> int:
    """Run the command line `arguments` and return its exit code."""
    as_json = "--json" in arguments
    try:
        outcome = app.main(args=arguments, prog_name="indelible", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as misuse:
        return _misused(misuse, as_json)
    except (KeyboardInterrupt, click.Abort):
        return show_fault(Fault("interrupted"), as_json)
    except BrokenPipeError:  # the reader of our output has had enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as raised:
        # The last net, at the edge of the process: an unknown fault goes to the log file, none is lost.
        return show_fault(known_fault(raised) or unexpected(raised), as_json)
    return outcome if isinstance(outcome, int) else 0


def _misused(misuse: click.UsageError, as_json: bool) -> int:
    if as_json:
        return show_fault(Fault("usage", message=misuse.format_message()), as_json)
    misuse.show()
    return NOT_CARRIED_OUT
