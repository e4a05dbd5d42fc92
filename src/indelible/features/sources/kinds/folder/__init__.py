"""Watched folder: files that are put into a folder of the server are recorded as if somebody had uploaded them.

* `looking`: a look at the folder, and what it finds: new, changed, moved and removed files.
* `taking`: one file is copied, and handed to the import.
* `putting_away`: a file that is on the record may be moved to the subfolder for such files.
* `page`: what a person sees of it.
"""

from __future__ import annotations

from datetime import timedelta

from django.urls import path
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds import SourceKind
from indelible.features.sources.kinds.folder.forms import WatchedFolderForm
from indelible.features.sources.kinds.folder.looking import look
from indelible.features.sources.kinds.folder.page import context
from indelible.features.sources.kinds.folder.views import part
from indelible.features.sources.live import leftovers, watching
from indelible.features.sources.models import Kind
from indelible.web.jobs import ticker

SWEEP = leftovers.sweep_leftovers  # known to the worker by being imported

KIND = SourceKind(
    kind=Kind.FOLDER,
    order=10,
    title=_("Watch a folder"),
    summary=_("For exports that a system or a person saves to a folder of the server, of any size."),
    icon="folder-open",
    form=WatchedFolderForm,
    template="sources/folder.html",
    context=context,
    urls=(path("sources/<int:key>/folder/", part, name="folder-part"),),
)


@ticker(timedelta(seconds=1))
def watch_folders() -> None:
    """Look at the watched folders whose turn it is."""
    watching.go_round(Kind.FOLDER, look)
