"""A run and its steps as the pages show them: read in a fixed number of queries, said in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.people.access import said
from indelible.features.runbooks.document.runbook import Step
from indelible.features.runbooks.forms_runs import NotPassed
from indelible.features.runbooks.models import (
    GOING,
    Result,
    RunRole,
    RunStep,
    StepCheck,
    StepFile,
    StepList,
    StepSignature,
    StepState,
    StepWork,
)
from indelible.features.runbooks.running import moving
from indelible.features.runbooks.running.documents import role_of, roles_of
from indelible.features.runbooks.views.runs import words
from indelible.features.runbooks.views.runs.desk import Desk
from indelible.features.signoffs.models import Decision
from indelible.web.numbers import written

TO_DO = (StepState.OPEN, StepState.SENT_BACK)
LONG = 240  # characters from which a text of a step folds away
MOST_LINKS = 5  # entries behind a check that are linked


@dataclass
class Gathered:
    """What belongs to the steps of a run, by the key of the step's row."""

    works: dict[int, list[StepWork]] = field(default_factory=lambda: defaultdict(list))
    files: dict[int, list[StepFile]] = field(default_factory=lambda: defaultdict(list))
    lists: dict[int, list[StepList]] = field(default_factory=lambda: defaultdict(list))
    checks: dict[int, list[StepCheck]] = field(default_factory=lambda: defaultdict(list))
    signatures: dict[int, list[StepSignature]] = field(default_factory=lambda: defaultdict(list))
    decided: dict[int, int] = field(default_factory=dict)  # by frozen list
    roles: dict[str, RunRole] = field(default_factory=dict)


def gather(desk: Desk) -> Gathered:
    """Read everything that belongs to the steps of a run."""
    found, run = Gathered(), desk.run
    for work in StepWork.objects.filter(step__run=run).order_by("attempt"):
        found.works[work.step_id].append(work)
    for file in StepFile.objects.filter(step__run=run).order_by("pk"):
        found.files[file.step_id].append(file)
    for one in (
        StepList.objects.filter(step__run=run).select_related("frozen").defer("frozen__leaves").order_by("pk")
    ):
        found.lists[one.step_id].append(one)
    for check in StepCheck.objects.filter(step__run=run).order_by("pk"):
        found.checks[check.step_id].append(check)
    for signature in StepSignature.objects.filter(step__run=run).select_related("sign_off").order_by("pk"):
        found.signatures[signature.step_id].append(signature)
    keys = [one.frozen_id for lists in found.lists.values() for one in lists]
    if keys:
        counts = (
            Decision.objects.filter(frozen__in=keys).order_by().values_list("frozen").annotate(Count("pk"))
        )
        found.decided = dict(counts)
    rows = RunRole.objects.filter(run=run).select_related("user", "stand_in", "outsider")
    found.roles = {row.role: row for row in rows}
    return found


