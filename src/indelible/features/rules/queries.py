"""Reads about rules, for the pages and for other features."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.apps import apps
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indelible.features.rules.catalogue import RULES, TEAMS
from indelible.features.rules.models import Rule, RuleState, RuleVersion
from indelible.language.pattern import Pattern
from indelible.language.rendering import render
from indelible.storage.database.models import Logbook, Number

OTHERS: Final = _("Other rules")
LARGEST_KEY: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands against what arrived in the last 30 days, as the list shows it."""

    state: str  # a name of `web.states`
    word: str | Promise
    seen: int
    expected: str


@dataclass(slots=True)
class Line:
    """One rule of the list, with its newest version and how it stands."""

    rule: Rule
    version: RuleVersion
    short: str  # what it means, without the facts it needs and without its duties
    seen: int
    standing: Standing | None = None  # where something holds promises against what arrives


@dataclass(slots=True)
class Group:
    """The rules of one team."""

    name: str | Promise
    lines: list[Line] = field(default_factory=list)


def rule_of(logbook: Logbook, key: int) -> tuple[Rule, RuleVersion]:
    """Return a rule with its newest version. Raises Http404, also for what no database could hold."""
    if key > LARGEST_KEY:
        raise Http404
    version = (
        RuleVersion.objects.filter(rule__logbook=logbook, rule=key)
        .select_related("rule", "rule__logbook")
        .order_by("-number")
        .first()
    )
    if version is None:
        raise Http404
    return version.rule, version


def lines_of(logbook: Logbook, now: datetime, chosen: Sequence[RuleVersion]) -> list[Line]:
    """Return these rules with how each stands."""
    keys = [version.rule_id for version in chosen]
    standing, seen = standings(logbook, now, keys), seen_of(logbook)
    return [
        Line(
            version.rule,
            version,
            short_of(version),
            seen.get(version.rule_id, 0),
            standing.get(version.rule_id),
        )
        for version in chosen
    ]


def newest_versions(logbook: Logbook) -> list[RuleVersion]:
    """Return the newest version of every rule, in the order of the rules."""
    rows = RuleVersion.objects.filter(rule__logbook=logbook, ended_at=None).select_related("rule")
    return list(rows.order_by("rule", "number"))


def short_of(version: RuleVersion) -> str:
    """Return what a rule means in one short sentence: without the facts it needs, without its duties."""
    pattern = replace(Pattern.from_json(version.pattern), facts=(), unchecked=())
    return render(pattern)


def grouped(lines: Iterable[Line]) -> list[Group]:
    """Return rules under their teams, in the order of the teams; those of no team last."""
    groups = {team.id: Group(team.name) for team in TEAMS} | {"": Group(OTHERS)}
    for line in sorted(lines, key=lambda line: (line.rule.state != RuleState.ON, line.rule.pk)):
        groups.get(line.rule.team, groups[""]).lines.append(line)
    return [group for group in groups.values() if group.lines]


def any_rule(logbook: Logbook) -> bool:
    """Whether a rule was ever added."""
    return Rule.objects.filter(logbook=logbook).exists()


def seen_of(logbook: Logbook) -> dict[int, int]:
    """Return how many entries each rule has counted, in all its versions."""
    seen: dict[int, int] = {}
    # By the bounds of the name, so that the key of the table is used.
    held = Number.objects.filter(logbook=logbook, name__gte="rules/", name__lt="rules0")
    for name, last in held.values_list("name", "last"):
        rule = int(name.removeprefix("rules/").partition(".")[0])
        seen[rule] = seen.get(rule, 0) + last
    return seen


def has_coverage() -> bool:
    """Whether the feature that holds promises against what arrives is there."""
    return apps.is_installed("indelible.features.coverage")


def standings(logbook: Logbook, now: datetime, rules: Sequence[int]) -> dict[int, Standing]:
    """Return how each of these rules stands, by its id; nothing where no feature knows."""
    if not has_coverage():
        return {}
    from indelible.features.coverage import words
    from indelible.features.coverage.queries import standing_of

    return {
        rule: Standing(*words.STATE[found.state], found.seen, words.expected_words(found))
        for rule, found in standing_of(logbook, now, rules=rules).items()
    }


def added_from(logbook: Logbook) -> dict[str, int]:
    """Return the ready rules that are in force, each with the rule that was made of it."""
    held = Rule.objects.filter(logbook=logbook, state=RuleState.ON).exclude(catalogue="")
    return {name: key for key, name in held.order_by("-pk").values_list("pk", "catalogue") if name in RULES}
