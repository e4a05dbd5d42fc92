"""A rule's wish to have each entry looked at, switched on, changed and off: a change of the rule like any other.

So it is a version of the rule, its sentence says it, and where changes of the rule need a second person, this one does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from indelible.features.people.models import Request
from indelible.features.rules import requests, services
from indelible.features.rules.models import Rule, RuleVersion
from indelible.features.rules.wanted import of_version
from indelible.features.sources.origins import By
from indelible.language.pattern import Duties, Look

SPANS: Final = ("PT4H working", "P1D working", "P2D working", "P5D working", "P1D", "P1W", "P1M")
USUAL: Final = "P2D working"


def look_of(version: RuleVersion) -> Look | None:
    """Return what a version of a rule wants looked at."""
    return Duties.from_json(version.duties).look


def set_look(rule: Rule, version: RuleVersion, look: Look | None, by: By) -> Request | RuleVersion:
    """Have each entry of a rule looked at from now on, or none any more.

    Returns the new version; or what waits for a second person. Raises RuleError.
    """
    wanted = of_version(rule, version)
    wanted = replace(wanted, duties=replace(wanted.duties, look=look))
    wanted = replace(wanted, typed=wanted.sentence)
    if services.needs_second(rule):
        return requests.ask_to_change(rule, version.number, wanted, by)
    return services.change(rule.pk, version.number, wanted, by)
