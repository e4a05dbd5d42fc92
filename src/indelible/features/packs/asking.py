"""From a question to an order: read once, with times that do not move, and refused in words where it does not fit.

Only a question for one source or one rule can become a whole pack: nothing else has running numbers of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from indelible.events.content import is_disclosure_name
from indelible.features.packs.orders import HAPPENED, RECORDED, Order, PackError
from indelible.features.rules.models import RuleVersion
from indelible.features.sources.models import Source
from indelible.ledger.packs.manifest import SELECTION, WHOLE
from indelible.storage.database import reads, search
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook, Number
from indelible.web.moments import is_zone

MOST_LISTED = 10_000
LONGEST_WORDS = 2_000
LISTS: Final = ("attachments", "changes", "targets")
_RULE = re.compile(r'(?:^|\s)rule:(?:"([^"]*)"|(\S+))')
_RULE_NAME = re.compile(r"(0|[1-9][0-9]{0,15})(?:\.[1-9][0-9]*)?")


def order_of(
    logbook: Logbook,
    query_text: str = "",
    *,
    whole: bool = False,
    by: str = RECORDED,
    withhold: Iterable[str | tuple[str, str]] = (),
    reason: str = "",
    zone: str = "UTC",
    words: str = "",
    indexes: Sequence[int] | None = None,
    now: datetime | None = None,
) -> Order:
    """Return the order for a question, or with `indexes` for these entries (from zero).

    `withhold` names details, each alone (then for `reason`) or with a reason of its own. `words` say the question
    where it was put in words; else it is read back. Raises PackError where something is not understood, is not
    there, or does not go together.
    """
    if not is_zone(zone):
        raise PackError("pack-zone-unknown", zone=zone[:80])
    hidden = lawful_withhold(withhold, reason)
    if indexes is not None:
        order = _of_entries(logbook, indexes, zone)
    else:
        order = _of_question(logbook, query_text, zone, now or datetime.now(UTC), whole=whole, by=by)
    words = " ".join(words.split())
    if len(words) > LONGEST_WORDS:
        raise PackError("pack-words-too-long", most=LONGEST_WORDS)
    return replace(order, withhold=hidden, words=words or order.words)


def lawful_withhold(
    withhold: Iterable[str | tuple[str, str]], reason: str = ""
) -> tuple[tuple[str, str], ...]:
    """Return what is to be withheld as sorted (field, reason). Raises PackError for what cannot be."""
    chosen: dict[str, str] = {}
    for item in withhold:
        field, why = item if isinstance(item, tuple) else (item, reason)
        field, why = field.strip(), " ".join((why or reason).split())
        if field.startswith("numbers"):
            raise PackError("pack-number-withheld")
        if field not in LISTS and not is_disclosure_name(field):
            raise PackError("pack-field-unknown", field=field[:80])
        if not why:
            raise PackError("pack-reason-missing", field=field)
        if len(why) > LONGEST_WORDS:
            raise PackError("pack-words-too-long", most=LONGEST_WORDS)
        chosen[field] = why
    return tuple(sorted(chosen.items()))


def _of_entries(logbook: Logbook, indexes: Sequence[int], zone: str) -> Order:
    wanted = sorted(set(indexes))
    if not wanted:
        raise PackError("pack-nothing-found")
    if len(wanted) > MOST_LISTED:
        raise PackError("pack-list-too-long", most=f"{MOST_LISTED:,}")
    size = reads.head(logbook).size
    if missing := [index for index in wanted if not 0 <= index < size]:
        raise PackError("pack-entry-unknown", number=f"{missing[0] + 1:,}", size=f"{size:,}")
    runs = _runs(wanted)
    code = "index:" + ",".join(f"{first}..{last}" if last > first else str(first) for first, last in runs)
    told = ", ".join(
        f"{first + 1:,}" if first == last else _("%(first)s to %(last)s") % _numbers(first, last)
        for first, last in runs
    )
    return Order(SELECTION, code, _("Entries %(numbers)s") % {"numbers": told}, zone, indexes=tuple(wanted))


def _numbers(first: int, last: int) -> dict[str, str]:
    return {"first": f"{first + 1:,}", "last": f"{last + 1:,}"}


def _runs(indexes: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in indexes:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = runs[-1][0], index
        else:
            runs.append((index, index))
    return runs


def _of_question(logbook: Logbook, text: str, zone: str, now: datetime, *, whole: bool, by: str) -> Order:
    rules = [quoted or bare for quoted, bare in _RULE.findall(text)] if whole else []
    parsed = search.parse_query(_RULE.sub(" ", text) if whole else text, now, ZoneInfo(zone))
    if parsed.leftovers:
        raise PackError("pack-question-not-understood", text=parsed.leftovers[0].text[:200])
    query = parsed.query
    if whole:
        return _whole(logbook, query, rules, zone, by)
    if by != RECORDED:
        raise PackError("pack-happened-needs-whole")
    if query.when is not None:
        query = replace(query, when=fixed(query.when, ZoneInfo(zone)))
    try:
        since, until = _seconds(query.when)
    except PackError:  # finer than a period is stated: the question in code says it all the same
        since = until = ""
    by = HAPPENED if query.when is not None else RECORDED
    return Order(SELECTION, search.query_text(query), search.read_back(query), zone, by, since, until)


def fixed(period: search.Period, zone: tzinfo) -> search.Period:
    """Return the period in a spelling that means the same on any day: "today" becomes its date."""
    edges = [edge.astimezone(zone) if edge else None for edge in (period.start, period.end)]
    if not period.text[:1].isalpha() and not any(word[:1].isalpha() for word in period.text.split("..")):
        return period
    start, end = (edge.isoformat(timespec="seconds") if edge else "" for edge in edges)
    if all(edge is None or edge.time() == time() for edge in edges):
        start = start[:10]
        # The end is the first instant that is out; a day is named as the last that is in.
        end = (edges[1].date() - _DAY).isoformat() if edges[1] else ""
        return replace(period, text=start if start == end else f"{start}..{end}")
    return replace(period, text=f"{start}..{end}")


_DAY: Final = datetime(1970, 1, 2) - datetime(1970, 1, 1)


def _whole(logbook: Logbook, query: search.Query, rules: Sequence[str], zone: str, by: str) -> Order:
    """Return the order for everything of one source or rule."""
    if by not in (RECORDED, HAPPENED):
        raise ValueError(f"no way to count a period: {by!r}")
    narrowing = [name for name, _value in search.query.parts(query) if name not in ("source", "when")]
    if narrowing or len(query.source) + len(rules) != 1:
        raise PackError("pack-whole-needs-source")
    since, until = _seconds(query.when)
    if by == HAPPENED and query.when is None:
        raise PackError("pack-happened-needs-period")
    if rules:
        told, code, sequences = _rule(logbook, rules[0])
    else:
        told, code, sequences = _source(logbook, query.source[0])
    if query.when is not None:
        when = fixed(query.when, ZoneInfo(zone))
        code += f" when:{when.text}"
        told += ", " + _period_words(when.text, by)
    return Order(WHOLE, code, told, zone, by, since, until, sequences)


def _period_words(text: str, by: str) -> str:
    first, dots, last = text.partition("..")
    if not dots:
        words = _("recorded in %(period)s") if by == RECORDED else _("that happened in %(period)s")
        return words % {"period": text}
    if not last:
        words = _("recorded since %(first)s") if by == RECORDED else _("that happened since %(first)s")
    elif not first:
        words = _("recorded until %(last)s") if by == RECORDED else _("that happened until %(last)s")
    else:
        words = (
            _("recorded from %(first)s to %(last)s")
            if by == RECORDED
            else _("that happened from %(first)s to %(last)s")
        )
    return words % {"first": first, "last": last}


def _seconds(period: search.Period | None) -> tuple[str, str]:
    """Return the edges of a period as a pack states them. Raises PackError for one finer than a second."""
    if period is None:
        return "", ""
    if any(edge is not None and edge.microsecond for edge in (period.start, period.end)):
        raise PackError("pack-period-too-fine")
    since, until = (
        edge.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if edge else ""
        for edge in (period.start, period.end)
    )
    return since, until


def _source(logbook: Logbook, asked: str) -> tuple[str, str, tuple[str, ...]]:
    """Return words, code and running numbers of a source, by its id or its name."""
    alias = alias_of(logbook)
    sources = Source.objects.using(alias).filter(logbook=logbook)
    if asked == "0":
        return _("Everything that Indelible itself did"), "source:0", ("sources/0",)
    found = sources.filter(name=asked).first() or (
        sources.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 16 else None
    )
    identity = str(found.pk) if found else asked
    if not Number.objects.using(alias).filter(logbook=logbook, name=f"sources/{identity}").exists():
        raise PackError("pack-source-unknown" if found is None else "pack-nothing-found", name=asked[:120])
    name = found.name if found else asked
    words = _("Everything from the source “%(name)s”") % {"name": name}
    return words, f"source:{identity}", (f"sources/{identity}",)


def _rule(logbook: Logbook, asked: str) -> tuple[str, str, tuple[str, ...]]:
    """Return words, code and running numbers of a rule with all its versions, by its id."""
    match = _RULE_NAME.fullmatch(asked)
    if match is None:
        raise PackError("pack-rule-unknown", name=asked[:120])
    identity = match[1]
    names = Number.objects.using(alias_of(logbook)).filter(
        logbook=logbook, name__startswith=f"rules/{identity}."
    )
    sequences = tuple(sorted(names.values_list("name", flat=True)))
    if not sequences:
        raise PackError("pack-rule-unknown", name=asked[:120])
    if identity == "0":
        words = _("Everything about sources and rules themselves: begun, changed, ended")
    elif said := _sentence_of(logbook, int(identity)):
        words = _("Everything under rule %(id)s: “%(sentence)s”") % {"id": identity, "sentence": said}
    else:
        words = _("Everything under rule %(id)s") % {"id": identity}
    return words, f"rule:{identity}", sequences


def _sentence_of(logbook: Logbook, rule: int) -> str:
    """Return the sentence of a rule's newest version; nothing where it is none of this installation's."""
    rows = RuleVersion.objects.using(alias_of(logbook)).filter(rule__logbook=logbook, rule=rule)
    return rows.order_by("-number").values_list("sentence", flat=True).first() or ""
