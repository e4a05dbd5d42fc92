"""How one step of a run stands: its shape and word, who did it and when or who can, what went another way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.people.access import said
from indelible.features.runbooks.document.runbook import Step
from indelible.features.runbooks.forms_runs import NotPassed
from indelible.features.runbooks.models import GOING, Result, RunStep, StepCheck, StepList, StepState
from indelible.features.runbooks.running import moving
from indelible.features.runbooks.running.documents import roles_of
from indelible.features.runbooks.views.runs import words
from indelible.features.runbooks.views.runs.desk import Desk
from indelible.features.runbooks.views.runs.gathered import Gathered, holders_of
from indelible.web.numbers import written

TO_DO = (StepState.OPEN, StepState.SENT_BACK)


@dataclass
class Standing:
    """One step: how it stands, in shape and words, and who did it or can."""

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
        """Who has its role, in words; empty for nobody. Where several sign, only those who have not yet."""
        document = self.desk.document
        names: list[str] = []
        signed = {
            one.sign_off.covers.get("role")
            for one in self.of.signatures.get(self.row.pk, ())
            if one.attempt == self.row.attempt and not one.stale
        }
        roles = roles_of(document, self.step)
        for key in [one for one in roles if one not in signed] or roles:
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
            parts.append(ngettext("a list of %(n)s row", "a list of %(n)s rows", n) % {"n": written(n)})
        if found := words.results(self._results):
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
        counts = self._results
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

    @property
    def _results(self) -> Mapping[str, int]:
        """How many checks came out how. Not of a step that somebody has still to do: much of it cannot be so yet."""
        if self.is_to_do and self.step.by != "system":
            return {}
        return Counter(one.result for one in self.newest)

    @cached_property
    def own_lists(self) -> list[StepList]:
        """The lists of the present attempt; where it has none, of the newest that had."""
        return [one for one in self.of.lists.get(self.row.pk, ()) if one.attempt == self.row.attempt][-1:]

    @property
    def lists(self) -> list[StepList]:
        """The list that counts."""
        return self.own_lists

    @property
    def newest(self) -> list[StepCheck]:
        """The newest finding of each check of the present attempt."""
        newest: dict[str, StepCheck] = {}
        for one in self.of.checks.get(self.row.pk, ()):
            if one.attempt == self.row.attempt:
                newest[one.key] = one
        return list(newest.values())

    @property
    def unexplained(self) -> list[NotPassed]:
        """The checks that did not pass, with the reason given so far."""
        asked = {one.key: one.says for one in self.step.checks}
        rows = [one for one in self.newest if one.result != Result.PASSED]
        return [NotPassed(one.key, asked.get(one.key, one.says), one.result, one.reason) for one in rows]
