"""Runbooks put in force by their rows alone, small and quick: what time does to them is what is tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from indelible.features.runbooks.document.runbook import (
    Check,
    Clock,
    Due,
    Field,
    Role,
    Runbook,
    Schedule,
    Starts,
    Step,
    Trigger,
    Wait,
)

PUBLISHED = datetime(2025, 1, 2, 9, tzinfo=UTC)
PASSWORD = "!"  # nobody signs in with these accounts


def step(key: str, by: str = "doer", **more: Any) -> Step:
    """Return a small step."""
    told: dict[str, Any] = {
        "do": "Do it.",
        "why": "So that it is done.",
        "done": "It is.",
        "if_fails": "Say so.",
    }
    return Step(key=key, title=key.replace("_", " ").capitalize(), by=by, **{**told, **more})


def second(key: str, by: str = "signer", **more: Any) -> Step:
    """Return a step that a second person signs."""
    return step(key, by, kind="second", sign="two", means="approved", **more)


def document(
    key: str = "RB-T1",
    title: str = "Monthly review",
    steps: Sequence[Step] = (),
    *,
    schedule: Sequence[Schedule] = (),
    on: Sequence[Trigger] = (),
    clocks: Sequence[Clock] = (),
    roles: Mapping[str, Role] | None = None,
    **more: Any,
) -> Runbook:
    """Return a small document."""
    steps = tuple(steps) or (step("look"), second("agree"))
    return Runbook(
        id=key,
        title=title,
        purpose="Show that it was done.",
        team="Finance",
        owner="owner",
        roles=dict(
            roles
            or {"owner": Role(title="Owner"), "doer": Role(title="Doer"), "signer": Role(title="Signer")}
        ),
        starts=Starts(when="When it is due", schedule=tuple(schedule), on=tuple(on)),
        clocks=tuple(clocks),
        keep="finance",
        steps=steps,
        **more,
    )


def in_force(
    logbook: Any,
    text: Runbook,
    *,
    owner: Any = None,
    people: Mapping[str, Any] | None = None,
    stand_ins: Mapping[str, Any] | None = None,
    since: date | None = date(2025, 1, 1),
    published: datetime = PUBLISHED,
    entry: int = 0,
) -> Any:
    """Put a runbook in force; return its row."""
    from indelible.features.runbooks.document.writing import digest_of, to_data
    from indelible.features.runbooks.models import Appointment, Runbook, RunbookState, Version

    row = Runbook.objects.create(
        logbook=logbook,
        key=text.id,
        title=text.title,
        team=text.team,
        state=RunbookState.PUBLISHED,
        owner=owner,
        scheduled_from=since,
        made_at=published,
    )
    Version.objects.create(
        runbook=row,
        number=1,
        document=to_data(text),
        digest=digest_of(text),
        published_at=published,
        entry=entry,
    )
    for role, user in (people or {}).items():
        Appointment.objects.create(runbook=row, role=role, user=user, stand_in=(stand_ins or {}).get(role))
    return row


def person(name: str, zone: str = "", role: str = "member") -> Any:
    """Make somebody with an account."""
    from indelible.features.people.models import User

    email = f"{name.lower().replace(' ', '.')}@northwind.example"
    return User.objects.create(email=email, name=name, zone=zone, role=role, password=PASSWORD)


__all__ = [
    "Check",
    "Clock",
    "Due",
    "Field",
    "Role",
    "Schedule",
    "Trigger",
    "Wait",
    "document",
    "in_force",
    "person",
    "second",
    "step",
]
