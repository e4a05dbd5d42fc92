"""What somebody wants a rule to say: the values that pages, packs and the set-up hand to the services.

A `Wanted` can travel as text (`sealed`, `unsealed`) from the page that asks to the page that checks and to the
button that records, so that what is recorded is what was shown. The text is signed: nobody else makes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core import signing

from indelible.features.rules.catalogue import CLASSES, RULES, Need, ReadyRule
from indelible.features.rules.models import Rule, RuleVersion
from indelible.language.pattern import NO_DUTIES, Duties, Pattern, Review
from indelible.language.rendering import render

_SALT: Final = "rules.wanted"
LONGEST_SENTENCE: Final = 2_000

EXPECTED_BY: Final = ("numbers", "total", "pace", "unknown")
"""How completeness is known, as `RuleVersion.expected["by"]` says it: running numbers of the source's own; a total
that somebody uploads; the usual pace; not at all. `"about"` (a count) and `"every"` (ISO 8601) go with "pace" where
somebody said how much is usual."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that a rule says. `needs` are the facts of the pattern, each with its mark."""

    typed: str
    pattern: Pattern
    duties: Duties = NO_DUTIES
    needs: tuple[Need, ...] = ()
    expected: Mapping[str, Any] = field(default_factory=lambda: {"by": "unknown"})
    serves: tuple[str, ...] = ()
    team: str = ""
    catalogue: str = ""  # the ready rule it was made from
    two_people: bool = False

    @property
    def sentence(self) -> str:
        """Its canonical sentence."""
        return render(self.pattern, self.duties)

    def content(self) -> dict[str, Any]:
        """Return what it says by the names of its parts, as entries and versions hold it."""
        return {
            "pattern": self.pattern.to_json(),
            "duties": self.duties.to_json(),
            "needs": [need.to_json() for need in self.needs],
            "expected": dict(self.expected),
            "serves": list(self.serves),
            "two_people": self.two_people,
        }

    def to_json(self) -> dict[str, Any]:
        """Return it as a request for a second person keeps it."""
        return {
            "typed": self.typed,
            **self.content(),
            "team": self.team,
            "catalogue": self.catalogue,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Wanted:
        """Return what `to_json` gave. Raises ValueError for what is none."""
        try:
            return cls(
                typed=told["typed"],
                pattern=Pattern.from_json(told["pattern"]),
                duties=Duties.from_json(told["duties"]),
                needs=tuple(Need(each["fact"], each.get("mark", "")) for each in told["needs"]),
                expected=dict(told["expected"]),
                serves=tuple(told["serves"]),
                team=told["team"],
                catalogue=told["catalogue"],
                two_people=bool(told["two_people"]),
            )
        except (KeyError, TypeError, AttributeError) as fault:
            raise ValueError(f"not what a rule says: {fault}") from fault

    def sealed(self) -> str:
        """Return it as signed text for a form or an address."""
        return signing.dumps(self.to_json(), salt=_SALT, compress=True)

    @classmethod
    def unsealed(cls, text: str) -> Wanted:
        """Return what `sealed` gave. Raises ValueError for anything else."""
        try:
            return cls.from_json(signing.loads(text, salt=_SALT))
        except signing.BadSignature as refused:
            raise ValueError("not signed here") from refused


def of_version(rule: Rule, version: RuleVersion) -> Wanted:
    """Return what a rule says in one of its versions."""
    return Wanted(
        typed=version.sentence,
        pattern=Pattern.from_json(version.pattern),
        duties=Duties.from_json(version.duties),
        needs=tuple(Need(each["fact"], each.get("mark", "")) for each in version.needs),
        expected=version.expected or {"by": "unknown"},
        serves=tuple(version.serves),
        team=rule.team,
        catalogue=rule.catalogue,
        two_people=rule.two_people,
    )


def of_ready(name: str) -> Wanted:
    """Return what a ready rule proposes: its sentence, and what of its condition events can tell. Raises KeyError."""
    ready = RULES[name]
    told = Pattern.from_json(dict(ready.checked))
    pattern = Pattern.of(
        verbs=ready.verbs,
        things=ready.things,
        facts=[need.fact for need in ready.needs],
        who=told.who,
        where=told.where,
        unchecked=[ready.unchecked] if ready.unchecked else [],
    )
    return Wanted(
        typed=ready.says,
        pattern=pattern,
        duties=duties_of(ready),
        needs=ready.needs,
        serves=ready.serves,
        team=ready.team,
        catalogue=name,
    )


def duties_of(ready: ReadyRule) -> Duties:
    """Return the duties that a ready rule proposes. Whom to tell is said with alarms."""
    review = Review(ready.review_every, ready.review_by) if ready.review_every else None
    return Duties(keep=CLASSES[ready.keep_class].keep, keep_from=ready.keep_from, review=review)
