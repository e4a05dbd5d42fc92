"""Form fields that know how the value of a document's part is shown, and how what comes back is read.

A browser sends lines back with other line ends, and drops some space at the ends. What differs from what was shown in
nothing else counts as untouched: the part then keeps what it had.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.runbooks.books.spans import read_span, typed_form

LONGEST: Final = 10_000
_ENDS: Final = re.compile(r"\r\n?|\n")
_ODD: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
Choices = Sequence[tuple[str, str | Promise]]
Label = Any  # text, or text that is translated when it is shown


def same_text(one: str, other: str, *, one_line: bool = False) -> bool:
    """Whether two texts differ in nothing that a browser would not change by itself."""
    put = "" if one_line else "\n"
    return _ENDS.sub(put, one).strip() == _ENDS.sub(put, other).strip()


def _offered(field: forms.ChoiceField) -> Choices:
    """Return what can be chosen so far."""
    return [(str(key), words) for key, words in cast(Any, field.choices)]


def tidy(text: str) -> str:
    """Return typed text with our line ends, without space at its ends and without characters that nothing shows."""
    return _ODD.sub("", _ENDS.sub("\n", text)).strip()


class Words(forms.CharField):
    """Text: one line, or with `rows` several. What is `needed` may stay empty in a draft all the same."""

    def __init__(
        self, label: Label, *, rows: int = 0, hint: Label = "", most: int = LONGEST, needed: bool = False
    ) -> None:
        widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput({"autocomplete": "off"})
        super().__init__(
            label=label, help_text=hint, required=needed, strip=False, max_length=most, widget=widget
        )
        self.one_line = not rows

    def validate(self, value: Any) -> None:
        """Refuse nothing: what is missing in a draft is a flaw, not an error."""

    def show(self, value: Any) -> Any:
        """Return what the control holds at first."""
        return value

    def read(self, sent: str, old: Any) -> Any:
        """Return the value that is meant."""
        return old if same_text(sent, self.show(old), one_line=self.one_line) else tidy(sent)


class Lines(Words):
    """Several short texts, one a line; or in one line with commas between."""

    def __init__(self, label: Label, *, rows: int = 3, hint: Label = "") -> None:
        super().__init__(label, rows=rows, hint=hint)
        self.separator = "\n" if rows else ", "

    def show(self, value: Any) -> str:
        """Return the texts behind each other."""
        return self.separator.join(value or ())

    def read(self, sent: str, old: Any) -> Any:
        """Return the texts, without empty ones."""
        if same_text(sent, self.show(old), one_line=self.one_line):
            return old
        pieces = tidy(sent).split("\n" if not self.one_line else ",")
        return tuple(piece.strip() for piece in pieces if piece.strip())


class SpanField(Words):
    """A span of time, as people write it."""

    def __init__(self, label: Label, *, hint: Label = "") -> None:
        hint = hint or gettext_lazy("For example: 5 days, 72 hours, 1 month")
        super().__init__(label, hint=hint, most=60)

    def show(self, value: Any) -> str:
        """Return it in words."""
        return typed_form(value or "")

    def clean(self, value: Any) -> str:
        """Return the span in words still, once it can be read. A span that was there before is never refused."""
        text = str(super().clean(value) or "")
        if same_text(text, str(self.initial or ""), one_line=True):
            return text
        try:
            read_span(text)
        except ValueError:
            raise ValidationError(_("Write a span of time, such as 5 days or 72 hours.")) from None
        return text

    def read(self, sent: str, old: Any) -> Any:
        """Return it as documents hold it."""
        return old if same_text(sent, self.show(old), one_line=True) else read_span(sent)


class Spans(Lines):
    """Several spans, by commas."""

    def __init__(self, label: Label, *, hint: Label = "") -> None:
        super().__init__(label, rows=0, hint=hint)

    def show(self, value: Any) -> str:
        """Return them in words."""
        return ", ".join(typed_form(each) for each in value or ())

    def clean(self, value: Any) -> str:
        """Return them in words still, once each can be read."""
        text = str(super().clean(value) or "")
        if same_text(text, str(self.initial or ""), one_line=True):
            return text
        try:
            for piece in text.split(","):
                read_span(piece)
        except ValueError:
            raise ValidationError(
                _("Write spans of time with commas between, such as 24 hours, 2 hours.")
            ) from None
        return text

    def read(self, sent: str, old: Any) -> Any:
        """Return them as documents hold them."""
        if same_text(sent, self.show(old), one_line=True):
            return old
        return tuple(read_span(piece) for piece in sent.split(",") if piece.strip())


class Whole(forms.IntegerField):
    """A whole number; nothing is none."""

    def __init__(self, label: Label, *, hint: Label = "", most: int = 10_000) -> None:
        super().__init__(label=label, help_text=hint, required=False)
        self.most = most

    def show(self, value: Any) -> Any:
        """Return the number; none stands as nothing."""
        return value or ""

    def clean(self, value: Any) -> Any:
        """Return the number. One that was there before is never refused."""
        number = super().clean(value)
        if number is not None and number != self.initial and not 0 <= number <= self.most:
            raise ValidationError(_("Write a whole number up to %(most)s.") % {"most": f"{self.most:,}"})
        return number

    def read(self, sent: Any, old: Any) -> Any:
        """Return the number that is meant."""
        return sent or 0


class Flag(forms.BooleanField):
    """Yes or no."""

    def __init__(self, label: Label, *, hint: Label = "") -> None:
        super().__init__(label=label, help_text=hint, required=False)

    def show(self, value: Any) -> Any:
        """Return it as it is."""
        return value

    def read(self, sent: Any, old: Any) -> Any:
        """Return it as it is."""
        return bool(sent)


class Pick(forms.ChoiceField):
    """One of several. A value that is none of them is offered too, as it stands: it is a flaw, and said to be one."""

    def __init__(self, label: Label, choices: Choices = (), *, hint: Label = "") -> None:
        super().__init__(label=label, help_text=hint, required=True, choices=list(choices))

    def validate(self, value: Any) -> None:
        """Refuse only what was not offered."""
        if value and not self.valid_value(value):
            raise ValidationError(_("Choose one of these."))

    def offer(self, choices: Choices, value: Any) -> None:
        """Say what can be chosen, where that hangs on the document."""
        known = [key for key, _words in choices]
        self.choices = [*choices, *([(value, value or "-")] if value not in known else [])]

    def show(self, value: Any) -> Any:
        """Return the value."""
        self.offer(_offered(self), value)
        return value

    def read(self, sent: Any, old: Any) -> Any:
        """Return the value."""
        return sent


class Picks(forms.MultipleChoiceField):
    """Several of several, as boxes to tick."""

    def __init__(self, label: Label, choices: Choices = (), *, hint: Label = "") -> None:
        super().__init__(
            label=label,
            help_text=hint,
            required=False,
            choices=list(choices),
            widget=forms.CheckboxSelectMultiple,
        )

    def offer(self, choices: Choices, value: Any) -> None:
        """Say what can be chosen, where that hangs on the document."""
        known = [key for key, _words in choices]
        self.choices = [*choices, *((each, each) for each in value or () if each not in known)]

    def show(self, value: Any) -> Any:
        """Return the values."""
        self.offer(_offered(self), value)
        return [str(each) for each in value or ()]

    def read(self, sent: Any, old: Any) -> Any:
        """Return what is ticked, in the order it had before."""
        if set(sent) == {str(each) for each in old or ()}:
            return old
        return tuple(sent)


class Months(Picks):
    """Months, as their numbers."""

    def read(self, sent: Any, old: Any) -> Any:
        """Return the numbers, in order."""
        found = super().read(sent, old)
        return found if found is old else tuple(sorted(int(each) for each in found))
