"""The forms about silence and accounts: what is expected, quiet, an explanation, a total."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.sources.accounts.totals import exact_amount
from indelible.features.sources.silence.pace import WEEKDAYS
from indelible.features.sources.silence.rhythm import MOST_GRACE, Rhythm

REASON = gettext_lazy("Say why. One sentence is enough; it goes on the record.")
MOST_TOTALS = 500
MOST_TOTALS_BYTES = 200_000


class ExpectedForm(forms.Form):
    """What is expected of a source."""

    how = forms.ChoiceField(
        label=gettext_lazy("When do you expect something from it?"),
        choices=[
            ("every", gettext_lazy("Every so often")),
            ("weekdays", gettext_lazy("On certain days of the week")),
            ("learn", gettext_lazy("I do not know: learn it from what arrives")),
        ],
        widget=forms.RadioSelect,
    )
    every = forms.IntegerField(
        label=gettext_lazy("Every"),
        min_value=1,
        max_value=999,
        initial=1,
        error_messages={"required": gettext_lazy("Say how often.")},
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=[
            ("minutes", gettext_lazy("minutes")),
            ("hours", gettext_lazy("hours")),
            ("days", gettext_lazy("days")),
            ("weeks", gettext_lazy("weeks")),
        ],
        initial="days",
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Days of the week"),
        choices=[(str(place), name) for place, name in enumerate(WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    by = forms.TimeField(
        label=gettext_lazy("By what time"),
        help_text=gettext_lazy("In your organisation's time zone, such as 18:00."),
        initial="18:00",
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    working = forms.BooleanField(
        label=gettext_lazy("Only on working days"),
        help_text=gettext_lazy("Weekends and holidays do not count, as they are set for your organisation."),
        required=False,
    )
    grace = forms.IntegerField(
        label=gettext_lazy("How many hours late may it be?"),
        help_text=gettext_lazy("Only after that is it called silent."),
        min_value=0,
        max_value=int(MOST_GRACE.total_seconds()) // 3600,
        initial=2,
    )
    late = forms.IntegerField(
        label=gettext_lazy("After how many hours does a record count as late?"),
        help_text=gettext_lazy(
            "A record that happened longer ago than this when it reaches us is marked “arrived late”."
        ),
        min_value=1,
        max_value=24 * 366,
        initial=24,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            how = self.data.get("how")
            self.fields["every"].required = self.fields["unit"].required = how == "every"
            self.fields["by"].required = how == "weekdays"

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way needs."""
        cleaned = super().clean() or {}
        if cleaned.get("how") == "weekdays" and not cleaned.get("weekdays"):
            self.add_error("weekdays", _("Choose at least one day."))
        return cleaned

    def rhythm(self) -> Rhythm | None:
        """Return what was said; None where it is to be learned."""
        data = self.cleaned_data
        if data["how"] == "learn":
            return None
        grace = timedelta(hours=data["grace"])
        if data["how"] == "weekdays":
            days = tuple(sorted(int(each) for each in data["weekdays"]))
            by = data.get("by") or time(23, 59)
            return Rhythm("weekdays", 1, days, by, bool(data["working"]), grace)
        return Rhythm(data["unit"] or "days", data["every"], working=bool(data["working"]), grace=grace)


def told_before(rhythm: Rhythm | None) -> dict[str, Any]:
    """Return what a form begins with, from what was declared."""
    if rhythm is None:
        return {"how": "every"}
    return {
        "how": "weekdays" if rhythm.unit == "weekdays" else "every",
        "every": rhythm.every,
        "unit": rhythm.unit if rhythm.unit in ("minutes", "hours", "days", "weeks") else "days",
        "weekdays": [str(each) for each in rhythm.weekdays],
        "by": f"{rhythm.by:%H:%M}" if rhythm.unit == "weekdays" else "18:00",
        "working": rhythm.working,
        "grace": int(rhythm.grace.total_seconds()) // 3600,
    }


