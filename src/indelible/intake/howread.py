"""How a file is read, as one document to keep and to use again: its columns, and what it does not say itself.

`{"columns": {...}, "constants": {...}, "layouts": [...], "given": {...}}`, as docs/formats/mapping.md fixes it. The
page about columns gives it out, and `indelible import --mapping` takes it.
"""

from __future__ import annotations

from typing import Any

from indelible.intake.given import Given
from indelible.intake.mapping import Mapping, MappingError


def from_document(value: Any) -> tuple[Mapping | None, Given]:
    """Read the document; no mapping where it names no columns.

    Raises MappingError, and GivenError for an answer that cannot be used.
    """
    if not isinstance(value, dict) or not value:
        raise MappingError("mapping-unreadable", 'expected {"columns": {"<column>": "<role>"}}')
    answers = value.get("given", {})
    if not isinstance(answers, dict) or not all(isinstance(text, str) for text in answers.values()):
        raise MappingError("mapping-unreadable", 'expected {"given": {"<key>": "<value>"}}')
    given = Given()
    for key, text in answers.items():
        given = given.with_answer(str(key), text)
    rest = {key: part for key, part in value.items() if key != "given"}
    return (Mapping.from_json(rest) if rest else None), given


def as_document(mapping: Mapping | None, given: Given) -> dict[str, Any]:
    """Return the document of a mapping and what was told besides; parts that say nothing are absent."""
    columns = mapping.as_json() if mapping is not None else {}
    answers = given.as_pairs()
    return {**columns, **({"given": answers} if answers else {})}
