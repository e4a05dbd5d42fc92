"""Finds a removed value again wherever else it stands, in the spellings that one can foresee.

A value of five letters and digits or more is looked for blind to case and to blanks, hyphens, dots and slashes
between its characters ("ES91 2100" for "es912100"), a number also with any signs for thousands and decimals.
Shorter ones are looked for as whole words as they are. `holds` then asks the stricter question, whether the text
could still say it: there letters and digits alone count, whatever stands between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

WIDE: Final = 5
"""Letters and digits from which a value is looked for inside words too."""

_BETWEEN = r"[ \u00a0.,'’/_-]?"
_NUMBER = re.compile(r"-?[0-9][0-9.,'’ \u00a0]*")


class Repeats:
    """The values that were taken out of one event, to be taken out of its other texts."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(dict.fromkeys(value for value in values if _skeleton(value)))
        patterns = [
            pattern for value in sorted(self.values, key=len, reverse=True) for pattern in _patterns(value)
        ]
        self._pattern = re.compile("|".join(patterns), re.I) if patterns else None
        self._skeletons = tuple(skeleton for value in self.values for skeleton in _skeletons(value))

    def removed(self, text: str, instead: str) -> tuple[str, int]:
        """Return the text without them, and how often one stood in it."""
        return self._pattern.subn(lambda _match: instead, text) if self._pattern is not None else (text, 0)

    def holds(self, text: str) -> bool:
        """Whether the text may still say one of them."""
        bare = _skeleton(text)
        return any(skeleton in bare for skeleton in self._skeletons)


def _skeleton(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def _skeletons(value: str) -> list[str]:
    """Return what of a value is looked for between other letters; a whole number also without its ,00."""
    found = [_skeleton(value)]
    if (whole := _whole(value)) is not None:
        found.append(whole)
    return [one for one in found if len(one) >= WIDE]


def _patterns(value: str) -> list[str]:
    skeleton = _skeleton(value)
    if len(skeleton) < WIDE:
        return [rf"(?<!\w){re.escape(value)}(?!\w)"]
    found = [_BETWEEN.join(re.escape(one) for one in skeleton)]
    if (whole := _whole(value)) is not None:
        joined = _BETWEEN.join(whole)
        found = [rf"(?<![0-9]){joined}(?:[.,][0-9]{{1,2}})?(?![0-9])"]
    return found


def _whole(value: str) -> str | None:
    """Return the digits of a number's whole part, None for what is no number."""
    bare = value.strip()
    if not _NUMBER.fullmatch(bare):
        return None
    whole = re.sub(r"[.,][0-9]{1,2}$", "", bare)
    return "".join(one for one in whole if one.isdigit())
