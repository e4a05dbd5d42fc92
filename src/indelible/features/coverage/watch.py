"""The watch over all rules: each is looked at every minute; that one fell silent or is broken, and that it is kept
again, is told once on the record.

What is found is settled under the lock of the rule's row, and a rule has one open trouble at most by the database's
own word. Rules that one cause breaks in one look are told of in one entry. `changes` hears of each.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from indelible.events import own_coverage
from indelible.events.instants import from_datetime
from indelible.events.office import WorkCalendar
from indelible.features.coverage import changes, queries, words
from indelible.features.coverage.judging import Lack, State
from indelible.features.coverage.models import RuleTrouble, TroubleKind
from indelible.features.coverage.queries import RuleStanding
from indelible.features.rules.models import Rule
from indelible.features.settings.services import calendar
from indelible.features.sources.origins import RULE_0, record_own
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.storage.database.models import Logbook
from indelible.web.moments import Reader

logger = logging.getLogger("indelible.coverage")

MOST_BEHIND: Final = (
    2_000  # entries not counted; beyond it silence is not told, since what came may be among them
)
MOST_IN_ONE: Final = 50  # rules that one entry names
BROKEN: Final = ("hole", "total_differs", "lacking")
KIND: Final = {State.SILENT: TroubleKind.SILENT, State.BROKEN: TroubleKind.BROKEN}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is not kept, with the trouble that it is in."""

    standing: RuleStanding
    kind: TroubleKind
    since: datetime
    due: datetime | None
    causes: tuple[dict[str, Any], ...]

    @property
    def cause(self) -> tuple[str, str]:
        """What is the same for rules that are told of together."""
        if self.kind == TroubleKind.SILENT:
            return str(self.kind), f"{self.since} {self.due}"
        return str(self.kind), repr([(each["code"], each["words"]) for each in self.causes])


def look(logbook: Logbook, now: datetime, days: WorkCalendar | None = None) -> int:
    """Look at every rule once; open and close troubles. Returns how many were opened or closed."""
    days = days or calendar()
    standings = queries.standing_of(logbook, now, days=days)
    if any(each.behind > MOST_BEHIND for each in standings.values()):
        return 0
    open_ones = {row.rule_id: row for row in RuleTrouble.objects.filter(rule__logbook=logbook, ended_at=None)}
    over: list[RuleTrouble] = []
    begun: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for rule, standing in standings.items():
        found, known = find(standing, now), open_ones.get(rule)
        if known is not None and (found is None or found.kind != known.kind):
            over.append(known)
        if found is not None and (known is None or known.kind != found.kind):
            begun[found.cause].append(found)
    changed = 0
    try:
        for trouble in over:
            changed += _end(logbook, trouble, standings[trouble.rule_id], now)
        for together in begun.values():
            for start in range(0, len(together), MOST_IN_ONE):
                changed += _begin(logbook, together[start : start + MOST_IN_ONE], now)
    except (AppendRefused, AppendFailed):  # nothing can be sealed now; the next look finds it again
        logger.warning("how a rule stands could not be told", exc_info=True)
    return changed


def find(standing: RuleStanding, now: datetime) -> Finding | None:
    """Return the trouble that a rule is in, None where it is in none."""
    judgement = standing.judgement
    kind = KIND.get(standing.state)
    if kind is None:
        return None
    if kind == TroubleKind.SILENT:
        return Finding(standing, kind, judgement.since or now, judgement.due, ())
    causes = tuple(cause_of(each) for each in judgement.lacks if each.code in BROKEN)
    return Finding(standing, kind, now, None, causes[:20])


def cause_of(lack: Lack) -> dict[str, Any]:
    """Return what is missing as plain JSON, with its words."""
    facts = {name: from_datetime(value) if isinstance(value, datetime) else value
             for name, value in lack.facts.items()}  # fmt: skip
    told = {"code": lack.code, "source": lack.source_id or None, "name": lack.source or None}
    return {name: value for name, value in told.items() if value is not None} | {
        "facts": facts,
        "words": words.lack_words(lack, Reader()).rstrip("."),
    }


def _begin(logbook: Logbook, together: Sequence[Finding], now: datetime) -> int:
    """Open the trouble of some rules that one cause has, and tell of it in one entry."""
    try:
        with transaction.atomic():
            ids = [each.standing.rule for each in together]
            list(Rule.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
            held = set(RuleTrouble.objects.filter(rule__in=ids, ended_at=None).values_list("rule", flat=True))
            fresh = [each for each in together if each.standing.rule not in held]
            if not fresh:
                return 0
            entry = record_own(logbook, _event(fresh), rules=(RULE_0,)).entries[0].index
            for each in fresh:
                row = RuleTrouble.objects.create(
                    rule_id=each.standing.rule,
                    kind=each.kind,
                    began_at=each.since,
                    expected_by=each.due,
                    noticed_at=now,
                    began_entry=entry,
                    causes=list(each.causes),
                )
                changes.tell(_change(logbook, row, each.standing, entry, is_over=False))
            return len(fresh)
    except IntegrityError:  # another process opened it in this very moment
        return 0


def _event(together: Sequence[Finding]) -> Any:
    first = together[0]
    rules = [(f"{each.standing.rule}.{each.standing.version}", each.standing.sentence) for each in together]
    if first.kind == TroubleKind.BROKEN:
        said = "; ".join(each["words"] for each in first.causes[:5])
        return own_coverage.rule_broken(rules, said, first.causes)
    return own_coverage.rule_silent(
        rules,
        instant(first.since) if first.standing.ever else None,
        expected_by=instant(first.due) if first.due else None,
        rhythm=first.standing.rhythm.as_json() if first.standing.rhythm else None,
    )


def _end(logbook: Logbook, trouble: RuleTrouble, standing: RuleStanding, now: datetime) -> int:
    """Close a trouble, and tell of it. Silence ends when something came, else when nothing was expected any more."""
    with transaction.atomic():
        row = RuleTrouble.objects.select_for_update(of=("self",)).filter(pk=trouble.pk, ended_at=None).first()
        if row is None:
            return 0
        came = standing.last_seen
        is_heard = row.kind == TroubleKind.SILENT and came is not None and came > row.began_at
        row.ended_at = max(came if is_heard and came else now, row.began_at)
        trouble_was = "silent" if is_heard else "not expected" if row.kind == TroubleKind.SILENT else "broken"
        event = own_coverage.rule_kept_again(
            [(f"{standing.rule}.{standing.version}", standing.sentence)],
            trouble_was,
            instant(row.began_at),
            instant(row.ended_at),
            row.began_entry,
        )
        row.ended_entry = record_own(logbook, event, rules=(RULE_0,)).entries[0].index
        row.save(update_fields=["ended_at", "ended_entry"])
        changes.tell(_change(logbook, row, standing, row.ended_entry, is_over=True))
    return 1


def _change(
    logbook: Logbook, row: RuleTrouble, standing: RuleStanding, entry: int, *, is_over: bool
) -> changes.Change:
    return changes.Change(
        logbook=logbook,
        rule=standing.rule,
        sentence=standing.sentence,
        kind="silent" if row.kind == TroubleKind.SILENT else "broken",
        is_over=is_over,
        trouble=row.pk,
        entry=entry,
        since=row.began_at,
        causes=row.causes,
    )


def instant(at: datetime) -> str:
    """Return a moment as events hold it, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
