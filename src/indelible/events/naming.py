"""How the people and things of an event are called in its sentence.

A person goes by name, else mail address, else id; a thing by what it is and its name ("sales invoice
INV-1043"), else by what it is alone ("a sales invoice"). Names stand as the source has them: nothing is
translated, case-folded or put right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from indelible.events.phrases import PHRASES, Part, Parts, Voice, fill, number
from indelible.events.shape import Event, Party, Target
from indelible.events.vocabulary import OWN_SYSTEM, THINGS

ACCOUNTS: Final = frozenset(
    {"user_account", "admin_account", "service_account", "shared_account", "ai_agent"}
)
PEOPLE: Final = ACCOUNTS | {"employee", "candidate", "customer", "supplier", "visitor"}
"""Kinds that can stand for the person or party to whom something is given, or from whom it is taken."""

_SHOWN_WHOLE: Final = 3  # as many things are named; of more, the first two and how many there are besides
# Phrases of which only the name is set apart; of others the word for what it is belongs to the name.
_APART: Final = ("the ", "who ", "acceptance ", "entries ")
_OWN_THINGS: Final = PHRASES["own_thing"]
_NAMED: Final = PHRASES["things"]
_UNNAMED: Final = PHRASES["unnamed"]
_NUMBERED: Final = frozenset(PHRASES["numbered"]["kinds"])
_NUMBER: Final = re.compile(
    r"[A-Za-z]{0,6}[-./#]?[0-9][0-9A-Za-z./#-]{0,11}"
)  # as people write it, no code of a system
_ELSEWHERE: Final = PHRASES["unnamed_elsewhere"]
_ALSO_CALLED: Final = PHRASES["also_called"]
_SYSTEMS: Final = PHRASES["systems"]
_FIELDS: Final = frozenset(PHRASES["fields"]["plain"])


def name_of(party: Party | Target) -> str | None:
    """Return what a person or thing is called: name, else mail address, else id."""
    return party.get("name") or party.get("email") or party.get("id")  # type: ignore[return-value]


def party(voice: Voice, who: Party | None, *, inside: bool = False) -> Parts:
    """Return who acted, to begin a sentence, or with `inside` to stand within one."""
    if who is not None and (name := name_of(who)):
        return [Part(name, "actor")]
    if inside:
        return [Part(voice.text("party", "nobody_for"))]
    kind = (who or {}).get("kind", "nobody")
    return [Part(voice.text("party", kind if kind in PHRASES["party"] else "nobody"))]


def actor(voice: Voice, event: Event) -> Parts:
    """Return who acted, and for whom where somebody acts for another."""
    who = party(voice, event.get("actor"))
    other = event.get("on_behalf_of")
    if not other:
        return who
    return voice.say("party", "acting", actor=who, other=party(voice, other, inside=True))


def is_actor(event: Event, target: Target) -> bool:
    """Whether a target is the one who acted, by id, mail address or name."""
    who = event.get("actor")
    if not who:
        return False
    known = {text for key in ("id", "email", "name") if (text := who.get(key))}
    return any(text in known for key in ("id", "name") if (text := target.get(key)))


def thing(voice: Voice, target: Target, event: Event) -> Parts:
    """Return one thing by its kind and name; the actor's own account is "their own account"."""
    kind = target.get("kind")
    name = name_of(target)
    if kind in _OWN_THINGS and is_actor(event, target):
        return [Part(voice.word(_OWN_THINGS[kind]))]
    if kind is None:
        return [_named(name, target, event)] if name else voice.say("list", "something")
    if name is None:
        return [Part(voice.word(_unnamed(kind, event)))]
    if kind in _NUMBERED and not any(character.isdigit() for character in name):
        return _paper(voice, kind, target, event)
    phrase = voice.word(_NAMED[kind]) if kind in THINGS else f"{_own_noun(kind)} {{name}}"
    if _says_kind(name, phrase.partition("{")[0], _ALSO_CALLED.get(kind, ())):
        return [_named(name, target, event)]
    if phrase.startswith(_APART):
        return fill(phrase, name=_named(name, target, event))
    return [_named(phrase.replace("{name}", name), target, event)]


