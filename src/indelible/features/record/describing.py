"""The facts of one entry as its page shows them: what changed, where it came from, what else the source said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.events.event import Change, Event, Party
from indelible.events.screen import visible
from indelible.events.vocabulary import CATEGORIES, VERBS
from indelible.features.record.compose import BY_HAND
from indelible.features.record.flags import flag_words
from indelible.features.record.proof_words import proof_facts, technical
from indelible.features.record.queries import EntryView, is_instant, is_own, kind_words
from indelible.storage.database.models import Logbook
from indelible.web.moments import Reader
from indelible.web.numbers import written

LONG = 400  # characters shown at once
LONGEST = 20_000  # characters on the page at all; what is longer is in the file of the entry
MOST_DIFFERENCE = Decimal(10) ** 15
MOST_RUNS = 20
DAY_LENGTH = len("2025-06-12")


@dataclass(frozen=True, slots=True)
class Value:
    """A value on screen: what is shown at once, and more of it where that is long."""

    text: str
    whole: str = ""
    cut: bool = False  # even `whole` is not all of it


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
    original: Value
    original_note: str
    facts: list[tuple[str, str, str]]  # of the proof: state, title, text
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
        _value(original.get("text", "") or original.get("base64", ""), LONGEST),
        _("These bytes are not text; they are shown in base64.") if "base64" in original else "",
        proof_facts(view, reader),
        technical(view, logbook),
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
        (_("Who did it"), _party(event.get("actor"), ours=True)),
        *_details(event),
        *changes,
        (_("It happened"), _happened(event, reader)),
        *((_("Note"), flag_words(flag)) for flag in event.get("flags", [])),
        *((_("File"), str(attached.get("name", ""))) for attached in event.get("attachments", [])),
    ]
    return [(name, _value(text)) for name, text in facts if text]


def _change(change: Change) -> ChangeRow:
    before, after = change.get("before"), change.get("after")
    return ChangeRow(
        _label(change.get("field", "")) or _("Value"),
        None if "before" not in change else _value(_plain(before)),
        None if "after" not in change else _value(_plain(after)),
        how_much(before, after),
    )


def how_much(before: object, after: object) -> str:
    """Say how much a number or a day changed: "10,800.00 more (10 times)", "15 days earlier". Else nothing."""
    if not isinstance(before, str) or not isinstance(after, str):
        return ""
    if len(before) == len(after) == DAY_LENGTH and (days := _days_between(before, after)):
        words = ngettext("%(n)s day later", "%(n)s days later", days)
        if days < 0:
            words = ngettext("%(n)s day earlier", "%(n)s days earlier", -days)
        return words % {"n": written(abs(days))}
    try:
        old, new = Decimal(before), Decimal(after)
    except InvalidOperation:
        return ""
    if not (old.is_finite() and new.is_finite()) or max(abs(old), abs(new)) > MOST_DIFFERENCE or old == new:
        return ""
    difference = new - old
    words = _("%(n)s more") if difference > 0 else _("%(n)s less")
    text = words % {"n": written(abs(difference))}
    if old > 0 and new >= 2 * old:
        times = (new / old).quantize(Decimal("0.1"))
        shown = written(int(times) if times == int(times) else times)
        text += " " + _("(%(n)s times)") % {"n": shown}
    return text


def _days_between(before: str, after: str) -> int:
    try:
        return (date.fromisoformat(after) - date.fromisoformat(before)).days
    except ValueError:
        return 0


def _came_from(view: EntryView, reader: Reader) -> Iterator[tuple[str, str]]:
    event, own = view.entry.event, is_own(view.entry.event)
    source = event.get("source", {})
    if event:
        yield _("Source"), source.get("name", "") or _("Indelible itself")
    if event and not (own and "occurred_at" not in event):
        yield _("It happened"), _happened(event, reader)
    recorded = _moment(view.recorded_at, reader) if view.recorded_at else ""
    yield (
        _("We recorded it"),
        recorded or _("What stands there is no time: %(text)s") % {"text": view.entry.recorded_at},
    )
    yield _("Who did it"), _party(event.get("actor"), ours=own or source.get("system") == BY_HAND)
    yield _("On behalf of"), _party(event.get("on_behalf_of"))
    if not own:
        yield _("What the source called it"), event.get("action", {}).get("said", "")
    yield _("Its own number there"), source.get("id", "")
    if "import" in source:
        yield (
            _("From the import"),
            _("number %(n)s, row %(row)s")
            % {
                "n": written(source["import"]),
                "row": written(source.get("row", 0)),
            },
        )
    for ident, number in event.get("numbers", {}).get("sources", {}).items():
        words = _("number %(n)s of Indelible's own") if ident == "0" else _("number %(n)s of this source")
        yield _("Its place"), words % {"n": written(number)}


def _happened(event: Event, reader: Reader) -> str:
    said = event.get("time", {}).get("said", "")
    instant = event.get("occurred_at", "")
    if not is_instant(instant):
        return _("The source gives no usable time. It says: %(said)s") % {
            "said": said or instant or _("nothing")
        }
    text = _moment(instant, reader)
    basis = event.get("time", {}).get("basis")
    zone = event.get("time", {}).get("zone", "")
    if said:
        text += ". " + _("As it was given: %(said)s") % {"said": said}
    if basis in ("given", "assumed") and zone:
        text += ". " + _("Its zone was taken to be %(zone)s") % {"zone": zone}
    return text


def _moment(instant: str, reader: Reader) -> str:
    local = reader.local(instant)
    return f"{reader.moment(local)} ({reader.offset(local)})"


def _party(party: Party | None, *, ours: bool = False) -> str:
    """Name somebody in every way we know; `ours` are known here by name and address, not by a number."""
    if not party:
        return ""
    kinds = {
        "service": _("a program"),
        "system": _("the system itself"),
        "unknown": _("not known to the source"),
    }
    shown = list(dict.fromkeys(name for name in (party.get("name"), party.get("email")) if name))
    if (ident := party.get("id")) and not (ours and shown):
        known = _("known there as %(id)s") % {"id": ident} if shown else ident
        shown += [known] if ident not in shown else []
    if kind := kinds.get(party.get("kind", "")):
        shown.append(kind)
    return ", ".join(shown)


def _details(event: Event) -> Iterator[tuple[str, str]]:
    action = event.get("action", {})
    if verb := action.get("verb"):
        yield _("What was done"), VERBS[verb].past if verb in VERBS else verb
    if category := action.get("category"):
        yield _("Area"), CATEGORIES.get(category, category)
    for target in event.get("targets", []):
        label = _label(kind_words(target.get("kind", "") or _("thing")))
        ident = target.get("id", "")
        if is_own(event) and target.get("kind") == "log.entry" and ident.isdecimal():
            ident = written(int(ident) + 1)
        yield label, " ".join(filter(None, (ident, target.get("name"))))
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
        if is_own(event) and name in INDEXES:
            yield str(INDEXES[name]), numbers_of(value)
        else:
            yield _label(name), _plain(value)


# What the acts of Indelible itself say about entries is sealed as their indexes; people read numbers.
INDEXES = {
    "scope_entries": gettext_lazy("Entries"),
    "first_entry": gettext_lazy("First entry"),
    "last_entry": gettext_lazy("Last entry"),
}


def numbers_of(indexes: object) -> str:
    """Return indexes of entries as people's numbers, runs together: "7, 12 to 40"."""
    listed = indexes if isinstance(indexes, list) else [indexes]
    whole = sorted({one for one in listed if isinstance(one, int)})
    runs: list[list[int]] = []
    for index in whole:
        if runs and index == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], index]
        else:
            runs.append([index])
    told = [_(" to ").join(written(index + 1) for index in run) for run in runs[:MOST_RUNS]]
    if len(runs) > MOST_RUNS:
        told.append(_("and more, %(n)s in all") % {"n": written(len(whole))})
    return ", ".join(told)


def _label(name: str) -> str:
    text = visible(name.replace("_", " "))
    return text[:1].upper() + text[1:]


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if value is not None else ""


def _value(text: str, shown_at_once: int = LONG) -> Value:
    if len(text) <= shown_at_once:
        return Value(visible(text))
    more = len(text) - shown_at_once
    rest = ngettext("%(n)s more character", "%(n)s more characters", more) % {"n": written(more)}
    whole = text[:LONGEST] if shown_at_once < LONGEST else ""
    return Value(f"{visible(text[:shown_at_once])} … ({rest})", visible(whole), len(text) > LONGEST)
