"""From what was said to what is meant: parts of a sentence become a pattern and its duties.

Words whose act depends on the thing are settled here ("opened" a file, "opened" a case); what cannot be settled is an
open *spot* with its choices, and the pattern is made with one of them picked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any, Final

from indelible.events.vocabulary import THINGS
from indelible.language.days import Calendar, when_of
from indelible.language.lexicon import Act, Option, lexicon
from indelible.language.parts import Part, Parts, Said
from indelible.language.pattern import Condition, Duties, Pattern, Review, Tell, Who
from indelible.language.understanding import Kind
from indelible.language.world import World

_GOING_IN: Final = frozenset({"sign_in", "sign_out", "view", "import"})
_ASKS_WHAT_IT_IS: Final = (
    "what is",
    "what are",
    "where is",
    "where are",
    "who is",
    "who are",
    "how do",
    "why ",
)
_BULK: Final = frozenset(
    "export import view search share send delete erase merge move restore hand_over".split()
)
_DATED: Final = frozenset({"within", "since", "until", "before", "after", "between"})
_SAYING: Final = frozenset(
    (
        "act anything bare_where changed_from_to field flag late_acts named not_act not_system "
        "not_thing not_who outcome range_from_to rule said system text thing thing_exact when where "
        "who"
    ).split()
)
"""Parts that say which events are meant."""
_THINGS: Final = frozenset({"thing", "thing_exact", "anything", "named"})
_NOUNS: Final = frozenset(
    "change changes edit edits update updates export exports download downloads import imports upload uploads "
    "view views search searches reset resets release releases".split()
)
_BEING: Final = re.compile(r"\b(?:was|were|is|are|been|being|be|gets?|got|getting)\b")
_GETTING: Final = frozenset(
    "get gets got getting gotten gain gains gained gaining become becomes became".split()
)
_LEAVING: Final = frozenset({"left", "leave", "leaves", "leaving"})
_PERSONAL: Final = frozenset(
    (
        "user_account admin_account credential mfa role employee employee.pay employee.bank_account employee.file "
        "absence timesheet expense device badge door_right key training candidate offer api_key company_card"
    ).split()
)
"""Things that are somebody's, so that they go by the person's name."""
_TIMES: Final = ("after ", "before ", "following ")
_NARROWING: Final = frozenset({"where", "bare_where", "when", "who", "not_who", "outcome", "system"})
_COMPARING: Final = ("where", "bare_where", "range_from_to", "changed_from_to")
_TRIES: Final = frozenset({"sign_in", "sign_out", "enter", "exit"})
_CHANGES: Final = frozenset({"change", "create", "delete", "void", "restore"})
_ACCOUNTS: Final = frozenset({"user_account", "admin_account", "service_account", "shared_account", "credential",
                              "mfa", "ai_agent", "door", "badge", "visitor"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """Words with several meanings: where they stand, and what each choice is called. `code` is the question's."""

    code: str
    start: int
    end: int
    labels: tuple[str, ...]


@dataclass
class Meant:
    """What one way through a sentence means, with some choices picked."""

    kind: Kind
    pattern: Pattern
    duties: Duties
    spots: list[Spot] = field(default_factory=list)
    misfits: list[tuple[int, int]] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    two_rules: tuple[Pattern, ...] = ()


class Misfit(Exception):
    """What was said makes no sense beyond the grammar."""


def meant_by(
    said: Said, text: str, world: World, calendar: Calendar, kind: Kind, picks: Mapping[int, int]
) -> Meant:
    """Return what a way through a sentence means. `picks`: for a spot, by where it starts, which choice.

    Raises Misfit where it makes no sense.
    """
    reader = _Reader(text, world, calendar, picks)
    patterns = [reader.pattern(clause) for clause in _shared(said.clauses)]
    duties = _duties(said.duties)
    whole, two = _together(patterns)
    signs = list(reader.signs)
    told = said.kind or kind
    if signs and (told == "alarm" or kind == "alarm"):
        tell = duties.tell or Tell("me")
        when = ", ".join(dict.fromkeys([*([tell.when] if tell.when else []), *signs]))
        duties = Duties(duties.keep, duties.keep_from, duties.review, Tell(tell.whom, when), duties.silent_after,
                        duties.expected, duties.reason)  # fmt: skip
    elif signs:
        whole = _with(whole, unchecked=(*whole.unchecked, *signs))
        two = tuple(_with(one, unchecked=(*one.unchecked, *signs)) for one in two)
    return Meant(told, whole, duties, reader.spots, reader.misfits, reader.offers, signs, two)


