"""What makes no sense beyond the grammar: scope that is not plain, somebody to whom it was done, names of others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from indelible.language.lexicon import lexicon
from indelible.language.meaning_spots import Misfit, Open
from indelible.language.parts import Part, Parts

_NOUNS: Final = frozenset(
    "change changes edit edits update updates export exports download downloads import imports upload uploads "
    "view views search searches reset resets release releases".split()
)

_BEING: Final = re.compile(r"\b(?:was|were|is|are|been|being|be|gets?|got|getting)\b")

_GETTING: Final = frozenset(
    "get gets got getting gotten gain gains gained gaining become becomes became".split()
)

_LEAVING: Final = frozenset({"left", "leave", "leaves", "leaving"})

_NARROWING: Final = frozenset({"where", "bare_where", "when", "who", "not_who", "outcome", "system"})

_FOR: Final = re.compile(r"\b(?:for|to|with|from|by|about)\b")
_ACCOUNTS: Final = frozenset({"user_account", "admin_account", "service_account", "shared_account", "credential",
                              "mfa", "ai_agent", "door", "badge", "visitor"})  # fmt: skip


class Checks(Open):
    """Each raises Misfit, so that another way through the sentence is looked for, or the words are asked about."""

    def _check_passive(self, by: Mapping[str, list[Part]], acts: Sequence[Part]) -> None:
        """Refuse to let those act to whom it was done: "Tom was given rights", "Maria was locked out"."""
        whos = (*by.get("who", []), *by.get("not_who", []))
        for act in acts:
            for who in sorted((one for one in whos if one.end <= act.start), key=lambda one: one.end)[-1:]:
                between, said = self.text[who.end : act.start].lower(), self.text[act.start : act.end].lower()
                done = _BEING.search(between) and not said.partition(" ")[0].endswith("ing")
                got = said.partition(" ")[0] in _GETTING and "," not in between
                if done or got:
                    raise Misfit

    def _check_places(self, by: Mapping[str, list[Part]]) -> None:
        """Refuse to take a name for a system where it is rather somebody's: "invoices from Harrow Freight"."""
        for part in by.get("system", []):
            known = part.value in self.world.systems or any(
                reading.value == part.value for reading in lexicon().of_phrase(part.value, "SYSTEM")
            )
            if part.start < 0 or known or self.text[part.start] in '"“„':
                continue
            if re.search(
                r"\b(?:from|with|to|at|via|through|using|of)\s+(?:the\s+)?[\"“]?\Z",
                self.text[: part.start].lower(),
            ):
                raise Misfit
            if any(self._is_called(person.name, part.value) for person in self.world.people):
                raise Misfit

    def _check_lists(self, by: Mapping[str, list[Part]], acts: Sequence[Part]) -> None:
        """Refuse to put on a whole list what is said of its last thing: "goods received and every price change"."""
        things = sorted(by.get("thing", []), key=lambda part: part.start)
        if not acts and any(part.start > thing.start for part in by.get("new", []) for thing in things[:1]):
            raise Misfit
        for field in (*by.get("field", []), *by.get("field_alone", [])):
            for thing in things:
                if field.end <= thing.start and _FOR.search(self.text[field.end : thing.start].lower()):
                    raise Misfit  # "discounts for customers over 20%" is not their field that is changed
        for before, last in pairwise(things):
            between = self.text[before.end : last.start].lower()
            if not re.search(r"\b(?:and|or)\s+(?:every|each|any|all)\b", between):
                continue
            for act in acts:
                said = self.text[act.start : act.end].lower()
                if (
                    act.start >= last.end
                    and not said.endswith(("ed", "ing", "en"))
                    and act.value.noun | (said in _NOUNS)
                ):
                    raise Misfit

    def _check_except(self, parts: Parts) -> None:
        """Refuse what may narrow only what is left out: "everything except payments over 5,000 EUR"."""
        outs = [part for part in parts if part.name in ("not_thing", "not_act")]
        for out in outs:
            for part in parts:
                if (
                    part.name in _NARROWING
                    and part.start >= out.end
                    and "," not in self.text[out.end : part.start]
                ):
                    raise Misfit

    def _check_alone(
        self, by: Mapping[str, list[Part]], acts: Sequence[Part], verbs: Sequence[str], kinds: Sequence[str]
    ) -> None:
        """Refuse to put "sign-ins" on prices: what is said without a thing goes with no thing but an account."""
        alone = [part for part in acts if part.value.alone]
        first = any(thing.start < act.start for thing in by.get("thing", []) for act in acts)
        going = {"enter", "exit", "sign_in", "sign_out"}.issuperset(verbs) and verbs
        if first and going and set(kinds) == {"visitor"}:
            raise Misfit  # visitors go in, nobody goes in at them
        if verbs == ["exit"] and any(self.text[part.start : part.end].lower() in _LEAVING for part in acts):
            raise Misfit  # "employees who left": the office, or the company
        if alone and kinds and not any(kind in _ACCOUNTS for kind in kinds):
            raise Misfit

    def _is_called(self, name: str, said: str) -> bool:
        return said.lower() in (name.lower(), *name.lower().split())
