"""What the pages of lists and signatures show, in the reader's words, zone and numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from indelible.events.screen import visible
from indelible.features.record.queries import rows_of
from indelible.features.signoffs.making import filters_of
from indelible.features.signoffs.models import Decision, FrozenLine, FrozenList, ListKind, SignOff
from indelible.features.signoffs.rows import expanded
from indelible.features.signoffs.signals import spoken
from indelible.storage.database.reads import StoredEntry
from indelible.web import numbers
from indelible.web.moments import Reader
from indelible.web.timeline import Row

PAGE: Final = 50
MOST_COLUMNS: Final = 8
LONGEST_CELL: Final = 300

Fact = tuple[str, str | SafeString]


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list: of entries `row`, of lines `cells`."""

    place: int
    row: Row | None = None
    cells: Sequence[tuple[str, str]] = ()
    decision: Decision | None = None
    by: str = ""

    @property
    def number(self) -> int:
        """As people count it."""
        return self.place + 1


# A list ----------------------------------------------------------------------------------------------------


def rows_from(frozen: FrozenList, first: int) -> list[ListRow]:
    """Return a page of rows from place `first` on."""
    decisions = {
        each.place: each
        for each in Decision.objects.filter(
            frozen=frozen, place__gte=first, place__lt=first + PAGE
        ).select_related("by")
    }
    if frozen.kind == ListKind.ENTRIES:
        places = expanded(frozen.runs, frozen.count)[first : first + PAGE]
        shown = [ListRow(first + n, row) for n, row in enumerate(rows_of(frozen.logbook, places))]
    else:
        lines = FrozenLine.objects.filter(frozen=frozen, place__gte=first, place__lt=first + PAGE)
        found = list(lines.order_by("place"))
        columns = columns_of(found)
        shown = [
            ListRow(line.place, cells=[(name, cell(line.data.get(name))) for name in columns])
            for line in found
        ]
    return [
        ListRow(each.place, each.row, each.cells, decision, _by(decision))
        for each in shown
        for decision in [decisions.get(each.place)]
    ]


def columns_of(lines: Iterable[FrozenLine]) -> list[str]:
    """Return the columns that the lines have, in the order of the first that has them; so many as a page holds."""
    names = dict.fromkeys(name for line in lines for name in line.data)
    return list(names)[:MOST_COLUMNS]


def cell(value: object) -> str:
    """Return one value of a line as text for the screen."""
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return visible(text[:LONGEST_CELL])


def _by(decision: Decision | None) -> str:
    if decision is None:
        return ""
    return decision.by.name if decision.by is not None else decision.outsider


def how_facts(frozen: FrozenList, reader: Reader) -> list[Fact]:
    """Return how a list was made: what an auditor asks first."""
    how = frozen.how
    found: list[Fact | None] = [
        (_("Question"), visible(str(how.get("query", {}).get("words", "") or frozen.title))),
        _fact(_("Filters"), "; ".join(visible(line) for line in filters_of(frozen.code))),
        _fact(_("Recorded"), _period(how.get("period"), reader)),
        _fact(_("Time zone"), how.get("zone")),
        (_("Rows"), numbers.written(frozen.count)),
        _sample(frozen),
        _ends(frozen),
        _fact(_("Who acted"), _tally(_part(how, "totals", "kinds"))),
        _fact(_("Amounts"), _sums(_part(how, "totals", "sums"))),
        _fact(_("Did not fit their seals by then"), _altered(how)),
        _gaps(how, reader),
        (_("Rests on"), _seal(frozen.size)),
        (_("Made"), f"{reader.moment(reader.local(frozen.frozen_at))} · {how.get('by', 'Indelible')}"),
        _fact(_("Software"), how.get("software")),
    ]
    return [fact for fact in found if fact is not None]


def _fact(name: str, value: object) -> Fact | None:
    return (name, str(value)) if value else None


