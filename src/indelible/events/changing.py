"""From what to what: how changed details are told.

A value stands as the source has it; only what is no text (a list, an object, yes and no) is written out.
Empty is told as "nothing": the source says that it was empty, which is more than not to say.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from indelible.events.naming import field_part, listed
from indelible.events.phrases import Part, Parts, Voice
from indelible.events.shape import Change, Json

_TOLD: Final = 3


def value_text(value: Json) -> str:
    """Return a value as people read it; text stays as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return ", ".join(value_text(one) for one in value)
    if isinstance(value, dict) and all(isinstance(one, str | int) for one in value.values()):
        return ", ".join(f"{name}: {value_text(one)}" for name, one in value.items())
    return json.dumps(value, ensure_ascii=False)


def details(voice: Voice, changes: Sequence[Change], thing: Parts | None) -> Parts:
    """Return "the amount of sales invoice INV-1 from 1.00 to 2.00 and the due date to 3 May"."""
    told = []
    for place, change in enumerate(changes[:_TOLD]):
        field = change.get("field")
        if field is None:
            what = thing or [Part(voice.text("list", "something"))]
        elif place == 0 and thing:
            what = voice.say("change", "of_thing", field=field_part(voice, field), thing=thing)
        else:
            what = voice.say("change", "alone", field=field_part(voice, field))
        told.append(voice.say("change", _form(change), what=what, **_values(change)))
    return listed(voice, told, len(changes), more="more_details")


def beside(voice: Voice, changes: Sequence[Change]) -> Parts:
    """Return "amount from 1.00 to 2.00, status open", to stand in brackets beside another act."""
    telling = [change for change in changes if "field" in change or _form(change) != "neither"]
    told = []
    for change in telling[:_TOLD]:
        form, values = _form(change), _values(change)
        if field := change.get("field"):
            told.append(voice.say("beside", form, field=field_part(voice, field), **values))
        else:
            told.append(voice.say("beside", f"{form}_bare", **values))
    return listed(voice, told, len(telling), more="more_details") if told else []


def is_empty(value: Json) -> bool:
    """Whether the source says that there was nothing, which 0 and no are not."""
    return value in ("", [], {})


def _form(change: Change) -> str:
    if "before" in change and "after" in change:
        match is_empty(change["before"]), is_empty(change["after"]):
            case True, True:
                return "neither"
            case True, False:
                return "from_nothing"
            case False, True:
                return "to_nothing"
        return "both"
    if "before" in change:
        return "was_nothing" if is_empty(change["before"]) else "before"
    if "after" in change:
        return "now_nothing" if is_empty(change["after"]) else "after"
    return "neither"


def _values(change: Change) -> dict[str, Part]:
    values = {}
    if "before" in change:
        values["before"] = Part(value_text(change["before"]), "before")
    if "after" in change:
        values["after"] = Part(value_text(change["after"]), "after")
    return values
