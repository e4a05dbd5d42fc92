"""Something had to follow, and did not: no answer, no return, no end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, several
from indelible.features.alarms.spoken import minutes_words, past

MOST_SPAN_DAYS = 400


class NotFollowed(Sign):
    """What the pattern means is remembered with its thing until one of some acts on the same thing follows."""

    code = "not_followed"
    title = gettext_lazy("Nothing followed")
    beyond = True
    settings = (
        Setting(
            "begins",
            gettext_lazy("Which acts begin it"),
            [],
            "words",
            hint=gettext_lazy("None: any that the rule means."),
        ),
        Setting("acts", gettext_lazy("Which acts must follow"), ["close"], "words"),
        Setting("hours", gettext_lazy("Within how many hours"), 24, most=24 * MOST_SPAN_DAYS),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        return _("the same thing is not %(acts)s within %(span)s") % {
            "acts": several(past(settings["acts"])),
            "span": minutes_words(settings["hours"] * 60),
        }

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Say what was seen."""
        return _("Not %(acts)s within %(span)s") % {
            "acts": several(past(settings["acts"])),
            "span": minutes_words(settings["hours"] * 60),
        }

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """The thing that waits."""
        return (f"waits {seen.thing}",) if seen.thing[1] else ()

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Begin to wait, or stop waiting. Whether it was in vain, the engine sees when the time is over."""
        if not seen.thing[1]:
            return None
        key = f"waits {seen.thing}"
        if seen.verb in settings["acts"]:
            memory.forget(key)
        elif seen.matched and (not settings["begins"] or seen.verb in settings["begins"]):
            due = seen.happened + timedelta(hours=settings["hours"])
            memory.put(key, {"entry": seen.index}, due + timedelta(days=30), due=due)
        return None


SIGN = NotFollowed()
