"""How many large deliveries are worked on at once: threads are few, and small ones must not wait behind them.

A stream of a gigabyte keeps a thread for minutes. So only so many large deliveries are under way in a process, and
fewer of one source; the next one is told to come back, before anything of it is read.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.http import HttpRequest

from indelible.api.problems import Problem
from indelible.features.sources.models import Source

LARGE_BYTES: Final = 1_000_000
LARGE_PACKED_BYTES: Final = 50_000  # which may be as much, or far more, once it is unpacked
AT_ONCE: Final = 6
OF_ONE_SOURCE: Final = 3
COME_BACK_SECONDS: Final = 5

_under_way: Counter[int] = Counter()  # large deliveries by source; guarded by _lock
_lock = threading.Lock()


@contextmanager
def room_for(source: Source, request: HttpRequest) -> Iterator[None]:
    """Hold a place for a delivery while it is worked on. Raises Problem where it is large and there is none."""
    if not _is_large(request):
        yield
        return
    with _lock:
        if _under_way.total() >= AT_ONCE or _under_way[source.pk] >= OF_ONE_SOURCE:
            raise Problem(503, "too-many-large", retry_after=COME_BACK_SECONDS)
        _under_way[source.pk] += 1
    try:
        yield
    finally:
        with _lock:
            _under_way[source.pk] -= 1
            if not _under_way[source.pk]:
                del _under_way[source.pk]


def _is_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        return True
    is_packed = request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")
    return int(length) > (LARGE_PACKED_BYTES if is_packed else LARGE_BYTES)
