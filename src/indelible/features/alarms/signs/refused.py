"""It failed, or was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Sign


class Refused(Sign):
    """By the outcome that the source tells."""

    code = "refused"
    title = gettext_lazy("Failed or refused")

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it fails or is refused")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Look at the outcome."""
        return Hit() if seen.event.get("outcome") in ("failure", "denied") else None


SIGN = Refused()
