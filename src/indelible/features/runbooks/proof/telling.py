"""A run in words: what was due and when, who did what, what was looked at and found, who signed what.

Plain values, in the language and zone of whoever reads; the page and the paper show the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.sentence import tell
from indelible.features.runbooks.models import Result, StepCheck, StepFile, StepSignature, StepState, StepWork
from indelible.features.runbooks.running.moving import summary_of
from indelible.features.runbooks.running.queries import ClockView, RunView, StepView
from indelible.features.runbooks.views.runs import words
from indelible.features.signoffs.models import FrozenList
from indelible.storage.database.reads import find_entries
from indelible.web.moments import Reader
from indelible.web.numbers import written

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step: its title with number, how it stands, and what is told of it, each with a label."""

    key: str
    title: str
    do: str
    state: str  # a word
    shape: str  # a name of web.states
    lines: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Told:
    """A run in words."""

    title: str
    answer: str  # the first sentence: how it ended, and whether in time
    facts: Sequence[Pair]
    people: Sequence[Pair]
    steps: Sequence[ToldStep]
    clocks: Sequence[Pair]
    deviations: Sequence[str]  # at least one sentence
    entries: Sequence[Pair]  # number and sentence
    serves: Sequence[str]
    limits: Sequence[str] = field(default_factory=tuple)


def told(view: RunView, reader: Reader) -> Told:
    """Return a run in words."""
    return Told(
        title=view.run.title,
        answer=answer(view, reader),
        facts=list(_facts(view, reader)),
        people=list(_people(view)),
        steps=[_step(view, one, reader) for one in view.steps],
        clocks=[_clock(one, view.now, reader) for one in view.clocks],
        deviations=deviations(view),
        entries=_entries(view),
        serves=view.document.serves,
        limits=limits(),
    )


def answer(view: RunView, reader: Reader) -> str:
    """Return the first sentence: how far it is or how it ended, and whether in time."""
    run = view.run
    state = str(words.RUN[run.state][1])
    count = _("%(done)s of %(all)s steps done") % {"done": written(view.done), "all": written(view.all)}
    if run.ended_at is None:
        due = words.by_when(run.due_at, view.now, reader) if run.due_at else ""
        return f"{state}. {count}.{f' {due}.' if due else ''}"
    ended = _at(run.ended_at, reader)
    if run.due_at is None:
        return _("%(state)s on %(when)s. %(count)s.") % {"state": state, "when": ended, "count": count}
    form = (
        _("%(state)s on %(when)s, late. %(count)s.")
        if view.is_late
        else _("%(state)s on %(when)s, in time. %(count)s.")
    )
    return form % {"state": state, "when": ended, "count": count}


def _at(moment: datetime | None, reader: Reader) -> str:
    return f"{reader.moment(moment)} ({reader.offset(moment)})" if moment is not None else ""


def _facts(view: RunView, reader: Reader) -> Iterable[Pair]:
    run, document = view.run, view.document
    yield (
        _("Runbook"),
        _("%(key)s, version %(n)s, in force since %(when)s")
        % {
            "key": f"{run.runbook.key} {document.title}",
            "n": written(run.version.number),
            "when": _at(run.version.published_at, reader),
        },
    )
    yield _("What it is for"), document.purpose
    if run.about:
        yield _("About"), run.about
    if run.period_from and run.period_to:
        yield (
            _("Period"),
            _("%(first)s to %(last)s, both included")
            % {
                "first": reader.day(run.period_from),
                "last": reader.day(run.period_to),
            },
        )
    yield _("Started"), f"{_at(run.opened_at, reader)}, {run.get_cause_display().lower()}"
    if run.due_at:
        yield _("Due"), _at(run.due_at, reader)
    if run.ended_at:
        yield _("Ended"), _at(run.ended_at, reader)
    if run.state_reason:
        yield _("Reason"), run.state_reason
    if run.late_reason:
        yield _("Why it was late"), run.late_reason
    yield _("Fingerprint of the text"), run.version.digest


