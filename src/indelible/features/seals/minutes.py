"""Seal words for people: made once a seal, told in a paragraph for the minutes, and withheld while they would lie.

Making the twelve words costs a good part of a second, on purpose (ledger/words.py), so they are kept. What is kept
is signed with a secret that does not lie in the database: whoever can write to the tables must not be able to
have us show the words of the history that they replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.seals import ours
from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.words import seal_words
from indelible.storage.database import reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook
from indelible.web.chrome import House
from indelible.web.moments import Reader

KEPT_SECONDS = 400 * 24 * 3600
SHOWN_SECONDS = 10  # a busy record has a new seal at each look: its words are made not more often than this
MONTHS_BACK = 12


@dataclass(frozen=True, slots=True)
class SealWords:
    """A seal and its twelve words; no words where they are withheld."""

    seal: reads.StoredCheckpoint
    words: tuple[str, ...]

    @property
    def listed(self) -> str:
        """The words as one line."""
        return ", ".join(self.words)


def words_of(logbook: Logbook, seal: reads.StoredCheckpoint) -> SealWords:
    """Return a seal with its words; without them while the record does not fit its seals."""
    if ours.is_altered(logbook) or not ours.stands(logbook, seal):
        return SealWords(seal, ())
    return SealWords(seal, words_of_text(Checkpoint(logbook.origin, seal.size, seal.root).text))


def words_of_text(text: str) -> tuple[str, ...]:
    """Return the words for a checkpoint's text, from what was kept or made now."""
    name = f"seal-words:{sha256(text.encode()).hexdigest()}"
    signer = signing.Signer(salt="indelible.seals.words")
    try:
        kept = signer.unsign_object(cache.get(name) or "")
        if kept["text"] == text:
            return tuple(kept["words"])
    except (signing.BadSignature, TypeError, KeyError):
        pass
    words = _make(text)
    cache.set(name, signer.sign_object({"text": text, "words": words}), KEPT_SECONDS)
    return words


@lru_cache(maxsize=128)
def _make(text: str) -> tuple[str, ...]:
    return tuple(seal_words(text))


def newest_to_show(logbook: Logbook, newest: reads.StoredCheckpoint | None = None) -> SealWords:
    """Return the newest seal with its words, or the one that was newest when they were shown last, just now."""
    name = f"seal-words-shown:{logbook.pk}"
    shown = cache.get(name)
    seal = newest or reads.get_checkpoint(logbook)
    if type(shown) is int and shown < seal.size:
        try:
            return words_of(logbook, reads.get_checkpoint(logbook, shown))
        except NotFound:
            pass
    found = words_of(logbook, seal)
    if shown != seal.size:
        cache.set(name, seal.size, SHOWN_SECONDS)
    return found


# Which seal is for the minutes -----------------------------------------------------------------------


def last_seal_before(logbook: Logbook, moment: datetime) -> reads.StoredCheckpoint | None:
    """Return the seal that covers all entries recorded before `moment` and no later one; None for none."""
    count = reads.entries_before(logbook, moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    found = reads.checkpoints(logbook, before=count + 1, limit=1)
    return found[0] if found and found[0].size else None


def month_ends(now: datetime, zone: ZoneInfo, months: int = MONTHS_BACK) -> list[datetime]:
    """Return the ends of the last `months` months in `zone`, newest first: the midnight after each."""
    local = now.astimezone(zone)
    year, month, ends = local.year, local.month, []
    for _each in range(months):
        ends.append(datetime(year, month, 1, tzinfo=zone))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return ends


def seals_of_months(logbook: Logbook, now: datetime, zone: ZoneInfo) -> list[reads.StoredCheckpoint]:
    """Return the last seal of each of the last twelve months, newest first, each seal once."""
    found: dict[int, reads.StoredCheckpoint] = {}
    for end in month_ends(now, zone):
        seal = last_seal_before(logbook, end)
        if seal is None:
            break
        found.setdefault(seal.size, seal)
    return list(found.values())


def paragraph(found: SealWords, house: House) -> str:
    """Return what goes into the minutes, in the organisation's zone and way of writing a day."""
    reader = Reader(zone=house.zone, date_style=house.date_style)
    local = reader.local(found.seal.made_at)
    text = ngettext(
        "The record of %(name)s was sealed on %(day)s at %(time)s (%(offset)s) with %(n)s entry.",
        "The record of %(name)s was sealed on %(day)s at %(time)s (%(offset)s) with %(n)s entries.",
        found.seal.size,
    ) % {
        "name": house.name,
        "day": reader.day(local),
        "time": reader.clock(local, seconds=False),
        "offset": reader.offset(local),
        "n": f"{found.seal.size:,}",
    }
    return f"{text} " + _("Words: %(words)s.") % {"words": found.listed} if found.words else text
