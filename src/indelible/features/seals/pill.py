"""The pill on every page: one line on whether the record is intact.

Amber never says "Untouched", and only a full check turns it green. While altered it stays so, whatever runs.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from indelible.features.seals.queries import (
    Difference,
    Standing,
    percent,
    silent_witnesses,
    standing,
    two_versions,
)
from indelible.storage.database.errors import NotFound
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.moments import Reader
from indelible.web.status import PillState

PATIENCE = timedelta(minutes=1)  # with a witness that does not answer, before every page says so


def pill(request: HttpRequest) -> PillState | None:
    """Return what the pill shows to this reader; None before there is a record."""
    if not request.user.is_authenticated:
        return None
    try:
        logbook = logbook_in_use()
    except NotFound:
        return None
    now = datetime.now(UTC)
    state = pill_of(standing(logbook, now), reader_of(request))
    return with_outside(state, two_versions(logbook), silent_witnesses(logbook, now - PATIENCE))


def with_outside(state: PillState, found: Difference | None, silent: tuple[int, int]) -> PillState:
    """Put what those outside say before a good word: two versions always, a silent witness where all else is well."""
    if state.state == "altered":
        return state
    if found is not None and not found.is_explained:
        word = _("Two versions")
        more = (
            _("another server seals with our key")
            if found.row.found_by_them
            else _("somebody outside holds a different seal")
        )
        return PillState("altered", word, more, reverse("seals:difference", args=[found.row.pk]))
    if state.state != "untouched":
        return state
    if found is not None:
        url = reverse("seals:difference", args=[found.row.pk])
        return PillState("explained", _("1 known break"), _("explained"), url)
    if silent[0]:
        word = _("%(n)s of %(all)s witnesses answered") % {"n": silent[1] - silent[0], "all": silent[1]}
        return PillState("partial", word, "", f"{reverse('seals:overview')}#outside")
    return state


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
