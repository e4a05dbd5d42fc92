"""The events of reviews: what was answered about entries that a rule wants looked at, and reviews of who may do
what in a system. Drawing a sample and signing are told by `own_signoffs`.

What waits in a queue is no entry: it is worked out from entries, and can be worked out again. What a person answered
about an entry is one, refers to it, and stands below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from indelible.events import naming
from indelible.events.instants import is_instant, to_datetime
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.referring import entries
from indelible.events.shape import Attachment, Context, Event, Party, Target

Answered = Literal["expected", "asked", "case", "closed", "reopened"]
_VERBS: Final[dict[str, str]] = {
    "expected": "review",
    "asked": "request",
    "case": "open",
    "closed": "close",
    "reopened": "review",
}
ANSWER_REFUSED: Final = "review_own_refused"
STARTED: Final = "access_review_started"
LISTED: Final = "access_list_taken"
LISTED_AGAIN: Final = "access_list_taken_again"
MATCHED: Final = "access_account_matched"
ASSIGNED: Final = "access_lines_assigned"
OWN_REFUSED: Final = "access_own_line_refused"
REMOVED: Final = "access_removal_seen"
EXPLAINED: Final = "access_new_explained"
RETURNED: Final = "access_review_sent_back"
ESCALATED: Final = "access_part_escalated"
CLOSED: Final = "access_review_closed"


def entry_answered(
    actor: Party | None,
    kind: Answered,
    question: str,
    first: int,
    last: int | None = None,
    *,
    note: str | None = None,
    person: str | None = None,
    reference: str | None = None,
    together: int = 1,
    context: Context | None = None,
) -> Event:
    """Somebody looked at entries, by index, and answered. `question` says why they were to be looked at.

    `person` was asked, or follows a case up; `reference` is what the case goes by. `together` is how many were
    answered in one press, where they were more than one.
    """
    refers: dict[str, object] = {"entry": first, "as": "answer"}
    if last is not None and last != first:
        refers["through"] = last
    return own_event(
        f"review_answer_{kind}",
        _VERBS[kind],
        actor,
        reason=note,
        refers_to=refers,
        extra={
            "query": question,
            "holder" if kind == "asked" else "owner": person,
            "linked_case": reference,
            "in_bulk": together if together > 1 else None,
        },
        context=context,
    )


def own_answer_refused(
    actor: Party | None, question: str, entry: int, *, context: Context | None = None
) -> Event:
    """Somebody tried to answer about what they did themselves, and was refused."""
    return own_event(
        ANSWER_REFUSED,
        "review",
        actor,
        outcome="denied",
        refers_to={"entry": entry, "as": "note"},
        extra={"query": question},
        context=context,
    )


def access_review_started(
    actor: Party | None,
    key: int,
    system: str,
    owner: str,
    due_at: str,
    scope: str,
    left_out: str = "",
    *,
    context: Context | None = None,
) -> Event:
    """Somebody began a review of who has access to a system."""
    return own_event(
        STARTED,
        "start",
        actor,
        [_review(key, system)],
        extra={"owner": owner, "due_at": due_at, "scope": scope, "left_out": left_out},
        context=context,
    )


def access_list_taken(
    actor: Party | None,
    key: int,
    system: str,
    rows: int,
    by_kind: Mapping[str, int],
    told: int | None,
    taken_at: str,
    how: str,
    root: str,
    file: Attachment,
    *,
    again: bool = False,
    compared: Mapping[str, int] | None = None,
    context: Context | None = None,
) -> Event:
    """A list of all accounts of a system was taken in, and is frozen; `told` is the system's own count.

    `again`: it is the second one, held against the first (`compared`: gone, still, new).
    """
    return own_event(
        LISTED_AGAIN if again else LISTED,
        "import",
        actor,
        [_review(key, system)],
        extra={
            "population_count": rows,
            "count_by_kind": dict(by_kind),
            "expected": told,
            "started_at": taken_at,
            "query": how,
            "root": root,
            "counts": dict(compared or {}),
        },
        attachments=[file],
        context=context,
    )


def account_matched(
    actor: Party | None,
    key: int,
    system: str,
    login: str,
    person: str,
    *,
    owner: bool = False,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """Somebody said whose an account is; `owner`: it is no person's, and this one answers for it. Without a person
    it is nobody's, and must go."""
    return own_event(
        MATCHED,
        "assign",
        actor,
        [_review(key, system)],
        extra={"account": login, "owner" if owner else "real_person": person},
        reason=reason,
        context=context,
    )


