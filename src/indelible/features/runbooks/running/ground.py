"""What checks of a step stand on, gathered once for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.utils.functional import SimpleLazyObject

from indelible.features.people.models import User
from indelible.features.rules.world import world_of
from indelible.features.runbooks.checks import Ground, Times
from indelible.features.runbooks.models import Run, RunStep, StepList, StepWork
from indelible.features.runbooks.running.dates import values_of
from indelible.features.runbooks.running.documents import document_of
from indelible.features.settings import services as settings
from indelible.language.world import World


def ground_of(run: Run, step: RunStep | None, now: datetime) -> Ground:
    """Return a run as it stands, for the checks of one of its steps."""
    rows = list(RunStep.objects.filter(run=run).select_related("by_user", "by_outsider"))
    period = (run.period_from, run.period_to) if run.period_from and run.period_to else None
    return Ground(
        run=run,
        step=step,
        document=document_of(run),
        logbook=run.logbook,
        now=now,
        values=values_of(run),
        doers=_doers(run, rows),
        times={row.key: Times(row.opened_at, row.done_at) for row in rows},
        lists=lists_of(run),
        # Most checks ask for no sentence, and the organisation's names take a dozen queries.
        world=cast(World, SimpleLazyObject(lambda: world_of(run.logbook))),
        calendar=settings.calendar(),
        period=period,
    )


def _doers(run: Run, rows: list[RunStep]) -> dict[str, list[User | str]]:
    """Return by step who did it or had a hand in it, in any attempt."""
    found: dict[str, list[User | str]] = {row.key: [] for row in rows}
    for row in rows:
        if row.by_user is not None:
            found[row.key].append(row.by_user)
        elif row.by_outsider is not None:
            found[row.key].append(row.by_outsider.tag)
    users: dict[int, User] = {}
    hands: list[tuple[str, Any]] = []
    for work in StepWork.objects.filter(step__run=run).select_related("step"):
        hands += [(work.step.key, tag) for tag in work.hands]
    keys = {int(tag.partition(" ")[2]) for _, tag in hands if tag.startswith("user ")}
    if keys:
        users = User.objects.in_bulk(keys)
    for key, tag in hands:
        who = users.get(int(tag.partition(" ")[2])) if tag.startswith("user ") else tag
        if who is not None and who not in found[key]:
            found[key].append(who)
    return found


def lists_of(run: Run) -> dict[str, int]:
    """Return by step the list it showed last."""
    rows = StepList.objects.filter(step__run=run).order_by("pk").values_list("step__key", "frozen")
    return dict(rows)
