"""Facts, and the parts of a thing that can change."""

from __future__ import annotations

from typing import Final

from indelible.events.vocabulary import FACTS
from indelible.language.lexicon.forms import singular
from indelible.language.lexicon.values import Reading
from indelible.language.lexicon.words import Words
from indelible.language.pattern import ROLES

_CORE_FACTS: Final = ("actor", "occurred_at", "on_behalf_of", "action", "targets", "outcome", "context", "source",
                      "at", "changes")  # fmt: skip

_ASKING: Final = frozenset(
    {
        "in",
        "at",
        "until",
        "with",
        "exactly",
        "who",
        "what",
        "when",
        "where",
        "why",
        "how",
        "which",
        "from",
        "to",
        "for",
        "whether",
        "on",
        "by",
    }
)

_BY_FACTS: Final = frozenset(
    {"actor", "occurred_at", "reason", "source", "outcome", "context", "context.ip", "context.device"}
)

_MEASURED: Final = frozenset(
    (
        "amount quantity value balance size duration count row_count people_count item_count line_count headcount "
        "batch_total gross_total difference score population_count offset_ms missing_estimate age_of_items expires "
        "due_date due_at deadline valid_from valid_to received_at aware_at happened_at copies_left approval_limit "
        "limit_applied changes.before changes.after"
    ).split()
)
"""Facts that may be compared with "over 500" and the like without a word between."""


class Facts(Words):
    """The facts of a language."""

    def _add_facts(self) -> None:
        said: dict[str, tuple[str, ...]] = {}
        for fact in (*FACTS, *_CORE_FACTS):
            if fact_name(fact) != f"the {fact}":
                said[fact_name(fact)] = (fact,)
            said.setdefault(fact.replace("_", " "), (fact,))
        for fact, words in self.words["facts"].items():
            for word in words:
                said[word] = (fact,)
        for word, facts in self.words["facts_several"].items():
            said[word] = tuple(facts)
        # Of two facts that differ in number alone ("item", "items") each goes by its own form.
        apart = {
            word for word in said if word.endswith("s") and singular(word) in said and singular(word) != word
        }
        apart |= {singular(word) for word in apart}
        for word, told in said.items():
            add = (
                self._exact
                if word in apart or word.startswith("the ") or word in ("person", "user")
                else self._noun
            )
            add(word, Reading("FACT", told))
            if set(told) <= _BY_FACTS:
                add(word, Reading("BYFACT", told, 1))
            add(word, Reading("LACKED", told, 1 if told == ("authority",) else 0))
            add(word, Reading("HAD_FACT", told))
            if len(told) == 1:
                add(word, Reading("REF", told[0]))
                add(word, Reading("FACT_MORE", told[0], 1))
                if told[0] in _MEASURED:
                    add(word, Reading("REF_BARE", told[0], 2))
        for phrase, told in self.words["facts_asked"].items():
            for form in (phrase, phrase.replace("and ", ", "), phrase.replace("and ", ", and ")):
                self._exact(form, Reading("AND_FACT", tuple(told)))
        for phrase, told in said.items():
            if phrase.partition(" ")[0] in _ASKING and " " in phrase:
                for form in (f"and {phrase}", f", {phrase}", f", and {phrase}"):
                    self._noun(form, Reading("AND_FACT", told, 1))
        for role in ROLES:
            self._noun(role, Reading("REF", role))
        fields = dict.fromkeys(
            (*(fact_name(fact) for fact in FACTS if "." not in fact), *self.words["fields"]["words"])
        )
        for name in fields:
            if name in ("what", "from", "to"):
                continue
            cost = (
                2
                if name
                in ("end", "start", "from", "to", "what", "period", "system", "systems", "reason", "name")
                else 1
            )
            self._noun(name, Reading("FIELD", name, cost))
            self._noun(name, Reading("FIELD_ALONE", name, cost + 3))


def fact_name(fact: str) -> str:
    """Return how a fact is spoken of in a list of facts: "the old value", "valid to"."""
    return {
        "changes.before": "the old value",
        "changes.after": "the new value",
        "approval_ref": "the approval",
        "attachments": "the papers",
        "context": "from where",
        "context.ip": "the address",
        "context.device": "the device",
        "on_behalf_of": "for whom",
        "meaning": "what the signature means",
        "actor": "who",
        "occurred_at": "when",
        "changes": "all changes",
        "at": "when it was recorded",
        "source": "which system",
        "action": "what they did",
        "targets": "to what",
    }.get(fact, fact.replace("_", " "))