def _part(how: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return a part of `how`. It stands in a table, where anything may stand by now."""
    value: Any = how
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _period(period: object, reader: Reader) -> str:
    if not isinstance(period, dict):
        return ""
    since, until = (_moment(period.get(name), reader) for name in ("from", "to"))
    if since and until:
        return _("from %(since)s until before %(until)s") % {"since": since, "until": until}
    if since:
        return _("from %(since)s on") % {"since": since}
    return _("before %(until)s") % {"until": until} if until else ""


def _moment(text: object, reader: Reader) -> str:
    try:
        return reader.moment(reader.local(str(text)), seconds=False) if text else ""
    except (ValueError, OverflowError):
        return visible(str(text))


def _ends(frozen: FrozenList) -> Fact | None:
    if frozen.kind != ListKind.ENTRIES or not frozen.count:
        return None
    first, last = frozen.how.get("first"), frozen.how.get("last")
    if type(first) is not int or type(last) is not int:
        return None
    link = '<a href="{}">{}</a>'
    ends = [
        format_html(link, reverse("record:entry", args=[index + 1]), numbers.written(index + 1))
        for index in dict.fromkeys((first, last))
        if index >= 0
    ]
    name = _("First and last entry") if len(ends) > 1 else _("Entry")
    return name, format_html(" – ".join(["{}"] * len(ends)), *ends)


def _sample(frozen: FrozenList) -> Fact | None:
    drawn = frozen.sample
    if not drawn or type(drawn.get("of")) is not int or type(drawn.get("size")) is not int:
        return None
    words = _("%(n)s of %(of)s rows, with the seed %(seed)s")
    told = {
        "n": numbers.written(drawn["size"]),
        "of": numbers.written(drawn["of"]),
        "seed": visible(str(drawn.get("seed"))),
    }
    return _("Drawn by chance"), words % told


def _tally(kinds: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{visible(kind)} {numbers.written(count)}" for kind, count in kinds.items() if type(count) is int
    )


def _sums(sums: Mapping[str, Any]) -> str:
    return ", ".join(visible(f"{total} {currency}".strip()) for currency, total in sums.items())


def _altered(how: Mapping[str, Any]) -> str:
    found = how.get("altered")
    indexes = [each for each in found if type(each) is int] if isinstance(found, list) else []
    if not indexes:
        return ""
    shown = ", ".join(numbers.written(index + 1) for index in indexes[:10])
    told = {"numbers": shown, "n": numbers.written(len(indexes))}
    return (
        _("entries %(numbers)s") % told
        if len(indexes) <= 10
        else _("entries %(numbers)s and others, %(n)s in all") % told
    )


def _gaps(how: Mapping[str, Any], reader: Reader) -> Fact | None:
    gaps = how.get("gaps")
    if not isinstance(gaps, list) or not gaps:
        return (_("Gaps of sources within it"), _("none known")) if "totals" in how else None
    lines = []
    for gap in gaps[:PAGE]:
        if not isinstance(gap, dict):
            continue
        until = _moment(gap.get("to"), reader) or _("not ended then")
        told = {
            "source": visible(str(gap.get("source", "?"))),
            "since": _moment(gap.get("from"), reader),
            "until": until,
        }
        line = _("%(source)s: %(since)s to %(until)s") % told
        if why := gap.get("explained"):
            line += f" (“{visible(str(why))}”)"
        lines.append(line)
    if how.get("more_gaps"):
        lines.append(_("and more"))
    return _("Gaps of sources within it"), "; ".join(lines)


def _seal(size: int) -> SafeString:
    words = _("seal %(n)s") % {"n": numbers.written(size)}
    return format_html('<a href="{}">{}</a>', reverse("seals:seal", args=[size]), words)


def technical(frozen: FrozenList) -> str:
    """Return the same for programs: question, how it was made, and the root over its rows."""
    told = {
        "question": frozen.code,
        "how": frozen.how,
        "rows": frozen.runs if frozen.kind == ListKind.ENTRIES else frozen.count,
        "root": bytes(frozen.root).hex(),
        "sample": frozen.sample,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


# A signature -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignedList:
    """A list as the entry of a signature tells of it."""

    key: int
    title: str
    facts: Sequence[Fact]
    reasons: Sequence[tuple[str, str]]


def signed_lists(heads: Sequence[Mapping[str, Any]], full: Sequence[Mapping[str, Any]]) -> list[SignedList]:
    """Return the lists of a signature: what was seen of each, how long, and what was decided."""
    found = []
    for place, head in enumerate(heads):
        told = full[place] if place < len(full) else head
        count, looked = head.get("count"), head.get("looked")
        facts: list[Fact | None] = [
            (_("Rows"), numbers.written(count) if type(count) is int else "?"),
            (_("Looked at"), _looked(looked)),
            _fact(_("Decided"), _choices(head.get("choices"))),
            _fact(
                _("Drawn by chance"),
                _("with the seed %(seed)s") % {"seed": _seed(head)} if _seed(head) else "",
            ),
            _fact(_("Did not fit their seals by then"), head.get("altered")),
        ]
        key = head.get("list")
        found.append(
            SignedList(
                key if type(key) is int else 0,
                visible(str(head.get("title", "?"))),
                [fact for fact in facts if fact is not None],
                _reasons(told.get("decided")),
            )
        )
    return found


def _seed(head: Mapping[str, Any]) -> str:
    sample = head.get("sample")
    return visible(str(sample.get("seed", ""))) if isinstance(sample, dict) else ""


def _looked(looked: object) -> str:
    if not isinstance(looked, dict) or type(looked.get("seconds")) is not int:
        return _("not here: the list was not shown to the signer before")
    opened = looked.get("opened")
    told = {"time": spoken(looked["seconds"]), "n": numbers.written(opened if type(opened) is int else 0)}
    return _("for %(time)s; rows opened: %(n)s") % told


def _choices(choices: object) -> str:
    tally = (
        Counter({str(k): v for k, v in choices.items() if type(v) is int})
        if isinstance(choices, dict)
        else {}
    )
    return ", ".join(f"{numbers.written(count)} {visible(choice)}" for choice, count in sorted(tally.items()))


def _reasons(groups: object) -> list[tuple[str, str]]:
    """Return the reasons given, each with the decision it stands for: the first twenty."""
    found: dict[tuple[str, str], int] = {}
    for group in groups if isinstance(groups, list) else []:
        if isinstance(group, dict) and group.get("reason"):
            pair = visible(str(group.get("choice", "?"))), visible(str(group["reason"]))
            rows = group.get("rows", ())
            found[pair] = found.get(pair, 0) + sum(last - first + 1 for first, last in rows)
    return [
        (f"{choice} ({numbers.written(count)})", reason)
        for (choice, reason), count in list(found.items())[:20]
    ]


def screen_text(sign_off: SignOff) -> str:
    """Return all that was on the screen, as it was signed."""
    return json.dumps(sign_off.covers, ensure_ascii=False, indent=1)[:200_000]


def is_readable(entry: StoredEntry | None) -> bool:
    """Whether the entry of a signature can be told."""
    return entry is not None and not entry.problem and bool(entry.event)
