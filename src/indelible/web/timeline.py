"""The rows of a timeline: what a page must know about an entry to draw its line.

A feature makes `Row`s (and `SealLine`s between them); `by_day` puts them under their days; the partial
`web/parts/timeline.html` draws them. The picture at a row's node tells the kind of act at a glance; the
sentence tells it in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.events.event import Event
from indelible.events.office import WorkCalendar
from indelible.events.signs import marks as marks_of
from indelible.web.moments import Reader
from indelible.web.numbers import written

NODES: Final[dict[str, str]] = {
    **dict.fromkeys(("create", "import", "receive", "restore", "issue", "start", "open", "refund"), "plus"),
    **dict.fromkeys(("delete", "disable", "void", "erase", "dispose", "close", "stop", "reject"), "minus"),
    **dict.fromkeys(("approve", "sign", "review", "verify", "post"), "tick"),
    **dict.fromkeys(
        ("grant", "revoke", "enable", "share", "unshare", "assign", "lock", "unlock", "reset", "sign_in"),
        "key",
    ),
    **dict.fromkeys(("sign_out", "enter", "exit"), "door"),
    **dict.fromkeys(("view", "search", "detect"), "eye"),
    **dict.fromkeys(
        ("export", "send", "submit", "move", "request", "return", "pay", "hand_over", "notify", "escalate"),
        "arrow",
    ),
    "seal": "seal",
    "note": "turn",
}
MOST_RULES: Final = 3  # that a row names
ACCENTED: Final = frozenset({"tick", "key"})

FLAGS: Final = {
    "ten_times_larger": (gettext_lazy("10 times larger"), "warn"),
    "outside_office_hours": (gettext_lazy("Outside office hours"), "warn"),
    "own_approval": (gettext_lazy("Own approval"), "warn"),
    "clock_differs": (gettext_lazy("Clock differs"), "warn"),
    "arrived_late": (gettext_lazy("Arrived late"), "warn"),
    "number_missing": (gettext_lazy("Number missing before this"), "warn"),
    "written_down_later": (gettext_lazy("Written down later"), "info"),
}


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark on a row: worth a look, never a verdict. `tone` is a CSS class, `shape` an icon."""

    word: str
    tone: str = ""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry in a timeline.

    `index` counts from zero. `occurred_at` is absent where the source gave no usable time; the row then
    stands under the time we received it and says so. `state` is "" for the normal case (nothing is shown),
    or a name of `states.STATES` such as `altered`, `removed`, `waiting`, `hidden`. `corrected_by` is the
    index of the entry that corrects this one. `url` defaults to the entry's page.
    """

    index: int
    recorded_at: str
    event: Event
    occurred_at: str | None = None
    flags: tuple[Flag, ...] = ()
    source: str = ""
    corrected_by: int | None = None
    state: str = ""
    url: str = ""
    this_one: bool = False
    who: str = ""  # who the login is, where people said so: "mlopez is Maria Lopez"
    dated: bool = False  # set by `by_day`: it happened on another day than its heading says

    @property
    def is_seal(self) -> bool:
        """Whether this is a seal's line; asked by the template."""
        return False

    @property
    def shown_at(self) -> str:
        """The moment under which the row stands."""
        return self.occurred_at or self.recorded_at

    @property
    def unreadable(self) -> bool:
        """Whether there is no sentence to show: it is gone, or what is left of it can no longer be read."""
        return self.state == "removed" or not self.event

    @property
    def counted(self) -> str:
        """Under which rules the entry is counted, the built-in one not told: "rule 3", "rules 3, 7 and 2 more"."""
        keys = self.event.get("numbers", {}).get("rules", {})
        ids = {key.partition(".")[0] for key in keys} - {"0"}
        rules = sorted(ids, key=lambda rule: (len(rule), rule))
        if not rules:
            return ""
        words = ngettext("rule %(rules)s", "rules %(rules)s", len(rules)) % {
            "rules": ", ".join(rules[:MOST_RULES])
        }
        more = len(rules) - MOST_RULES
        return _("%(rules)s and %(n)s more") % {"rules": words, "n": more} if more > 0 else words

    @property
    def node(self) -> str:
        """The picture at the row's node."""
        if self.state in ("altered", "removed", "does not match"):
            return "bang"
        refers_to = self.event.get("refers_to")
        if refers_to and refers_to.get("as") in ("correction", "note", "answer"):
            return "turn"
        verb = self.event.get("action", {}).get("verb", "")
        return NODES.get(verb, "pencil")

    @property
    def node_tone(self) -> str:
        """The class of the node: bad, wait, acc or none."""
        if self.node == "bang":
            return "bad"
        if self.state == "waiting":
            return "wait"
        return "acc" if self.node in ACCENTED or self.this_one else ""


