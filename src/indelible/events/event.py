"""The one form of an event: what other packages import from.

Its types are in `shape`, what is lawful in `lawful`, how it is cut into disclosures in `content`; the
words are in `vocabulary`, and the sentence that tells it in `sentence`.
"""

from __future__ import annotations

from indelible.events.content import from_content, is_disclosure_name, to_content
from indelible.events.lawful import MAX_DEPTH, MAX_INTEGER, check_event
from indelible.events.shape import (
    Action,
    Attachment,
    Change,
    Context,
    Event,
    EventError,
    Json,
    Numbers,
    Original,
    Outcome,
    Party,
    Reference,
    Source,
    Target,
    Time,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_INTEGER",
    "Action",
    "Attachment",
    "Change",
    "Context",
    "Event",
    "EventError",
    "Json",
    "Numbers",
    "Original",
    "Outcome",
    "Party",
    "Reference",
    "Source",
    "Target",
    "Time",
    "check_event",
    "from_content",
    "is_disclosure_name",
    "to_content",
]
