"""Everything that is wrong with a draft: how its parts hold together, what its checks ask, and whether its sentences
and its calendar are understood. A draft is published without flaws or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from indelible.features.rules.catalogue import CLASSES
from indelible.features.rules.world import world_of
from indelible.features.runbooks.checks import flaws_in
from indelible.features.runbooks.checks.sentences import flaws_of_sentence
from indelible.features.runbooks.document.flaw import gettext_noop
from indelible.features.runbooks.document.reading import Flaw, flaws_of
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.language.world import World
from indelible.storage.database.models import Logbook

EMPTY = gettext_noop("It is empty.")


def all_flaws(document: Document, logbook: Logbook) -> list[Flaw]:
    """Return every flaw, in the order of the document: the head, then step by step."""
    found = [*flaws_of(document), *_keeping(document)]
    world = world_of(logbook)
    found += flaws_in(document, world)
    found += _sentences(document, world)
    places = {f"steps.{step.key}": place for place, step in enumerate(document.steps, 1)}
    return sorted(found, key=lambda flaw: places.get(".".join(flaw.where.split(".")[:2]), 0))


def said(flaw: Flaw) -> str:
    """Say what is wrong in the language of the page."""
    return _(flaw.words) % flaw.facts if flaw.facts else _(flaw.words)


def _keeping(document: Document) -> Iterator[Flaw]:
    if document.keep and document.keep not in CLASSES:
        yield Flaw("keep", gettext_noop("Nothing is kept by the name “%(name)s”."), {"name": document.keep})


def _sentences(document: Document, world: World) -> Iterator[Flaw]:
    """Find sentences that would never find anything: of steps that show entries or wait for one, of starts."""
    for place, trigger in enumerate(document.starts.on, 1):
        if trigger.event:
            yield from _sentence(f"starts.on.{place}.event", trigger.event, document, world)
    for step in document.steps:
        where = f"steps.{step.key}"
        if step.view is not None and step.view.entries:
            yield from _sentence(f"{where}.view.entries", step.view.entries, document, world)
        if step.wait is not None and step.wait.event:
            yield from _sentence(f"{where}.wait.event", step.wait.event, document, world)


def _sentence(where: str, text: str, document: Document, world: World) -> Iterator[Flaw]:
    for says in flaws_of_sentence(text, document, world):
        yield Flaw(where, says)
