"""What the text of a well-known program's message says: who, from where, to what, and how it ended.

The programs and their sentences are data (`messages.toml`). A sentence that is not listed says nothing:
nothing is guessed from prose. What others can write into a message (a login name may hold blanks and the
word "from") is why the patterns take the last "from" and are tied to both ends.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from indelible.events.vocabulary import OUTCOMES, VERBS, is_kind

_LOOKED_AT = 2000  # characters of a message
_CONSTANTS = ("outcome", "verb", "kind", "said")


@dataclass(frozen=True, slots=True)
class _Sentence:
    app: re.Pattern[str]
    pattern: re.Pattern[str]
    constants: dict[str, str]


def facts_in(app: str, message: str) -> dict[str, str]:
    """Return what a message of this program says, by name; empty where nothing is known of it.

    Names: user, ip, target, command, as_user, group, count, and the constants outcome, verb, kind, said.
    """
    if not message:
        return {}
    for sentence in _sentences_of(app[:64]):
        if match := sentence.pattern.match(message[:_LOOKED_AT]):
            told = {name: value.strip() for name, value in match.groupdict().items() if value}
            return {**sentence.constants, **{name: value for name, value in told.items() if value}}
    return {}


@cache
def _sentences() -> tuple[_Sentence, ...]:
    data = tomllib.loads((files(__package__) / "messages.toml").read_text(encoding="utf-8"))
    return tuple(_sentence(entry) for entry in data["sentence"])


@lru_cache(maxsize=1024)
def _sentences_of(app: str) -> tuple[_Sentence, ...]:
    return tuple(sentence for sentence in _sentences() if sentence.app.fullmatch(app))


def _sentence(entry: dict[str, str]) -> _Sentence:
    """Read one sentence; raises ValueError for a word outside the closed list."""
    constants = {name: entry[name] for name in _CONSTANTS if name in entry}
    if (
        constants.get("outcome", "unknown") not in OUTCOMES
        or constants.get("verb", "view") not in VERBS
        or not is_kind(constants.get("kind", "file"))
    ):
        raise ValueError(f"messages.toml: {entry!r} is not in the word list")
    return _Sentence(re.compile(entry["app"]), re.compile(entry["pattern"], re.S), constants)
