"""The form of a step: what its document asks to fill in, drawn as fields and read back as the run keeps it.

A draft may lack anything; only who says that a step is done is told what is missing. Values leave the form as the run
keeps them, which is text: days and moments in ISO form (a moment in UTC), numbers with a dot, yes and no as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.instants import is_instant, to_datetime
from indelible.features.runbooks.document.runbook import Field

LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = 10_000
LONGEST_REASON: Final = 2_000
FEW_OPTIONS: Final = 6  # so many stand as radios; more are a list to choose from
YES_NO: Final = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
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
