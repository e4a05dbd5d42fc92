"""The events about runs of runbooks: opened, who does what, each step done, skipped, sent back or overridden, its
clocks, and how it ended.

All but the opening refer to the entry that opened the run, so that the log alone tells the whole story. What was
written at a step, which files were attached, which lists were shown (by their root) and what the checks found stand in
the entry of the step. Signatures are events of `own_signoffs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from indelible.events import naming
from indelible.events.own import own_event
from indelible.events.phrases import Part, Parts, Voice, number
from indelible.events.shape import Attachment, Context, Event, Party, Target

RUN_OPENED: Final = "run_opened"
ROLE_FILLED: Final = "run_role_filled"
HANDED_OVER: Final = "run_handed_over"
OUTSIDER_INVITED: Final = "run_outsider_invited"
OUTSIDER_ENDED: Final = "run_outsider_ended"
OUTSIDER_CAME: Final = "run_outsider_came"
PIN_USED_UP: Final = "run_pin_used_up"
OTHER_NOT_STARTED: Final = "run_other_not_started"
FILE_ATTACHED: Final = "step_file_attached"
FILE_WITHDRAWN: Final = "step_file_withdrawn"
STEP_DONE: Final = "step_done"
STEP_SKIPPED: Final = "step_skipped"
STEP_OVERRIDDEN: Final = "step_overridden"
STEP_SENT_BACK: Final = "step_sent_back"
STEP_NOT_CONCLUDED: Final = "step_not_concluded"
STEP_REFUSED: Final = "step_refused"
REASON_GIVEN: Final = "check_reason_given"
CLOCK_STARTED: Final = "clock_started"
CLOCK_STOPPED: Final = "clock_stopped"
CLOCK_WENT_ON: Final = "clock_went_on"
CLOCK_MET: Final = "clock_met"
LATE_EXPLAINED: Final = "late_explained"
RUN_PAUSED: Final = "run_paused"
RUN_RESUMED: Final = "run_resumed"
RUN_CLOSED: Final = "run_closed"
RUN_NOT_CONCLUDED: Final = "run_not_concluded"
RUN_MISSED: Final = "run_missed"
RUN_WITHDRAWN: Final = "run_withdrawn"

_VERBS: Final[Mapping[str, str]] = {
    RUN_OPENED: "start",
    ROLE_FILLED: "assign",
    HANDED_OVER: "hand_over",
    OUTSIDER_INVITED: "grant",
    OUTSIDER_ENDED: "revoke",
    OUTSIDER_CAME: "view",
    PIN_USED_UP: "sign",
    OTHER_NOT_STARTED: "note",
    FILE_ATTACHED: "submit",
    FILE_WITHDRAWN: "void",
    STEP_DONE: "submit",
    STEP_SKIPPED: "void",
    STEP_OVERRIDDEN: "override",
    STEP_SENT_BACK: "reject",
    STEP_NOT_CONCLUDED: "note",
    STEP_REFUSED: "sign",
    REASON_GIVEN: "note",
    CLOCK_STARTED: "start",
    CLOCK_STOPPED: "stop",
    CLOCK_WENT_ON: "start",
    CLOCK_MET: "close",
    LATE_EXPLAINED: "note",
    RUN_PAUSED: "stop",
    RUN_RESUMED: "start",
    RUN_CLOSED: "close",
    RUN_NOT_CONCLUDED: "close",
    RUN_MISSED: "close",
    RUN_WITHDRAWN: "void",
}


@dataclass(frozen=True, slots=True)
class OfRun:
    """Which run an event is of: its key, title, the entry that opened it (by index; None: it is this one)."""

    key: int
    title: str
    entry: int | None
    runbook: str  # "RB-07"
    version: int

    @property
    def target(self) -> Target:
        """The run as a thing that something was done to."""
        return {"kind": "runbook", "id": str(self.key), "name": self.title}


@dataclass(frozen=True, slots=True)
class OfStep:
    """Which step an event is of. `number` is its place from 1."""

    key: str
    number: int
    title: str


def run_event(
    said: str,
    actor: Party | None,
    run: OfRun,
    *,
    step: OfStep | None = None,
    extra: Mapping[str, object] | None = None,
    reason: str | None = None,
    attachments: Sequence[Attachment] = (),
    context: Context | None = None,
    refers_to: Mapping[str, object] | None = None,
    denied: bool = False,
) -> Event:
    """Return the event of an act in a run. `said` is one of this module's; `extra` what it tells besides."""
    told: dict[str, Any] = {"runbook_version": f"{run.runbook} version {run.version}", **(extra or {})}
    targets = [run.target]
    if step is not None:
        told["step"] = {"key": step.key, "number": step.number, "title": step.title}
        targets = [{"kind": "runbook.step", "id": f"{run.key}/{step.key}", "name": step.title}, run.target]
    if refers_to is None and run.entry is not None:
        refers_to = {"entry": run.entry, "as": "run"}
    return own_event(
        said,
        _VERBS[said],
        actor,
        targets,
        outcome="denied" if denied else "failure" if said == RUN_MISSED else "success",
        extra=told,
        reason=reason,
        attachments=attachments,
        context=context,
        refers_to=refers_to,
    )