def lines_assigned(
    actor: Party | None,
    key: int,
    system: str,
    shares: Mapping[str, int],
    *,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """Lines were given to those who decide about them: how many to whom."""
    return own_event(
        ASSIGNED,
        "assign",
        actor,
        [_review(key, system)],
        extra={"count_by_kind": dict(shares), "line_count": sum(shares.values())},
        reason=reason,
        context=context,
    )


def own_line_refused(
    actor: Party | None, key: int, system: str, login: str, *, context: Context | None = None
) -> Event:
    """Somebody tried to decide about their own access, and was refused."""
    return own_event(
        OWN_REFUSED,
        "review",
        actor,
        [_review(key, system)],
        outcome="denied",
        extra={"account": login},
        context=context,
    )


def removal_seen(key: int, system: str, login: str, right: str, entry: int | None) -> Event:
    """What was to be taken away is gone: an entry of the source says so, or a later list (no `entry`)."""
    return own_event(
        REMOVED,
        "verify",
        None,
        [_review(key, system)],
        refers_to={"entry": entry, "as": "note"} if entry is not None else None,
        extra={"account": login, "item": right, "removal_proof": "entry" if entry is not None else "list"},
    )


def new_explained(
    actor: Party | None, key: int, system: str, count: int, reason: str, *, context: Context | None = None
) -> Event:
    """Somebody said who approved the accounts and rights that only the second list has."""
    return own_event(
        EXPLAINED,
        "note",
        actor,
        [_review(key, system)],
        extra={"row_count": count},
        reason=reason,
        context=context,
    )


def review_sent_back(
    actor: Party | None, key: int, system: str, reason: str, *, context: Context | None = None
) -> Event:
    """Whoever was to witness a review sent it back."""
    return own_event(RETURNED, "reject", actor, [_review(key, system)], reason=reason, context=context)


def part_escalated(
    key: int, system: str, reviewer: str, deadline: str, people: Sequence[str], stage: int
) -> Event:
    """Somebody's part of a review of access is overdue since `deadline`, and these people are told of it."""
    told = {"holder": reviewer, "deadline": deadline, "recipient": ", ".join(people), "stage": stage}
    return own_event(ESCALATED, "escalate", None, [_review(key, system)], extra=told)


def review_closed(
    actor: Party | None,
    key: int,
    system: str,
    counts: Mapping[str, int],
    *,
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """A review of access is over: signed by its owner, and by a witness who decided no line."""
    return own_event(
        CLOSED,
        "close",
        actor,
        [_review(key, system)],
        extra={"counts": dict(counts)},
        reason=reason,
        context=context,
    )


def _review(key: int, system: str) -> Target:
    return {"kind": "access_review", "id": str(key), "name": system}


# How they read -------------------------------------------------------------------------------------------


def tell_of_reviews(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, extra = event.get("action", {}).get("said", ""), event.get("extra", {})
    reference, person = (
        event.get("refers_to"),
        extra.get("owner") or extra.get("holder") or extra.get("real_person"),
    )
    key = said
    if said == "review_answer_case" and not person:
        key = "review_answer_case_alone"
    elif said == MATCHED and not person:
        key = "access_account_nobodys"
    elif said == MATCHED and "owner" in extra:
        key = "access_account_owned"
    elif said == REMOVED and reference is None:
        key = "access_removal_seen_in_list"
    elif said == ESCALATED and not extra.get("recipient"):
        key = "access_part_escalated_nobody"
    sentence = voice.say(
        "own",
        key,
        actor=naming.actor(voice, event),
        thing=_thing(event),
        entries=entries(voice, reference) if reference else voice.say("list", "something"),
        said=voice.quoted(_text(extra.get("query"))),
        person=Part(_text(person), "actor"),
        reference=Part(_text(extra.get("linked_case")), "thing"),
        account=voice.quoted(_text(extra.get("account"))),
        right=voice.quoted(_text(extra.get("item"))),
        count=number(_count(extra, "row_count", "line_count", "population_count")),
        shares=_shares(extra.get("count_by_kind")),
        until=_moment(extra.get("deadline")),
        told=Part(_text(extra.get("recipient")), "actor"),
    )
    if (together := extra.get("in_bulk")) and type(together) is int:
        sentence = voice.say("own", "review_in_bulk", sentence=sentence, count=number(together))
    if reason := event.get("reason"):
        sentence = voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


def _shares(told: object) -> str:
    """Say how many to whom: "Ben 12, Chloe 3"."""
    if not isinstance(told, dict):
        return ""
    known = [f"{name} {count}" for name, count in told.items() if type(count) is int]
    return ", ".join(known[:_MOST_NAMED]) + (", ..." if len(known) > _MOST_NAMED else "")


_MOST_NAMED: Final = 12


def _count(extra: Mapping[str, object], *names: str) -> int:
    return next((value for name in names if type(value := extra.get(name)) is int), 0)


def _text(value: object) -> str:
    return value if isinstance(value, str) and value else "?"


def _moment(told: object) -> str:
    """Return a moment as people read it, in UTC as on the whole record."""
    if not isinstance(told, str) or not is_instant(told):
        return _text(told)
    return to_datetime(told).strftime("%Y-%m-%d %H:%M UTC")


def _thing(event: Event) -> Part:
    targets: Sequence[Target] = event.get("targets", [])
    name = naming.name_of(targets[0]) if targets else None
    return Part(name or "?", "thing", 0 if name else None)


TELLERS: Final = dict.fromkeys(
    (
        *(f"review_answer_{kind}" for kind in _VERBS),
        ANSWER_REFUSED,
        STARTED,
        LISTED,
        LISTED_AGAIN,
        MATCHED,
        ASSIGNED,
        OWN_REFUSED,
        REMOVED,
        EXPLAINED,
        RETURNED,
        ESCALATED,
        CLOSED,
    ),
    tell_of_reviews,
)
