"""What came: its media type, and its bytes unpacked within bounds, whole or line by line.

Reading itself is `web.bodies`' matter. A gzip body is unpacked on the way, and its bounds hold for what comes out.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import Any, Final, cast

from django.http import HttpRequest

from indelible.api.problems import Problem
from indelible.web.bodies import iter_body, read_body

MOST_EVENT_BYTES: Final = 1_000_000
MOST_LIST_BYTES: Final = 8_000_000
MOST_LINE_BYTES: Final = 16_000_000
MOST_STREAM_BYTES: Final = 4 << 30  # as it comes
FREE_EXPANSION_BYTES: Final = 32 << 20  # up to here any ratio is harmless
MOST_EXPANSION: Final = 250  # unpacked bytes for one packed byte, once past it
GZIP_FAULTS: Final = (gzip.BadGzipFile, zlib.error, EOFError)


def media_type_of(request: HttpRequest) -> str:
    """Return the media type without its parameters, in lower case; empty where none is given."""
    return (request.META.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()


def read_whole(request: HttpRequest, most: int) -> bytes:
    """Return the body, unpacked; at most `most` bytes of it. Raises Problem, BodyTooLarge, BodyTooSlow."""
    try:
        return read_body(_unpacked(request), most)
    except GZIP_FAULTS as fault:
        raise Problem(400, "body-not-gzip") from fault


def read_lines(request: HttpRequest) -> Iterator[bytes]:
    """Give the lines of the body, unpacked. Raises what `read_whole` raises, after the lines before were given."""
    try:
        yield from iter_body(_unpacked(request), MOST_LINE_BYTES)
    except GZIP_FAULTS as fault:
        raise Problem(400, "body-not-gzip") from fault


def _unpacked(request: HttpRequest) -> HttpRequest:
    """Return something to read the body from, as it was before it was packed."""
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return request
    if encoding not in ("gzip", "x-gzip"):
        raise Problem(415, "content-encoding-unknown", encoding=encoding[:40])
    return cast(HttpRequest, _Gunzip(request))


class _Gunzip:
    """A gzip body to be read as its content. It has no length of its own, and so many bytes for each packed one."""

    def __init__(self, request: HttpRequest) -> None:
        self.META: dict[str, Any] = {}
        self._packed = _Counted(request)
        self._file = gzip.GzipFile(fileobj=cast(Any, self._packed), mode="rb")
        self._given = 0

    def read(self, size: int) -> bytes:
        """Return the next bytes; none at the end."""
        piece = self._file.read(size)
        self._given += len(piece)
        if self._given > FREE_EXPANSION_BYTES + MOST_EXPANSION * self._packed.taken:
            raise Problem(413, "body-expands-too-far")
        return piece


class _Counted:
    """The packed bytes, counted."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.taken = 0

    def read(self, size: int) -> bytes:
        piece = self._request.read(size)
        self.taken += len(piece)
        return piece
