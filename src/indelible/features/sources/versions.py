"""How a source's records are read: kept as versions, so that what a person answered once is not asked again.

A version holds which column is what, and what was told besides (zone, order of day and month). It is never changed:
another answer makes the next version, and that it was made is an entry under rule 0. What is true of one file alone
(the day it reached us, the one thing it is about) is no part of it.

`turn_on` lets a live source that waits be read from now on, and has recorded what was kept until then.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from indelible.events import own
from indelible.events.event import Change
from indelible.features.sources.live import desk
from indelible.features.sources.live.health import answered, asks
from indelible.features.sources.live.messages import with_identity
from indelible.features.sources.live.reading import understand
from indelible.features.sources.models import Import, KeptMessage, Kind, MappingVersion, Source, Stage, State
from indelible.features.sources.origins import RULE_0, By, SourceError, record_own
from indelible.intake.given import Given
from indelible.intake.mapping import Mapping, likeness

OF_ONE_FILE: Final = ("received", "target")  # givens that say nothing about the next file
LEAST_LIKE: Final = (
    0.6  # of all columns, which part both must have for a file to be taken for one like an earlier
)
MOST_COMPARED: Final = 200
AT_ONCE: Final = timedelta(
    seconds=3
)  # so long whoever turns a source on waits for what was kept; a job does the rest


def newest(source: Source) -> MappingVersion | None:
    """Return the version that holds; None where nobody has said how this source is read."""
    return MappingVersion.objects.filter(source=source).order_by("-number").first()


def lasting(given: Given) -> Given:
    """Return what of a person's answers holds for the next file too."""
    pairs = {key: value for key, value in given.as_pairs().items() if key not in OF_ONE_FILE}
    return Given(**pairs)


def save(source: Source, mapping: Mapping | None, given: Given, by: By) -> MappingVersion | None:
    """Keep how a source is read as its next version, on the record; None where nothing is different."""
    columns = mapping.as_json() if mapping is not None else None
    told = lasting(given).as_pairs()
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=source.pk)
        before = newest(source)
        if before is None and columns is None and not told:
            return None
        if before is not None and (before.mapping, before.given) == (columns, told):
            return None
        number = 1 if before is None else before.number + 1
        changes = _changes(before, number, columns, told)
        event = own.source_changed(by.party, source.pk, source.name, changes, context=by.context)
        version = MappingVersion(
            source=source, number=number, mapping=columns, given=told, by_name=by.name[:150]
        )
        version.entry = record_own(source.logbook, event, rules=(RULE_0,)).entries[0].index
        version.save()
    return version


def _changes(
    before: MappingVersion | None,
    number: int,
    columns: AnyMapping[str, Any] | None,
    told: AnyMapping[str, str],
) -> list[Change]:
    """Say what the new version has otherwise than the one before, each answer and column by its name."""
    change: Change = {"field": "how it is read", "after": f"version {number}"}
    if before is not None:
        change["before"] = f"version {before.number}"
    changes = [change]
    old = _flat(before.mapping if before else None, before.given if before else {})
    new = _flat(columns, told)
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            one: Change = {"field": name}
            if name in old:
                one["before"] = old[name]
            if name in new:
                one["after"] = new[name]
            changes.append(one)
    return changes


def _flat(columns: AnyMapping[str, Any] | None, told: AnyMapping[str, str]) -> dict[str, str]:
    """Return every decision by a name of its own."""
    flat = dict(told)
    for place, layout in enumerate([columns or {}, *(columns or {}).get("layouts", [])]):
        mark = f" ({place + 1})" if place else ""
        flat |= {f"column {name}{mark}": role for name, role in layout.get("columns", {}).items()}
        flat |= {f"always {name}{mark}": text for name, text in layout.get("constants", {}).items()}
    return flat


def says_something(mapping: Mapping | None, given: Given) -> bool:
    """Whether there is anything to keep for the next file."""
    return mapping is not None or bool(lasting(given).as_pairs())


def fitting(row: Import, tables: Sequence[Sequence[str]], system: str) -> MappingVersion | None:
    """Return the version by which a file is read as its source's last one was; None where there is none.

    Of a file whose source is known, that source's newest. Else the newest version of the source of its system; and of
    a table of no known system, the one that was made for the most like columns (`tables`: the names in each table).
    """
    if row.source is not None:
        return newest(row.source)
    if row.source_name:
        source = Source.objects.filter(logbook=row.logbook, name=row.source_name).first()
        return newest(source) if source is not None else None
    if not system.startswith("generic"):
        source = Source.objects.filter(logbook=row.logbook, system=system).order_by("pk").first()
        return newest(source) if source is not None else None
    return _most_like(row, tables)


def _most_like(row: Import, tables: Sequence[Sequence[str]]) -> MappingVersion | None:
    """Return the version whose columns are most like those of a file; newer ones first where several are."""
    of_uploads = MappingVersion.objects.filter(
        source__logbook=row.logbook, source__kind=Kind.UPLOAD, mapping__isnull=False
    )
    best, most = None, LEAST_LIKE
    for version in of_uploads.select_related("source").order_by("-pk")[:MOST_COMPARED]:
        mapping = Mapping.from_json(version.mapping)
        like = max(
            (likeness(layout.columns, names) for layout in mapping.every() for names in tables), default=0.0
        )
        if like > most:
            best, most = version, like
    return best


