"""The forms about alarms: an answer, an alarm, a way to tell somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.alarms.answering import LONGEST_NOTE, Given
from indelible.features.alarms.channelling import channel_of_person
from indelible.features.alarms.models import AnswerKind, Channel, ChannelKind
from indelible.features.alarms.sign import Sign
from indelible.features.alarms.signs import all_signs
from indelible.features.people.models import User
from indelible.storage.database.models import Logbook

WORDS: Final = {
    AnswerKind.EXPECTED: _("As expected"),
    AnswerKind.ASKED: _("Ask someone"),
    AnswerKind.CASE: _("Open a case"),
    AnswerKind.CLOSED: _("Close it"),
    AnswerKind.REOPENED: _("Take the answer back"),
}


class AnswerForm(forms.Form):
    """An answer to a notice. `kinds` are those that it can be answered by now."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer.")},
    )
    person = forms.ChoiceField(
        label=_("Whom do you ask, or who follows it up?"),
        help_text=_("Only for a question or a case. They get it by e-mail and in their list on Home."),
        required=False,
    )
    reference = forms.CharField(
        label=_("What the case is called"),
        help_text=_("Only for a case: a number or a few words that people find it by."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What you found, or what you want to know. It goes on the record."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kinds: Sequence[AnswerKind], people: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(one.pk): one for one in people}
        self.fields["answer"].choices = [(kind.value, WORDS[kind]) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _now("Nobody")),
            *((key, one.name) for key, one in self._people.items()),
        ]
        if AnswerKind.ASKED not in kinds and AnswerKind.CASE not in kinds:
            del self.fields["person"], self.fields["reference"]
        elif AnswerKind.CASE not in kinds:
            del self.fields["reference"]
        if AnswerKind.EXPECTED not in kinds:
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = _now("Say why. One sentence is enough.")
        if len(kinds) == 1:
            self.fields["answer"].initial = kinds[0].value

    def given(self, base: str = "") -> Given:
        """Return what was answered, of a valid form. `base` is the address under which Indelible is open."""
        data = self.cleaned_data
        return Given(
            AnswerKind(data["answer"]),
            data["seen"],
            data["note"],
            self._people.get(data.get("person", "")),
            data.get("reference", ""),
            base,
        )


class WhomForm(forms.Form):
    """Whom an alarm tells: people with an account, and other ways."""

    whom = forms.MultipleChoiceField(
        label=_("Whom it tells"),
        help_text=_("Nobody: then it only stands in the list of alarms."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        logbook: Logbook,
        people: Sequence[User],
        ways: Sequence[Channel],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._logbook = logbook
        self._people = {f"person-{one.pk}": one for one in people}
        self._ways = {f"way-{one.pk}": one for one in ways}
        self.fields["whom"].choices = [  # type: ignore[attr-defined]
            *((key, one.name) for key, one in self._people.items()),
            *((key, f"{one.name} ({one.get_kind_display()})") for key, one in self._ways.items()),
        ]

    def channels(self, base: str = "") -> list[Channel]:
        """Return the ways that were chosen, of a valid form. `base` is the address under which Indelible is open."""
        now, chosen = datetime.now(UTC), self.cleaned_data["whom"]
        people = [self._people[key] for key in chosen if key in self._people]
        return [
            *(channel_of_person(self._logbook, one, now, base=base) for one in people),
            *(self._ways[key] for key in chosen if key in self._ways),
        ]

    @staticmethod
    def ticked(channels: Sequence[Channel]) -> list[str]:
        """Return what is ticked for these channels."""
        return [f"person-{one.user_id}" if one.user_id else f"way-{one.pk}" for one in channels]


class SignForm(forms.Form):
    """The settings of one sign."""

    def __init__(self, *args: Any, sign: Sign, values: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in sign.settings:
            value = values.get(one.name, one.default)
            common: dict[str, Any] = {"label": one.label, "help_text": one.hint, "initial": value}
            if one.kind == "whole":
                field: forms.Field = forms.IntegerField(min_value=one.least, max_value=one.most, **common)
            elif one.kind == "choice":
                field = forms.ChoiceField(choices=list(one.choices), **common)
            else:
                common["initial"] = ", ".join(value)
                field = forms.CharField(
                    required=False,
                    max_length=1000,
                    widget=forms.TextInput(attrs={"autocomplete": "off"}),
                    **common,
                )
            self.fields[one.name] = field


class NewAlarmForm(WhomForm):
    """A new alarm on what was said, or on a rule: its sign, and whom it tells."""

    sign = forms.ChoiceField(
        label=_("When it tells"),
        help_text=_("Figures, such as how many times, can be set on its page afterwards."),
    )
    field_order = ("sign", "whom")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(code, sign) for code, sign in all_signs().items() if not sign.sayings]
        first = [(code, _now("Each time it happens")) for code, _sign in offered if code == "any_entry"]
        others = sorted((str(sign.title), code) for code, sign in offered if code != "any_entry")
        self.fields["sign"].choices = first + [(code, title) for title, code in others]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why an alarm is switched off."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("It goes on the record: an alarm that is off warns nobody."),
        max_length=1000,
        error_messages={"required": _("Say why. One sentence is enough.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ChannelForm(forms.Form):
    """A way to tell somebody."""

    kind = forms.ChoiceField(
        label=_("How is it told?"),
        choices=[
            (ChannelKind.MAIL.value, _("By e-mail, to an address")),
            (ChannelKind.HOOK.value, _("By a message to a web address of yours")),
            (ChannelKind.CHAT.value, _("In a chat")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how.")},
    )
    name = forms.CharField(
        label=_("What it is called here"),
        max_length=120,
        error_messages={"required": _("Give it a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label=_("Its address"),
        help_text=_(
            "An e-mail address; a web address that begins with https; or the address that the chat gives out. "
            "The last two are kept locked and never shown again."
        ),
        max_length=2000,
        error_messages={"required": _("Give its address.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Check that a mail address is one."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") == ChannelKind.MAIL and "address" in data:
            try:
                data["address"] = forms.EmailField(max_length=254).clean(data["address"])
            except forms.ValidationError:
                self.add_error("address", _now("This is no e-mail address."))
        return data


class ImportsForm(forms.Form):
    """Whether somebody is told about their own imports."""

    imports = forms.BooleanField(
        label=_("E-mail me when a file that I uploaded is recorded, cannot be read, or waits for my answer"),
        required=False,
    )
