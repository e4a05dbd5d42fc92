"""What is taken out of an event before it is sealed, since after sealing nothing can be tidied quietly.

Two reasons to take something out, both before anything is hashed:

* **Always**, whatever the rules say: card numbers beyond their first six and last four digits, card security codes,
  PINs, passwords, private keys, one-time codes and session tokens, wherever they stand in a text (`finding`).
* **By rule**: a fact that a rule marks is kept as a short visible part (`mask`), as a keyed code that only tells
  equal values (`code`), or not at all (`drop`) (`marking`).

The record as received repeats every value, and so may any other text. So what is taken out of a field is taken out
of all of them, and where the original says it in a spelling that cannot be found, the original is left out whole
(`repeating`). What was done stands in the event: the flag `values_removed`, and in `extra.removed` how many values,
of which kinds, by which rules.

Pure. `clean` is the one way in.
"""

from __future__ import annotations

from indelible.events.cleaning.cleaning import FLAG, REMOVED, clean, comparable
from indelible.events.cleaning.finding import Found, find_secrets, may_hold_secrets, without_secrets
from indelible.events.cleaning.marking import Mark

__all__ = [
    "FLAG",
    "REMOVED",
    "Found",
    "Mark",
    "clean",
    "comparable",
    "find_secrets",
    "may_hold_secrets",
    "without_secrets",
]
