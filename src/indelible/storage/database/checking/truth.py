"""Which of several tellings of the log is the one that was sealed.

The hashes of the log stand in three places: they follow from the entries, they are stored in tiles, and
the roots of tiles are stored once more in the level above. Whoever alters one may forget the others. A
signed root says which combination of them is true; from then on the true leaf hashes are known wherever
one of the places still holds them, and each entry can be compared by itself.

Where everything stored was made to fit and only the signature could not be, nothing reaches the root any
more. Then the earlier checkpoints narrow it down: up to the last that fits, everything is as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from .peaks import TILE, TILE_HEIGHT, Peak, Peaks, cut, subtree_root
from .place import Reader
from .ranges import Chunk, earlier_leaves, entry_rows, leaves_of_rows, stored_leaves, stored_uppers

ROWS, STORED, UPPER = "rows", "stored", "upper"
MAX_COMBINATIONS = 4_096
_PREFERENCES = ((STORED, UPPER, ROWS), (UPPER, STORED, ROWS), (ROWS, STORED, UPPER), (ROWS, UPPER, STORED))


@dataclass(slots=True)
class TileView:
    """One tile as each place tells it: the root of its 256 leaves, where the place tells one."""

    index: int
    roots: dict[str, bytes]

    @property
    def choices(self) -> list[bytes]:
        """The different roots that are told, the likeliest first."""
        return list(
            dict.fromkeys(self.roots[place] for place in (STORED, UPPER, ROWS) if place in self.roots)
        )


@dataclass(slots=True)
class Truth:
    """The leaf hashes that lead to the signed root, and what can be known of the prefixes."""

    reader: Reader
    size: int
    before: list[Peaks]  # the tree before each chunk
    starts: list[int]  # where each chunk begins
    tiles: dict[int, bytes] = field(default_factory=dict)  # of tiles in doubt: their true root
    tail: list[bytes] | None = None  # the true leaves after the last full tile, where they were in doubt
    doubtful: list[Chunk] = field(default_factory=list)

    def leaves(self, tile: int) -> list[bytes] | None:
        """Return the true leaf hashes of a tile (the last may be unfinished); None where nothing holds them."""
        start = tile * TILE
        end = min(start + TILE, self.size)
        if end - start < TILE and self.tail is not None:
            return self.tail
        wanted = self.tiles.get(tile)
        stored, rows = stored_leaves(self.reader, start, end), rows_leaves(self.reader, start, end)
        early: list[bytes | None] = list(earlier_leaves(self.reader, start, end)[: end - start])
        for told in (stored, rows, early + stored[len(early) :], early + rows[len(early) :]):
            if None in told:
                continue
            leaves = [one for one in told if one is not None]
            if wanted is None or end - start < TILE or subtree_root(b"".join(leaves)) == wanted:
                return leaves
        return None

    def tree_of_whole_tiles(self, size: int) -> Peaks:
        """Return the tree of the full tiles below `size`; only where nothing was in doubt."""
        place = max(index for index, start in enumerate(self.starts) if start <= size) if self.starts else 0
        peaks = self.before[place].copy() if self.before else Peaks()
        while peaks.size + TILE <= size:
            start = peaks.size
            leaves = stored_leaves(self.reader, start, start + TILE)
            peaks.add(TILE_HEIGHT, subtree_root(b"".join(one for one in leaves if one is not None)))
        return peaks

    def root_at(self, size: int) -> bytes | None:
        """Return the true root of the first `size` entries; None where the leaves up to there are lost."""
        place = max(index for index, start in enumerate(self.starts) if start <= size)
        peaks = self.before[place].copy()
        while peaks.size < size:
            tile = peaks.size // TILE
            known = self.tiles.get(tile)
            if known is not None and peaks.size + TILE <= size:
                peaks.add(TILE_HEIGHT, known)
                continue
            leaves = self.leaves(tile)
            if leaves is None:
                return None
            for leaf in leaves[: size - peaks.size]:
                peaks.add(0, leaf)
        return peaks.root()


def rows_leaves(reader: Reader, start: int, end: int) -> list[bytes | None]:
    """Return the leaf hashes of entries `start` up to `end` as their rows stand; None where one is missing."""
    rows = entry_rows(reader, start, end)
    by_index = dict(zip((row[0] for row in rows), leaves_of_rows(rows), strict=True))
    return [by_index.get(index) for index in range(start, end)]


def plain_truth(reader: Reader, base: Peaks, chunks: Sequence[Chunk], root: bytes) -> Truth | None:
    """Return the truth where entries and stored hashes agree everywhere and lead to `root`."""
    if not all(chunk.clean for chunk in chunks):
        return None
    before, after = _prefixes(base, [chunk.peaks for chunk in chunks])
    if after.root() != root:
        return None
    return Truth(reader, after.size, before, [chunk.first for chunk in chunks])


def find_truth(reader: Reader, base: Peaks, chunks: Sequence[Chunk], root: bytes) -> Truth | None:
    """Return the combination of what is stored that leads to `root`; None where none does."""
    doubtful = [chunk for chunk in chunks if not chunk.clean or any(o.kind == "tile" for o in chunk.oddities)]
    views = {chunk.first: views_of(reader, chunk) for chunk in doubtful}
    end = chunks[-1].end if chunks else base.size
    tails = _tails(reader, end) if doubtful and doubtful[-1].end == end and end % TILE else [None]
    for picks, tail in _combinations([view for chunk in doubtful for view in views[chunk.first]], tails):
        peaks = [
            _peaks(chunk, views.get(chunk.first), picks, tail if chunk.end == end else None)
            for chunk in chunks
        ]
        before, after = _prefixes(base, peaks)
        if after.root() == root:
            starts = [chunk.first for chunk in chunks]
            return Truth(reader, end, before, starts, picks, tail, doubtful)
    return None


def views_of(reader: Reader, chunk: Chunk) -> list[TileView]:
    """Return how each place tells each full tile of a chunk."""
    first, last = chunk.first // TILE, chunk.end // TILE
    uppers = stored_uppers(reader, 1, first, last) if last > first else []
    views = []
    for index, upper in enumerate(uppers, first):
        roots = {} if upper is None else {UPPER: upper}
        start, end = index * TILE, index * TILE + TILE
        for place, told in (
            (ROWS, rows_leaves(reader, start, end)),
            (STORED, stored_leaves(reader, start, end)),
        ):
            if None not in told:
                roots[place] = subtree_root(b"".join(one for one in told if one is not None))
        views.append(TileView(index, roots))
    return views


def _tails(reader: Reader, end: int) -> list[list[bytes] | None]:
    """Return the tellings of the leaves after the last full tile."""
    start = end // TILE * TILE
    told = (stored_leaves(reader, start, end), rows_leaves(reader, start, end))
    whole = [[one for one in leaves if one is not None] for leaves in told if None not in leaves]
    return list(whole) or [[]]


def _combinations(
    views: Sequence[TileView], tails: Sequence[list[bytes] | None]
) -> Iterator[tuple[dict[int, bytes], list[bytes] | None]]:
    """Yield roots for the tiles in doubt, with leaves for the tail: the likely first, then all, to a limit."""
    if any(not view.roots for view in views):
        return
    for preference in _PREFERENCES:
        picks = {
            view.index: next(view.roots[place] for place in preference if place in view.roots)
            for view in views
        }
        for tail in tails:
            yield picks, tail
    contested = [view for view in views if len(view.choices) > 1]
    settled = {view.index: view.choices[0] for view in views}
    for chosen in islice(product(*(view.choices for view in contested)), MAX_COMBINATIONS):
        picks = settled | dict(zip((view.index for view in contested), chosen, strict=True))
        for tail in tails:
            yield picks, tail


def _peaks(
    chunk: Chunk, views: Sequence[TileView] | None, picks: dict[int, bytes], tail: list[bytes] | None
) -> list[Peak]:
    if views is None:
        return chunk.peaks
    peaks = Peaks((TILE_HEIGHT, picks[view.index]) for view in views)
    for leaf in tail or ():
        peaks.add(0, leaf)
    return peaks.list


def _prefixes(base: Peaks, chunks: Sequence[Sequence[Peak]]) -> tuple[list[Peaks], Peaks]:
    """Return the tree before each chunk, and after the last."""
    peaks, before = base.copy(), []
    for chunk in chunks:
        before.append(peaks.copy())
        for peak in chunk:
            peaks.add(*peak)
    return before, peaks


def leaves_told(reader: Reader, place: str, start: int, end: int) -> Iterator[bytes]:
    """Yield the leaf hashes that one place tells from `start` (of a tile) on, up to the first that it does not."""
    for first in range(start, end, TILE):
        last = min(first + TILE, end)
        told = rows_leaves(reader, first, last) if place == ROWS else stored_leaves(reader, first, last)
        for leaf in told:
            if leaf is None:
                return
            yield leaf


__all__ = ["ROWS", "STORED", "Truth", "cut", "find_truth", "leaves_told", "plain_truth"]