def _people(view: RunView) -> Iterable[Pair]:
    for role in view.roles:
        stand_in = role.row.stand_in if role.row is not None else None
        name = role.name or _("nobody named")
        yield (
            role.part.title,
            _("%(name)s, stood in for by %(other)s") % {"name": name, "other": stand_in.name}
            if stand_in
            else name,
        )


# Steps -----------------------------------------------------------------------------------------------------


def _step(view: RunView, one: StepView, reader: Reader) -> ToldStep:
    shape, word, _node, _tone = words.STEP[one.row.state]
    title = f"{written(one.number)}. {one.part.title}"
    return ToldStep(one.row.key, title, one.part.do, str(word), shape, list(_lines(view, one, reader)))


def _lines(view: RunView, one: StepView, reader: Reader) -> Iterable[Pair]:
    row = one.row
    for work in one.before:
        yield _("Sent back"), _sent_back(work, reader)
    if row.done_at and row.state != StepState.PASSED_OVER:
        yield _("Done"), _done(one, reader)
    if row.choice:
        yield _("Chosen"), row.choice
    for asked in one.part.fields:
        if value := words.answer(asked, one.values, reader, row.by_name):
            yield asked.label, value
    if row.words:
        yield _("Note"), row.words
    for file in one.files:
        yield _("File"), _file(file)
    if one.frozen is not None:
        yield _("Looked at"), _list(one.frozen, reader)
    for check in one.checks:
        yield _check_label(one, check), _check(check)
    for signature in one.signatures:
        yield _("Signed"), _signature(signature, reader)


def _sent_back(work: StepWork, reader: Reader) -> str:
    ended = work.ended or {}
    return _("by %(name)s on %(when)s: %(why)s (attempt %(n)s is kept)") % {
        "name": ended.get("back_by", ""),
        "when": _at(datetime.fromisoformat(ended["back_at"]), reader) if ended.get("back_at") else "",
        "why": ended.get("why", ""),
        "n": written(work.attempt),
    }


def _done(one: StepView, reader: Reader) -> str:
    row = one.row
    told = _("by %(name)s, recorded %(when)s") % {
        "name": row.by_name or "Indelible",
        "when": _at(row.done_at, reader),
    }
    if row.done_on:
        told = _("%(told)s, says it was done %(day)s") % {"told": told, "day": reader.day(row.done_on)}
    if row.on_paper:
        told = _("%(told)s, late, on paper") % {"told": told}
    if one.late and row.due_at:
        told = _("%(told)s; it was due %(when)s") % {"told": told, "when": _at(row.due_at, reader)}
    return told


def _file(file: StepFile) -> str:
    kind = _(" (scan)") if file.from_paper else ""
    return _("%(name)s%(kind)s, entry %(number)s, fingerprint %(sha)s") % {
        "name": file.name,
        "kind": kind,
        "number": written(file.entry + 1),
        "sha": file.sha256,
    }


def _list(frozen: FrozenList, reader: Reader) -> str:
    seconds = max((look.seconds for look in frozen.looks.all()), default=None)
    told = ngettext("%(n)s row: %(title)s", "%(n)s rows: %(title)s", frozen.count) % {
        "n": written(frozen.count),
        "title": frozen.title,
    }
    if seconds is not None:
        told = _("%(told)s. Before them for %(long)s.") % {
            "told": told,
            "long": ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": written(seconds)},
        }
    return _("%(told)s Root of exactly these rows: %(root)s") % {
        "told": told,
        "root": bytes(frozen.root).hex(),
    }


def _check_label(one: StepView, check: StepCheck) -> str:
    said = next((part.says for part in one.part.checks if part.key == check.key), "")
    return said or _("Check")


def _check(check: StepCheck) -> str:
    told = f"{words.CHECK[check.result][1]}. {check.says}"
    if check.result != Result.PASSED and check.reason:
        return _("%(told)s Reason of %(name)s: %(reason)s") % {
            "told": told,
            "name": check.reason_by,
            "reason": check.reason,
        }
    return told


