"""Flags on an event whose texts hold something that a reader should be told about.

Looks at what people act on: names of actors and things, the word for the act, values, reasons. Runs for
every record, so plain ASCII that starts with a letter or digit passes after two cheap questions.
"""

from __future__ import annotations

from collections.abc import Iterator

from indelible.events.event import Event
from indelible.intake.parsers.registry import Draft
from indelible.intake.unusual import is_formula_like, is_plain_number, unusual_characters


def mark_unusual(draft: Draft) -> None:
    """Add the flags of unusual.py that fit any text of the event."""
    event = draft.event
    for text in _texts(event):
        if not text.isascii():
            for flag in unusual_characters(text):
                draft.flag(flag)
        if is_formula_like(text):
            draft.flag("formula_like")
    if extra := event.get("extra"):
        for said in extra.values():
            if type(said) is not str:
                continue
            if not said.isascii():
                for flag in unusual_characters(said):
                    draft.flag(flag)
            # A number with its sign is what an amount looks like; elsewhere even that is worth a look.
            if is_formula_like(said) and not is_plain_number(said):
                draft.flag("formula_like")


def _texts(event: Event) -> Iterator[str]:
    for party in (event.get("actor"), event.get("on_behalf_of")):
        if party:
            yield from (text for key, text in party.items() if key != "kind" and isinstance(text, str))
    for target in event.get("targets", ()):
        for key in ("name", "id"):
            if text := target.get(key):
                yield text
    for change in event.get("changes", ()):
        for side in (change.get("before"), change.get("after")):
            if type(side) is str:
                yield side
    if said := event.get("action", {}).get("said"):
        yield said
    if reason := event.get("reason"):
        yield reason
