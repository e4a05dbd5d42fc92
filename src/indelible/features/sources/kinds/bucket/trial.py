"""Trying a bucket before it is used, or at any time after: list a little, read one object, and say so in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.sources.kinds.bucket import keys
from indelible.features.sources.kinds.bucket.fetching import CLOUDTRAIL, parts_of
from indelible.features.sources.kinds.bucket.store import Bucket, Closed, Gone, Object, Place, opened
from indelible.features.sources.live.looking import Trouble

MOST_READ_BYTES = 1_000_000
MOST_REQUESTS = 10  # listings, to find the folders of CloudTrail


def try_bucket(place: Place, settings: dict[str, Any]) -> str:
    """Return what was found, as one text. Takes nothing. Raises Trouble."""
    try:
        return _tried(place, settings)
    except Trouble as trouble:
        if trouble.code == "bucket-key-refused":
            raise Trouble("bucket-key-wrong") from None
        raise


def _tried(place: Place, settings: dict[str, Any]) -> str:
    with opened(place, patient=False) as bucket:
        if settings["layout"] != CLOUDTRAIL:
            page = bucket.page(place.prefix)
            _read_one(bucket, page.objects)
            return _files_told(len(page.objects), page.more)
        parts = [
            part for part in parts_of(bucket, settings, most_requests=MOST_REQUESTS) if "/CloudTrail/" in part
        ]
        if not parts:
            return _("It let us in, but there is no folder of CloudTrail below this prefix.")
        page = bucket.page(parts[0])
        _read_one(bucket, [each for each in page.objects if keys.what_is(each.key) == "log"])
        found = _regions_told(len(parts), bucket.requests >= MOST_REQUESTS)
        first = _("The first one holds %(count)s.") % {"count": _counted(len(page.objects), page.more)}
        return f"{found} {first}"


def _regions_told(count: int, more: bool) -> str:
    if more:
        return _("It let us in. There are %(n)d regions of CloudTrail or more.") % {"n": count}
    words = ngettext(
        "It let us in. There is one region of CloudTrail.",
        "It let us in. There are %(n)d regions of CloudTrail.",
        count,
    )
    return words % {"n": count}


def _files_told(count: int, more: bool) -> str:
    if not count:
        return _("It let us in. There is no file below this prefix yet.")
    return _("It let us in. Below this prefix there is: %(count)s.") % {"count": _counted(count, more)}


def _counted(count: int, more: bool) -> str:
    if more:
        return _("more than %(n)d files") % {"n": count}
    return ngettext("%(n)d file", "%(n)d files", count) % {"n": count}


def _read_one(bucket: Bucket, objects: list[Object]) -> None:
    """Read a small object and forget it, since who may list may not always read. Raises Trouble."""
    small = next(
        (each for each in objects if 0 < each.size < MOST_READ_BYTES and each.version == each.etag), None
    )
    if small is None:
        return
    try:
        bucket.fetch(small).unlink()
    except Gone:
        return
    except Closed as closed:
        raise Trouble(
            "bucket-object-denied" if closed.code == "object-denied" else closed.code, key=small.key[:200]
        ) from None
