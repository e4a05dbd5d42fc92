"""The id and the number that each line gets when it is read."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from indelible.features.sources.kinds.lines.framing import Frame
from indelible.intake.logs.live import Arrived


class Numbering:
    """Counts the lines of one listener, from 1. No two lines of any run of the receiver share an id."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(8)
        self._count = 0

    def arrived(self, frame: Frame, sender: str) -> Arrived:
        """Return a frame as a line that came just now."""
        self._count += 1
        id = f"{self._run}/{self._count}"
        return Arrived(frame.data, datetime.now(UTC), sender, id, self._count, frame.fault)
