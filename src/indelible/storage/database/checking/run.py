"""A check from beginning to end.

1. The log is fixed at one moment (moment.py).
2. Its ranges are checked, each by itself, in as many processes as the machine has cores (ranges.py).
3. Their subtrees are put together and held against the root that our key signed (truth.py). Where that fails,
   the combination of what is stored that leads to it says what is true; where none does, older checkpoints
   narrow it down.
4. Every checkpoint, and every line of the checkpoint file, is held against the tree at its size (seals.py).
5. What does not fit becomes findings (judging.py, words.py), and four questions get their answers (report.py). A fifth,
   whether anything is missing, is answered by whoever knows what was to come (missing.py) and stands beside them.

Memory does not grow with an untouched log: a range leaves its subtree behind and no more.
"""

from __future__ import annotations

import multiprocessing
import os
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from operator import itemgetter
from typing import Any, TypeVar

import django
import msgspec
from django.conf import settings

from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.proofs import tree_root

from ..checkpoint_file import checkpoint_path
from ..errors import AppendRefused
from ..hashes import StoredHashes
from ..key_files import find_key_file
from ..models import Logbook
from ..search import catch_up
from .answers import Findings
from .copies import Copy, Holders, Shown, findings_of, holders_of, open_copies
from .diagnosis import LeafData
from .missing import anything_missing
from .moment import Moment, fix_moment
from .narrowing import narrow
from .peaks import CHUNK, Peaks
from .place import Place, Reader, place_of
from .ranges import Chunk, Oddity, Task, check_chunk, check_range
from .report import Report
from .seals import (
    SealTask,
    check_seals,
    check_seals_of,
    judge_in_doubt,
    judge_shown,
    signatures_only,
)
from .textindex import text_index_fits, text_index_fits_at
from .truth import Truth, find_truth, plain_truth

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S", bound=tuple[Any, ...])

ALONE_UP_TO = 4 * CHUNK  # a smaller log is checked sooner than another process starts

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


class CheckStopped(Exception):
    """The check was stopped on the way. `state` is plain JSON: give it to `check` as `resume` to go on."""

    def __init__(self, state: dict[str, Any]) -> None:
        super().__init__("the check was stopped")
        self.state = state


def check(
    logbook: Logbook,
    *,
    key: str | None = None,
    since: Mapping[str, Any] | None = None,
    tiles_only: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
    resume: Mapping[str, Any] | None = None,
    workers: int | None = None,
    leaf_data: LeafData | None = None,
    copies: Sequence[Copy] = (),
    holders: Holders = Holders(),  # noqa: B008 - frozen
) -> Report:
    """Check a logbook and return what was found.

    `key` is the verifier key (text) from a key card, to compare with. `since` is the `resume_point` of an earlier
    good report: entries before it are taken as checked. `tiles_only` checks the tree from its stored hashes and
    does not look at entries. `progress` is told (entries done, entries in all). `stop` is asked between ranges;
    then CheckStopped is raised. `workers` is how many processes at most (default: the machine's cores).
    `copies` are what others show of this log now, `holders` by what their evidence in the tables is checked.

    Raises MalformedInput for a `key` that is none, CheckStopped, and the database's own errors.
    """
    given = VerifierKey.parse(key) if key else None
    run = _Run(logbook, given, since, tiles_only, workers or os.cpu_count() or 1, leaf_data, copies, holders)
    try:
        report = run.report(progress or (lambda _done, _total: None), stop or (lambda: False), resume)
        report.missing = anything_missing(logbook.pk)
        return report
    finally:
        run.reader.close()


