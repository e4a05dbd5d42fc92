"""The lists that steps show besides entries: what Indelible itself can list, as lines of plain values.

Each is a function from a run's ground to lines, bounded. A feature that lists something of its own makes it known with
`provide` when its app is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from indelible.features.runbooks.checks import CannotTell, Ground, sentences
from indelible.features.runbooks.document.runbook import Step, View
from indelible.features.runbooks.models import Run, RunStep, StepList
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.evidence import list_of
from indelible.features.runbooks.running.ground import ground_of
from indelible.features.runbooks.running.lists_of_ours import OURS
from indelible.features.signoffs import freezing, sampling
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.models import FrozenList

Lines = Iterable[Mapping[str, Any]]
Provider = Callable[[Ground], Lines | FrozenList]

MOST_LINES: Final = 2_000
MOST_ROWS: Final = 5_000
_providers: dict[str, tuple[str, Provider]] = {}


def provide(name: str, title: str, provider: Provider) -> None:
    """Make a list known under the name that documents use, with a title in English."""
    _providers[name] = (title, provider)


def known() -> Mapping[str, tuple[str, Provider]]:
    """Return every list by its name: its title, and what gives its rows."""
    return {**OURS, **_providers}


def show(
    run: Run, part: Step, row: RunStep, doer: Doer, now: datetime, *, fresh: bool = False
) -> FrozenList | None:
    """Return the list of a step as it is frozen for the present attempt: made now where there is none, or with `fresh`
    once more. Raises RunError (`step-list-not-made`) with what stands against it."""
    if part.view is None:
        return None
    if not fresh and (there := list_of(row)) is not None:
        return there
    ground = ground_of(run, row, now)
    try:
        frozen = _made(part, part.view, ground, doer, now)
    except CannotTell as why:
        raise RunError("step-list-not-made", why=why.says) from why
    except SignOffError as refused:
        raise RunError(refused.code, **refused.facts) from refused
    StepList.objects.create(step=row, attempt=row.attempt, frozen=frozen)
    return frozen


def _made(part: Step, view: View, ground: Ground, doer: Doer, now: datetime) -> FrozenList:
    asks = {"choices": view.decide, "reason_for": view.reason_for}
    if view.list_:
        if view.list_ not in known():
            raise CannotTell(_("Indelible has no list called “%(name)s”.") % {"name": view.list_})
        title, provider = known()[view.list_]
        made = provider(ground)
        if isinstance(made, FrozenList):
            return made
        return freezing.freeze_lines(
            ground.logbook,
            made,
            doer.user,
            now,
            title=f"{title} ({part.title})",
            code={"list": view.list_, "run": ground.run.pk, "step": part.key},
            asks=asks,
            limit=MOST_LINES,
        )
    sentence = sentences.read(view.entries, ground)
    period = ground.bounds()
    if view.sample:
        return sampling.draw(
            ground.logbook,
            sentence.pattern,
            view.sample,
            None,
            doer.user,
            now,
            title=f"{part.title}: {sentence.words}",
            world=ground.world,
            period=period,
            asks=asks,
        )
    return freezing.freeze_entries(
        ground.logbook,
        sentence.pattern,
        ground.world,
        doer.user,
        now,
        title=f"{part.title}: {sentence.words}",
        period=period,
        asks=asks,
        limit=MOST_ROWS,
    )
