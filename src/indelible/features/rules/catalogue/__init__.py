"""The ready rules: what other organisations like this one record, by team and by framework.

Data, read once: a file a team (`finance.toml` and its neighbours), `packs.toml` for those that go together,
`classes.toml` for how long entries are kept. A ready rule is a proposal: added, it becomes a rule of the
organisation's own, whose words, facts and marks it holds itself from then on.

Where a condition goes beyond the sentence (`where`), `checked` holds what an event can tell of it, as parts of a
pattern. What it cannot tell is never checked, and whoever shows the rule says so. (IT-19 says "or": a pattern has no
"or" between its parts, so it means what automated agents do, and not what people do to them.)
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

MARKS: Final = ("mask", "code", "drop")
"""What may be done with a fact before it is sealed, besides keeping it as it came."""


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that entries must carry, and what is stored of it: as it came (""), or one of `MARKS`."""

    fact: str
    mark: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it as a version of a rule keeps it."""
        return {"fact": self.fact, "mark": self.mark} if self.mark else {"fact": self.fact}


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """One ready rule. `says` is its sentence; `things` is empty where it is about anything."""

    id: str  # "FIN-01"; never given to another
    team: str
    title: str  # one sentence for people
    says: str
    category: str  # under which it is shown; never matched
    verbs: tuple[str, ...]
    things: tuple[str, ...]
    where: str  # a condition beyond the sentence, in words; empty where there is none
    checked: Mapping[str, Any]  # what of it events can tell, as parts of `Pattern.to_json`
    unchecked: str  # what of it they cannot, in words
    needs: tuple[Need, ...]
    watch: tuple[str, ...]  # warning signs
    why: str
    serves: tuple[str, ...]  # clauses, "SOX 404"
    keep_class: str  # an id of `CLASSES`
    keep_from: str  # what starts that clock
    reviewer: str  # who should look, and how often, as one says it
    review_by: str  # the same apart, where the frequency is a plain one
    review_every: str  # ISO 8601
    systems: tuple[str, ...]  # where such events usually live


@dataclass(frozen=True, slots=True)
class Pack:
    """Ready rules that go together."""

    id: str
    name: str
    audience: str
    rules: tuple[str, ...]  # ids, in the order of the catalogue


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """How long entries are kept. `keep` is a span as duties hold it, or a word where there is none."""

    id: str
    keep: str
    title: str
    meant_for: str
    why: str


@dataclass(frozen=True, slots=True)
class Team:
    """Whose rules stand together."""

    id: str
    name: str
    about: str


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


_TEAM_FILES: Final = ("finance", "people", "legal", "operations", "it", "customers", "facilities")
_FILES: Final = {name: _table(name) for name in _TEAM_FILES}

TEAMS: Final = tuple(Team(name, told["team"], told["about"]) for name, told in _FILES.items())


def _need(told: str) -> Need:
    fact, _, mark = told.partition("{")
    return Need(fact, mark.rstrip("}"))


def _rule(team: str, told: Mapping[str, Any]) -> ReadyRule:
    where, checked = told.get("where", ""), told.get("checked", {})
    review = told.get("review", {})
    return ReadyRule(
        id=told["id"],
        team=team,
        title=told["title"],
        says=told["says"],
        category=told["category"],
        verbs=tuple(told["verbs"]),
        things=tuple(told["things"]),
        where=where,
        checked=MappingProxyType(dict(checked)),
        unchecked=told.get("unchecked", "" if checked else where),
        needs=tuple(_need(need) for need in told["needs"]),
        watch=tuple(told["watch"]),
        why=told["why"],
        serves=tuple(told["serves"]),
        keep_class=told["keep"],
        keep_from=told["from"],
        reviewer=told["reviewer"],
        review_by=review.get("by", ""),
        review_every=review.get("every", ""),
        systems=tuple(told["systems"]),
    )


RULES: Final[Mapping[str, ReadyRule]] = MappingProxyType(
    {told["id"]: _rule(team, told) for team, table in _FILES.items() for told in table["rules"]}
)
"""Every ready rule by its id, in the order of the teams."""


def _packs() -> dict[str, Pack]:
    found: dict[str, Pack] = {}
    for told in _table("packs")["packs"]:
        based = found[told["based_on"]].rules if "based_on" in told else ()
        chosen = {*based, *told["rules"]}
        found[told["id"]] = Pack(
            told["id"], told["name"], told["audience"], tuple(name for name in RULES if name in chosen)
        )
    return found


PACKS: Final[Mapping[str, Pack]] = MappingProxyType(_packs())
CLASSES: Final[Mapping[str, RetentionClass]] = MappingProxyType(
    {told["id"]: RetentionClass(**told) for told in _table("classes")["classes"]}
)
