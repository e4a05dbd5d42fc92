"""The organisation's own kinds of thing: named once, with their category, and never another from then on."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.db import IntegrityError, transaction

from indelible.events.own_rules import thing_added
from indelible.events.vocabulary import CATEGORIES, THINGS
from indelible.features.rules.models import OwnThing
from indelible.features.rules.services import RuleError
from indelible.features.sources.services import By, record_own
from indelible.storage.database.models import Logbook

MOST_THINGS: Final = 500
MOST_OTHER_WORDS: Final = 10
LONGEST_NAME: Final = 60
_NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]+")
_ARTICLE: Final = re.compile(r"^(?:an?|the)\s+", re.I)


def add_thing(
    logbook: Logbook, name: str, plural: str, category: str, by: By, *, also: tuple[str, ...] = ()
) -> OwnThing:
    """Name a kind of thing of the organisation's own; on the record in the same transaction.

    Raises RuleError (`thing-known`, `thing-bad-name`, `things-too-many`).
    """
    name, plural = _plain(name), _plain(plural) or _plain(name) + "s"
    others = tuple(dict.fromkeys(word for each in also if (word := _plain(each))))[:MOST_OTHER_WORDS]
    if not name or category not in CATEGORIES or max(map(len, (name, plural, *others))) > LONGEST_NAME:
        raise RuleError("thing-bad-name", most=LONGEST_NAME)
    with transaction.atomic():
        held = list(OwnThing.objects.filter(logbook=logbook))
        if len(held) >= MOST_THINGS:
            raise RuleError("things-too-many", most=MOST_THINGS)
        taken = {word.casefold() for one in held for word in (one.name, one.plural, *one.also)}
        taken |= {_ARTICLE.sub("", thing.name).casefold() for thing in THINGS.values()}
        if double := next((word for word in (name, plural, *others) if word.casefold() in taken), None):
            raise RuleError("thing-known", name=double)
        kind = _kind_for(name, {one.kind for one in held})
        event = thing_added(by.party, kind, name, plural, category, also=others, context=by.context)
        entry = record_own(logbook, event).recorded[0].index
        try:
            with transaction.atomic():
                return OwnThing.objects.create(
                    logbook=logbook,
                    kind=kind,
                    name=name,
                    plural=plural,
                    also=list(others),
                    category=category,
                    entry=entry,
                )
        except IntegrityError as twice:
            raise RuleError("thing-known", name=name) from twice


def _plain(name: str) -> str:
    """Return a name as it is kept: blanks made one, without an article."""
    return _ARTICLE.sub("", " ".join(name.split()))


def _kind_for(name: str, taken: set[str]) -> str:
    """Return the kind under which such things are sealed: `x.greenhouse_tray`."""
    bare = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    stem = "x." + (_NOT_A_LETTER.sub("_", bare).strip("_") or "thing")
    tries = (stem if number == 1 else f"{stem}_{number}" for number in range(1, len(taken) + 2))
    return next(each for each in tries if each not in taken)
