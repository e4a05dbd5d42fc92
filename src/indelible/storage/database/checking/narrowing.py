"""Where nothing stored leads to the signed root any more: how far is everything as it was?

Whoever alters an entry and makes all stored hashes fit cannot sign the new root. Then an older checkpoint that
still fits says up to where the log is untouched, and the next one before which entry it was touched at the latest.
"""

from __future__ import annotations

from collections.abc import Iterator

from indelible.ledger.checkpoints import open_checkpoint
from indelible.ledger.errors import LedgerError

from . import words
from .moment import Moment
from .peaks import Peaks
from .place import Reader
from .report import Finding
from .truth import ROWS, STORED, leaves_told

_SEALS = "SELECT size, note FROM checkpoint WHERE logbook = %s AND size <= %s ORDER BY size"


def narrow(reader: Reader, moment: Moment, size: int) -> Finding:
    """Return the finding that names the narrowest range which must hold what was altered."""
    signed = dict(_signed_roots(reader, moment, size))
    kept = max((_fits_up_to(reader, place, signed, size) for place in (ROWS, STORED)), default=0)
    after = [at for at in signed if at > kept]
    last = max(kept, (min(after) if after else size) - 1)
    return Finding("altered", 1, words.altered(kept, last, "", ()), kept, last)


def _signed_roots(reader: Reader, moment: Moment, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield size and root of every checkpoint, of table and file, that a trusted key signed."""
    for _, note in reader.fetch(_SEALS, (reader.logbook, size)):
        try:
            checkpoint = open_checkpoint(note, moment.origin, moment.keys)
        except LedgerError:
            continue
        yield checkpoint.size, checkpoint.root
    for seal in moment.file.seals:
        if seal.size <= size:
            yield seal.size, seal.root


def _fits_up_to(reader: Reader, place: str, signed: dict[int, bytes], size: int) -> int:
    """Return the size of the largest checkpoint that the leaves told by one place lead to."""
    peaks, fits = Peaks(), 0
    for leaf in leaves_told(reader, place, 0, size):
        peaks.add(0, leaf)
        wanted = signed.get(peaks.size)
        if wanted is not None:
            if peaks.root() != wanted:
                break
            fits = peaks.size
    return fits
