"""The four questions, and what was found for each.

Consequences are not told twice: where an entry is a finding, its search row and its running number are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.ledger.keys import VerifierKey

from . import copy_words, words
from .counts import counts_differ, indexed_ahead
from .diagnosis import LeafData
from .judging import Judged, judge_entries, runs_of
from .moment import Moment
from .place import Reader
from .ranges import Chunk, Hole, Oddity, entry_rows
from .report import DIFFERS, MATCHES, NOT_CHECKED, Finding, Question, Report, trusted_through
from .textindex import entries_told_wrongly
from .truth import Truth

_EXTRA = "SELECT {place} FROM search WHERE {where} ORDER BY {place} LIMIT 1000"


class Findings:
    """Gathers the findings of one check."""

    def __init__(self, reader: Reader, moment: Moment, size: int, tiles_only: bool, behind: int) -> None:
        self.reader, self.moment, self.size, self.tiles_only = reader, moment, size, tiles_only
        self.behind = behind  # entries that the search table could not take in yet
        self.since = 0  # entries before this were taken as checked
        self.found: list[Finding] = []
        self.judged = Judged()
        self.numbers: dict[str, int] = {}
        self.key_compared = False
        self.outsiders = 0  # who hold a copy

    def add(self, finding: Finding) -> None:
        """Take a finding in."""
        self.found.append(finding)

    def about_keys(self, given: VerifierKey | None, key_file_differs: bool) -> None:
        """Is it the key that is known?"""
        last = max(self.size - 1, 0)
        self.key_compared = given is not None
        if self.moment.key_fault in ("given", "revoked"):
            self.add(Finding("other_key", 2, words.other_key(self.moment.key_fault), 0, last))
        elif self.moment.file.other_keys:
            self.add(Finding("other_key", 3, words.other_key("file"), 0, last))
        if key_file_differs:
            self.add(Finding("other_key", 2, words.other_key("key_file"), 0, last))

    def about_key_chain(self) -> None:
        """Was each key announced under the one before? Where what announces it was altered, that is told already."""
        rows = self.moment.table.rows
        told = {index for row in rows for index in (row.announced, row.ended)} & self.judged.touched
        if self.moment.key_fault == "chain" and not told:
            self.add(Finding("other_key", 2, words.other_key("chain"), 0, max(self.size - 1, 0)))

    def about_entries(self, truth: Truth, chunks: Sequence[Chunk], leaf_data: LeafData | None) -> None:
        """Is every entry as it was recorded?"""
        self.judged = judge_entries(self.reader, truth, self._slipped_in_behind(), self.size, leaf_data)
        self.found += self.judged.findings
        for oddity in _all(chunks, "tile"):
            last = min(oddity.last, self.size - 1)
            if not any(one.kind == "tile_differs" and one.first_entry == oddity.first for one in self.found):
                text = words.tile_differs(oddity.first, last)
                self.add(Finding("tile_differs", 1, text, oddity.first, last))
        for oddity in _all(chunks, "attachment_altered", "attachment_gone", "attachment_unread"):
            self._about_file(oddity)

    def _slipped_in_behind(self) -> list[int]:
        """Return the rows outside the log that no missing seal explains."""
        signed = max(self.size, self.moment.head_size)
        return [index for index in self.moment.outside if index < 0 or index >= signed]

    def _about_file(self, oddity: Oddity) -> None:
        index = oddity.first
        if index in self.judged.touched:
            return
        if oddity.kind == "attachment_altered":
            self.add(
                Finding(
                    "altered", 1, words.altered(index, index, "attachment", ()), index, index, "attachment"
                )
            )
        elif oddity.kind == "attachment_gone":
            self.add(Finding("gone", 1, words.gone(index, "attachment"), index, index, "attachment"))
        else:
            self.add(Finding("not_checked", 1, words.not_checked(oddity.detail), index, index))

    def about_seals(self, oddities: Sequence[Oddity]) -> None:
        """Are the seals signed, does each contain the one before, does the file agree?"""
        self._rewritten([one.first for one in oddities if one.kind == "file_off_tree"], 3)
        self._rewritten([one.first for one in oddities if one.kind == "seal_off_tree"], 2)
        told = {one.first for one in oddities if one.kind.startswith("seal_") and one.kind != "seal_off_tree"}
        for oddity in sorted(oddities, key=lambda one: one.first):
            if oddity.kind in ("seal_unsigned", "seal_columns", "seal_gone"):
                self._seal(oddity.first, oddity.kind)
        for size in self.moment.unsigned:
            if size > self.size and size not in told:
                self._seal(size, "seal_unsigned")
        for line in self.moment.file.spoiled:
            self.add(Finding("copy_differs", 3, words.copy_differs(line)))
        newest = self.moment.file.newest
        if (
            newest is not None
            and newest.size > self.size
            and not any(f.kind == "rewritten" for f in self.found)
        ):
            self._cut_off(newest.size)

    def about_copies(self, findings: Sequence[Finding], outsiders: int) -> None:
        """Do those who hold a copy tell the same history?"""
        self.found += findings
        self.outsiders = outsiders

    def _seal(self, size: int, fault: str) -> None:
        at = max(size - 1, 0)
        self.add(Finding("checkpoint_differs", 2, words.checkpoint_differs(size, fault), at, at))

    def _rewritten(self, sizes: Sequence[int], question: int) -> None:
        """The tree leads to another root than a seal of ours says: tell it once, with what still fits."""
        if not sizes:
            return
        wrong = min(sizes)
        signed = [seal.size for seal in self.moment.file.seals if seal.size < wrong] if question == 3 else []
        kept = max(signed, default=0)
        text = words.rewritten(kept, self.size - 1, by_file=question == 3)
        self.add(Finding("rewritten", question, text, kept, self.size - 1))

    def _cut_off(self, size: int) -> None:
        """The file holds a newer seal than the table. What is missing are the entries that are not there."""
        last = self.moment.last_index
        first = self.size if last is None else min(self.size, last + 1)
        if first >= size or (last is not None and last + 1 >= size):
            first = self.size
        self.add(Finding("cut_off", 3, words.cut_off(first, size - 1, by_file=True), first, size - 1))

    def about_head(self) -> None:
        """Does the record's own account of itself fit its newest seal?"""
        moment = self.moment
        if moment.target is None and moment.head_size:
            at = max(self.size - 1, 0)
            self.add(Finding("checkpoint_differs", 2, words.checkpoint_differs(self.size, "no_seal"), 0, at))
            return
        if any(one.kind in ("cut_off", "rewritten") and one.question == 3 for one in self.found):
            return
        root = moment.target.root if moment.target and moment.target.size == self.size else None
        if moment.head_size > self.size:
            if not any(size > self.size for size in moment.unsigned):
                text = words.checkpoint_differs(self.size, "unsealed")
                self.add(Finding("checkpoint_differs", 2, text, self.size, moment.head_size - 1))
        elif (
            moment.head_size < self.size
            or (root is not None and moment.head_root != root)
            or self._head_time_differs()
        ):
            at = max(self.size - 1, 0)
            self.add(Finding("checkpoint_differs", 2, words.checkpoint_differs(self.size, "head"), at, at))
        elif moment.clock_behind:
            self.add(Finding("clock", 1, words.clock(self.size - 1), self.size - 1, self.size - 1))

    def _head_time_differs(self) -> bool:
        """Whether the head's time, which no later entry may lie before, is not that of the newest entry."""
        last = self.size - 1
        if self.tiles_only or self.moment.head_size != self.size or last < 0 or last in self.judged.touched:
            return False
        return any(row[1] != self.moment.head_at for row in entry_rows(self.reader, last, last + 1))

    def about_first_entry(self) -> None:
        """Does the first entry, which began the record, name the key that the record goes by?"""
        if self.tiles_only or 0 in self.judged.touched or any(f.kind == "other_key" for f in self.found):
            return
        for row in entry_rows(self.reader, 0, 1):
            try:
                fields = msgspec.json.decode(row[2])
            except (msgspec.DecodeError, UnicodeError):
                return
            extra = fields.get("extra") if isinstance(fields, dict) else None
            named = extra.get("public_key") if isinstance(extra, dict) else None
            if isinstance(named, str) and named != self.moment.table.rows[0].public_key:
                text = words.other_key("first_entry")
                self.add(Finding("other_key", 2, text, 0, max(self.size - 1, 0)))

    def about_numbers(self, chunks: Sequence[Chunk], base: Mapping[str, int]) -> None:
        """Are the running numbers without hole or double?"""
        last = dict(base)
        for chunk in chunks:
            for oddity in chunk.oddities:
                if oddity.kind in ("number_missing", "number_doubled"):
                    said, wanted, came = oddity.detail.split(" ")
                    self._number(oddity.kind, oddity.first, said, wanted, came)
            for name, (first, newest) in chunk.numbers.items():
                expected = last.get(name, 0) + 1
                if first != expected:
                    kind = "number_doubled" if first < expected else "number_missing"
                    self._number(kind, chunk.first, name, str(expected), str(first))
                last[name] = max(newest, last.get(name, 0))
        self.numbers = last
        if self.tiles_only or self.judged.touched or self.size != self.moment.head_size:
            return
        for name, counter in self.moment.numbers.items():
            reached = last.get(name, 0)
            if counter != reached:
                kind = "number_missing" if counter > reached else "number_doubled"
                text = words.counter_differs(name, reached, counter)
                self.add(Finding(kind, 1, text, max(self.size - 1, 0), max(self.size - 1, 0)))

    def _number(self, kind: str, index: int, name: str, expected: str, found: str) -> None:
        if self.judged.is_near(index) and not (kind == "number_doubled" and index in self.judged.altered):
            return
        if kind == "number_doubled":
            text = words.number_doubled(index, name, found)
        else:
            text = words.number_missing(index, name, expected, found)
        self.add(Finding(kind, 1, text, index, index))

    def about_search(self, chunks: Sequence[Chunk], text_index: Callable[[], bool | None]) -> None:
        """Do search and lists tell the same story? `text_index` says whether the text index fits as a whole."""
        if self.tiles_only:
            return
        if self.behind:
            waiting = _("%(n)s entries are not in the search table yet") % {"n": f"{self.behind:,}"}
            self.add(Finding("not_checked", 4, words.not_checked(waiting), None, None))
            return
        wrong: dict[str, list[int]] = {}
        for oddity in _all(chunks, "search"):
            shifted = self.judged.shifted_from is not None and oddity.first >= self.judged.shifted_from
            if oddity.first not in self.judged.touched and not shifted:
                wrong.setdefault(oddity.detail, []).append(oddity.first)
        wrong["extra"] = self._extra_rows()
        told = {index for indexes in wrong.values() for index in indexes}
        if text_index() is False:
            words_wrong = entries_told_wrongly(self.reader)
            if words_wrong is None:
                self._search(0, max(self.size - 1, 0), "text")
            elsewhere = [index for index in words_wrong or () if index not in told and index < self.size]
            wrong.setdefault("text", []).extend(elsewhere)
        for what, indexes in wrong.items():
            for first, last in runs_of(indexes):
                self._search(first, last, what)
        if self.size and indexed_ahead(self.reader):
            self.add(Finding("search_differs", 4, words.search_ahead()))
        # Counts follow from the rows: where those are told already, or were not all read, they say nothing new.
        if not any(wrong.values()) and not self.judged.touched and chunks and chunks[0].first == 0:
            span = counts_differ(self.reader)
            if span is not None:
                self._search(*span, "counts")

    def _search(self, first: int, last: int, what: str) -> None:
        self.add(Finding("search_differs", 4, words.search_differs(first, last, what), first, last))

    def _extra_rows(self) -> list[int]:
        """Return places that the search table shows and the log does not have."""
        logbook, end = self.reader.logbook, max(self.size, self.moment.head_size)
        if self.reader.embedded:
            low, high = logbook << 40, (logbook + 1) << 40
            sql = _EXTRA.format(place="id", where="id >= %s AND id < %s")
            rows = self.reader.fetch_search(sql, (low + end, high))
            found = [row[0] - low for row in rows]
        else:
            sql = _EXTRA.format(place='"index"', where='logbook = %s AND ("index" >= %s OR "index" < 0)')
            found = [row[0] for row in self.reader.fetch(sql, (logbook, end))]
        # What was recorded since this check began is no lie.
        return [index for index in found if index < 0 or not entry_rows(self.reader, index, index + 1)]

    def about_holes(self, chunks: Sequence[Chunk]) -> None:
        """Is every erased field one that an entry of the log says was erased lawfully?"""
        for chunk in chunks:
            for hole in chunk.holes:
                if hole.index in self.judged.touched:
                    continue
                if self._is_lawful(hole):
                    text = words.erased(hole.index, hole.field, hole.by)
                    self.add(Finding("erased", 1, text, hole.index, hole.index, fields=(hole.field,)))
                else:
                    text = words.gone(hole.index, "content")
                    self.add(Finding("gone", 1, text, hole.index, hole.index, "content", (hole.field,)))

    def _is_lawful(self, hole: Hole) -> bool:
        """Whether the entry that a hole names says, in turn, that this field of this entry was erased."""
        if hole.by in self.judged.touched or not 0 <= hole.by < self.size:
            return False
        for row in entry_rows(self.reader, hole.by, hole.by + 1):
            try:
                extra = msgspec.json.decode(row[2], type=dict[str, Any]).get("extra", {})
            except msgspec.DecodeError:
                return False
            erased = extra.get("erased") if isinstance(extra, dict) else None
            fields = erased.get(str(hole.index)) if isinstance(erased, dict) else None
            return isinstance(fields, list) and hole.field in fields
        return False

    def report(self, note: str, since: int) -> Report:
        """Answer the questions."""
        self.since = since
        questions = tuple(answer(number, self) for number in (1, 2, 3, 4))
        return Report(
            self.size,
            note,
            "given" if self.key_compared else "not compared",
            questions,
            tuple(self.found),
            trusted_through(self.found, self.size),
            since,
            "tiles" if self.tiles_only else "full",
        )