# How they read ---------------------------------------------------------------------------------------------


def tell_of_runs(voice: Voice, event: Event) -> Parts:
    """Return the sentence of an event of this module."""
    said, extra = event.get("action", {}).get("said", ""), event.get("extra", {})
    step = extra.get("step")
    files = event.get("attachments", [])
    gaps: dict[str, Parts | Part | str] = {
        "actor": naming.actor(voice, event),
        "thing": _run(voice, event),
        "step": voice.say("own", "run_step", number=_number(step), title=_title(step)),
        "person": Part(_text(extra, "real_person") or "?", "actor"),
        "before": Part(_text(extra, "before_person") or "?", "actor"),
        "role": _text(extra, "role") or "?",
        "said": _text(extra, "what") or "?",
        "version": _text(extra, "runbook_version") or "?",
        "until": _text(extra, "deadline") or "?",
        "file": Part((files[0].get("name") if files else _text(extra, "file_name")) or "?", "thing"),
    }
    key = said
    if said == RUN_OPENED and event.get("actor", {}).get("kind") == "system":
        key = "run_opened_itself"
    sentence = voice.say("own", key, **gaps)
    if said == STEP_DONE:
        sentence = _how(voice, extra, sentence)
    if reason := event.get("reason"):
        sentence = voice.say("reason", "quoted", sentence=sentence, reason=Part(reason, "reason"))
    return sentence


def _how(voice: Voice, extra: Mapping[str, Any], sentence: Parts) -> Parts:
    """Add that a step was done late, on paper, on an earlier day, and which way was taken."""
    if choice := _text(extra, "choice"):
        sentence = voice.say("own", "step_choice", sentence=sentence, said=voice.quoted(choice))
    if day := _text(extra, "done_on"):
        key = "step_on_paper_on" if extra.get("on_paper") else "step_done_on"
        return voice.say("own", key, sentence=sentence, day=day)
    return voice.say("own", "step_on_paper", sentence=sentence) if extra.get("on_paper") else sentence


def _run(voice: Voice, event: Event) -> Part:
    name = next(
        (naming.name_of(one) for one in event.get("targets", []) if one.get("kind") == "runbook"), None
    )
    return Part(voice.quoted(name or "?").text, "thing", 0 if name else None)


def _number(step: object) -> str:
    place = step.get("number") if isinstance(step, dict) else None
    return number(place) if type(place) is int else "?"


def _title(step: object) -> str:
    title = step.get("title") if isinstance(step, dict) else None
    return title if isinstance(title, str) else "?"


def _text(extra: Mapping[str, Any], fact: str) -> str | None:
    value = extra.get(fact)
    return value if isinstance(value, str) and value else None


TELLERS: Final = dict.fromkeys(sorted(_VERBS), tell_of_runs)
