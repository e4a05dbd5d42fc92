"""Changes of who is who: each of them may change which rules an entry matches, and tells so once.

Rules speak of people and groups by name, so whoever changes what a name stands for does it inside `change()`: at the
end of the outermost one every process is told that the rules in force are others now.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from django.db import transaction

from indelible.storage.database.errors import NotFound
from indelible.storage.database.tagging import rules_changed
from indelible.web.acts import logbook_in_use

_depth: ContextVar[int] = ContextVar("depth", default=0)


@contextmanager
def change() -> Iterator[None]:
    """Make a change of who is who: all of it or nothing, and the rules are read anew after it."""
    before = _depth.get()
    token = _depth.set(before + 1)
    try:
        with transaction.atomic():
            yield
            if before == 0:
                tell_rules()
    finally:
        _depth.reset(token)


def tell_rules() -> None:
    """Say that what rules go by has changed: in the transaction of the change, last of all."""
    with suppress(NotFound):  # there is no record yet, and so no rule
        rules_changed(logbook_in_use())
