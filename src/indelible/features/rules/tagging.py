"""The rules in force as the log asks for them: which an event matches, and what of it they let be sealed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, get_args

from indelible.events.cleaning import Mark, clean
from indelible.events.cleaning.marking import STRENGTH
from indelible.events.event import Event
from indelible.features.rules.models import RuleState, RuleVersion
from indelible.storage.database import clock
from indelible.storage.database.codes import code_of
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook
from indelible.storage.database.tagging import Tagger

Marks = Mapping[str, tuple[Mark, tuple[str, ...]]]

_CODE_BYTES: Final = 10
_NO_MARKS: Final[Marks] = {}


def tagger_for(logbook: Logbook, mark: int) -> Tagger:
    """Return what tags an event with the rules in force. No rule was ever begun where the mark is 0.

    What must never be sealed is taken out whatever the rules say.
    """
    code = coder(logbook)
    if not mark:
        return lambda event, source: (clean(event, _NO_MARKS, code), ())
    from indelible.features.rules.world import world_of
    from indelible.language.matching import RuleSet
    from indelible.language.pattern import Pattern

    rows = list(
        RuleVersion.objects.using(alias_of(logbook))
        .filter(rule__logbook=logbook, rule__state=RuleState.ON, ended_at=None)
        .select_related("rule")
    )
    rules = RuleSet({row.key: Pattern.from_json(row.pattern) for row in rows}, world_of(logbook))
    needs = {row.key: row.needs for row in rows if any(need.get("mark") for need in row.needs)}

    @lru_cache(maxsize=1024)
    def marks_of(keys: tuple[str, ...]) -> Marks:
        return strongest(needs, keys)

    def tag(event: Event, source: int) -> tuple[Event, tuple[str, ...]]:
        # An event that tells no time counts as of when it is recorded, which is about now.
        keys = rules.matching(event, source, "" if "occurred_at" in event else clock.now())
        return clean(event, marks_of(keys) if needs and keys else _NO_MARKS, code), keys

    return tag


def strongest(needs: Mapping[str, Iterable[Mapping[str, str]]], keys: Iterable[str]) -> Marks:
    """Return what is stored of each fact that rules mark, and which say so: the mark that shows least holds."""
    marks: dict[str, tuple[Mark, tuple[str, ...]]] = {}
    for key in keys:
        for need in needs.get(key, ()):
            mark = _mark(need)
            if mark is None:
                continue
            held, by = marks.get(need["fact"], (mark, ()))
            marks[need["fact"]] = max(held, mark, key=STRENGTH.index), (*by, key)
    return marks


def _mark(need: Mapping[str, str]) -> Mark | None:
    """Return the mark of a needed fact; one that nobody knows hides most."""
    said = need.get("mark")
    if not said:
        return None
    return next((mark for mark in get_args(Mark) if mark == said), "drop")


def coder(logbook: Logbook) -> Callable[[str], str]:
    """Return what gives the keyed code of a value: the same for equal values of one logbook and year, and no
    others.
    """

    def code(text: str) -> str:
        year = datetime.now(UTC).year
        digest = code_of(f"marked value {logbook.origin} {year}", text)
        shown = base64.b32encode(digest[:_CODE_BYTES]).decode("ascii")
        return f"{year} {shown[:4]}-{shown[4:8]}-{shown[8:12]}-{shown[12:16]}"

    return code
