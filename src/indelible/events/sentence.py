"""The sentence that tells an event: who did what to which thing, from what to what.

This is what people read, sign and hand over, so it is put together with care: every verb has its own
phrase for what was done and for what was only tried, things go by what they are and what they are
called, and what a source said stands in parts of its own, verbatim and unshortened. A word of the source
that we do not know is told as the source's. Times are not part of a sentence.

`tell` decides; the phrases are data (`phrases.toml`); names are in `naming`, changed details in
`changing`, what Indelible itself does in `own_sentence`, and what is only for screens in `screen`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from indelible.events import changing, naming
from indelible.events.facts import with_facts
from indelible.events.own_sentence import own_sentence
from indelible.events.phrases import PHRASES, Part, Parts, Role, Translate, Voice, gaps, joined, number
from indelible.events.referring import entries, with_reference
from indelible.events.screen import shortened, visible
from indelible.events.shape import Change, Event, Target

__all__ = ["Part", "Role", "Sentence", "on_screen", "shorten", "tell", "visible"]

_TRIED: Final = frozenset({"failure", "denied", "pending", "unknown"})
_TELLING: Final = ("actor", "action", "targets", "changes", "on_behalf_of", "refers_to", "reason")
_SIGNED_IN_AS: Final = naming.PEOPLE | {"role"}
_SIGNED_IN_BY: Final = frozenset({"system_setting", "mfa", "credential"})  # how, not where to
_VERBS: Final[dict[str, dict[str, Any]]] = PHRASES["verbs"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in parts, without a full stop at its end."""

    parts: Parts

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part.text for part in self.parts)

    def __str__(self) -> str:
        return self.text


def tell(event: Event, *, index: int | None = None, translate: Translate = str) -> Sentence:
    """Return the sentence that tells `event`.

    `index` is its place in the log, from 0, for an entry so erased that only its number is left to say.
    `translate` gives our phrases in another language (gettext); what the source said stays as it is.
    """
    voice = Voice(translate)
    if not any(field in event for field in _TELLING):
        if index is None:
            return Sentence(voice.say("erased", "sentence"))
        return Sentence(voice.say("erased", "numbered", number=number(index + 1)))
    parts = own_sentence(voice, event)
    if parts is None:
        parts = with_reference(voice, event, _with_reason(voice, event, _act(voice, event)))
    return Sentence(joined(parts))


def shorten(sentence: Sentence, limit: int = 80) -> Sentence:
    """Return the sentence with each part of the source's cut to `limit` characters. For screens only."""
    return Sentence([shortened(part, limit) for part in sentence.parts])


def on_screen(sentence: Sentence, limit: int = 80) -> Sentence:
    """Return the sentence shortened, and with hidden characters made visible."""
    return Sentence([replace(part, text=visible(part.text)) for part in shorten(sentence, limit).parts])


def _act(voice: Voice, event: Event) -> Parts:
    """Return who did what, as it ended."""
    who = naming.actor(voice, event)
    reference = event.get("refers_to")
    if reference and reference["as"] in ("sign_off", "erasure") and not event.get("targets"):
        return voice.say("refers", reference["as"], actor=who, entries=entries(voice, reference))
    outcome = event.get("outcome", "success")
    if outcome == "unknown" and not event.get("action", {}).get("verb"):
        return voice.say("outcome", "unknown_act", actor=who, did=_predicate(voice, event, 0))
    if outcome in _TRIED:
        return voice.say("outcome", outcome, actor=who, do=_predicate(voice, event, 1))
    return voice.say("outcome", outcome, actor=who, did=_predicate(voice, event, 0))


def _with_reason(voice: Voice, event: Event, sentence: Parts) -> Parts:
    reason = event.get("reason")
    if not reason:
        return sentence
    # A code such as INVALID_CREDENTIALS needs no quotation marks; words that somebody wrote do.
    is_code = event.get("outcome") in ("failure", "denied") and len(reason.split()) == 1
    form = "plain" if is_code and not reason.endswith(".") else "quoted"
    return voice.say("reason", form, sentence=sentence, reason=Part(reason, "reason"))


def _predicate(voice: Voice, event: Event, form: int) -> Parts:
    """Return what was done (`form` 0) or to do (1): verb, things, details, and the facts that belong."""
    verb = event.get("action", {}).get("verb")
    changes = event.get("changes", [])
    if verb == "change" and changes:
        targets = _told_targets(event, verb)
        about = naming.things(voice, targets, event) if targets else None
        phrase = _verb(voice, "change", "details", form, details=changing.details(voice, changes, about))
        return with_facts(voice, event, phrase)
    if verb == "move" and len(changes) == 1 and _moves(changes[0]):
        return with_facts(voice, event, _moved(voice, event, form))
    if verb is None:
        phrase = _unknown_act(voice, event, form)
    elif verb in ("sign_in", "sign_out"):
        phrase = _signing(voice, event, verb, form)
    else:
        phrase = _known_act(voice, event, verb, form)
    phrase = with_facts(voice, event, phrase)
    if told := changing.beside(voice, changes):
        return voice.say("beside", "frame", phrase=phrase, details=told)
    return phrase


def _verb(voice: Voice, verb: str, key: str, form: int, **gap_parts: Parts) -> Parts:
    return voice.fill(_VERBS[verb][key][form], **gap_parts)


