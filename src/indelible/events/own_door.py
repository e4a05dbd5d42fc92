"""The events about the door that programs send through: from where they came, and who was not let in.

What a message says of who acted, and from which address, is its sender's word. From where the connection itself came is
told here, apart from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from indelible.events import naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.shape import Event, Target

ADDRESS_MET: Final = "source_address_met"
PASSWORDS_REFUSED: Final = "passwords_refused"


def address_met(source_id: int, name: str, address: str) -> Event:
    """A source sent from a network address that it had not sent from before."""
    thing: Target = {"kind": "log_source", "id": str(source_id), "name": name}
    return own_event(ADDRESS_MET, "detect", None, [thing], context={"ip": address})


def passwords_refused(counts: Mapping[str, int], count: int) -> Event:
    """Connection passwords were shown that open nothing: `count` in all, and by network address (the most alone)."""
    addresses = sorted(counts)
    return own_event(
        PASSWORDS_REFUSED,
        "detect",
        None,
        [{"kind": "log_source"}],
        extra={"row_count": count, "by_address": dict(counts)},
        context={"ip": addresses[0]} if len(addresses) == 1 else None,
    )


def tell_of_the_door(voice: Voice, event: Event) -> Parts:
    """Return the sentence of one of these acts."""
    address = event.get("context", {}).get("ip", "")
    if event["action"].get("said") == ADDRESS_MET:
        targets = event.get("targets", [])
        name = naming.name_of(targets[0]) if targets else None
        thing = Part(name or "", "thing", 0 if name else None)
        return voice.say("own", "source_address_met", thing=thing, address=Part(address, "place"))
    count = event.get("extra", {}).get("row_count")
    count = count if type(count) is int else 0
    key = "passwords_refused_one" if count == 1 else "passwords_refused"
    if address:
        return voice.say("own", f"{key}_from", count=number(count), address=Part(address, "place"))
    return voice.say("own", key, count=number(count))


TELLERS: Final = (ADDRESS_MET, PASSWORDS_REFUSED)
