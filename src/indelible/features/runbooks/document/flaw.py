"""What is wrong with a document: where, and in words its writer understands.

The words are kept as they are translated, with what fills them apart, so that a page can say them in the reader's
language; `says` is the same in English. Pure: whoever translates does so outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong. `where` is the part ("steps.call_back.by"); `words` say it, with gaps that `facts` fill."""

    where: str
    words: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def says(self) -> str:
        """What is wrong, in English."""
        return self.words % self.facts if self.facts else self.words


class DocumentError(ValueError):
    """The document cannot be used. `flaws` are all that were found."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__("; ".join(f"{flaw.where}: {flaw.says}" for flaw in flaws))
        self.flaws = flaws


def gettext_noop(text: str) -> str:
    """Mark words for whoever translates them; they stay as they are."""
    return text
