"""Jamf Pro's stream of access and of changes: a mark in brackets, a local time, then `name=value, ...`.

A value may hold a comma and a blank itself, so a pair ends only where the next known name begins.
"""

from __future__ import annotations

import re

from indelible.intake.logs.told import Told

_LINE = re.compile(
    r"(?:.{0,200}?\s)??\[(?P<log>JSS[A-Z]+)\] (?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[,.]?\d*) - (?P<rest>.*)",
    re.S,
)
_NAMES = "username|status|ipAddress|entryPoint|objectType|objectName|objectId|objectID|action|details"
_PAIR = re.compile(rf"(?:^|, )({_NAMES})=")


def read_line(text: str) -> Told | None:
    """Read one line of the stream; None where it is none."""
    match = _LINE.fullmatch(text) if "[JSS" in text else None
    if match is None:
        return None
    parts = _PAIR.split(match["rest"])
    record = {"log": match["log"], "timestamp": match["time"]}
    for name, value in zip(parts[1::2], parts[2::2], strict=True):
        record.setdefault(name, value)
    if len(record) < 3:
        return Told(reason="too_few_fields")
    return Told({**record, "rest": parts[0]} if parts[0] else {**record})
