"""Where the hashes and entries of a log lie as files: names, widths, bundles.

A *tile* is up to 256 neighbouring hashes of one level; level L holds the roots of subtrees of 256**L
leaves. A *bundle* is the data of the up to 256 entries under one tile of level 0. This module is names
and arithmetic; which bytes lie there is the business of tree.py and storage.
Source: C2SP tlog-tiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .errors import MalformedInput
from .strict import MAX_INTEGER
from .tree import TILE_HEIGHT, TILE_WIDTH

ENTRIES_LEVEL = -1
MAX_LEVEL = 63
MAX_ENTRY_BYTES = 65_535

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/"
    r"(?P<groups>(?:x[0-9]{3}/)*)(?P<last>[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a hash tile, e.g. `tile/0/x001/x234/067.p/8`. `width`: its hashes, 1 to 256."""
    if not 0 <= level <= MAX_LEVEL:
        raise ValueError(f"no tile level {level}")
    return f"tile/{level}/{_place(index, width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a bundle of entries, e.g. `tile/entries/000.p/5`."""
    return f"tile/entries/{_place(index, width)}"


def parse_tile_path(text: str) -> tuple[int, int, int]:
    """Return (level, index, width) of a path; the level of a bundle of entries is -1 (`ENTRIES_LEVEL`).

    Raises MalformedInput (`bad-tile-path`) for every spelling but the one that the writers above give.
    """
    match = _PATH.fullmatch(text) if len(text) <= 100 else None
    if match is not None:
        level = ENTRIES_LEVEL if match["level"] == "entries" else int(match["level"])
        index = int(match["groups"].replace("x", "").replace("/", "") + match["last"])
        width = int(match["width"] or TILE_WIDTH)
        fits = level <= MAX_LEVEL and index <= MAX_INTEGER and width <= TILE_WIDTH
        # Spelling it again catches what the pattern lets pass: leading groups of zeros, `.p/256`.
        if fits and text == f"tile/{match['level']}/{_place(index, width)}":
            return level, index, width
    raise MalformedInput("bad-tile-path", ascii(text[:120]))


def tiles_of_size(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield (level, index, width) of each hash tile of a tree of `size` leaves, lowest level first."""
    if size < 0:
        raise ValueError(f"no tree of size {size}")
    level = 0
    while size:
        for index in range(size // TILE_WIDTH):
            yield level, index, TILE_WIDTH
        if size % TILE_WIDTH:
            yield level, size // TILE_WIDTH, size % TILE_WIDTH
        level, size = level + 1, size >> TILE_HEIGHT


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return up to 256 entries' data as a bundle: before each, its length as two big-endian bytes.

    Raises MalformedInput (`entry-too-long`) for an entry above 65,535 bytes, whose length would not fit.
    """
    if len(entries) > TILE_WIDTH:
        raise ValueError(f"{len(entries)} entries in one bundle")
    for place, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY_BYTES:
            raise MalformedInput("entry-too-long", f"entry {place} of the bundle has {len(entry)} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes) -> list[bytes]:
    """Return each entry's data. Raises MalformedInput (`bad-bundle`) where the bundle is cut short."""
    entries: list[bytes] = []
    start, end = 0, len(data)
    while start < end:
        stop = start + 2 + int.from_bytes(data[start : start + 2], "big")
        if start + 2 > end or stop > end or len(entries) == TILE_WIDTH:
            raise MalformedInput(
                "bad-bundle", f"{end} bytes, entry {len(entries)} at {start} would end at {stop}"
            )
        entries.append(data[start + 2 : stop])
        start = stop
    return entries


def _place(index: int, width: int) -> str:
    """Return the part of a path after its level: groups of three digits, all but the last led by `x`."""
    if not 0 <= index <= MAX_INTEGER or not 1 <= width <= TILE_WIDTH:
        raise ValueError(f"no tile {index} of width {width}")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"
