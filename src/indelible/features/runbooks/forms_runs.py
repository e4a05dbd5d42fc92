"""The forms of a run besides what its steps ask: saying that one is done, leaving it, ending it, choosing people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.record.attached import KINDS, secrets_in
from indelible.features.runbooks.document.runbook import Branch, Step
from indelible.features.runbooks.forms_steps import LONGEST_REASON, Control, DayField, reason_field
from indelible.features.runbooks.models import Result

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
WHY: Final = gettext_lazy("Why?")


@dataclass(frozen=True)
class NotPassed:
    """A check that failed, or could not be made: what must be so, and the reason given so far."""

    key: str
    says: str
    result: str
    reason: str = ""

    def field(self, *, required: bool) -> forms.CharField:
        """Return the field for the words that let the step go on all the same."""
        says = {"says": self.says.rstrip(".")}
        if self.result == Result.UNCHECKED:
            label = _("Why can it go on although this could not be checked: %(says)s") % says
        else:
            label = _("Why can it go on although this is not so: %(says)s") % says
        return reason_field(label, required=required)


class DoneForm(forms.Form):
    """What is said with a step that is done: on which day, which way on, a note, and why where something is amiss."""

    use_required_attribute = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        ways: Sequence[Branch] = (),
        unexplained: Sequence[NotPassed] = (),
        late: bool = False,
        today: date,
        on_paper: bool = False,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """`unexplained` are the checks that did not pass."""
        super().__init__(data, initial=dict(initial or {}))
        self.today, self.ways, self.checks = today, tuple(ways), tuple(unexplained)
        for one in self.checks:
            self.fields[f"why_{one.key}"] = one.field(required=False)
            self.initial[f"why_{one.key}"] = one.reason
        if self.ways:
            choices = [(way.label, way.label) for way in self.ways]
            told = {"required": gettext_lazy("Choose one of these")}
            self.fields["choice"] = Control(
                choices=choices, label=_("How does it go on?"), error_messages=told
            )
        if on_paper:
            self._ask_about_paper()
        else:
            self.fields["done_on"] = DayField(
                label=_("Was it done on an earlier day?"),
                help_text=_("Only then. We record today as well: nothing is back-dated."),
                required=False,
            )
        if late:
            self.fields["note"] = reason_field(_("It is late. What kept you?"))
        else:
            self.fields["note"] = reason_field(_("A note"), required=False)

    def _ask_about_paper(self) -> None:
        self.fields["done_on"] = DayField(
            label=_("The day on the paper"),
            error_messages={"required": gettext_lazy("Enter the day that stands on the paper")},
        )
        self.fields["by_paper"] = forms.CharField(
            label=_("Who did it, as the paper says"),
            max_length=150,
            error_messages={"required": gettext_lazy("Enter the name that stands on the paper")},
        )

    def clean_done_on(self) -> str:
        """Refuse a day that has not come."""
        day: str = self.cleaned_data["done_on"]
        if day and date.fromisoformat(day) > self.today:
            raise ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for words where the chosen way needs them."""
        cleaned = super().clean() or {}
        chosen = next((way for way in self.ways if way.label == cleaned.get("choice")), None)
        if chosen is not None and chosen.needs_words and not cleaned.get("note"):
            self.add_error("note", _("This way on needs words: say why"))
        return cleaned

    @property
    def done_on(self) -> date | None:
        """The day that was said, None for today."""
        day = self.cleaned_data.get("done_on") or ""
        return date.fromisoformat(day) if day and day != self.today.isoformat() else None

    @property
    def reasons(self) -> dict[str, str]:
        """The words given for checks that did not pass, by their keys."""
        words = {one.key: str(self.data.get(f"why_{one.key}", ""))[:LONGEST_REASON] for one in self.checks}
        return {key: " ".join(text.split()) for key, text in words.items() if text.strip()}


def refused_file(file: Any) -> str:
    """Say why a file cannot be attached; nothing where it can."""
    if file.size > MAX_FILE_BYTES:
        return _("The file is too large. The limit is 20 MB. Nothing was sealed; choose a smaller one.")
    if not file.size:
        return _("The file is empty. Nothing was sealed; choose another one.")
    kinds = secrets_in(file.chunks())
    file.seek(0)
    if not kinds:
        return ""
    told = _(" and ").join(str(KINDS[kind]) for kind in kinds)
    return _(
        "The file holds what looks like %(what)s. Nothing was sealed. Take it out and choose the file again: once "
        "sealed, nothing can be taken out."
    ) % {"what": told}


class ReasonForm(forms.Form):
    """Why something is so."""

    def __init__(self, *args: Any, label: str | Any = WHY, hint: str | Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = reason_field(label, hint=hint)


SKIP: Final = ("skip", gettext_lazy("It is skipped: it was not done, and the run goes on"))
NO_END: Final = ("not_concluded", gettext_lazy("It was tried and could not be brought to an end"))


def ways_to_leave(step: Step) -> list[tuple[str, Any]]:
    """Return how one person may leave a step without doing it. What must be signed is left out only by two."""
    ways = [SKIP] if step.sign == "none" or step.optional else []
    return ways if step.sign == "two" else [*ways, NO_END]


class LeaveForm(ReasonForm):
    """Leaving a step without doing it."""

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = ways_to_leave(step)
        self.fields["how"] = Control(
            label=_("What happens with this step?"),
            choices=ways,
            initial=ways[0][0] if len(ways) == 1 else None,
            error_messages={"required": _("Choose one of these")},
        )
        self.order_fields(["how", "reason"])


class EndForm(ReasonForm):
    """Ending a run before its last step."""

    state = Control(
        label=gettext_lazy("How does it end?"),
        choices=(
            ("not_concluded", gettext_lazy("Not concluded: it could not be brought to an end")),
            ("withdrawn", gettext_lazy("Withdrawn: it was started by mistake, or is no longer needed")),
        ),
        error_messages={"required": gettext_lazy("Choose one of these")},
    )


class PeopleChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody with an account."""

    def __init__(self, **kwargs: Any) -> None:
        from indelible.features.people.models import User

        people = User.objects.filter(is_active=True).order_by("name", "pk")
        super().__init__(queryset=people, **kwargs)

    def label_from_instance(self, one: Any) -> str:
        """Return the name."""
        return str(one.name)
