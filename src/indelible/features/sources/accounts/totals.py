"""Totals that somebody tells of a source, held against what is on the record: the one ground to say Complete.

"In May Payroll Cloud holds 412 records of 1,204,311.20 EUR in all." What is counted are the source's entries that
happened in the period (or were recorded in it, where no time is known): each record once, so neither conflicts with
an entry that is held nor what was taken back as a mistake. Amounts are added up exactly, in their own currency.

Three answers: it matches, it differs, or it could not be checked. A total is compared when its period is over, and
again whenever something of that period arrives later. A later word on the same period takes the place of the earlier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation, localcontext
from typing import Final

from django.db import transaction
from django.utils import timezone

from indelible.events import own_silence
from indelible.events.instants import from_datetime
from indelible.features.sources.models import ControlTotal, Import, Source, State, TotalState
from indelible.features.sources.origins import RULE_0, By, SourceError, record_own
from indelible.features.sources.silence.watch import instant
from indelible.language.pattern import Pattern, When
from indelible.storage.database import reads, search

MOST_COUNTED: Final = 200_000  # entries of one period
MOST_ADDED: Final = 50_000  # of which the amounts are added up
AT_ONCE: Final = 1_000
MOST_BEHIND: Final = 20_000  # entries that search has not taken in yet
LONGEST_PERIOD: Final = timedelta(days=3_700)
DIGITS: Final = 60
COMPARED_BACK: Final = timedelta(days=800)  # older totals are compared when a page asks
NOBODY: Final = By()


def declare(
    source: Source,
    period_from: datetime,
    period_to: datetime,
    count: int | None = None,
    amount: str | Decimal | None = None,
    currency: str | None = None,
    said_by: str = "",
    *,
    by: By = NOBODY,
) -> ControlTotal:
    """Keep a total that was told for a period (`period_to` is the first moment after it), and compare it.

    That it was told is an entry. Raises SourceError: `total-empty`, `total-bad-count`, `total-bad-amount`,
    `total-needs-currency`, `total-bad-period`, `source-ended`.
    """
    exact = _checked(period_from, period_to, count, amount, currency)
    currency = (currency or "").strip().upper()[:20]
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        if row.state == State.ENDED:
            raise SourceError("source-ended", name=row.name)
        event = own_silence.total_told(
            by.party,
            row.pk,
            row.name,
            instant(period_from),
            instant(period_to),
            count=count,
            amount=exact or None,
            currency=currency or None,
            said_by=said_by.strip()[:200] or None,
            context=by.context,
        )
        total = ControlTotal.objects.create(
            source=row,
            period_from=period_from,
            period_to=period_to,
            count=count,
            amount=exact,
            currency=currency,
            said_by=said_by.strip()[:200],
            declared_by=by.name[:150],
            declared_at=timezone.now(),
            entry=0,
        )
        same = ControlTotal.objects.filter(
            source=row, period_from=period_from, period_to=period_to, currency=currency, replaced_by=None
        )
        same.exclude(pk=total.pk).update(replaced_by=total)
        total.entry = record_own(row.logbook, event, rules=(RULE_0,)).entries[0].index
        total.save(update_fields=["entry"])
    # Search must not see what may yet be undone, and nobody waits for it while much is recorded: the periodic
    # comparison takes it up then.
    if transaction.get_connection().in_atomic_block or search.entries_behind(source.logbook) > MOST_BEHIND:
        return total
    return compare(total, timezone.now())


def _checked(
    period_from: datetime,
    period_to: datetime,
    count: int | None,
    amount: str | Decimal | None,
    currency: str | None,
) -> str:
    """Return the amount as exact digits, empty for none. Raises SourceError for what makes no total."""
    if count is None and amount in (None, ""):
        raise SourceError("total-empty")
    if count is not None and not 0 <= count < 10**15:
        raise SourceError("total-bad-count")
    if period_from.tzinfo is None or period_to.tzinfo is None:
        raise SourceError("total-bad-period")
    if not timedelta(0) < period_to - period_from <= LONGEST_PERIOD:
        raise SourceError("total-bad-period")
    if amount in (None, ""):
        return ""
    if not (currency or "").strip():
        raise SourceError("total-needs-currency")
    exact = exact_amount(str(amount))
    if exact is None:
        raise SourceError("total-bad-amount")
    return plain(exact)


def exact_amount(text: object) -> Decimal | None:
    """Return an amount exactly; None for what is none, or has more digits than any sum of money."""
    if isinstance(text, bool) or not isinstance(text, (str, int)):
        return None
    try:
        number = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    _sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or len(digits) + abs(exponent) > DIGITS - 2:
        return None
    return number


def plain(number: Decimal) -> str:
    """Return a decimal without an exponent, every digit kept."""
    return f"{number:f}"


@dataclass(slots=True)
class Found:
    """What is on the record of a period. `too_many`: it was not counted to the end."""

    count: int = 0
    amount: Decimal | None = None
    without_amount: int = 0
    too_many: bool = False


def compare(total: ControlTotal, now: datetime) -> ControlTotal:
    """Hold a total against the record and keep the answer; while its period lasts there is none."""
    size = reads.head(total.source.logbook).size
    if now < total.period_to:
        total.state = TotalState.OPEN
    else:
        found = count_period(total)
        total.found_count = None if found.too_many else found.count
        total.found_amount = "" if found.amount is None else plain(found.amount)
        total.without_amount = found.without_amount
        total.state = _judge(total, found)
        total.compared_at = now
    total.compared_size = size
    total.save(
        update_fields=[
            "state", "found_count", "found_amount", "without_amount", "compared_at", "compared_size",
        ]
    )  # fmt: skip
    return total


def _judge(total: ControlTotal, found: Found) -> TotalState:
    """Answer: a difference for certain outweighs what could not be checked."""
    if found.too_many:
        return TotalState.UNCHECKED
    if total.count is not None and total.count != found.count:
        return TotalState.DIFFERS
    if total.amount:
        if found.amount is None or found.without_amount:
            return TotalState.UNCHECKED
        if found.amount != Decimal(total.amount):
            return TotalState.DIFFERS
    return TotalState.MATCHES


def count_period(total: ControlTotal) -> Found:
    """Count a period's entries of the source, and add up their amounts where the total has one."""
    source = total.source
    taken_back = _taken_back(source)
    places = [
        place
        for place in _places(source, total.period_from, total.period_to)
        if not any(first <= place <= last for first, last in taken_back)
    ]
    if len(places) > MOST_COUNTED:
        return Found(too_many=True)
    found = Found(len(places))
    if not total.amount:
        return found
    if len(places) > MOST_ADDED:
        return Found(len(places), too_many=total.count is None)
    with localcontext() as exactly:
        exactly.prec = DIGITS + 20
        found.amount = Decimal(0)
        for start in range(0, len(places), AT_ONCE):
            for entry in reads.find_entries(source.logbook, places[start : start + AT_ONCE]).values():
                extra = entry.event.get("extra", {})
                amount = exact_amount(extra.get("amount"))
                currency = str(extra.get("currency", "")).strip().upper()
                if amount is None or not currency:
                    found.without_amount += 1
                elif currency == total.currency:
                    found.amount += amount
    return found


