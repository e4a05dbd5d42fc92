"""What reading a sentence gives, for pages, the command line and whoever answers a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from indelible.language.pattern import EVERYTHING, NO_DUTIES, Duties, Pattern

Kind = Literal["rule", "search", "alarm", "rhythm"]
"""What the sentence is fit for: `rule` says what to record ("Record ...", a bare "logins"), `search` asks ("who
changed ...", qualifiers), `alarm` wants to be told ("tell me when ..."), `rhythm` expects something regular
("payroll sends nothing on the 28th")."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Words that were not understood, where they stand, and what may have been meant.

    `suggestions` are words that the language knows and that look alike ("Did you mean supplier?"); `rewritten`
    holds, for each suggestion, the whole sentence with it in place.
    """

    words: str
    start: int  # place in the sentence as typed
    end: int
    suggestions: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as `understand` prints it."""
        return {
            "words": self.words,
            "start": self.start,
            "end": self.end,
            "did_you_mean": list(self.suggestions),
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """One reading of an ambiguous part. `sentence` is the whole sentence said so that only this reading is left."""

    label: str
    sentence: str
    pattern: Pattern

    def to_json(self) -> dict[str, Any]:
        """Return it as `understand` prints it."""
        return {"label": self.label, "sentence": self.sentence, "pattern": self.pattern.to_json()}


@dataclass(frozen=True, slots=True)
class Question:
    """A part with several readings. `code` says which kind (`two-readings`, `which-person`, `which-system`,
    `what-exactly`)."""

    code: str
    words: str  # the part in question, as typed
    text: str  # the question in plain words
    choices: tuple[Choice, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as `understand` prints it."""
        return {
            "code": self.code,
            "words": self.words,
            "question": self.text,
            "choices": [choice.to_json() for choice in self.choices],
        }


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be what is wanted, beside the reading: to narrow a wide reading, a ready pack, a rule of
    the catalogue.

    `kind`: `narrow` (`sentence` is the narrower one), `pack` (`name` is the pack's), `rule` (`name` is the
    catalogue's id), `refused` (what was asked is no rule: `label` says what to do instead).
    """

    kind: Literal["narrow", "pack", "rule", "alarm", "refused"]
    label: str
    sentence: str = ""
    name: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it as `understand` prints it."""
        told = {"kind": self.kind, "label": self.label, "sentence": self.sentence, "name": self.name}
        return {key: value for key, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Understanding:
    """A sentence as it was read. Only where `understood` may anybody act on the pattern without asking.

    `sentence` is the canonical sentence of pattern and duties, empty where nothing was understood.
    """

    text: str  # as typed
    kind: Kind
    pattern: Pattern = EVERYTHING
    duties: Duties = NO_DUTIES
    sentence: str = ""
    not_understood: tuple[Unknown, ...] = ()
    questions: tuple[Question, ...] = ()
    offers: tuple[Offer, ...] = ()

    @property
    def understood(self) -> bool:
        """Whether nothing is left over, nothing is ambiguous, and something was said at all."""
        return bool(self.sentence) and not self.not_understood and not self.questions

    def to_json(self) -> dict[str, Any]:
        """Return what `indelible understand --json` prints."""
        return {
            "understood": self.understood,
            "kind": self.kind,
            "pattern": self.pattern.to_json(),
            "duties": self.duties.to_json(),
            "sentence": self.sentence,
            "not_understood": [unknown.to_json() for unknown in self.not_understood],
            "questions": [question.to_json() for question in self.questions],
            "offers": [offer.to_json() for offer in self.offers],
        }
