"""What waits for somebody: imports with a question, drafts not sealed, a record nobody has checked."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.people.models import User
from indelible.features.record.models import Draft
from indelible.features.seals.queries import Standing
from indelible.features.sources import queries as sources
from indelible.features.sources.models import Stage
from indelible.storage.database import reads
from indelible.storage.database.models import Logbook


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do: what, why, where, and its state (a name of web.states)."""

    title: str
    text: str
    url: str
    state: str
    word: str = ""


def waiting_for(logbook: Logbook, user: User, standing: Standing) -> list[Waiting]:
    """Return what waits, the most pressing first."""
    found = [_import(row) for row in sources.open_imports(logbook)]
    drafts = Draft.objects.filter(owner=user, sealed_as=None).count()
    if drafts:
        words = ngettext(
            "You have a draft that is not sealed", "You have %(n)s drafts that are not sealed", drafts
        )
        text = _("A draft is not part of the record until you seal it.")
        found.append(Waiting(words % {"n": drafts}, text, reverse("record:add"), "open"))
    if standing.state == "stale":
        text = _("A check says whether anything was changed since.")
        found.append(
            Waiting(_("Nobody has checked for more than a day"), text, reverse("seals:overview"), "due")
        )
    if reads.head(logbook).size < FEW:
        text = _("Upload an export of a system you use and read it as sentences.")
        found.append(
            Waiting(_("Bring in your first file"), text, reverse("sources:upload"), "open", _("To do"))
        )
    return found


FEW = 5


def _import(row: object) -> Waiting:
    stage, key, name = row.stage, row.pk, row.file_name  # type: ignore[attr-defined]
    url = reverse("sources:import", args=[key])
    if stage in (Stage.ASKING, Stage.RECEIVED):
        text = _("Nothing of it is recorded yet. Say which column is what.")
        return Waiting(_("“%(name)s” waits for your answer") % {"name": name}, text, url, "due")
    if stage == Stage.STOPPED:
        text = _("What was sealed stays. It can go on from where it stood.")
        return Waiting(_("“%(name)s” was stopped") % {"name": name}, text, url, "stopped")
    return Waiting(
        _("“%(name)s” is being recorded") % {"name": name}, _("You can leave it alone."), url, "running"
    )
