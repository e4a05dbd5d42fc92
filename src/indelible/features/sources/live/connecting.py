"""Connecting a source, setting it differently, pausing and ending it: each on the record, under rule 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from indelible.events import own
from indelible.events.event import Change
from indelible.features.sources.kinds import SourceKind
from indelible.features.sources.live.health import health_of, try_again_now
from indelible.features.sources.live.secrets import keep_secret
from indelible.features.sources.models import Source, State
from indelible.features.sources.origins import RULE_0, By, SourceError, lawful_name, record_own
from indelible.storage.database.models import Logbook
from indelible.web.jobs import ask_once


def connect(
    logbook: Logbook,
    kind: SourceKind,
    name: str,
    by: By,
    *,
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    told: Mapping[str, str] | None = None,
) -> Source:
    """Begin a connected source. `told` is what its entry says of the settings, by label.

    Raises SourceError for a name that is taken or cannot be used, and whatever the kind's `begun` raises.
    """
    name = lawful_name(name)
    with transaction.atomic():
        if Source.objects.filter(logbook=logbook, name=name).exists():
            raise SourceError("source-name-taken", name=name)
        source = Source.objects.create(
            logbook=logbook,
            name=name,
            system=kind.kind.value,
            kind=kind.kind,
            state=kind.begins,
            settings=dict(settings or {}),
        )
        health_of(source)
        for label, value in (secrets or {}).items():
            if value:
                keep_secret(source, label, value)
        kind.begun(source)
        event = own.source_added(
            by.party, source.pk, name, kind.kind.value, settings=told, context=by.context
        )
        record_own(logbook, event, rules=(RULE_0,))
    return source


def change_settings(
    source: Source,
    by: By,
    *,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
    told: Mapping[str, str],
    told_before: Mapping[str, str],
) -> bool:
    """Set a source differently; return whether anything was. A change is told by label, a secret by its name only."""
    given = {label: value for label, value in (secrets or {}).items() if value}
    changes: list[Change] = []
    for label in {**told_before, **told}:
        before, after = told_before.get(label), told.get(label)
        if before != after:
            change: Change = {"field": label}
            if before is not None:
                change["before"] = before
            if after is not None:
                change["after"] = after
            changes.append(change)
    changes += [{"field": label, "after": "a new one"} for label in given]
    if not changes and dict(settings) == source.settings:
        return False
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        row.settings = dict(settings)
        row.save(update_fields=["settings"])
        for label, value in given.items():
            keep_secret(row, label, value)
        try_again_now(row)
        event = own.source_changed(by.party, row.pk, row.name, changes, context=by.context)
        record_own(row.logbook, event, rules=(RULE_0,))
    source.settings = row.settings
    return True


def pause(source: Source, reason: str, by: By) -> Source:
    """Take nothing more from a source until it goes on. Raises SourceError without a reason, or where it has ended."""
    if not reason.strip():
        raise SourceError("pause-needs-reason")
    return _switch(source, "paused", reason.strip(), by)


def go_on(source: Source, by: By) -> Source:
    """Take from a paused source again, what was kept before first."""
    from indelible.features.sources.jobs import record_kept  # which rests on this package

    with transaction.atomic():
        resumed = _switch(source, "resumed", None, by)
        if resumed.state == State.ON and resumed.kept.exists():
            ask_once(record_kept, resumed.pk)
    return resumed


def end(source: Source, reason: str, by: By) -> Source:
    """End a source for good: its address and passwords stop working, its entries and number stay."""
    if not reason.strip():
        raise SourceError("end-needs-reason")
    return _switch(source, "ended", reason.strip(), by)


def _switch(source: Source, to: Literal["paused", "resumed", "ended"], reason: str | None, by: By) -> Source:
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        if row.state == State.ENDED:
            raise SourceError("source-ended", name=row.name)
        after = {"paused": State.PAUSED, "resumed": row.resumes_as, "ended": State.ENDED}[to]
        if row.state == after or (to == "resumed" and row.state != State.PAUSED):
            return row
        if to == "paused":
            row.resumes_as = row.state
        row.state, row.state_since, row.state_reason = after, timezone.now(), reason or ""
        row.save(update_fields=["state", "state_since", "state_reason", "resumes_as"])
        if to == "ended":
            row.secrets.all().delete()  # nobody needs the other side's secrets any more
        event = own.source_switched(by.party, row.pk, row.name, to, reason=reason, context=by.context)
        record_own(row.logbook, event, rules=(RULE_0,))
    return row
