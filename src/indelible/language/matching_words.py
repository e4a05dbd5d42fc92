"""What "as words" means: which words an entry holds, and where.

A word is a run of letters and digits, folded (`events.folding`). Words stand next to each other where one text holds
them so: the end of one text is never next to the beginning of another. The text index of the search table is made by
the same functions, so a pattern held against an event and one asked of the index find the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from indelible.events.folding import fold

BETWEEN: Final = "zzx"
"""A word that stands between two texts in the index, and at either end."""
LONGEST_WORD: Final = 500
"""Letters of a word that are looked at: PostgreSQL's text index takes no longer ones."""
MAX_WORDS: Final = 200_000
"""How many characters of one entry's text are searched: PostgreSQL's text index takes no more."""
_EDGE: Final = f" {BETWEEN} "


def words_of(text: str) -> str:
    """Return the folded words of `text` with one space between them; empty where it has none."""
    words = fold(text).split()
    if len(text) > LONGEST_WORD:
        words = [one[:LONGEST_WORD] for one in words]
    return " ".join(words)


def line_of(texts: Iterable[str]) -> str:
    """Return the words of some texts in one line, each text between two `BETWEEN`; empty where there are no words.

    Looked for by `phrase_of`, so that a phrase is found in one text, and from its beginning to its end if wanted.
    """
    told = [words for text in texts if (words := words_of(text))]
    return f"{_EDGE}{_EDGE.join(told)}{_EDGE}" if told else ""


@lru_cache(maxsize=1 << 12)
def phrase_of(value: str) -> str:
    """Return what a line holds that holds this word or phrase; empty where the value has no words.

    A `*` at the end takes in longer words.
    """
    words = words_of(value)
    if not words:
        return ""
    return f" {words}" if value.rstrip().endswith("*") else f" {words} "


@lru_cache(maxsize=1 << 12)
def whole_of(value: str) -> str:
    """Return what a line holds of which one text says this and nothing else; empty where the value has no words."""
    words = words_of(value)
    return f"{_EDGE}{words}{_EDGE}" if words else ""


def is_address(value: str) -> bool:
    """Whether a name is an address, which is compared letter by letter: its look-alikes are somebody else."""
    return "@" in value.strip().strip("@")


def party_texts(party: Mapping[str, Any]) -> list[str]:
    """Return the name, address and id of one who acted, as far as they are told."""
    told = (party.get("name"), party.get("email"), party.get("id"))
    return [one for one in told if isinstance(one, str)]


def other_texts(content: Mapping[str, Any]) -> list[str]:
    """Return every text of an entry but those of who acted, of its things and of its source's name.

    `content` is what is sealed, disclosure name to value, in the order of the names.
    """
    texts: list[str] = []
    for name, value in content.items():
        if (reader := _reader_of(name)) is not None:
            reader(value, texts)
    flags = content.get("flags")
    if isinstance(flags, list) and "payload_truncated" in flags:
        # Where the source cut its own record short, what it still says stands in the original alone.
        _one("text", content.get("original"), texts)
    return texts


def cut(texts: list[str]) -> list[str]:
    """Return the first `MAX_WORDS` characters of some texts."""
    left = MAX_WORDS
    if sum(map(len, texts)) <= left:
        return texts
    kept = []
    for text in texts:
        if left <= 0:
            break
        kept.append(text[:left])
        left -= len(text)
    return kept


def in_order(value: Any) -> Any:
    """Return a value with the keys of each object in order, as canonical JSON has them."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [in_order(one) for one in value]
    return value


def scalars(value: object) -> Iterator[str]:
    """Yield each text, number and truth within a value, whatever they are nested in."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, dict):
        for inner in value.values():
            yield from scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    elif value is not None:
        yield str(value)


def _one(key: str, value: Any, texts: list[str]) -> None:
    if isinstance(value, dict) and isinstance(value.get(key), str):
        texts.append(value[key])


def _values(value: Any, texts: list[str]) -> None:
    if isinstance(value, dict):
        _gather(value.values(), texts)


def _extra(value: Any, texts: list[str]) -> None:
    if isinstance(value, dict):
        texts += value
        _gather(value.values(), texts)
    else:
        _gather((value,), texts)


def _gather(values: Iterable[object], texts: list[str]) -> None:
    """Collect every text and number in `values`, whatever they are nested in, and the names of details."""
    for value in values:
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            texts += value
            _gather(value.values(), texts)
        elif isinstance(value, list):
            _gather(value, texts)
        elif value is not None and not isinstance(value, bool):
            texts.append(str(value))


_OTHERS: Final[Mapping[str, Callable[[Any, list[str]], None]]] = {
    "action": lambda value, texts: _one("said", value, texts),
    "attachments": lambda value, texts: _one("name", value, texts),
    "changes": _values,
    "context": _values,
    "extra": _extra,
    "reason": lambda value, texts: _gather((value,), texts),
    "source": lambda value, texts: _one("id", value, texts),
}


@lru_cache(maxsize=1 << 12)
def _reader_of(name: str) -> Callable[[Any, list[str]], None] | None:
    return _OTHERS.get(name.partition("/")[0])