def _with(pattern: Pattern, **parts: Any) -> Pattern:
    from dataclasses import fields

    values = {one.name: getattr(pattern, one.name) for one in fields(pattern)}
    return Pattern.of(**(values | parts))


def _shared(clauses: Sequence[Parts]) -> list[Parts]:
    """Return the clauses, each with the things or acts that it leaves to its neighbour ("who approved and who
    released each payment")."""
    found: list[list[Part]] = [list(clause) for clause in clauses]
    for place, clause in enumerate(found):
        if any(part.name in ("thing", "thing_exact", "anything", "named") for part in clause):
            continue
        if any(part.name == "act" and part.value.alone for part in clause):
            continue
        for neighbour in (*found[place + 1 :], *reversed(found[:place])):
            things = [
                part
                for part in neighbour
                if part.name in ("thing", "thing_exact", "anything", "named", "field")
            ]
            if things:
                clause.extend(things)
                break
    return [tuple(clause) for clause in found]


def _together(patterns: Sequence[Pattern]) -> tuple[Pattern, tuple[Pattern, ...]]:
    """Return one pattern for all clauses, and the clauses apart where one pattern would mean more than they do."""
    if not patterns:
        return Pattern(), ()
    first = patterns[0]
    for other in patterns[1:]:
        differing = [
            name
            for name in Pattern.__dataclass_fields__
            if name not in ("facts", "unchecked") and getattr(first, name) != getattr(other, name)
        ]
        facts = {name: getattr(first, name) + getattr(other, name) for name in ("facts", "unchecked")}
        if not differing:
            first = _with(first, **facts)
        elif (
            len(differing) == 1
            and differing[0] in ("verbs", "things", "named", "who", "systems")
            and all(getattr(one, differing[0]) for one in (first, other))
        ):
            name = differing[0]
            first = _with(first, **facts, **{name: getattr(first, name) + getattr(other, name)})
        else:
            return _wide(patterns), tuple(patterns)
    return first, ()


def _wide(patterns: Sequence[Pattern]) -> Pattern:
    """Return the pattern that takes in what each of several does, and more."""
    parts: dict[str, Any] = {}
    for name in Pattern.__dataclass_fields__:
        values = [getattr(one, name) for one in patterns]
        if name == "when":
            parts[name] = values[0] if all(value == values[0] for value in values) else None
        elif name in ("where", "text", "not_who", "not_verbs", "not_things", "not_systems"):
            parts[name] = set.intersection(*[set(value) for value in values])
        elif name in ("facts", "unchecked") or all(values):
            parts[name] = [one for value in values for one in value]
        elif name in ("verbs", "categories"):
            both = [one for value in values for one in value]
            parts[name] = both if all(one.verbs or one.categories for one in patterns) else ()
    return Pattern.of(**parts)


