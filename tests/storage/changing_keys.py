"""A process of its own that changes the key and kills itself on the way, for the tests that ask what is left then.

    python -m tests.storage.changing_keys LOGBOOK rotate|finish|revoke WHERE

`WHERE` names the function in whose place, before it or after it, the process ends by SIGKILL: nothing is cleaned up.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

# Where to die: module, name, and whether before or after the call.
PLACES = {
    "before-file": ("rotating", "make_next_key", False),
    "after-file": ("rotating", "make_next_key", True),
    "before-entry": ("rotating", "append", False),
    "after-entry": ("rotating", "append", True),
    "after-mark": ("rotating", "_mark", True),
    "after-commit": ("rotating", "put_aside", False),
    "after-all": ("rotating", "put_aside", True),
}


def die() -> None:
    """End as a machine does that loses its power."""
    os.kill(os.getpid(), signal.SIGKILL)


def killing(do: Callable[..., Any], after: bool) -> Callable[..., Any]:
    """Return a function that dies before or after `do`."""

    def call(*arguments: Any, **named: Any) -> Any:
        if after:
            do(*arguments, **named)
        die()

    return call


def main(name: str, act: str, where: str) -> None:
    """Change the key of a logbook, and die at `where`."""
    from indelible.storage.database import rotating
    from indelible.storage.database.logbooks import get_logbook

    logbook = get_logbook(name)
    if where in PLACES:
        _module, function, after = PLACES[where]
        setattr(rotating, function, killing(getattr(rotating, function), after))
    if act == "finish":
        rotating.finish_rotation(logbook, actor=None)
    else:
        getattr(rotating, act)(logbook, actor=None, reason="A test")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "indelible.server.settings"
    django.setup()
    main(*sys.argv[1:4])