@dataclass
class Shown:
    """One step."""

    desk: Desk
    row: RunStep
    step: Step
    all: int
    of: Gathered
    linked: bool = True

    @property
    def number(self) -> int:
        """Its place, from 1."""
        return self.row.place + 1

    @property
    def title(self) -> str:
        """Its few words."""
        return self.step.title

    @property
    def url(self) -> str:
        """Its page."""
        return self.desk.url("step", self.row.key) if self.linked else ""

    @cached_property
    def waits_to_be_signed(self) -> bool:
        """Whether it was done, and somebody must still sign it."""
        return self.row.state == StepState.DONE and self.step.sign != "none"

    @property
    def is_through(self) -> bool:
        """Whether it is over."""
        return moving.is_through(self.row, self.step)

    @property
    def is_to_do(self) -> bool:
        """Whether something can be done at it."""
        return self.row.state in TO_DO

    @cached_property
    def is_waiting(self) -> bool:
        """Whether it is open and what it waits for has not come."""
        return self.is_to_do and moving.waits(self.desk.run, self.step, self.row, self.desk.now)

    @property
    def is_now(self) -> bool:
        """Whether it is what the run waits for."""
        return self.desk.run.state in GOING and (self.is_to_do or self.waits_to_be_signed)

    @property
    def is_late(self) -> bool:
        """Whether its day is over and it is not done."""
        return self.is_to_do and self.row.due_at is not None and self.row.due_at < self.desk.now

    @property
    def look(self) -> tuple[str, Any, str, str]:
        """Shape, word, node and the node's tone."""
        if self.waits_to_be_signed:
            return "waiting", _("To be signed"), "wait", "wait"
        if self.is_waiting:
            return "waiting", _("Waits"), "wait", "wait"
        if self.is_late:
            return "due", _("Late"), "arrow", "acc"
        if self.row.state == StepState.OPEN and self.step.kind == "second":
            return "open", _("To sign"), "arrow", "acc"
        return words.STEP[self.row.state]

    @property
    def state(self) -> str:
        """A name of `web.states`."""
        return self.look[0]

    @property
    def word(self) -> str:
        """Its state in words."""
        return str(self.look[1])

    @property
    def node(self) -> str:
        """The picture at its node of the thread."""
        return self.look[2]

    @property
    def tone(self) -> str:
        """The tone of its node."""
        return self.look[3]

    @property
    def at(self) -> datetime | None:
        """When it was done, as the server's clock says."""
        return self.row.done_at

    @property
    def words(self) -> str:
        """What was said with it."""
        return self.row.words

    @property
    def role(self) -> str:
        """Whose step it is, by role."""
        document = self.desk.document
        titles = [document.roles[key].title for key in roles_of(document, self.step)]
        if self.step.by == "system":
            return _("Indelible itself")
        return said(titles)

    @property
    def holders(self) -> str:
        """Who has its role, in words; empty for nobody."""
        document = self.desk.document
        names: list[str] = []
        for key in roles_of(document, self.step):
            names += holders_of(self.of.roles.get(key))
        return said(list(dict.fromkeys(names)), or_=True)

    @property
    def meta(self) -> list[str]:
        """The quiet lines: who did it and when, or who can; what it holds."""
        return self._lines(dated=True)

    @property
    def beside_time(self) -> list[str]:
        """The same, where the time stands beside it already."""
        return self._lines(dated=False)

    def _lines(self, *, dated: bool) -> list[str]:
        told = (self._who(dated=dated), self._earlier(), *self._signed(dated=dated), self._holds())
        lines = [line for line in told if line]
        if self.is_waiting:
            lines.append(self._waits())
        elif self.is_to_do and self.row.due_at is not None:
            lines.append(words.by_when(self.row.due_at, self.desk.now, self.desk.reader))
        return lines

    def _who(self, *, dated: bool) -> str:
        row, reader = self.row, self.desk.reader
        if row.state in (StepState.WAITING, StepState.PASSED_OVER):
            return ""
        if row.done_at is not None and not self.is_to_do:
            name = row.by_name or _("Indelible itself")
            return f"{name}, {reader.moment(row.done_at, seconds=False)}" if dated else name
        if self.is_by_itself:
            return _("Indelible itself")
        return self.holders or _("Nobody has this role yet: %(role)s") % {"role": self.role}

    def _earlier(self) -> str:
        """Say that it was done on another day than it was recorded."""
        row, reader = self.row, self.desk.reader
        if row.done_at is None or row.done_on is None or self.is_to_do:
            return _("On paper, written down later") if row.on_paper and not self.is_to_do else ""
        facts = {"done": reader.day(row.done_on), "recorded": reader.day(reader.local(row.done_at))}
        if row.on_paper:
            return _("On paper: recorded %(recorded)s, the paper says %(done)s") % facts
        return _("Recorded %(recorded)s, says it was done %(done)s") % facts

    @property
    def is_by_itself(self) -> bool:
        """Whether nobody has to do anything: Indelible waits, or looks. What it cannot end falls to the owner."""
        looks = self.step.by == "system" and not self.unexplained
        return self.step.kind == "wait" or looks

    def _signed(self, *, dated: bool) -> list[str]:
        reader, lines = self.desk.reader, []
        done = reader.local(self.row.done_at).date() if self.row.done_at else None
        for one in self.of.signatures.get(self.row.pk, ()):
            if one.attempt == self.row.attempt and not one.stale:
                facts = {
                    "name": one.sign_off.by_name,
                    "means": words.MEANS.get(one.sign_off.means, ""),
                    "when": reader.moment(one.sign_off.at, seconds=False)
                    if dated or reader.local(one.sign_off.at).date() != done
                    else reader.clock(one.sign_off.at, seconds=False),
                }
                lines.append(_("Signed by %(name)s, %(when)s: %(means)s") % facts)
        if self.waits_to_be_signed and self.holders:
            lines.append(_("Waits for the signature of %(names)s") % {"names": self.holders})
        return lines

    def _holds(self) -> str:
        """Say what stands at it: files, rows, what checks found."""
        parts = []
        if n := len([one for one in self.of.files.get(self.row.pk, ()) if not one.withdrawn]):
            parts.append(ngettext("%(n)d file", "%(n)d files", n) % {"n": n})
        if self.lists:
            n = self.lists[-1].frozen.count
            parts.append(ngettext("%(n)s row looked at", "%(n)s rows looked at", n) % {"n": written(n)})
        if found := words.results(Counter(one.result for one in self.newest)):
            parts.append(found)
        return ", ".join(parts)

    def _waits(self) -> str:
        row, wait = self.row, self.step.wait
        if row.wait_until is not None:
            return _("Until %(when)s") % {"when": self.desk.reader.moment(row.wait_until, seconds=False)}
        if wait is not None and wait.event:
            return _("Until this happens: %(what)s") % {"what": wait.event}
        return ""

    @property
    def flags(self) -> list[tuple[str, str]]:
        """What went another way than asked, beside the state."""
        found = []
        if (late := words.late_by(self.row.due_at, self.row.done_at)) is not None and not self.is_to_do:
            found.append(("due", _("%(how)s late") % {"how": words.span(late)}))
        counts = Counter(one.result for one in self.newest)
        if counts.get(Result.FAILED):
            found.append(("not passed", _("Did not pass")))
        if counts.get(Result.UNCHECKED):
            found.append(("could not be checked", _("Not checked")))
        if self.row.attempt > 1 and not self.is_to_do:
            found.append(("information", _("Sent back before")))
        signatures = self.of.signatures.get(self.row.pk, ())
        if any(one.stale for one in signatures) and self.row.state != StepState.SIGNED:
            found.append(("look", _("Signed an earlier state")))
        return found

    # What stands at it -------------------------------------------------------------------------------------

    @cached_property
    def values(self) -> dict[str, Any]:
        """What is written at the present attempt; at a new one, what the attempt before said."""
        works = [one for one in self.of.works.get(self.row.pk, ()) if one.attempt <= self.row.attempt]
        return dict(works[-1].values) if works else {}

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was written, as names and values."""
        by, reader = self.row.by_name, self.desk.reader
        told = [(one.label, words.answer(one, self.values, reader, by)) for one in self.step.fields]
        if self.row.choice:
            told.append((_("How it goes on"), self.row.choice))
        return [(name, value) for name, value in told if value]

    @property
    def files(self) -> list[dict[str, Any]]:
        """Its files, with where they are given out."""
        rows = self.of.files.get(self.row.pk, ())
        return [{"row": one, "url": self.desk.url("file", self.row.key, one.pk)} for one in rows]

    @cached_property
    def own_lists(self) -> list[StepList]:
        """The lists of the present attempt; where it has none, of the newest that had."""
        return [one for one in self.of.lists.get(self.row.pk, ()) if one.attempt == self.row.attempt][-1:]

    @property
    def lists(self) -> list[StepList]:
        """The list that counts."""
        return self.own_lists

    @property
    def shown_lists(self) -> list[dict[str, Any]]:
        """The list that counts, said in words."""
        return [self._list(one) for one in self.lists]

    def _list(self, one: StepList) -> dict[str, Any]:
        frozen = one.frozen
        decided, asks = self.of.decided.get(frozen.pk, 0), bool(frozen.how.get("asks", {}).get("choices"))
        rows = ngettext("%(n)s row", "%(n)s rows", frozen.count) % {"n": written(frozen.count)}
        frozen_at = self.desk.reader.moment(frozen.frozen_at, seconds=False)
        says = _("%(rows)s, frozen %(when)s") % {"rows": rows, "when": frozen_at}
        state, word = "information", _("To look at")
        if asks:
            word = _("%(n)s of %(all)s decided") % {"n": written(decided), "all": written(frozen.count)}
            state = "done" if decided == frozen.count else "due"
        return {
            "title": frozen.title,
            "says": says,
            "url": self.desk.url("rows", self.row.key, frozen.pk),
            "state": state,
            "word": word,
        }

    @property
    def newest(self) -> list[StepCheck]:
        """The newest finding of each check of the present attempt."""
        newest: dict[str, StepCheck] = {}
        for one in self.of.checks.get(self.row.pk, ()):
            if one.attempt == self.row.attempt:
                newest[one.key] = one
        return list(newest.values())

    @property
    def checks(self) -> list[dict[str, Any]]:
        """What Indelible looks up by itself at it, with what it found."""
        newest = {one.key: one for one in self.newest}
        asked = {one.key: one for one in self.step.checks}
        lines = []
        for key in [*asked, *(key for key in newest if key not in asked)]:
            row, part = newest.get(key), asked.get(key)
            lines.append(check_line(row, part.says if part else "", (part.if_fails if part else "")))
        return lines

    @property
    def unexplained(self) -> list[NotPassed]:
        """The checks that did not pass, with the reason given so far."""
        asked = {one.key: one.says for one in self.step.checks}
        rows = [one for one in self.newest if one.result != Result.PASSED]
        return [NotPassed(one.key, asked.get(one.key, one.says), one.result, one.reason) for one in rows]

    @property
    def signatures(self) -> list[dict[str, Any]]:
        """Every signature at it, also of attempts before."""
        return [self._signature(one) for one in self.of.signatures.get(self.row.pk, ())]

    def _signature(self, one: StepSignature) -> dict[str, Any]:
        off = one.sign_off
        old = one.stale or one.attempt != self.row.attempt
        return {
            "title": f"{off.by_name}: {words.MEANS.get(off.means, off.means)}",
            "says": self.desk.reader.moment(off.at, seconds=False),
            "entry": off.entry,
            "state": "look" if old else "done",
            "word": _("Signed an earlier state") if old else _("Signed"),
        }

    @property
    def sent_back(self) -> list[dict[str, str]]:
        """Why earlier attempts came back."""
        told = []
        for work in self.of.works.get(self.row.pk, ()):
            if work.ended:
                title = _("Sent back by %(name)s") % {"name": work.ended.get("back_by", "")}
                told.append({"title": title, "reason": str(work.ended.get("why", ""))})
        return told

    @property
    def is_long(self) -> bool:
        """Whether its explanations fold away."""
        return len(self.step.why) + len(self.step.if_fails) > LONG


def check_line(row: StepCheck | None, must: str, if_fails: str) -> dict[str, Any]:
    """Return a check as a page draws it."""
    if row is None:
        return {"must": must, "state": "waiting", "word": _("Not looked up yet")}
    state, word = words.CHECK[row.result]
    entries = [index + 1 for index in row.facts.get("entries", ()) if isinstance(index, int)]
    return {
        "must": must or row.says,
        "state": state,
        "word": str(word),
        "found": row.says if must else "",
        "at": row.at,
        "entries": entries[:MOST_LINKS],
        "more_entries": max(0, len(entries) - MOST_LINKS),
        "reason": row.reason,
        "reason_by": row.reason_by,
        "if_fails": if_fails if row.result == Result.FAILED else "",
    }


def holders_of(row: RunRole | None) -> list[str]:
    """Return the names of those who have a role."""
    if row is None:
        return []
    return [one.name for one in (row.user, row.stand_in, row.outsider) if one is not None]


def steps_of(desk: Desk, found: Gathered | None = None) -> list[Shown]:
    """Return the steps of a run, in their order."""
    found = found or gather(desk)
    rows = RunStep.objects.filter(run=desk.run).select_related("by_user", "by_outsider").order_by("place")
    steps = []
    for row in rows:
        row.run = desk.run
        steps.append(Shown(desk, row, desk.document.step(row.key), len(desk.document.steps), found))
    return steps


def has_part(desk: Desk, shown: Shown) -> bool:
    """Whether a step is of a role that whoever is at the desk has."""
    for key in roles_of(desk.document, shown.step):
        row = shown.of.roles.get(key)
        if row is None:
            continue
        if desk.user is not None and desk.user.pk in (row.user_id, row.stand_in_id):
            return True
        if desk.outsider is not None and desk.outsider.pk == row.outsider_id:
            return True
    return False


@dataclass
class RunShown:
    """A run."""

    desk: Desk
    of: Gathered
    lines: list[Shown]

    @property
    def counted(self) -> list[Shown]:
        """The steps that count: those that a branch passed over do not."""
        return [one for one in self.lines if one.row.state != StepState.PASSED_OVER]

    @property
    def done(self) -> int:
        """How many are over."""
        return sum(one.is_through for one in self.counted)

    @property
    def state(self) -> str:
        """A name of `web.states`."""
        return self._look()[0]

    @property
    def word(self) -> str:
        """Its state in words."""
        return self._look()[1]

    def _look(self) -> tuple[str, str]:
        run = self.desk.run
        if run.state == "open" and run.due_at is not None and run.due_at < self.desk.now:
            return "due", _("Overdue")
        state, word = words.RUN[run.state]
        return state, str(word)

    @property
    def answer(self) -> str:
        """How far it is and by when it is due, or how it ended."""
        run, reader = self.desk.run, self.desk.reader
        how_far = _("%(done)s of %(all)s done.") % {"done": self.done, "all": len(self.counted)}
        if run.ended_at is not None:
            when = reader.moment(run.ended_at, seconds=False)
            ended = _("%(how)s %(when)s") % {"how": self.word, "when": when}
            late = words.late_by(run.due_at, run.ended_at)
            if late is not None:
                return _("%(how_far)s %(ended)s, %(late)s late.") % {
                    "how_far": how_far,
                    "ended": ended,
                    "late": words.span(late),
                }
            in_time = _("in time") if run.due_at is not None else ""
            return f"{how_far} {ended}{', ' + in_time if in_time else ''}."
        if run.state == "paused" and run.paused_at is not None:
            when = reader.moment(run.paused_at, seconds=False)
            return f"{how_far} {_('Paused since %(when)s.') % {'when': when}}"
        if run.due_at is None:
            return how_far
        return f"{how_far} {words.by_when(run.due_at, self.desk.now, reader)}."

    @property
    def now(self) -> list[Shown]:
        """The steps that it waits for."""
        return [one for one in self.lines if one.is_now]

    @property
    def next_words(self) -> str:
        """What it waits for, and whom."""
        told = [_waits_for(one) for one in self.now[:3]]
        return " ".join(told)

    @property
    def deviations(self) -> list[dict[str, str]]:
        """Everything that went another way than asked, each with its words."""
        found = []
        for one in self.lines:
            head = f"{one.number}. {one.title}"
            if one.row.state in (StepState.SKIPPED, StepState.NOT_CONCLUDED):
                found.append(
                    {"title": head, "url": one.url, "words": one.words, "state": one.state, "word": one.word}
                )
            for state, word in one.flags:
                if state in ("due", "information", "look"):
                    text = one.words if state == "due" else ""
                    found.append({"title": head, "url": one.url, "words": text, "state": state, "word": word})
            for check in one.unexplained:
                state, word = words.CHECK[check.result]
                told = {"title": f"{head}: {check.says}", "url": one.url, "words": check.reason}
                found.append({**told, "state": state, "word": str(word)})
        run = self.desk.run
        if run.late_reason:
            late = {"title": run.title, "url": self.desk.run_url, "words": run.late_reason}
            found.append({**late, "state": "due", "word": _("Late")})
        return found

    @property
    def roles(self) -> list[dict[str, Any]]:
        """Who has which role."""
        told = []
        for key, part in self.desk.document.roles.items():
            row = self.of.roles.get(key)
            told.append(
                {"key": key, "title": part.title, "who": role_words(row), "is_filled": bool(holders_of(row))}
            )
        return told


def role_words(row: RunRole | None) -> str:
    """Say who has a role, and who stands in."""
    if row is None or not holders_of(row):
        return _("Nobody yet")
    parts = []
    if row.user is not None:
        parts.append(row.user.name)
    if row.outsider is not None:
        parts.append(_("%(name)s, by a link") % {"name": row.outsider.name})
    if row.stand_in is not None:
        parts.append(_("stand-in: %(name)s") % {"name": row.stand_in.name})
    return ", ".join(parts)


def _waits_for(one: Shown) -> str:
    facts = {"n": one.number, "title": one.title, "who": one.holders or _("nobody has the role yet")}
    if one.is_by_itself:
        return _("Now: step %(n)s, %(title)s.") % facts
    return _("Now: step %(n)s, %(title)s (%(who)s).") % facts


def run_shown(desk: Desk) -> RunShown:
    """Return a run with its steps."""
    found = gather(desk)
    return RunShown(desk, found, steps_of(desk, found))


def clocks_of(desk: Desk, *, may_act: bool) -> list[dict[str, Any]]:
    """Return the clocks of law that run for a run, with the time that is left in hours and days."""
    from indelible.features.runbooks.models import RunClock

    rows = {row.key: row for row in RunClock.objects.filter(run=desk.run)}
    parts = ((clock, rows.get(clock.key)) for clock in desk.document.clocks)
    return [_clock(desk, clock, row, may_act) for clock, row in parts if row is not None]


def _clock(desk: Desk, clock: Any, row: Any, may_act: bool) -> dict[str, Any]:
    now, reader = desk.now, desk.reader
    started = row.starts_at is not None or row.met_at is not None
    stopped = bool(row.stops) and not row.stops[-1].get("to")
    utc = f"{row.due_at:%Y-%m-%d %H:%M} UTC" if row.due_at else ""
    told = {
        "key": clock.key,
        "title": clock.title,
        "clause": clock.clause,
        "due_at": row.due_at,
        "utc": utc,
        "started": started,
    }
    told |= {
        "late_reason": row.late_reason,
        "stops": [_stop(one, reader) for one in row.stops],
        "can_act": False,
    }
    if row.met_at is not None:
        late = words.late_by(row.due_at, row.met_at)
        when = reader.moment(row.met_at, seconds=False)
        if late is not None:
            says = _("Met %(when)s, %(late)s late.") % {"when": when, "late": words.span(late)}
            return told | {"says": says, "state": "due", "word": _("Met late"), **_late(told, may_act)}
        return told | {"says": _("Met %(when)s.") % {"when": when}, "state": "done", "word": _("Met")}
    if row.starts_at is None:
        return told | {"says": _("It has not started to run."), "state": "waiting", "word": _("Not yet")}
    if stopped:
        stop = {"can_act": may_act, "act": _("Let it run on"), "does": "go_on"}
        return told | {"says": _("It stands still."), "state": "paused", "word": _("Stopped"), **stop}
    if row.due_at is not None and row.due_at < now:
        says = _("Over for %(late)s.") % {"late": words.span(now - row.due_at)}
        told["presses"] = f"{clock.title}: {says}"
        return told | {"says": says, "state": "due", "word": _("Over"), **_late(told, may_act)}
    stop = {"can_act": may_act and desk.run.ended_at is None, "act": _("Stop the clock"), "does": "stop"}
    left = words.span(row.due_at - now) if row.due_at else ""
    told["presses"] = _("%(what)s: %(left)s left") % {"what": clock.title, "left": left}
    return told | {
        "says": _("%(left)s left.") % {"left": left},
        "state": "running",
        "word": _("Runs"),
        **stop,
    }


def _late(told: dict[str, Any], may_act: bool) -> dict[str, Any]:
    can = may_act and not told["late_reason"]
    return {"can_act": can, "act": _("Say why it is late"), "does": "late"}


def _stop(one: dict[str, Any], reader: Any) -> str:
    begin = reader.moment(datetime.fromisoformat(one["from"]), seconds=False)
    why = one.get("why", "")
    if one.get("to"):
        end = reader.moment(datetime.fromisoformat(one["to"]), seconds=False)
        return _("Stood still from %(begin)s to %(end)s: %(why)s") % {"begin": begin, "end": end, "why": why}
    return _("Stands still since %(begin)s: %(why)s") % {"begin": begin, "why": why}


__all__: Sequence[str] = (
    "Gathered", "RunShown", "Shown", "check_line", "clocks_of", "gather", "has_part", "holders_of", "role_of",
    "role_words", "run_shown", "steps_of",
)  # fmt: skip