def _paper(voice: Voice, kind: str, target: Target, event: Event) -> Parts:
    """Return a numbered paper and whose it is: "purchase invoice 1007 (Example Supplies)"."""
    name, identity = target.get("name"), target.get("id", "")
    short = bool(_NUMBER.fullmatch(identity))
    paper = (
        voice.word(_NAMED[kind]).replace("{name}", identity) if short else voice.word(_unnamed(kind, event))
    )
    if name is None:
        return [_named(voice.word(_NAMED[kind]).replace("{name}", identity), target, event)]
    text = "".join(part.text for part in voice.say("list", "with_party", thing=paper, name=name))
    return [_named(text, target, event)]


def _unnamed(kind: str, event: Event) -> str:
    """Return what a thing without a name is called; only our own log is the record."""
    if kind in _ELSEWHERE and event.get("source", {}).get("system", OWN_SYSTEM) != OWN_SYSTEM:
        return str(_ELSEWHERE[kind])
    return str(_UNNAMED.get(kind) or plain_name(kind))


def bare(voice: Voice, target: Target, event: Event) -> Parts:
    """Return a thing by its name alone where it has one, for people to whom something is given."""
    name = name_of(target)
    return [_named(name, target, event)] if name else thing(voice, target, event)


def _named(text: str, target: Target, event: Event) -> Part:
    """Return the part for a target, with its place among the targets of the event."""
    who = (target.get("id"), target.get("name"))
    for place, one in enumerate(event.get("targets", ())):
        if (one.get("id"), one.get("name")) == who:
            return Part(text, "thing", place)
    return Part(text, "thing")


def things(voice: Voice, targets: Sequence[Target], event: Event, *, named: bool = True) -> Parts:
    """Return several things in one phrase: all of up to three, else two "and 5 more"."""
    telling = thing if named else bare
    each = [telling(voice, target, event) for target in targets[:_SHOWN_WHOLE]]
    return listed(voice, each, len(targets)) if each else voice.say("list", "something")


def listed(voice: Voice, phrases: Sequence[Parts], count: int, *, more: str = "more") -> Parts:
    """Return "A", "A and B", "A, B and C", or for a greater `count` "A, B and 5 more"."""
    shown = list(phrases[:_SHOWN_WHOLE] if count <= _SHOWN_WHOLE else phrases[: _SHOWN_WHOLE - 1])
    rest = count - len(shown)
    whole = shown[0]
    for place, phrase in enumerate(shown[1:], start=2):
        last = place == count
        whole = voice.say("list", "two" if last else "comma", first=whole, second=phrase)
    return voice.say("list", more, first=whole, count=number(rest)) if rest else whole


def plain_name(kind: str) -> str:
    """Return the plain name of a kind, with its article: "a sales invoice", "a greenhouse tray"."""
    if kind in THINGS:
        return THINGS[kind].name
    noun = _own_noun(kind)
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def system_title(event: Event) -> str | None:
    """Return what people call the system that an event comes from."""
    source = event.get("source") or {}
    return _SYSTEMS.get(source.get("system", "")) or source.get("name")


def field_part(voice: Voice, field: str) -> Part:
    """Return a detail's name to stand after "the": common English words as ours, others in quotation marks."""
    plain = field.replace("_", " ").lower()
    return Part(plain) if plain in _FIELDS else voice.quoted(field)


def _own_noun(kind: str) -> str:
    return kind.rpartition(".")[2].replace("_", " ")


def _says_kind(name: str, noun: str, also: Sequence[str] = ()) -> bool:
    """Whether a name already says what it is, as in invoice "Invoice 1043"."""
    words = [word for word in noun.casefold().split() if word not in ("the", "of", "a", "for", "at")]
    first = name.casefold()
    return any(first.startswith(word + " ") for word in (*words[-1:], *also)) or (
        len(words) > 1 and first.startswith(" ".join(words) + " ")
    )
