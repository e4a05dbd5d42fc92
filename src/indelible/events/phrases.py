"""Texts with gaps, and how the gaps are filled with parts that keep their role.

A sentence is put together from whole phrases (`phrases.toml`), never from word endings, so that each can
be translated. What fills a gap is a run of *parts*: the page marks up a name, a thing or an old value by
the part's role, and nothing that a source said can be taken for our own words. Which phrase tells which
event is decided in `sentence`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Literal, TypeAlias

Role = Literal["text", "actor", "thing", "before", "after", "reason", "said", "place"]
ROLES: Final[tuple[Role, ...]] = ("text", "actor", "thing", "before", "after", "reason", "said", "place")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a sentence, with its role.

    "text" is ours. Any other is what the source said, verbatim; "said" has its quotation marks with it,
    and "thing" may begin with the word for what it is ("sales invoice INV-1043").
    """

    text: str
    role: Role = "text"
    target: int | None = None  # which of the event's targets a thing is, from 0, where it is one of them


Parts: TypeAlias = list[Part]
Translate: TypeAlias = Callable[[str], str]

_GAP: Final = re.compile(r"\{(\w+)\}")


def _load() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("phrases.toml").read_text("utf-8"))


PHRASES: Final = _load()


@lru_cache(maxsize=4096)
def _cut(phrase: str) -> tuple[str, ...]:
    """Return the phrase as literal, gap name, literal, gap name, ... literal."""
    return tuple(_GAP.split(phrase))


def gaps(phrase: str) -> tuple[str, ...]:
    """Return the names of the gaps in a phrase, in order."""
    return _cut(phrase)[1::2]


def fill(phrase: str, /, **gap_parts: Parts | Part | str) -> Parts:
    """Return the phrase with each gap filled; bare text fills as ours. Raises KeyError for an open gap."""
    filled: Parts = []
    for place, piece in enumerate(_cut(phrase)):
        if place % 2 == 0:
            if piece:
                filled.append(Part(piece))
            continue
        given = gap_parts[piece]
        if isinstance(given, str):
            filled.append(Part(given))
        elif isinstance(given, Part):
            filled.append(given)
        else:
            filled.extend(given)
    return filled


def joined(parts: Parts) -> Parts:
    """Return the parts with neighbouring runs of our own text made one, and empty ones left out."""
    whole: Parts = []
    for part in parts:
        if not part.text:
            continue
        if whole and part.role == "text" and whole[-1].role == "text":
            whole[-1] = Part(whole[-1].text + part.text)
        else:
            whole.append(part)
    return whole


def all_phrases() -> list[str]:
    """Return every text of `phrases.toml` that is shown, for translators and for the tests."""

    def texts(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [text for one in inner for text in texts(one)]

    return [
        text
        for name, section in PHRASES.items()
        if name not in ("fields", "systems")
        for text in texts(section)
    ]


_counting: ContextVar[Callable[[int], str]] = ContextVar("counting", default="{:,}".format)


@contextmanager
def counting_by(write: Callable[[int], str]) -> Iterator[None]:
    """Have our own counts written in another way until the block ends, for a screen. Values stay as they are."""
    before = _counting.set(write)
    try:
        yield
    finally:
        _counting.reset(before)


def number(count: int) -> str:
    """Return a count as people read it: 42,806."""
    return _counting.get()(count)


class Voice:
    """The phrases in one language."""

    def __init__(self, translate: Translate = str) -> None:
        self._translate = translate

    def text(self, section: str, key: str) -> str:
        """Return one phrase of a section. Raises KeyError where there is none."""
        return self._translate(PHRASES[section][key])

    def say(self, section: str, key: str, /, **gap_parts: Parts | Part | str) -> Parts:
        """Return one phrase of a section with its gaps filled."""
        return fill(self.text(section, key), **gap_parts)

    def word(self, text: str) -> str:
        """Return one of our own words or phrases in this language."""
        return self._translate(text)

    def quoted(self, text: str) -> Part:
        """Return what the source said, in quotation marks."""
        return Part("".join(part.text for part in self.say("list", "quoted", said=text)), "said")

    def fill(self, phrase: str, /, **gap_parts: Parts | Part | str) -> Parts:
        """Return a phrase, in this language, with its gaps filled."""
        return fill(self._translate(phrase), **gap_parts)
