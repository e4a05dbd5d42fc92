"""The kinds of checks by name, and how one is run.

    class Settings(Part, frozen=True, kw_only=True):
        within: str = "P1D"

    @kind("verified", Settings)
    def verified(ground: Ground, settings: Settings) -> Found: ...

Settings are a struct, so that what a runbook says is refused where it says anything else. `tests` say what only the
document can show to be wrong: keys of steps and fields that do not exist, sentences that are not understood.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, TypeVar

import msgspec
from django.db import DatabaseError
from django.utils.translation import gettext as _

from indelible.features.people.queries import house
from indelible.features.runbooks.document.reading import Flaw
from indelible.features.runbooks.document.runbook import Check, Part, Runbook
from indelible.language.world import NOWHERE, World
from indelible.web.numbers import COMMA, written_in

from .ground import CannotTell, Found, Ground, unchecked
from .sentences import in_world

logger = logging.getLogger("indelible.runbooks")

S = TypeVar("S", bound=Part)
Test = Callable[[Any, Runbook], Iterator[str]]

MODULES: Final = (
    "entries", "filled", "times", "people", "files", "lists", "seals", "sources", "records", "house", "runs", "access",
    "later",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of check."""

    name: str
    settings: type[Part]
    look: Callable[[Ground, Any], Found]
    tests: tuple[Test, ...]


_kinds: dict[str, Kind] = {}


def kind(
    name: str, settings: type[S], *tests: Callable[[S, Runbook], Iterator[str]]
) -> Callable[[Callable[[Ground, S], Found]], Callable[[Ground, S], Found]]:
    """Make the function below known as a kind of check."""

    def keep(look: Callable[[Ground, S], Found]) -> Callable[[Ground, S], Found]:
        _kinds[name] = Kind(name, settings, look, tests)
        return look

    return keep


def kinds() -> Mapping[str, Kind]:
    """Return every kind by its name."""
    for module in MODULES:
        import_module(f"{__package__}.looks.{module}")
    return _kinds


def run(check: Check, ground: Ground) -> Found:
    """Look up what a check asks. Whatever keeps it from an answer makes it "could not be checked", with the reason."""
    known = kinds().get(check.kind)
    if known is None:
        return unchecked(_("Indelible knows no check called “%(kind)s”.") % {"kind": check.kind})
    try:
        settings = msgspec.convert(check.settings, known.settings)
    except msgspec.ValidationError as error:
        return unchecked(_("The settings of this check cannot be used: %(why)s.") % {"why": error})
    try:
        with written_in(_house_style):
            return known.look(ground, settings)
    except CannotTell as reason:
        return unchecked(reason.says, **reason.facts)
    except DatabaseError:
        raise
    except Exception:  # a fault of a check must not keep anybody from their work, nor pass for an answer
        logger.exception("check %s of kind %s", check.key, check.kind)
        return unchecked(_("This could not be looked up, because of a fault in Indelible."))


def _house_style() -> str:
    """Return how numbers are written in findings: they are kept, so they are nobody's own."""
    known = house()
    return known.number_style if known else COMMA


def flaws(check: Check, document: Runbook, world: World = NOWHERE) -> list[str]:
    """Return everything that keeps a check of a document from ever giving an answer, in words for its writer.

    `world` has the organisation's own names, which sentences may use.
    """
    known = kinds().get(check.kind)
    if known is None:
        return [_("Indelible knows no check called “%(kind)s”.") % {"kind": check.kind}]
    try:
        settings = msgspec.convert(check.settings, known.settings)
    except msgspec.ValidationError as error:
        return [_("The settings of this check cannot be used: %(why)s.") % {"why": error}]
    with in_world(world):
        return [flaw for test in known.tests for flaw in test(settings, document)]


def flaws_in(document: Runbook, world: World = NOWHERE) -> list[Flaw]:
    """Return the flaws of all checks of a document, each with its place."""
    return [
        Flaw(f"steps.{step.key}.checks.{check.key}", says)
        for step in document.steps
        for check in step.checks
        for says in flaws(check, document, world)
    ]