class QuietForm(forms.Form):
    """Quiet that is announced, and signed with the password."""

    from_day = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    from_time = forms.TimeField(
        label=gettext_lazy("At"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=gettext_lazy("Leave it empty for the beginning of the day."),
    )
    to_day = forms.DateField(
        label=gettext_lazy("Up to and with"), widget=forms.DateInput(attrs={"type": "date"})
    )
    to_time = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=gettext_lazy("Leave it empty for the end of the day."),
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": REASON},
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        help_text=gettext_lazy("It stands for your signature."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Enter your password. It stands for your signature.")},
    )

    def span(self, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
        """Return from when to when, as instants. Today without a time begins now."""
        data = self.cleaned_data
        start = datetime.combine(data["from_day"], data.get("from_time") or time(), zone)
        if data["from_day"] == now.astimezone(zone).date() and not data.get("from_time"):
            start = now.astimezone(zone)
        if data.get("to_time"):
            end = datetime.combine(data["to_day"], data["to_time"], zone)
        else:
            end = datetime.combine(data["to_day"] + timedelta(days=1), time(), zone)
        return start, end


class ExplainForm(forms.Form):
    """How it came about that something is missing."""

    words = forms.CharField(
        label=gettext_lazy("What happened, and what may be missing?"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={
            "required": gettext_lazy("Write what you know. One sentence is enough; it goes on the record.")
        },
    )


class TotalForm(forms.Form):
    """How much a source holds for a period, by somebody's word."""

    from_day = forms.DateField(
        label=gettext_lazy("From the day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    to_day = forms.DateField(
        label=gettext_lazy("Up to and with the day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    count = forms.IntegerField(label=gettext_lazy("Number of records"), min_value=0, required=False)
    amount = forms.CharField(
        label=gettext_lazy("Sum of the amounts"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("With a point before the decimals, such as 1204311.20."),
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("As the records write it, such as EUR."),
    )
    said_by = forms.CharField(
        label=gettext_lazy("Who says so"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The report or the person the total comes from."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for at least one figure, and for days in their order."""
        cleaned = super().clean() or {}
        amount, count = cleaned.get("amount"), cleaned.get("count")
        if not self.errors and count is None and not amount:
            self.add_error("count", _("Give the number of records, the sum of their amounts, or both."))
        if amount and exact_amount(amount) is None:
            self.add_error("amount", _("Write the sum in digits, with a point before the decimals."))
        if amount and not cleaned.get("currency"):
            self.add_error("currency", _("Say in which currency the sum is."))
        first, last = cleaned.get("from_day"), cleaned.get("to_day")
        if first and last and last < first:
            self.add_error("to_day", _("The period ends before it begins."))
        return cleaned


class TotalsFileForm(forms.Form):
    """Several totals at once, as a small table."""

    file = forms.FileField(
        label=gettext_lazy("Table of totals"),
        help_text=gettext_lazy(
            "A CSV file with the columns from, to, records, amount, currency, said by. Days are written 2025-06-30."
        ),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def clean_file(self) -> list[TotalForm]:
        """Read the table; each line has to be a total. Nothing is kept unless all of it is right."""
        file: Any = self.cleaned_data["file"]
        if (file.size or 0) > MOST_TOTALS_BYTES:
            raise forms.ValidationError(_("This file is too large for a table of totals."))
        try:
            text = file.read().decode("utf-8-sig")
            return _lines_of(text)
        except (UnicodeDecodeError, csv.Error) as fault:
            raise forms.ValidationError(_("This is no CSV file in UTF-8.")) from fault


def _lines_of(text: str) -> list[TotalForm]:
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = {str(name).strip().lower(): name for name in reader.fieldnames or ()}
    if not {"from", "to"} <= names.keys() or not {"records", "amount"} & names.keys():
        raise forms.ValidationError(_("The columns from, to, and records or amount are needed."))
    lines: list[TotalForm] = []
    for place, row in enumerate(reader, start=2):
        if len(lines) >= MOST_TOTALS:
            raise forms.ValidationError(_("At most %(n)s totals at once.") % {"n": MOST_TOTALS})
        told = {
            key: str(row.get(names.get(column, ""), "") or "").strip()
            for key, column in (
                ("from_day", "from"),
                ("to_day", "to"),
                ("count", "records"),
                ("amount", "amount"),
                ("currency", "currency"),
                ("said_by", "said by"),
            )
        }
        if not any(told.values()):
            continue
        form = TotalForm(told)
        if not form.is_valid():
            words = " ".join(str(each) for errors in form.errors.values() for each in errors)
            raise forms.ValidationError(_("Line %(n)s: %(words)s") % {"n": place, "words": words})
        lines.append(form)
    if not lines:
        raise forms.ValidationError(_("This table holds no total."))
    return lines


def period_of(form: TotalForm, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the period of a total: from the first day's beginning to the beginning of the day after the last."""
    first: date = form.cleaned_data["from_day"]
    last: date = form.cleaned_data["to_day"]
    return (
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )
