"""Forms of the settings that all share; one's own and the organisation's are in `people.forms`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.events.office import Hours
from indelible.features.settings import mail
from indelible.features.settings.hours import HoursError, parse_hours, write_hours
from indelible.features.settings.models import MailAccount, OfficeHours
from indelible.features.settings.pasted_days import MOST_CHARACTERS, PastedDaysError, read_days
from indelible.features.settings.public_holidays import countries, regions

WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


class HoursForm(forms.Form):
    """The office hours of each weekday, as text."""

    def __init__(self, *args: Any, week: Mapping[int, Hours], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, label in enumerate(WEEKDAYS):
            self.fields[f"day_{weekday}"] = forms.CharField(
                label=label,
                required=False,
                max_length=200,
                initial=write_hours(week.get(weekday, ())),
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def clean(self) -> dict[str, Any]:
        """Read the hours of each day; a week in which nobody ever works is refused."""
        data = super().clean() or self.cleaned_data
        week: dict[int, Hours] = {}
        for weekday in range(7):
            name = f"day_{weekday}"
            try:
                week[weekday] = parse_hours(data.get(name, ""))
            except HoursError as wrong:
                self.add_error(name, str(wrong))
        if len(week) == 7 and not any(week.values()):
            self.add_error("day_0", _("Somebody must work at some time. Write the hours of one day at least"))
        data["week"] = week
        return data


class PlaceForm(forms.Form):
    """Whose public holidays hold. The regions are those of the country that is chosen already."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, data: Any, *, office: OfficeHours, guess: str = "", prefix: str = "") -> None:
        initial = {"country": office.country or guess, "region": office.region}
        super().__init__(data, initial=initial, prefix=prefix)
        known = countries()
        none = [("", _now("None: no public holiday is observed"))]
        self.fields["country"].choices = none + list(known.items())  # type: ignore[attr-defined]
        if guess and not office.country:
            self.fields["country"].help_text = _("Guessed from the time zone. It holds once you save it.")
        asked = self.data.get(self.add_prefix("country"), office.country) if self.is_bound else office.country
        theirs = regions(asked)
        whole = [("", _now("The whole country"))]
        self.fields["region"].choices = whole + list(theirs.items())  # type: ignore[attr-defined]
        self.fields["region"].help_text = _("Where a region has holidays of its own.")
        if not regions(office.country) and not (self.is_bound and theirs):
            del self.fields["region"]

    def clean(self) -> dict[str, Any]:
        """A region counts only with the country that it was offered for."""
        data = super().clean() or self.cleaned_data
        data.setdefault("region", "")
        return data


class OwnDayForm(forms.Form):
    """One day on which the organisation does not work."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("Choose a day"), "invalid": _("Write the day as 2026-12-24")},
    )
    name = forms.CharField(
        label=_("What it is called"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say what the day is called")},
    )

    def clean_day(self) -> date:
        """Refuse years that are surely mistyped."""
        day: date = self.cleaned_data["day"]
        if not 1900 <= day.year <= 2399:
            raise forms.ValidationError(_now("Write the day as 2026-12-24"))
        return day


class PastedDaysForm(forms.Form):
    """Several days at once."""

    days = forms.CharField(
        label=_("Days, one a line"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Such as 2026-12-24 Christmas Eve. Lines of a CSV file or the text of a calendar file (.ics) do as well."
        ),
        error_messages={"required": _("Paste at least one day")},
    )

    def clean_days(self) -> dict[date, str]:
        """Read every line, or say which one cannot be read."""
        try:
            return read_days(self.cleaned_data["days"])
        except PastedDaysError as wrong:
            raise forms.ValidationError(str(wrong)) from None


class MailForm(forms.Form):
    """Through which server mail leaves, and with which account."""

    host = forms.CharField(
        label=_("Mail server"),
        max_length=255,
        help_text=_("The name of the server for outgoing mail, such as smtp.example.org."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the name of the mail server")},
    )
    security = forms.ChoiceField(
        label=_("The way there"), choices=MailAccount.Security.choices, widget=forms.RadioSelect
    )
    port = forms.IntegerField(
        label=_("Port"),
        required=False,
        min_value=1,
        max_value=65535,
        help_text=_("Leave it empty for the usual one."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("A port is a number from 1 to 65535"),
            "min_value": _("A port is a number from 1 to 65535"),
            "max_value": _("A port is a number from 1 to 65535"),
        },
    )
    user = forms.CharField(
        label=_("Account name"),
        required=False,
        max_length=255,
        help_text=_("Leave it empty where the server wants none."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password of that account"),
        required=False,
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "new-password",
                "data-show": _("Show password"),
                "data-hide": _("Hide password"),
            }
        ),
    )
    sender = forms.CharField(
        label=_("Mail comes from"),
        max_length=320,
        help_text=_("An address that the server lets you use, such as Indelible <audit@example.org>."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the address that mail comes from")},
    )

    def __init__(self, data: Any, *, account: MailAccount | None) -> None:
        initial: dict[str, Any] = {"security": MailAccount.Security.STARTTLS}
        if account:
            names = ("host", "security", "port", "user", "sender")
            initial = {name: getattr(account, name) for name in names}
        super().__init__(data, initial=initial)
        self.account = account
        if account and account.password_box:
            self.fields["password"].help_text = _(
                "One is kept and never shown again. Leave this empty to keep it."
            )

    def clean_host(self) -> str:
        """Refuse what cannot be the name of a server, such as a whole address with its path."""
        host: str = self.cleaned_data["host"].strip().rstrip(".")
        if not host or any(one.isspace() or one in "/@\\?#<>\"'" for one in host) or "://" in host:
            raise forms.ValidationError(_now("Enter the bare name of the server, such as smtp.example.org"))
        return host

    def clean_sender(self) -> str:
        """Refuse what mail cannot come from."""
        sender: str = self.cleaned_data["sender"].strip()
        if not mail.is_sender(sender):
            raise forms.ValidationError(
                _now("Enter an address such as audit@example.org, with a name before it or without")
            )
        return sender

    def clean(self) -> dict[str, Any]:
        """Fill in the usual port, and ask for the password again where it would go to somebody else."""
        data = super().clean() or self.cleaned_data
        if data.get("port") is None and "port" not in self.errors:
            data["port"] = mail.PORTS.get(data.get("security", ""), 587)
        if data.get("user") and not data.get("password") and self._password_would_move(data):
            self.add_error(
                "password",
                _now("Enter the password once more: the one we keep was given for another server or account"),
            )
        if data.get("password") and not data.get("user"):
            self.add_error("user", _now("Enter the account that the password is for"))
        return data

    def _password_would_move(self, data: Mapping[str, Any]) -> bool:
        """Whether the password that is kept would be shown to a server, or on a way, it was not given for."""
        kept = self.account
        if kept is None or not kept.password_box:
            return False
        names = ("host", "port", "security", "user")
        return any(data.get(name) != getattr(kept, name) for name in names)