def _all(chunks: Sequence[Chunk], *kinds: str) -> list[Oddity]:
    return [oddity for chunk in chunks for oddity in chunk.oddities if oddity.kind in kinds]


def answer(number: int, found: Findings) -> Question:
    """Return the answer to one question, by its findings and by what could not be looked at."""
    mine = [one for one in found.found if one.question == number]
    accusing = [one for one in mine if one.accuses]
    if accusing:
        text = ngettext("%(n)s thing does not fit.", "%(n)s things do not fit.", len(accusing))
        return Question(number, DIFFERS, text % {"n": f"{len(accusing):,}"})
    if not found.size:
        return Question(number, NOT_CHECKED, _("There is no entry yet, so nothing was checked."))
    unread = [one for one in mine if one.kind == "not_checked"]
    if unread:
        text = ngettext("%(n)s part could not be read.", "%(n)s parts could not be read.", len(unread))
        return Question(number, NOT_CHECKED, text % {"n": f"{len(unread):,}"})
    if number == 3 and not found.moment.file.is_there and not found.outsiders:
        return Question(3, NOT_CHECKED, _("The seal file is missing, so there is no copy to compare with."))
    if number == 4 and found.tiles_only:
        return Question(4, NOT_CHECKED, _("Search and lists were not part of this check."))
    size = f"{found.size:,}"
    good = {
        1: ngettext(
            "The one entry is as it was when it was sealed.",
            "Each of the %(n)s entries is as it was when it was sealed.",
            found.size,
        ),
        2: _("Every seal is signed by our key, and each contains the one before, up to seal %(n)s."),
        3: copy_words.all_agree(found.outsiders, found.moment.file.is_there),
        4: _("Search and lists say what the entries say."),
    }[number]
    if number == 4 and found.since:
        good = _(
            "Search and lists say what the new entries say. The index of words waits for a check of everything."
        )
    if number == 1 and found.tiles_only:
        good = _(
            "The stored fingerprints of all %(n)s entries lead to the newest seal. Entries were not read."
        )
    return Question(number, MATCHES, good % {"n": size})
