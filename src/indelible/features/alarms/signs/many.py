"""Many in a short time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign
from indelible.features.alarms.spoken import minutes_words

MOST_KEPT = 400  # moments of one key


class Many(Sign):
    """So many by one actor, on one thing, or from one source, within so many minutes of each other."""

    code = "many"
    title = gettext_lazy("Many in a short time")
    settings = (
        Setting("count", gettext_lazy("How many"), 10, least=2, most=200),
        Setting("minutes", gettext_lazy("Within how many minutes"), 60, most=60 * 24 * 366),
        Setting(
            "which",
            gettext_lazy("Which ones count"),
            "all",
            "choice",
            choices=(
                ("all", gettext_lazy("every one")),
                ("failed", gettext_lazy("those that failed or were refused")),
            ),
        ),
        Setting(
            "per",
            gettext_lazy("Counted for"),
            "actor",
            "choice",
            choices=(
                ("actor", gettext_lazy("each person")),
                ("thing", gettext_lazy("each thing")),
                ("source", gettext_lazy("each source")),
                ("all", gettext_lazy("all together")),
            ),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        whose = {
            "actor": _("by one person"),
            "thing": _("on one thing"),
            "source": _("from one source"),
            "all": _("in all"),
        }
        words = (
            _("it fails or is refused %(n)s times %(whose)s within %(span)s")
            if settings["which"] == "failed"
            else _("it happens %(n)s times %(whose)s within %(span)s")
        )
        return words % {
            "n": settings["count"],
            "whose": whose[settings["per"]],
            "span": minutes_words(settings["minutes"]),
        }

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Say what was seen."""
        return _("%(n)s within %(span)s") % {
            "n": facts.get("count", settings["count"]),
            "span": minutes_words(settings["minutes"]),
        }

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """Whoever is counted."""
        key = self._key(seen, settings)
        return (key,) if key else ()

    def _key(self, seen: Seen, settings: Mapping[str, Any]) -> str:
        per = settings["per"]
        if per == "actor":
            return f"actor {seen.who}" if seen.who else ""
        if per == "thing":
            return f"thing {seen.thing}" if seen.thing[1] else ""
        return f"source {seen.source}" if per == "source" else "all"

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Put the moment in its place among those known, and count those around it."""
        if not (key := self._key(seen, settings)):
            return None
        if settings["which"] == "failed" and seen.event.get("outcome") not in ("failure", "denied"):
            return None
        window, wanted = settings["minutes"] * 60_000, settings["count"]
        kept = (memory.get(key) or {}).get("at", [])
        moment = round(seen.happened.timestamp() * 1000)
        place = bisect_right(kept, [moment, seen.index])
        kept.insert(place, [moment, seen.index])
        found = _around(kept, place, window, wanted)
        # The newest moments are kept, and of a storm no more than can matter.
        del kept[: max(0, len(kept) - max(MOST_KEPT, 2 * wanted))]
        memory.put(key, {"at": kept}, seen.happened + timedelta(milliseconds=2 * window))
        if not found:
            return None
        return Hit({"count": len(found)}, tuple(index for _at, index in found if index != seen.index))


def _around(kept: list[list[int]], place: int, window: int, wanted: int) -> list[list[int]]:
    """Return moments among which is the one at `place`, that lie within one window and are enough; else none."""
    moment = kept[place][0]
    low = bisect_left(kept, [moment - window])
    for start in range(low, place + 1):
        end = bisect_right(kept, [kept[start][0] + window, 1 << 62])
        if end - start >= wanted:
            return kept[start:end][-wanted * 2 :]
    return []


SIGN = Many()
