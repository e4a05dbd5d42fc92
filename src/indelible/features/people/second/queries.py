"""Reads about what waits for a second person, for other features too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from indelible.features.people import access
from indelible.features.people.models import Request, RequestState, User
from indelible.features.people.second import selves, services

MOST_SHOWN: Final = 200
LATEST: Final = 20


def waiting_for(user: User) -> list[Request]:
    """Return the open requests that somebody may decide, the oldest first. Bounded in queries and in number."""
    if not access.may(user, access.REQUESTS_DECIDE):
        return []
    rows = open_requests()
    if not rows:
        return []
    askers = {row.by_id: row.by for row in rows}
    others = {each.pk for each in selves.others_than(user, list(askers.values()))}
    able = {name: _allows(name, user) for name in {row.kind for row in rows}}
    return [row for row in rows if row.by_id in others and able[row.kind]]


def _allows(name: str, user: User) -> bool:
    kind = services.kind_of(name)
    return kind is not None and kind.may_decide(user)


def open_requests(kind: str = "") -> Sequence[Request]:
    """Return what waits, the oldest first; of one kind, where it is named."""
    rows = Request.objects.filter(state=RequestState.OPEN).select_related("by").order_by("pk")
    return list((rows.filter(kind=kind) if kind else rows)[:MOST_SHOWN])


def decided_lately() -> Sequence[Request]:
    """Return what was decided or withdrawn last, the newest first."""
    rows = Request.objects.exclude(state=RequestState.OPEN).select_related("by", "decided_by")
    return list(rows.order_by("-pk")[:LATEST])