class _Run:
    """One check under way."""

    def __init__(
        self,
        logbook: Logbook,
        given: VerifierKey | None,
        since: Mapping[str, Any] | None,
        tiles_only: bool,
        workers: int,
        leaf_data: LeafData | None,
        copies: Sequence[Copy],
        holders: Holders,
    ) -> None:
        self.logbook = logbook
        self.copies = copies
        self.holders = holders
        self.given = given
        self.tiles_only = tiles_only
        self.workers = workers
        self.leaf_data = leaf_data
        self.place: Place = place_of(logbook)
        self.reader = Reader(self.place)
        self.moment: Moment = fix_moment(self.reader, checkpoint_path(logbook.name), given)
        self.shown: Shown = open_copies(copies, self.moment.origin, self.moment.keys)
        # After the moment: whatever is to be checked is then in the search table too.
        self.behind = 0 if tiles_only else catch_up(logbook)
        self.base, self.looked_at, self.base_numbers = _base(since, self.moment.size)

    def report(self, progress: Progress, stop: Stop, resume: Mapping[str, Any] | None) -> Report:
        """Carry the check out."""
        moment, newest = self.moment, self.moment.file.newest
        reaches = (
            newest is not None and moment.last_index is not None and moment.last_index >= newest.size - 1
        )
        if newest is not None and newest.size > moment.size and reaches:
            # The table lacks its newest seal, and the file's may well fit what stands.
            chunks = self._chunks(newest.size, progress, stop, None)
            if truth := self._truth(chunks, newest.root):
                return self._conclude(chunks, truth, newest.size, newest.note, self._text_index_fits)
        size = moment.size
        with self._text_index_beside(size) as text_index:
            chunks = self._chunks(size, progress, stop, resume)
            truth = self._truth(chunks, _root_of(moment))
            return self._conclude(chunks, truth, size, moment.target_note, text_index)

    def _text_index_fits(self) -> bool | None:
        """Whether the text index as a whole says what the search table says; None where that is left out.

        It is one long look at everything, so a check of what is new leaves it to the next full one.
        """
        if self.tiles_only or self.looked_at:
            return None
        return text_index_fits(self.reader)

    @contextmanager
    def _text_index_beside(self, size: int) -> Iterator[Callable[[], bool | None]]:
        """Give the answer of `_text_index_fits`, found in a process of its own while the ranges are checked."""
        beside = self.workers > 1 and size > ALONE_UP_TO and not (self.tiles_only or self.looked_at)
        if not beside:
            yield self._text_index_fits
            return
        with _processes(1) as pool:
            yield pool.submit(text_index_fits_at, self.place).result

    def _chunks(
        self, size: int, progress: Progress, stop: Stop, resume: Mapping[str, Any] | None
    ) -> list[Chunk]:
        """Check every range up to `size`, or those that an earlier run did not get to."""
        tasks = [
            Task(first, end, not self.tiles_only, not self.tiles_only, self.looked_at)
            for first, end in _ranges(self.base.size, size)
        ]
        done = _resumed(resume, self.base.size, size)
        counted = sum(chunk.end - chunk.first for chunk in done.values())
        progress(counted, size - self.base.size)
        waiting = [task for task in tasks if task.first not in done]
        for chunk in self._each(check_range, check_chunk, waiting, size - self.base.size - counted):
            done[chunk.first] = chunk
            counted += chunk.end - chunk.first
            progress(counted, size - self.base.size)
            if len(done) < len(tasks) and stop():
                raise CheckStopped(_state(self.base.size, size, done.values()))
        return [done[task.first] for task in tasks]

    def _each(
        self,
        elsewhere: Callable[[Place, T], R],
        here: Callable[[Reader, T], R],
        tasks: Sequence[T],
        entries: int,
    ) -> Iterator[R]:
        """Do every task and yield what it gave, in any order: here, or in as many processes as are wanted."""
        if self.workers < 2 or len(tasks) < 2 or entries <= ALONE_UP_TO:
            for task in tasks:
                yield here(self.reader, task)
            return
        with _processes(self.workers) as pool:
            left = iter(tasks)
            running: set[Future[R]] = set()
            for task in left:
                running.add(pool.submit(elsewhere, self.place, task))
                # Only as many as keep every process busy, so that a stop does not wait for a long queue.
                if len(running) > self.workers:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield future.result()
            for future in running:
                yield future.result()

    def _truth(self, chunks: Sequence[Chunk], root: bytes) -> Truth | None:
        """Return what leads to the signed root."""
        plain = plain_truth(self.reader, self.base, chunks, root)
        return plain or find_truth(self.reader, self.base, chunks, root)

    def _conclude(
        self,
        chunks: Sequence[Chunk],
        truth: Truth | None,
        size: int,
        note: str,
        text_index: Callable[[], bool | None],
    ) -> Report:
        """Turn what the ranges gave into a report."""
        found = Findings(self.reader, self.moment, size, self.tiles_only, self.behind)
        found.about_keys(self.given, self._key_file_differs())
        if truth is None:
            found.add(narrow(self.reader, self.moment, size))
            oddities = self._seals_without_truth()
        else:
            found.about_entries(truth, chunks, self.leaf_data)
            oddities = self._seals(truth, chunks, size)
        found.about_seals(oddities)
        found.about_copies(
            findings_of(self.reader, size, self.copies, self.shown, oddities), self._outsiders()
        )
        found.about_key_chain()
        found.about_first_entry()
        found.about_head()
        found.about_numbers(chunks, self.base_numbers)
        found.about_search(chunks, text_index)
        found.about_holes(chunks)
        report = found.report(note, since=self.looked_at)
        if truth is not None and report.intact:
            report.resume_point = _resume_point(truth, size, found.numbers)
        return report

    def _seals(self, truth: Truth, chunks: Sequence[Chunk], size: int) -> list[Oddity]:
        """Hold the checkpoints of table and file against the tree, range by range."""
        in_doubt = {chunk.first for chunk in truth.doubtful}
        filed = [(seal.size, seal.root) for seal in self.moment.file.seals if seal.size <= size]
        shown = sorted(self.shown.seals)
        tasks: list[SealTask] = []
        found: list[Oddity] = self._shown_before_the_base()
        for chunk, before in zip(chunks, truth.before, strict=True):
            task = SealTask(
                chunk.first,
                chunk.end,
                before.list,
                self.moment.origin,
                self.moment.keys,
                _between(filed, chunk),
                _between(shown, chunk),
                self.holders,
                chunk.tile_roots,
            )
            if chunk.first in in_doubt:
                found += judge_in_doubt(self.reader, truth, task)
            else:
                tasks.append(task)
        for oddities in self._each(check_seals_of, check_seals, tasks, size - self.base.size):
            found += oddities
        return found

    def _shown_before_the_base(self) -> list[Oddity]:
        """Hold copies of what an earlier check looked at against the stored tree: those ranges are not walked again."""
        early = [seal for seal in self.shown.seals if seal[0] <= self.base.size]
        stored = StoredHashes(self.reader.fetch, self.reader.logbook)
        roots: dict[int, bytes] = {}
        for size in {seal[0] for seal in early}:
            with suppress(LedgerError):  # unreadable tiles are found, and told, by a check of everything
                roots[size] = tree_root(size, stored)
        return judge_shown(early, roots)

    def _outsiders(self) -> int:
        """Return how many outsiders hold a copy, by what the log remembers and by what they show."""
        answered = {(copy.kind, copy.name) for copy in self.copies if copy.notes}
        return len(answered | set(holders_of(self.reader)))

    def _seals_without_truth(self) -> list[Oddity]:
        """Where no tree fits, at least say which checkpoints our key did not sign."""
        return signatures_only(self.reader, self.moment)

    def _key_file_differs(self) -> bool:
        """Whether the sealing key in the data folder is another one. A key that cannot be read says nothing."""
        try:
            find_key_file(settings.INDELIBLE_HOME, self.logbook.name, self.moment.public_key)
        except AppendRefused as refusal:
            return refusal.code == "key-differs"
        except LedgerError:  # the logbook's row names no key at all, which is told elsewhere
            return False
        return False


