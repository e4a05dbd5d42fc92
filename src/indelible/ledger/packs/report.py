"""What a check of a pack gives: a verdict a check, findings with their place, and the verdict of all.

Three verdicts, never two: what could not be looked at is neither right nor wrong. Codes are stable; words
for them are data (verifier/messages.toml).
Source: docs/formats/pack.md section 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..keys import VerifierKey

MATCHES, DIFFERS, NOT_CHECKED = "matches", "does not match", "could not be checked"

# In the order in which they are reported.
CHECKS = (
    "files",
    "seal",
    "entries",
    "claims",
    "numbers",
    "register",
    "erased",
    "attachments",
    "table",
    "keys",
    "witnesses",
    "stamps",
    "words",
)
FINDING_CODES: dict[str, tuple[str, ...]] = {
    "files": (
        "zip-damaged",
        "file-missing",
        "file-changed",
        "file-unlisted",
        "manifest-damaged",
        "manifest-signature",
        "format-unknown",
        "file-unseen",
    ),
    "seal": (
        "checkpoint-damaged",
        "checkpoint-signature",
        "origin-differs",
        "seal-damaged",
        "seal-signature",
        "seal-not-contained",
    ),
    "entries": (
        "entry-damaged",
        "entry-twice",
        "leaf-damaged",
        "detail-differs",
        "detail-twice",
        "detail-unaccounted",
        "closed-wrongly",
        "tree-differs",
        "tree-length",
    ),
    "claims": ("making-missing", "claims-differ", "counts-differ", "outside-period", "withhold-differs"),
    "numbers": ("number-missing", "number-doubled", "edge-missing", "edge-inside", "number-absent"),
    "register": ("register-hole", "source-unlisted"),
    "erased": ("erasure-unproved",),
    "attachments": ("attachment-differs", "attachment-missing", "attachment-unseen"),
    "table": ("table-differs",),
    "keys": ("key-differs", "key-chain-broken", "key-revoked", "keys-damaged"),
    "witnesses": ("witness-line-differs", "witness-missing"),
    "stamps": ("stamp-differs", "stamp-damaged", "stamp-untrusted", "stamp-unread"),
    "words": ("words-differ",),
}
# Findings that accuse nobody: the check could not be made.
UNSEEN = frozenset({"format-unknown", "stamp-unread", "attachment-unseen", "file-unseen"})
MAX_FINDINGS = 1_000  # of one check


@dataclass(frozen=True, slots=True)
class Trust:
    """What the reader brings: all of it may be absent. `roots` are PEM, `words` as typed."""

    key: VerifierKey | None = None
    witnesses: tuple[VerifierKey, ...] = ()
    roots: tuple[bytes, ...] = ()
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be. `entry` is an index from zero."""

    code: str
    entry: int | None = None
    field: str | None = None
    file: str | None = None

    @property
    def place(self) -> tuple[int, str, str, str]:
        """What findings of one check are sorted by; an absent place comes first."""
        return -1 if self.entry is None else self.entry, self.field or "", self.file or "", self.code

    def as_json(self) -> dict[str, str | int | None]:
        """Return the finding as reports hold it."""
        return {"code": self.code, "entry": self.entry, "field": self.field, "file": self.file}


@dataclass
class Check:
    """One check on its way: what it counted, what it found, and whether it could be made at all."""

    code: str
    count: int = 0
    findings: list[Finding] = field(default_factory=list)
    blocked: bool = False  # by what another check found

    def find(
        self, code: str, entry: int | None = None, field: str | None = None, file: str | None = None
    ) -> None:
        """Add a finding, as long as there is room for it."""
        assert code in FINDING_CODES[self.code], code
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(code, entry, field, file))

    @property
    def verdict(self) -> str:
        """Return one of the three verdicts."""
        if any(one.code not in UNSEEN for one in self.findings):
            return DIFFERS
        return NOT_CHECKED if self.findings or self.blocked else MATCHES


@dataclass(frozen=True, slots=True)
class PackReport:
    """The answer about a pack."""

    kind: str | None
    entries: int
    key_compared: bool
    words: tuple[str, ...]
    trusted_words: bool | None
    checks: tuple[Check, ...]
    claims: dict[str, Any] = field(default_factory=dict)  # as the pack states them; for the pages
    times_unknown: int = 0  # lines of a whole pack by `happened` of which no time is known
    closed: dict[str, int] = field(default_factory=dict)  # why -> how many details

    @property
    def verdict(self) -> str:
        """The worst of the checks."""
        return worst(check.verdict for check in self.checks)

    @property
    def intact(self) -> bool | None:
        """Whether everything matches; None where something could not be checked."""
        return {MATCHES: True, DIFFERS: False, NOT_CHECKED: None}[self.verdict]

    @property
    def findings(self) -> list[Finding]:
        """All findings in the order of the checks, then of place."""
        return [one for check in self.checks for one in sorted(check.findings, key=lambda one: one.place)]

    def as_json(self) -> dict[str, Any]:
        """Return the report as docs/formats/pack.md section 7 has it."""
        return {
            "verdict": self.verdict,
            "intact": self.intact,
            "kind": self.kind,
            "entries": self.entries,
            "key": "given" if self.key_compared else "not compared",
            "words": list(self.words),
            "trusted_words": self.trusted_words,
            "checks": [
                {"code": check.code, "verdict": check.verdict, "count": check.count} for check in self.checks
            ],
            "findings": [one.as_json() for one in self.findings],
        }


def worst(verdicts: Iterable[str]) -> str:
    """Return the worst of some verdicts; of none, that nothing could be checked."""
    found: Sequence[str] = list(verdicts)
    if not found:
        return NOT_CHECKED
    return next(each for each in (DIFFERS, NOT_CHECKED, MATCHES) if each in found)