def _signature(signature: StepSignature, reader: Reader) -> str:
    made = signature.sign_off
    told = _("by %(name)s on %(when)s: “%(means)s”. Entry %(number)s.") % {
        "name": made.by_name,
        "when": _at(made.at, reader),
        "means": words.MEANS.get(made.means, made.means),
        "number": written(made.entry + 1),
    }
    return _("%(told)s Signed an earlier state.") % {"told": told} if signature.stale else told


# Clocks, deviations, entries -------------------------------------------------------------------------------


def _clock(one: ClockView, now: datetime, reader: Reader) -> Pair:
    label = f"{one.part.title} ({one.part.clause})"
    row = one.row
    if row.starts_at is None:
        return label, _("did not start")
    told = _("from %(start)s") % {"start": _at(row.starts_at, reader)}
    if row.due_at is not None:
        told = _("%(told)s until %(end)s") % {"told": told, "end": _at(row.due_at, reader)}
    if one.is_stopped:
        told = _("%(told)s; it stands still") % {"told": told}
    if row.met_at is not None:
        form = _("%(told)s; met late, on %(when)s") if one.is_late(now) else _("%(told)s; met on %(when)s")
        told = form % {"told": told, "when": _at(row.met_at, reader)}
    elif one.is_late(now):
        told = _("%(told)s; not met in time") % {"told": told}
    return label, _("%(told)s. Reason: %(why)s") % {
        "told": told,
        "why": row.late_reason,
    } if row.late_reason else told


def deviations(view: RunView) -> list[str]:
    """Return what did not go by the text, each as a sentence; or the one that says nothing did not, which claims no
    more than the run has come to."""
    is_ended = view.run.ended_at is not None
    waiting = [one for one in view.steps if not one.through]
    counts = {
        "not_finished": len(waiting) if is_ended else 0,
        "overdue": 0 if is_ended else sum(one.late for one in waiting),
        **summary_of(view.run),
    }
    said = {
        "not_finished": ngettext(
            "%(n)s step was not finished when the run ended.",
            "%(n)s steps were not finished when the run ended.",
            counts["not_finished"],
        ),
        "overdue": ngettext("%(n)s step is overdue.", "%(n)s steps are overdue.", counts["overdue"]),
        "skipped": ngettext("%(n)s step was skipped.", "%(n)s steps were skipped.", counts["skipped"]),
        "not_concluded": ngettext(
            "%(n)s step could not be concluded.",
            "%(n)s steps could not be concluded.",
            counts["not_concluded"],
        ),
        "late": ngettext("%(n)s step was late.", "%(n)s steps were late.", counts["late"]),
        "sent_back": ngettext(
            "%(n)s time something was sent back.", "%(n)s times something was sent back.", counts["sent_back"]
        ),
        "on_paper": ngettext(
            "%(n)s step was done on paper and entered later.",
            "%(n)s steps were done on paper and entered later.",
            counts["on_paper"],
        ),
        "checks_failed": ngettext(
            "%(n)s check did not pass.", "%(n)s checks did not pass.", counts["checks_failed"]
        ),
        "checks_not_made": ngettext(
            "%(n)s check could not be made.", "%(n)s checks could not be made.", counts["checks_not_made"]
        ),
    }
    found = [sentence % {"n": written(counts[name])} for name, sentence in said.items() if counts[name]]
    nothing = _("Nothing. Every step went by its text.") if is_ended else _("Nothing so far.")
    return found or [nothing]


def _entries(view: RunView) -> list[Pair]:
    found = find_entries(view.run.logbook, [row.index for row in view.entries])
    return [
        (written(row.index + 1), tell(found[row.index].event).text if row.index in found else _("missing"))
        for row in view.entries
    ]


def limits() -> list[str]:
    """Return what a run's proof does not show."""
    return [
        _("That what people wrote was true. It shows who wrote it, when, and that it is unchanged since."),
        _("That nothing happened outside this run. It shows what was recorded in it."),
        _("Who sat at the keyboard. Each signature asked for the password or code again."),
    ]