def _between(seals: list[S], chunk: Chunk) -> list[S]:
    """Return those of `seals`, which rise by size, that cover from more than the chunk's first up to its end."""
    first, end = (bisect_right(seals, at, key=itemgetter(0)) for at in (chunk.first, chunk.end))
    return seals[first:end]


def _root_of(moment: Moment) -> bytes:
    """Return the root that the entries must lead to: of the newest seal at hand, else what the head says."""
    if moment.target is not None:
        return moment.target.root
    newest = moment.file.newest
    return newest.root if newest is not None and newest.size == moment.size else moment.head_root


def _ranges(first: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges from `first` (the beginning of a tile) to `size`, cut where chunks begin."""
    start = first
    while start < size:
        end = min((start // CHUNK + 1) * CHUNK, size)
        yield start, end
        start = end


@contextmanager
def _processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that know the same settings. New ones: a copy of a process with threads is not safe."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=django.setup)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


# What a check leaves for a later one ---------------------------------------------------------------------


def _state(first: int, size: int, chunks: Iterable[Chunk]) -> dict[str, Any]:
    """Return the ranges that are done, as plain JSON."""
    return {"from": first, "size": size, "chunks": [msgspec.to_builtins(chunk) for chunk in chunks]}


def _resumed(resume: Mapping[str, Any] | None, first: int, size: int) -> dict[int, Chunk]:
    """Return the ranges that an earlier run finished. A log that has grown since is checked anew at its end."""
    if not resume or resume.get("from") != first:
        return {}
    chunks = msgspec.convert(resume["chunks"], list[Chunk], strict=False)
    return {chunk.first: chunk for chunk in chunks if chunk.end in (size, (chunk.first // CHUNK + 1) * CHUNK)}


def _resume_point(truth: Truth, size: int, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Return what an incremental check starts from: the tree of the whole tiles, and the numbers reached."""
    peaks = truth.tree_of_whole_tiles(size)
    return {
        "size": size,
        "peaks": [[height, b64encode(root).decode()] for height, root in peaks.list],
        "numbers": dict(numbers),
    }


def _base(since: Mapping[str, Any] | None, size: int) -> tuple[Peaks, int, dict[str, int]]:
    """Return the tree that is taken as checked, before which entry nothing is looked at, and its numbers."""
    if not since or since.get("size", 0) > size:
        return Peaks(), 0, {}
    peaks = Peaks((int(height), b64decode(root)) for height, root in since["peaks"])
    return peaks, int(since["size"]), dict(since["numbers"])
