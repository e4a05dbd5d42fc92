"""What is known about the exports of one system, as data.

A profile is a TOML file in `profiles/`. It says how an export of the system is recognised (several names
of columns or keys together, in any spelling), where in a record each part of an event stands, and what
the system's words mean in ours. What data cannot say is a small parser, asked for by name
(`parsers/`). Adding a system is adding a file; nothing else names one.

The keys of a profile file:

    system, title          slug of the system, its name for people
    [[recognise]]          all = names that must occur; some + least = so many of these must;
                           never = names that must not; spelled = names in just this spelling;
                           form = "table" or "object" (absent: either), or "line": the name is that of a
                           form of log lines (logs/)
    [[headerless]]         names of the columns of tables that have no header; least = so many at least;
                           match = name -> pattern that the cells of that column keep to
    [fields]               part of the event -> path, or several paths of which the first that holds
                           something counts: time, said, source_id, outcome, reason, ip, device, location,
                           session, field, before, after, actor (any way of naming one), actor_id,
                           actor_name, actor_email, actor_kind, on_behalf_of, target_kind, amount, currency
    [[targets]]            one thing each, in order: name, id, kind (fixed) or kind_from (path);
                           last_resort = true: only where none before it was found
    [words] [patterns] [nouns]    see words.py; words_of = another profile file that lends its own
    [outcomes]             the source's outcome -> ours; [outcome_patterns] the same by pattern
    [actor_kinds] [kinds]  the source's kind of actor, of thing -> ours
    [keep]                 name -> path: what else goes into `extra`
    [settings]             see Settings
    [source]               what the whole file is: more_pages (path in the envelope), total (path of the
                           number of rows the source claims)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from indelible.events.vocabulary import ACTOR_KINDS, OUTCOMES, is_kind
from indelible.intake.fields import plain_name
from indelible.intake.words import Words

Paths = str | list[str]
Form = Literal["table", "object", "line"]

FIELDS = frozenset(
    "time said source_id outcome reason ip device location session field before after actor actor_id "
    "actor_name actor_email actor_kind on_behalf_of target_kind amount currency".split()
)


@dataclass(frozen=True, slots=True)
class Recognise:
    """One way in which a system's export can be told from all others."""

    all: frozenset[str] = frozenset()
    some: frozenset[str] = frozenset()
    least: int = 0
    never: frozenset[str] = frozenset()
    form: Form | None = None
    spelled: frozenset[str] = frozenset()

    def score(self, names: frozenset[str], form: Form, written: frozenset[str]) -> int:
        """Return how many names speak for this export; zero if it cannot be one.

        `names` are as `plain_name` makes them, `written` as the file has them.
        """
        if (self.form not in (None, form)) or not self.all <= names or self.never & names:
            return 0
        if not self.spelled <= written:
            return 0
        found = len(self.some & names)
        return len(self.all) + found if found >= self.least else 0


