"""Flags on an event whose texts hold something that a reader should be told about.

Looks at what people act on: names of actors and things, the word for the act, values, reasons, facts.
Runs for every record, so a plain text costs two cheap questions.
"""

from __future__ import annotations

from typing import Any

from indelible.events.event import Event
from indelible.intake.parsers.registry import Draft
from indelible.intake.unusual import FORMULA_FIRST, is_formula_like, is_plain_number, unusual_characters


def mark_unusual(draft: Draft) -> None:
    """Add the flags of unusual.py that fit any text of the event."""
    for text in _texts(draft.event):
        if not text.isascii():
            for flag in unusual_characters(text):
                draft.flag(flag)
        if text[0] in FORMULA_FIRST and is_formula_like(text):
            draft.flag("formula_like")
    for said in draft.event.get("extra", {}).values():
        if type(said) is not str or not said:
            continue
        if not said.isascii():
            for flag in unusual_characters(said):
                draft.flag(flag)
        # A number with its sign is what an amount looks like; elsewhere even that is worth a look.
        if said[0] in FORMULA_FIRST and is_formula_like(said) and not is_plain_number(said):
            draft.flag("formula_like")


def _texts(event: Event) -> list[str]:
    """Return the texts of the fields that people act on, none of them empty."""
    found: list[Any] = []
    for key in ("actor", "on_behalf_of"):
        if party := event.get(key):
            found += party.values()  # type: ignore[attr-defined]
    for target in event.get("targets", ()):
        found += target.values()
    for change in event.get("changes", ()):
        found += (change.get("before"), change.get("after"))
    if action := event.get("action"):
        found.append(action.get("said"))
    found.append(event.get("reason"))
    return [text for text in found if text and type(text) is str]
