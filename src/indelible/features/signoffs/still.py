"""Is what was signed still what is there?

The entry of the signature is proved against the seals first. Then what it seals is held against everything that stands
now: the tables of the signature, of its lists and decisions, and each row, built anew from its entry as it is stored.
Three answers, as of every check: it matches, it does not, it could not be checked. Erasing by law changes no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.event import Event
from indelible.events.instants import from_datetime
from indelible.events.own_signoffs import SIGNED_OFF
from indelible.events.vocabulary import OWN_SYSTEM
from indelible.features.record.proof import Prover, Verdict
from indelible.features.record.queries import OWN_NUMBER
from indelible.features.signoffs import sealed
from indelible.features.signoffs.comparing import MOST_ROWS, Finds, Trouble, compare_list
from indelible.features.signoffs.models import SignOff
from indelible.language.pattern import Pattern
from indelible.ledger.errors import MalformedInput
from indelible.storage.database import reads, search
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry
from indelible.web import numbers

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Still:
    """The answer. `troubles` are the first of them; each names the row where one is known."""

    verdict: Verdict
    rows: int  # how many were held against what was signed
    entries: int  # how many entries of the record were read for it, that of the signature among them
    erased: int  # of how many of these something was erased by law since
    troubles: tuple[Trouble, ...] = ()
    more: int = 0

    @property
    def words(self) -> str:
        """The answer in one sentence."""
        if self.verdict == "does not match":
            return _("What was signed is not what is there now.")
        if self.verdict == "could not be checked":
            return _("Whether what was signed is still there could not be checked.")
        if not self.rows:
            return _("What was signed is still what is there.")
        said = ngettext(
            "What was signed is still what is there: %(n)s row is as it was.",
            "What was signed is still what is there: all %(n)s rows are as they were.",
            self.rows,
        )
        return said % {"n": numbers.written(self.rows)}


def still_there(sign_off: SignOff) -> Still:
    """Return whether what was signed is still what is there. Costs about a tenth of a millisecond a row."""
    finds = Finds(entries=1)
    entry = _sealing_entry(sign_off.logbook, sign_off.entry, finds)
    if entry is not None:
        _compare_sign_off(sign_off, entry.event, sealed.heads_in(entry), finds)
        _compare_lists(sign_off.logbook, _lists(entry, finds), finds)
    return _answer(finds)


def _answer(finds: Finds) -> Still:
    verdict: Verdict = "matches"
    if finds.differs:
        verdict = "does not match"
    elif finds.troubles:
        verdict = "could not be checked"
    return Still(verdict, finds.rows, finds.entries, finds.erased, tuple(finds.troubles), finds.more)


# The entry that seals it -----------------------------------------------------------------------------------


def _sealing_entry(logbook: Logbook, index: int, finds: Finds) -> StoredEntry | None:
    """Return the entry of a signature, proved against the seals; None where nothing in it can be relied on."""
    number = {"n": numbers.written(index + 1)}
    try:
        entry = reads.get_entry(logbook, index)
    except NotFound:
        finds.add("entry_differs", _("Entry %(n)s, which seals this signature, is gone.") % number, index)
        return None
    proof = Prover(logbook).prove(entry)
    if proof.reads_as_sealed.verdict == "does not match" or entry.problem:
        text = _("Entry %(n)s, which seals this signature, does not fit its own seal.")
        finds.add("entry_differs", text % number, index)
        return None
    if proof.verdict == "does not match":
        # What the entry says may still name the row that differs, so the rest is looked at all the same.
        text = _("The fingerprints of the log around entry %(n)s, which seals this signature, were altered.")
        finds.add("entry_differs", text % number, index)
    elif proof.verdict != "matches":
        text = _("Whether entry %(n)s, which seals this signature, is untouched could not be checked.")
        finds.add("not_checked", text % number, index)
    if not is_signature(entry.event):
        finds.add("entry_differs", _("Entry %(n)s is no signature.") % number, index)
        return None
    return entry


def is_signature(event: Event) -> bool:
    """Whether an entry seals a signature, by Indelible's own word. What a source sends is counted under its own number,
    whatever it calls itself."""
    ours = OWN_NUMBER in event.get("numbers", {}).get("sources", {})
    own = ours and event.get("source", {}).get("system") == OWN_SYSTEM
    return own and event.get("action", {}).get("said") == SIGNED_OFF


def _lists(entry: StoredEntry, finds: Finds) -> list[dict[str, Any]]:
    try:
        return sealed.sealed_in(entry)
    except sealed.Unreadable as fault:
        text = _("What was signed in full cannot be read: %(why)s.") % {"why": fault}
        finds.add("entry_differs" if fault.differs else "not_checked", text, entry.index)
        return []


# The tables ------------------------------------------------------------------------------------------------


def _compare_sign_off(sign_off: SignOff, event: Event, lists: list[dict[str, Any]], finds: Finds) -> None:
    """Hold the row of the signature against its entry."""
    extra, actor = event.get("extra", {}), event.get("actor", {})
    target: Mapping[str, Any] = (event.get("targets") or [{}])[0]
    who = str(sign_off.by_id) if sign_off.by_id is not None else sign_off.outsider
    told = {
        _("what it is about"): (sign_off.subject, target.get("id")),
        _("its title"): (sign_off.title, target.get("name")),
        _("what it means"): (sign_off.means, extra.get("meaning")),
        _("who signed"): (who, actor.get("id")),
        _("the signer's name"): (sign_off.by_name, str(actor.get("name", ""))[:150]),
        _("when it was signed"): (from_datetime(sign_off.at), extra.get("signed_at")),
        _("what was on the screen"): (sign_off.digest, extra.get("snapshot_digest")),
    }
    differing = [name for name, (stands, signed) in told.items() if stands != signed]
    if differing:
        text = _("The tables say otherwise of this signature than was signed: %(what)s.")
        finds.add("sign_off_differs", text % {"what": ", ".join(differing)})
    elif not _fits_screen(sign_off, lists):
        finds.add("sign_off_differs", _("What the tables say was on the screen is not what was signed."))
    if {one.get("list") for one in lists} != set(sign_off.lists.values_list("pk", flat=True)):
        finds.add("sign_off_differs", _("The tables name other lists for this signature than were signed."))
    same = SignOff.objects.filter(logbook=sign_off.logbook_id, entry=sign_off.entry).exclude(pk=sign_off.pk)
    if same.exists():
        text = _("Another signature in the tables names the same entry %(n)s.")
        finds.add("sign_off_differs", text % {"n": numbers.written(sign_off.entry + 1)})


def _fits_screen(sign_off: SignOff, lists: list[dict[str, Any]]) -> bool:
    try:
        digest = sealed.screen_digest(
            sign_off.subject, sign_off.title, sign_off.means, sign_off.covers, lists
        )
    except (MalformedInput, KeyError, TypeError, ValueError):
        return False
    return digest == sign_off.digest


def _compare_lists(logbook: Logbook, lists: list[dict[str, Any]], finds: Finds) -> None:
    for told in lists:
        count = told.get("count")
        if type(count) is int and finds.rows + count > MOST_ROWS:
            text = _("“%(title)s” was not looked at: together there are more than %(most)s rows.")
            finds.add("not_checked", text % {"title": told.get("title"), "most": numbers.written(MOST_ROWS)})
            continue
        compare_list(logbook, told, finds)


# All of them -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """A signature on the record, or in the tables, and whether it is still what is there."""

    entry: int
    sign_off: SignOff | None
    still: Still


def all_of(logbook: Logbook, after: int = -1, *, limit: int = PAGE) -> tuple[list[Checked], int | None]:
    """Check the signatures whose entries come after index `after`, oldest first, at most `limit` of them; return them,
    and what to ask for `after` to go on (None: that was all).

    Goes by the record, so that a signature missing from the tables is found; and by the tables, so that one that nobody
    made is found too.
    """
    question = Pattern.of(said=(SIGNED_OFF,))
    on_record = search.find_all(logbook, question, low=after + 1, limit=limit)
    in_tables = SignOff.objects.filter(logbook=logbook, entry__gt=after).order_by("entry", "pk")
    rows = list(in_tables[:limit])
    # Neither is known beyond where it was cut, so both go only as far as the shorter reaches.
    ends = [one[-1] for one in (on_record, [row.entry for row in rows]) if len(one) == limit]
    end = min(ends, default=None)
    entries = reads.find_entries(logbook, on_record)
    ours = {index for index, entry in entries.items() if entry.problem or is_signature(entry.event)}
    checked: list[Checked] = []
    for index in sorted({*ours, *(row.entry for row in rows)}):
        if end is not None and index > end:
            break
        of_entry = [row for row in rows if row.entry == index]
        checked += [Checked(index, row, still_there(row)) for row in of_entry]
        if not of_entry:
            checked.append(Checked(index, None, _unknown(index)))
    return checked, end


def _unknown(index: int) -> Still:
    text = _("The tables know nothing of the signature that entry %(n)s seals.") % {
        "n": numbers.written(index + 1)
    }
    return Still("does not match", 0, 1, 0, (Trouble("sign_off_differs", text, index),))
