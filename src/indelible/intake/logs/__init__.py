"""Log lines: one line (or a few that belong together) of a program's log as a record.

A *form* is a way of writing lines that can be told from the line itself: syslog of two generations, CEF
and LEEF, Linux audit records, Jamf's stream. Servers that gather logs put several forms into one file, so
the form is told for every line anew, and each form is a table of its own to the rest of the package.

What a line of a form says is a profile's matter, as everywhere. A line of no known form among others is
rejected with its text; a file with hardly any line of a known form is no log (detection.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from indelible.intake.limits import Limits
from indelible.intake.logs import auditd, events, jamf, syslog
from indelible.intake.logs.told import Told
from indelible.intake.pieces import Piece, RawRecord, RawReject

__all__ = ["Told", "is_log", "read_line", "records"]

# Form -> how to read a line of it, the more particular before the more general: CEF and audit records
# travel inside syslog lines.
_FORMS: dict[str, Callable[[str], Told | None]] = {
    "cef_leef": events.read_event,
    "auditd": auditd.read_line,
    "jamf": jamf.read_line,
    "syslog_5424": syslog.read_5424,
    "syslog_3164": syslog.read_3164,
}


def read_line(text: str) -> tuple[str, Told] | None:
    """Return the form of a line and what it tells, None where it is of no known form."""
    for form, read in _FORMS.items():
        if (told := read(text)) is not None:
            return form, told
    return None


def is_log(head: Sequence[str]) -> bool:
    """Answer whether the first lines of a file are those of a log: half of them at least have a form."""
    known = sum(read_line(line) is not None for line in head)
    return 2 * known >= len(head) > 0


def records(pieces: Iterator[Piece], limits: Limits) -> Iterator[Piece]:
    """Turn physical lines into records, those of one Linux audit event into one."""
    joining = auditd.Joining(limits)
    for piece in pieces:
        if not isinstance(piece, RawRecord):
            yield piece
            continue
        found = read_line(str(piece.value))
        if found is None:
            yield RawReject(piece.line, piece.original, "unknown_line")
            continue
        form, told = found
        if told.reason:
            yield RawReject(piece.line, piece.original, told.reason, form)
        elif form == "auditd":
            yield from joining.take(piece, told)
        else:
            yield RawRecord(piece.line, piece.original, told.record, (*piece.flags, *told.flags), form)
    yield from joining.rest()
