"""What is asked of a watched folder."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from indelible.features.sources.live.folder_choice import FolderForm
from indelible.features.sources.models import Kind

STAY, PUT_AWAY = "stay", "move"
AFTER_WORDS: Final = {
    STAY: gettext_lazy("Leave it where it is"),
    PUT_AWAY: gettext_lazy("Move it to the subfolder “taken”"),
}


class WatchedFolderForm(FolderForm):
    """The folder, and what becomes of a file that was taken."""

    kind = Kind.FOLDER

    after = forms.ChoiceField(
        label=gettext_lazy("What becomes of a file that was recorded?"),
        choices=list(AFTER_WORDS.items()),
        initial=STAY,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("To move files, the server has to be allowed to write to the folder."),
    )

    def settings(self) -> dict[str, Any]:
        """Return what is kept."""
        return {**super().settings(), "after": self.cleaned_data["after"]}

    def told(self) -> dict[str, str]:
        """Return the settings in words."""
        return {**super().told(), "afterwards": str(AFTER_WORDS[self.cleaned_data["after"]])}
