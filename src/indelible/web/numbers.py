"""How numbers are written for one reader: 1,234.50 or 1.234,50 or 1 234,50 or 1'234.50.

Only numbers that Indelible itself writes follow the reader: counts, numbers of entries, differences it worked out.
What a source or a person said stays letter for letter as they said it, and nothing that is sealed, exported or
mailed depends on who looks.

The style in force belongs to the request that is answered (`web.middleware.readers_numbers`), since a filter in a
template does not know for whom it writes. Without a request it is the first style.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Final

COMMA: Final = "comma"
# style -> (between thousands, before the decimals)
SIGNS: Final = {
    COMMA: (",", "."),
    "point": (".", ","),
    "space": ("\N{NO-BREAK SPACE}", ","),
    "mark": ("'", "."),
}
SAMPLES: Final = {COMMA: "1,234.50", "point": "1.234,50", "space": "1 234,50", "mark": "1'234.50"}

_in_force: ContextVar[Callable[[], str]] = ContextVar("number_style", default=lambda: COMMA)


@contextmanager
def written_in(style: Callable[[], str]) -> Iterator[None]:
    """Have numbers written in a style until the block ends. `style` is asked when the first number is written."""
    before = _in_force.set(style)
    try:
        yield
    finally:
        _in_force.reset(before)


def written(number: int | Decimal, style: str = "") -> str:
    """Return a number with its separators, in a style, or in the one in force. Decimals stay as many as they are."""
    thousands, decimal = SIGNS.get(style or _in_force.get()(), SIGNS[COMMA])
    plain = f"{number:,f}" if isinstance(number, Decimal) else f"{number:,}"
    return plain.translate({ord(","): thousands, ord("."): decimal})
