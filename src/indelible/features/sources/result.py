"""What an import came to, as command line, job and page tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from indelible.features.sources.models import Import

SHOWN_REJECTS = 10_000  # beyond it the result says how many it leaves off; the page's download holds all


@dataclass(slots=True)
class ImportResult:
    """The account of one file. `refusal` is set where it was not read at all, `questions` where it waits."""

    file: str
    system: str | None = None
    import_id: int | None = None
    recorded: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0
    first_entry: int | None = None
    last_entry: int | None = None
    receipt: int | None = None
    checkpoint: str | None = None
    notices: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    refusal: dict[str, Any] | None = None  # {"code": ..., facts}
    stopped: bool = False
    mapping: dict[str, Any] = field(default_factory=dict)  # how it was read, as `--mapping` takes it

    @property
    def read(self) -> int:
        """How many records the file gave."""
        return self.recorded + self.duplicates + self.conflicts + self.rejected

    @property
    def is_carried_out(self) -> bool:
        """Whether the file was read to its end."""
        return self.refusal is None and not self.questions and not self.stopped

    def as_json(self) -> dict[str, Any]:
        """Return the stable form of the command line (design section 8)."""
        answer: dict[str, Any] = {
            "file": self.file,
            "read": self.read,
            "recorded": self.recorded,
            "duplicates": self.duplicates,
            "conflicts": self.conflicts,
            "rejected": self.rejected,
            "first_entry": self.first_entry,
            "last_entry": self.last_entry,
            "receipt": self.receipt,
            "import": self.import_id,
            "system": self.system,
            "checkpoint": self.checkpoint,
            "notices": self.notices,
            "questions": self.questions,
            "rejects": self.rejects,
            "mapping": self.mapping,
        }
        if len(self.rejects) < self.rejected:
            answer["rejects_left_off"] = self.rejected - len(self.rejects)
        if self.stopped:
            answer["stopped"] = True
        return answer


def result_of(row: Import) -> ImportResult:
    """Return the account of an import from its row."""
    rejects = row.rejects.all()[:SHOWN_REJECTS]
    return ImportResult(
        file=row.file_name,
        system=row.system or None,
        import_id=row.pk,
        recorded=row.recorded,
        duplicates=row.duplicates,
        conflicts=row.conflicts,
        rejected=row.rejected,
        first_entry=row.first_entry,
        last_entry=row.last_entry,
        receipt=row.receipt,
        checkpoint=row.checkpoint or None,
        notices=list(row.notices),
        questions=list(row.questions),
        rejects=[
            {"line": each.line, "reason": each.reason, "message": each.words, "text": each.text}
            for each in rejects
        ],
        refusal=row.refusal,
        stopped=row.stage == "stopped",
    )


def summed(results: Sequence[ImportResult]) -> dict[str, Any]:
    """Return the account of several files: each one, and the sums."""
    counts = ("read", "recorded", "duplicates", "conflicts", "rejected")
    entries = [each for each in results if each.first_entry is not None]
    seals = [each.checkpoint for each in results if each.checkpoint]
    return {
        "files": [each.as_json() for each in results],
        **{name: sum(getattr(each, name) for each in results) for name in counts},
        "first_entry": min(
            (each.first_entry for each in entries if each.first_entry is not None), default=None
        ),
        "last_entry": max((each.last_entry for each in entries if each.last_entry is not None), default=None),
        "checkpoint": seals[-1] if seals else None,
    }
