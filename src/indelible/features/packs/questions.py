"""The question as a pack may state it: without what the pack hides.

Two things are taken out: every withheld text, and each filter that asks by a withheld detail, whatever part of it
was typed ("who:maria" tells of Maria Lopez too).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from indelible.features.packs.orders import Order
from indelible.features.packs.withholding import HIDDEN, Withheld
from indelible.features.rules.models import RuleVersion
from indelible.features.sources.models import Source
from indelible.language.pattern import Pattern
from indelible.ledger.packs.lines import family_of
from indelible.storage.database import search
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook

ASKS_BY: Final = {
    "who": ("actor", "on_behalf_of"),
    "about": ("targets",),
    "what": ("action",),
    "source": ("source",),
    "outcome": ("outcome",),
    "flag": ("flags",),
}


def masked_question(order: Order, withheld: Withheld, logbook: Logbook) -> Order:
    """Return the order with words, code and reasons in which nothing withheld stands."""
    if not withheld:
        return order
    families = {family_of(field) for field in withheld.fields}
    code, words = order.code, order.words
    if not order.is_whole and order.indexes is None:
        code, words = _without_filters(order, families, withheld)
    elif order.is_whole:
        for name in _names_in(order, logbook, families):
            withheld.add(name)
            words = _struck(withheld.masked(words), (name,))
    return replace(
        order,
        code=withheld.masked(code),
        words=withheld.masked(words),
        zone="UTC" if withheld.stands_in(order.zone) else order.zone,
        withhold=tuple((field, withheld.masked(reason)) for field, reason in order.withhold),
    )


def _without_filters(order: Order, families: set[str], withheld: Withheld) -> tuple[str, str]:
    query = search.parse_query(order.code, datetime.now(UTC), order.tz).query
    hidden = {
        name: values
        for name, fields in ASKS_BY.items()
        if families.intersection(fields) and (values := getattr(query, name))
    }
    if not hidden:
        return order.code, order.words
    instead: dict[str, Any] = dict.fromkeys(hidden, (HIDDEN,))
    left = replace(query, **instead)
    read_back = order.words == search.read_back(query)
    every = [value for values in hidden.values() for value in values]
    # Whole withheld texts first: struck by the part of them that was typed, the rest would stay.
    words = search.read_back(left) if read_back else _struck(withheld.masked(order.words), every)
    return search.query_text(left), words


def _struck(words: str, values: Iterable[str]) -> str:
    """Return the words with these values hidden, in whatever letters they are written."""
    for value in sorted(values, key=len, reverse=True):
        if bare := value.rstrip("*").strip():
            words = re.sub(re.escape(bare), HIDDEN, words, flags=re.IGNORECASE)
    return words


def _names_in(order: Order, logbook: Logbook, families: set[str]) -> list[str]:
    """Return the names of withheld kinds that the words of a whole pack's question say."""
    ids = [int(name.partition("/")[2]) for name in order.sequences if name.startswith("sources/")]
    if ids:
        rows = Source.objects.using(alias_of(logbook)).filter(logbook=logbook, pk__in=ids)
        return list(rows.values_list("name", flat=True)) if {"source", "targets"} & families else []
    rules = {int(name.removeprefix("rules/").partition(".")[0]) for name in order.sequences}
    versions = RuleVersion.objects.using(alias_of(logbook)).filter(rule__logbook=logbook, rule__in=rules)
    told = [Pattern.from_json(pattern) for pattern in versions.values_list("pattern", flat=True)]
    said = {
        "actor": [one.name or one.group for each in told for one in (*each.who, *each.not_who)],
        "targets": [name for each in told for name in each.named],
        "source": [name for each in told for name in (*each.systems, *each.not_systems)],
        "action": [name for each in told for name in each.said],
    }
    return [name for family, names in said.items() if family in families for name in names if name]
