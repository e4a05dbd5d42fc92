"""The parts of a rule's page that other features bring: what arrived and what is missing, what is to be told.

A feature calls `provide` when its app is ready; the page draws the parts in their order. Each is a template that is
given `rule`, and what fills it under the name `part`; or nothing for this rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest

from indelible.features.rules.models import Rule

Make = Callable[[HttpRequest, Rule], "Section | None"]
COVERAGE: Final = 10
ALARMS: Final = 20
REVIEWS: Final = 30

_provided: dict[int, Make] = {}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: a template, and its context under the name `part`."""

    template: str
    part: dict[str, Any] = field(default_factory=dict)


def provide(order: int, make: Make) -> None:
    """Have this part shown on the page of each rule, at its place (`COVERAGE`, `ALARMS`, `REVIEWS`). Once a process.

    `make` is given the request and the rule, and imports what it needs when it is called.
    """
    _provided[order] = make


def of(request: HttpRequest, rule: Rule) -> list[Section]:
    """Return the parts that this rule's page has, in their order."""
    made = (make(request, rule) for _order, make in sorted(_provided.items()))
    return [section for section in made if section is not None]
