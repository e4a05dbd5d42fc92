"""DocuSign: an event is a list of pairs of name and value."""

from __future__ import annotations

from indelible.intake.fields import Record
from indelible.intake.parsers.registry import Unpacked, unpacks


@unpacks
def docusign_fields(record: Record) -> list[Unpacked]:
    """Return the event as a record of its fields; of a name that comes twice, the first that says something."""
    pairs = record.get("eventFields")
    if not isinstance(pairs, list):
        return [Unpacked(dict(record))]
    fields: dict[str, object] = {key: value for key, value in record.items() if key != "eventFields"}
    for pair in pairs:
        if isinstance(pair, dict) and isinstance(name := pair.get("name"), str) and not fields.get(name):
            fields[name] = pair.get("value")
    return [Unpacked(fields)]
