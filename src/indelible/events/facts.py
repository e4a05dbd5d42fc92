"""Facts that belong in the sentence: for how much, how many rows, to whom, with which file.

Only those that a reader would miss; everything else an event holds stands on the entry's page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.shape import Event, Json

_MONEY_VERBS: Final = frozenset(
    {
        "create",
        "request",
        "submit",
        "approve",
        "reject",
        "pay",
        "post",
        "void",
        "refund",
        "receive",
        "send",
        "issue",
    }
)
_ROW_VERBS: Final = frozenset(
    {"import", "export", "view", "search", "delete", "create", "change", "send", "merge"}
)
_FIGURE: Final = re.compile(r"[-+(]?\W{0,2}\d[\d.,'’\s]{0,30}\)?")
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}")
_RECIPIENT: Final[Mapping[str, str]] = {
    "share": "recipient_with",
    "unshare": "recipient_with",
    "send": "recipient_to",
    "hand_over": "recipient_to",
    "escalate": "recipient_to",
    "issue": "recipient_to",
}


def with_facts(voice: Voice, event: Event, phrase: Parts) -> Parts:
    """Return the phrase with the facts that belong to its verb."""
    extra = event.get("extra", {})
    verb = event.get("action", {}).get("verb", "")
    if extra:
        phrase = _with_extra(voice, event, extra, verb, phrase)
    if event.get("attachments"):
        phrase = _with_files(voice, event, phrase)
    location = event.get("context", {}).get("location")
    if location and verb in ("enter", "exit") and not event.get("targets"):
        phrase = voice.say("fact", "place", phrase=phrase, place=Part(location, "place"))
    return phrase


def _with_extra(voice: Voice, event: Event, extra: dict[str, Json], verb: str, phrase: Parts) -> Parts:
    if verb in _MONEY_VERBS and not event.get("changes") and (money := _money(voice, extra)):
        phrase = voice.say("fact", "amount", phrase=phrase, amount=money)
    if verb in _RECIPIENT and (recipient := _said(extra, "recipient")):
        phrase = voice.say("fact", _RECIPIENT[verb], phrase=phrase, recipient=Part(recipient, "thing"))
    if verb == "receive" and (sender := _said(extra, "sender")):
        phrase = voice.say("fact", "sender", phrase=phrase, sender=Part(sender, "thing"))
    if verb == "search" and (query := _said(extra, "query")):
        phrase = voice.say("fact", "query", phrase=phrase, query=voice.quoted(query))
    if verb == "sign" and (meaning := _said(extra, "meaning")):
        phrase = voice.say("fact", "meaning", phrase=phrase, meaning=voice.quoted(meaning))
    if verb in ("view", "export") and (purpose := _said(extra, "purpose")):
        phrase = voice.say("fact", "purpose", phrase=phrase, purpose=voice.quoted(purpose))
    rows = extra.get("row_count")
    if verb in _ROW_VERBS and type(rows) is int:
        form = "rows_one" if rows == 1 else "rows"
        phrase = voice.say("fact", form, phrase=phrase, count=number(rows))
    return phrase


def _money(voice: Voice, extra: Mapping[str, Json]) -> Parts | None:
    """Return an amount with its currency. What is no plain figure stands in quotation marks."""
    amount, currency = _said(extra, "amount"), _said(extra, "currency")
    if amount is None:
        return None
    figure = [Part(amount)] if _FIGURE.fullmatch(amount) else [voice.quoted(amount)]
    if currency is None or not _CURRENCY.fullmatch(currency):
        return figure
    return voice.say("fact", "money", amount=figure, currency=currency)


def _with_files(voice: Voice, event: Event, phrase: Parts) -> Parts:
    files = event["attachments"]
    name = files[0].get("name")
    if len(files) == 1 and name:
        return voice.say("fact", "file", phrase=phrase, file=Part(name, "thing"))
    return voice.say("fact", "files", phrase=phrase, count=number(len(files)))


def _said(extra: Mapping[str, Json], fact: str) -> str | None:
    """Return a fact as text, where it is text or a whole number."""
    value = extra.get(fact)
    if isinstance(value, str) and value:
        return value
    return str(value) if type(value) is int else None
