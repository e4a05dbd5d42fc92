"""The events about names: who is known, and which login is whose from one day to another.

A login of a source stands on the record as the source gave it. That "mlopez" is Maria Lopez is told by an entry of
its own, so that it can be seen who said so, when, and for which days. Days are written as dates, in the zone of the
organisation; both ends are included.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from indelible.events import changing, naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice
from indelible.events.shape import Change, Context, Event, Party, Target

PERSON_KNOWN: Final = "person_known"
PERSON_CHANGED: Final = "known_person_changed"
PERSON_LEFT: Final = "known_person_left"
LOGIN_JOINED: Final = "login_joined"
LOGIN_ENDED: Final = "login_ended"
LOGIN_WITHDRAWN: Final = "login_withdrawn"


def person_known(actor: Party | None, key: int, name: str, *, context: Context | None = None) -> Event:
    """Somebody was put among the people whom sources speak of."""
    return own_event(PERSON_KNOWN, "create", actor, [_person(key, name)], context=context)


def person_changed(
    actor: Party | None, key: int, name: str, changes: Sequence[Change], *, context: Context | None = None
) -> Event:
    """What is known of somebody became another. `name` is the one from now on."""
    return own_event(PERSON_CHANGED, "change", actor, [_person(key, name)], changes=changes, context=context)


def person_left(
    actor: Party | None, key: int, name: str, last_day: str, *, context: Context | None = None
) -> Event:
    """Somebody is gone: after `last_day` no login is theirs. What they did before keeps their name."""
    return own_event(
        PERSON_LEFT, "close", actor, [_person(key, name)], extra={"valid_to": last_day}, context=context
    )


def login_joined(
    actor: Party | None,
    login: str,
    person: str,
    *,
    since: str | None = None,
    until: str | None = None,
    source: str | None = None,
    context: Context | None = None,
) -> Event:
    """A login is somebody's, from a day on. Without `source` it is, whichever source says it."""
    return own_event(
        LOGIN_JOINED,
        "assign",
        actor,
        [_login(login)],
        extra=_facts(person, since, until, source),
        context=context,
    )


def login_ended(
    actor: Party | None,
    login: str,
    person: str,
    until: str,
    *,
    source: str | None = None,
    context: Context | None = None,
) -> Event:
    """After the day `until` a login is no longer somebody's."""
    return own_event(
        LOGIN_ENDED,
        "change",
        actor,
        [_login(login)],
        extra=_facts(person, None, until, source),
        context=context,
    )


def login_withdrawn(
    actor: Party | None,
    login: str,
    person: str,
    *,
    since: str | None = None,
    until: str | None = None,
    source: str | None = None,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """That a login is somebody's was a mistake, and is taken back."""
    return own_event(
        LOGIN_WITHDRAWN,
        "revoke",
        actor,
        [_login(login)],
        extra=_facts(person, since, until, source),
        reason=reason,
        context=context,
    )


def _person(key: int, name: str) -> Target:
    return {"id": str(key), "name": name}


def _login(login: str) -> Target:
    return {"kind": "user_account", "id": login}


def _facts(person: str, since: str | None, until: str | None, source: str | None) -> dict[str, str | None]:
    return {"real_person": person, "valid_from": since, "valid_to": until, "system": source}


# How they read -------------------------------------------------------------------------------------------


def tell_of_names(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, extra = event.get("action", {}).get("said", ""), event.get("extra", {})
    actor, thing = naming.actor(voice, event), _thing(event)
    if said == PERSON_CHANGED:
        details = (
            changing.details(voice, event.get("changes", []), [thing]) if event.get("changes") else [thing]
        )
        return voice.say("own", said, actor=actor, details=details)
    sentence = voice.say(
        "own",
        said,
        actor=actor,
        thing=thing,
        person=Part(_text(extra, "real_person") or "?", "actor"),
        until=_text(extra, "valid_to") or "?",
    )
    if said in (LOGIN_JOINED, LOGIN_WITHDRAWN):
        sentence = _for_how_long(voice, extra, sentence)
    if source := _text(extra, "system"):
        sentence = voice.say("own", "in_source", sentence=sentence, source=Part(source, "place"))
    if reason := event.get("reason"):
        sentence = voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


def _for_how_long(voice: Voice, extra: dict[str, Any], sentence: Parts) -> Parts:
    since, until = _text(extra, "valid_from"), _text(extra, "valid_to")
    if not since and not until:
        return sentence
    key = "days_both" if since and until else "days_since" if since else "days_until"
    return voice.say("own", key, sentence=sentence, since=since or "", until=until or "")


def _thing(event: Event) -> Part:
    targets = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    return Part(name or "?", "thing", 0 if name else None)


def _text(extra: dict[str, Any], name: str) -> str:
    value = extra.get(name)
    return value if isinstance(value, str) else ""


TELLERS: Final = dict.fromkeys(
    (PERSON_KNOWN, PERSON_CHANGED, PERSON_LEFT, LOGIN_JOINED, LOGIN_ENDED, LOGIN_WITHDRAWN), tell_of_names
)
