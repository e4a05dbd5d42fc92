"""GitHub: a value before stands beside the value after, under a name made of the same word."""

from __future__ import annotations

from collections.abc import Iterator

from indelible.intake.changes import changes_of
from indelible.intake.fields import Record, json_inside
from indelible.intake.parsers.registry import Draft, finishes

_ENDINGS = ("_was", "_were")
_BEGINNINGS = ("previous_", "old_")


@finishes
def github_was_keys(draft: Draft) -> None:
    """Pair `x_was`, `x_were`, `previous_x` and `old_x` with `x`."""
    for field, old_key, new_key in _pairs(draft.record):
        before, after = _value(draft.record, old_key), _value(draft.record, new_key)
        if before is not None and before != after:
            draft.event.setdefault("changes", []).extend(changes_of(before, after, field))
    if draft.event.get("changes"):
        _forget_used(draft)


def _pairs(record: Record) -> Iterator[tuple[str, str, str]]:
    """Yield (field, key of the value before, key of the value after)."""
    for key in record:
        place, dot, name = key.rpartition(".")
        ending = next((ending for ending in _ENDINGS if name.endswith(ending)), "")
        beginning = next((word for word in _BEGINNINGS if name.startswith(word)), "")
        if ending or beginning:
            field = name[len(beginning) : len(name) - len(ending)]
            yield field, key, f"{place}{dot}{field}"


def _value(record: Record, key: str) -> object:
    value = record.get(key)
    return None if value == "" else json_inside(value) if isinstance(value, str) else value


def _forget_used(draft: Draft) -> None:
    """What stands in `changes` need not stand in `extra` again."""
    extra = draft.event.get("extra", {})
    for _, old_key, new_key in _pairs(draft.record):
        extra.pop(old_key, None)
        extra.pop(new_key, None)
    if not extra:
        draft.event.pop("extra", None)