class _Reader:
    def __init__(self, text: str, world: World, calendar: Calendar, picks: Mapping[int, int]) -> None:
        self.text, self.world, self.calendar, self.picks = text, world, calendar, picks
        self.spots: list[Spot] = []
        self.misfits: list[tuple[int, int]] = []
        self.offers: list[str] = []
        self.signs: list[str] = []

    def _pick(self, code: str, part: Part, labels: Sequence[str]) -> int:
        picked = self.picks.get(part.start)
        if picked is not None and picked < len(labels):
            return picked
        self.spots.append(Spot(code, part.start, part.end, tuple(labels)))
        return 0

    def pattern(self, parts: Parts) -> Pattern:
        """Return the pattern of one clause. Raises Misfit."""
        by: dict[str, list[Part]] = {}
        for part in parts:
            by.setdefault(part.name, []).append(part)
        acts = by.get("act", [])
        if late := by.get("late_acts", []):
            if acts or len(late) > 1:
                raise Misfit
            acts = [Part("act", act, late[0].start, late[0].end) for act in late[0].value]
        if "late_thing" in by:
            if _THINGS.intersection(by) or not acts:
                raise Misfit
            by["thing"] = by["late_thing"]
        for of in by.get("of", []):
            if any(
                part.start < of.start
                for name in ("thing", "thing_exact", "named", "field", "field_alone")
                for part in by.get(name, [])
            ):
                raise Misfit  # "the salary of Maria" is not what Maria did
        for bare in by.get("bare_where", []):
            if any(
                part.end > 0 and not self.text[part.end : bare.start].strip() for part in by.get("fact", [])
            ):
                raise Misfit  # "with an amount over 5,000 EUR" says one thing, not two
        if "impossible" in by:
            raise Misfit
        if "system_to" in by and "system" in by:
            raise Misfit  # "imports from Xero to NetSuite"
        if "system_to" in by:
            verbs_said = {verb for part in acts for option in part.value.options for verb in option.verbs}
            if not verbs_said or not verbs_said <= _GOING_IN:
                raise Misfit  # "sent to Tom Reed": not where it was done
            by["system"] = [*by.get("system", []), *by["system_to"]]
        if "field_alone" in by:
            if _THINGS.intersection(by) - {"anything"}:
                raise Misfit
            by["field"] = by["field_alone"]
        if not acts and self.text.lower().lstrip().startswith(_ASKS_WHAT_IT_IS):
            raise Misfit
        self._check_except(parts)
        self._check_lists(by, acts)
        self._check_passive(by, acts)
        self._check_places(by)
        if not _SAYING.intersection(by):
            raise Misfit  # nothing is said of which events are meant
        kinds = self._kinds(by, acts)
        verbs, categories = self._verbs(acts, kinds)
        if _is_visitors(by.get("who", [])) and {"sign_in", "sign_out"}.issuperset(verbs):
            verbs = [{"sign_in": "enter", "sign_out": "exit"}[verb] for verb in verbs]
        said: dict[str, Any] = {"verbs": verbs, "categories": categories, "things": kinds}
        self._check_alone(acts, verbs, kinds)
        for part in by.get("new", []):
            if not verbs and not categories:
                verbs.append("create")
            elif "create" not in verbs:
                self.misfits.append((part.start, part.end))
        if acts and verbs == ["change"] and set(by) <= {"act", "late_acts", "when"} and "when" in by:
            said["verbs"] = []  # "changes on weekends": whatever was done
            self.offers.append("changes-only")
        if "owner" in by and not (kinds and _PERSONAL.issuperset(kinds)):
            raise Misfit  # "Tom's contracts" may be those that he made
        said["named"] = [part.value for part in (*by.get("named", []), *by.get("owner", []))]
        for name, to in (("who", "who"), ("not_who", "not_who")):
            said[to] = [self._who(part) for part in by.get(name, [])]
        for name in ("system", "not_system", "flag", "said", "text", "rule"):
            said[
                {"system": "systems", "not_system": "not_systems", "flag": "flags", "rule": "rules"}.get(
                    name, name
                )
            ] = [part.value for part in by.get(name, [])]
        said["outcomes"] = self._outcomes(by.get("outcome", []), verbs)
        said["not_things"] = [
            kind for part in by.get("not_thing", []) for kind in self._not_kinds(part, kinds)
        ]
        said["not_verbs"] = [
            verb
            for part in by.get("not_act", [])
            for option in part.value.meant(kinds)[:1]
            for verb in option.verbs
        ]
        said["where"] = self._conditions(by, verbs, kinds)
        said["facts"] = [fact for part in by.get("fact", []) for fact in part.value]
        said["facts"] += [fact for part in acts for fact in part.value.facts]
        for part in by.get("asked_fact", []):
            looks = {"view", "search"}.intersection(verbs)
            said["facts"] += ["purpose" if fact == "reason" and looks else fact for fact in part.value]
        said["unchecked"] = list(self._unchecked(by, acts))
        self.signs.extend(part.value for part in by.get("sign", []))
        times = [self._time(part) for part in by.get("when", [])]
        when = when_of(times, self.calendar) if times else None
        if "when" in by and when is None:
            raise Misfit  # times that no moment fulfils
        for part in by.get("misfit", []):
            self.misfits.append((part.start, part.end))
        return Pattern.of(**said, when=when)

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

    def _check_passive(self, by: Mapping[str, list[Part]], acts: Sequence[Part]) -> None:
        """Refuse to let those act to whom it was done: "Tom was given rights", "Maria was locked out"."""
        for who in (*by.get("who", []), *by.get("not_who", [])):
            for act in acts:
                if act.start < who.end:
                    continue
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
            if part.start < 0 or known:
                continue
            if re.search(
                r"\b(?:from|with|to|at|via|through|using|of)\s+(?:the\s+)?[\"“]?\Z",
                self.text[: part.start].lower(),
            ):
                raise Misfit
            if any(self._is_called(person.name, part.value) for person in self.world.people):
                raise Misfit

    def _is_called(self, name: str, said: str) -> bool:
        return said.lower() in (name.lower(), *name.lower().split())

    def _check_lists(self, by: Mapping[str, list[Part]], acts: Sequence[Part]) -> None:
        """Refuse to put on a whole list what is said of its last thing: "goods received and every price change"."""
        things = sorted(by.get("thing", []), key=lambda part: part.start)
        if not acts and any(part.start > thing.start for part in by.get("new", []) for thing in things[:1]):
            raise Misfit
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
                choices = tuple(kind for kind in choices if kind in _PERSONAL) or choices
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

    def _check_alone(self, acts: Sequence[Part], verbs: Sequence[str], kinds: Sequence[str]) -> None:
        """Refuse to put "sign-ins" on prices: what is said without a thing goes with no thing but an account."""
        alone = [part for part in acts if part.value.alone]
        if set(kinds) == {"visitor"} and {"enter", "exit", "sign_in", "sign_out"}.issuperset(verbs) and verbs:
            raise Misfit  # visitors go in, nobody goes in at them
        if verbs == ["exit"] and any(self.text[part.start : part.end].lower() in _LEAVING for part in acts):
            raise Misfit  # "employees who left": the office, or the company
        if alone and kinds and not any(kind in _ACCOUNTS for kind in kinds):
            raise Misfit

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


@cache
def _participles() -> frozenset[str]:
    words = lexicon().vocabulary
    return frozenset(
        word for word in words if lexicon().of_phrase(word, "ADJ_T") and lexicon().of_phrase(word, "ACT")
    )


def _is_visitors(whos: Sequence[Part]) -> bool:
    return bool(whos) and all(part.value.group in ("visitors", "guests") for part in whos)


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


def _duties(parts: Parts) -> Duties:
    """Return the duties. Raises Misfit where one is said twice, in two ways."""
    values: dict[str, Any] = {}
    names = {"keep": "keep", "keep_from": "keep_from", "review": "review", "tell": "tell", "silent": "silent_after",
             "expected": "expected", "often": "expected", "reason": "reason"}  # fmt: skip
    for part in parts:
        name = names.get(part.name)
        if name is None:
            continue
        value = part.value
        if name == "review":
            value = Review(*value)
        elif name == "tell":
            value = Tell(*value)
        if name in values and values[name] != value:
            if name == "tell" and not values[name].when and values[name].whom == value.whom:
                values[name] = value
                continue
            raise Misfit
        values[name] = value
    return Duties(**values)
