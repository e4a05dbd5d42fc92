"""Who did it is a program where a person should, or the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign


class ByKind(Sign):
    """By the kind of actor that the source tells."""

    code = "by_kind"
    title = gettext_lazy("Done by a program, or by a person")
    settings = (
        Setting(
            "kind",
            gettext_lazy("Done by"),
            "service",
            "choice",
            choices=(
                ("service", gettext_lazy("a program")),
                ("person", gettext_lazy("a person")),
                ("unknown", gettext_lazy("nobody named")),
            ),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        words = {
            "service": _("a program does it"),
            "person": _("a person does it"),
            "unknown": _("nobody is named who did it"),
        }
        return words[settings["kind"]]

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Compare the kind; a system that acts by itself counts as a program."""
        kind = seen.event.get("actor", {}).get("kind", "" if seen.who else "unknown")
        return Hit() if {"system": "service"}.get(kind, kind) == settings["kind"] else None


SIGN = ByKind()
