"""`4 Entries.xlsx`: the entries as people read them, and a second sheet that says how the pack was made.

Everything is text or a plain number: no cell is a formula or a link, whatever a source sent. What is too long for a
cell is cut with a mark that says so; the table beside it (`3 Entries.csv`) holds it whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import xlsxwriter
from django.utils.translation import gettext as _

from indelible.events.content import from_content
from indelible.events.event import Event
from indelible.events.sentence import tell
from indelible.features.packs.orders import Order
from indelible.features.packs.withholding import HIDDEN
from indelible.ledger.packs.lines import Line, erased_by, family_of
from indelible.web.moments import Reader

CELL: Final = 32_767
ZONED = "%Y-%m-%d %H:%M:%S"


class Sheet:
    """The workbook, written row by row."""

    def __init__(self, path: Path, order: Order, folder: Path) -> None:
        self._order, self._reader = order, Reader(zone=order.zone)
        # A workbook is of one language: each phrase is looked up once, not once an entry.
        self._translate = cache(_)
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": str(folder),
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._entries = self._book.add_worksheet(_("Entries"))
        self._row = 0
        widths = (10, 70, 28, 24, 28, 24, 24, 30, 12, 40)
        for column, (title, width) in enumerate(zip(self._titles(), widths, strict=True)):
            self._entries.set_column(column, column, width)
            self._entries.write_string(0, column, title, self._bold)
        self._entries.freeze_panes(1, 1)

    def _titles(self) -> list[str]:
        zone = {"zone": self._order.zone}
        return [
            _("Entry"),
            _("What happened"),
            _("Happened (%(zone)s)") % zone,
            _("Happened (UTC)"),
            _("Recorded (%(zone)s)") % zone,
            _("Recorded (UTC)"),
            _("Who"),
            _("What it was done to"),
            _("Outcome"),
            _("Hidden or erased details"),
        ]

    def add(self, line: Line, at: str, values: dict[str, Any]) -> None:
        """Write one entry."""
        self._row += 1
        event = told_event(line, values, self._order)
        happened = values.get("occurred_at")
        cells = [
            tell(event, index=line.index, translate=self._translate).text,
            *self._moments(happened if isinstance(happened, str) else "", self._why(line, "occurred_at")),
            *self._moments(at, ""),
            _called(event.get("actor")) or self._why(line, "actor"),
            "; ".join(called for target in event.get("targets", []) if (called := _called(target))),
            event.get("outcome", "") or self._why(line, "outcome"),
            "; ".join(f"{name}: {self._why(line, name)}" for name in line.closed),
        ]
        self._entries.write_number(self._row, 0, line.index + 1)
        for column, text in enumerate(cells, 1):
            if text:
                self._entries.write_string(self._row, column, cut(text), self._wrap if column == 1 else None)

    def _moments(self, instant: str, instead: str) -> tuple[str, str]:
        if not instant:
            return instead, instead
        try:
            local = self._reader.local(instant)
        except (ValueError, OverflowError):
            return instant, instant
        offset = self._reader.offset(local)
        return f"{local.strftime(ZONED)} ({offset})", instant

    def _why(self, line: Line, name: str) -> str:
        return why_closed(line.closed.get(name), name, self._order)

    def close(self, told: Sequence[tuple[str, str]]) -> None:
        """Write the second sheet, of (label, words), and close the workbook."""
        sheet = self._book.add_worksheet(_("How this was made"))
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 110)
        for row, (label, words) in enumerate(told):
            sheet.write_string(row, 0, cut(label), self._bold)
            sheet.write_string(row, 1, cut(words), self._wrap)
        self._book.close()


def why_closed(why: str | None, name: str, order: Order) -> str:
    """Return how a closed detail stands in a cell: `[hidden: personal data]`, `[erased]`; empty where open."""
    if why is None:
        return ""
    if erased_by(why) is not None:
        return "[erased]"
    reasons = dict(order.withhold)
    reason = reasons.get(name) or reasons.get(family_of(name)) if why == "withheld" else None
    return f"[hidden: {reason or _('it repeats what is hidden')}]"


def told_event(line: Line, values: dict[str, Any], order: Order) -> Event:
    """Return the event that the open details make, to be told: who and what is hidden stands as `[hidden]`."""
    event: dict[str, Any] = dict(from_content(values))
    for name in ("actor", "on_behalf_of"):
        if name in line.closed:
            event[name] = {"name": _mark(line.closed[name])}
    closed = sorted({_mark(why) for name, why in line.closed.items() if family_of(name) == "targets"})
    if closed:
        event["targets"] = [*event.get("targets", []), *({"name": mark} for mark in closed)]
    return cast(Event, event)


def _mark(why: str) -> str:
    return HIDDEN if erased_by(why) is None else "[erased]"


def _called(party: Any) -> str:
    if not isinstance(party, dict):
        return ""
    return str(party.get("name") or party.get("email") or party.get("id") or party.get("kind") or "")


def cut(text: str) -> str:
    """Return text as a cell can hold it; what was cut is marked."""
    if len(text) <= CELL // 2 or len(text.encode("utf-16-le")) // 2 <= CELL:
        return text
    mark = _(" [cut here: the table in this pack has it whole]")
    room = CELL - len(mark)
    return text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore") + mark
