"""How a list was made: what an auditor asks first of every list (the page "How this list was made").

The question in words and as code, its filters, the period and its zone, how many rows, the first and the last, totals,
gaps of sources within the range, the seal it rests on, who made it, when, and with which software.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import Any, Final

from django.db.models import Q

from indelible.events.instants import from_datetime, to_datetime
from indelible.features.sources.models import Gap
from indelible.ledger.strict import write_base64
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredCheckpoint, StoredEntry

Period = tuple[datetime | None, datetime | None]
"""From when, up to but without when; either may be open. Of a list of entries: when they were recorded."""

MOST_GAPS: Final = 50
MOST_CURRENCIES: Final = 20
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")


@dataclass(slots=True)
class Totals:
    """What can be counted on the way through the entries of a list."""

    kinds: Counter[str] = field(default_factory=Counter)  # of whoever acted: person, service...
    amounts: dict[str, Decimal] = field(default_factory=dict)  # by currency
    with_amount: int = 0
    first_at: str = ""
    last_at: str = ""

    def take(self, entry: StoredEntry) -> None:
        """Count in one entry. What was altered counts as it stands, and is marked elsewhere."""
        self.kinds[entry.event.get("actor", {}).get("kind", "unknown")] += 1
        self.first_at = min(self.first_at or entry.recorded_at, entry.recorded_at)
        self.last_at = max(self.last_at, entry.recorded_at)
        extra = entry.event.get("extra", {})
        amount, currency = extra.get("amount"), extra.get("currency", "")
        if not (isinstance(amount, str) and isinstance(currency, str) and _AMOUNT.fullmatch(amount)):
            return
        if currency in self.amounts or len(self.amounts) < MOST_CURRENCIES:
            self.amounts[currency] = self.amounts.get(currency, Decimal()) + Decimal(amount)
            self.with_amount += 1

    def told(self) -> dict[str, Any]:
        """Return them as JSON."""
        sums = {currency: format(total, "f") for currency, total in sorted(self.amounts.items())}
        return present(
            {"kinds": dict(sorted(self.kinds.items())), "sums": sums, "with_amount": self.with_amount}
        )


def how_made(
    logbook: Logbook,
    by: str,
    now: datetime,
    seal: StoredCheckpoint,
    *,
    query: Mapping[str, Any] | None = None,
    period: Period | None = None,
    zone: str = "UTC",
    totals: Totals | None = None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return how a list was made, as JSON. `more` is what its maker says besides; ours cannot be said otherwise."""
    since, until = period or (None, None)
    told = {
        **(more or {}),
        "query": dict(query or {}),
        "period": present(
            {"from": _instant(since), "to": _instant(until), "by": "recorded" if period else ""}
        ),
        "zone": zone,
        "seal": {"size": seal.size, "root": write_base64(seal.root), "at": seal.made_at},
        "by": by,
        "at": _instant(now),
        "software": f"indelible {version('indelible')}",
    }
    if totals is not None:
        told |= {"totals": totals.told(), "first_at": totals.first_at, "last_at": totals.last_at}
        begins = since or _moment(totals.first_at)
        ends = until or _moment(totals.last_at)
        if begins is not None and ends is not None:
            told |= _gaps(logbook, begins, ends)
    return present(told)


def _gaps(logbook: Logbook, begins: datetime, ends: datetime) -> dict[str, Any]:
    """Return the times in which nothing came from a source, as far as they lie within the range."""
    within = Gap.objects.filter(source__logbook=logbook, began_at__lt=ends)
    rows = (
        within.filter(Q(ended_at=None) | Q(ended_at__gt=begins)).select_related("source").order_by("began_at")
    )
    found = list(rows[: MOST_GAPS + 1])
    gaps = [
        present(
            {
                "source": gap.source.name,
                "from": _instant(gap.began_at),
                "to": _instant(gap.ended_at),
                "kind": gap.kind,
                "explained": gap.explanation[:500],
            }
        )
        for gap in found[:MOST_GAPS]
    ]
    return {"gaps": gaps, "more_gaps": len(found) > MOST_GAPS or None}


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what says something: zero and no are answers, nothing is not."""
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {})}


def filters_of(code: Mapping[str, Any]) -> Sequence[str]:
    """Return the parts of a question that narrow it, one a line: "things: invoice.sales"."""
    lines = []
    for name, value in sorted(code.items()):
        for each in value if isinstance(value, list) else [value]:
            said = " ".join(str(part) for part in each.values()) if isinstance(each, dict) else str(each)
            lines.append(f"{name.replace('_', ' ')}: {said}")
    return lines


def _instant(moment: datetime | None) -> str:
    return from_datetime(moment.astimezone(UTC)) if moment is not None else ""


def _moment(text: str) -> datetime | None:
    try:
        return to_datetime(text)
    except (ValueError, OverflowError):
        return None
