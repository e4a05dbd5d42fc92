"""`indelible coverage`: what each rule promises, held against what arrived."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from indelible.cli import options
from indelible.cli.faults import Fault
from indelible.cli.output import counted, line, print_json, progress_bar
from indelible.cli.session import choose_logbook, open_home

if TYPE_CHECKING:
    from indelible.features.coverage.periods import Asked
    from indelible.features.coverage.queries import RuleStanding, Uncovered
    from indelible.language.world import World
    from indelible.storage.database.models import Logbook

AT_ONCE = 5_000


@click.command("coverage")
@options.common
@click.option("--from", "first", default="", metavar="DATE", help="First day, such as 2026-06-01.")
@click.option("--to", "last", default="", metavar="DATE", help="Last day; today where it is left out.")
def command(home: str | None, logbook: str | None, as_json: bool, first: str, last: str) -> int:
    """Say how each rule stands: complete, as usual, silent, broken, untested.

    Without days it is the last 30. Exit code 1: a rule that is on is broken or silent.
    """
    book = choose_logbook(open_home(home), logbook)
    from zoneinfo import ZoneInfo

    from indelible.features.coverage import periods, queries, showing
    from indelible.features.coverage.judging import TROUBLE
    from indelible.features.rules.world import world_of
    from indelible.features.settings.services import calendar

    now, office = datetime.now(UTC), calendar()
    try:
        asked = periods.asked_for(
            "own" if last and not first else "", first, last, now, ZoneInfo(office.zone)
        )
    except periods.BadPeriod as refused:
        raise Fault(refused.code) from refused
    _count(book, wanted=not as_json)
    standings = queries.worst_first(queries.standing_of(book, now, asked.span, days=office).values())
    world = world_of(book)
    uncovered = showing.still_uncovered(book, queries.uncovered(book, now), world)
    if as_json:
        print_json(_document(standings, uncovered, asked, world))
    else:
        _tell(standings, uncovered, asked, world)
    return 1 if any(each.state in TROUBLE for each in standings) else 0


def _count(book: Logbook, *, wanted: bool) -> None:
    """Count what was not counted yet: the worker does so, where one runs."""
    from indelible.features.coverage import keeping

    behind = keeping.behind(book)
    with progress_bar("Counting entries", wanted=wanted and behind > AT_ONCE) as show:
        left = behind
        while left:
            before, left = left, keeping.catch_up(book, most=AT_ONCE)
            show(behind - left, behind)
            if left >= before:  # somebody else counts at this moment
                break


def _document(
    standings: list[RuleStanding], uncovered: list[Uncovered], asked: Asked, world: World
) -> dict[str, Any]:
    return {
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "rules": [_of_rule(each, world) for each in standings],
        "uncovered": [
            {
                "source": each.source_name,
                "verb": each.verb or None,
                "thing": each.kind or None,
                "entries": each.entries,
                "example": each.example,
            }
            for each in uncovered
        ],
        "not_counted": max((each.behind for each in standings), default=0),
    }


def _of_rule(standing: RuleStanding, world: World) -> dict[str, Any]:
    from indelible.features.coverage import words
    from indelible.features.coverage.judging import State
    from indelible.web.moments import Reader

    judgement, reader = standing.judgement, Reader()
    silent = judgement.state == State.SILENT
    return {
        "rule": standing.rule,
        "version": standing.version,
        "sentence": standing.sentence,
        "state": str(judgement.state),
        "matched": standing.seen,
        "matched_ever": standing.ever,
        "late": standing.late,
        "last_seen": _instant(standing.last_seen),
        "expected": words.rhythm_words(standing) or None,
        "expected_count": words.expected_number(standing),
        "how_known": list(judgement.how),
        "due": _instant(judgement.due),
        "silent_since": _instant(judgement.since) if silent else None,
        "complete_through": _instant(judgement.through),
        "lacking": dict(sorted(standing.facts.items())),
        "entries_lacking": standing.lacking,
        "missing": [
            {"code": each.code, "source": each.source or None, "message": words.lack_words(each, reader)}
            for each in judgement.lacks
        ],
        "no_source_sends": [words.unkept_words(each, world) for each in standing.unkept],
        "sources": [feed.name for feed in standing.feeds],
    }


def _instant(at: datetime | None) -> str | None:
    from indelible.events.instants import from_datetime

    return None if at is None else from_datetime(at)


def _tell(standings: list[RuleStanding], uncovered: list[Uncovered], asked: Asked, world: World) -> None:
    from indelible.features.coverage import words
    from indelible.web.moments import Reader

    reader = Reader()
    line(f"{asked.first} to {asked.last}: {counted(len(standings), 'rule', 'rules')}")
    for each in standings:
        line(f"{words.word_of(each.state)}: rule {each.rule}, {each.sentence}")
        line(
            f"    seen {each.seen:,}, expected {words.expected_words(each)} ({words.how_known(each.judgement)})"
        )
        line(f"    {words.sentence(each, reader)}")
        for told in words.named_lacks(each.judgement.lacks, reader)[:10]:
            line(f"    {told}")
        for fact, number in sorted(each.facts.items()):
            line(f"    {counted(number, 'entry lacks', 'entries lack')} {fact}")
        for unkept in each.unkept:
            line(f"    {words.unkept_words(unkept, world)}")
    if uncovered:
        line("No rule covers, in the last 30 days:")
    for one in uncovered:
        what = " ".join(filter(None, (one.verb or "(no word of ours)", one.kind)))
        line(f"    {one.source_name}: {what}, {counted(one.entries, 'entry', 'entries')}")
