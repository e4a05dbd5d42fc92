"""Readings that a word may also have behind what narrows the things, or before a thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indelible.language.lexicon.values import Reading


def with_late(reading: Reading, phrase: str, irregular: Mapping[str, Sequence[str]]) -> tuple[Reading, ...]:
    """Return a reading with those that it may also have behind what narrows the things: "invoices over 500 EUR approved
    by Tom", "invoices over 500 EUR that Tom approves"."""
    value, cost = reading.value, reading.cost + 1
    if reading.type == "OWN_APPROVAL":
        return (reading, Reading("OWN_APPROVAL_LATE", value, cost))
    if reading.type == "THING":
        return (reading, Reading("LTHING", value, cost))
    if reading.type != "ACT":
        return (reading,)
    if value.noun:
        return (reading, Reading("XACT", value, cost))
    first = phrase.partition(" ")[0]
    was = " " not in phrase and (
        phrase.endswith("ed") or any(phrase in forms for forms in irregular.values())
    )
    before = (Reading("ADJ_T", phrase, reading.cost + 4),) if was else ()
    passive = first.endswith(("ed", "ing")) or any(first in forms for forms in irregular.values())
    late = (Reading("LACT", value, cost),) if passive else ()
    return (reading, Reading("XACT", value, cost), Reading("VACT", value, cost), *late, *before)
