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

from indelible.features.packs.asking import read
from indelible.features.packs.orders import Order
from indelible.features.packs.withholding import HIDDEN, Withheld
from indelible.features.record.asking import as_typed, sentence_of
from indelible.features.rules.models import RuleVersion
from indelible.features.sources.models import Source
from indelible.language.pattern import ROLES, Pattern, Who
from indelible.ledger.packs.lines import family_of
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook

ASKS_BY: Final = {
    "who": ("actor", "on_behalf_of"),
    "not_who": ("actor", "on_behalf_of"),
    "things": ("targets",),
    "named": ("targets",),
    "not_things": ("targets",),
    "verbs": ("action",),
    "categories": ("action",),
    "said": ("action",),
    "not_verbs": ("action",),
    "systems": ("source",),
    "not_systems": ("source",),
    "outcomes": ("outcome",),
    "flags": ("flags",),
}
_INSTEAD: Final[dict[str, Any]] = {
    "who": Who(name=HIDDEN),
    "not_who": Who(name=HIDDEN),
    **dict.fromkeys(("named", "said", "systems", "not_systems", "flags"), HIDDEN),
}
"""What a hidden filter says; any other becomes a condition in words."""


def masked_question(order: Order, withheld: Withheld, logbook: Logbook) -> Order:
    """Return the order with words, code and reasons in which nothing withheld stands."""
    if not withheld:
        return order
    families = {family_of(field) for field in withheld.fields}
    code, words = order.code, order.words
    if not order.is_whole and order.indexes is None:
        code, words = _without_filters(order, families, withheld, logbook)
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


def _without_filters(
    order: Order, families: set[str], withheld: Withheld, logbook: Logbook
) -> tuple[str, str]:
    pattern = read(logbook, order.code, order.tz, datetime.now(UTC)).pattern
    hidden = [(part, one) for part, one in pattern.parts() if families & _asked_by(part, one)]
    if not hidden:
        return order.code, order.words
    left = pattern
    for part, one in hidden:
        instead = _INSTEAD.get(part)
        left = left.without(part, one)
        into = part if instead else "unchecked"
        more: Any = merged_members(getattr(left, into), instead or HIDDEN)
        left = replace(left, **{into: more})
    read_back = order.words == sentence_of(pattern)
    # Whole withheld texts first: struck by the part of them that was typed, the rest would stay.
    every = [text for _part, one in hidden for text in _texts_of(one)]
    words = sentence_of(left) if read_back else _struck(withheld.masked(order.words), every)
    return as_typed(left), words


def merged_members(members: tuple[Any, ...], one: Any) -> tuple[Any, ...]:
    """Return members of a part with one more."""
    return tuple(sorted({*members, one}))


def _asked_by(part: str, one: Any) -> set[str]:
    """Return the families of fields that a member of a pattern tells of."""
    if part != "where":
        return set(ASKS_BY.get(part, ()))
    head = one.fact.replace("/", ".").partition(".")[0]
    facts = {head, "extra", f"extra/{one.fact}"}
    return facts | {"actor", "action"} if one.fact in ROLES or one.value in ROLES else facts


def _texts_of(one: Any) -> list[str]:
    """Return what a member of a pattern says in words."""
    if isinstance(one, str):
        return [one]
    return [one.name or one.group] if isinstance(one, Who) else [one.value]


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
