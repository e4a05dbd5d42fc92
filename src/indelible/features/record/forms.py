"""The forms of the record's pages: adding an entry, a correction, a note."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.vocabulary import THINGS, VERBS
from indelible.features.record.attached import KINDS, secrets_in
from indelible.features.record.compose import SOMETHING_ELSE

OFTEN = ("create", "change", "delete", "approve", "send", "receive", "sign")
MAX_FILE_BYTES = 20 * 1024 * 1024
LONGEST = 2_000


def verb_choices() -> list[Any]:
    """Return the acts to choose from: those people need most, then all others by their past tense."""
    rest = sorted((verb.past, name) for name, verb in VERBS.items() if name not in OFTEN)
    return [
        ("", _("Choose what was done")),
        (_("Often used"), [(name, VERBS[name].past) for name in OFTEN]),
        (_("Others"), [(name, past) for past, name in rest]),
        (SOMETHING_ELSE, _("something else, in my own words")),
    ]


def thing_choices() -> list[Any]:
    """Return the kinds of thing to choose from, under the headings of the word list."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for thing in THINGS.values():
        groups.setdefault(thing.group, []).append((thing.kind, thing.name))
    return [("", _("Choose a kind of thing")), *((group, kinds) for group, kinds in groups.items())]


class PlainForm(forms.Form):
    """A form whose cleaned values are text, so that a draft can keep them as they are."""

    def texts(self) -> dict[str, str]:
        """Return the cleaned fields that hold something, as text."""
        kept: Mapping[str, Any] = self.cleaned_data
        return {name: _text(value) for name, value in kept.items() if value and not hasattr(value, "chunks")}


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.strftime("%H:%M") if hasattr(value, "strftime") else str(value)


class EntryForm(PlainForm):
    """What happened, in the order of the sentence: who, did what, to what, from what to what, when, why."""

    who = forms.CharField(
        label=gettext_lazy("Who"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )
    verb = forms.ChoiceField(label=gettext_lazy("Did what"))
    said = forms.CharField(
        label=gettext_lazy("Did what, in your own words"),
        help_text=gettext_lazy("Only if you chose “something else”. For example: counted the petty cash"),
        max_length=200,
        required=False,
    )
    kind = forms.ChoiceField(label=gettext_lazy("To what kind of thing"), required=False)
    thing_id = forms.CharField(
        label=gettext_lazy("Its number or code"),
        help_text=gettext_lazy("For example: C-88"),
        max_length=200,
        required=False,
    )
    thing_name = forms.CharField(
        label=gettext_lazy("Its name"),
        help_text=gettext_lazy("For example: Harrow Freight"),
        max_length=LONGEST,
        required=False,
    )
    detail = forms.CharField(
        label=gettext_lazy("Detail"),
        help_text=gettext_lazy("For example: amount"),
        max_length=200,
        required=False,
    )
    before = forms.CharField(label=gettext_lazy("Old value"), max_length=LONGEST, required=False)
    after = forms.CharField(label=gettext_lazy("New value"), max_length=LONGEST, required=False)
    day = forms.DateField(
        label=gettext_lazy("Day it happened"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    clock = forms.TimeField(
        label=gettext_lazy("Time it happened"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, or a note"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Up to 20 MB. It is kept with the entry."),
        required=False,
    )

    def __init__(self, *args: Any, zone: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.now = zone, now
        self.fields["verb"].choices = verb_choices()  # type: ignore[attr-defined]
        self.fields["kind"].choices = thing_choices()  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuse a file that is larger than what an entry may carry, or that holds what must never be kept."""
        file = self.cleaned_data.get("file")
        if file and file.size > MAX_FILE_BYTES:
            raise ValidationError(
                _("The file is too large. The limit is 20 MB. Nothing was sealed; choose a smaller one.")
            )
        if file and (kinds := secrets_in(file.chunks())):
            file.seek(0)
            told = _(" and ").join(str(KINDS[kind]) for kind in kinds)
            raise ValidationError(
                _(
                    "The file holds what looks like %(what)s. Nothing was sealed. Take it out and choose the file "
                    "again: once sealed, nothing can be taken out."
                )
                % {"what": told}
            )
        if file:
            file.seek(0)
        return file

    def clean(self) -> dict[str, Any]:
        """Hold the fields against each other."""
        cleaned = super().clean() or {}
        if cleaned.get("verb") == SOMETHING_ELSE and not cleaned.get("said"):
            self.add_error("said", _("Say what was done, in your own words."))
        if cleaned.get("detail") and not (cleaned.get("before") or cleaned.get("after")):
            self.add_error(
                "before", _("Say what the detail was before or is now, or leave the detail empty.")
            )
        day, clock = cleaned.get("day"), cleaned.get("clock")
        if day and clock:
            self._check_moment(datetime.combine(day, clock))
        return cleaned

    def _check_moment(self, local: datetime) -> None:
        """Refuse a moment that did not exist in the writer's zone, or has not come yet."""
        zone = ZoneInfo(self.zone)
        there = local.replace(tzinfo=zone)
        if there.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != local:
            self.add_error(
                "clock", _("The clocks went forward then: this hour did not exist. Choose another time.")
            )
        elif there > self.now and local.replace(second=0, microsecond=0) > self.now.astimezone(zone).replace(
            tzinfo=None
        ):
            self.add_error("day", _("This is in the future. Only what has happened can be written down."))


class CorrectionForm(PlainForm):
    """What is wrong in an entry, what is right, and why."""

    detail = forms.CharField(
        label=gettext_lazy("Which detail is wrong"),
        help_text=gettext_lazy("For example: supplier"),
        max_length=200,
    )
    was = forms.CharField(label=gettext_lazy("What the entry says"), max_length=LONGEST, required=False)
    right = forms.CharField(label=gettext_lazy("What is right"), max_length=LONGEST)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("One sentence is enough: “Typing mistake on the delivery note”"),
        error_messages={
            "required": gettext_lazy(
                "Say why. A correction needs a reason, because both versions stay readable."
            )
        },
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Where the right value comes from"),
        help_text=gettext_lazy("For example: contract C-88, page 2"),
        max_length=LONGEST,
        required=False,
    )


class NoteForm(PlainForm):
    """A note under an entry."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("Write the note first. Nothing was sealed.")},
    )
