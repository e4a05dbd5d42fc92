"""The lists that Indelible itself provides to steps: its sources, gaps, alarms, checks, seals, rules, people, runs.

Lines are plain values with English names of columns, since they are sealed; pages translate the names they know.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from indelible.features.alarms.models import Notice
from indelible.features.alarms.wording import sealed_title
from indelible.features.coverage import queries as coverage
from indelible.features.people.models import User
from indelible.features.reviews.access.assigning import shown_line
from indelible.features.reviews.models import AccessLine
from indelible.features.rules.models import Rule, RuleVersion
from indelible.features.runbooks.checks import Ground
from indelible.features.runbooks.checks.looks.access import review_of
from indelible.features.runbooks.models import Run
from indelible.features.seals.models import Check
from indelible.features.seals.outside.states import overview
from indelible.features.sources.models import Gap, Source, State
from indelible.features.sources.silence import heard
from indelible.storage.database.models import Checkpoint

Line = dict[str, Any]
USUAL: Final = timedelta(days=31)
MOST: Final = 2_000


def _period(ground: Ground) -> tuple[datetime, datetime]:
    """Return the run's period; the 31 days before now where it has none."""
    return ground.bounds() or (ground.now - USUAL, ground.now)


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def _line(**told: object) -> Line:
    return {name: value for name, value in told.items() if value not in (None, "")}


def sources(ground: Ground) -> Iterator[Line]:
    """Yield every source that was not ended, with when it was last heard."""
    rows = Source.objects.filter(logbook=ground.logbook).exclude(state=State.ENDED).order_by("name")
    silent = set(Gap.objects.filter(source__in=rows, ended_at=None).values_list("source_id", flat=True))
    shown = list(rows[:MOST])
    last = heard.last_heard(shown)
    for row in shown:
        yield _line(
            source=row.name,
            system=row.system,
            kind=str(row.get_kind_display()),
            state="silent" if row.pk in silent else str(row.get_state_display()),
            last_heard=_at(last.get(row.pk)),
        )


def gaps(ground: Ground) -> Iterator[Line]:
    """Yield every gap that touches the period, explained or not."""
    start, end = _period(ground)
    rows: QuerySet[Gap] = Gap.objects.filter(source__logbook=ground.logbook, began_at__lt=end)
    rows = (
        rows.filter(Q(ended_at=None) | Q(ended_at__gte=start)).select_related("source").order_by("began_at")
    )
    for row in rows[:MOST]:
        yield _line(
            source=row.source.name,
            kind=str(row.get_kind_display()),
            began=_at(row.began_at),
            ended=_at(row.ended_at),
            explained=row.explanation,
        )


def notices(ground: Ground) -> Iterator[Line]:
    """Yield every notice of an alarm in the period, with what was answered."""
    start, end = _period(ground)
    rows = Notice.objects.filter(logbook=ground.logbook, made_at__gte=start, made_at__lt=end)
    for row in rows.select_related("alarm__rule", "alarm__logbook", "logbook").order_by("pk")[:MOST]:
        yield _line(
            notice=row.pk,
            what=sealed_title(row),
            at=_at(row.first_at),
            times=row.count,
            answer=str(row.get_state_display()),
        )


def checks_of_the_record(ground: Ground) -> Iterator[Line]:
    """Yield every check of the record in the period, with its verdict."""
    start, end = _period(ground)
    rows = Check.objects.filter(logbook=ground.logbook, asked_at__gte=start, asked_at__lt=end).order_by("pk")
    for row in rows[:MOST]:
        yield _line(check=row.pk, at=_at(row.asked_at), entries=row.size, verdict=row.verdict or "not ended")


def seals(ground: Ground) -> Iterator[Line]:
    """Yield the newest seals, and the last of each day of the period."""
    rows = Checkpoint.objects.filter(logbook=ground.logbook).order_by("-size")
    days: set[str] = set()
    count = 0
    for row in rows.only("size", "made_at").iterator(chunk_size=500):
        day = str(row.made_at)[:10]
        if day in days:
            continue
        days.add(day)
        count += 1
        yield _line(seal=row.size, made=str(row.made_at))
        if count >= 100:
            return


