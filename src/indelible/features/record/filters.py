"""The filters above the list: each adds one part to the question, and the question is all there is.

A filter is a small form that works without scripts: it sends what is asked so far and the part to add, and the
answer is the address of the new question. So a list can be sent to somebody as a link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from indelible.events.vocabulary import CATEGORIES, OUTCOMES, VERBS
from indelible.features.record.flags import all_flags
from indelible.storage.database.search import Query, query_text
from indelible.storage.database.search.query import part_text


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its part of the question, what people see, and what can be chosen (free text where nothing)."""

    name: str
    label: str
    question: str
    hint: str = ""
    choices: Sequence[tuple[str, Sequence[tuple[str, str]]]] = field(default_factory=tuple)


def filters_of(query: Query, source_names: Sequence[str]) -> list[Filter]:
    """Return the filters that can still narrow the question."""
    acts = sorted((verb.past, name) for name, verb in VERBS.items())
    filters = [
        Filter("when", _("When"), _("When did it happen?")),
        Filter("who", _("Who"), _("Who did it?"), _("A name, an e-mail address or a login name")),
        Filter("about", _("About"), _("About what?"), _("A kind of thing (invoice), its number or its name")),
        Filter(
            "what",
            _("What happened"),
            _("What happened?"),
            choices=(
                (_("In general"), sorted(CATEGORIES.items(), key=_words)),
                (_("Exactly"), [(name, past) for past, name in acts]),
            ),
        ),
        Filter(
            "source", _("Source"), _("From which source?"), choices=(("", [(n, n) for n in source_names]),)
        ),
        Filter("outcome", _("Outcome"), _("With which outcome?"), choices=(("", outcome_words()),)),
        Filter(
            "flag",
            _("Marks"),
            _("With which mark?"),
            choices=(("", sorted(all_flags().items(), key=_words)),),
        ),
    ]
    return [one for one in filters if one.name != "when" or query.when is None]


def _words(pair: tuple[str, str]) -> str:
    return pair[1]


def outcome_words() -> list[tuple[str, str]]:
    """Return the outcomes with the words people read."""
    words = {
        "success": _("it was done"),
        "failure": _("it failed"),
        "denied": _("it was refused"),
        "partial": _("it was partly done"),
        "pending": _("it is not decided yet"),
        "unknown": _("the source does not say"),
    }
    return [(outcome, words[outcome]) for outcome in OUTCOMES]


def views_of() -> list[tuple[str, str]]:
    """Return the ready views as (label, question)."""
    return [
        (_("Everything"), ""),
        (_("Money"), query_text(Query(what=("money",)))),
        (_("Who may do what"), query_text(Query(what=("access",)))),
        (_("Signing in"), query_text(Query(what=("sign_in",)))),
        (_("Failed or refused"), query_text(Query(outcome=("failure", "denied")))),
        (_("The record itself"), query_text(Query(what=("log",)))),
    ]


def with_filter(question: str, sent: Mapping[str, str]) -> str:
    """Return the question with the part that a filter's form sent added to it."""
    name, value = sent.get("add", ""), sent.get("value", "").strip()
    if name == "when":
        first, last = sent.get("from", "").strip(), sent.get("to", "").strip()
        value = first if first == last else f"{first}..{last}"
    known = {"when", "who", "about", "what", "source", "outcome", "flag"}
    if name not in known or not value.strip("."):
        return question
    return f"{question} {part_text(name, value)}".strip()
