"""What parts of a sentence mean together with the others: acts with their things, conditions with their facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from indelible.events.vocabulary import THINGS
from indelible.language.lexicon import Act, Option, lexicon
from indelible.language.meaning_spots import Misfit, Open
from indelible.language.parts import Part
from indelible.language.pattern import Condition, Who

_BULK: Final = frozenset(
    "export import view search share send delete erase merge move restore hand_over".split()
)

_DATED: Final = frozenset({"within", "since", "until", "before", "after", "between"})

PERSONAL: Final = frozenset(
    (
        "user_account admin_account credential mfa role employee employee.pay employee.bank_account employee.file "
        "absence timesheet expense device badge door_right key training candidate offer api_key company_card"
    ).split()
)
"""Things that are somebody's, so that they go by the person's name."""

_TIMES: Final = ("after ", "before ", "following ")

_COMPARING: Final = ("where", "bare_where", "range_from_to", "changed_from_to")

_TRIES: Final = frozenset({"sign_in", "sign_out", "enter", "exit"})

_CHANGES: Final = frozenset({"change", "create", "delete", "void", "restore"})


class Values(Open):
    """Kinds, verbs, people, outcomes, conditions, times."""

    def _unchecked(self, by: Mapping[str, list[Part]], acts: Sequence[Part]) -> Iterator[str]:
        """Yield the conditions that no event can tell, each in the words of the sentence. Raises Misfit."""
        behind = {}
        for part in by.get("unchecked", []):
            if not acts and self.text[part.start : part.end].lower() in _participles():
                raise Misfit  # "approved invoices": that they are approved
            if part.value.startswith(_TIMES) and self.text[part.end :].lstrip().startswith(("by ", "of ")):
                raise Misfit  # "changed after approval by Tom": who did which of the two
            behind[part.start] = part
        for part in acts:
            if not part.value.directed:
                continue
            end = part.end
            after = end + len(self.text[end:]) - len(self.text[end:].lstrip())
            if (more := behind.get(after)) is not None and more.value.startswith("by "):
                end = more.end
                del behind[after]
            yield self.text[part.start : end]
        yield from (part.value for part in behind.values())
        for part in by.get("unchecked_as_typed", []):
            yield self.text[part.start : part.end]

    def _kinds(self, by: Mapping[str, list[Part]], acts: Sequence[Part]) -> list[str]:
        kinds: list[str] = [kind for part in by.get("thing_exact", []) for kind in part.value]
        for part in by.get("late_acts", []):
            acts = [*acts, *(Part("act", act) for act in part.value)]
        verbs = {verb for part in acts for option in part.value.options for verb in option.verbs}
        for part in by.get("thing", []):
            found = [some for verb, some in part.value.by_verb if verb in verbs]
            if found:
                kinds.extend(found[0])
                continue
            if not part.value.ask:
                kinds.extend(part.value.kinds)
                continue
            # "Suppliers except their bank details": those of the things that are spoken of.
            near = {other.value.kinds[0] for other in by.get("thing", []) if not other.value.ask}
            if ours := [kind for kind in part.value.kinds if kind.partition(".")[0] in near]:
                kinds.extend(ours[:1])
                continue
            choices = part.value.kinds
            if "owner" in by:
                choices = tuple(kind for kind in choices if kind in PERSONAL) or choices
                if len(choices) == 1:
                    kinds.append(choices[0])
                    continue
            labels = [_kind_name(kind) for kind in choices]
            kinds.append(choices[self._pick("two-readings", part, labels)])
        return kinds

    def _not_kinds(self, part: Part, kinds: Sequence[str]) -> Sequence[str]:
        if not part.value.ask:
            return part.value.kinds  # type: ignore[no-any-return]
        ours = [kind for kind in part.value.kinds if kind.partition(".")[0] in kinds]
        if ours:
            return ours[:1]
        labels = [_kind_name(kind) for kind in part.value.kinds]
        return (part.value.kinds[self._pick("two-readings", part, labels)],)

    def _verbs(self, acts: Sequence[Part], kinds: Sequence[str]) -> tuple[list[str], list[str]]:
        verbs: list[str] = []
        categories: list[str] = []
        for part in acts:
            act: Act = part.value
            options = act.meant(kinds)
            if len(options) > 1:
                distinct: dict[tuple[str, ...], Option] = {one.verbs: one for one in options}
                chosen = list(distinct.values())
                if len(chosen) > 1:
                    labels = [_verbs_name(one.verbs) for one in chosen]
                    option = chosen[self._pick("two-readings", part, labels)]
                else:
                    option = chosen[0]
            elif not options:
                raise Misfit  # what nobody does with these things
            else:
                option = options[0]
            verbs.extend(option.verbs)
            categories.extend(option.categories)
            if act.offer:
                self.offers.append(act.offer)
        if acts and any(
            not option.verbs and not option.categories for part in acts for option in part.value.options
        ):
            return [], []
        return verbs, categories

    def _time(self, part: Part) -> tuple[Any, ...]:
        """Return a time, with one of its two days picked where it is not plain which number is the month."""
        values = []
        for value in part.value:
            if isinstance(value, tuple) and part.value[0] in _DATED:
                value = value[self._pick("two-readings", part, value)]
            values.append(value)
        return tuple(values)

    def _who(self, part: Part) -> Who:
        who = part.value
        if isinstance(who.name, tuple):
            names: tuple[str, ...] = who.name
            return Who(name=names[self._pick("which-person", part, names)])
        return who  # type: ignore[no-any-return]

    def _outcomes(self, parts: Sequence[Part], verbs: Sequence[str]) -> list[str]:
        found: list[str] = []
        for part in parts:
            words = self.text[part.start : part.end].lower()
            both = part.value == ("failure", "denied") and not any(
                word in words for word in ("refus", "deni")
            )
            if both and verbs and not _TRIES.issuperset(verbs):
                found.append("failure")
            else:
                found.extend(part.value)
        return found

    def _conditions(
        self, by: Mapping[str, list[Part]], verbs: Sequence[str], kinds: Sequence[str]
    ) -> list[Condition]:
        found = [part.value for part in by.get("where", [])]
        if "counted" in by:
            if not verbs or not _BULK.issuperset(verbs):
                raise Misfit  # "approved more than 3 payments" counts events, not what one event holds
            found += [part.value for part in by["counted"]]
        changing = bool(_CHANGES.intersection(verbs)) or "field" in by or "move" in verbs
        if ("changed_from_to" in by and not changing) or ("range_from_to" in by and changing):
            raise Misfit
        found += [part.value for part in by.get("changed_from_to", [])]
        for part in by.get("field", []):
            if verbs and not _CHANGES.intersection(verbs):
                self.misfits.append((part.start, part.end))
            else:
                found.append(Condition(f"changes/{part.value}", "changed"))
        for part in (*by.get("bare_where", []), *by.get("range_from_to", [])):
            fact = part.value.fact or ("amount" if part.value.unit or _has_amount(kinds, verbs) else None)
            if fact is None:
                raise Misfit
            unit = part.value.unit or (self.world.currency if fact == "amount" else "")
            found.append(Condition(fact, part.value.op, part.value.value, unit))
        for place, one in enumerate(found):
            if isinstance(one.value, tuple):  # "5.000" is five thousand to some, five to others
                said = [part for name in _COMPARING for part in by.get(name, [])]
                spot = next(part for part in said if part.value.value == one.value)
                picked = one.value[self._pick("two-readings", spot, one.value)]
                found[place] = Condition(one.fact, one.op, picked, one.unit)
        return found


def _has_amount(kinds: Sequence[str], verbs: Sequence[str]) -> bool:
    money = {"approval_limit", "price", "discount", "employee.pay", "register.gift", "contract", "tax_return"}
    if not kinds:
        return not _TRIES.intersection(verbs)
    return any(kind in money or (kind in THINGS and THINGS[kind].category == "money") for kind in kinds)


def _kind_name(kind: str) -> str:
    return THINGS[kind].name if kind in THINGS else kind


def _verbs_name(verbs: Sequence[str]) -> str:
    from indelible.events.vocabulary import VERBS

    return "someone " + " or ".join(VERBS[verb].someone for verb in verbs)


@cache
def _participles() -> frozenset[str]:
    words = lexicon().vocabulary
    return frozenset(
        word for word in words if lexicon().of_phrase(word, "ADJ_T") and lexicon().of_phrase(word, "ACT")
    )
