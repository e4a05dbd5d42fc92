"""The exact words that the text index holds beside what people wrote.

A mixed question ("denied, by Ana, about invoices, last week, with the word harlow") must be one look-up
in one index. So everything a filter can ask for becomes a word of its own in the `keys` column. Each
begins with `zz` and a letter for its family, and holds letters and digits only, which both databases
leave in one piece:

    zzz       every entry
    zza zzl   who: exactly this address; a name made of letters that pass for others
    zzp       what kind of actor
    zzt zzu   about: exactly this thing (kind and id); this address
    zzk       kind of thing, once for each step from general to special
    zzv zzc   verb, category            zzo zzf   outcome, flag
    zzs zzw   source: its id; the words of its name
    zzn       rules that it is counted under: each by its id, and by id and version
    zze zzj   facts that it has; details that changed (`facts`)
    zzb       how large a fact is, roughly (`facts`)
    zzg       its text is longer than what is indexed
    zzr zzq   entries that it refers to; what for
    zzy zzm zzd zzh   the year, month, day and hour (UTC) in which it happened
    zzi       the hour of the week (UTC), from 0 to 167 (`hours`)

`zzx` stands between two texts, so that a phrase lies within one (`language.matching_words`). A period of time is taken
apart into years, months, days and hours, and so is a run of entries into aligned blocks: both stay short lists of
words however long they are.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from indelible.events.folding import exact_code, plain, skeleton
from indelible.language.matching_words import words_of

_BLOCK_BITS = 4
_LEVELS = range(10)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


EVERY = "zzz"
CUT = "zzg"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxy0123456789")
_LONGEST = 60


@lru_cache(maxsize=1 << 12)
def word(text: str) -> str:
    """Return a text (`invoice.sales`, `sign_in`) as letters and digits, so that no two texts become the same."""
    if len(text) > _LONGEST:
        return "zh" + blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return "".join(one if one in _PLAIN else _MARKS.get(one) or f"zx{ord(one):x}z" for one in text)


_MARKS = {".": "z0", "_": "z1", " ": "z2", "/": "z3", "z": "zz"}


def verb_key(verb: str) -> str:
    """Return the key of a verb."""
    return "zzv" + word(verb)


def category_key(category: str) -> str:
    """Return the key of a category."""
    return "zzc" + word(category)


def kind_key(kind: str) -> str:
    """Return the key of a kind of thing, or of the general part of several (`invoice`)."""
    return "zzk" + word(kind)


def kind_keys(kind: str) -> str:
    """Return the keys under which a thing of this kind is found: `a.b` also under `a`."""
    if "." not in kind:
        return kind_key(kind)
    steps = kind.split(".")
    return " ".join(kind_key(".".join(steps[:count])) for count in range(1, len(steps) + 1))


def actor_kind_key(kind: str) -> str:
    """Return the key of a kind of actor."""
    return "zzp" + word(kind)


def rule_key(rule: str) -> str:
    """Return the key of a rule ("3") or of one of its versions ("3.2")."""
    return "zzn" + word(rule)


@lru_cache(maxsize=1 << 12)
def rule_keys(version: str) -> str:
    """Return the keys under which an entry is found that a version of a rule counts."""
    return f"{rule_key(version.partition('.')[0])} {rule_key(version)}"


def outcome_key(outcome: str) -> str:
    """Return the key of an outcome."""
    return "zzo" + word(outcome)


def flag_key(flag: str) -> str:
    """Return the key of a flag."""
    return "zzf" + word(flag)


def actor_keys(*names: str) -> str:
    """Return the keys of whoever goes by these names: nothing for most, whose words are enough."""
    keys = {actor_key(name) for name in names if "@" in name}
    keys |= {look_alike_key(name) for name in names if skeleton(name) != plain(name)}
    return " ".join(sorted(keys))


def actor_key(address: str) -> str:
    """Return the exact key of an actor's address."""
    return "zza" + exact_code(address.strip())


def look_alike_key(name: str) -> str:
    """Return the key that all names share which look like `name` without being spelt in its letters."""
    return "zzl" + exact_code(skeleton(name))


def thing_key(kind: str, identity: str) -> str:
    """Return the key of one particular thing."""
    return "zzt" + exact_code(f"{kind}\n{identity}")


def address_key(address: str) -> str:
    """Return the key of a thing that goes by an e-mail address."""
    return "zzu" + exact_code(address.strip())


def source_key(identity: str) -> str:
    """Return the key of a source by the id that its running numbers go by."""
    return "zzs" + word(identity)


def source_words(name: str) -> str:
    """Return the words of a source's name as keys; as a phrase they stand for the name."""
    return " ".join("zzw" + one for one in words_of(name).split())


def reference_keys(entry: int, through: int) -> str:
    """Return keys for the run of entries `entry` to `through` (both counted from 0, both included).

    The run is cut into the largest blocks of 16**level entries that start at a multiple of their size.
    """
    keys = []
    start, end = entry, through + 1
    while start < end:
        level = 0
        while level + 1 < len(_LEVELS):
            size = 1 << _BLOCK_BITS * (level + 1)
            if start % size or start + size > end:
                break
            level += 1
        keys.append(f"zzr{level}x{start >> _BLOCK_BITS * level}")
        start += 1 << _BLOCK_BITS * level
    return " ".join(keys)


def referring_keys(entry: int) -> list[str]:
    """Return the keys of which any entry that refers to `entry` holds one."""
    return [f"zzr{level}x{entry >> _BLOCK_BITS * level}" for level in _LEVELS]


@lru_cache(maxsize=1 << 12)
def time_keys(hour: str) -> str:
    """Return the keys of an instant, given as the first 13 characters of its text: `2026-03-03T14`."""
    year, month, day = hour[:4], hour[5:7], hour[8:10]
    return f"zzy{year} zzm{year}{month} zzd{year}{month}{day} zzh{year}{month}{day}{hour[11:13]}"


def day_key(day: date) -> str:
    """Return the key of a day (UTC)."""
    return f"zzd{day.year:04d}{day.month:02d}{day.day:02d}"


def period_keys(start: datetime, end: datetime) -> list[str]:
    """Return the keys that together cover the time from `start` up to `end`, to the whole hour outward.

    About 140 of them for a span of years; edges inside an hour are for the caller to compare.
    """
    begin: datetime | None = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    last = end.astimezone(UTC)
    keys = []
    while begin is not None and begin < last:
        stem = f"{begin.year:04d}{begin.month:02d}"
        month = _next_month(begin) if begin.day == 1 and begin.hour == 0 else None
        day = _later(begin, _DAY) if begin.hour == 0 else None
        year = (
            begin.replace(year=begin.year + 1) if month and begin.month == 1 and begin.year < 9999 else None
        )
        if year is not None and year <= last:
            keys.append(f"zzy{begin.year:04d}")
            begin = year
        elif month is not None and month <= last:
            keys.append("zzm" + stem)
            begin = month
        elif day is not None and day <= last:
            keys.append(f"zzd{stem}{begin.day:02d}")
            begin = day
        else:
            keys.append(f"zzh{stem}{begin.day:02d}{begin.hour:02d}")
            begin = _later(begin, _HOUR)
    return keys


def _next_month(begin: datetime) -> datetime | None:
    if begin.month < 12:
        return begin.replace(month=begin.month + 1)
    return None if begin.year == 9999 else begin.replace(year=begin.year + 1, month=1)


def _later(begin: datetime, step: timedelta) -> datetime | None:
    try:
        return begin + step
    except OverflowError:  # the last hour that a calendar of four digits knows
        return None
