"""What the pack says of itself, and who vouches for what is not there any more.

The making entry holds the digest of the claims and the last running numbers; an erasing entry names the
fields that it took. Both count only as entries of Indelible's own: the `extra` of any record from outside
could say the same.
Source: docs/formats/pack.md section 7, "Claims" and "Erased".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .claims import Claims
from .details import Opened
from .lines import ASKED, ERASURE, MAKING, WITHHELD, erased_by, is_withheld
from .manifest import Manifest, claims_digest
from .report import Check

_SAID = "pack_made"
_PROVING = frozenset({MAKING, ERASURE})  # their `extra` is what proves the pack, or an erasure
_WHYS = ("repeats", "unasked", "withheld", "erased")


class Said:
    """The check `claims`."""

    def __init__(self, manifest: Manifest, claims: Claims) -> None:
        self.check = Check("claims")
        self.asked = 0
        self.lines = 0
        self.closed: Counter[str] = Counter()
        self.numbers: dict[str, int] | None = None  # as the making entry states them
        self._manifest = manifest
        self._claims = claims
        self._makings = 0

    def add(self, entry: Opened) -> None:
        """Count in a line, and hold it against what is claimed."""
        line = entry.line
        self.count(line.role, line.closed)
        if line.role == ASKED:
            self._in_period(entry)
        elif self._claims.whole and self._claims.by_happened and line.role != MAKING:
            self._outside(entry)
        if line.role == MAKING:
            self._making(entry)
        withhold = self._claims.withhold
        for name in entry.values if withhold else ():
            if is_withheld(name, withhold) and not (name == "extra" and line.role in _PROVING):
                self.check.find("withhold-differs", entry.index, name)
        for name, why in line.closed.items():
            if why == WITHHELD and not is_withheld(name, withhold):
                self.check.find("withhold-differs", entry.index, name)

    def count(self, role: str, closed: Mapping[str, str]) -> None:
        """Count a line whose details cannot be looked at."""
        self.lines += 1
        self.asked += role == ASKED
        self.closed.update(why.partition(":")[0] for why in closed.values())

    def end(self, counted: Mapping[str, int], seal: Mapping[str, Any] | None) -> None:
        """Compare the counts of the lines, those `counted` elsewhere, and the seal where it could be read."""
        self.check.count = self.lines
        if self._makings != 1 or self.numbers is None:
            self.numbers = None
            self.check.find("making-missing")
        found = {"asked": self.asked, "entries": self.lines, **counted}
        stated = self._manifest.counts
        for key in sorted(found.keys() | stated.keys() - {"closed"}):
            if not _same(stated.get(key), found.get(key)):
                self.check.find("counts-differ", None, key)
        if self._claims.asked != self.asked and _same(stated.get("asked"), self.asked):
            self.check.find("counts-differ", None, "asked")
        self._compare_closed(stated.get("closed"))
        if seal is not None and seal != self._manifest.seal:
            self.check.find("counts-differ", None, "seal")

    def _compare_closed(self, stated: object) -> None:
        given = stated if isinstance(stated, dict) else {}
        for why in sorted({*_WHYS, *given}):
            if not _same(given.get(why), self.closed[why] if why in _WHYS else None):
                self.check.find("counts-differ", None, f"closed.{why}")

    def _making(self, entry: Opened) -> None:
        self._makings += 1
        extra, action = entry.values.get("extra"), entry.values.get("action")
        pack = extra.get("pack") if isinstance(extra, dict) else None
        said = action.get("said") if isinstance(action, dict) else _SAID
        numbers = pack.get("numbers") if isinstance(pack, dict) else None
        if not entry.is_own or said != _SAID or not isinstance(pack, dict) or not _are_numbers(numbers):
            return
        self.numbers = numbers
        digest = claims_digest(self._manifest.claims)
        if (pack.get("claims"), pack.get("name")) != (digest, self._claims.name):
            self.check.find("claims-differ", entry.index)

    def _in_period(self, entry: Opened) -> None:
        period = self._claims.period
        if period is None:
            return
        if self._claims.by_recorded:
            instant: object = entry.leaf.at
        else:
            instant = entry.values.get("occurred_at")
            if instant is None and not self._claims.whole:
                return
        if not isinstance(instant, str) or period.place_of(instant) != 0:
            self.check.find("outside-period", entry.index)

    def _outside(self, entry: Opened) -> None:
        """Refuse another line of the sequence that happened in the period, or does not say when."""
        if not any(f"numbers/{name}" in entry.values for name in self._claims.sequences):
            return
        instant = entry.values.get("occurred_at")
        if isinstance(instant, str):
            inside = self._claims.period is not None and self._claims.period.place_of(instant) == 0
        else:
            why = entry.line.closed.get("occurred_at")
            inside = why is not None and erased_by(why) is None
        if inside:
            self.check.find("outside-period", entry.index)


class Erasures:
    """The check `erased`. Only what waits for its erasing entry is kept."""

    def __init__(self) -> None:
        self.check = Check("erased")
        self._waiting: dict[int, list[tuple[int, str]]] = {}

    def add(self, entry: Opened) -> None:
        """Take in what a line says was erased, and what its entry says it erased."""
        for name, why in entry.line.closed.items():
            by = erased_by(why)
            if by is not None:
                self.check.count += 1
                self._waiting.setdefault(by, []).append((entry.index, name))
        waiting = self._waiting.pop(entry.index, None)
        if waiting is None:
            return
        extra = entry.values.get("extra")
        erased = extra.get("erased") if isinstance(extra, dict) and entry.is_own else None
        for index, name in waiting:
            fields = erased.get(str(index)) if isinstance(erased, dict) else None
            if not isinstance(fields, list) or name not in fields:
                self.check.find("erasure-unproved", index, name)

    def end(self) -> None:
        """Refuse what nobody in the pack vouches for."""
        for fields in self._waiting.values():
            for index, name in fields:
                self.check.find("erasure-unproved", index, name)


def _same(stated: object, found: int | None) -> bool:
    return type(stated) is int and stated == found


def _are_numbers(value: object) -> bool:
    return isinstance(value, dict) and all(type(number) is int and number >= 0 for number in value.values())
