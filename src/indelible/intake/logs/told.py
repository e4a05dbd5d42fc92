"""What one line tells, before a profile says what that means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Told:
    """A line's record with the flags that apply, or the reason (a code) why it cannot be one."""

    record: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    reason: str = ""
