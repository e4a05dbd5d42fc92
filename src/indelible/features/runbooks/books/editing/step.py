"""One step of a document, with all that it asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.runbooks.books import wording
from indelible.features.runbooks.books.editing.fields import Flag, Lines, Pick, Picks, SpanField, Whole, Words
from indelible.features.runbooks.books.editing.head import NO_DUE, DueForm, answers, moments
from indelible.features.runbooks.books.editing.parts import PartForm, Rows, added, free_key
from indelible.features.runbooks.books.editing.settings import CheckForm
from indelible.features.runbooks.document.runbook import Branch, Check, Due, Field, Runbook, Step, View, Wait

EMPTY_VIEW = View()
EMPTY_WAIT = Wait()


class StepForm(PartForm[Step]):
    """What the step asks of whom."""

    title = Words(_("Title"), most=200, hint=_("A few words, for lists."), needed=True)
    kind = Pick(_("Kind of step"), list(wording.KINDS.items()))
    by = Pick(_("Who does it"))
    do = Words(
        _("What to do"), rows=3, hint=_("The instruction, so that somebody new could follow it."), needed=True
    )
    why = Words(_("Why it is asked"), rows=2, needed=True)
    done = Words(_("What done looks like"), rows=2, needed=True)
    if_fails = Words(_("What to do if it fails"), rows=2, needed=True)
    optional = Flag(_("It may be left out"))
    sign = Pick(_("Who signs"), list(wording.SIGNS.items()))
    means = Pick(_("What the signature means"), [("", _("nothing: nobody signs")), *wording.MEANS.items()])
    also = Picks(_("Who else must sign"))
    covers = Picks(
        _("Which steps before it the signature covers"), hint=_("None ticked: those since the last one.")
    )
    overlaps = Flag(_("Steps after it may begin before it is signed"))
    files = Words(  # type: ignore[assignment]  # what was uploaded with a form is another matter
        _("What is to be attached"), most=300, hint=_("In words; empty: nothing is asked.")
    )
    files_least = Whole(_("At least so many files"), most=50)

    def prepare(self) -> None:
        """Offer the roles, and the steps before."""
        roles = [(key, role.title or key) for key, role in self.document.roles.items()]
        fields: dict[str, Any] = self.fields
        fields["by"].offer([*roles, ("system", _now("Indelible itself"))], self.base.by)
        fields["also"].offer([each for each in roles if each[0] != self.base.by], self.base.also)
        place = self.document.place(self.base.key)
        before = [(each.key, f"{n}. {each.title}") for n, each in enumerate(self.document.steps[:place], 1)]
        fields["covers"].offer(before, self.base.covers)
        for name in ("also", "covers"):
            if not fields[name].choices:
                del fields[name]


class FieldForm(PartForm[Field]):
    """Something to fill in."""

    label = Words(_("What is asked"), most=300, needed=True)
    kind = Pick(_("What kind of answer"), list(wording.FIELDS.items()))
    options = Lines(_("Answers to choose from"), hint=_("One a line; only for one of several."))
    hint = Words(_("Hint"), most=500)
    required = Flag(_("It must be answered"))


class ViewForm(PartForm[View]):
    """What is looked at."""

    entries = Words(
        _("Entries that say"), rows=2, hint=_("A sentence or a search, such as: payments over 5,000")
    )
    list_ = Pick(_("Or a list that Indelible makes"))
    sample = Whole(_("Only so many of them, drawn by chance"), most=10_000)
    decide = Lines(_("What may be decided for each"), rows=0, hint=_("With commas between: fine, ask, case"))
    reason_for = Lines(_("Which of these need a reason"), rows=0)
    at_least = Whole(_("So many must be opened"), most=10_000)

    def prepare(self) -> None:
        """Offer the lists there are."""
        fields: dict[str, Any] = self.fields
        fields["list_"].offer([("", _now("none")), *wording.LISTS.items()], self.base.list_)


class BranchForm(PartForm[Branch]):
    """A way on."""

    label = Words(_("What it is called"), most=80, hint=_("For example: Danger signs seen"), needed=True)
    if_ = Pick(_("It is gone where"))
    to = Pick(_("Then go on with"))
    start = Words(_("And start a runbook as well"), most=40, hint=_("Its short name, such as RB-09"))
    needs_words = Flag(_("Whoever chooses it must say why"))

    step: Step

    def prepare(self) -> None:
        """Offer what is known by then, and the steps after."""
        place = self.document.place(self.step.key)
        checks = [one for each in self.document.steps[: place + 1] for one in each.checks]
        known = [
            ("", _now("whoever does the step chooses it")),
            *answers(self.document, place),
            *(
                (key, wording.condition(self.document, key))
                for one in checks
                for key in (f"check:{one.key}={result}" for result in wording.RESULTS)
            ),
        ]
        fields: dict[str, Any] = self.fields
        fields["if_"].offer(known, self.base.if_)
        after = self.document.steps[place + 1 :]
        steps = [(each.key, f"{n}. {each.title}") for n, each in enumerate(after, place + 2)]
        fields["to"].offer(
            [("", _now("the next step")), *steps, ("end", _now("nothing: the run ends"))], self.base.to
        )


class WaitForm(PartForm[Wait]):
    """What the step waits for."""

    within = SpanField(_("How long"))
    working = Flag(_("Count working days and hours"))
    after = Pick(_("Counted from"))
    event = Words(_("Or until an entry arrives that says"), rows=2)

    step: Step

    def prepare(self) -> None:
        """Offer moments of the run."""
        place = self.document.place(self.step.key)
        fields: dict[str, Any] = self.fields
        fields["after"].offer(moments(self.document, ("open", "start", "due"), place), self.base.after)


class StepDueForm(DueForm):
    """By when the step is to be done."""

    ways = ("open", "start", "due")


class StepForms:
    """All forms of one step. `data` is what was sent, None at first."""

    def __init__(self, document: Runbook, key: str, data: Mapping[str, Any] | None = None) -> None:
        self.document, self.step = document, document.step(key)
        step = self.step
        self.text = StepForm(data, base=step, document=document, prefix="step")
        self.due = StepDueForm(data, base=step.due or NO_DUE, document=document, prefix="due")
        self.view = ViewForm(data, base=step.view or EMPTY_VIEW, document=document, prefix="view")
        self.wait = self._of_step(WaitForm)(
            data, base=step.wait or EMPTY_WAIT, document=document, prefix="wait"
        )
        self.fields = Rows("fields", FieldForm, step.fields, document, data)
        self.checks = Rows("checks", CheckForm, step.checks, document, data)
        self.branches = Rows("branches", self._of_step(BranchForm), step.branches, document, data)

    def _of_step(self, form: type[Any]) -> type[Any]:
        """Return a form that knows which step it belongs to."""
        return type(form.__name__, (form,), {"step": self.step, "__doc__": form.__doc__})

    @property
    def forms(self) -> list[PartForm[Any]]:
        """Every form, in the order of the page."""
        return [self.text, *self.fields, self.view, *self.checks, self.wait, *self.branches, self.due]

    def is_valid(self) -> bool:
        """Whether everything can be read."""
        return not [form for form in self.forms if not form.is_valid()]

    def changed(self, go: str = "") -> Runbook:
        """Return the document as it was changed; a button (`go`) may add or take out a row. Only of valid forms."""
        step = self.text.part()
        fields, checks, branches = self.fields.parts(go), self.checks.parts(go), self.branches.parts(go)
        if added(go, "fields"):
            fields = (*fields, Field(key=self._free("field"), label=""))
        if added(go, "checks"):
            checks = (*checks, Check(key=self._free("check"), says="", kind=""))
        if added(go, "branches"):
            branches = (*branches, Branch(label=""))
        changed = msgspec.structs.replace(
            step,
            due=self._due(),
            view=_or_none(self.view.part(), EMPTY_VIEW, self.step.view),
            wait=_or_none(self.wait.part(), EMPTY_WAIT, self.step.wait),
            fields=fields,
            checks=checks,
            branches=branches,
        )
        steps = tuple(changed if each.key == changed.key else each for each in self.document.steps)
        return msgspec.structs.replace(self.document, steps=steps)

    def _due(self) -> Due | None:
        due = self.due.part()
        return due if due.within or due == self.step.due else None

    def _free(self, stem: str) -> str:
        """Return a key that no field or check of the whole document has."""
        steps = self.document.steps
        taken = [one.key for each in steps for one in each.fields]
        taken += [one.key for each in steps for one in each.checks]
        return free_key("", taken, stem)


def _or_none(part: Any, empty: Any, before: Any) -> Any:
    """Return a part, or nothing where it says nothing and there was none before."""
    return (
        before if part == before or (before is None and part == empty) else (None if part == empty else part)
    )
