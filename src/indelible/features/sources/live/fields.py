"""Fields that several kinds of source ask for in their forms."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

MOST_LINES: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Lines(forms.CharField):
    """Takes one thing a line (or with commas between) and gives them as a list, in small letters, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20_000, widget=forms.Textarea({"rows": 4, "spellcheck": "false"}), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Return a list as it is typed."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        """Return the things. Raises ValidationError."""
        text = super().clean("\n".join(value) if isinstance(value, list | tuple) else value)
        found = [each.strip().casefold() for each in re.split(r"[\n,;]", text)]
        kept = list(dict.fromkeys(each for each in found if each))
        if len(kept) > MOST_LINES:
            raise forms.ValidationError(_("At most %(most)d lines.") % {"most": MOST_LINES})
        return kept


def on_one_line(text: str) -> str:
    """Return text that goes to the server as it is. Raises ValidationError where a line would end within it."""
    if _CONTROL.search(text):
        raise forms.ValidationError(_("This holds a character that cannot be typed. Type it anew."))
    return text
