"""The event about messages from a web service that were not signed with our secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from indelible.events import naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.shape import Event

MESSAGES_REFUSED: Final = "messages_refused"


def messages_refused(source_id: int, name: str, counts: Mapping[str, int], count: int) -> Event:
    """Messages to a source's address were not signed with its secret: `count` in all, and by address."""
    addresses = sorted(counts)
    return own_event(
        MESSAGES_REFUSED,
        "detect",
        None,
        [{"kind": "log_source", "id": str(source_id), "name": name}],
        extra={"row_count": count, "by_address": dict(counts)},
        context={"ip": addresses[0]} if len(addresses) == 1 and counts[addresses[0]] == count else None,
    )


def tell_of_refused(voice: Voice, event: Event) -> Parts:
    """Return the sentence."""
    address = event.get("context", {}).get("ip", "")
    targets = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    thing = Part(name or "", "thing", 0 if name else None)
    count = event.get("extra", {}).get("row_count")
    count = count if type(count) is int else 0
    key = "messages_refused_one" if count == 1 else "messages_refused"
    if address:
        return voice.say(
            "own", f"{key}_from", thing=thing, count=number(count), address=Part(address, "place")
        )
    return voice.say("own", key, thing=thing, count=number(count))


TELLERS: Final = {MESSAGES_REFUSED: tell_of_refused}
