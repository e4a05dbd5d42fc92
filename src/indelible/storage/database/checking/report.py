"""What a check found: verdicts, findings, and how far the record is still to be trusted.

There are three verdicts, never two: a lost connection is never shown as tampering, nor as success.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .missing import Missing

MATCHES = "matches"
DIFFERS = "does not match"
NOT_CHECKED = "could not be checked"

ACCUSES_NOBODY = frozenset({"clock", "erased", "not_checked"})
"""Kinds of finding that tell something without saying that anything was altered."""

ENTRIES_UNTOUCHED = frozenset(
    {"search_differs", "tile_differs", "checkpoint_differs", "number_missing", "number_doubled"}
)
"""Kinds after which the entries themselves are to be trusted as before."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not match, or that has to be told. Places are indexes, from 0."""

    kind: str
    question: int  # 1 to 4
    message: str  # plain words, for people
    first_entry: int | None = None
    last_entry: int | None = None
    what: str | None = None  # of an altered entry: content, secret, time, attachment, "content or secret"
    fields: tuple[str, ...] = ()  # which fields of it, where that is known

    @property
    def accuses(self) -> bool:
        """Whether this means that something was altered."""
        return self.kind not in ACCUSES_NOBODY

    def as_json(self) -> dict[str, Any]:
        """Return the finding as the command line prints it."""
        told: dict[str, Any] = {
            "kind": self.kind,
            "question": self.question,
            "first_entry": self.first_entry,
            "last_entry": self.last_entry,
            "message": self.message,
        }
        if self.what:
            told["what"] = self.what
        if self.fields:
            told["fields"] = list(self.fields)
        return told

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Finding:
        """Return the finding that `as_json` wrote."""
        return cls(
            told["kind"],
            told["question"],
            told["message"],
            told["first_entry"],
            told["last_entry"],
            told.get("what"),
            tuple(told.get("fields", ())),
        )


@dataclass(frozen=True, slots=True)
class Question:
    """One of the questions a check answers, and the answer."""

    number: int
    verdict: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """Return the answer as the command line prints it."""
        return {"number": self.number, "verdict": self.verdict, "message": self.message}


@dataclass(slots=True)
class Report:
    """The result of a check."""

    entries: int  # how many were to be checked
    checkpoint: str  # the newest signed note that was good; empty where there is none
    key: str  # "given" or "not compared"
    questions: tuple[Question, ...]
    findings: tuple[Finding, ...]
    trusted_through: int  # how many entries, from the first, are still to be trusted
    since: int = 0  # entries before this were not looked at again
    mode: str = "full"  # or "tiles"
    missing: Missing | None = None  # the fifth question's answer, which stands beside the others
    resume_point: dict[str, Any] | None = field(
        default=None, repr=False
    )  # of a good log: `since` for a later one

    @property
    def verdict(self) -> str:
        """The worst of the questions' verdicts."""
        return worst(question.verdict for question in self.questions)

    @property
    def intact(self) -> bool | None:
        """Whether nothing was altered; None where that could not be checked."""
        return {MATCHES: True, DIFFERS: False}.get(self.verdict)

    def as_json(self) -> dict[str, Any]:
        """Return the report as `indelible verify --json` prints it."""
        return {
            "verdict": self.verdict,
            "intact": self.intact,
            "entries": self.entries,
            "checkpoint": self.checkpoint,
            "key": self.key,
            "questions": [question.as_json() for question in self.questions],
            "findings": [finding.as_json() for finding in self.findings],
            "trusted_through": self.trusted_through,
            "since": self.since,
            "mode": self.mode,
            **({"missing": self.missing.as_json()} if self.missing is not None else {}),
        }


def worst(verdicts: Iterable[str]) -> str:
    """Return the worst of some verdicts: a difference outweighs what could not be checked."""
    given = set(verdicts)
    return next((one for one in (DIFFERS, NOT_CHECKED) if one in given), MATCHES)


def trusted_through(findings: Iterable[Finding], entries: int) -> int:
    """Return how many entries from the first no finding speaks against."""
    against = [
        finding.first_entry or 0
        for finding in findings
        if finding.accuses and finding.kind not in ENTRIES_UNTOUCHED
    ]
    return min([entries, *against])
