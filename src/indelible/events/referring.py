"""What an event says about other entries: that it corrects, annotates, contradicts or answers them.

Entries go by their number, from 1, in what people read; the event itself holds the index, from 0.
"""

from __future__ import annotations

from typing import Final

from indelible.events.phrases import Parts, Voice, number
from indelible.events.shape import Event, Reference

_SUFFIX: Final = {
    "conflict": "conflict",
    "answer": "answer",
    "note": "about",
    "correction": "corrects",
    "sign_off": "about",
    "erasure": "about",
}


def entries(voice: Voice, reference: Reference) -> Parts:
    """Return "entry 42,648", or "entries 42,610 to 42,817"."""
    first, last = reference["entry"], reference.get("through", reference["entry"])
    if first == last:
        return voice.say("refers", "entry", number=number(first + 1))
    return voice.say("refers", "entries", first=number(first + 1), last=number(last + 1))


def with_reference(voice: Voice, event: Event, sentence: Parts) -> Parts:
    """Return the sentence with what it says about other entries, unless the sentence was about them alone."""
    reference = event.get("refers_to")
    if not reference or reference["as"] not in _SUFFIX:
        return sentence
    if reference["as"] in ("sign_off", "erasure") and not event.get("targets"):
        return sentence
    form = _SUFFIX[reference["as"]]
    return voice.say("refers", form, sentence=sentence, entries=entries(voice, reference))
