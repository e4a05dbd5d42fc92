"""From a form's fields to the event that will be sealed.

The check page and the sealing both call `compose`, so the sentence that a person agreed to is, letter for letter,
the sentence on the record. Nothing is invented: a field left empty is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from indelible.events import own
from indelible.events.event import Attachment, Change, Event, Party, check_event
from indelible.events.vocabulary import category_of

LATER = timedelta(minutes=5)
SOMETHING_ELSE = "other"
BY_HAND = "by_hand"  # the system of entries that people write themselves


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes the entry down, and where they sit."""

    party: Party
    zone: str


def compose_entry(
    fields: Mapping[str, str], writer: Writer, written_at: datetime, attachment: Attachment | None = None
) -> Event:
    """Return the event that the form's fields tell.

    `fields` holds text only, as `EntryForm` cleaned it: `who`, `verb` (or "other" and `said`), `kind`, `thing_id`,
    `thing_name`, `detail`, `before`, `after`, `day` (ISO), `clock` (HH:MM), `reason`.
    Raises EventError where the outcome is no lawful event.
    """
    event: Event = {"actor": _actor(fields, writer), "outcome": "success"}
    verb = fields.get("verb", "")
    if verb and verb != SOMETHING_ELSE:
        event["action"] = {"verb": verb}
        if category := category_of(verb, [fields["kind"]] if fields.get("kind") else []):
            event["action"]["category"] = category
    else:
        event["action"] = {"said": fields["said"]}
    if target := {key: fields[name] for key, name in _TARGET if fields.get(name)}:
        event["targets"] = [target]  # type: ignore[list-item]
    if change := _change(fields):
        event["changes"] = [change]
    if fields.get("reason"):
        event["reason"] = fields["reason"]
    if attachment:
        event["attachments"] = [attachment]
    _say_when(event, fields, writer, written_at)
    if event["actor"] != writer.party:
        event["extra"] = {"author": writer.party.get("name") or writer.party["id"]}
    return check_event(event)


_TARGET = (("kind", "kind"), ("id", "thing_id"), ("name", "thing_name"))


def _actor(fields: Mapping[str, str], writer: Writer) -> Party:
    who = fields.get("who", "")
    return writer.party if who in ("", writer.party.get("name")) else {"name": who, "kind": "person"}


def _change(fields: Mapping[str, str]) -> Change:
    change: Change = {}
    if fields.get("before"):
        change["before"] = fields["before"]
    if fields.get("after"):
        change["after"] = fields["after"]
    if change and fields.get("detail"):
        change["field"] = fields["detail"]
    return change


def _say_when(event: Event, fields: Mapping[str, str], writer: Writer, written_at: datetime) -> None:
    """Fill in when it happened: as typed, in the writer's zone, or the moment of writing where nothing was typed."""
    if not fields.get("day"):
        event["occurred_at"] = _instant(written_at)
        return
    said = f"{fields['day']} {fields['clock']}"
    local = datetime.combine(date.fromisoformat(fields["day"]), time.fromisoformat(fields["clock"]))
    happened = local.replace(tzinfo=ZoneInfo(writer.zone)).astimezone(UTC)
    event["occurred_at"] = _instant(happened)
    event["time"] = {"said": said, "zone": writer.zone, "basis": "given"}
    if written_at - happened > LATER:
        event["flags"] = ["written_down_later"]


def compose_correction(fields: Mapping[str, str], writer: Writer, index: int, written_at: datetime) -> Event:
    """Return the event that corrects one detail of entry `index`: `detail`, `was`, `right`, `reason`, `evidence`."""
    event = own.correction(
        writer.party,
        index,
        fields["detail"],
        fields.get("was", ""),
        fields["right"],
        fields["reason"],
        evidence=fields.get("evidence") or None,
        occurred_at=_instant(written_at),
    )
    return check_event(event)


def compose_note(fields: Mapping[str, str], writer: Writer, index: int, written_at: datetime) -> Event:
    """Return the event that adds a note to entry `index`: its text is `note`."""
    return check_event(own.note(writer.party, index, fields["note"], occurred_at=_instant(written_at)))


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
