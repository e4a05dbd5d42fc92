"""Sources that we look at ourselves: each in its turn, one worker at a time, with growing pauses in trouble.

A kind brings the look at one of its sources; when it is due, who does it and what becomes of a failure is settled here.
"Look now" needs no message to the worker: it ends the rest that a source has between two looks.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from indelible.features.sources.live.claims import claimed, due_sources
from indelible.features.sources.live.files import kept_path
from indelible.features.sources.live.health import health_of, troubled, well
from indelible.features.sources.models import Health, Import, Kind, Source, Stage, State
from indelible.features.sources.origins import SourceError
from indelible.storage.boxes import BoxError
from indelible.storage.home import write_private
from indelible.web.jobs import should_stop

REST: Final = timedelta(minutes=1)  # between two looks at a source that is well
SHORT_REST: Final = timedelta(seconds=3)  # while what was taken is being recorded
LEFT_FREE_BYTES: Final = 1_000_000_000  # fetching must not fill the disk that the record itself needs
LOOKED_FAILED: Final = "source-look-failed"

log = structlog.get_logger()


class Trouble(SourceError):
    """A look could not be done. `code` and `facts` tell why; at least `rest` passes before the next one."""

    def __init__(self, code: str, rest: timedelta = timedelta(), **facts: object) -> None:
        super().__init__(code, **facts)
        self.rest = rest


@dataclass(frozen=True, slots=True)
class Look:
    """What a look came to: how many items are known and not yet taken, and when to look again.

    `trouble` is what is wrong although the look was done.
    """

    behind: int = 0
    rest: timedelta = REST
    trouble: Trouble | None = None


def until_room(source: Source) -> timedelta:
    """Return how long to rest where too many of its files are on their way: it is long where they wait for a person."""
    moving = Import.objects.filter(source=source, live_day=None, stage__in=(Stage.RECEIVED, Stage.RECORDING))
    return SHORT_REST if moving.exists() else REST


def check_disk(size: int) -> None:
    """Raise Trouble where a file of so many bytes would leave too little room on the disk."""
    if shutil.disk_usage(settings.INDELIBLE_HOME.uploads).free < size + LEFT_FREE_BYTES:
        raise Trouble("source-disk-full")


def keep_whole(content: bytes) -> Path:
    """Keep a fetched file in the data folder, durably, for `take_file` to take over. Raises Trouble."""
    check_disk(len(content))
    path = kept_path()
    try:
        write_private(path, content)
    except OSError as failure:
        path.unlink(missing_ok=True)
        raise Trouble("source-disk-full", detail=failure.strerror or "") from None
    return path


@contextmanager
def let_go_on_failure(*paths: Path) -> Iterator[None]:
    """Remove fetched files where taking them fails, unless it turns out that they were taken all the same."""
    try:
        yield
    except BaseException:
        with suppress(DatabaseError):
            for path in paths:
                if not Import.objects.filter(held_at=str(path)).exists():
                    path.unlink(missing_ok=True)
        raise


def look_at_each(kind: Kind, look: Callable[[Source], Look], *, lasting: timedelta) -> None:
    """Look at every source of a kind that is due. `lasting`: longer than any look takes, for a worker that dies."""
    for source in due_sources(kind):
        if should_stop():
            return
        with claimed(source, lasting) as ours:
            if ours and _is_still_due(source):
                _look_at(source, look)


def _is_still_due(source: Source) -> bool:
    """Whether no other worker has looked, and nobody has paused it, since we asked what is due."""
    row = Health.objects.select_related("source").get(pk=source.pk)
    rested = row.next_try_at is None or row.next_try_at <= timezone.now()
    return rested and row.source.state in (State.WAITING, State.ON)


def _look_at(source: Source, look: Callable[[Source], Look]) -> None:
    Health.objects.filter(pk=source.pk).update(next_try_at=timezone.now() + REST)
    try:
        done = look(source)
    except Trouble as trouble:
        _note(source, trouble)
        return
    except BoxError:
        _note(source, Trouble("source-secret-lost", REST))
        return
    except DatabaseError:
        raise  # ours, not the source's; the next round tries again
    except Exception as failure:
        # A fault of ours with one source must not keep the others from being looked at.
        log.error("a source could not be looked at", source=source.pk, exc_info=failure)
        _note(source, Trouble(LOOKED_FAILED, detail=type(failure).__name__))
        return
    asked_meanwhile = health_of(source).next_try_at is None
    well(source, behind=done.behind)
    if done.trouble is not None:
        _note(source, done.trouble)
    elif not asked_meanwhile and done.rest:
        Health.objects.filter(pk=source.pk).update(next_try_at=timezone.now() + done.rest)


def _note(source: Source, trouble: Trouble) -> None:
    facts: dict[str, Any] = {name: str(value) for name, value in trouble.facts.items()}
    troubled(source, trouble.code, **facts)
    floor = timezone.now() + trouble.rest
    Health.objects.filter(pk=source.pk, next_try_at__lt=floor).update(next_try_at=floor)
