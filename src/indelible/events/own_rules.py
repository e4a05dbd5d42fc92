"""The events about what is recorded: a rule that is new, says something else from now on, is switched off or on
again; and the organisation's own kinds of thing.

Each is an entry under rule 0, which is built in. It holds all that the rule says, so that a stranger who has only the
entries knows what was promised from when to when: its sentence, its pattern and duties as `language.pattern` writes
them, the facts it needs with what is done to each. The target's id is the version from then on ("3.2"), as running
numbers of entries have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, cast

from indelible.events import naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice
from indelible.events.shape import Change, Context, Event, Party, Target

RULE_ADDED: Final = "rule_added"
RULE_CHANGED: Final = "rule_changed"
RULE_OFF: Final = "rule_switched_off"
RULE_ON: Final = "rule_switched_on"
THING_ADDED: Final = "own_thing_added"

RULE_0: Final = "0.1"
"""Version 1 of the rule that is built in, under which all of these are counted."""


def rule_added(
    actor: Party | None,
    key: str,
    sentence: str,
    content: Mapping[str, object],
    *,
    catalogue: str | None = None,
    approver: str | None = None,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """A rule is new. `key` is its first version ("3.1"); `content` is what it says, by the names of its parts
    (pattern, duties, needs, expected, serves); `catalogue` the ready rule it was made from."""
    return own_event(
        RULE_ADDED,
        "create",
        actor,
        [_rule(key, sentence)],
        extra={"version": key, "catalogue": catalogue, "approver": approver, **content},
        reason=reason,
        context=context,
    )


def rule_changed(
    actor: Party | None,
    key: str,
    sentence: str,
    changes: Sequence[Change],
    content: Mapping[str, object],
    *,
    approver: str | None = None,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """A rule says something else from now on, as version `key`. `changes` tell each part that is another, the
    sentence as `sentence`."""
    return own_event(
        RULE_CHANGED,
        "change",
        actor,
        [_rule(key, sentence)],
        changes=changes,
        extra={"version": key, "approver": approver, **content},
        reason=reason,
        context=context,
    )


def rule_switched(
    actor: Party | None,
    said: Literal["rule_switched_off", "rule_switched_on"],
    key: str,
    sentence: str,
    *,
    approver: str | None = None,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """A rule is switched off, so that nothing more is counted under it, or on again. What it says stays."""
    return own_event(
        said,
        "disable" if said == RULE_OFF else "enable",
        actor,
        [_rule(key, sentence)],
        extra={"version": key, "approver": approver},
        reason=reason,
        context=context,
    )


def thing_added(
    actor: Party | None,
    kind: str,
    name: str,
    plural: str,
    category: str,
    *,
    also: Sequence[str] = (),
    context: Context | None = None,
) -> Event:
    """The organisation named a kind of thing of its own, with the category that goes with it."""
    return own_event(
        THING_ADDED,
        "create",
        actor,
        [{"kind": "system_setting", "id": kind, "name": name}],
        extra={"plural": plural, "also": list(also), "category": category},
        context=context,
    )


def _rule(key: str, sentence: str) -> Target:
    return cast(Target, {"kind": "log.rule", "id": key, "name": sentence})


# How they read -------------------------------------------------------------------------------------------


def tell_of_rules(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, extra = event.get("action", {}).get("said", ""), event.get("extra", {})
    target = (event.get("targets") or [{}])[0]
    who, name = naming.actor(voice, event), target.get("name", "")
    if said == THING_ADDED:
        return voice.say("own", said, actor=who, thing=Part(name or "?", "thing", 0))
    number = target.get("id", "").partition(".")[0] or "?"
    rule = Part(number, "thing", 0)
    before, after = _sentences(event)
    key = f"{said}_else" if said == RULE_CHANGED and not before else said
    sentence = voice.say(
        "own",
        key,
        actor=who,
        rule=rule,
        said=voice.quoted(name),
        before=Part(before, "before"),
        after=Part(after, "after"),
    )
    if agreed := _text(extra, "approver"):
        sentence = voice.say("own", "rule_agreed", sentence=sentence, person=Part(agreed, "actor"))
    if reason := event.get("reason"):
        sentence = voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


def _sentences(event: Event) -> tuple[str, str]:
    """Return what the rule said before and what it says now; empty where its sentence is the same."""
    for change in event.get("changes", []):
        before, after = change.get("before"), change.get("after")
        if change.get("field") == "sentence" and isinstance(before, str) and isinstance(after, str):
            return before, after
    return "", ""


def _text(extra: Mapping[str, Any], name: str) -> str:
    value = extra.get(name)
    return value if isinstance(value, str) else ""


TELLERS: Final = dict.fromkeys((RULE_ADDED, RULE_CHANGED, RULE_OFF, RULE_ON, THING_ADDED), tell_of_rules)
