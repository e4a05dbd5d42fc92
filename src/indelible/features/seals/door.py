"""The door of a logbook: whether anybody may read its commitments over HTTP. Opening and closing are on record."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from indelible.events import own_receipts
from indelible.events.event import Context, Event
from indelible.features.people.models import User
from indelible.features.seals.log_http import PREFIX
from indelible.features.seals.models import Door
from indelible.storage.database.append import Draft, append
from indelible.storage.database.codes import repeat_code
from indelible.storage.database.models import Logbook
from indelible.web.acts import OWN_SOURCE, party_of


@dataclass(frozen=True, slots=True)
class DoorView:
    """One logbook's door as the page shows it."""

    logbook: Logbook
    path: str
    door: Door | None

    @property
    def is_open(self) -> bool:
        """Whether anybody may read."""
        return self.door is not None and self.door.open


def log_path(logbook: Logbook) -> str:
    """Return the path below which a logbook's files are served."""
    return f"{PREFIX}{logbook.name}/"


def doors() -> list[DoorView]:
    """Return the door of each logbook, open or not, in the order in which the logbooks were begun."""
    known = {row.logbook_id: row for row in Door.objects.select_related("changed_by")}
    return [
        DoorView(logbook, log_path(logbook), known.get(logbook.pk))
        for logbook in Logbook.objects.order_by("pk")
    ]


def open_door(logbook: Logbook, address: str, *, by: User, context: Context, once: str | None = None) -> None:
    """Let anybody read the commitments of a logbook at `address`. Raises what `append` raises."""
    event = own_receipts.log_opened(party_of(by), logbook.name, address, context=context)
    _set(logbook, event, by=by, is_open=True, once=once)


def close_door(logbook: Logbook, *, by: User, context: Context, once: str | None = None) -> None:
    """Serve nothing of a logbook any more. Raises what `append` raises."""
    event = own_receipts.log_closed(party_of(by), logbook.name, context=context)
    _set(logbook, event, by=by, is_open=False, once=once)


def _set(logbook: Logbook, event: Event, *, by: User, is_open: bool, once: str | None) -> None:
    """Change the door and say so on the record, as one act; nothing where it stands so already."""
    with transaction.atomic():
        door, _is_new = Door.objects.select_for_update().get_or_create(logbook=logbook)
        if door.open == is_open:
            return
        door.open, door.changed_by = is_open, by
        door.save()
        repeat = repeat_code(OWN_SOURCE, f"form {once}") if once else None
        append(logbook, [Draft(event, source=OWN_SOURCE, repeat=repeat)])
