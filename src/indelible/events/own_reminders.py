"""The events about time in runbooks: what was escalated and to whom, which deadline of a law passed, and what became of
runs that the calendar or an entry was to open.

A reminder by itself is no entry. That something was not done in time, and who was told, is one; each once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from indelible.events import naming
from indelible.events.instants import is_instant, to_datetime
from indelible.events.own import own_event
from indelible.events.own_runbooks import OfRun, OfStep
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.shape import Context, Event, Party

ESCALATED: Final = "run_escalated"
CLOCK_RAN_OUT: Final = "clock_ran_out"
OPENED_LATE: Final = "run_opened_late"
COUNTED: Final = "run_starts_counted"
NOT_OPENED: Final = "run_not_opened"
CALENDAR_MADE: Final = "calendar_address_made"
CALENDAR_ENDED: Final = "calendar_address_ended"

_VERBS: Final[Mapping[str, str]] = {
    ESCALATED: "escalate",
    CLOCK_RAN_OUT: "detect",
    OPENED_LATE: "note",
    COUNTED: "note",
    NOT_OPENED: "start",
    CALENDAR_MADE: "create",
    CALENDAR_ENDED: "revoke",
}


def escalated(run: OfRun, step: OfStep | None, deadline: str, people: Sequence[str], stage: int) -> Event:
    """A step, or the run, is overdue since `deadline`, and these people are told of it. `stage` counts from 1."""
    return _of_run(
        ESCALATED, run, step, {"deadline": deadline, "recipient": ", ".join(people), "stage": stage}
    )


def clock_ran_out(run: OfRun, clock: str, clause: str, deadline: str) -> Event:
    """A deadline of a law passed before its step was done."""
    told = {"what": clock, "clause": clause, "deadline": deadline}
    return _of_run(CLOCK_RAN_OUT, run, None, told, outcome="failure")


def opened_late(run: OfRun, was_to_open: str) -> Event:
    """The calendar opened a run later than it should have: Indelible did not run then."""
    return _of_run(OPENED_LATE, run, None, {"due": was_to_open})


def starts_counted(run: OfRun, count: int, entries: Sequence[int] = ()) -> Event:
    """So many more would have started the same runbook within an hour; they are counted on this run. `entries` are
    the first of those that came as entries, by index."""
    return _of_run(COUNTED, run, None, {"count": count, "scope_entries": sorted(entries)})


def not_opened(key: str, title: str, why: str, *, due: str = "", entry: int | None = None) -> Event:
    """A run that the calendar or an entry was to open could not be: its roles exclude each other, for instance."""
    return own_event(
        NOT_OPENED,
        _VERBS[NOT_OPENED],
        None,
        [{"kind": "runbook", "id": key, "name": title}],
        outcome="failure",
        reason=why,
        extra={"due": due or None},
        refers_to={"entry": entry, "as": "note"} if entry is not None else None,
    )


def calendar_address(actor: Party, *, made: bool, context: Context | None = None) -> Event:
    """Somebody made the secret address at which a calendar program reads what is due to them, or ended it."""
    said = CALENDAR_MADE if made else CALENDAR_ENDED
    return own_event(said, _VERBS[said], actor, [{"name": "calendar of what is due"}], context=context)


def _of_run(
    said: str, run: OfRun, step: OfStep | None, extra: Mapping[str, object], *, outcome: Any = "success"
) -> Event:
    told: dict[str, object] = {"runbook_version": f"{run.runbook} version {run.version}", **extra}
    targets = [run.target]
    if step is not None:
        told["step"] = {"key": step.key, "number": step.number, "title": step.title}
        targets = [{"kind": "runbook.step", "id": f"{run.key}/{step.key}", "name": step.title}, run.target]
    refers_to = {"entry": run.entry, "as": "run"} if run.entry is not None else None
    return own_event(said, _VERBS[said], None, targets, outcome=outcome, extra=told, refers_to=refers_to)


# How they read ---------------------------------------------------------------------------------------------


def tell_of_time(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, extra = event.get("action", {}).get("said", ""), event.get("extra", {})
    step, people = extra.get("step"), _text(extra, "recipient")
    key = said
    if said == ESCALATED:
        key = ("run_escalated" if isinstance(step, dict) else "run_escalated_whole") + (
            "" if people else "_nobody"
        )
    if said == COUNTED and extra.get("count") == 1:
        key = "run_starts_counted_one"
    sentence = voice.say(
        "own",
        key,
        actor=naming.actor(voice, event),
        thing=_thing(voice, event),
        step=voice.say("own", "run_step", number=_number(step), title=_title(step)),
        person=Part(people or "?", "actor"),
        said=_text(extra, "what") or "?",
        until=_moment(_text(extra, "deadline") or _text(extra, "due")),
        count=_count(extra.get("count")),
    )
    if reason := event.get("reason"):
        sentence = voice.say("reason", "plain", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


def _thing(voice: Voice, event: Event) -> Part:
    name = next(
        (naming.name_of(one) for one in event.get("targets", []) if one.get("kind") == "runbook"), None
    )
    return Part(voice.quoted(name or "?").text, "thing", 0 if name else None)


def _number(step: object) -> str:
    return _count(step.get("number")) if isinstance(step, dict) else "?"


def _count(value: object) -> str:
    return number(value) if type(value) is int else "?"


def _moment(told: str | None) -> str:
    """Return a moment as people read it, in UTC as on the whole record."""
    if told is None or not is_instant(told):
        return told or "?"
    return to_datetime(told).strftime("%Y-%m-%d %H:%M UTC")


def _title(step: object) -> str:
    title = step.get("title") if isinstance(step, dict) else None
    return title if isinstance(title, str) else "?"


def _text(extra: Mapping[str, Any], fact: str) -> str | None:
    value = extra.get(fact)
    return value if isinstance(value, str) and value else None


TELLERS: Final = dict.fromkeys(sorted(_VERBS), tell_of_time)
