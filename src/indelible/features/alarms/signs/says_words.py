"""Words that stand in what was written about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events import signs
from indelible.features.alarms.sign import Hit, Remembers, Seen, Setting, Sign, several


class SaysWords(Sign):
    """Such as "plug" in a journal, or a way in that should not be used."""

    code = "says_words"
    title = gettext_lazy("Words that stand out")
    settings = (
        Setting(
            "words",
            gettext_lazy("Which words"),
            [],
            "words",
            hint=gettext_lazy("Words or phrases, parted by commas. One is enough."),
        ),
    )

    def says(self, settings: Mapping[str, Any]) -> str:
        """Say when it tells."""
        quoted = [_("“%(word)s”") % {"word": word} for word in settings["words"]]
        return _("it says %(words)s") % {"words": several(quoted)}

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Look for the words."""
        return Hit() if signs.says(seen.event, settings["words"]) else None


SIGN = SaysWords()
