"""The facts of one entry as its page shows them: what changed, where it came from, what else the source said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.event import Change, Event, Party
from indelible.events.screen import visible
from indelible.events.vocabulary import CATEGORIES, THINGS, VERBS
from indelible.features.record.queries import EntryView
from indelible.storage.database.models import Logbook
from indelible.web.moments import Reader

LONG = 600
MOST_DIFFERENCE = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Value:
    """A value on screen: what is shown at once, and the whole where that is long."""

    text: str
    whole: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One changed detail. None where the source does not say; an empty text where it says that it was empty."""

    field: str
    before: Value | None
    after: Value | None
    how_much: str


@dataclass(frozen=True, slots=True)
class Described:
    """What the page of an entry lists."""

    changes: list[ChangeRow]
    came_from: list[tuple[str, Value]]
    details: list[tuple[str, Value]]
    files: list[Mapping[str, object]]
    flags: list[str]
    original: str
    original_note: str
    technical: str


def describe(view: EntryView, reader: Reader, logbook: Logbook) -> Described:
    """Return the lists of an entry's page, in the reader's zone and style."""
    event = view.entry.event
    original = event.get("original", {})
    return Described(
        [_change(change) for change in event.get("changes", [])],
        [(name, _value(text)) for name, text in _came_from(view, reader) if text],
        [(name, _value(text)) for name, text in _details(event) if text],
        list(event.get("attachments", [])),
        [flag_words(flag) for flag in event.get("flags", [])],
        visible(original.get("text", "") or original.get("base64", "")),
        _("These bytes are not text; they are shown in base64.") if "base64" in original else "",
        _technical(view, logbook),
    )


def describe_event(event: Event, reader: Reader) -> list[tuple[str, Value]]:
    """Return the facts of an event that is not sealed yet, as the check page lists them."""
    changes = [
        (
            _change(change).field,
            " → ".join(_plain(change[side]) for side in ("before", "after") if side in change),
        )
        for change in event.get("changes", [])
    ]
    facts = [
        (_("Who did it"), _party(event.get("actor"))),
        *_details(event),
        *changes,
        (_("It happened"), _happened(event, reader)),
        *((_("File"), str(attached.get("name", ""))) for attached in event.get("attachments", [])),
    ]
    return [(name, _value(text)) for name, text in facts if text]


def _change(change: Change) -> ChangeRow:
    before, after = change.get("before"), change.get("after")
    return ChangeRow(
        visible(change.get("field", "") or _("Value")),
        None if "before" not in change else _value(_plain(before)),
        None if "after" not in change else _value(_plain(after)),
        how_much(before, after),
    )


def how_much(before: object, after: object) -> str:
    """Say how much a number changed, in words: "10,800.00 more (10 times)". Empty where either is no number."""
    if not isinstance(before, str) or not isinstance(after, str):
        return ""
    try:
        old, new = Decimal(before), Decimal(after)
    except InvalidOperation:
        return ""
    if not (old.is_finite() and new.is_finite()) or max(abs(old), abs(new)) > MOST_DIFFERENCE or old == new:
        return ""
    difference = new - old
    words = _("%(n)s more") if difference > 0 else _("%(n)s less")
    text = words % {"n": f"{abs(difference):,}"}
    if old > 0 and new >= 2 * old:
        times = (new / old).quantize(Decimal("0.1")).normalize()
        text += " " + _("(%(n)s times)") % {"n": f"{times:,f}"}
    return text


def _came_from(view: EntryView, reader: Reader) -> Iterator[tuple[str, str]]:
    event, entry = view.entry.event, view.entry
    source = event.get("source", {})
    yield _("Source"), source.get("name", "") or _("Indelible itself")
    yield _("It happened"), _happened(event, reader)
    yield _("We recorded it"), _moment(entry.recorded_at, reader)
    yield _("Who did it"), _party(event.get("actor"))
    yield _("On behalf of"), _party(event.get("on_behalf_of"))
    yield _("What the source called it"), event.get("action", {}).get("said", "")
    yield _("Its own number there"), source.get("id", "")
    if "import" in source:
        yield (
            _("From the import"),
            _("number %(n)s, row %(row)s")
            % {
                "n": f"{source['import']:,}",
                "row": f"{source.get('row', 0):,}",
            },
        )
    for ident, number in event.get("numbers", {}).get("sources", {}).items():
        words = _("number %(n)s of Indelible's own") if ident == "0" else _("number %(n)s of this source")
        yield _("Its place"), words % {"n": f"{number:,}"}


def _happened(event: Event, reader: Reader) -> str:
    said = event.get("time", {}).get("said", "")
    if "occurred_at" not in event:
        return _("The source gives no usable time. It says: %(said)s") % {"said": said or _("nothing")}
    text = _moment(event["occurred_at"], reader)
    basis = event.get("time", {}).get("basis")
    zone = event.get("time", {}).get("zone", "")
    if said:
        text += ". " + _("The source says: %(said)s") % {"said": said}
    if basis in ("given", "assumed") and zone:
        text += ". " + _("Its zone was taken to be %(zone)s") % {"zone": zone}
    return text


