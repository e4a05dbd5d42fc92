"""The events about people and what they may do: invited, joined, given another role, ended; what a second person
was asked for and said; groups; and who tried what their role does not include.

Roles and acts stand on the record in English words, whatever language the page was in. No password and no link is
ever part of an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from indelible.events import changing, naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.shape import Change, Context, Event, Party, Target

ACCESS_REFUSED: Final = "access_refused"
SECOND_ASKED: Final = "second_person_asked"
SECOND_APPROVED: Final = "second_person_approved"
SECOND_SENT_BACK: Final = "second_person_sent_back"
SECOND_WITHDRAWN: Final = "second_person_withdrawn"
SIGN_OFFS_PAUSED: Final = "sign_offs_paused"
PERSON_INVITED: Final = "person_invited"
INVITATION_WITHDRAWN: Final = "invitation_withdrawn"
INVITATION_ACCEPTED: Final = "invitation_accepted"
ROLE_CHANGED: Final = "role_changed"
ACCESS_ENDED: Final = "access_ended"
PASSWORD_LINK_MADE: Final = "password_link_made"  # noqa: S105 - what happened, not a password
PASSWORD_LINK_USED: Final = "password_link_used"  # noqa: S105
GROUP_MADE: Final = "group_made"
GROUP_CHANGED: Final = "group_changed"
GROUP_ENDED: Final = "group_ended"
MEMBER_ADDED: Final = "group_member_added"
MEMBER_ENDED: Final = "group_member_ended"
MEMBER_WITHDRAWN: Final = "group_member_withdrawn"


# What a role does not include ------------------------------------------------------------------------------


def access_refused(
    actor: Party | None, what: str, role: str, before: int = 0, *, context: Context | None = None
) -> Event:
    """Somebody tried what their role does not include. `what` follows "tried to"; `before` is how often they had
    tried since the last entry that tells of it."""
    return own_event(
        ACCESS_REFUSED,
        "view",
        actor,
        [{"kind": "role", "name": role}] if role else [],
        outcome="denied",
        extra={"what": what, "count": before or None},
        context=context,
    )


# A second person -------------------------------------------------------------------------------------------


def second_asked(
    actor: Party | None,
    key: int,
    title: str,
    kind: str,
    digest: str,
    *,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """Somebody asked for what only happens once another person agrees. `digest` is that of all that was asked."""
    return own_event(
        SECOND_ASKED,
        "request",
        actor,
        [_thing(key, title)],
        extra={"request_kind": kind, "snapshot_digest": digest},
        reason=reason,
        context=context,
    )


def second_decided(
    said: str,
    actor: Party | None,
    key: int,
    title: str,
    asked_by: str,
    entry: int,
    *,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """A second person approved it or sent it back (SECOND_APPROVED, SECOND_SENT_BACK), or it was withdrawn by whoever
    asked (SECOND_WITHDRAWN). `entry` is the index of the entry that asked."""
    verb = {SECOND_APPROVED: "approve", SECOND_SENT_BACK: "reject", SECOND_WITHDRAWN: "void"}[said]
    return own_event(
        said,
        verb,
        actor,
        [_thing(key, title)],
        extra={"requested_by": asked_by},
        reason=reason,
        refers_to={"entry": entry, "as": "note" if said == SECOND_WITHDRAWN else "sign_off"},
        context=context,
    )


def sign_offs_paused(
    actor: Party | None, tries: int, minutes: int, *, context: Context | None = None
) -> Event:
    """Somebody gave a password that does not fit so often that their sign-offs pause."""
    return own_event(
        SIGN_OFFS_PAUSED,
        "sign",
        actor,
        outcome="denied",
        extra={"count": tries, "duration": f"PT{minutes}M"},
        context=context,
    )


# Accounts --------------------------------------------------------------------------------------------------


def person_invited(
    actor: Party | None, email: str, role: str, until: str, *, context: Context | None = None
) -> Event:
    """Somebody was given a link with which they can begin an account. `until` is the moment when it ends."""
    return own_event(
        PERSON_INVITED,
        "grant",
        actor,
        [{"kind": "log.reader", "name": email}],
        extra={"account_kind": role, "expires": until},
        context=context,
    )


def invitation_withdrawn(
    actor: Party | None, email: str, role: str, *, context: Context | None = None
) -> Event:
    """The link works no more."""
    return own_event(
        INVITATION_WITHDRAWN,
        "revoke",
        actor,
        [{"kind": "log.reader", "name": email}],
        extra={"account_kind": role},
        context=context,
    )


def invitation_accepted(
    actor: Party, role: str, invited_by: str, entry: int | None, *, context: Context | None = None
) -> Event:
    """Somebody began the account that they were invited to."""
    return own_event(
        INVITATION_ACCEPTED,
        "create",
        actor,
        [{"kind": "user_account", "id": actor.get("id", ""), "name": actor.get("name", "")}],
        extra={"account": actor.get("email"), "account_kind": role, "granted_by": invited_by},
        refers_to=None if entry is None else {"entry": entry, "as": "note"},
        context=context,
    )


def role_changed(
    actor: Party | None,
    whose: Party,
    before: str,
    after: str,
    *,
    approved_by: str | None = None,
    context: Context | None = None,
) -> Event:
    """Somebody may do other things from now on."""
    changes: list[Change] = [{"field": "role", "before": before, "after": after}]
    return own_event(
        ROLE_CHANGED,
        "change",
        actor,
        [_account(whose)],
        changes=changes,
        extra={"verified_by": approved_by},
        context=context,
    )


def access_ended(
    actor: Party | None, whose: Party, *, reason: str | None = None, context: Context | None = None
) -> Event:
    """Somebody can sign in no more. What they did keeps their name."""
    return own_event(ACCESS_ENDED, "revoke", actor, [_account(whose)], reason=reason, context=context)


def password_link(
    said: str, actor: Party | None, whose: Party, *, until: str | None = None, context: Context | None = None
) -> Event:
    """A link was made with which somebody can choose a new password, or was used (PASSWORD_LINK_MADE, _USED)."""
    return own_event(
        said,
        "issue" if said == PASSWORD_LINK_MADE else "change",
        actor,
        [{"kind": "credential", "id": whose.get("id", ""), "name": whose.get("name", "")}],
        extra={"expires": until},
        context=context,
    )


# Groups ----------------------------------------------------------------------------------------------------


def group_made(actor: Party | None, key: int, name: str, *, context: Context | None = None) -> Event:
    """A group began, with nobody in it."""
    return own_event(GROUP_MADE, "create", actor, [_thing(key, name)], context=context)


def group_renamed(
    actor: Party | None, key: int, before: str, name: str, *, context: Context | None = None
) -> Event:
    """A group goes by another name."""
    changes: list[Change] = [{"field": "name", "before": before, "after": name}]
    return own_event(GROUP_CHANGED, "change", actor, [_thing(key, name)], changes=changes, context=context)


def group_ended(
    actor: Party | None, key: int, name: str, last_day: str, *, context: Context | None = None
) -> Event:
    """After `last_day` nobody belongs to it."""
    extra = {"valid_to": last_day}
    return own_event(GROUP_ENDED, "close", actor, [_thing(key, name)], extra=extra, context=context)


def membership(
    said: str,
    actor: Party | None,
    key: int,
    group: str,
    person: str,
    *,
    since: str | None = None,
    until: str | None = None,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """Somebody belongs to a group, no longer does after a day, or never did (MEMBER_ADDED, _ENDED, _WITHDRAWN)."""
    return own_event(
        said,
        "assign" if said == MEMBER_ADDED else "revoke",
        actor,
        [_thing(key, group)],
        extra={"real_person": person, "valid_from": since, "valid_to": until},
        reason=reason,
        context=context,
    )


def _thing(key: int, name: str) -> Target:
    return {"id": str(key), "name": name}


def _account(whose: Party) -> Target:
    return {"kind": "user_account", "id": whose.get("id", ""), "name": whose.get("name", "")}


# How they read ---------------------------------------------------------------------------------------------


def tell_of_people(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, extra = event.get("action", {}).get("said", ""), event.get("extra", {})
    gaps: dict[str, Parts | Part | str] = {
        "actor": naming.actor(voice, event),
        "thing": _named(event),
        "person": Part(_text(extra, "real_person") or _text(extra, "requested_by") or "?", "actor"),
        "said": _text(extra, "account_kind") or _text(extra, "what"),
        "by": Part(_text(extra, "granted_by") or "?", "actor"),
        "until": _text(extra, "valid_to") or "?",
        "count": number(_count(extra)),
        "before": _of_change(event.get("changes", []), "before"),
        "after": _of_change(event.get("changes", []), "after"),
        "entry": _entry(event),
    }
    sentence = voice.say("own", _key(said, extra), **gaps)
    if said == ACCESS_REFUSED and (count := _count(extra)):
        key = "access_refused_before_one" if count == 1 else "access_refused_before"
        sentence = voice.say("own", key, sentence=sentence, count=number(count))
    if said in (MEMBER_ADDED, MEMBER_WITHDRAWN):
        sentence = _for_how_long(voice, extra, sentence)
    if said == ROLE_CHANGED and (by := _text(extra, "verified_by")):
        sentence = voice.say("own", "role_approved", sentence=sentence, by=Part(by, "actor"))
    if reason := event.get("reason"):
        sentence = voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


def _key(said: str, extra: dict[str, Any]) -> str:
    if said == SIGN_OFFS_PAUSED and _count(extra) == 1:
        return f"{said}_one"
    return said


def _for_how_long(voice: Voice, extra: dict[str, Any], sentence: Parts) -> Parts:
    since, until = _text(extra, "valid_from"), _text(extra, "valid_to")
    if not since and not until:
        return sentence
    key = "days_both" if since and until else "days_since" if since else "days_until"
    return voice.say("own", key, sentence=sentence, since=since, until=until)


def _named(event: Event) -> Part:
    targets = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    return Part(name or "?", "thing", 0 if name else None)


def _of_change(changes: Sequence[Change], which: str) -> Part:
    value = changes[0].get(which) if changes else None
    text = changing.value_text(value) if isinstance(value, str) else "?"
    return Part(text, "before" if which == "before" else "after")


def _entry(event: Event) -> str:
    reference = event.get("refers_to")
    return number(reference["entry"] + 1) if reference else "?"


def _count(extra: dict[str, Any]) -> int:
    value = extra.get("count")
    return value if type(value) is int else 0


def _text(extra: dict[str, Any], name: str) -> str:
    value = extra.get(name)
    return value if isinstance(value, str) else ""


TELLERS: Final = dict.fromkeys(
    (
        ACCESS_REFUSED, SECOND_ASKED, SECOND_APPROVED, SECOND_SENT_BACK, SECOND_WITHDRAWN, SIGN_OFFS_PAUSED,
        PERSON_INVITED, INVITATION_WITHDRAWN, INVITATION_ACCEPTED, ROLE_CHANGED, ACCESS_ENDED,
        PASSWORD_LINK_MADE, PASSWORD_LINK_USED, GROUP_MADE, GROUP_CHANGED, GROUP_ENDED, MEMBER_ADDED,
        MEMBER_ENDED, MEMBER_WITHDRAWN,
    ),
    tell_of_people,
)  # fmt: skip