def apply(version: MappingVersion, row: Import) -> None:
    """Let a file that nothing was said about yet be read as that version says."""
    row.mapping, row.given = version.mapping, {**version.given, **row.given}
    source = version.source
    if row.source is None and not row.source_name and not _is_default(source):
        row.source_name = source.name
    row.layout = {"as_version": version.pk}  # until it is recorded, when its own columns stand there
    row.save(update_fields=["mapping", "given", "source_name", "layout"])


def applied_to(row: Import) -> MappingVersion | None:
    """Return the version that a file waiting for its decisions is read by; None where it is read by no earlier one."""
    key = (row.layout or {}).get("as_version")
    return MappingVersion.objects.filter(pk=key).select_related("source").first() if key else None


def _is_default(source: Source) -> bool:
    """Whether files of its system go to this source where no other is named."""
    first = Source.objects.filter(logbook=source.logbook_id, system=source.system).order_by("pk").first()
    return first == source


def after_an_answer(source: Source) -> None:
    """Go on with what waited for the answer that was just given about one file of a live source."""
    if source.kind == Kind.UPLOAD:
        return
    answer_waiting_files(source)
    if source.state == State.ON:
        record_what_was_kept(source, most=AT_ONCE)
    settle_question(source)


def turn_on(source: Source, mapping: Mapping | None, given: Given, by: By) -> int:
    """Read a source's records this way from now on, and record what was kept; return how many messages still wait.

    Safe to call again: a message is let go only once it is recorded, and known again if that was cut short. Call it
    outside a transaction. Raises SourceError for a source that has ended.
    """
    from indelible.features.sources.jobs import record_kept
    from indelible.web.jobs import ask_once

    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        if row.state == State.ENDED:
            raise SourceError("source-ended", name=row.name)
        save(row, mapping, given, by)
        waited = row.state == State.WAITING
        if waited:
            row.state, row.state_since = State.ON, timezone.now()
        row.resumes_as = State.ON  # where it is paused, what was kept is recorded once it goes on
        row.save(update_fields=["state", "state_since", "resumes_as"])
        if waited:
            event = own.source_switched(by.party, row.pk, row.name, "resumed", context=by.context)
            record_own(row.logbook, event, rules=(RULE_0,))
    source.refresh_from_db()
    answer_waiting_files(source)
    left = record_what_was_kept(source, most=AT_ONCE)
    if left:
        ask_once(record_kept, source.pk)
    return left


def record_what_was_kept(source: Source, *, most: timedelta | None = None) -> int:
    """Record a source's kept messages, oldest first; return how many are left, as they ask or are refused for now.

    Each is let go after it is recorded. One that is recorded twice, since we died in between, is told as a repeat: it
    goes by the name of its delivery, or by its place among the kept ones.
    """
    until = None if most is None else timezone.now() + most
    at = 0
    while (kept := KeptMessage.objects.filter(source=source, pk__gt=at).order_by("pk").first()) is not None:
        at = kept.pk
        if until is not None and timezone.now() > until:
            break
        understood = understand(source, bytes(kept.payload), name_of(kept))
        if understood.questions:
            continue
        outcomes = with_identity(understood, kept.identity or f"kept\x1f{kept.pk}")
        try:
            desk.take(source, outcomes, received_at=_counted_at(kept), size=len(kept.payload))
        except desk.Refused:
            break
        kept.delete()
    left = KeptMessage.objects.filter(source=source).count()
    settle_question(source)
    return left


def name_of(kept: KeptMessage) -> str:
    """Return what a file of this message would be called."""
    return "message.txt" if kept.media_type.startswith("text/plain") else "message.json"


def _counted_at(kept: KeptMessage) -> Any:
    """Return when a kept message counts as received: its own moment, unless the account of that day may be closed."""
    now = timezone.now()
    return kept.received_at if kept.received_at.date() == now.date() else now


def answer_waiting_files(source: Source) -> None:
    """Have files of this source that wait with questions looked at again, by the answers that hold now."""
    from indelible.features.sources.jobs import record_import
    from indelible.web.jobs import ask_once

    version = newest(source)
    if version is None:
        return
    with transaction.atomic():
        waiting = Import.objects.select_for_update().filter(source=source, stage=Stage.ASKING)
        for row in waiting.order_by("pk"):
            # What was answered for this one file alone stays with it.
            own_answers = {key: value for key, value in row.given.items() if key in OF_ONE_FILE}
            row.given, row.mapping = {**version.given, **own_answers}, version.mapping
            row.stage, row.questions = Stage.RECEIVED, []
            row.job = ask_once(record_import, row.pk)
            row.save(update_fields=["given", "mapping", "stage", "questions", "job"])


def settle_question(source: Source) -> None:
    """Say that a source waits for an answer where something of it does, and that it does not where nothing does."""
    waits = (
        KeptMessage.objects.filter(source=source).exists()
        or Import.objects.filter(source=source, stage=Stage.ASKING).exists()
    )
    if waits and source.state == State.ON:
        asks(source)
    elif not waits:
        answered(source)
