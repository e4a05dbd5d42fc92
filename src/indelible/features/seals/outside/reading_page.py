"""Reading a witness's key from its own page, to spare somebody the copying.

The page is not trusted to be what it says: what was read is shown before anything is kept, and whoever adds the witness
compares the key with what they were told by other means.
"""

from __future__ import annotations

import re
from html import unescape

from indelible.features.seals.outside.calls import CallFailed, Question, ask
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, VerifierKey

MOST_PAGE_BYTES = 2 * 1024 * 1024
SECONDS = 5.0
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~%@:/-]{0,254}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{43,4000}={0,2}")


def key_on_page(url: str) -> str:
    """Return the one witness's key that a page shows.

    Raises CallFailed: what `calls` raises, `no-key-on-page` for none or several.
    """
    answer = ask(Question(url if url.endswith("/") else f"{url}/", MOST_PAGE_BYTES), SECONDS)
    if answer.status != 200:
        raise CallFailed("no-answer", f"{answer.status} instead of a page")
    found = {
        key for text in _KEY.findall(unescape(answer.body.decode("utf-8", "replace"))) if (key := _key(text))
    }
    if len(found) != 1:
        raise CallFailed("no-key-on-page", f"{len(found)} keys of a witness")
    return found.pop()


def _key(text: str) -> str:
    try:
        key = VerifierKey.parse(text)
    except LedgerError:
        return ""
    return key.text if key.algorithm in (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE) else ""