def _known_act(voice: Voice, event: Event, verb: str, form: int) -> Parts:
    phrases = _VERBS[verb]
    targets = _told_targets(event, verb)
    if not targets:
        if "alone" in phrases:
            return _verb(voice, verb, "alone", form)
        return _verb(voice, verb, "thing", form, thing=_nothing_named(voice, event))
    people = [target for target in targets if target.get("kind") in naming.PEOPLE]
    others = [target for target in targets if target.get("kind") not in naming.PEOPLE]
    if people and others and "pair" in phrases:
        given = naming.things(voice, others, event)
        return _verb(
            voice, verb, "pair", form, thing=given, person=naming.things(voice, people, event, named=False)
        )
    if people and not others and "person" in phrases:
        return _verb(voice, verb, "person", form, person=naming.things(voice, people, event, named=False))
    recipient = event.get("extra", {}).get("recipient")
    if "told" in phrases and isinstance(recipient, str):
        about = naming.things(voice, targets, event)
        return _verb(voice, verb, "told", form, thing=about, recipient=[Part(recipient, "thing")])
    return _on_things(voice, event, targets, phrases, form)


def _told_targets(event: Event, verb: str) -> list[Target]:
    """Return the targets that the sentence names: those without a name only where none has one.

    Two things without a name are told all the same: what is given to somebody or sent ("a badge"), and
    what somebody signs in with, which then goes by whose it is ("the password of Tom Reed").
    """
    targets = event.get("targets", [])
    named = [target for target in targets if naming.name_of(target)]
    if not named or len(named) == len(targets):
        return targets
    nameless = [target for target in targets if not naming.name_of(target)]
    if "pair" in _VERBS[verb]:
        return [target for target in targets if target in named or target.get("kind") != "role"]
    secret = next((target for target in nameless if target.get("kind") in _SIGNED_IN_BY), None)
    if secret and len(named) == 1 and named[0].get("kind") in naming.ACCOUNTS:
        return [{**named[0], "kind": secret["kind"]}]
    return named


def _on_things(
    voice: Voice, event: Event, targets: Sequence[Target], phrases: dict[str, Any], form: int
) -> Parts:
    """Return the verb on its things, with a thing's own word for it where it has one."""
    phrase = phrases.get("on", {}).get(targets[0].get("kind"), phrases["thing"])[form]
    if "name" in gaps(phrase):
        if all(naming.name_of(target) and not naming.is_actor(event, target) for target in targets):
            return voice.fill(phrase, name=naming.things(voice, targets, event, named=False))
        phrase = phrases["thing"][form]
    told = voice.fill(phrase, thing=naming.things(voice, targets, event))
    said = event.get("action", {}).get("said")
    if said and not event.get("changes") and not any(naming.name_of(target) for target in targets):
        return voice.say("list", "said_after", phrase=told, said=voice.quoted(said))
    return told


def _moves(change: Change) -> bool:
    """Whether a change says where from or where to."""
    ends = (change.get("before", ""), change.get("after", ""))
    return any(not changing.is_empty(end) for end in ends)


def _moved(voice: Voice, event: Event, form: int) -> Parts:
    change = event["changes"][0]
    about = naming.things(voice, _told_targets(event, "move"), event)
    before = [Part(changing.value_text(change.get("before", "")), "before")]
    after = [Part(changing.value_text(change.get("after", "")), "after")]
    if changing.is_empty(change.get("after", "")):
        return _verb(voice, "move", "moved_from", form, thing=about, before=before)
    if changing.is_empty(change.get("before", "")):
        return _verb(voice, "move", "moved_to", form, thing=about, after=after)
    return _verb(voice, "move", "moved", form, thing=about, before=before, after=after)


def _signing(voice: Voice, event: Event, verb: str, form: int) -> Parts:
    """Return signing in or out: of which system, and as whom where that is somebody else than the actor."""
    named = [target for target in event.get("targets", []) if naming.name_of(target)]
    others = [target for target in named if not naming.is_actor(event, target)]
    accounts = [target for target in others if target.get("kind") in _SIGNED_IN_AS]
    places = [target for target in others if target.get("kind", "") not in _SIGNED_IN_AS | _SIGNED_IN_BY]
    title = naming.system_title(event)
    if places:
        phrase = _verb(voice, verb, "thing", form, thing=naming.things(voice, places, event, named=False))
    elif title:
        phrase = _verb(voice, verb, "thing", form, thing=[Part(title, "place")])
    else:
        phrase = _verb(voice, verb, "alone", form)
    if accounts:
        whom = naming.things(voice, accounts, event, named=False)
        return voice.say("fact", "as_account", phrase=phrase, account=whom)
    return phrase


def _unknown_act(voice: Voice, event: Event, form: int) -> Parts:
    """Return an act that our words do not cover, in the source's own word."""
    said = event.get("action", {}).get("said")
    targets: Sequence[Target] = event.get("targets", [])
    key = ("thing" if targets else "alone") if said else ("silent" if targets else "silent_alone")
    about = naming.things(voice, targets, event)
    return voice.fill(PHRASES["unknown_verb"][key][form], said=voice.quoted(said or ""), thing=about)


def _nothing_named(voice: Voice, event: Event) -> Parts:
    """Return what stands for a thing that the source does not name: the source's word helps the reader."""
    said = event.get("action", {}).get("said")
    if said:
        return voice.say("list", "said_beside", said=voice.quoted(said))
    return voice.say("list", "something")
