"""What signs keep between entries: read for a batch at once, written when the batch is done, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from indelible.features.alarms.models import Alarm, Memory
from indelible.storage.database.codes import code_of

MOST_OF_ALARM: Final = 20_000
"""Keys of one alarm. Beyond them nothing new is kept until older ones expire, so a flood of names fills no disk."""

_PART: Final = 500


def is_full(alarm: Alarm) -> bool:
    """Whether an alarm remembers so much that it takes in nothing new."""
    return Memory.objects.filter(alarm=alarm).count() >= MOST_OF_ALARM


class Memories:
    """The memory of one alarm during one batch. `get`, `put` and `forget` are what signs see (`sign.Remembers`)."""

    def __init__(self, alarm: Alarm) -> None:
        self._alarm = alarm
        self._known: dict[str, Memory | None] = {}
        self._changed: set[str] = set()
        self._gone: set[str] = set()
        self._room: int | None = None
        self.at = datetime.max  # what expired before it is not remembered

    def read(self, keys: Iterable[str]) -> None:
        """Read what is known under these keys, few queries for many."""
        codes = [code for code in {self._code(key) for key in keys} if code not in self._known]
        self._known.update(dict.fromkeys(codes))
        for start in range(0, len(codes), _PART):
            rows = Memory.objects.filter(alarm=self._alarm, code__in=codes[start : start + _PART])
            self._known.update({row.code: row for row in rows})

    def get(self, key: str) -> dict[str, Any] | None:
        """Return a copy of the facts under a key."""
        row = self._row(self._code(key))
        return None if row is None else {name: _copied(value) for name, value in row.facts.items()}

    def put(
        self, key: str, facts: Mapping[str, Any], until: datetime, *, due: datetime | None = None
    ) -> None:
        """Keep facts under a key."""
        code = self._code(key)
        row = self._row(code)
        if row is None:
            if not self._has_room():
                return
            row = Memory(alarm=self._alarm, code=code)
            self._known[code] = row
        # A late arrival does not shorten what a newer entry asked to keep.
        later = row.expires_at if row.expires_at and row.expires_at > until else until
        row.facts, row.expires_at, row.due_at = dict(facts), later, due
        self._changed.add(code)
        self._gone.discard(code)

    def forget(self, key: str) -> None:
        """Keep nothing under a key."""
        code = self._code(key)
        if self._row(code) is not None:
            self._known[code] = None
            self._changed.discard(code)
            self._gone.add(code)

    def write(self) -> None:
        """Write what changed, in the transaction of the batch."""
        if self._gone:
            Memory.objects.filter(alarm=self._alarm, code__in=sorted(self._gone)).delete()
        rows = [row for code in sorted(self._changed) if (row := self._known[code]) is not None]
        for start in range(0, len(rows), _PART):
            Memory.objects.bulk_create(
                [
                    Memory(
                        alarm=self._alarm,
                        code=row.code,
                        facts=row.facts,
                        expires_at=row.expires_at,
                        due_at=row.due_at,
                    )
                    for row in rows[start : start + _PART]
                ],
                update_conflicts=True,
                unique_fields=["alarm", "code"],
                update_fields=["facts", "expires_at", "due_at"],
            )
        self._changed.clear()
        self._gone.clear()

    def _row(self, code: str) -> Memory | None:
        if code not in self._known:
            self._known[code] = Memory.objects.filter(alarm=self._alarm, code=code).first()
        return self._known[code]

    def _has_room(self) -> bool:
        if self._room is None:
            self._room = MOST_OF_ALARM - Memory.objects.filter(alarm=self._alarm).count()
        self._room -= 1
        return self._room >= 0

    def _code(self, key: str) -> str:
        return code_of(f"alarm {self._alarm.pk}", key).hex()[:32]


def _copied(value: Any) -> Any:
    """Return a value that may be changed without changing what is kept: lists are copied, as deep as they go."""
    return [_copied(one) for one in value] if isinstance(value, list) else value
