"""The pill on every page: one line on whether the record is intact.

Amber never says "Untouched", and only a full check turns it green. While altered it stays so, whatever runs.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from indelible.features.seals.queries import Standing, percent, standing
from indelible.storage.database.errors import NotFound
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.moments import Reader
from indelible.web.status import PillState


def pill(request: HttpRequest) -> PillState | None:
    """Return what the pill shows to this reader; None before there is a record."""
    if not request.user.is_authenticated:
        return None
    try:
        logbook = logbook_in_use()
    except NotFound:
        return None
    return pill_of(standing(logbook, datetime.now(UTC)), reader_of(request))


def pill_of(now: Standing, reader: Reader) -> PillState:
    """Put a standing in the words of the pill."""
    overview = reverse("seals:overview")
    if now.state == "altered" and now.last:
        return PillState(
            "altered", _("Altered"), _("see what we found"), reverse("seals:check", args=[now.last.pk])
        )
    if now.running:
        share = percent(now.running)
        return PillState("checking", _("Checking"), f"{share}%", overview, live=reverse("seals:pill"))
    if now.last is None or now.last.finished_at is None:
        return PillState(
            "nothing", _("Nothing to check yet") if not now.newer else _("Not checked yet"), "", overview
        )
    when = reader.spoken(now.last.finished_at)
    if now.state == "untouched":
        return PillState("untouched", _("Untouched"), _("checked %(when)s") % {"when": when}, overview)
    if now.state == "stale":
        return PillState("stale", _("Not checked since"), when, overview)
    return PillState(
        "partial", _("Not all could be checked"), when, reverse("seals:check", args=[now.last.pk])
    )
