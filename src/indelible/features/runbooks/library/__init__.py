"""The ready runbooks: what other organisations like this one go through, by team and by trigger.

Data, a document a file (`rb_07.toml`), read once. A ready runbook is a proposal: copied, it becomes a runbook of the
organisation's own, which holds its whole text from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from indelible.features.runbooks.document.reading import from_text
from indelible.features.runbooks.document.runbook import Runbook


@cache
def all_ready() -> Mapping[str, Runbook]:
    """Return every ready runbook by its id, in the order of the ids. Raises DocumentError for a file that is amiss."""
    found: dict[str, Runbook] = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".toml"):
            continue
        runbook = from_text(file.read_text(encoding="utf-8"))
        found[runbook.id] = runbook
    return MappingProxyType(dict(sorted(found.items())))


def ready(key: str) -> Runbook:
    """Return the ready runbook of that id. Raises KeyError."""
    return all_ready()[key]