def _places(source: Source, start: datetime, end: datetime) -> list[int]:
    """Return where a source's entries of a period stand, conflicts left out; one more than MOST_COUNTED at most."""
    pattern = _of_period(source, start, end)
    conflicts = replace(pattern, flags=("conflict_with_held",))
    left_out = set(search.find_all(source.logbook, conflicts, limit=MOST_COUNTED))
    found = search.find_all(source.logbook, pattern, limit=MOST_COUNTED + len(left_out) + 1)
    return [place for place in found if place not in left_out]


def _of_period(source: Source, start: datetime, end: datetime) -> Pattern:
    """Return the pattern of what happened in a source from one moment to another."""
    return Pattern.of(systems=[str(source.pk)], when=When(from_datetime(start), from_datetime(end)))


def _taken_back(source: Source) -> list[list[int]]:
    """Return the runs of entries that were taken back as a mistake."""
    rows = Import.objects.filter(source=source, mistake__isnull=False)
    return [run for row in rows[:1_000] for run in row.runs]


def compare_due(now: datetime) -> int:
    """Compare the totals whose period is over or of whose period something came since; return how many."""
    compared = 0
    for total in _due(now):
        size = reads.head(total.source.logbook).size
        if total.state == TotalState.OPEN or _something_came(total):
            compare(total, now)
            compared += 1
        elif total.compared_size < size:
            ControlTotal.objects.filter(pk=total.pk).update(compared_size=size)
    return compared


def _due(now: datetime) -> Iterator[ControlTotal]:
    rows = ControlTotal.objects.filter(
        period_to__gt=now - COMPARED_BACK, period_to__lte=now, replaced_by=None
    )
    return rows.select_related("source__logbook").order_by("pk").iterator(chunk_size=200)


def _something_came(total: ControlTotal) -> bool:
    """Whether entries of the period were recorded, or taken back, since it was compared."""
    pattern = _of_period(total.source, total.period_from, total.period_to)
    came = search.find_all(total.source.logbook, pattern, low=total.compared_size, limit=1)
    back = Import.objects.filter(source=total.source, mistake__gte=total.compared_size)
    return bool(came) or back.exists()
