"""Question 5: is anything missing? Answered by whoever knows what was to come, and standing beside the others.

A log proves that nothing in it was changed, not that everything came into it. What was to come is no matter of
storage: whoever knows registers with `provide`. A silent source is no tampering, so this answer never changes the
verdict on the whole; it too is one of three, and is only as good as what sources tell of themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from .report import NOT_CHECKED

KINDS = ("source_gap", "total_differs", "silent")


@dataclass(frozen=True, slots=True)
class Absence:
    """Something that is missing of one source. `kind` is one of KINDS, `message` says it in words for people.

    One that a person explained is named and does not fail.
    """

    kind: str
    source: str
    message: str
    explained: bool = False
    source_id: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it."""
        return {
            "kind": self.kind,
            "source": self.source,
            "source_id": self.source_id,
            "message": self.message,
            "explained": self.explained,
        }


@dataclass(frozen=True, slots=True)
class Missing:
    """The answer: a verdict, words, and what is missing, as far as it is named here."""

    verdict: str
    message: str
    findings: Sequence[Absence] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the answer as the command line prints it."""
        return {
            "number": 5,
            "verdict": self.verdict,
            "message": self.message,
            "findings": [each.as_json() for each in self.findings],
        }


Ask = Callable[[int], Missing]
_ask: list[Ask] = []


def provide(ask: Ask) -> None:
    """Register the function that answers for a logbook (its id). Called once, in the `ready` of a feature's app.

    It answers within seconds, from what is kept: it counts nothing anew.
    """
    _ask[:] = [ask]


def anything_missing(logbook: int) -> Missing | None:
    """Return the answer for a logbook, None where nobody knows what was to come."""
    if not _ask:
        return None
    try:
        return _ask[0](logbook)
    except DatabaseError:  # what is kept about sources cannot be read; the check of the log itself goes on
        return Missing(NOT_CHECKED, _("What is kept about the sources could not be read."))
