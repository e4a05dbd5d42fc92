"""The story of a run: its entries, gathered while an act is carried out and appended last of all.

From the first append on the head of the log is held until the transaction ends, so nothing else is written after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from indelible.events import own_runbooks
from indelible.events.event import Event
from indelible.events.own_runbooks import OfRun, OfStep
from indelible.events.shape import Attachment
from indelible.features.runbooks.document.runbook import Runbook
from indelible.features.runbooks.models import Run, RunEntry, RunStep
from indelible.features.runbooks.running.doers import Doer
from indelible.storage.database.append import Draft, append

OWN_SOURCE = 0
Told = Callable[[int], object]  # is given the index of the entry


def of_run(run: Run) -> OfRun:
    """Return what events say of a run. One that is just being opened has no entry yet."""
    entry = run.entry if run.entry >= 0 else None
    return OfRun(run.pk, run.title, entry, run.runbook.key, run.version.number)


def of_step(document: Runbook, step: RunStep) -> OfStep:
    """Return what events say of a step."""
    return OfStep(step.key, step.place + 1, document.step(step.key).title)


@dataclass
class Story:
    """What is told of one act. Make it inside the transaction, `add` as things happen, and `seal` it at the end."""

    run: Run
    document: Runbook
    now: datetime
    _told: list[tuple[Event, str, Told | None]] = field(default_factory=list)

    def add(
        self,
        said: str,
        doer: Doer,
        *,
        step: RunStep | None = None,
        extra: Mapping[str, object] | None = None,
        reason: str = "",
        attachments: Sequence[Attachment] = (),
        refers_to: Mapping[str, object] | None = None,
        denied: bool = False,
        told: Told | None = None,
    ) -> None:
        """Tell an act. `told` is given the index of its entry once it has one."""
        event = own_runbooks.run_event(
            said,
            doer.party,
            of_run(self.run),
            step=of_step(self.document, step) if step is not None else None,
            extra=extra,
            reason=reason or None,
            attachments=attachments,
            context=doer.context,
            refers_to=refers_to,
            denied=denied,
        )
        self._told.append((event, step.key if step is not None else "", told))

    def note(self, index: int, step: str, said: str) -> None:
        """Note an entry that somebody else appended as one of the run's."""
        RunEntry.objects.create(run=self.run, index=index, step=step, said=said, at=self.now)

    def seal(self) -> None:
        """Append what was told, in its order, and note which entries belong to the run."""
        if not self._told:
            return
        drafts = [Draft(event, source=OWN_SOURCE) for event, _, _ in self._told]
        entries = append(self.run.logbook, drafts).entries
        rows = []
        for (event, step, told), entry in zip(self._told, entries, strict=True):
            said = event["action"]["said"]
            rows.append(RunEntry(run=self.run, index=entry.index, step=step, said=said, at=self.now))
            if told is not None:
                told(entry.index)
        RunEntry.objects.bulk_create(rows)
        self._told.clear()


def note_refused(step: RunStep, document: Runbook, doer: Doer, why: str, now: datetime) -> None:
    """Record that somebody tried what they may not, in a transaction of its own: their try itself was undone."""
    with transaction.atomic():
        run = Run.objects.select_related("runbook", "version", "logbook").get(pk=step.run_id)
        story = Story(run, document, now)
        story.add(own_runbooks.STEP_REFUSED, doer, step=step, extra={"why": why}, denied=True)
        story.seal()
