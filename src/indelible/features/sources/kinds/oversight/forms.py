"""What is asked of a folder to oversee."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from indelible.features.sources.live.folder_choice import FolderForm
from indelible.features.sources.models import Kind


class OversightForm(FolderForm):
    """The folder; its subfolders count unless somebody says otherwise."""

    kind = Kind.OVERSIGHT

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["folder"].help_text = _("Its whole path on the server, such as /srv/contracts.")
        self.fields["deep"].initial = True
