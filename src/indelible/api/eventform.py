"""An event as a sender writes it: made into our event, or refused with the name of the field.

What says nothing (null, empty text, empty lists and objects) is left out, ids may be whole numbers, numbers that a
float would bend stay the sender's own text. Everything else is checked as strictly as any event (`events.lawful`);
an unknown key is refused, because a slip in a name would otherwise lose what it was to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from indelible.api.moments import NoMoment, instant_of
from indelible.events.event import Action, Event, EventError, check_event
from indelible.events.vocabulary import category_of
from indelible.intake.generic import generic_words
from indelible.intake.jsontext import NumberText
from indelible.intake.words import Meaning

MOST_ID_CHARACTERS: Final = 500
KEYS: Final = (
    "id",
    "occurred_at",
    "time",
    "actor",
    "action",
    "targets",
    "changes",
    "outcome",
    "on_behalf_of",
    "context",
    "reason",
    "extra",
)
_TELLS_AN_EVENT: Final = "action"


@dataclass(slots=True)
class Sent:
    """An event as sent, and the sender's own id of it (None where there is none)."""

    event: Event
    id: str | None = None


def is_event_form(value: object) -> bool:
    """Whether something that came within another form is meant as an event of ours."""
    return isinstance(value, dict) and _TELLS_AN_EVENT in value and not (set(value) - set(KEYS))


def event_of(value: object) -> Sent:
    """Return what a sender told as an event. Raises EventError, whose detail begins with the field."""
    if not isinstance(value, dict):
        raise EventError("event-wrong-type", f"event: an object expected, not {_kind(value)}")
    for name in value:
        if name not in KEYS:
            raise EventError("event-unknown-key", f"event.{name[:80]}: there is no such key")
    event: dict[str, Any] = {}
    for name, said in value.items():
        if name != "id" and (told := _PARTS[name](said, f"event.{name}")) is not None:
            event[name] = told
    identity = _identity(value.get("id"))
    _put_time(event)
    if identity is not None:
        event["source"] = {"id": identity}
    return Sent(complete(event), identity)


def complete(event: dict[str, Any]) -> Event:
    """Fill in what follows from what is told (verb, category), and check the whole. Raises EventError."""
    action = event.get("action")
    if action is None:
        raise EventError("event-key-missing", "event.action: say what was done")
    if isinstance(action, dict):
        event["action"] = action = dict(action)
        _put_words(event, cast(Action, action))
    return check_event(event)


def _put_words(event: dict[str, Any], action: Action) -> None:
    """Find our word for the sender's, and the category that follows; what does not follow stays absent."""
    said = action.get("said")
    if isinstance(said, str) and "verb" not in action:
        meaning = meaning_of(said)
        if meaning.verb:
            action["verb"] = meaning.verb
        if meaning.outcome:
            event.setdefault("outcome", meaning.outcome)
    if "category" not in action:
        category = category_of(_text(action.get("verb")), _kinds(event.get("targets")))
        if category is not None:
            action["category"] = category


def meaning_of(said: str) -> Meaning:
    """Return what a word says in ours, by the list that holds for systems nobody has described."""
    return generic_words().words.meaning(said)


def _kinds(targets: object) -> Iterable[str]:
    found = targets if isinstance(targets, list) else []
    return [one["kind"] for one in found if isinstance(one, dict) and isinstance(one.get("kind"), str)]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _identity(value: object) -> str | None:
    identity = _plain_id(value, "event.id")
    if identity is None:
        return None
    if not isinstance(identity, str):
        raise EventError("event-wrong-type", f"event.id: text expected, not {_kind(identity)}")
    if len(identity) > MOST_ID_CHARACTERS:
        raise EventError("event-id-too-long", f"event.id: longer than {MOST_ID_CHARACTERS} characters")
    return identity


