"""When things are due: schedules and their dates, spans of time, and the deadlines of laws.

Nothing here reads a clock or a table: days, moments and the organisation's calendar are handed in.

* `spans`: a span such as "P3D" or "PT72H", and the moment that lies so much later.
* `schedules`: the days on which a schedule is due, when its runs open, and which period they are about.
* `words`: a schedule in words.
* `legal`: deadlines of laws, which follow rules of their own.
"""

from __future__ import annotations

from .schedules import Occurrence, due_dates, occurrences
from .spans import Span, SpanError, due_by, later, span_of
from .words import words

__all__ = [
    "Occurrence",
    "Span",
    "SpanError",
    "due_by",
    "due_dates",
    "later",
    "occurrences",
    "span_of",
    "words",
]
