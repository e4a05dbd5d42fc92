"""What other features have people reminded of, beside the steps of runs: in the same letters, by the same rules.

A feature calls `provide` when its app is ready. What it gives are tasks and piles of the planner whose word `further`
begins with its name and a point ("reviews.share"); by that word it is asked again for what a letter says of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from indelible.events.event import Event
from indelible.events.office import WorkCalendar
from indelible.features.runbooks.reminding.days import Person
from indelible.features.runbooks.reminding.piles import Pile
from indelible.features.runbooks.reminding.planning import Task
from indelible.storage.database.models import Logbook


class Source(Protocol):
    """What a feature answers. A module with these functions is one."""

    def gather(
        self,
        logbook: Logbook,
        people: Mapping[str, Person],
        organisation: tuple[str, ...],
        calendar: WorkCalendar,
        now: datetime,
    ) -> tuple[list[Task], list[Pile]]:
        """Return what waits. `people` are those who can be told, `organisation` its owners among them."""

    def words(self, what: str, title: str, count: int) -> str:
        """Say what it is that waits: "Access to AccountsPro: decide who still needs it"."""

    def path(self, what: str, subject: int) -> str:
        """Return the path of its page."""

    def escalated(self, task: Task, deadline: str, people: Sequence[str], stage: int) -> Event | None:
        """Return the entry that a task was told further up; None where it does not stand any more. In a transaction:
        what it depends on is held until its end."""


_provided: dict[str, Callable[[], Source]] = {}


def provide(name: str, load: Callable[[], Source]) -> None:
    """Have people reminded of what this feature gives. Once a process; `load` imports what it needs when called."""
    _provided[name] = load


def gather(
    logbook: Logbook,
    people: Mapping[str, Person],
    organisation: tuple[str, ...],
    calendar: WorkCalendar,
    now: datetime,
) -> tuple[list[Task], list[Pile]]:
    """Return all that waits beside the steps of runs."""
    tasks: list[Task] = []
    piles: list[Pile] = []
    for _name, load in sorted(_provided.items()):
        more, heaps = load().gather(logbook, people, organisation, calendar, now)
        tasks += more
        piles += heaps
    return tasks, piles


def source_of(further: str) -> Source | None:
    """Return who answers for such a thing; None where that feature is gone."""
    load = _provided.get(further.partition(".")[0])
    return load() if load is not None else None


def words_and_path(item: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a letter says of one of its items, and where its page is."""
    source = source_of(item["further"])
    if source is None:
        return "", ""
    return (
        source.words(item["further"], item["title"], item["count"]),
        source.path(item["further"], item["subject"]),
    )
