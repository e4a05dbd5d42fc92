"""One look at a bucket: a piece of its listing, and what of it is new.

* Looking goes in rounds. Once a day a round lists everything; the ones between list only where something new is to be
  expected: the last days of each region (CloudTrail), or the last pages (other files). CloudTrail delivers out of
  order and days late, so no key is ever passed over because a later one was seen.
* What was taken is known by its row (SourceItem: key and ETag), written in the transaction that takes the file in. A
  look that breaks off at any point loses nothing and doubles nothing; where the round stands only saves listing again.
* A changed object is taken anew. One that is no longer listed in a whole round is noted as removed.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from indelible.features.sources.kinds.bucket import keys
from indelible.features.sources.kinds.bucket.store import (
    MOST_OBJECT_BYTES,
    Bucket,
    Closed,
    Gone,
    Object,
    opened,
    place_of_source,
)
from indelible.features.sources.live.claims import renew
from indelible.features.sources.live.files import take_file
from indelible.features.sources.live.health import health_of
from indelible.features.sources.live.looking import REST, Look, Trouble, let_go_on_failure, until_room
from indelible.features.sources.models import Health, Import, Source, SourceItem, Stage
from indelible.web.jobs import should_stop

CLOUDTRAIL, FILES = "cloudtrail", "files"
LOOK_SECONDS: Final = 30.0
WAITS_SECONDS: Final = 5.0
LASTING: Final = timedelta(minutes=2)  # renewed while an object is fetched
REQUESTS_A_LOOK: Final = 10  # listings; the next look goes on at once
IN_FLIGHT: Final = 10  # objects taken and not yet recorded
MOST_PARTS: Final = 500
WHOLE_EVERY: Final = timedelta(days=1)
LONGEST_REST: Final = timedelta(minutes=10)
MOST_DENIED: Final = 5  # objects of one look that may not be read, before it ends
AT_ONCE: Final = 500  # names in one query


@dataclass(slots=True)
class Round:
    """Where a round stands. No parts: none is under way. `windows`: where the next short one begins, by part."""

    place: str = ""
    parts: list[str] = field(default_factory=list)
    at: int = 0  # which part
    after: str = ""  # the key that was listed last in it
    pages: list[str] = field(default_factory=list)  # where the last two pages of this part began
    whole: bool = False
    began: str = ""
    requests: int = 0
    whole_at: str = ""  # when the last whole round that was finished had begun
    windows: dict[str, str] = field(default_factory=dict)  # of those that were listed to their end
    counts: dict[str, int] = field(default_factory=dict)  # of objects, by what became of them

    @classmethod
    def of(cls, source: Source) -> Round:
        """Return the round as it was last settled; a fresh one where the source looks elsewhere by now."""
        kept = health_of(source).cursor
        found = cls(**{name: kept[name] for name in cls.__slots__ if name in kept})
        place = _short(*(source.settings[name] for name in ("endpoint", "bucket", "below", "layout")))
        return found if found.place == place else cls(place=place)

    def save(self, source: Source) -> None:
        """Settle where it stands."""
        told = {name: getattr(self, name) for name in self.__slots__}
        Health.objects.filter(pk=source.pk).update(cursor=told)

    @property
    def part(self) -> str:
        """The part that is listed now."""
        return self.parts[self.at]

    def begin(self, bucket: Bucket, source: Source, now: datetime) -> None:
        """Begin a round: find its parts, and decide whether it is a whole one. Raises Trouble."""
        last = parse_datetime(self.whole_at) if self.whole_at else None
        self.whole = last is None or now - last >= WHOLE_EVERY
        self.began, self.requests = now.isoformat(), 0
        self.parts = parts_of(bucket, source.settings)
        self._enter(0, now)

    def _enter(self, at: int, now: datetime) -> None:
        """Go to the beginning of a part."""
        self.at, self.pages, self.after = at, [], ""
        if at < len(self.parts) and not self.whole and self.part in self.windows:
            late = keys.late_from(self.part, now.astimezone(UTC).date())
            self.after = late if late is not None else self.windows[self.part]

    def listed(self, last_key: str, more: bool, now: datetime) -> None:
        """Go on after a page: within the part, or to the next one."""
        self.pages = [*self.pages, self.after][-2:]
        if more and last_key:
            self.after = last_key
        else:
            self.windows[self.part] = self.pages[0]
            self._enter(self.at + 1, now)

    def count(self, what: str, by: int = 1) -> None:
        """Count an object, in the transaction that notes it."""
        self.counts[what] = self.counts.get(what, 0) + by

    @property
    def is_over(self) -> bool:
        """Whether all its parts were listed."""
        return self.at >= len(self.parts)


@dataclass(slots=True)
class _Progress:
    """What one look still may do, and what went wrong in it without ending it."""

    source: Source
    ends: float
    room: int = 0
    denied: int = 0
    trouble: Trouble | None = None

    def has_room(self) -> bool:
        """Whether another object may be taken. Where some are being recorded just now, wait for them a little."""
        waits_until = min(self.ends, time.monotonic() + WAITS_SECONDS)
        while not should_stop() and time.monotonic() < self.ends and _is_still_on(self.source):
            self.room = self.room or _room(self.source)
            if self.room > 0:
                return True
            if time.monotonic() > waits_until or until_room(self.source) == REST:
                return False
            time.sleep(0.2)
        return False


def look(source: Source) -> Look:
    """List a piece of a bucket and take what is new in it. Raises Trouble."""
    try:
        return _looked(source)
    except Trouble as trouble:
        if trouble.code == "bucket-key-refused" and health_of(source).looked_at is None:
            raise Trouble("bucket-key-wrong", trouble.rest) from None
        raise


def _looked(source: Source) -> Look:
    progress = _Progress(source, time.monotonic() + LOOK_SECONDS)
    with opened(place_of_source(source)) as bucket:
        stand = Round.of(source)
        if not stand.parts:
            stand.begin(bucket, source, timezone.now())
            stand.save(source)
        pages = 0
        while not stand.is_over:
            if pages >= REQUESTS_A_LOOK or time.monotonic() > progress.ends or should_stop():
                return Look(rest=timedelta(), trouble=progress.trouble)
            page = bucket.page(stand.part, stand.after)
            pages += 1
            left = _take_new(bucket, source, page.objects, stand, progress)
            if left:
                return Look(left, until_room(source), progress.trouble)
            stand.requests += 1
            stand.listed(page.objects[-1].key if page.objects else "", page.more, timezone.now())
            stand.save(source)
    return Look(rest=_finish(source, stand), trouble=progress.trouble)


def _room(source: Source) -> int:
    """Return how many more objects may be on their way."""
    on_the_way = (Stage.RECEIVED, Stage.ASKING, Stage.RECORDING)
    return max(
        0, IN_FLIGHT - Import.objects.filter(source=source, live_day=None, stage__in=on_the_way).count()
    )


def parts_of(bucket: Bucket, settings: dict[str, Any], *, most_requests: int = MOST_PARTS) -> list[str]:
    """Return what is listed one after the other: the prefix, or each region of each account; sorted.

    With few requests allowed, those that were found by them. Raises Trouble.
    """
    if settings["layout"] == FILES:
        return [settings["below"]]
    waiting, found = [keys.begins_at(settings["below"])], []
    while waiting and bucket.requests < most_requests:
        folder = waiting.pop()
        if keys.is_part(folder):
            found.append(folder)
        elif keys.leads_on(folder) or folder == keys.begins_at(settings["below"]):
            waiting += [each for each in bucket.folders(folder) if keys.leads_on(each) or keys.is_part(each)]
        if len(found) + len(waiting) > MOST_PARTS:
            raise Trouble("bucket-too-many-parts", REST, most=MOST_PARTS)
    return sorted(found)


def _take_new(
    bucket: Bucket, source: Source, objects: list[Object], stand: Round, progress: _Progress
) -> int:
    """Take what is new among these; return how many could not be, because too many are on their way."""
    fresh = _fresh(source, objects, stand.whole)
    for place, each in enumerate(fresh):
        problem, what = _why_not(source, each)
        if problem or what != "log":
            _note(source, each, None, stand, what=what, problem=problem)
            continue
        if not progress.has_room():
            return len(fresh) - place
        _take(bucket, source, each, stand, progress)
    return 0


def _fresh(source: Source, objects: list[Object], whole: bool) -> list[Object]:
    """Return the objects that are new or changed. In a whole round, the others are noted as still there."""
    known: dict[str, str] = {}
    rows = SourceItem.objects.filter(source=source)
    for at in range(0, len(objects), AT_ONCE):
        names = [_name(each) for each in objects[at : at + AT_ONCE]]
        if whole:
            rows.filter(name__in=names).update(seen_at=timezone.now(), gone_at=None)
        known.update(rows.filter(name__in=names).values_list("name", "version"))
    return [each for each in objects if not _is_folder(each) and known.get(_name(each)) != each.version]


def _why_not(source: Source, each: Object) -> tuple[str, str]:
    """Return why an object is not fetched, as a code, or none; and what it is."""
    what = keys.what_is(each.key) if source.settings["layout"] == CLOUDTRAIL else "log"
    if what != "log":
        return "", what
    if each.size > MOST_OBJECT_BYTES:
        return "object-too-large", what
    if each.version != each.etag:
        return "object-archived", what
    return ("object-empty", what) if not each.size else ("", what)


def _take(bucket: Bucket, source: Source, each: Object, stand: Round, progress: _Progress) -> None:
    """Have an object recorded, together with its row."""
    try:
        path = bucket.fetch(each, lambda: renew(source, LASTING))
    except Gone:
        return  # the next round meets it as it is then
    except Closed as closed:
        if closed.code == "object-archived":
            _note(source, each, None, stand, problem=closed.code)
            return
        # Without a row it is tried again in the next round, when its permission may have been mended.
        progress.denied += 1
        progress.trouble = Trouble("bucket-object-denied", REST, key=each.key[:200])
        if progress.denied >= MOST_DENIED:
            raise progress.trouble from None
        return
    name = each.key.rstrip("/").rpartition("/")[2] or "object"
    with let_go_on_failure(path):
        take_file(source, path, name, together_with=lambda row: _note(source, each, row, stand))
    progress.room -= 1


def _note(
    source: Source, each: Object, row: Import | None, stand: Round, *, what: str = "log", problem: str = ""
) -> None:
    """Write the row of an object, and count it, in one transaction."""
    facts: dict[str, Any] = {"size": each.size, "modified": each.modified.isoformat(), "what": what}
    if problem:
        facts["problem"] = problem
    with transaction.atomic():
        found, fresh = SourceItem.objects.get_or_create(
            source=source, name=_name(each), defaults={"version": "", "seen_at": timezone.now()}
        )
        if not fresh:
            facts["times"] = int(found.facts.get("times", 1)) + 1
            stand.count(_became(found), -1)
        found.version, found.seen_at, found.gone_at = each.version[:200], timezone.now(), None
        found.taken_in, found.facts = row or found.taken_in, facts
        found.save()
        stand.count(_became(found))
        stand.save(source)


def _became(item: SourceItem) -> str:
    """Return what an object is counted as."""
    if "problem" in item.facts:
        return "problem"
    return "taken" if item.facts["what"] == "log" else str(item.facts["what"])


def _finish(source: Source, stand: Round) -> timedelta:
    """End a round: note what is gone, and say how long to rest. Long listings cost money, so they rest longer."""
    if stand.whole:
        _note_gone(source, stand)
        stand.whole_at = stand.began
        stand.windows = {part: stand.windows[part] for part in stand.parts if part in stand.windows}
    stand.parts, stand.at, stand.after, stand.pages = [], 0, "", []
    stand.save(source)
    return min(REST * max(1, stand.requests), LONGEST_REST)


def _note_gone(source: Source, stand: Round) -> None:
    """Note as removed what the whole round did not meet, of what lies below its parts."""
    unmet = SourceItem.objects.filter(source=source, gone_at=None, seen_at__lt=parse_datetime(stand.began))
    parts = tuple(stand.parts)
    gone = [pk for pk, name in unmet.values_list("pk", "name").iterator() if name.startswith(parts)]
    for at in range(0, len(gone), AT_ONCE):
        SourceItem.objects.filter(pk__in=gone[at : at + AT_ONCE]).update(gone_at=timezone.now())
    stand.counts["gone"] = SourceItem.objects.filter(source=source, gone_at__isnull=False).count()


def _is_still_on(source: Source) -> bool:
    """Whether nobody has paused or ended the source while we look."""
    return Source.objects.filter(pk=source.pk, state=source.state).exists()


def _is_folder(each: Object) -> bool:
    """Whether an object only stands for a folder."""
    return each.key.endswith("/") and not each.size


def _name(each: Object) -> str:
    """Return a key as a database takes it."""
    return each.key.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "backslashreplace").decode()


def _short(*texts: str) -> str:
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]
