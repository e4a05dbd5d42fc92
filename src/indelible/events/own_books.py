"""The events about the texts of runbooks: begun, published, walked through, looked at again, retired; who owns one and
fills its roles; from which day it is due by the calendar; and what was exported.

A version is sealed with its text: the entry that publishes it has the document as its attachment (TOML), and the
digest of the document's canonical JSON. So an auditor reads from the log alone what was in force when. Roles, dates and
titles stand as they were written, whatever language the page was in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from indelible.events import naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.shape import Attachment, Change, Context, Event, Party, Target

BEGUN: Final = "runbook_begun"
COPIED: Final = "runbook_copied"
IMPORTED: Final = "runbook_imported"
DRAFT_DROPPED: Final = "runbook_draft_dropped"
PUBLISHED: Final = "runbook_published"
WALKED: Final = "runbook_walked"
LOOKED_AGAIN: Final = "runbook_looked_again"
RETIRED: Final = "runbook_retired"
TAKEN_UP: Final = "runbook_taken_up"
OWNER: Final = "runbook_owner"
APPOINTED: Final = "runbook_appointed"
SCHEDULED: Final = "runbook_scheduled"
UNSCHEDULED: Final = "runbook_unscheduled"
EXPORTED: Final = "runbook_exported"
ALL_EXPORTED: Final = "runbooks_exported"

_VERBS: Final[Mapping[str, str]] = {
    BEGUN: "create",
    COPIED: "create",
    IMPORTED: "import",
    DRAFT_DROPPED: "delete",
    PUBLISHED: "change",
    WALKED: "sign",
    LOOKED_AGAIN: "sign",
    RETIRED: "disable",
    TAKEN_UP: "enable",
    OWNER: "assign",
    APPOINTED: "assign",
    SCHEDULED: "change",
    UNSCHEDULED: "change",
    EXPORTED: "export",
    ALL_EXPORTED: "export",
}


def book_event(
    said: str,
    actor: Party | None,
    key: str,
    title: str,
    *,
    extra: Mapping[str, object] | None = None,
    changes: Sequence[Change] = (),
    reason: str | None = None,
    attachments: Sequence[Attachment] = (),
    context: Context | None = None,
) -> Event:
    """Return the event of an act on a runbook's text. `said` is one of this module's, `key` its short name ("RB-07");
    empty where all of them are meant."""
    target = cast(Target, {"kind": "runbook", **({"id": key, "name": title} if key else {})})
    return own_event(
        said,
        _VERBS[said],
        actor,
        [target],
        extra=extra,
        changes=changes,
        reason=reason,
        attachments=attachments,
        context=context,
    )


def published(
    actor: Party | None,
    key: str,
    title: str,
    version: int,
    digest: str,
    document: Attachment,
    *,
    steps: int,
    walked_by: str = "",
    approver: str = "",
    note: str,
    context: Context | None = None,
) -> Event:
    """A version holds from now on. `digest` is that of the document's canonical JSON, `document` the document itself;
    `walked_by` who walked through this very text, empty where nobody did; `note` what is new and why."""
    return book_event(
        PUBLISHED,
        actor,
        key,
        title,
        extra={
            "version": str(version),
            "version_digest": digest,
            "item_count": steps,
            "verified_by": walked_by,
            "approver": approver,
        },
        reason=note or None,
        attachments=[document],
        context=context,
    )


# How they read ---------------------------------------------------------------------------------------------


def tell_of_books(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, extra = event.get("action", {}).get("said", ""), event.get("extra", {})
    gaps: dict[str, Parts | Part | str] = {
        "actor": naming.actor(voice, event),
        "thing": _book(voice, event),
        "person": Part(_text(extra, "real_person") or "?", "actor"),
        "stand_in": Part(_text(extra, "stand_in") or "?", "actor"),
        "role": _text(extra, "role") or "?",
        "origin": _text(extra, "catalogue") or "?",
        "version": _text(extra, "version") or "?",
        "day": _text(extra, "valid_from") or "?",
        "until": _text(extra, "next_review") or "?",
        "count": number(_count(extra, "item_count")),
    }
    sentence = voice.say("own", _key(said, extra), **gaps)
    if said == PUBLISHED:
        sentence = _how(voice, extra, sentence)
    if reason := event.get("reason"):
        sentence = voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


def _key(said: str, extra: Mapping[str, Any]) -> str:
    if said == WALKED and not _text(extra, "version"):
        return "runbook_walked_draft"
    if said == APPOINTED:
        if not _text(extra, "real_person"):
            return "runbook_appointed_nobody"
        return "runbook_appointed_two" if _text(extra, "stand_in") else said
    if said == OWNER and not _text(extra, "real_person"):
        return "runbook_owner_nobody"
    if said == ALL_EXPORTED and _count(extra, "item_count") == 1:
        return "runbooks_exported_one"
    return said


def _how(voice: Voice, extra: Mapping[str, Any], sentence: Parts) -> Parts:
    """Add who walked through it, and who agreed."""
    if walked := _text(extra, "verified_by"):
        sentence = voice.say("own", "runbook_was_walked", sentence=sentence, person=Part(walked, "actor"))
    else:
        sentence = voice.say("own", "runbook_not_walked", sentence=sentence)
    if agreed := _text(extra, "approver"):
        sentence = voice.say("own", "rule_agreed", sentence=sentence, person=Part(agreed, "actor"))
    return sentence


def _book(voice: Voice, event: Event) -> Part:
    targets = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    return Part(voice.quoted(name or "?").text, "thing", 0 if name else None)


def _count(extra: Mapping[str, Any], fact: str) -> int:
    value = extra.get(fact)
    return value if type(value) is int else 0


def _text(extra: Mapping[str, Any], fact: str) -> str | None:
    value = extra.get(fact)
    return value if isinstance(value, str) and value else None


TELLERS: Final = dict.fromkeys(sorted(_VERBS), tell_of_books)
