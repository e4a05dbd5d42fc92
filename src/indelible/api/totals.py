"""A total that a sender tells of itself for a period, to be held against what is on the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from indelible.api.eventform import says_nothing
from indelible.api.moments import NoMoment, instant_of
from indelible.api.problems import Problem
from indelible.events.instants import to_datetime
from indelible.features.sources.accounts.totals import declare
from indelible.features.sources.models import Source
from indelible.features.sources.services import By
from indelible.intake.jsontext import NumberText

KEYS: Final = ("from", "to", "count", "amount", "currency", "said_by")


def tell_total(source: Source, value: Any) -> dict[str, Any]:
    """Keep the total and return how it stands. Raises Problem, and SourceError for what makes no total."""
    if not isinstance(value, dict):
        raise Problem(422, "total-form", detail="an object is expected")
    for name in value:
        if name not in KEYS:
            raise Problem(422, "total-form", detail=f"{name[:80]}: there is no such key")
    told = {name: said for name, said in value.items() if not says_nothing(said)}
    count = told.get("count")
    if count is not None and type(count) is not int:
        raise Problem(422, "total-form", detail="count: a whole number is expected")
    total = declare(
        source,
        _moment(told, "from"),
        _moment(told, "to"),
        count,
        _amount(told.get("amount")),
        _text(told, "currency"),
        _text(told, "said_by"),
        by=By({"id": f"source {source.pk}", "name": source.name, "kind": "system"}),
    )
    return {
        "entry": total.entry,
        "state": total.state,
        "found_count": total.found_count,
        "found_amount": total.found_amount or None,
    }


def _moment(told: dict[str, Any], name: str) -> datetime:
    said = told.get(name)
    try:
        return to_datetime(instant_of(said)[0] if type(said) is str else "")
    except (NoMoment, ValueError):
        raise Problem(422, "total-form", detail=f"{name}: an RFC 3339 time with a zone is expected") from None


def _amount(said: Any) -> str | None:
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, str | int):
        raise Problem(422, "total-form", detail="amount: a number or its digits as text are expected")
    return str(said)[:200]


def _text(told: dict[str, Any], name: str) -> str:
    said = told.get(name, "")
    if type(said) is not str or type(said) is NumberText:
        raise Problem(422, "total-form", detail=f"{name}: text is expected")
    return said