def _put_time(event: dict[str, Any]) -> None:
    """Turn the sender's time into ours; what it wrote is kept where that says more (its own offset)."""
    said = event.get("occurred_at")
    if said is None:
        return
    if type(said) is not str:
        raise EventError("event-wrong-type", f"event.occurred_at: text expected, not {_kind(said)}")
    try:
        event["occurred_at"], zone = instant_of(said)
    except NoMoment as fault:
        raise EventError("event-no-instant", f"event.occurred_at: {said[:60]!r} is {fault}") from None
    if event["occurred_at"] != said:
        event.setdefault("time", {"said": said, "zone": zone, "basis": "source"})


# What says nothing is left out ------------------------------------------------------------------------

Part = Callable[[object, str], Any]


def says_nothing(value: object) -> bool:
    """Whether a value stands for nothing: null, empty text, an empty list or object."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def _plain(value: object, where: str) -> Any:
    """Return what is told, for a field that holds text. A number is no text, however it is written."""
    if type(value) is NumberText:
        raise EventError("event-wrong-type", f"{where}: text expected, not a number; write it in quotes")
    return None if says_nothing(value) else value


def _plain_id(value: object, where: str) -> Any:
    if type(value) is NumberText:
        if not value.lstrip("-").isdecimal():
            raise EventError("event-float", f"{where}: a fraction is no id; write it in quotes")
        return str(value)
    return str(value) if type(value) is int else _plain(value, where)


def free(value: object) -> Any:
    """Return anything that a sender may have said, with numbers that a float would bend as plain text."""
    if type(value) is NumberText:
        return str(value)
    if isinstance(value, dict):
        return {name: free(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [free(inner) for inner in value]
    return value


def _free(value: object, where: str) -> Any:
    return free(value)


def _fields(parts: Mapping[str, Part], *, empty_tells: tuple[str, ...] = ()) -> Part:
    """Return how an object is tidied: what says nothing is left out, and so is an object of which nothing is left."""

    def tidy(value: object, where: str) -> Any:
        if not isinstance(value, dict):
            return _plain(value, where)
        told = {}
        for name, inner in value.items():
            part = parts.get(name)
            if part is None:
                raise EventError("event-unknown-key", f"{where}.{name[:80]}: there is no such key")
            tidied = part(inner, f"{where}.{name}")
            if tidied is not None and (name in empty_tells or not says_nothing(tidied)):
                told[name] = tidied
        return told or None

    return tidy


def _list_of(part: Part) -> Part:
    def tidy(value: object, where: str) -> Any:
        if not isinstance(value, list):
            return _plain(value, where)
        told = (part(inner, f"{where}[{place}]") for place, inner in enumerate(value))
        return [inner for inner in told if inner is not None] or None

    return tidy


def _extra(value: object, where: str) -> Any:
    if not isinstance(value, dict):
        return _plain(value, where)
    return {name: told for name, said in value.items() if not says_nothing(told := free(said))} or None


_PARTY = _fields({"id": _plain_id, "name": _plain, "email": _plain, "kind": _plain})
_PARTS: Final[Mapping[str, Part]] = {
    "occurred_at": _plain,
    "time": _fields({"said": _plain, "zone": _plain, "basis": _plain}),
    "actor": _PARTY,
    "on_behalf_of": _PARTY,
    "action": _fields({"verb": _plain, "category": _plain, "said": _plain}),
    "targets": _list_of(_fields({"kind": _plain, "id": _plain_id, "name": _plain})),
    "changes": _list_of(
        _fields({"field": _plain, "before": _free, "after": _free}, empty_tells=("before", "after"))
    ),
    "outcome": _plain,
    "context": _fields({"ip": _plain, "device": _plain, "location": _plain, "session": _plain_id}),
    "reason": _plain,
    "extra": _extra,
}


def _kind(value: object) -> str:
    return {
        "dict": "an object",
        "list": "a list",
        "NoneType": "null",
        "bool": "true or false",
        "int": "a number",
        "NumberText": "a number",
        "str": "text",
    }.get(type(value).__name__, type(value).__name__)
