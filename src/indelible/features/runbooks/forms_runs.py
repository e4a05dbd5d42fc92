"""The forms of a run: what a step asks for, made from its document, and the few acts that need words.

A draft may lack anything; only who says that a step is done is told what is missing. Values leave a form as the run
keeps them, which is text: days and moments in ISO form (a moment in UTC), numbers with a dot, yes and no as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.instants import is_instant, to_datetime
from indelible.features.record.attached import KINDS, secrets_in
from indelible.features.runbooks.document.runbook import Branch, Field, Step
from indelible.features.runbooks.models import Result

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = 10_000
LONGEST_REASON: Final = 2_000
FEW_OPTIONS: Final = 6  # so many stand as radios; more are a list to choose from
YES_NO: Final = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
WHY: Final = gettext_lazy("Why?")
WORDS: Final = ".why"  # the words to a statement that was answered with no, as the run keeps them


class Control(forms.ChoiceField):
    """A choice that stands as radios, none of them chosen beforehand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect, **kwargs)


def reason_field(label: str | Any, *, hint: str | Any = "", required: bool = True) -> forms.CharField:
    """Return a field for words: why something is so."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why, in one sentence")},
    )


class StepForm(forms.Form):
    """What a step asks to fill in. `asked` are the fields of its document, in order."""

    use_required_attribute = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        asked: Sequence[Field],
        values: Mapping[str, Any],
        zone: ZoneInfo,
        zone_words: str,
    ) -> None:
        super().__init__(data, prefix="f", initial=_initial(asked, values, zone))
        self.asked, self.zone = tuple(asked), zone
        for one in asked:
            self.fields[one.key] = _control(one, zone, zone_words)
            if one.kind == "confirm":
                label = _("If not, say in words how it is")
                self.fields[one.key + WORDS] = reason_field(label, required=False)

    def draft(self) -> dict[str, str] | None:
        """Return what was filled in, as a draft keeps it: nothing need be there, but what is must be readable. None
        where something is not: the form then says what."""
        self.is_valid()
        for name in list(self.errors):
            if not str(self.data.get(self.add_prefix(name), "")).strip():
                del self.errors[name]  # only missing, which a draft may be
        if self.errors:
            return None
        sent = (name for name in self.fields if self.add_prefix(name) in self.data)
        return {name: str(self.cleaned_data.get(name) or "") for name in sent}

    def clean(self) -> dict[str, Any]:
        """Ask for words where a statement is not confirmed."""
        cleaned = super().clean() or {}
        for one in self.asked:
            if one.kind == "confirm" and cleaned.get(one.key) == "no" and not cleaned.get(one.key + WORDS):
                self.add_error(one.key + WORDS, _("Say in words how it is"))
        return cleaned

    def drawn(self) -> Iterator[tuple[BoundField, bool]]:
        """Yield the fields as the page shows them, each with whether it holds the words to a statement before it."""
        for name in self.fields:
            yield self[name], name.endswith(WORDS)


def _control(one: Field, zone: ZoneInfo, zone_words: str) -> forms.Field:
    """Return the form field of a field of the document."""
    told: dict[str, Any] = {"label": one.label, "help_text": one.hint, "required": one.required}
    missing: dict[str, Any] = {
        "error_messages": {"required": _("Fill this in: %(what)s") % {"what": one.label}}
    }
    match one.kind:
        case "long":
            area = forms.Textarea(attrs={"rows": 4})
            return forms.CharField(max_length=LONGEST_TEXT, widget=area, **told, **missing)
        case "date":
            return DayField(**told, **missing)
        case "moment":
            hint = _("%(hint)s In %(zone)s.") % {"hint": one.hint, "zone": zone_words}
            return InstantField(zone, **{**told, "help_text": hint.strip()}, **missing)
        case "number":
            return NumberField(**told, **missing)
        case "yes_no" | "confirm":
            return Control(choices=YES_NO, **told, **missing)
        case "choice":
            options = [(option, option) for option in one.options]
            if len(options) <= FEW_OPTIONS:
                return Control(choices=options, **told, **missing)
            return forms.ChoiceField(choices=[("", _("Choose one")), *options], **told, **missing)
        case "person":
            line = forms.TextInput({"list": "people", "autocomplete": "off"})
            return forms.CharField(max_length=200, widget=line, **told, **missing)
        case _:
            return forms.CharField(max_length=LONGEST_LINE, **told, **missing)


class DayField(forms.DateField):
    """A calendar day, kept as ISO text."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the day as text."""
        day = super().clean(value)
        return day.isoformat() if day else ""


class NumberField(forms.CharField):
    """A number, kept as text with a dot, so that no fraction is lost."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput({"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> str:
        """Return the number as it is kept. Grouping is not guessed at: "1.200" may be either."""
        typed = str(super().clean(value)).replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        if not typed:
            return ""
        written = typed.replace(",", ".", 1) if typed.count(",") == 1 and "." not in typed else typed
        try:
            forms.DecimalField(max_digits=30).clean(written)
        except ValidationError:
            raise ValidationError(
                _("Write it as a number without separators, such as 1200 or 85.50")
            ) from None
        return written


class InstantField(forms.DateTimeField):
    """A moment, typed in the reader's own zone and kept in UTC as events hold moments."""

    def __init__(self, zone: ZoneInfo, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(widget=widget, input_formats=formats, **kwargs)
        self.zone = zone

    def clean(self, value: Any) -> Any:
        """Return the instant as text. A moment that the clocks left out is refused."""
        read = super().clean(value)
        if read is None:
            return ""
        local = read.replace(tzinfo=None)
        there = local.replace(tzinfo=self.zone)
        if there.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != local:
            raise ValidationError(_("The clocks went forward then: this hour did not exist."))
        return there.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _initial(asked: Sequence[Field], values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return kept values as a form shows them; what was malformed as it was typed."""
    shown: dict[str, Any] = {}
    for one in asked:
        value = values.get(one.key, "")
        if one.kind == "confirm":
            shown[one.key + WORDS] = values.get(one.key + WORDS, "")
        if one.kind == "moment" and isinstance(value, str) and is_instant(value):
            shown[one.key] = to_datetime(value).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        else:
            shown[one.key] = value
    return shown


# Saying that a step is done --------------------------------------------------------------------------------


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
