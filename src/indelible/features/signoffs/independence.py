"""Which rows of a list are about somebody themself: nobody decides about their own work, or their own access.

A row is somebody's own where they acted, or somebody acted for them, whichever account or login they used; a line from
elsewhere where one of its columns names them. Better one row too many kept from the right person than one decided by
the wrong one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from indelible.events import signs
from indelible.events.event import Event
from indelible.events.folding import plain
from indelible.events.vocabulary import OWN_SYSTEM
from indelible.features.signoffs.models import FrozenLine, FrozenList, ListKind
from indelible.features.signoffs.rows import expanded, stored
from indelible.features.signoffs.signers import Signer

NOT_ABOUT: Final = frozenset(
    "manager reviewer owner approver decided_by granted_by requested_by created_by".split()
)
"""Columns that name somebody else than the person whom a line is about, where the list does not say which do."""


def own_places(frozen: FrozenList, who: Signer, places: Collection[int] | None = None) -> list[int]:
    """Return which of these places (of all where none are given) hold a row that is the signer's own."""
    names, accounts = who.names, who.accounts
    wanted = range(frozen.count) if places is None else sorted(places)
    if frozen.kind == ListKind.LINES:
        about = frozen.code.get("about")
        lines = FrozenLine.objects.filter(frozen=frozen)
        if places is not None and len(places) <= 500:
            lines = lines.filter(place__in=list(places))
        chosen = set(wanted)
        return [
            line.place
            for line in lines.order_by("place")
            if line.place in chosen and is_line_about(line.data, names, about)
        ]
    indexes = expanded(frozen.runs, frozen.count)
    by_index = {indexes[place]: place for place in wanted}
    return sorted(
        by_index[index]
        for entries in stored(frozen.logbook, list(by_index))
        for index, entry in entries.items()
        if is_own_act(entry.event, names, accounts)
    )


def is_own_act(event: Event, names: frozenset[str], accounts: frozenset[str]) -> bool:
    """Whether somebody with these names and accounts did it, or it was done for them."""
    parties = [event.get("actor"), event.get("on_behalf_of")]
    if event.get("source", {}).get("system") == OWN_SYSTEM:
        return any(party and party.get("id") in accounts for party in parties)
    return any(signs.names_of(party) & names for party in parties)


def is_line_about(
    data: Mapping[str, Any], names: frozenset[str], columns: Iterable[str] | None = None
) -> bool:
    """Whether a line from elsewhere is about somebody with these names: by `columns`, else by any that may say so."""
    asked = (
        set(columns) if columns else {name for name in data if plain(name).replace(" ", "_") not in NOT_ABOUT}
    )
    return any(isinstance(value := data.get(name), str) and plain(value) in names for name in asked)