def _moment(instant: str, reader: Reader) -> str:
    local = reader.local(instant)
    return f"{reader.moment(local)} ({reader.offset(local)})"


def _party(party: Party | None) -> str:
    if not party:
        return ""
    kinds = {
        "service": _("a program"),
        "system": _("the system itself"),
        "unknown": _("not known to the source"),
    }
    names = [party.get("name"), party.get("email"), party.get("id")]
    shown = list(dict.fromkeys(name for name in names if name))
    if kind := kinds.get(party.get("kind", "")):
        shown.append(kind)
    return ", ".join(shown)


def _details(event: Event) -> Iterator[tuple[str, str]]:
    action = event.get("action", {})
    if verb := action.get("verb"):
        yield _("What was done"), VERBS[verb].past if verb in VERBS else verb
    if category := action.get("category"):
        yield _("Part"), CATEGORIES.get(category, category)
    for target in event.get("targets", []):
        kind = target.get("kind", "")
        label = THINGS[kind].name if kind in THINGS else kind or _("a thing")
        yield label[:1].upper() + label[1:], " ".join(filter(None, (target.get("id"), target.get("name"))))
    context = event.get("context", {})
    for key, label in (
        ("ip", _("Address")),
        ("device", _("Device")),
        ("location", _("Place")),
        ("session", _("Session")),
    ):
        yield label, str(context.get(key, ""))
    yield _("Why"), event.get("reason", "")
    for name, value in event.get("extra", {}).items():
        yield visible(name.replace("_", " ")), _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if value is not None else ""


def _value(text: str) -> Value:
    shown = visible(text)
    if len(shown) <= LONG:
        return Value(shown)
    rest = ngettext("%(n)s more character", "%(n)s more characters", len(shown) - LONG) % {
        "n": f"{len(shown) - LONG:,}"
    }
    return Value(f"{shown[:LONG]} … ({rest})", shown)


def _technical(view: EntryView, logbook: Logbook) -> str:
    """Return the lines for an engineer: index, hashes, path, signature, key."""
    proof = view.proof
    lines = [
        f"index              {view.entry.index}",
        f"origin             {logbook.origin}",
        f"verifier key       {logbook.public_key}",
        f"leaf hash held     {proof.held_hash.hex() if proof.held_hash else 'none'}",
        *(f"{fact.verdict}: {fact.detail}" for fact in proof.facts if fact.detail),
    ]
    return "\n".join(lines) + (f"\n\n{proof.receipt.text}" if proof.receipt else "")


def flag_words(flag: str) -> str:
    """Return a notice on a record in the words people read; a code without words stands as it is."""
    words = {
        "outcome_implied": _("The source only lists what was done, so we took it as done."),
        "actor_unknown": _("The source does not say who did it."),
        "time_zone_assumed": _("The file names no zone; it was read in the zone given when it came in."),
        "date_order_assumed": _(
            "Day and month could be either way round; they were read as given when it came in."
        ),
        "minute_precision": _("The source gives no seconds."),
        "time_missing": _("The source gives no usable time."),
        "time_ambiguous_fold": _("The clocks went back then: this hour happened twice."),
        "time_nonexistent_gap": _("The clocks went forward then: this hour did not exist."),
        "date_implausible": _("This date is hardly right; it is kept as the source wrote it."),
        "zone_ambiguous": _("The name of the zone has several meanings, so no instant was worked out."),
        "zone_odd_for_season": _("The name of the zone does not fit the season."),
        "year_inferred": _("The year was taken from elsewhere in the file."),
        "ip_not_an_address": _("Where an address should be, the source has words."),
        "ip_placeholder": _("The source has a placeholder instead of an address."),
        "id_damaged": _("The source's own number was damaged before the file came to us."),
        "payload_truncated": _("The source cut this record off. What is left was kept."),
        "mixed_script": _("A name mixes letters of several alphabets. It may be meant to look like another."),
        "invisible_characters": _("A name holds invisible characters."),
        "bidi_control": _("A name holds characters that turn the direction of writing."),
        "not_nfc": _("A name is written with separate accents."),
        "formula_like": _("A value begins like a spreadsheet formula. Here it is only text."),
        "nul_removed": _("Empty bytes inside the record were left out of what is shown."),
        "conflict_with_held": _(
            "The source had told us something else under the same number. Both are kept."
        ),
        "written_down_later": _("This was written down later than it happened."),
        "short_row": _("The row has fewer cells than the table has columns."),
        "leap_second": _("The source names a leap second."),
        "target_from_import": _("What it was done to was given when the file came in."),
        "in_progress": _("The source had not finished this when it told us."),
    }
    return words.get(flag, flag)
