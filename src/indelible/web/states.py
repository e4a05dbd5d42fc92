"""The states a thing can be in, each with one shape, one word and one colour.

Colour alone never says it: the shape and the word stand with it everywhere. Green and red speak of the
record's integrity and completeness only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class State:
    """A shape (`icons.ICONS`), a tone (a class of the style sheet: ok, warn, bad, info, mute) and a word."""

    shape: str
    tone: str
    word: str | Promise


STATES: Final[dict[str, State]] = {
    "untouched": State("ok", "ok", _("Untouched")),
    "matches": State("ok", "ok", _("Untouched")),
    "sealed": State("ok", "ok", _("Sealed and untouched")),
    "complete": State("ok", "ok", _("Complete")),
    "done": State("ok", "ok", _("Done")),
    "altered": State("bad", "bad", _("Altered")),
    "removed": State("bad", "bad", _("Removed")),
    "does not match": State("bad", "bad", _("Altered")),
    "explained": State("broken", "bad", _("1 known break, explained")),
    "could not be checked": State("warn", "warn", _("Could not be checked")),
    "partial": State("warn", "warn", _("Partly checked")),
    "stale": State("warn", "warn", _("Not checked lately")),
    "due": State("warn", "warn", _("Due")),
    "missing": State("warn", "warn", _("Missing")),
    "not passed": State("no", "warn", _("Did not pass")),
    "look": State("warn", "warn", _("Worth a look")),
    "checking": State("wait", "mute", _("Checking")),
    "waiting": State("wait", "mute", _("Waiting")),
    "working": State("tick", "mute", _("Working")),
    "paused": State("wait", "mute", _("Paused")),
    "running": State("wait", "mute", _("Running")),
    "nothing": State("quiet", "mute", _("Nothing to check yet")),
    "silent": State("quiet", "mute", _("Silent")),
    "off": State("quiet", "mute", _("Off")),
    "stopped": State("quiet", "mute", _("Stopped")),
    "open": State("info", "info", _("Open")),
    "information": State("info", "info", _("Information")),
    "corrected": State("info", "info", _("Corrected")),
    "hidden": State("hidden", "mute", _("Hidden")),
}
UNKNOWN: Final = State("warn", "warn", _("Could not be checked"))


def state_of(thing: object) -> State:
    """Return the state of a name, of a report (by its `verdict`) or of a pill (by its `state`).

    A name that is not in the table is never shown as good: it reads "Could not be checked".
    """
    name = getattr(thing, "verdict", None) or getattr(thing, "state", None) or thing
    key = str(getattr(name, "value", name)).replace("_", " ").strip().lower()
    return STATES.get(key, UNKNOWN)
