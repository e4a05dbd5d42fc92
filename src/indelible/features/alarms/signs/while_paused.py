"""It came from a source that a person paused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Sign


class WhilePaused(Sign):
    """Nothing should come from it just now."""

    code = "while_paused"
    title = gettext_lazy("From a paused source")

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("it comes from a source that is paused")

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Look which sources are paused."""
        return Hit() if seen.source in seen.around.paused else None


SIGN = WhilePaused()
