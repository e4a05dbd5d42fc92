"""Facts as keys of the text index: which facts an entry has, which details changed, and how large each is.

Written by `fact_keys` of one fact after the other; asked by `fact_group` and `size_group`. What is asked finds every
entry that fulfils the condition, and may find others: how a fact reads exactly is `language.matching_facts`.

Sizes go by the first digit and its place: 5,000 is `5` at `10^3`. So "more than 5,000" is a short list of keys, and few
entries are looked at closely in vain: those whose fact begins like the bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from indelible.language.matching_facts import figure_of
from indelible.language.matching_words import words_of

from .tokens import word

LOWEST, HIGHEST = -4, 20  # powers of ten; what is smaller or larger counts with these
_DIGITS: Final = frozenset("0123456789")
MANY: Final = "m"  # a list or an object: what it holds is not sorted by size


@lru_cache(maxsize=1 << 12)
def fact_key(fact: str) -> str:
    """Return the key of a fact that an entry has."""
    return "zze" + word(fact)


@lru_cache(maxsize=1 << 8)
def part_key(field: str, part: str) -> str:
    """Return the key of a part of a field that an entry has; one that stands in `extra` has another."""
    return fact_key(f"{field}:{part}")


NO_ACTOR: Final = fact_key("no actor")
UNDATED: Final = fact_key("no time")


@lru_cache(maxsize=1 << 12)
def detail_key(field: str) -> str:
    """Return the key of a detail that changed."""
    return "zzj" + word(words_of(field))


def extra_keys(name: str, value: object) -> str:
    """Return the keys of a fact of `extra`."""
    return _with_size(fact_key(name), name, value)


def change_keys(change: dict[str, Any]) -> str:
    """Return the keys of one detail that became another."""
    keys = [part_key("changes", side) for side in ("before", "after") if side in change]
    if not keys:
        keys.append(fact_key("changes"))
    field = change.get("field")
    if isinstance(field, str):
        keys.append(
            _with_size(detail_key(field), _change_name(field), change.get("after", change.get("before")))
        )
    return " ".join(keys)


@lru_cache(maxsize=1 << 10)
def _change_name(field: str) -> str:
    return f"changes/{words_of(field)}"


def _with_size(key: str, name: str, value: object) -> str:
    if isinstance(value, bool) or value is None:
        return key
    if isinstance(value, (list, dict)):
        return f"{key} zzb{word(name)}{MANY}"
    text = str(value)
    # A cheap look before a costly one: a figure is short, and has a digit soon.
    if len(text) > 120 or _DIGITS.isdisjoint(text.lstrip()[:7]):
        return key
    stem = _size_stem(name)
    whole, point, rest = text.partition(".")
    digits = whole.lstrip("0")
    if (
        digits
        and text.isascii()
        and digits.isdecimal()
        and len(digits) <= HIGHEST
        and (not point or rest.isdecimal())
    ):
        power = f"{stem}p{len(digits) - 1 - LOWEST:02d}"
        return f"{key} {power} {power}d{digits[0]}"
    figure = figure_of(text)
    if figure is None:
        return key
    sizes = {stem + step for reading in figure.readings for step in _steps(reading)}
    return f"{key} {' '.join(sorted(sizes))}"


@lru_cache(maxsize=1 << 12)
def _size_stem(name: str) -> str:
    return "zzb" + word(name)


def _steps(number: Decimal) -> tuple[str, str]:
    """Return the keys' ends of a number: by its power of ten, and by its first digit too."""
    if not number:
        return "x0", "x0"
    sign, power, digit = _place(number)
    return f"{sign}{power - LOWEST:02d}", f"{sign}{power - LOWEST:02d}d{digit}"


def _place(number: Decimal) -> tuple[str, int, int]:
    power, digit = number.adjusted(), number.as_tuple().digits[0]
    if power < LOWEST:
        power, digit = LOWEST, 1
    elif power > HIGHEST:
        power, digit = HIGHEST, 9
    return ("n" if number < 0 else "p"), power, digit


def sizes_from(fact: str, readings: Iterable[Decimal], op: str) -> list[str]:
    """Return the keys of which any fact holds one that stands to one of these numbers as asked.

    `op` is one of `=`, `>`, `>=`, `<` and `<=`. The bound's own size is always among them.
    """
    stem = "zzb" + word(f"changes/{words_of(fact[8:])}" if fact.startswith("changes/") else fact)
    ends: dict[str, None] = {MANY: None}
    for number in readings:
        ends.update(dict.fromkeys(_ends(number, op)))
    return [stem + end for end in ends]


def _ends(number: Decimal, op: str) -> list[str]:
    if op == "=":
        return [_steps(number)[1]]
    upward = op.startswith(">")
    powers = [f"{power:02d}" for power in range(HIGHEST - LOWEST + 1)]
    if not number:
        return ["x0", *(("p" if upward else "n") + power for power in powers)]
    sign, power, digit = _place(number)
    place = power - LOWEST
    away = upward == (sign == "p")  # towards numbers that are further from zero
    digits = range(digit, 10) if away else range(1, digit + 1)
    ends = [f"{sign}{place:02d}d{one}" for one in digits]
    ends += [sign + one for one in (powers[place + 1 :] if away else powers[:place])]
    if not away:  # past zero, and everything on its other side
        ends += ["x0", *(("n" if sign == "p" else "p") + one for one in powers)]
    return ends
