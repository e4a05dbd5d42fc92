"""None left out: running numbers of what was asked for, and of the list of sources and rules.

Numbers follow recording, and lines come in the order of the log; so one look ahead is never needed, and
what is kept of a sequence is its last number and where it stands towards the period.
Source: docs/formats/pack.md section 7, "Numbers" and "Register".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .claims import Claims
from .details import Opened
from .lines import ASKED, MAKING
from .report import Check

REGISTER_SEQUENCE = "rules/0.1"
_NOT_REGISTERED = frozenset({"sources/0", REGISTER_SEQUENCE})


@dataclass
class _Run:
    """One sequence on its way: the last number of the run, and which of its ends were seen."""

    last: int | None = None
    begun: bool = False  # something stands before the period
    ended: bool = False  # something stands after it

    def take(self, number: int, index: int, field: str, check: Check, hole: str, double: str) -> None:
        """Go on to the next number of the run."""
        if self.last is not None and number <= self.last:
            check.find(double, index, field)
        elif self.last is not None and number > self.last + 1:
            check.find(hole, index, field)
        self.last = number if self.last is None else max(number, self.last)


class Numbers:
    """The check `numbers` of a whole pack."""

    def __init__(self, claims: Claims) -> None:
        self.check = Check("numbers")
        self.times_unknown = 0
        self._claims = claims
        self._runs = {name: _Run() for name in claims.sequences}

    def add(self, entry: Opened) -> None:
        """Count in a line; lines come by rising index."""
        role = entry.line.role
        if role == MAKING:
            return
        counted = False
        for name, run in self._runs.items():
            field = f"numbers/{name}"
            number = entry.values.get(field)
            if type(number) is int:
                counted = True
                self.check.count += 1
                self._place(entry, run, field, number)
        if role == ASKED and not counted:
            self.check.find("number-absent", entry.index)
        if counted and role != ASKED and self._claims.by_happened and "occurred_at" not in entry.values:
            self.times_unknown += 1

    def _place(self, entry: Opened, run: _Run, field: str, number: int) -> None:
        """Let a number follow the one before, or begin the run, or stand outside it."""
        period = self._claims.period
        is_asked = entry.line.role == ASKED
        if not self._claims.by_recorded or period is None:
            if not is_asked and not self._claims.by_happened:
                self.check.find("edge-inside", entry.index, field)
            run.last = 0 if run.last is None else run.last
            run.take(number, entry.index, field, self.check, "number-missing", "number-doubled")
            return
        place = period.place_of(entry.leaf.at)
        if place < 0:
            # Only the last line before the period matters; numbers must rise all the same.
            if run.last is not None and number <= run.last:
                self.check.find("number-doubled", entry.index, field)
            run.last, run.begun = number, True
        elif not run.ended:
            if not run.begun and run.last is None and number != 1:
                self.check.find("edge-missing", entry.index, field)
            if place == 0 and not is_asked:
                self.check.find("edge-inside", entry.index, field)
            run.take(number, entry.index, field, self.check, "number-missing", "number-doubled")
            run.ended = place > 0

    def end(self, stated: Mapping[str, int] | None) -> None:
        """Compare with the numbers that the making entry states; None where there is no such entry."""
        if stated is None:
            self.check.blocked = True
            return
        code = "edge-missing" if self._claims.by_recorded else "number-missing"
        for name, run in self._runs.items():
            if not run.ended and (run.last or 0) != stated.get(name, 0):
                self.check.find(code, None, f"numbers/{name}")
        # Everything of a rule is everything of all its versions.
        rules = {name.partition(".")[0] for name in self._runs if name.startswith("rules/")}
        for name in sorted(stated.keys() - self._runs.keys()):
            if name.partition(".")[0] in rules and stated[name]:
                self.check.find("number-missing", None, f"numbers/{name}")


class Register:
    """The check `register` of a whole pack."""

    def __init__(self) -> None:
        self.check = Check("register")
        self._run = _Run(last=0)
        self._named: set[str] = set()
        self._hidden = 0

    def add(self, entry: Opened) -> None:
        """Count in a line; lines come by rising index."""
        field = f"numbers/{REGISTER_SEQUENCE}"
        number = entry.values.get(field)
        if type(number) is not int:
            return
        self.check.count += 1
        self._run.take(number, entry.index, field, self.check, "register-hole", "register-hole")
        target = entry.values.get("targets/0")
        if "targets/0" in entry.line.closed:
            self._hidden += 1
        elif isinstance(target, dict) and isinstance(target.get("id"), str):
            self._named.add(target["id"])

    def end(self, stated: Mapping[str, int] | None) -> None:
        """Compare with the numbers that the making entry states; None where there is no such entry."""
        if stated is None:
            self.check.blocked = True
            return
        if self._run.last != stated.get(REGISTER_SEQUENCE, 0):
            self.check.find("register-hole", None, f"numbers/{REGISTER_SEQUENCE}")
        unlisted = [
            name
            for name in sorted(stated)
            if name not in _NOT_REGISTERED and name.partition("/")[2] not in self._named
        ]
        if len(unlisted) > self._hidden:
            for name in unlisted:
                self.check.find("source-unlisted", None, f"numbers/{name}")
