"""What is known of an overseen folder, kept in step with the record whatever dies when.

A step is planned in the row of its file, then recorded, then the row follows. The entries are a transaction of their
own, so we can die between any two of these. `recover` settles that before the next look: a planned step that is on the
record has happened, and one that is not never did, and is seen anew as whatever it is by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from indelible.features.sources.kinds.oversight.differences import Read, State, Transition, state_from
from indelible.features.sources.live import desk
from indelible.features.sources.models import Source, SourceItem
from indelible.features.sources.settling import LOOKUP
from indelible.intake.reading import Record
from indelible.storage.database.codes import repeat_code
from indelible.storage.database.models import Repeat

AT_ONCE: Final = 200
STATE, NEXT, TOLD = "state", "next", "told"  # names in a row's facts


@dataclass(slots=True)
class Known:
    """What is known of one name: its state (None: not there), the entry that told of it last, and a planned step."""

    pk: int
    state: State | None
    told: int | None
    planned: Mapping[str, Any] | None


def known_files(source: Source) -> dict[str, Known]:
    """Return what is known of every name of a source."""
    rows = SourceItem.objects.filter(source=source).values_list("name", "pk", "facts")
    return {
        name: Known(pk, state_from(facts.get(STATE)), facts.get(TOLD), facts.get(NEXT))
        for name, pk, facts in rows.iterator(chunk_size=2_000)
    }


def recover(source: Source, known: dict[str, Known]) -> None:
    """Settle steps that were planned when we died: those on the record have happened, the others have not."""
    planned = {name: each for name, each in known.items() if each.planned is not None}
    if not planned:
        return
    codes = {
        repeat_code(source.pk, f"id:{each.planned['id']}"): each.planned["id"]
        for each in planned.values()
        if each.planned
    }
    held = _held(source, list(codes))
    entries = {codes[code]: index for code, index in held.items()}
    with transaction.atomic():
        for name, each in planned.items():
            plan = each.planned or {}
            entry = entries.get(plan["id"])
            if entry is not None:
                each.state, each.told = state_from(plan["state"]), entry
            each.planned = None
            if each.state is None and each.told is None:
                SourceItem.objects.filter(pk=each.pk).delete()
                del known[name]
            else:
                _write(each)


def _held(source: Source, codes: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for start in range(0, len(codes), LOOKUP):
        rows = Repeat.objects.filter(
            logbook=source.logbook, source=source.pk, code__in=codes[start : start + LOOKUP]
        )
        found |= {bytes(code): index for code, index in rows.values_list("code", "index")}
    return found


def record(
    source: Source, steps: Sequence[Transition], records: Sequence[Record], known: dict[str, Known]
) -> None:
    """Record steps and follow them. Raises what `desk.take` raises; a later `recover` settles what was planned."""
    plans: dict[str, tuple[str, State | None]] = {}
    for step in steps:
        plans[step.name] = (step.identity, step.after.state if step.after else None)
        if step.moved_from:
            plans[step.moved_from] = (step.identity, None)
    _plan(source, plans, known)
    taken = desk.take(source, records)
    entries = {step.identity: fate.entry for step, fate in zip(steps, taken.fates, strict=True)}
    _follow(plans, entries, known)


def record_beginning(source: Source, files: Sequence[Read], told: Record, known: dict[str, Known]) -> None:
    """Record how files lay there at the beginning, and know them from then on."""
    plans: dict[str, tuple[str, State | None]] = {
        each.seen.name: (told.identity or "", each.state) for each in files
    }
    _plan(source, plans, known)
    taken = desk.take(source, [told])
    _follow(plans, {told.identity or "": taken.fates[0].entry}, known)


def follow_quietly(known: Mapping[str, Known], names: Iterable[tuple[str, State]]) -> None:
    """Know files by their present state that changed in nothing worth an entry."""
    with transaction.atomic():
        for name, state in names:
            each = known[name]
            each.state = state
            _write(each)


def _plan(source: Source, plans: Mapping[str, tuple[str, State | None]], known: dict[str, Known]) -> None:
    now = timezone.now()
    with transaction.atomic():
        fresh = [name for name in plans if name not in known]
        for start in range(0, len(fresh), AT_ONCE):
            rows = [
                SourceItem(
                    source=source, name=name, version="", seen_at=now, facts={NEXT: _planned(plans[name])}
                )
                for name in fresh[start : start + AT_ONCE]
            ]
            for row in SourceItem.objects.bulk_create(rows):
                known[row.name] = Known(row.pk, None, None, row.facts[NEXT])
        for name in plans.keys() - set(fresh):
            each = known[name]
            each.planned = _planned(plans[name])
            _write(each)


def _planned(plan: tuple[str, State | None]) -> dict[str, Any]:
    identity, state = plan
    return {"id": identity, "state": state.as_facts() if state else None}


def _follow(
    plans: Mapping[str, tuple[str, State | None]],
    entries: Mapping[str, int | None],
    known: Mapping[str, Known],
) -> None:
    with transaction.atomic():
        for name, (identity, state) in plans.items():
            each = known[name]
            each.state, each.planned = state, None
            each.told = entries[identity] if entries[identity] is not None else each.told
            _write(each)


def _write(each: Known) -> None:
    facts: dict[str, Any] = {STATE: each.state.as_facts() if each.state else None, TOLD: each.told}
    if each.planned is not None:
        facts[NEXT] = each.planned
    now = timezone.now()
    SourceItem.objects.filter(pk=each.pk).update(
        version=each.state.version if each.state else "",
        gone_at=None if each.state or each.planned else now,
        seen_at=now,
        facts=facts,
    )
