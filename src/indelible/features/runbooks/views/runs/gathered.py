"""What belongs to a run, read in a fixed number of queries however many steps it has."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.translation import gettext as _

from indelible.features.runbooks.models import (
    RunRole,
    StepCheck,
    StepFile,
    StepList,
    StepSignature,
    StepWork,
)
from indelible.features.runbooks.views.runs.desk import Desk
from indelible.features.signoffs.models import Decision


@dataclass
class Gathered:
    """What belongs to the steps of a run, by the key of the step's row."""

    works: dict[int, list[StepWork]] = field(default_factory=lambda: defaultdict(list))
    files: dict[int, list[StepFile]] = field(default_factory=lambda: defaultdict(list))
    lists: dict[int, list[StepList]] = field(default_factory=lambda: defaultdict(list))
    checks: dict[int, list[StepCheck]] = field(default_factory=lambda: defaultdict(list))
    signatures: dict[int, list[StepSignature]] = field(default_factory=lambda: defaultdict(list))
    decided: dict[int, int] = field(default_factory=dict)  # by frozen list
    roles: dict[str, RunRole] = field(default_factory=dict)


def gather(desk: Desk) -> Gathered:
    """Read everything that belongs to the steps of a run."""
    found, run = Gathered(), desk.run
    for work in StepWork.objects.filter(step__run=run).order_by("attempt"):
        found.works[work.step_id].append(work)
    for file in StepFile.objects.filter(step__run=run).order_by("pk"):
        found.files[file.step_id].append(file)
    for one in (
        StepList.objects.filter(step__run=run).select_related("frozen").defer("frozen__leaves").order_by("pk")
    ):
        found.lists[one.step_id].append(one)
    for check in StepCheck.objects.filter(step__run=run).order_by("pk"):
        found.checks[check.step_id].append(check)
    for signature in StepSignature.objects.filter(step__run=run).select_related("sign_off").order_by("pk"):
        found.signatures[signature.step_id].append(signature)
    keys = [one.frozen_id for lists in found.lists.values() for one in lists]
    if keys:
        counts = (
            Decision.objects.filter(frozen__in=keys).order_by().values_list("frozen").annotate(Count("pk"))
        )
        found.decided = dict(counts)
    rows = RunRole.objects.filter(run=run).select_related("user", "stand_in", "outsider")
    found.roles = {row.role: row for row in rows}
    return found


def holders_of(row: RunRole | None) -> list[str]:
    """Return the names of those who have a role."""
    if row is None:
        return []
    return [one.name for one in (row.user, row.stand_in, row.outsider) if one is not None]


def role_words(row: RunRole | None) -> str:
    """Say who has a role, and who stands in."""
    if row is None or not holders_of(row):
        return _("Nobody yet")
    parts = []
    if row.user is not None:
        parts.append(row.user.name)
    if row.outsider is not None:
        parts.append(_("%(name)s, by a link") % {"name": row.outsider.name})
    if row.stand_in is not None:
        parts.append(_("stand-in: %(name)s") % {"name": row.stand_in.name})
    return ", ".join(parts)
