"""A whole run as its page shows it: the answer first, what it waits for, where it went another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from indelible.features.runbooks.models import StepState
from indelible.features.runbooks.views.runs import words
from indelible.features.runbooks.views.runs.desk import Desk
from indelible.features.runbooks.views.runs.gathered import Gathered, gather, holders_of, role_words
from indelible.features.runbooks.views.runs.showing import Shown, steps_of


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


def _waits_for(one: Shown) -> str:
    facts = {"n": one.number, "title": one.title, "who": one.holders or _("nobody has the role yet")}
    if one.is_by_itself:
        return _("Now: step %(n)s, %(title)s.") % facts
    return _("Now: step %(n)s, %(title)s (%(who)s).") % facts


def run_shown(desk: Desk) -> RunShown:
    """Return a run with its steps."""
    found = gather(desk)
    return RunShown(desk, found, steps_of(desk, found))
