"""A rule is no longer kept, or is kept again: told to whoever asked to hear of it.

    from indelible.features.coverage import changes

    changes.hear(my_function)  # once a process, in `AppConfig.ready`

The function is called inside the transaction that writes the entry, so what it writes stands or falls with that;
it must not wait for anything outside. The rows of `RuleTrouble` tell the same to whoever comes later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from indelible.storage.database.models import Logbook


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that fell silent, was broken, or is kept again."""

    logbook: Logbook
    rule: int
    sentence: str
    kind: Literal["silent", "broken"]
    is_over: bool  # it is kept again
    trouble: int  # key of the row of `RuleTrouble`
    entry: int  # index of the entry that tells of it
    since: datetime
    causes: Sequence[Mapping[str, Any]] = ()  # as `RuleTrouble.causes`: code, source, facts, words


Hearer = Callable[[Change], None]
_hearers: list[Hearer] = []


def hear(hearer: Hearer) -> None:
    """Have a function called for every change from now on; once, however often it is asked."""
    if hearer not in _hearers:
        _hearers.append(hearer)


def tell(change: Change) -> None:
    """Tell everybody who asked. Inside the transaction of the change."""
    for hearer in _hearers:
        hearer(change)
