"""Steps added, moved, copied and taken out. What refers to a step refers to its key, so moving one breaks nothing but
the order, which the flaws then name."""

from __future__ import annotations

import msgspec

from indelible.features.runbooks.books.editing.parts import free_key
from indelible.features.runbooks.document.runbook import Runbook, Step


def added(document: Runbook, title: str, after: str = "") -> tuple[Runbook, str]:
    """Return the document with a new step behind that one, at the end where none is named; and the step's key."""
    keys = [step.key for step in document.steps]
    key = free_key(title, keys, "step")
    by = document.owner if document.owner in document.roles else next(iter(document.roles), "")
    step = Step(key=key, title=title, do="", by=by, why="", done="", if_fails="")
    place = keys.index(after) + 1 if after in keys else len(keys)
    return _with(document, [*document.steps[:place], step, *document.steps[place:]]), key


def moved(document: Runbook, key: str, by: int) -> Runbook:
    """Return the document with a step moved up (-1) or down (1)."""
    steps = list(document.steps)
    place = document.place(key)
    to = min(max(place + by, 0), len(steps) - 1)
    steps.insert(to, steps.pop(place))
    return _with(document, steps)


def copied(document: Runbook, key: str) -> tuple[Runbook, str]:
    """Return the document with a step twice, the copy behind it under keys of its own; and the copy's key."""
    place, step = document.place(key), document.step(key)
    fields = [one.key for each in document.steps for one in each.fields]
    own = []
    for one in step.fields:
        name = free_key(one.key, fields, "field")
        fields.append(name)
        own.append(msgspec.structs.replace(one, key=name))
    new = free_key(step.key, [each.key for each in document.steps], "step")
    copy = msgspec.structs.replace(step, key=new, fields=tuple(own))
    return _with(document, [*document.steps[: place + 1], copy, *document.steps[place + 1 :]]), new


def removed(document: Runbook, key: str) -> Runbook:
    """Return the document without a step."""
    return _with(document, [step for step in document.steps if step.key != key])


def _with(document: Runbook, steps: list[Step]) -> Runbook:
    return msgspec.structs.replace(document, steps=tuple(steps))
