"""What a warning sign is: one question about an entry, asked of each entry that an alarm watches.

Each module of `signs` holds one, as `SIGN`; they are found by themselves (`signs.all_signs`). A sign is told its
settings, what the entry says, what is known around it, and a memory of its own that lasts between entries. It answers
with a `Hit` or with nothing. It never asks for the time: late arrivals count by when they happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indelible.events import signs
from indelible.events.event import Event
from indelible.events.office import WorkCalendar
from indelible.storage.database.reads import StoredEntry

MOST_WORDS: Final = 20

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that can be set on a sign. `kind`: whole (a number), words (several, parted by commas), choice."""

    name: str
    label: Words
    default: Any
    kind: Literal["whole", "words", "choice"] = "whole"
    least: int = 1
    most: int = 1000
    choices: tuple[tuple[str, Words], ...] = ()
    hint: Words = ""

    def read(self, value: Any) -> Any:
        """Return a value as this setting holds it; the default for what is none."""
        if self.kind == "whole":
            whole = type(value) is int or (isinstance(value, str) and value.strip().isdecimal())
            return min(max(int(value), self.least), self.most) if whole else self.default
        if self.kind == "choice":
            return value if value in dict(self.choices) else self.default
        if isinstance(value, str):
            value = [one.strip() for one in value.split(",")]
        if not isinstance(value, list | tuple):
            return self.default
        return [str(one)[:120] for one in value if one][:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Around:
    """What is known besides the entry."""

    calendar: WorkCalendar
    domains: frozenset[str] = frozenset()  # of our people's mail addresses
    paused: frozenset[int] = frozenset()  # ids of sources that a person paused
    # Earlier entries about one thing, newest first: kind, id, before which index.
    history: Callable[[str, str, int], Sequence[StoredEntry]] = lambda _kind, _id, _before: ()


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry as a sign sees it."""

    index: int
    event: Event
    happened: datetime  # when it was recorded, where no time is known
    recorded: datetime
    source: int
    matched: bool  # whether the alarm's pattern means it; False only for signs that look beyond
    around: Around

    @property
    def verb(self) -> str:
        """What was done."""
        return self.event.get("action", {}).get("verb", "")

    @property
    def who(self) -> str:
        """Who acted, by the most lasting name the entry gives; empty for nobody."""
        actor = self.event.get("actor", {})
        return actor.get("id") or actor.get("email") or actor.get("name") or ""

    @property
    def thing(self) -> tuple[str, str]:
        """Kind and name of the first thing that it was done to; empty where there is none."""
        for target in self.event.get("targets", ()):
            if name := target.get("id") or target.get("name"):
                return target.get("kind", ""), name
        return "", ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A sign was seen. `facts` are figures for the words of it; `also` are the earlier entries that it rests on."""

    facts: Mapping[str, int | str] = field(default_factory=dict)
    also: tuple[int, ...] = ()
    fold: str = ""  # what it folds with, where that is not the same person, thing and hour
    back: int | None = None  # nothing new, but the end of what the entry of this index told


class Remembers(Protocol):
    """A sign's memory between entries, by text keys of its own choosing."""

    def get(self, key: str) -> dict[str, Any] | None:
        """Return what was put under a key and has not expired."""
        ...

    def put(
        self, key: str, facts: Mapping[str, Any], until: datetime, *, due: datetime | None = None
    ) -> None:
        """Keep facts (no names among them) under a key, until then. At `due` the sign is asked `overdue`."""
        ...

    def forget(self, key: str) -> None:
        """Keep nothing under a key any more."""
        ...


class Sign:
    """One warning sign. Subclasses say what they are called and answer `look`."""

    code: ClassVar[str]
    title: ClassVar[Words]
    weight: ClassVar[int] = 2  # 3: look at once; 1: good to know
    settings: ClassVar[tuple[Setting, ...]] = ()
    beyond: ClassVar[bool] = False  # whether it also has to see entries that the pattern does not mean
    # Acts of Indelible's own that it watches, whatever the record holds besides: its alarms have no pattern.
    sayings: ClassVar[frozenset[str]] = frozenset()
    learns: ClassVar[bool] = False  # whether it has to know what came before it was made

    def with_defaults(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return every setting, each as it may be."""
        return {one.name: one.read(given.get(one.name, one.default)) for one in self.settings}

    def says(self, settings: Mapping[str, Any]) -> str:
        """Return the sign with its settings, to stand behind "Tell somebody when": "it is outside office hours"."""
        raise NotImplementedError

    def told(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        """Return what was seen, to stand above a notice. Without figures of its own: the title."""
        return str(self.title)

    def keys(self, seen: Seen, settings: Mapping[str, Any]) -> Sequence[str]:
        """Return under which keys of its memory it will look for this entry, so that a batch is read at once."""
        return ()

    def look(self, seen: Seen, settings: Mapping[str, Any], memory: Remembers) -> Hit | None:
        """Return what is seen in this entry."""
        raise NotImplementedError


def figure(event: Event, fact: str) -> Decimal | None:
    """Return a fact of an event as a number, None where it is in doubt or none. `amount` also of what changed."""
    if fact == "amount":
        return next(signs.amounts(event), None)
    found = {one for one in signs.readings(event.get("extra", {}).get(fact)) if one is not None}
    return found.pop() if len(found) == 1 else None


def several(words: Sequence[str]) -> str:
    """Write a few words in a row: "a, b or c"."""
    listed = [str(word) for word in words]
    if len(listed) < 2:
        return "".join(listed)
    return _("%(first)s or %(last)s") % {"first": ", ".join(listed[:-1]), "last": listed[-1]}
