"""A look at a watched folder: what is new, what changed, what moved, what is gone, and whose turn it is.

In this order, so that nothing is forgotten whenever we stop: what is there is noted, then what is not there any more,
then files are taken, oldest first and as many as the imports have room for. The rest waits where it lies.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils import timezone

from indelible.events import own
from indelible.explanations import explain
from indelible.features.sources.kinds.folder import items
from indelible.features.sources.kinds.folder.forms import PUT_AWAY
from indelible.features.sources.kinds.folder.items import Known
from indelible.features.sources.kinds.folder.putting_away import SUBFOLDER, put_away
from indelible.features.sources.kinds.folder.taking import NoRoom, NotYet, take
from indelible.features.sources.live import walking, watching
from indelible.features.sources.live.files import has_room
from indelible.features.sources.live.health import health_of
from indelible.features.sources.live.walking import Listing, Seen
from indelible.features.sources.live.watching import LOOK_EVERY_SECONDS, SOON_SECONDS, Hold, Problem, Quiet
from indelible.features.sources.models import Health, Import, Source, SourceItem, Stage
from indelible.features.sources.origins import record_own
from indelible.web.jobs import should_stop

CONSIDERED: Final = 200  # files whose turn is near: only these have to stand still before our eyes
# A file that is written to all the time never stands still. Where it holds lines, it is taken up to its last whole one.
BUSY_AFTER_SECONDS: Final = 60.0
PATIENCE_SECONDS: Final = 10.0  # a file that moves for longer, or may not be read, gives way to the others
OF_LINES: Final = (".log", ".ndjson", ".jsonl", ".csv", ".tsv", ".txt")
GONE: Final = "gone"
REFUSED_LOOKED_AT: Final = 50
MISSED_TOLD_FOR: Final = timedelta(days=1)
BYTES_A_SECOND: Final = 1 << 20  # of a busy file: a large one is read again the less often

log = structlog.get_logger()


@dataclass(slots=True)
class _Round:
    """What one look has to remember. `behind` files wait, `again` is when to go on, `problem` the first one met."""

    source: Source
    quiet: Quiet
    hold: Hold
    now: float
    settings: Mapping[str, Any]
    behind: int = 0
    again: float = LOOK_EVERY_SECONDS
    problem: Problem | None = None
    busy: set[str] = field(default_factory=set)  # names that this look was waiting for

    def soon(self) -> None:
        """Ask for the next look without waiting for a notice."""
        self.again = SOON_SECONDS

    def met(self, code: str, **facts: Any) -> None:
        """Note what is wrong; the first thing is told."""
        self.problem = self.problem or Problem(code, facts)


def look(source: Source, quiet: Quiet, hold: Hold, now: float | None = None) -> float:
    """Look at a watched folder once; return in how many seconds to look again. `now` is a clock that only rises."""
    settings = source.settings
    folder = Path(settings["folder"])
    leave_out = SUBFOLDER if settings.get("after") == PUT_AWAY else b""
    wanted = walking.matcher(settings["patterns"], hidden=False)
    try:
        listing = walking.list_folder(folder, deep=settings["deep"], wanted=wanted, leave_out=leave_out)
    except OSError as fault:
        watching.noted(source, problem=watching.away(fault, folder))
        return LOOK_EVERY_SECONDS / 2
    run = _Round(source, quiet, hold, time.monotonic() if now is None else now, settings)
    hold.renew()
    _let_go_where_set_otherwise(source)
    known = items.known_items(source)
    hold.renew()
    _note_new(run, listing, known)
    _note_gone(run, listing, known)
    candidates = _candidates(run, listing, known)
    _take(run, folder, candidates, known)
    if leave_out and (stuck := put_away(source, listing.files)) is not None:
        run.met("folder-taken-not-moved", file=stuck, folder=str(folder))
    if listing.unlisted:
        run.met("folder-part-not-readable", part=listing.unlisted[0], count=len(listing.unlisted))
    if listing.too_many:
        run.met("folder-too-many-files", most=f"{walking.MOST_FILES:,}", folder=str(folder))
    _note_refused(run)
    quiet.keep_only(run.busy)
    watching.noted(source, behind=run.behind, problem=run.problem)
    if leave_out and run.again > SOON_SECONDS and _is_recording(source):
        run.again = SOON_SECONDS * 2
    return run.again


def _let_go_where_set_otherwise(source: Source) -> None:
    """Where another folder or other files are watched than before: what waited is not gone, it is not watched."""
    watched = {name: source.settings[name] for name in ("folder", "patterns", "deep")}
    cursor = health_of(source).cursor
    if cursor.get("watched") == watched:
        return
    waiting = SourceItem.objects.filter(source=source, facts__became__in=(items.WAITING, items.UNREADABLE))
    with transaction.atomic():
        waiting.filter(taken_in=None).delete()
        for item in waiting:
            item.facts = {**item.facts, "became": items.TAKEN}
            item.save(update_fields=["facts"])
        Health.objects.filter(pk=source.pk).update(cursor={**cursor, "watched": watched})


def _note_new(run: _Round, listing: Listing, known: dict[str, Known]) -> None:
    """Note every file that is seen for the first time, or anew, before anything else is done with it."""
    new = [seen for name, seen in listing.files.items() if name not in known]
    if new:
        items.begin(run.source, new)
        known |= {name: each for name, each in items.known_items(run.source).items() if name not in known}
    for name, seen in listing.files.items():
        each = known.get(name)
        if each is None or each.version == seen.version:
            if each is not None and each.gone:
                SourceItem.objects.filter(pk=each.pk).update(gone_at=None)
                each.gone = False
            continue
        if each.facts.get("unread") == seen.version and not each.gone:
            continue  # it may not be read, as we know
        # The code of what was taken stays: a file that was only touched is recognised by it.
        facts = {**each.facts, **items.waiting(seen)}
        if each.gone or facts != each.facts:
            SourceItem.objects.filter(pk=each.pk).update(facts=facts, gone_at=None)
            each.facts, each.gone = facts, False


def _note_gone(run: _Round, listing: Listing, known: dict[str, Known]) -> None:
    """Note what is not there any more. What was never read, and was not just renamed, is told as a loss."""
    inodes = {str(seen.inode) for seen in listing.files.values()}
    gone = [name for name, each in known.items() if not each.gone and name not in listing.files]
    for name in gone:
        if not listing.tells_of(name):
            continue
        each = known[name]
        run.busy.add(name)
        if not run.quiet.stands(name, GONE, run.now):  # a program that saves may be between two steps
            run.soon()
            continue
        rows = SourceItem.objects.filter(pk=each.pk)
        if each.became not in (items.WAITING, items.UNREADABLE):
            rows.update(gone_at=timezone.now())
        elif each.facts.get("inode") in inodes:
            rows.update(gone_at=timezone.now()) if each.version else rows.delete()
        else:
            _missed(run.source, name, each)


def _missed(source: Source, name: str, each: Known) -> None:
    """Put on the record that a file went before it could be read."""
    words = explain("file-gone-unread", file=name)
    size = int(each.facts.get("size", 0))
    event = own.file_refused(None, source.name, name, "file-gone-unread", words.title, size=size)
    with transaction.atomic():
        facts = {**each.facts, "became": items.MISSED}
        changed = SourceItem.objects.filter(pk=each.pk, gone_at=None).update(
            gone_at=timezone.now(), facts=facts
        )
        if changed:
            record_own(source.logbook, event)


def _candidates(run: _Round, listing: Listing, known: Mapping[str, Known]) -> list[Seen]:
    """Return the files that are not dealt with as they are, oldest first; last those that keep us waiting."""
    open_files = [
        seen
        for name, seen in listing.files.items()
        if (each := known.get(name)) is None or each.version != seen.version
    ]

    def turn(seen: Seen) -> tuple[bool, int, str]:
        waits = run.quiet.moves_for(seen.name, run.now, begin=False) > PATIENCE_SECONDS
        unreadable = seen.name in known and known[seen.name].facts.get("unread") == seen.version
        return waits or unreadable, seen.modified, seen.name

    return sorted(open_files, key=turn)


def _take(run: _Round, folder: Path, candidates: list[Seen], known: Mapping[str, Known]) -> None:
    """Take what stands still, as long as there is room and time."""
    near = candidates[:CONSIDERED]
    run.busy.update(seen.name for seen in near)
    still = [seen for seen in near if run.quiet.stands(seen.name, seen.version, run.now)]
    written = walking.held_open(folder) if still else frozenset()
    grown = {
        each.facts["code"]: each.taken_in for each in known.values() if "part" in each.facts and each.taken_in
    }
    taken = 0
    for seen in near:
        busy = seen not in still or seen.path in written
        if busy and not _is_busy_log(run, seen):
            run.soon()
            continue
        if run.hold.over or should_stop() or not has_room(run.source):
            run.soon()
            break
        taken += _take_one(run, seen, known[seen.name], grown, whole_lines=busy)
        run.hold.renew()
    if len(candidates) > len(near):
        run.soon()
    run.behind = len(candidates) - taken


def _is_busy_log(run: _Round, seen: Seen) -> bool:
    """Whether a file holds lines and has been written to for so long that we take what is whole of it."""
    if not seen.name.lower().endswith(OF_LINES):
        return False
    return run.quiet.moves_for(seen.name, run.now) >= max(BUSY_AFTER_SECONDS, seen.size / BYTES_A_SECOND)


def _take_one(run: _Round, seen: Seen, known: Known, grown: Mapping[str, int], *, whole_lines: bool) -> bool:
    """Take one file; whether it was dealt with."""
    try:
        became = take(run.source, seen, run.hold.renew, whole_lines=whole_lines, grown=grown)
    except NotYet:
        run.quiet.stands(seen.name, "", run.now)  # it moved: it has to stand still anew
        run.soon()
        return False
    except NoRoom:
        run.met("folder-no-room", file=seen.name)
        return False
    except FileNotFoundError:
        run.soon()  # the next look says what became of it
        return False
    except OSError as fault:
        facts = {**known.facts, **items.waiting(seen), "became": items.UNREADABLE, "unread": seen.version}
        SourceItem.objects.filter(pk=known.pk).update(facts=facts)
        code = "file-not-readable" if isinstance(fault, PermissionError) else "file-does-not-answer"
        run.met(code, file=seen.name)
        return False
    run.quiet.forget(seen.name)
    if became == items.TOO_LARGE:
        run.met("folder-file-too-large", file=seen.name)
    return True


def _note_refused(run: _Round) -> None:
    """Say which file still lies there that was read and could not be recorded."""
    refused = Import.objects.filter(
        source=run.source, live_day=None, stage__in=(Stage.REFUSED, Stage.STOPPED)
    )
    keys = list(refused.order_by("-pk").values_list("pk", flat=True)[:REFUSED_LOOKED_AT])
    if keys:
        item = SourceItem.objects.filter(taken_in__in=keys, gone_at=None).order_by("-pk").first()
        if item is not None:
            run.met("folder-file-refused", file=item.name)
    missed = SourceItem.objects.filter(source=run.source, gone_at__gt=timezone.now() - MISSED_TOLD_FOR)
    item = missed.filter(facts__became=items.MISSED).order_by("-pk").first()
    if item is not None:
        run.met("file-gone-unread", file=item.name)


def _is_recording(source: Source) -> bool:
    """Whether a file of this source is on its way, after which it can be moved."""
    return Import.objects.filter(
        source=source, live_day=None, stage__in=(Stage.RECEIVED, Stage.RECORDING)
    ).exists()
