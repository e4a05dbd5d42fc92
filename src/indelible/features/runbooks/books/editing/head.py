"""The head of a document: what it is for, who is needed, when it starts, when it is due, its deadlines of law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from django.utils import dateformat
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.rules.catalogue import CLASSES, TEAMS
from indelible.features.runbooks.books import wording
from indelible.features.runbooks.books.editing.fields import (
    Flag,
    Lines,
    Months,
    Pick,
    Picks,
    SpanField,
    Spans,
    Words,
)
from indelible.features.runbooks.books.editing.parts import PartForm, Rows, added, free_key, removed
from indelible.features.runbooks.document.runbook import Clock, Due, Role, Runbook, Schedule, Starts, Trigger

NO_DUE = Due(within="")


class TextForm(PartForm[Runbook]):
    """What it is for, and what becomes of it."""

    title = Words(_("Title"), most=200, needed=True)
    purpose = Words(
        _("What it is for"), rows=2, hint=_("One sentence that a manager would nod at."), needed=True
    )
    team = Words(_("Team"), most=60, hint=_("Under which team it is listed, such as Finance."))
    owner = Pick(_("Who answers for it"), hint=_("One of the roles below."))
    note = Words(_("Note"), rows=3, hint=_("What a small firm should know, for example."))
    due_words = Words(_("Its deadline, in words"))
    keep = Pick(_("How long its runs are kept"))
    lapses = Flag(
        _("Once the day it is due is over, nothing of a run can be done any more"),
        hint=_("It then counts as missed, as a daily look does."),
    )
    look_again = SpanField(_("When the text itself is looked at again"), hint=_("For example: 1 year"))
    outputs = Lines(_("What a run leaves behind"), hint=_("One a line."))
    serves = Lines(_("Which clauses it serves"), hint=_("One a line, such as SOX 404."))
    uses = Lines(
        _("Ready rules whose entries its checks read"), rows=0, hint=_("With commas between: FIN-01, FIN-02")
    )

    def prepare(self) -> None:
        """Offer the roles there are, and the classes in which records are kept."""
        roles = [(key, role.title or key) for key, role in self.document.roles.items()]
        _pick(self, "owner").offer(roles, self.base.owner)
        _pick(self, "keep").offer([(key, each.title) for key, each in CLASSES.items()], self.base.keep)
        names = ", ".join(str(team.name) for team in TEAMS)
        self.fields["team"].help_text = _now("Under which team it is listed: %(names)s, or another.") % {
            "names": names
        }


class StartsForm(PartForm[Starts]):
    """When runs begin, in words."""

    when = Words(_("When, in words"), hint=_("For example: Every month"), needed=True)
    trigger = Words(_("What starts it besides the calendar, in words"))


class RoleForm(PartForm[Role]):
    """Somebody a run needs."""

    title = Words(_("What the role is called"), most=120, hint=_("For example: Clerk B"), needed=True)
    not_ = Picks(_("May not be the same person as"))
    outsider = Flag(_("May be somebody from outside, by a link and a PIN"))
    note = Words(_("Who this may be in a small firm"), rows=2)

    key = ""

    def prepare(self) -> None:
        """Offer the other roles."""
        self.key = list(self.document.roles)[self.place]
        others = [(key, role.title or key) for key, role in self.document.roles.items() if key != self.key]
        _pick(self, "not_").offer(others, self.base.not_)
        if not others and not self.base.not_:
            del self.fields["not_"]


class ScheduleForm(PartForm[Schedule]):
    """One line of the calendar."""

    every = Pick(_("How often"), list(wording.EVERY.items()))
    on = Words(
        _("Which day"),
        most=40,
        hint=_("first, last, last working, working 5 (the fifth working day), 15, or mon for Monday"),
    )
    months = Months(_("Only in these months"), hint=_("None ticked: in every one."))
    holiday = Pick(_("Where that day is free"), list(wording.HOLIDAY.items()))
    opens = SpanField(_("How long before it opens"), hint=_("Empty: on the day itself. For example: 5 days"))
    working = Flag(_("Count working days"))
    covers = Pick(_("What period it is about"), list(wording.COVERS.items()))

    def prepare(self) -> None:
        """Offer the months by their names."""
        months = [(str(month), dateformat.format(date(2001, month, 1), "F")) for month in range(1, 13)]
        _pick(self, "months").offer(months, ())


class TriggerForm(PartForm[Trigger]):
    """What else starts a run."""

    event = Words(
        _("Each entry that says"), rows=2, hint=_("A sentence, such as: a supplier's bank details change")
    )
    alarm = Words(
        _("Or an alarm"),
        most=80,
        hint=_("A sign such as silent, or a ready rule with an alarm such as FIN-01"),
    )
    title = Words(
        _("What the run is then called"), most=200, hint=_("May hold parts of the entry in braces: {target}")
    )


class ClockForm(PartForm[Clock]):
    """A deadline of a law."""

    title = Words(
        _("What must be done by then"), most=200, hint=_("For example: Tell the regulator"), needed=True
    )
    clause = Words(_("Clause"), most=120, hint=_("For example: GDPR 33(1)"), needed=True)
    within = SpanField(_("How long"))
    after = Pick(_("Counted from"))
    met_by = Pick(_("The step that meets it"))
    warn = Spans(_("Warn so long before"), hint=_("With commas between: 24 hours, 2 hours"))
    only_if = Pick(_("Only where"))

    def prepare(self) -> None:
        """Offer moments, steps and answers of the document."""
        _pick(self, "after").offer(moments(self.document, ("start",)), self.base.after)
        steps = [(each.key, f"{place}. {each.title}") for place, each in enumerate(self.document.steps, 1)]
        _pick(self, "met_by").offer(steps, self.base.met_by)
        answered = [("", _now("always")), *answers(self.document)]
        _pick(self, "only_if").offer(answered, self.base.only_if)


class DueForm(PartForm[Due]):
    """By when something is to be done; an empty span is no deadline."""

    within = SpanField(_("Due within"), hint=_("Empty: no deadline of its own. For example: 5 days"))
    working = Flag(_("Count working days and hours"))
    after = Pick(_("Counted from"))

    ways: tuple[str, ...] = ("start", "due")

    def prepare(self) -> None:
        """Offer moments of the run."""
        _pick(self, "after").offer(moments(self.document, self.ways), self.base.after)


class Head:
    """All forms of the head. `data` is what was sent, None at first."""

    def __init__(self, document: Runbook, data: Mapping[str, Any] | None = None) -> None:
        self.document = document
        self.text = TextForm(data, base=document, document=document, prefix="head")
        self.starts = StartsForm(data, base=document.starts, document=document, prefix="starts")
        self.due = DueForm(data, base=document.due or NO_DUE, document=document, prefix="due")
        self.roles = Rows("roles", RoleForm, list(document.roles.values()), document, data)
        self.schedule = Rows("schedule", ScheduleForm, document.starts.schedule, document, data)
        self.on = Rows("on", TriggerForm, document.starts.on, document, data)
        self.clocks = Rows("clocks", ClockForm, document.clocks, document, data)

    @property
    def forms(self) -> list[PartForm[Any]]:
        """Every form, in the order of the page."""
        return [self.text, self.starts, self.due, *self.roles, *self.schedule, *self.on, *self.clocks]

    def is_valid(self) -> bool:
        """Whether everything can be read."""
        return not [form for form in self.forms if not form.is_valid()]

    def changed(self, go: str = "") -> Runbook:
        """Return the document as it was changed; a button (`go`) may add or take out a row. Only of valid forms."""
        document = self.text.part()
        starts = msgspec.structs.replace(
            self.starts.part(), schedule=self.schedule.parts(go), on=self.on.parts(go)
        )
        clocks = self.clocks.parts(go)
        if added(go, "schedule"):
            starts = msgspec.structs.replace(starts, schedule=(*starts.schedule, Schedule(every="month")))
        if added(go, "on"):
            starts = msgspec.structs.replace(starts, on=(*starts.on, Trigger()))
        if added(go, "clocks"):
            clocks = (*clocks, _new_clock(document))
        return msgspec.structs.replace(
            document, starts=starts, due=self._due(), roles=self._roles(go), clocks=clocks
        )

    def _due(self) -> Due | None:
        due = self.due.part()
        return due if due.within or due == self.document.due else None

    def _roles(self, go: str) -> dict[str, Role]:
        keys, gone = list(self.document.roles), removed(go, "roles")
        roles = {keys[form.place]: form.part() for form in self.roles if form.place != gone}
        if added(go, "roles"):
            roles[free_key("", list(roles), "role")] = Role(title="")
        return roles


def _new_clock(document: Runbook) -> Clock:
    last = document.steps[-1].key if document.steps else ""
    taken = [each.key for each in document.clocks]
    return Clock(key=free_key("", taken, "clock"), title="", clause="", within="PT72H", met_by=last)


def moments(document: Runbook, ways: tuple[str, ...], before: int | None = None) -> list[tuple[str, str]]:
    """Return moments that something can be counted from: of the run, and of the steps before that place."""
    steps = document.steps if before is None else document.steps[: before + 1]
    fields = [one for step in steps for one in step.fields if one.kind in ("date", "moment")]
    return [
        *((way, wording.moment(document, way)) for way in ways),
        *((f"field:{one.key}", wording.moment(document, f"field:{one.key}")) for one in fields),
        *((f"step:{step.key}", wording.moment(document, f"step:{step.key}")) for step in steps),
    ]


def answers(document: Runbook, before: int | None = None) -> list[tuple[str, str]]:
    """Return every answer that a way on or a clock can hang on, of the steps up to that place."""
    found: list[tuple[str, str]] = []
    for step in document.steps if before is None else document.steps[: before + 1]:
        for one in step.fields:
            options = ("yes", "no") if one.kind in ("yes_no", "confirm") else one.options
            found += [(f"{one.key}={option}", "") for option in options]
    return [(key, wording.condition(document, key)) for key, _words in found]


def _pick(form: Any, name: str) -> Any:
    return form.fields[name]
