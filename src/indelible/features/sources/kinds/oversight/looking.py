"""A look at an overseen folder: first how it lay there at the beginning, then each time what is otherwise.

Nothing is told before it has stood still for two seconds, so a program that saves in several steps makes one entry.
What we could not see is never told as gone: a subfolder that cannot be read, a share that is not there, a disk that
was not mounted.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from indelible.features.sources.kinds.oversight import keeping
from indelible.features.sources.kinds.oversight.differences import (
    Read,
    State,
    Transition,
    is_told,
    pair_moves,
)
from indelible.features.sources.kinds.oversight.keeping import Known
from indelible.features.sources.kinds.oversight.reading import NotYet, read_state
from indelible.features.sources.kinds.oversight.telling import Between, tell, tell_beginning
from indelible.features.sources.live import desk, walking, watching
from indelible.features.sources.live.health import health_of
from indelible.features.sources.live.walking import Listing, Seen
from indelible.features.sources.live.watching import LOOK_EVERY_SECONDS, SOON_SECONDS, Hold, Problem, Quiet
from indelible.features.sources.models import Health, Source, SourceItem
from indelible.storage.database.reads import get_entry

STEPS_AT_ONCE: Final = 200
FILES_IN_AN_ENTRY: Final = 500
GONE: Final = "gone"
MOST_TRIES: Final = 5  # looks that a beginning waits for files that are written to all the time
ARRIVES_WITHIN_SECONDS: Final = 30.0


@dataclass(slots=True)
class _Round:
    """What one look has to remember."""

    source: Source
    quiet: Quiet
    hold: Hold
    now: float
    noticed: datetime
    cursor: dict[str, Any]
    known: dict[str, Known]
    waits: set[str] = field(default_factory=set)  # names that have not stood still yet, or were not reached
    problem: Problem | None = None
    digests: dict[int, dict[str, str]] = field(default_factory=dict)  # by entry and name

    def stands(self, name: str, version: str) -> bool:
        """Whether a name stood still; where not, the next look comes soon."""
        if self.quiet.stands(name, version, self.now):
            return True
        self.waits.add(name)
        return False

    def met(self, code: str, **facts: Any) -> None:
        """Note what is wrong; the first thing is told."""
        self.problem = self.problem or Problem(code, facts)


def look(source: Source, quiet: Quiet, hold: Hold, now: float | None = None) -> float:
    """Look at an overseen folder once; return in how many seconds to look again. `now` is a clock that only rises."""
    folder = Path(source.settings["folder"])
    wanted = walking.matcher(source.settings["patterns"], hidden=True)
    noticed = timezone.now()
    try:
        disk = str(folder.stat().st_dev)
        listing = walking.list_folder(folder, deep=source.settings["deep"], wanted=wanted)
    except OSError as fault:
        watching.noted(source, problem=watching.away(fault, folder))
        return LOOK_EVERY_SECONDS / 2
    hold.renew()
    cursor = _cursor_of(source)
    run = _Round(
        source,
        quiet,
        hold,
        time.monotonic() if now is None else now,
        noticed,
        cursor,
        keeping.known_files(source),
    )
    keeping.recover(source, run.known)
    hold.renew()
    if _is_not_mounted(run, listing, disk):
        watching.noted(source, problem=Problem("folder-suddenly-empty", {"folder": str(folder)}))
        return LOOK_EVERY_SECONDS / 2
    try:
        if not cursor.get("begun"):
            _begin(run, listing, str(folder))
        else:
            _compare(run, listing)
    except desk.ComeBackLater as later:
        Health.objects.filter(pk=source.pk).update(cursor=run.cursor)
        return float(later.seconds)
    if listing.unlisted:
        run.met("folder-part-not-readable", part=listing.unlisted[0], count=len(listing.unlisted))
    if listing.too_many:
        run.met("folder-too-many-files", most=f"{walking.MOST_FILES:,}", folder=str(folder))
    if not run.waits:
        run.cursor |= {"looked": noticed.isoformat(), "disk": disk}
    Health.objects.filter(pk=source.pk).update(cursor=run.cursor)
    quiet.keep_only(run.waits)
    watching.noted(source, behind=len(run.waits), problem=run.problem)
    return SOON_SECONDS if run.waits else LOOK_EVERY_SECONDS


def _cursor_of(source: Source) -> dict[str, Any]:
    """Return how far we are. Where the settings are others than before, all begins anew: what is known is of no use."""
    cursor = dict(health_of(source).cursor)
    watched = {name: source.settings[name] for name in ("folder", "patterns", "deep")}
    if cursor.get("watched") != watched:
        cursor = {"watched": watched, "beginning": int(cursor.get("beginning", 0)) + 1}
        with transaction.atomic():
            SourceItem.objects.filter(source=source).delete()
            Health.objects.filter(pk=source.pk).update(cursor=cursor)
    return cursor


def _is_not_mounted(run: _Round, listing: Listing, disk: str) -> bool:
    """Whether everything is gone together with the disk that it was on: then most likely nobody removed anything."""
    if listing.files or run.cursor.get("disk") in (None, disk):
        return False
    return any(each.state is not None for each in run.known.values())


def _begin(run: _Round, listing: Listing, folder: str) -> None:
    """Put on the record how the files lie there now, in parts; what is there is known from then on."""
    left = [seen for name, seen in sorted(listing.files.items()) if _is_unknown(run.known.get(name))]
    part = int(run.cursor.get("parts", 0))
    while left and not run.hold.over:
        some, left = left[:FILES_IN_AN_ENTRY], left[FILES_IN_AN_ENTRY:]
        files = list(_read(run, some))
        if files:
            part += 1
            _record_beginning(run, folder, files, part)
            run.cursor["parts"] = part
    run.waits.update(seen.name for seen in left)
    run.cursor["tries"] = int(run.cursor.get("tries", 0)) + (not left)
    if left or (run.waits and run.cursor["tries"] < MOST_TRIES):
        return
    if part == 0:
        _record_beginning(run, folder, [], 1)
    run.cursor["begun"] = run.noticed.isoformat()


def _is_unknown(each: Known | None) -> bool:
    return each is None or each.state is None


def _record_beginning(run: _Round, folder: str, files: list[Read], part: int) -> None:
    lines = "".join(f"{each.seen.name}\n{each.digest or each.state.content}\n" for each in files)
    listing = hashlib.sha256(lines.encode()).hexdigest()
    versions = "".join(f"{each.seen.name}\n{each.state.version}\n" for each in files)
    mark = hashlib.sha256(versions.encode()).hexdigest()
    identity = f"beginning\x1f{run.cursor['beginning']}\x1f{mark}"
    told = tell_beginning(folder, files, part, identity, run.noticed, listing)
    keeping.record_beginning(run.source, files, told, run.known)


def _read(run: _Round, files: Iterable[Seen]) -> Iterable[Read]:
    """Read files; those that move, or are gone, wait for the next look."""
    for seen in files:
        if run.hold.over:
            run.waits.add(seen.name)
            continue
        try:
            yield read_state(run.source, seen, run.hold.renew)
        except (NotYet, FileNotFoundError):
            run.quiet.stands(seen.name, "", run.now)
            run.waits.add(seen.name)
        except OSError:
            run.met("file-does-not-answer", file=seen.name)
        run.hold.renew()


def _compare(run: _Round, listing: Listing) -> None:
    """Tell what is otherwise than known: moves and new files, then changes, then what is gone."""
    appeared, changed = [], []
    for name, seen in listing.files.items():
        each = run.known.get(name)
        if each is not None and each.state is not None:
            if each.state.version != seen.version and run.stands(name, seen.version):
                changed.append(seen)
        elif run.stands(name, seen.version):
            appeared.append(seen)
    arriving = {name for name in run.waits if _is_arriving(run, listing, name)}
    moving = {listing.files[name].inode for name in arriving}
    vanished = _vanished(run, listing, moving)
    leaving = {
        each.state.numbers[3]
        for name in run.waits - listing.files.keys()
        if (each := run.known.get(name)) is not None and each.state is not None
    }
    run.waits.update(seen.name for seen in appeared if seen.inode in leaving)
    read = list(_read(run, [seen for seen in appeared if seen.inode not in leaving]))
    pairs = pair_moves(vanished, read)
    steps = [_arrived(run, each, pairs, vanished) for each in read]
    steps += _changed(run, changed)
    gone = vanished.keys() - set(pairs.values())
    if arriving or any(_is_arriving(run, listing, name) for name in run.waits):
        run.waits.update(gone)  # what has not been read yet may be where they went
    else:
        steps += [
            Transition("delete", name, vanished[name], None, told=run.known[name].told)
            for name in sorted(gone)
        ]
    _record(run, steps)


def _is_arriving(run: _Round, listing: Listing, name: str) -> bool:
    """Whether a new file has not been read yet, and may still turn out to be one that moved."""
    if name not in listing.files or not _is_unknown(run.known.get(name)):
        return False
    return run.quiet.moves_for(name, run.now) < ARRIVES_WITHIN_SECONDS


def _vanished(run: _Round, listing: Listing, moving: set[int]) -> dict[str, State]:
    """Return what is known and not there any more, and has been so for two seconds."""
    gone = {}
    for name, each in run.known.items():
        if each.state is None or name in listing.files or not listing.tells_of(name):
            continue
        if not run.stands(name, GONE) or each.state.numbers[3] in moving:
            run.waits.add(name)
        else:
            gone[name] = each.state
    return gone


def _arrived(run: _Round, each: Read, pairs: dict[str, str], vanished: dict[str, State]) -> Transition:
    name = each.seen.name
    old = pairs.get(name)
    if old is None:
        known = run.known.get(name)
        return Transition("create", name, None, each, told=known.told if known else None)
    return Transition("move", name, vanished[old], each, moved_from=old, told=run.known[old].told)


def _changed(run: _Round, files: list[Seen]) -> list[Transition]:
    steps, quiet = [], []
    for each in _read(run, files):
        known = run.known[each.seen.name]
        if known.state is not None and is_told(known.state, each.state):
            steps.append(Transition("change", each.seen.name, known.state, each, told=known.told))
        else:
            quiet.append((each.seen.name, each.state))
    keeping.follow_quietly(run.known, quiet)
    return steps


def _record(run: _Round, steps: list[Transition]) -> None:
    before = datetime.fromisoformat(run.cursor.get("looked") or run.cursor["begun"])
    between = Between(before, run.noticed)
    for start in range(0, len(steps), STEPS_AT_ONCE):
        some = steps[start : start + STEPS_AT_ONCE]
        records = [tell(step, between, _digest_before(run, step), row + 1) for row, step in enumerate(some)]
        keeping.record(run.source, some, records, run.known)
        run.hold.renew()


def _digest_before(run: _Round, step: Transition) -> str | None:
    """Return the content's digest as the last entry about the file has it: it stands nowhere else."""
    if step.before is None or step.told is None:
        return None
    if step.told not in run.digests:
        if len(run.digests) > 50:  # one entry of a beginning holds many, and files of one change together
            run.digests.clear()
        run.digests[step.told] = _digests_in(run.source, step.told)
    digests = run.digests[step.told]
    return digests.get(step.moved_from or step.name) or digests.get("")


def _digests_in(source: Source, index: int) -> dict[str, str]:
    extra: Any = get_entry(source.logbook, index).event.get("extra", {})
    if isinstance(extra.get("items"), list):
        return {each["name"]: each["file_digest"] for each in extra["items"] if "file_digest" in each}
    digest = extra.get("file_digest")
    return {"": digest} if isinstance(digest, str) else {}
