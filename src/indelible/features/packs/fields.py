"""What the details of an entry are called where people choose which to hide."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS: Final = {
    "actor": gettext_lazy("Who did it"),
    "on_behalf_of": gettext_lazy("For whom it was done"),
    "targets": gettext_lazy("What it was done to"),
    "changes": gettext_lazy("What changed, before and after"),
    "reason": gettext_lazy("The reason"),
    "context": gettext_lazy("From where: address, device, place"),
    "original": gettext_lazy("The record as the source sent it"),
    "attachments": gettext_lazy("Attached files"),
    "source": gettext_lazy("The source's name and its own number"),
    "action": gettext_lazy("What was done"),
    "outcome": gettext_lazy("How it ended"),
    "occurred_at": gettext_lazy("When it happened"),
    "time": gettext_lazy("When, as the source wrote it"),
    "refers_to": gettext_lazy("Which entry it refers to"),
    "flags": gettext_lazy("Our marks on it"),
    "extra": gettext_lazy("Other facts, but for those listed by name"),
}
"""Details that can be hidden everywhere, in the order in which people are asked."""

USUAL: Final = ("actor", "on_behalf_of", "targets", "changes", "reason", "context", "original", "attachments")
"""Those that are asked about first."""


def words_of(name: str) -> str:
    """Return what a detail is called, by its disclosure name: `targets/0`, `extra/amount`, `extra`."""
    head, slash, rest = name.partition("/")
    if head == "extra" and slash:
        return _("Fact: %(name)s") % {"name": rest.replace("_", " ")}
    words = str(WORDS.get(head, head))
    return f"{words} ({int(rest) + 1})" if slash and rest.isdecimal() else words
