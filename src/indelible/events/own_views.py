"""The events about shared views: a question that was saved under a name for everybody.

A view can be the population that somebody else relies on, so that it was shared, what it asks from then on, and that
it is no longer shared are each told. What people save for themselves alone is their own and stands nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from indelible.events import changing, naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice
from indelible.events.shape import Change, Context, Event, Party, Target

SHARED: Final = "view_shared"
CHANGED: Final = "shared_view_changed"
ENDED: Final = "shared_view_ended"


def view_shared(
    actor: Party | None, key: int, name: str, question: str, *, context: Context | None = None
) -> Event:
    """A saved question is everybody's from now on. `question` is what it asks, in words."""
    return own_event(SHARED, "share", actor, [_view(key, name)], extra={"query": question}, context=context)


def shared_view_changed(
    actor: Party | None, key: int, name: str, changes: Sequence[Change], *, context: Context | None = None
) -> Event:
    """A shared view has another name or asks something else. `name` is the one from now on."""
    return own_event(CHANGED, "change", actor, [_view(key, name)], changes=changes, context=context)


def shared_view_ended(
    actor: Party | None, key: int, name: str, question: str, *, context: Context | None = None
) -> Event:
    """A view is no longer shared: it was deleted, or is its maker's alone again."""
    return own_event(ENDED, "unshare", actor, [_view(key, name)], extra={"query": question}, context=context)


def _view(key: int, name: str) -> Target:
    return {"id": str(key), "name": name}


def tell_of_views(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, actor, thing = event.get("action", {}).get("said", ""), naming.actor(voice, event), _thing(event)
    changes = event.get("changes", [])
    if said == CHANGED and changes:
        view = voice.say("own", "the_view", name=thing)
        return voice.say("own", said, actor=actor, details=changing.details(voice, changes, view))
    sentence = voice.say(
        "own", said if said != CHANGED else "shared_view_changed_bare", actor=actor, thing=thing
    )
    query = event.get("extra", {}).get("query")
    if isinstance(query, str) and query:
        return voice.say("own", "asked", sentence=sentence, said=voice.quoted(query))
    return sentence


def _thing(event: Event) -> Part:
    targets = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    return Part(name or "?", "thing", 0 if name else None)


TELLERS: Final = dict.fromkeys((SHARED, CHANGED, ENDED), tell_of_views)
