"""What time it is, as the log writes it: UTC, microseconds, always 27 characters.

Texts of this form sort as their times do, so the log compares texts and never parses them.
"""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Return the time by this machine's clock, such as `2026-03-03T14:03:00.123456Z`."""
    # isoformat is eight times as fast as strftime, and this runs in every commit.
    return datetime.now(UTC).isoformat(timespec="microseconds")[:26] + "Z"
