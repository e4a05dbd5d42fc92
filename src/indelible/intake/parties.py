"""Who acted, out of the one text by which a source names somebody.

A text that is a mail address is the address, anything else is a name; nothing is folded or translated,
since two spellings may be two people. Whether the actor is a person is said only where the source, or
the profile of its system, says so.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from indelible.events.event import Party

_LONGEST = 500  # characters of a name that may hold an address; longer ones are names and nothing else
_MAIL = re.compile(r"[^\s@<>,;:\"']+@[^\s@<>,;:\"']+\.[^\s@<>,;:\"']+")
_NAME_AND_MAIL = re.compile(rf"(?P<name>[^<>]+?)\s*[<(](?P<mail>{_MAIL.pattern})[>)]")


def is_mail(text: str) -> bool:
    """Answer whether the text is one mail address and nothing else."""
    return len(text) <= _LONGEST and _MAIL.fullmatch(text) is not None


@lru_cache(maxsize=8192)
def _read(text: str) -> tuple[tuple[str, str], ...]:
    if is_mail(text):
        return (("email", text),)
    if match := _NAME_AND_MAIL.fullmatch(text.strip()):
        return (("name", match["name"]), ("email", match["mail"]))
    return (("name", text),)


def party_of(text: str) -> Party:
    """Return the party that one text names: by mail, by name, or as `Name <mail>`."""
    return cast(Party, dict(_read(text)) if len(text) <= _LONGEST else {"name": text})


def party(*, id: str = "", name: str = "", email: str = "") -> Party:
    """Return the party that separate fields name; a mail address in the wrong field is put right."""
    made: Party = {}
    if not email and is_mail(name):
        name, email = "", name
    if email and not is_mail(email):
        # The place of the address holds a login: it says more than a display name does.
        name, email = email, ""
    if id and id not in (name, email):
        made["id"] = id
    if name:
        made["name"] = name
    if email:
        made["email"] = email
    return made