def outside(ground: Ground) -> Iterator[Line]:
    """Yield whoever outside holds our seals, and the newest that each holds."""
    found = overview(ground.logbook, ground.now)
    for view in [*found.witnesses, *found.authorities]:
        yield _line(
            who=view.row.name,
            seal=view.row.size or None,
            state=view.state,
            trouble=view.trouble,
            answered=_at(view.row.answered_at),
        )


def rules(ground: Ground) -> Iterator[Line]:
    """Yield every rule in force, with how long its entries are kept."""
    rows = RuleVersion.objects.filter(rule__logbook=ground.logbook, ended_at=None).select_related("rule")
    for row in rows.order_by("rule")[:MOST]:
        yield _line(
            rule=row.key,
            sentence=row.sentence,
            state=str(row.rule.get_state_display()),
            kept=str(row.duties.get("keep", "")) or "not said",
            since=_at(row.begun_at),
        )


def coverage_of_rules(ground: Ground) -> Iterator[Line]:
    """Yield of every rule how much was seen and expected, and how that is known."""
    wanted = list(Rule.objects.filter(logbook=ground.logbook).values_list("pk", flat=True)[:MOST])
    for one in coverage.standing_of(ground.logbook, ground.now, rules=wanted).values():
        yield _line(
            rule=f"{one.rule}.{one.version}",
            sentence=one.sentence,
            seen=one.seen,
            about=one.about,
            state=str(one.state.value),
        )


def readers(ground: Ground) -> Iterator[Line]:
    """Yield everybody who can sign in, with their role."""
    for user in User.objects.filter(is_active=True).order_by("name")[:MOST]:
        yield _line(
            name=user.name, address=user.email, role=str(user.get_role_display()), last_seen=_at(user.seen_at)
        )


def runs(ground: Ground) -> Iterator[Line]:
    """Yield the runs that were due or opened in the period, with how they ended."""
    start, end = _period(ground)
    rows = Run.objects.filter(logbook=ground.logbook).exclude(pk=ground.run.pk)
    rows = rows.filter(Q(due_at__gte=start, due_at__lt=end) | Q(opened_at__gte=start, opened_at__lt=end))
    for row in rows.select_related("runbook").order_by("pk")[:MOST]:
        late = row.due_at is not None and (row.ended_at or ground.now) > row.due_at
        yield _line(
            run=row.pk,
            runbook=row.runbook.key,
            title=row.title,
            due=_at(row.due_at),
            ended=_at(row.ended_at),
            state=str(row.get_state_display()),
            late="yes" if late else "no",
        )


def access_lines(ground: Ground) -> Iterator[Line]:
    """Yield every line of the access review of the system that the field `system` names, with what became of it."""
    review = review_of(ground, "system")
    rows = AccessLine.objects.filter(review=review).select_related("person", "reviewer").order_by("place")
    for row in rows[:MOST]:
        yield _line(
            **shown_line(row),
            reviewer=row.reviewer.name if row.reviewer is not None else None,
            decision=row.decision,
            decided=_at(row.decided_at),
            gone=_at(row.proof_at),
            still_there="yes" if row.still_there else None,
        )


OURS: Final = {
    "sources": ("Sources", sources),
    "gaps": ("Silences and missing numbers", gaps),
    "notices": ("Alarms and what was answered", notices),
    "checks": ("Checks of the record", checks_of_the_record),
    "seals": ("Seals", seals),
    "outside": ("Who outside holds our seals", outside),
    "rules": ("What we record", rules),
    "coverage": ("What was promised, and what arrived", coverage_of_rules),
    "readers": ("People with access", readers),
    "runs": ("Runs of runbooks", runs),
    "access_review": ("Accounts and rights", access_lines),
}
"""By the name that documents use: the title, and what gives the lines."""