@dataclass(frozen=True, slots=True)
class Headerless:
    """The columns of a table without header, and what proves them: (place, pattern of its cells)."""

    names: tuple[str, ...]
    least: int
    patterns: tuple[tuple[int, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """Where one thing that an act was done to stands in a record."""

    name: Paths = ""
    id: Paths = ""
    kind: str = ""
    kind_from: Paths = ""
    last_resort: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """The habits of a source that are neither a path nor a word."""

    # What it counts as when a record names no outcome: "success", "unknown", or "implied" (a success
    # that the source does not state, since it records finished acts only; flagged).
    no_outcome: Literal["success", "unknown", "implied"] = "implied"
    # Texts that stand for nothing wherever they are the whole value, such as "-" or "null".
    nothing: tuple[str, ...] = ()
    # Whether an empty cell before or after says that the value was empty, not that it is untold.
    empty_is_value: bool = False
    # Table columns that no field names: into `extra` by their header (but for `leave_out`), or left in
    # the original alone.
    keep_rest: bool = True
    leave_out: tuple[str, ...] = ()
    # The zone of times that carry none, where the source's documents promise one.
    zone: str | None = None
    # The record of this file holds no events (a digest, an index); the text says what it is.
    not_events: str = ""
    # Parsers: what makes one record into one or several, and what has the last word on each event.
    unpack: str = ""
    finish: tuple[str, ...] = ()
    # Paths that together name one record at the source, where it is not `source_id` alone. The first is
    # the id proper: a record that lacks it has no identity, however much else it says.
    identity: tuple[str, ...] = ()
    # The word for what was done, where a record has none because its file holds one kind of act only.
    said: str = ""
    # Paths whose texts, joined by blanks, are looked up among the words before the said word alone is:
    # "CREATE USER" says more than "CREATE".
    meaning_of: tuple[str, ...] = ()
    # The reason is an explanation of failures; beside anything else it is filler ("Other.").
    reason_of_failure: bool = False
    # Outcomes that say no more than that the act has begun; flagged.
    in_progress: tuple[str, ...] = ()
    # The kind of a thing may be read from its own name ("Invoice INV-0042"), by the nouns.
    kind_in_target: bool = False
    # The only thing all records are about has to be told, since they do not name it.
    asks_target: bool = False
    # Actors that are no person: patterns of their name -> kind.
    system_actors: str = ""
    service_actors: str = ""
    # A pattern with the groups `before`, `after` and perhaps `field`, tried on the said word and `prose`.
    prose: tuple[str, ...] = ()
    prose_in: tuple[str, ...] = ()
    # A pattern whose group is the id of the first target, tried on the said word.
    id_in_said: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One system's exports: how to know them, and how to read them."""

    system: str
    title: str
    recognise: tuple[Recognise, ...]
    fields: Mapping[str, Paths]
    targets: tuple[TargetSpec, ...]
    words: Words
    outcomes: Mapping[str, str]
    outcome_patterns: Mapping[str, str]
    actor_kinds: Mapping[str, str]
    kinds: Mapping[str, str]
    keep: Mapping[str, Paths]
    settings: Settings
    more_pages: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    guessed: bool = False  # made from header words, not from a profile file
    decimal: str = "."  # the sign before the fractions of an amount
    currency: str | None = None  # of all amounts, where a header names it
    headerless: tuple[Headerless, ...] = ()

    def score(self, names: frozenset[str], form: Form, written: frozenset[str] = frozenset()) -> int:
        """Return how well the names (as `plain_name` makes them, and as written) fit; zero is not at all."""
        return max((way.score(names, form, written) for way in self.recognise), default=0)


@cache
def profiles() -> tuple[Profile, ...]:
    """Return all profiles of the package, in the order of their file names."""
    found = sorted(
        (entry for entry in _folder().iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
    )
    return tuple(parse_profile(entry.read_text(encoding="utf-8"), entry.name) for entry in found)


def _folder() -> Traversable:
    return files("indelible.intake") / "profiles"


def recognised(names: Iterable[str], form: Form) -> Profile | None:
    """Return the profile that fits the columns or keys best, None if none does.

    Of equals the first by name wins, so the answer never depends on the order of a folder.
    """
    written = frozenset(names)
    plain = frozenset(map(plain_name, written))
    best = max(profiles(), key=lambda profile: profile.score(plain, form, written), default=None)
    return best if best is not None and best.score(plain, form, written) else None


def parse_profile(text: str, where: str) -> Profile:
    """Read one profile file; raises ValueError naming the file for anything that is not as it should be.

    Checked when read, not when used: a word outside the closed list would otherwise be found by the one
    customer whose export has it.
    """
    data: dict[str, Any] = tomllib.loads(text)
    if lender := data.get("words_of"):
        lent = tomllib.loads((_folder() / lender).read_text(encoding="utf-8"))
        data |= {part: lent.get(part, {}) | data.get(part, {}) for part in ("words", "patterns", "nouns")}
    if unknown := data.get("fields", {}).keys() - FIELDS:
        raise ValueError(f"{where}: no such fields: {sorted(unknown)}")
    _all_in(data.get("outcomes", {}), OUTCOMES, where)
    _all_in(data.get("outcome_patterns", {}), OUTCOMES, where)
    _all_in(data.get("actor_kinds", {}), ACTOR_KINDS, where)
    if wrong := [kind for kind in data.get("kinds", {}).values() if not is_kind(kind)]:
        raise ValueError(f"{where}: not in the word list: {wrong}")
    settings: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in data.get("settings", {}).items()
    }
    source = data.get("source", {})
    return Profile(
        system=data["system"],
        title=data["title"],
        recognise=tuple(_recognise(way) for way in data.get("recognise", [])),
        fields=data.get("fields", {}),
        targets=tuple(TargetSpec(**spec) for spec in data.get("targets", [])),
        words=Words(
            data.get("words", {}), data.get("patterns", {}), data.get("nouns", {}), data.get("tokens")
        ),
        outcomes=_folded(data.get("outcomes", {})),
        outcome_patterns=data.get("outcome_patterns", {}),
        actor_kinds=_folded(data.get("actor_kinds", {})),
        kinds=_folded(data.get("kinds", {})),
        keep=data.get("keep", {}),
        settings=Settings(**settings),
        more_pages=tuple(source.get("more_pages", ())),
        total=tuple(source.get("total", ())),
        headerless=tuple(_headerless(way, where) for way in data.get("headerless", [])),
    )


def _recognise(way: Mapping[str, Any]) -> Recognise:
    def names(key: str) -> frozenset[str]:
        return frozenset(map(plain_name, way.get(key, [])))

    spelled = frozenset(way.get("spelled", []))
    return Recognise(
        names("all"), names("some"), way.get("least", 0), names("never"), way.get("form"), spelled
    )


def _headerless(way: Mapping[str, Any], where: str) -> Headerless:
    names = tuple(way["names"])
    if unknown := way["match"].keys() - set(names):
        raise ValueError(f"{where}: no such columns: {sorted(unknown)}")
    patterns = tuple((names.index(name), re.compile(text)) for name, text in way["match"].items())
    return Headerless(names, way.get("least", len(names)), patterns)


def _folded(table: Mapping[str, str]) -> dict[str, str]:
    return {word.casefold(): meaning for word, meaning in table.items()}


def _all_in(table: Mapping[str, str], allowed: tuple[str, ...], where: str) -> None:
    if wrong := [word for word in table.values() if word not in allowed]:
        raise ValueError(f"{where}: not in the word list: {wrong}")
