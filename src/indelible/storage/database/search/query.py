"""What somebody looks for: the question, the same question as text, and as a sentence.

A question is words plus filters. Filters of one kind widen each other (by Maria or by Tom), filters of
different kinds narrow each other (by Maria, and denied). `parsing` reads it from text, `terms` turns it
into what the text index is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from django.utils.translation import gettext as _

from .periods import Period


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the record. Empty tuples do not narrow; the empty query is the whole record."""

    words: tuple[str, ...] = ()  # each a word or a phrase; a `*` at its end takes in longer words
    who: tuple[str, ...] = ()
    about: tuple[str, ...] = ()  # kinds of thing, ids or names
    what: tuple[str, ...] = ()  # verbs and categories of the word list, else the source's own word
    source: tuple[str, ...] = ()  # ids (digits) or names
    outcome: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()
    when: Period | None = None  # when it happened; when it was recorded, where no time is known

    @property
    def is_everything(self) -> bool:
        """Whether nothing is asked, so that every entry is an answer."""
        return self == EVERYTHING


EVERYTHING = Query()
QUALIFIERS = tuple(field.name for field in fields(Query) if field.name != "words")


def parts(query: Query) -> list[tuple[str, str]]:
    """Return each filter as (qualifier, value); the qualifier of a word is `words`."""
    pairs = [(name, value) for name in QUALIFIERS if name != "when" for value in getattr(query, name)]
    if query.when is not None:
        pairs.append(("when", query.when.text))
    return pairs + [("words", word) for word in query.words]


def without(query: Query, qualifier: str, value: str) -> Query:
    """Return the query less one filter."""
    if qualifier == "when":
        return replace(query, when=None)
    kept = tuple(one for one in getattr(query, qualifier) if one != value)
    narrower: dict[str, Any] = {qualifier: kept}
    return replace(query, **narrower)


def query_text(query: Query) -> str:
    """Return the query as one would type it. Reading it again gives the same query."""
    return " ".join(part_text(qualifier, value) for qualifier, value in parts(query))


def part_text(qualifier: str, value: str) -> str:
    """Return one filter as one would type it, in quotes where it needs them."""
    bare = value.rstrip("*") if qualifier == "words" else value
    quoted = not bare or any(one.isspace() or one in '":' for one in bare)
    text = '"' + value.replace('"', "") + '"' if quoted else value
    return text if qualifier == "words" else f"{qualifier}:{text}"


def read_back(query: Query) -> str:
    """Return the query in words, to stand above its results and in each export."""
    if query.is_everything:
        return _("Every entry of the record")
    phrases = {
        "who": _("by {values}"),
        "about": _("about {values}"),
        "what": _("where someone did this: {values}"),
        "source": _("from {values}"),
        "outcome": _("with the outcome {values}"),
        "flag": _("with the flag {values}"),
    }
    told = [
        phrase.format(values=_either(getattr(query, name)))
        for name, phrase in phrases.items()
        if getattr(query, name)
    ]
    if query.when is not None:
        told.append(_("that happened in this time: {period}").format(period=_period_words(query.when)))
    if query.words:
        told.append(
            _("with the text {words}").format(words=_(" and ").join(f"“{one}”" for one in query.words))
        )
    return _("Entries {parts}").format(parts=_(", ").join(told))


def _either(values: tuple[str, ...]) -> str:
    return _(" or ").join(f"“{one}”" for one in values)


def _period_words(period: Period) -> str:
    text = period.text
    if ".." not in text:
        return text.replace("-", " ") if text[0].isalpha() else text
    left, _dots, right = text.partition("..")
    if left and right:
        return _("from {first} to {last}").format(first=left, last=right)
    return _("since {first}").format(first=left) if left else _("until {last}").format(last=right)
