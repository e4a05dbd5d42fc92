"""What a file that somebody attaches must not hold: it is kept as it is or not taken, never tidied by us.

Only text can be looked into, and is: line by line of whatever encoding, in pieces, however large the file. A
picture, a PDF or a workbook is kept as it comes.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext_lazy

from indelible.events.cleaning import find_secrets, may_hold_secrets

OVERLAP: Final = 4_096  # longer than any secret but a private key, whose beginning is enough
_LOOKED_AT_FIRST: Final = 4_096
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

KINDS: Final = {
    "card_number": gettext_lazy("a card number"),
    "card_security_code": gettext_lazy("a card security code"),
    "pin": gettext_lazy("a PIN"),
    "password": gettext_lazy("a password"),
    "token": gettext_lazy("an access key"),
    "private_key": gettext_lazy("a private key"),
    "one_time_code": gettext_lazy("a one-time code"),
}


def secrets_in(chunks: Iterable[bytes]) -> list[str]:
    """Return the kinds of what must not be kept in a file of text, in order, each once; nothing for other files."""
    found: set[str] = set()
    tail = ""
    for text in _texts(iter(chunks)):
        piece = tail + text
        if may_hold_secrets(piece.encode("utf-8", "replace")):
            found.update(one.kind for one in find_secrets(piece))
        tail = piece[-OVERLAP:]
    return [kind for kind in KINDS if kind in found]


def _texts(chunks: Iterator[bytes]) -> Iterator[str]:
    """Yield a file of text piece by piece; nothing where it is none."""
    first = next(chunks, b"")
    encoding = next((name for mark, name in _MARKS if first.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\0" in first[:_LOOKED_AT_FIRST]:
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(first)
    for chunk in chunks:
        yield decoder.decode(chunk)
