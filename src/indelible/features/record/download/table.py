"""What stands in a download: the lines at its head, the columns, and one row an entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.sentence import tell
from indelible.features.record.chips import rule_words
from indelible.features.seals.minutes import SealWords
from indelible.web.moments import Reader
from indelible.web.states import STATES
from indelible.web.timeline import Row

_ZONED: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Head:
    """What is said above the table."""

    question: str  # in words
    typed: str
    entries: int
    altered: int  # how many of them do not read as they were sealed, or are gone
    unknown: int  # of how many that could not be told
    seal: SealWords
    organisation: str
    by: str
    made_at: datetime
    partly: str = ""  # where only part of the record was looked through: which, in words


def head_lines(head: Head, reader: Reader) -> list[tuple[str, str]]:
    """Return the lines above the table as (label, words); a warning comes first."""
    lines = []
    if head.altered:
        words = ngettext(
            "%(n)s entry in this file was altered. It is marked.",
            "%(n)s entries in this file were altered. They are marked.",
            head.altered,
        )
        lines.append((_("Warning"), words % {"n": reader.number(head.altered)}))
    if head.unknown:
        words = ngettext(
            "%(n)s entry in this file could not be checked. It is marked.",
            "%(n)s entries in this file could not be checked. They are marked.",
            head.unknown,
        )
        lines.append((_("Warning"), words % {"n": reader.number(head.unknown)}))
    lines += [
        (_("What is here"), f"{head.question}."),
        (_("The question as typed"), head.typed or _("(nothing: the whole record)")),
        (_("Entries"), _("%(n)s, newest recorded first") % {"n": reader.number(head.entries)}),
    ]
    if head.partly:
        lines.append((_("Not everything was looked through"), head.partly))
    lines += [
        (_("Times"), reader.zone_name(head.made_at)),
        (_("Seal"), _seal(head, reader)),
        (_("Seal words"), head.seal.listed or _withheld()),
        (_("Made"), _made(head, reader)),
        (
            _("What this does not show"),
            _(
                "This is a copy that anybody can change. To prove what it says, ask for an evidence pack, or check "
                "each entry by its number."
            ),
        ),
    ]
    return lines


def _seal(head: Head, reader: Reader) -> str:
    return _("Seal %(n)s, made %(when)s") % {
        "n": reader.number(head.seal.seal.size),
        "when": reader.moment(head.seal.seal.made_at),
    }


def partly_words(looked_to: int | None, reader: Reader) -> str:
    """Say how far the record was looked through, where that was not all; empty where it was."""
    if looked_to is None:
        return ""
    return _(
        "Only entries from %(n)s on. Ask for less, such as one month, to have all of it looked through."
    ) % {"n": reader.number(looked_to + 1)}


def _withheld() -> str:
    return _("We give no seal words while the record does not fit its seals.")


def _made(head: Head, reader: Reader) -> str:
    return _("%(when)s by %(who)s, %(organisation)s") % {
        "when": reader.moment(head.made_at),
        "who": head.by,
        "organisation": head.organisation,
    }


def titles(reader: Reader) -> list[str]:
    """Return what stands above the columns."""
    zone = {"zone": reader.zone}
    return [
        _("Entry"),
        _("What happened"),
        _("Happened (%(zone)s)") % zone,
        _("Happened (UTC)"),
        _("Recorded (%(zone)s)") % zone,
        _("Recorded (UTC)"),
        _("Who"),
        _("Act"),
        _("What it was done to"),
        _("Outcome"),
        _("Source"),
        _("Rules"),
        _("Marks"),
        _("State"),
    ]


WIDTHS: Final = (10, 70, 26, 26, 26, 26, 24, 16, 30, 12, 20, 24, 30, 16)


def cells(row: Row, reader: Reader, translate: Callable[[str], str]) -> list[str]:
    """Return the cells of one entry after its number, in the order of the titles; all are text."""
    event = row.event
    if row.unreadable:
        told = _("This entry is gone") if row.state == "removed" else _("This entry can no longer be read")
        return [told, "", "", *_moments(row.recorded_at, reader), *[""] * 7, _state(row)]
    action = event.get("action", {})
    return [
        tell(event, index=row.index, translate=translate).text,
        *_moments(row.occurred_at or "", reader),
        *_moments(row.recorded_at, reader),
        _called(event.get("actor")) + (f" ({row.who})" if row.who else ""),
        action.get("verb", "") or action.get("said", ""),
        "; ".join(called for target in event.get("targets", []) if (called := _called(target))),
        event.get("outcome", ""),
        row.source,
        "; ".join(counted_words(event)),
        "; ".join(flag.word for flag in row.flags),
        _state(row),
    ]


def counted_words(event: Any) -> list[str]:
    """Return under which rules an entry is counted, each with its number: "rule 3, version 2: number 212"."""
    numbers = event.get("numbers", {}).get("rules", {})
    return [
        _("%(rule)s: number %(n)s") % {"rule": rule_words(key), "n": numbers[key]}
        for key in sorted(numbers, key=_in_order)
    ]


def _in_order(key: str) -> list[int]:
    return [int(part) for part in key.split(".") if part.isdigit()]


def _moments(instant: str, reader: Reader) -> tuple[str, str]:
    if not instant:
        return "", ""
    try:
        local = reader.local(instant)
    except (ValueError, OverflowError):
        return instant, instant
    return f"{local.strftime(_ZONED)} ({reader.offset(local)})", instant


def _called(party: Any) -> str:
    if not isinstance(party, dict):
        return ""
    return str(party.get("name") or party.get("email") or party.get("id") or party.get("kind") or "")


def _state(row: Row) -> str:
    return str(STATES[row.state].word) if row.state in STATES else row.state
