"""The entries that belong to a run, and an evidence pack of them in one press."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from indelible.features.packs import jobs as pack_jobs
from indelible.features.packs import services as packs
from indelible.features.packs.models import Pack
from indelible.features.people.models import User
from indelible.features.runbooks.models import Run, RunEntry, StepList, StepSignature
from indelible.features.signoffs.models import ListKind
from indelible.features.signoffs.rows import expanded
from indelible.web.jobs import ask_once

MOST: Final = 9_000  # entries; a pack of named entries holds 10,000


def entries_of(run: Run) -> list[int]:
    """Return the indexes of what tells of a run: its own entries, the text it went by, and what was looked at in it, as
    far as a pack can hold them; its own come first."""
    own = list(RunEntry.objects.filter(run=run).order_by("index").values_list("index", flat=True)[:MOST])
    found = dict.fromkeys([run.version.entry, *own])
    signed = StepSignature.objects.filter(step__run=run).values_list("sign_off__entry", flat=True)
    found.update(dict.fromkeys(signed))
    for row in StepList.objects.filter(step__run=run, frozen__kind=ListKind.ENTRIES).select_related("frozen"):
        rows = expanded(row.frozen.runs, row.frozen.count)
        found.update(dict.fromkeys(rows[: max(0, MOST - len(found))]))
    return sorted(index for index in found if index >= 0)


def make_pack_of(run: Run, user: User, zone: str) -> Pack:
    """Have an evidence pack of a run made; return it as it is being made. Raises PackError."""
    words = _(
        "The run “%(title)s” (%(key)s, version %(n)s): its entries, and those that were looked at in it"
    ) % {
        "title": run.title,
        "key": run.runbook.key,
        "n": run.version.number,
    }
    order = packs.order_of(run.logbook, zone=zone, words=words, indexes=entries_of(run))
    with transaction.atomic():
        pack = packs.open_pack(run.logbook, order, user)
        if packs.go_on(pack):
            ask_once(pack_jobs.make_pack, pack.pk)
    return pack