@dataclass(frozen=True, slots=True)
class SealLine:
    """The line of a seal across the timeline. `size` is the number of entries it covers."""

    size: int
    at: str
    words: str
    url: str = ""

    @property
    def is_seal(self) -> bool:
        """Whether this is a seal's line; asked by the template."""
        return True

    @property
    def recorded_at(self) -> str:
        """The moment under which the line stands."""
        return self.at


@dataclass(frozen=True, slots=True)
class Fold:
    """Many like entries in one line (`web.folding`), newest first; each keeps its number. `words` tell them all."""

    words: str
    rows: tuple[Row, ...]

    @property
    def is_seal(self) -> bool:
        """Whether this is a seal's line; asked by the template."""
        return False

    @property
    def newest(self) -> Row:
        """The entry under whose moment the line stands."""
        return self.rows[0]

    @property
    def numbers(self) -> str:
        """Say which entries they are: "entries 6 to 25"; "20 entries from 6 to 40" where others lie between."""
        first, last = self.rows[-1].index + 1, self.rows[0].index + 1
        told = {"first": written(first), "last": written(last), "n": written(len(self.rows))}
        if last - first + 1 == len(self.rows):
            return _("entries %(first)s to %(last)s") % told
        return _("%(n)s entries from %(first)s to %(last)s") % told


Line = Row | SealLine | Fold


@dataclass(slots=True)
class Day:
    """The rows of one day of the reader's calendar."""

    title: str
    rows: list[Line] = field(default_factory=list)

    @property
    def entries(self) -> int:
        """How many entries, seals not counted."""
        return sum(len(row.rows) if isinstance(row, Fold) else not row.is_seal for row in self.rows)


def by_day(rows: Iterable[Row | SealLine], reader: Reader) -> list[Day]:
    """Put rows, in the order given, under the days on which they were recorded.

    The record stands in the order of recording. An old export taken in today holds moments of many days, so
    a row that happened on another day than its heading says carries its own date.
    """
    days: list[Day] = []
    last = None
    for row in rows:
        local = reader.local(row.recorded_at)
        if local.date() != last:
            last = local.date()
            days.append(Day(reader.weekday(local)))
        days[-1].rows.append(_dated(row, local.date(), reader))
    return days


def _dated(row: Row | SealLine, heading: date, reader: Reader) -> Row | SealLine:
    """Mark a row that happened on another day of the reader's calendar than the heading above it."""
    if isinstance(row, SealLine) or reader.local(row.shown_at).date() == heading:
        return row
    return replace(row, dated=True)


def flags_of(event: Event, calendar: WorkCalendar | None = None) -> tuple[Flag, ...]:
    """Return the marks on a row: an event's own flags, and the signs that it shows by itself (`events.signs`).

    Signs are worked out here and never sealed; without office hours, that one is not looked for. Flags about reading
    stay on the entry's page.
    """
    codes = dict.fromkeys((*event.get("flags", ()), *marks_of(event, calendar)))
    known = (FLAGS[code] for code in codes if code in FLAGS)
    marks = [Flag(str(word), tone, "warn" if tone == "warn" else "") for word, tone in known]
    refers_to = event.get("refers_to")
    if refers_to and refers_to.get("as") == "correction":
        marks.append(Flag(_("Correction"), "info"))
    if refers_to and refers_to.get("as") == "conflict":
        marks.append(Flag(_("Contradicts an earlier entry"), "warn", "warn"))
    if event.get("outcome") in ("failure", "denied"):
        marks.append(Flag(_("Refused") if event["outcome"] == "denied" else _("Failed"), ""))
    return tuple(marks)
