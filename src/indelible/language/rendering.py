"""A pattern and its duties, said in words: one canonical sentence, which reading turns into the same again.

Names and values stand as they are where they read as what they are, else in quotation marks. Lists go by the word
list: "creates, changes or deletes a supplier or a payment".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from indelible.events.folding import plain
from indelible.events.vocabulary import CATEGORIES, THINGS, VERBS
from indelible.language.lexicon import Act, fact_name, lexicon, third_person
from indelible.language.pattern import DAYS, EVERYTHING, NO_DUTIES, Condition, Duties, Pattern, When, Who
from indelible.language.understanding import Kind

_VERB_ORDER: Final = {name: place for place, name in enumerate(VERBS)}
_THING_ORDER: Final = {kind: place for place, kind in enumerate(THINGS)}
_GENERAL: Final = {"invoice": "any kind of invoice", "register": "any kind of declaration in a register",
                   "report": "any kind of report of wrongdoing", "log": "anything of the log itself"}  # fmt: skip
_KINDS: Final = {
    "person": "a human",
    "service": "a service",
    "system": "the system",
    "unknown": "an unknown actor",
}
_DAYS: Final = {"mon": "Mondays", "tue": "Tuesdays", "wed": "Wednesdays", "thu": "Thursdays", "fri": "Fridays",
                "sat": "Saturdays", "sun": "Sundays"}  # fmt: skip
_OPS: Final = {">": "is more than", ">=": "is at least", "<": "is less than", "<=": "is at most", "=": "is",
               "!=": "is not", "contains": "contains"}  # fmt: skip
_OUTCOMES: Final = ("success", "failure", "denied", "partial", "pending", "unknown")
_NAME: Final = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+){0,3}")
_CODE: Final = re.compile(r"[A-Z]{1,6}-\d{1,12}")
_FREE: Final = re.compile(r"[A-Za-z][A-Za-z0-9 '%-]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,6})?")
_BARE_FACTS: Final = frozenset({"from", "to", "what", "start", "end"})


def render(pattern: Pattern, duties: Duties = NO_DUTIES, *, as_: Kind = "rule") -> str:
    """Return the one sentence for a pattern and its duties, as that kind of sentence."""
    if as_ == "rhythm" and _is_rhythm(pattern, duties):
        return _rhythm(pattern, duties)
    told = duties.tell if as_ == "alarm" and duties.tell and duties.tell.whom else None
    if as_ == "search":
        begin = "Entries where "
    elif as_ == "alarm":
        begin = f"Tell {_text(told.whom if told else 'me', _WHOM)} when "
    else:
        begin = "Record when "
    sentences = [begin + _clause(pattern) + "."]
    if told and told.when:
        sentences[0] = sentences[0][:-1] + f", watching for {_quoted(told.when)}."
    sentences += [f"{one}." for one in _duties(duties, told=told is not None)]
    return " ".join(sentences)


def query_text(pattern: Pattern) -> str:
    """Return the question as one types it with qualifiers; reading it as a search gives the same pattern."""
    found: list[str] = []
    words: dict[str, object] = {}
    exact = [one for one in pattern.who if one.name]
    found += [f"who:{_typed(one.name)}" for one in exact if one.name and _has_words(one.name)]
    found += [f"about:{kind}" for kind in pattern.things]
    found += [
        f"about:{_typed(name)}" for name in pattern.named if _has_words(name) and not _is_kind_word(name)
    ]
    found += [f"what:{verb}" for verb in pattern.verbs]
    found += [f"what:{_category_typed(category)}" for category in pattern.categories]
    found += [f"what:{_typed(said)}" for said in pattern.said if _is_said(said)]
    found += [f"source:{_typed(system)}" for system in pattern.systems if _has_words(system)]
    found += [f"outcome:{outcome}" for outcome in pattern.outcomes]
    found += [
        f"flag:{_typed(flag)}" for flag in pattern.flags if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", flag)
    ]
    found += [f"rule:{rule}" for rule in pattern.rules if re.fullmatch(r"\d+(\.\d+)?", rule)]
    found += _when_typed(pattern.when)
    words = {
        "who": [one for one in pattern.who if not (one.name and _has_words(one.name))],
        "named": [one for one in pattern.named if not (_has_words(one) and not _is_kind_word(one))],
        "said": [one for one in pattern.said if not _is_said(one)],
        "systems": [one for one in pattern.systems if not _has_words(one)],
        "flags": [one for one in pattern.flags if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", one)],
        "rules": [one for one in pattern.rules if not re.fullmatch(r"\d+(\.\d+)?", one)],
        "not_who": pattern.not_who, "not_verbs": pattern.not_verbs, "not_things": pattern.not_things,
        "not_systems": pattern.not_systems, "where": pattern.where, "facts": pattern.facts,
        "unchecked": pattern.unchecked,
        "when": When(days=pattern.when.days, hours=pattern.when.hours) if pattern.when else None,
    }  # fmt: skip
    rest = Pattern.of(**words)
    narrowing = [*([f"by {_whos(rest.who)}"] if rest.who else []), *_mods(rest)]
    if rest.named:
        narrowing.insert(0, f"anything called {_list([_quoted(one) for one in rest.named])}")
    elif narrowing and not found:
        narrowing.insert(0, "anything")
    text = " ".join([*found, ", ".join(narrowing)]).strip()
    texts = " ".join(one if re.fullmatch(r"[^\W_]+\*", one) else _quoted(one) for one in pattern.text)
    return " ".join(part for part in (texts, text) if part)


# The clause ---------------------------------------------------------------------------------------------


def _clause(pattern: Pattern) -> str:
    outside = not pattern.who and bool(pattern.not_who) and all(one.group for one in pattern.not_who)
    if outside:
        subject = f"someone outside {_list([_name(one.group) for one in pattern.not_who])}"
    else:
        subject = _whos(pattern.who) if pattern.who else "someone"
    things = _things(pattern.things) if pattern.things else "anything"
    if pattern.named:
        things += f" called {_list([_code(name) for name in pattern.named])}"
        if len(pattern.things) > 1:
            things = _things(pattern.things)
    clause = f"{subject} {_acts(pattern)} {things}"
    mods = _mods(pattern, outside=outside)
    if pattern.named and len(pattern.things) > 1:
        mods.insert(0, f"named {_list([_code(name) for name in pattern.named])}")
    return ", ".join([clause, *mods])


def _mods(pattern: Pattern, *, outside: bool = False) -> list[str]:
    """Return what narrows a clause, part by part."""
    mods: list[str] = []
    if pattern.not_who and not outside:
        mods.append(f"not by {_whos(pattern.not_who)}")
    if pattern.not_things:
        mods.append(f"except {_things(pattern.not_things)}")
    if pattern.not_verbs:
        mods.append(f"except when someone {_list([_act(verb, ()) for verb in _by_order(pattern.not_verbs)])}")
    if pattern.systems:
        mods.append(f"in {_list([_name(system) for system in pattern.systems])}")
    if pattern.not_systems:
        mods.append(f"not in {_list([_name(system) for system in pattern.not_systems])}")
    if pattern.outcomes:
        mods.append("where the outcome is " + _list([one for one in _OUTCOMES if one in pattern.outcomes]))
    if pattern.flags:
        mods.append(f"flagged {_list([_quoted(flag) for flag in pattern.flags])}")
    if pattern.rules:
        mods.append(f"counted under rule {_list([_rule(rule) for rule in pattern.rules])}")
    if pattern.said:
        mods.append(f"called by the source {_list([_quoted(said) for said in pattern.said])}")
    if pattern.text:
        mods.append(f"with the text {_list([_quoted(text) for text in pattern.text], 'and')}")
    if pattern.where:
        mods.append("where " + " and where ".join(_condition(one) for one in pattern.where))
    if pattern.when:
        mods.extend(_when(pattern.when))
    mods.extend(f"but only {_quoted(said)} (which is not checked)" for said in pattern.unchecked)
    if pattern.facts:
        mods.append(f"with {_facts(pattern.facts)}")
    return mods


def _acts(pattern: Pattern) -> str:
    phrases = [_act(verb, pattern.things) for verb in _by_order(pattern.verbs)]
    phrases += [f"does something of the category {name.replace('_', ' ')} to" for name in pattern.categories]
    phrases = list(dict.fromkeys(phrases))
    return _list(phrases) if phrases else "does anything to"


def _by_order(verbs: Iterable[str]) -> list[str]:
    return sorted(verbs, key=lambda verb: (_VERB_ORDER.get(verb, len(_VERB_ORDER)), verb))


@lru_cache(maxsize=1 << 12)
def _act(verb: str, things: tuple[str, ...]) -> str:
    """Return the verb as it is said of somebody, in the words that mean it with these things."""
    if verb not in VERBS:
        return _quoted(verb)
    own = VERBS[verb].someone
    candidates = [own, *(third_person(base) for base in lexicon().acts["verbs"].get(verb, ()))]
    for phrase in candidates:
        readings = lexicon().of_phrase(phrase, "ACT")
        found = [one.value for one in readings if one.cost == 0 and not one.value.noun]
        if found and all(_means(act, verb, things) for act in found):
            return phrase
    return verb


def _means(act: Act, verb: str, things: tuple[str, ...]) -> bool:
    options = act.meant(things)
    return not act.alone and not act.noun and len(options) == 1 and options[0].verbs == (verb,)


def _things(kinds: Sequence[str]) -> str:
    ordered = sorted(kinds, key=lambda kind: (_THING_ORDER.get(kind, len(_THING_ORDER)), kind))
    return _list([_thing(kind) for kind in ordered])


def _thing(kind: str) -> str:
    if kind in THINGS:
        return THINGS[kind].name
    return _GENERAL.get(kind, kind)


# Who ---------------------------------------------------------------------------------------------


def _whos(whos: Sequence[Who]) -> str:
    """Return who is meant; groups come last, since a list of groups takes in every name after it."""
    said = [_name(one.name) for one in whos if one.name]
    said += [_KINDS.get(one.kind, _quoted(one.kind)) for one in whos if one.kind]
    groups = [_name(one.group) for one in whos if one.group]
    if groups:
        inside = f"someone in {_list(groups)}"
        return f"{', '.join(said)} or {inside}" if said else inside
    return _list(said)


@lru_cache(maxsize=1 << 12)
def _name(name: str) -> str:
    """Return a name as it is where nobody can take it for anything else, else in quotation marks."""
    role = (
        any(one.value is None for one in lexicon().of_phrase(name, "ROLE"))
        and name.islower()
        and name.isalpha()
        and name.endswith("s")
    )
    return name if role or _is_plain_name(name) else _quoted(name)


def _is_plain_name(name: str) -> bool:
    if not _NAME.fullmatch(name):
        return False
    words = name.lower().split()
    known = lexicon().vocabulary
    return not any(word in known or word.removesuffix("s") in known for word in words) or (
        any(
            reading.value == name
            for kind in ("SYSTEM", "GROUP")
            for reading in lexicon().of_phrase(name, kind)
        )
        and len(lexicon().of_phrase(name, "ACT")) + len(lexicon().of_phrase(name, "THING")) == 0
    )


def _code(name: str) -> str:
    return name if _CODE.fullmatch(name) else _quoted(name)


def _rule(rule: str) -> str:
    return rule if re.fullmatch(r"\d+(\.\d+)?", rule) else _quoted(rule)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str, reserved: frozenset[str]) -> str:
    """Return a free text as it is where it ends where it should, else in quotation marks."""
    free = _FREE.fullmatch(text) and text == " ".join(text.split())
    return text if free and not reserved.intersection(text.lower().split()) else _quoted(text)


_NONE: Final[frozenset[str]] = frozenset()
_SILENCE: Final = frozenset("silent silence quiet nothing none we it there".split())
_WHOM: Final = frozenset(
    (
        "when if whenever as about each every of once immediately at right straight in on should moment "
        "silent after know not except nobody no never but nothing let because keep"
    ).split()
)
_REVIEWER: Final = frozenset(
    "the check checks review reviews looks look goes should must will shall has needs to".split()
)


# Conditions and times ---------------------------------------------------------------------------------------------


def _condition(one: Condition) -> str:
    ref = _ref(one.fact)
    if one.op == "absent":
        return f"{ref} is missing"
    if one.op == "present":
        return f"{ref} is given"
    if one.op == "changed":
        return f"{ref} is changed"
    if one.op == "same_as":
        return f"{ref} is the same as {_ref(one.value)}"
    return f"{ref} {_OPS[one.op]} {_value(one)}"


def _ref(fact: str) -> str:
    if fact.startswith("changes/"):
        return f"the field {_quoted(fact.removeprefix('changes/'))}"
    name = fact_name(fact)
    found = {reading.value for reading in lexicon().of_phrase(name, "REF")}
    found = found or {reading.value for reading in lexicon().of_phrase(name.removeprefix("the "), "REF")}
    other = {reading.value for reading in lexicon().of_phrase(f"the {name}", "REF")}
    if other - {fact}:
        return f"the fact {_quoted(fact)}"
    if fact in ("maker", "approver") or (found == {fact} and name not in _BARE_FACTS):
        return (
            name
            if name.startswith(("the ", "what ", "who", "when", "from ", "for ", "which ", "to ", "all "))
            else f"the {name}"
        )
    return f"the fact {_quoted(fact)}"


def _value(one: Condition) -> str:
    number = _NUMBER.fullmatch(one.value) is not None
    if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", one.value):
        number = False  # its point may part thousands
    if not one.unit:
        return _grouped(one.value) if number else _quoted(one.value)
    currencies = lexicon().words["currencies"]
    if number and (one.unit in currencies or one.unit.lower() in currencies["other"]) and one.unit != "other":
        return f"{_grouped(one.value)} {one.unit}"
    if number and one.unit == "%":
        return f"{_grouped(one.value)}%"
    return f"{one.value if number else _quoted(one.value)} in the unit {_quoted(one.unit)}"


def _grouped(number: str) -> str:
    whole, dot, part = number.partition(".")
    if len(part) == 3 or (part and len(whole) < 4):
        return number
    return f"{int(whole):,}{dot}{part}" if not part and not whole.startswith("-0") else number


def _when(when: When) -> list[str]:
    said: list[str] = []
    if when.start and when.end:
        said.append(f"between {when.start} and {when.end}" if when.start != when.end else f"on {when.start}")
    elif when.start:
        said.append(f"since {when.start}")
    elif when.end:
        said.append(f"until {when.end}")
    if when.text:
        said.append(_moving(when.text))
    if when.days:
        said.append("on " + _list([_DAYS[day] for day in DAYS if day in when.days], "and"))
    if when.hours in ("working hours", "outside working hours"):
        said.append("during working hours" if when.hours == "working hours" else when.hours)
    elif when.hours:
        first, _, last = when.hours.partition("-")
        said.append("at night" if when.hours == "22:00-06:00" else f"between {first} and {last}")
    return said


def _moving(text: str) -> str:
    if text in lexicon().words["periods"]["words"] or re.fullmatch(
        r"last [1-9]\d{0,3} (day|week|month|year)s?", text
    ):
        return (
            text if text in ("today", "yesterday") else f"in the {text}" if re.search(r"\d", text) else text
        )
    return f"in the period {_quoted(text)}"


def _when_typed(when: When | None) -> list[str]:
    if when is None:
        return []
    typed = []
    if when.start or when.end:
        typed.append(f"when:{when.start}..{when.end}" if when.start != when.end else f"when:{when.start}")
    if when.text:
        typed.append(
            f"when:{_typed(when.text.replace(' ', '-'))}"
            if re.fullmatch(r"[a-z0-9 ]+", when.text)
            else f"when:{_quoted(when.text)}"
        )
    return typed


def _facts(facts: Sequence[str]) -> str:
    first = [fact for fact in ("changes.before", "changes.after") if fact in facts]
    rest = sorted((fact for fact in facts if fact not in first), key=fact_name)
    return _list([_fact(fact) for fact in (*first, *rest)], "and")


def _fact(fact: str) -> str:
    name = fact_name(fact)
    found = {reading.value for reading in lexicon().of_phrase(name, "FACT")}
    found = found or {reading.value for reading in lexicon().of_phrase(name.removeprefix("the "), "FACT")}
    return name if found == {(fact,)} else f"the fact {_quoted(fact)}"


# Duties ---------------------------------------------------------------------------------------------


def _duties(duties: Duties, *, told: bool) -> list[str]:
    said: list[str] = []
    if duties.keep or duties.keep_from:
        start = f" from {_from(duties.keep_from)}" if duties.keep_from else ""
        said.append("Keep it" + (f" {_kept(duties.keep)}" if duties.keep else "") + start)
    if duties.review:
        by = _text(duties.review.by, _REVIEWER) if duties.review.by else ""
        every = f" {_often(duties.review.every)}" if duties.review.every else ""
        if by:
            said.append(
                f"{by[0].upper()}{by[1:]} checks it{every}"
                if by[0].isupper() or by[0] == '"'
                else f"{_quoted(duties.review.by)} checks it{every}"
            )
        elif every:
            said.append(f"Check it{every}")
    if duties.tell and not told:
        when = f" when {_text(duties.tell.when, _SILENCE)}" if duties.tell.when else ""
        said.append(f"Tell {_text(duties.tell.whom, _WHOM) if duties.tell.whom else 'me'}{when}")
    if duties.silent_after:
        said.append(f"It must not be silent for more than {_span(duties.silent_after)}")
    if duties.expected:
        said.append(f"Expect one {_rhythm_words(duties.expected)}")
    if duties.reason:
        said.append(f"Because {_text(duties.reason, _NONE)}")
    return said


def _from(start: str) -> str:
    text = _quoted(start) if start.lower().startswith("the ") else _text(start, _NONE)
    return f"the {text}" if text == start and start.startswith(("end of", "release of")) else text


def _kept(keep: str) -> str:
    if keep == "record-life":
        return "for the life of the record"
    if keep == "log-life":
        return "for the life of the log"
    return _span(keep)


_SPAN: Final = re.compile(r"P(?:([1-9]\d{0,4})Y)?(?:([1-9]\d{0,4})M)?(?:([1-9]\d{0,4})W)?(?:([1-9]\d{0,4})D)?"
                          r"(?:T(?:([1-9]\d{0,4})H)?(?:([1-9]\d{0,4})M)?(?:([1-9]\d{0,4})S)?)?")  # fmt: skip
_UNITS: Final = ("year", "month", "week", "day", "hour", "minute", "second")


def _span(span: str) -> str:
    match = _SPAN.fullmatch(span)
    if match is None or not any(match.groups()) or span.endswith("T"):
        return _quoted(span)
    told = [
        f"{count} {unit}{'' if count == '1' else 's'}"
        for count, unit in zip(match.groups(), _UNITS, strict=True)
        if count
    ]
    return _list(told, "and")


def _often(span: str) -> str:
    words = _span(span)
    if words.startswith('"'):
        return words
    return (
        f"every {words.removeprefix('1 ')}"
        if " and " not in words and "," not in words and words.startswith("1 ")
        else f"every {words}"
    )


def _rhythm_words(expected: str) -> str:
    every, _, on = expected.partition(" on ")
    if (
        re.fullmatch(r"the \d{1,2}(st|nd|rd|th)|[A-Z][a-z]+day", on)
        and _SPAN.fullmatch(every)
        and not _often(every).startswith('"')
    ):
        return f"{_often(every)} on {on}"
    if not on and _SPAN.fullmatch(every) and not _often(every).startswith('"'):
        return _often(every)
    return _quoted(expected)


def _is_rhythm(pattern: Pattern, duties: Duties) -> bool:
    only = Pattern.of(systems=pattern.systems)
    return len(pattern.systems) == 1 and pattern == only and bool(duties.expected or duties.silent_after)


def _rhythm(pattern: Pattern, duties: Duties) -> str:
    whom = _text(duties.tell.whom, _WHOM) if duties.tell and duties.tell.whom else "me"
    system = _name(pattern.systems[0])
    if duties.expected:
        first = f"Tell {whom} when {system} sends nothing {_rhythm_words(duties.expected)}"
        rest = Duties(
            duties.keep, duties.keep_from, duties.review, None, duties.silent_after, "", duties.reason
        )
    else:
        first = f"Tell {whom} when {system} is silent for {_span(duties.silent_after)}"
        rest = Duties(duties.keep, duties.keep_from, duties.review, None, "", "", duties.reason)
    return " ".join(f"{one}." for one in (first, *_duties(rest, told=False)))


# Lists and values ---------------------------------------------------------------------------------------------


def _list(items: Sequence[str], last: str = "or") -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def _typed(value: str) -> str:
    return value if re.fullmatch(r"[^\s\",;:()]+", value) else _quoted(value)


def _category_typed(category: str) -> str:
    return _quoted(CATEGORIES[category]) if category in VERBS else category


def _has_words(value: str) -> bool:
    return bool(plain(value)) and value == value.strip()


def _is_kind_word(value: str) -> bool:
    from indelible.language.qualifiers import kinds_named
    from indelible.language.world import NOWHERE

    return bool(kinds_named(value, NOWHERE))


def _is_said(value: str) -> bool:
    from indelible.language.qualifiers import _what

    return _has_words(value) and _what(value).name == "said"


__all__ = ["EVERYTHING", "query_text", "render"]
