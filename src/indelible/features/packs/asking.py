"""From a question to an order: read once, with times that do not move, and refused in words where it does not fit.

Only a question for one source or one rule can become a whole pack: nothing else has running numbers of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from indelible.events.content import is_disclosure_name
from indelible.events.instants import from_datetime
from indelible.features.packs.orders import HAPPENED, RECORDED, Order, PackError
from indelible.features.record.asking import Asked, as_typed, asked_of, sentence_of
from indelible.features.rules.models import RuleVersion
from indelible.features.sources.models import Source
from indelible.language.matching_seen import moment_at
from indelible.language.matching_times import bounds_of
from indelible.language.pattern import EVERYTHING, Pattern, When
from indelible.language.periods import settle
from indelible.language.world import World
from indelible.ledger.packs.manifest import SELECTION, WHOLE
from indelible.storage.database import reads
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook, Number
from indelible.web.moments import is_zone

MOST_LISTED = 10_000
LONGEST_WORDS = 2_000
LISTS: Final = ("attachments", "changes", "targets")
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


def read(logbook: Logbook, text: str, zone: tzinfo, now: datetime) -> Asked:
    """Read a question. Raises PackError where it does not say one thing."""
    asked = asked_of(logbook, text, now, zone)
    if asked.was_cut or not asked.is_clear:
        unclear = asked.unknown[0].words if asked.unknown and not asked.is_open else text
        raise PackError("pack-question-not-understood", text=unclear[:200])
    return asked


def _of_question(logbook: Logbook, text: str, zone: str, now: datetime, *, whole: bool, by: str) -> Order:
    tz = ZoneInfo(zone)
    try:
        pattern = fixed(read(logbook, text, tz, now).pattern, now, tz)
    except ValueError as fault:
        raise PackError("pack-question-not-understood", text=text[:200]) from fault
    if whole:
        return _whole(logbook, pattern, zone, by)
    if by != RECORDED:
        raise PackError("pack-happened-needs-whole")
    try:
        since, until = _seconds(pattern.when, tz)
    except PackError:  # finer than a period is stated: the question in code says it all the same
        since = until = ""
    by = HAPPENED if pattern.when is not None else RECORDED
    for code in (as_typed(pattern), sentence_of(pattern)):
        if asked_of(logbook, code, now, tz).pattern == pattern:  # whoever reads it later finds the same
            return Order(SELECTION, code, sentence_of(pattern), zone, by, since, until)
    raise PackError("pack-question-not-understood", text=text[:200])


def fixed(pattern: Pattern, now: datetime, zone: tzinfo) -> Pattern:
    """Return the pattern with a time that means the same on any day: "today" becomes its date."""
    when = settle(pattern, now, zone).when
    if when is None:
        return pattern
    low, high = bounds_of(when, World(zone=zone))
    edges = [None if edge is None else moment_at(edge).astimezone(zone) for edge in (low, high)]
    if all(edge is None or edge.time() == time() for edge in edges):
        start = edges[0].date().isoformat() if edges[0] else ""
        # The end is the first instant that is out; a day is named as the last that is in.
        end = (edges[1].date() - timedelta(days=1)).isoformat() if edges[1] else ""
    else:
        start, end = ("" if edge is None else from_datetime(edge) for edge in edges)
    return replace(pattern, when=When(start, end, when.days, when.hours))


def _whole(logbook: Logbook, pattern: Pattern, zone: str, by: str) -> Order:
    """Return the order for everything of one source or rule."""
    if by not in (RECORDED, HAPPENED):
        raise ValueError(f"no way to count a period: {by!r}")
    when = pattern.when
    rest = replace(pattern, systems=(), rules=(), when=None)
    narrowing = rest != EVERYTHING or (when is not None and (when.days or when.hours))
    if narrowing or len(pattern.systems) + len(pattern.rules) != 1:
        raise PackError("pack-whole-needs-source")
    since, until = _seconds(when, ZoneInfo(zone))
    if by == HAPPENED and when is None:
        raise PackError("pack-happened-needs-period")
    if pattern.rules:
        told, code, sequences = _rule(logbook, pattern.rules[0])
    else:
        told, code, sequences = _source(logbook, pattern.systems[0])
    if when is not None:
        text = when.start if when.start == when.end else f"{when.start}..{when.end}"
        code += f" when:{text}"
        told += ", " + _period_words(text, by)
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


def _seconds(when: When | None, zone: tzinfo) -> tuple[str, str]:
    """Return the edges of a period as a pack states them. Raises PackError for one finer than a second."""
    if when is None:
        return "", ""
    edges = bounds_of(when, World(zone=zone))
    if any(edge is not None and edge % 1_000_000 for edge in edges):
        raise PackError("pack-period-too-fine")
    since, until = (
        "" if edge is None else f"{moment_at(edge):%Y-%m-%dT%H:%M:%SZ}".rjust(20, "0") for edge in edges
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
