"""One question for everything that can come back: what is it, and does it fit the record?"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from indelible.events.event import Context, Party
from indelible.features.seals import answers, compared_words
from indelible.features.seals.answers import Answer
from indelible.features.seals.models import Recipient
from indelible.features.seals.ours import our_keys
from indelible.features.seals.returned import Returned, read_returned
from indelible.features.seals.services_receipts import compare_note, keep
from indelible.ledger.errors import LedgerError
from indelible.ledger.proof_file import ProofFile, check_proof_file
from indelible.ledger.words import WORDS
from indelible.storage.database import reads
from indelible.storage.database.errors import EntryDiffers, NotFound
from indelible.storage.database.models import Logbook
from indelible.web.numbers import written

_LISTED = frozenset(WORDS)
_LOOKS_LIKE_WORDS = 6


def ask_back(
    logbook: Logbook,
    data: bytes,
    now: datetime,
    zone: ZoneInfo,
    *,
    holder: str = "",
    by: Party | None = None,
    context: Context | None = None,
) -> list[Answer]:
    """Return what each thing in `data` says of the record, what alarms first; empty where nothing was found.

    A seal that shows another history is kept for good, under the name of the recipient with the address `holder`,
    else of the one whom the mail itself names.
    """
    found = read_returned(data)
    said = [of_proof(logbook, found.proof)] if found.proof else []
    for note in found.notes:
        comparison = compare_note(logbook, note)
        if found.proof and not comparison.is_conflict:
            continue  # what the receipt of an entry is worth was said
        keep(logbook, comparison, _holder(logbook, holder, found), by=by, context=context)
        said.append(answers.of_comparison(comparison, reads.head(logbook).size))
    if said:
        return sorted(said, key=lambda answer: not answer.is_alarm)
    if _holds_words(found.text):
        return [answers.of_words(compared_words.compare(logbook, found.text, now, zone))]
    return []


def of_proof(logbook: Logbook, data: bytes) -> Answer:
    """Hold the receipt of one entry against our key, and against the entry as it is now."""
    try:
        proof = ProofFile.parse(data)
    except LedgerError as fault:
        return answers.unreadable(str(fault))
    n = written(proof.index + 1)
    try:
        keys = our_keys(logbook, reads.head(logbook).size)
        checkpoint = check_proof_file(proof, logbook.origin, keys)
    except LedgerError as fault:
        return Answer(
            "altered",
            _("This receipt does not lead to a seal of ours."),
            _("It was made for another record, or it was changed. Keep it as it is."),
            detail=str(fault),
        )
    detail = ""
    try:
        same = reads.leaf_data(reads.get_entry(logbook, proof.index)) == proof.extra
    except (NotFound, EntryDiffers) as fault:
        same, detail = False, str(fault)
    if not same:
        return Answer(
            "altered",
            _("The receipt is good, but entry %(n)s reads differently now.") % {"n": n},
            _("Keep the receipt. Run a check of everything."),
            detail=detail,
        )
    text = _("It leads to seal %(n)s, which our key signed, and the entry still reads as it did then.")
    return Answer(
        "untouched",
        _("The receipt of entry %(n)s holds.") % {"n": n},
        text % {"n": written(checkpoint.size)},
        entry=proof.index + 1,
        seal=checkpoint.size,
    )


def _holder(logbook: Logbook, named: str, found: Returned) -> str:
    """Return who held it: whom the person named, else the recipient that the mail names, else somebody."""
    known = {row.email: row.name for row in Recipient.objects.filter(logbook=logbook)}
    told = [named, *sorted(found.addresses)]
    return next((known[address] for address in told if address in known), _("Somebody who brought it back"))


def _holds_words(text: str) -> bool:
    """Whether somebody rather meant seal words than anything else."""
    try:
        words = compared_words.pick_words(text)
    except LedgerError:
        return False
    return sum(word in _LISTED for word in words[:12]) >= _LOOKS_LIKE_WORDS
