"""What differs between two versions of a runbook, in words: the head, steps added and taken out, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from indelible.features.runbooks.books import wording
from indelible.features.runbooks.books.telling import Line, ToldStep, tell
from indelible.features.runbooks.document.runbook import Runbook
from indelible.features.runbooks.document.writing import to_data


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is another. Either side may be empty."""

    kind: Literal["head", "added", "removed", "moved", "changed", "settings"]
    what: str
    before: str = ""
    after: str = ""


def differences(before: Runbook, after: Runbook) -> list[Difference]:
    """Return what differs, the head first, then step by step in the order of the later version."""
    with wording.by_title_alone():
        was, now = tell(before), tell(after)
    found = [*_lines("head", "", was.all_lines, now.all_lines), *_steps(was.steps, now.steps)]
    return found or list(_hidden(before, after))


def _lines(
    kind: Literal["head", "changed"], where: str, was: Sequence[Line], now: Sequence[Line]
) -> Iterator[Difference]:
    before, after = {line.key: line for line in was}, {line.key: line for line in now}
    for key in dict.fromkeys([*after, *before]):
        old, new = before.get(key), after.get(key)
        if (old.text if old else "") == (new.text if new else ""):
            continue
        label = (new or old).label  # type: ignore[union-attr]  # one of them is there
        what = _("%(step)s: %(part)s") % {"step": where, "part": label} if where else label
        yield Difference(kind, what, old.text if old else "", new.text if new else "")


def _steps(was: Sequence[ToldStep], now: Sequence[ToldStep]) -> Iterator[Difference]:
    before, after = {step.key: step for step in was}, {step.key: step for step in now}
    stayed = [step.key for step in was if step.key in after]
    order = {key: place for place, key in enumerate(stayed)}
    reached = -1
    for step in now:
        old = before.get(step.key)
        if old is None:
            yield Difference("added", _("Step added"), after=_named(step))
            continue
        if order[step.key] < reached:
            yield Difference("moved", _("Step moved"), _named(old), _named(step))
        reached = max(reached, order[step.key])
        yield from _lines("changed", _("Step %(n)s") % {"n": step.number}, old.all_lines, step.all_lines)
    for step in was:
        if step.key not in after:
            yield Difference("removed", _("Step taken out"), before=_named(step))


def _named(step: ToldStep) -> str:
    return f"{step.number}. {step.title}"


def _hidden(before: Runbook, after: Runbook) -> Iterator[Difference]:
    """Tell of a difference that no words show: a setting of a check, a key."""
    if to_data(before) != to_data(after):
        yield Difference("settings", _("Settings that the text does not show"), _("as before"), _("changed"))
