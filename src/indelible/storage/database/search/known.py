"""Logins that are known to be somebody's: asked for a person, the search finds the entries of their logins too.

Who is known belongs to a feature; the search only asks. A feature registers with `provide_logins` the function that
gives, for the text of a `who:` filter, the logins that go by it and from when to when. Each is looked for in the
text index within its time (to the whole hour, as periods are), so the answer costs what any other costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

MOST: Final = 20
"""So many logins are looked for, of one filter."""


@dataclass(frozen=True, slots=True)
class KnownLogin:
    """A login as it stands in entries, and when it is somebody's. None is no bound."""

    login: str
    source: int | None = None  # the id of the one source in which it is; None: in each
    start: datetime | None = None
    end: datetime | None = None  # the first moment after


_providers: list[Callable[[str], Sequence[KnownLogin]]] = []


def provide_logins(provider: Callable[[str], Sequence[KnownLogin]]) -> None:
    """Register the function that tells the logins of a name or address. Called once, in an app's `ready`."""
    _providers[:] = [provider]


def logins_of(value: str) -> Sequence[KnownLogin]:
    """Return the logins that go by a filter's value; nothing for most."""
    return _providers[0](value)[:MOST] if _providers else ()
