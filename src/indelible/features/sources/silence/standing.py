"""Whether a source is silent, as a list of sources shows it: by its own row, since the watch keeps that there."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from indelible.features.sources.models import Kind, Source
from indelible.features.sources.silence.pace import current_quiet, how_known, in_words, rhythm_of
from indelible.features.sources.states import Standing


def silence_of(source: Source, now: datetime) -> Standing | None:
    """Return how a source stands that is on and well; None leaves it to what else is known of it."""
    if silent := source.rhythm.get("silent"):
        text = _("It was expected, and its grace is over too.")
        return Standing("silent", _("Silent"), text, datetime.fromisoformat(silent["since"]))
    if quiet := current_quiet(source, now):
        text = _("Announced: %(why)s") % {"why": quiet["why"]}
        return Standing("off", _("Quiet, as announced"), text, datetime.fromisoformat(quiet["from"]))
    rhythm = rhythm_of(source)
    if rhythm is not None:
        return Standing("working", _("As usual"), f"{in_words(rhythm)}. {how_known(rhythm)}")
    if source.kind == Kind.UPLOAD:
        return None
    health = getattr(source, "health", None)
    since = health.last_at if health is not None else None
    return Standing("working", _("Working"), _("No rhythm known yet."), since)
