"""The events about alarms: who set them and whom they tell, by which ways, and what people answered.

A notice itself is no entry: it is worked out from entries, and can be worked out again. What a person answered about
the entries is one, refers to them, and stands below them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from indelible.events import changing, naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice
from indelible.events.referring import entries
from indelible.events.shape import Change, Context, Event, Party, Target

MADE: Final = "alarm_made"
CHANGED: Final = "alarm_changed"
ON: Final = "alarm_on"
OFF: Final = "alarm_off"
CHANNEL_ADDED: Final = "alarm_channel_added"
CHANNEL_TRIED: Final = "alarm_channel_tried"
CHANNEL_ENDED: Final = "alarm_channel_ended"

Answered = Literal["expected", "asked", "case", "closed", "reopened"]
_VERBS: Final[dict[str, str]] = {
    "expected": "review",
    "asked": "request",
    "case": "open",
    "closed": "close",
    "reopened": "review",
}


def alarm_made(
    actor: Party | None, key: int, words: str, whom: Sequence[str] = (), *, context: Context | None = None
) -> Event:
    """An alarm was set. `words` is its whole sentence, `whom` the names of the channels it tells."""
    return own_event(MADE, "create", actor, [_alarm(key, words)], extra=_whom(whom), context=context)


def alarm_changed(
    actor: Party | None, key: int, words: str, changes: Sequence[Change], *, context: Context | None = None
) -> Event:
    """An alarm tells of something else, or tells others. `words` is its sentence from now on."""
    return own_event(CHANGED, "change", actor, [_alarm(key, words)], changes=changes, context=context)


def alarm_switched(
    actor: Party | None,
    key: int,
    words: str,
    *,
    on: bool,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """An alarm was switched on or off."""
    said, verb = (ON, "enable") if on else (OFF, "disable")
    return own_event(said, verb, actor, [_alarm(key, words)], reason=reason, context=context)


def channel_added(
    actor: Party | None, key: int, name: str, kind: str, *, context: Context | None = None
) -> Event:
    """A way to tell somebody was added. `kind` says which ("a chat"); its address is a secret and stands nowhere."""
    return own_event(
        CHANNEL_ADDED, "create", actor, [_named(key, name)], extra={"route": kind}, context=context
    )


def channel_tried(
    actor: Party | None, key: int, name: str, trouble: str = "", *, context: Context | None = None
) -> Event:
    """A test message was sent; `trouble` says why it did not go."""
    return own_event(
        CHANNEL_TRIED,
        "send",
        actor,
        [_named(key, name)],
        outcome="failure" if trouble else "success",
        reason=trouble or None,
        context=context,
    )


def channel_ended(
    actor: Party | None, key: int, name: str, kind: str, *, context: Context | None = None
) -> Event:
    """A way to tell somebody was removed, and its secret forgotten."""
    return own_event(
        CHANNEL_ENDED, "delete", actor, [_named(key, name)], extra={"route": kind}, context=context
    )


def notice_answered(
    actor: Party | None,
    kind: Answered,
    alarm: str,
    first: int | None,
    last: int | None = None,
    *,
    note: str | None = None,
    person: str | None = None,
    reference: str | None = None,
    all_entries: Sequence[int] = (),
    context: Context | None = None,
) -> Event:
    """Somebody answered an alarm about entries, by index. `alarm` is what it warned of, in words.

    `person` was asked, or follows a case up; `reference` is what the case goes by. `all_entries` are all that the
    notice rests on, where they are more than the run from `first` to `last`.
    """
    refers = None
    if first is not None:
        refers = {"entry": first, "as": "answer"}
        if last is not None and last != first:
            refers["through"] = last
    return own_event(
        f"alarm_answer_{kind}",
        _VERBS[kind],
        actor,
        reason=note,
        refers_to=refers,
        extra={
            "result": alarm,
            "holder" if kind == "asked" else "owner": person,
            "linked_case": reference,
            "scope_entries": list(all_entries),
        },
        context=context,
    )


def _alarm(key: int, words: str) -> Target:
    return {"id": str(key), "name": words}


def _named(key: int, name: str) -> Target:
    return {"id": str(key), "name": name}


def _whom(whom: Sequence[str]) -> dict[str, str]:
    return {"recipient": ", ".join(whom)} if whom else {}


# How they read -------------------------------------------------------------------------------------------


def tell_of_alarms(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, extra = event.get("action", {}).get("said", ""), event.get("extra", {})
    actor = naming.actor(voice, event)
    if said.startswith("alarm_answer_"):
        sentence = _answered(voice, event, said, actor)
    elif said == CHANGED and event.get("changes"):
        details = changing.details(
            voice, event["changes"], voice.say("own", "the_alarm", name=_thing(voice, event))
        )
        sentence = voice.say("own", said, actor=actor, details=details)
    else:
        key = said
        if said == CHANNEL_TRIED and event.get("outcome", "success") != "success":
            key = "alarm_channel_not_reached"
        sentence = voice.say(
            "own", key, actor=actor, thing=_thing(voice, event), details=_thing(voice, event)
        )
    whom = extra.get("recipient")
    if said == MADE and isinstance(whom, str):
        sentence = voice.say("own", "alarm_telling", sentence=sentence, said=Part(whom, "actor"))
    if reason := event.get("reason"):
        sentence = voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


def _answered(voice: Voice, event: Event, said: str, actor: Parts) -> Parts:
    extra, reference = event.get("extra", {}), event.get("refers_to")
    about = entries(voice, reference) if reference else voice.say("own", "alarm_about_nothing")
    person = extra.get("owner") or extra.get("holder")
    key = f"{said}_alone" if said == "alarm_answer_case" and not person else said
    return voice.say(
        "own",
        key,
        actor=actor,
        entries=about,
        said=voice.quoted(_text(extra.get("result"))),
        person=Part(_text(person), "actor"),
        reference=Part(_text(extra.get("linked_case")), "thing"),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) and value else "?"


def _thing(voice: Voice, event: Event) -> Part:
    targets = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    if event.get("action", {}).get("said") in (MADE, CHANGED, ON, OFF):
        quoted = voice.quoted(name or "?")
        return Part(quoted.text, "thing", 0 if name else None)
    return Part(name or "?", "thing", 0 if name else None)


SAYINGS: Final = frozenset(
    {
        MADE,
        CHANGED,
        ON,
        OFF,
        CHANNEL_ADDED,
        CHANNEL_TRIED,
        CHANNEL_ENDED,
        *(f"alarm_answer_{kind}" for kind in _VERBS),
    }
)
TELLERS: Final = dict.fromkeys(sorted(SAYINGS), tell_of_alarms)
