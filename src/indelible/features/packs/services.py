"""What can be done with packs. Pages, jobs, other features and the command line come here.

A pack's row stays for good; its file lies in the data folder for a while. Making one, handing it over, downloading
and deleting its file are each an entry of Indelible's own, in the transaction of the act.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from indelible.features.packs.asking import order_of
from indelible.features.packs.handing import delete_file, downloaded, hand_over
from indelible.features.packs.making import File, make
from indelible.features.packs.models import Pack
from indelible.features.packs.orders import Order, PackError
from indelible.features.packs.reading import PackStopped, Stop
from indelible.features.packs.recording import Progress
from indelible.features.people.models import User
from indelible.features.sources.origins import By
from indelible.storage.database.errors import StorageError
from indelible.storage.database.models import Logbook

KEEP = timedelta(days=30)
OPEN = (Pack.State.WAITING, Pack.State.RUNNING)
TOLD_EVERY_SECONDS = 0.5

Made = File

__all__ = [
    "KEEP",
    "OPEN",
    "Made",
    "Order",
    "PackError",
    "PackStopped",
    "carry_out",
    "delete_file",
    "downloaded",
    "go_on",
    "hand_over",
    "make_pack",
    "open_pack",
    "order_of",
    "stop",
]


def open_pack(
    logbook: Logbook, order: Order, user: User | None = None, *, state: str = Pack.State.DRAFT
) -> Pack:
    """Begin a pack that is still to be made."""
    return Pack.objects.using(logbook._state.db).create(
        logbook=logbook,
        name=secrets.token_hex(8),
        kind=order.kind,
        order=order.as_json(),
        asked_by=user,
        state=state,
    )


def make_pack(
    pack: Pack | Logbook,
    order: Order | None = None,
    by: By | None = None,
    path: Path | None = None,
    progress: Progress = lambda step, done, total: None,
    should_stop: Stop = lambda: False,
) -> Made:
    """Make a pack as the new file `path`, else in the data folder, and return what it is.

    Given a logbook, a row is begun for it. Raises PackError, PackStopped, FileExistsError, and what `append` raises;
    then no file is left, and the row says why.
    """
    by = by or By()
    if isinstance(pack, Logbook):
        if order is None:
            raise ValueError("a pack without an order")
        pack = open_pack(pack, order, by.user)
    order = order or Order.from_json(pack.order)
    target = path or file_of(pack)
    if path is None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # of a making that ended between its last step and its row
    pack.state, pack.trouble, pack.finished_at = Pack.State.RUNNING, "", None
    pack.save(update_fields=["state", "trouble", "finished_at"])
    try:
        made = make(pack, order, by, target, progress, should_stop)
    except PackStopped:
        _end(pack, Pack.State.STOPPED)
        raise
    except (PackError, StorageError) as fault:
        facts = fault.facts if isinstance(fault, PackError) else {"detail": fault.detail}
        pack.order = {**pack.order, "trouble": {key: str(value) for key, value in facts.items()}}
        pack.trouble = fault.code
        _end(pack, Pack.State.FAILED)
        raise
    except BaseException:
        pack.trouble = "pack-broke-off"
        _end(pack, Pack.State.FAILED)
        raise
    pack.entries, pack.hidden, pack.size, pack.sha256 = made.entries, made.hidden, made.size, made.sha256
    pack.seal, pack.held_at = made.seal, str(target) if path is None else ""
    _end(pack, Pack.State.DONE)
    return made


def _end(pack: Pack, state: Pack.State) -> None:
    pack.state, pack.finished_at, pack.stop_wanted = state, datetime.now(UTC), False
    pack.save()


def file_of(pack: Pack) -> Path:
    """Return where the file of a pack lies while it is kept here."""
    return Path(settings.INDELIBLE_HOME.path) / "packs" / f"pack-{pack.name}.zip"


def carry_out(pack: Pack, by: By, should_stop: Callable[[], bool] = lambda: False) -> bool:
    """Make a pack that was asked for on a page; False where it was stopped. What goes wrong stays with its row."""
    meter = _Meter(pack, should_stop)
    try:
        make_pack(pack, None, by, None, meter.tell, meter.is_stopped)
    except PackStopped:
        if not meter.by_a_person:
            Pack.objects.filter(pk=pack.pk).update(state=Pack.State.WAITING)
        return False
    except (PackError, StorageError):
        return True  # why stands with the row
    return True


class _Meter:
    """Writes down how far a pack is, not more often than people can read it, and hears whether to stop."""

    def __init__(self, pack: Pack, should_stop: Callable[[], bool]) -> None:
        self.by_a_person = False
        self._pack, self._should_stop = pack, should_stop
        self._told = self._asked = 0.0
        self._step = ""

    def tell(self, step: str, done: int, total: int) -> None:
        """Take note of what is being done and how far that is."""
        if step == self._step and time.monotonic() - self._told < TOLD_EVERY_SECONDS:
            return
        self._told, self._step = time.monotonic(), step
        self._pack.step, self._pack.done, self._pack.total = step, done, total
        Pack.objects.filter(pk=self._pack.pk).update(step=step, done=done, total=total)

    def is_stopped(self) -> bool:
        """Whether a person or the end of this process wants the making to stop here."""
        if self._should_stop():
            return True
        if time.monotonic() - self._asked >= TOLD_EVERY_SECONDS:
            self._asked = time.monotonic()
            self.by_a_person = Pack.objects.filter(pk=self._pack.pk, stop_wanted=True).exists()
        return self.by_a_person


def stop(pack: Pack) -> None:
    """Ask a making to stop at its next safe place."""
    Pack.objects.filter(pk=pack.pk, state__in=OPEN).update(stop_wanted=True)


def go_on(pack: Pack) -> bool:
    """Put a pack back to be made: once asked for, stopped, failed, or its file deleted. True where that changed it."""
    rows = Pack.objects.filter(pk=pack.pk)
    again = rows.filter(state__in=(Pack.State.DRAFT, Pack.State.STOPPED, Pack.State.FAILED)) | rows.filter(
        state=Pack.State.DONE, held_at=""
    )
    return (
        again.update(
            state=Pack.State.WAITING,
            stop_wanted=False,
            trouble="",
            step="",
            done=0,
            total=0,
            finished_at=None,
        )
        == 1
    )
