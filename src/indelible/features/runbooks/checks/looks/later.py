"""What Indelible does not look up yet. It says so, so that somebody says instead how they know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.runbooks.document.runbook import Part, Runbook

from ..ground import Found, Ground, unchecked
from ..registry import kind

WHAT: Final = {
    "erasure": gettext_lazy("erasing personal data is not part of it"),
    "hold": gettext_lazy("legal holds are not part of it"),
    "retention": gettext_lazy("how long things are kept is not enforced by it"),
    "backup": gettext_lazy("backups are not part of it"),
    "restore": gettext_lazy("restoring a copy is not part of it"),
    "case": gettext_lazy("cases are not part of it"),
    "guest": gettext_lazy("logins of guests that end by themselves are not part of it"),
}


class Later(Part, frozen=True, kw_only=True):
    """What cannot be looked up yet."""

    what: str


def _later_flaws(settings: Later, _document: Runbook) -> Iterator[str]:
    if settings.what not in WHAT:
        yield _("“%(what)s” is none of these: %(known)s.") % {"what": settings.what, "known": ", ".join(WHAT)}


@kind("later", Later, _later_flaws)
def later(_ground: Ground, settings: Later) -> Found:
    """Say that this cannot be looked up, and what to do instead."""
    why = WHAT.get(settings.what, gettext_lazy("this is not part of it"))
    return unchecked(
        _("Indelible cannot look this up yet: %(why)s. Somebody has to say how they know.") % {"why": why},
        later=settings.what,
    )
