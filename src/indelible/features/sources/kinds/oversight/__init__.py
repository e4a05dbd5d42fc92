"""File oversight: that a document was created, changed, moved, removed or opened to others is put on the record.

For folders of sensitive documents. The documents themselves are never kept, only what tells their contents apart.

* `looking`: a look at the folder: what differs from what is known, once it has stood still.
* `differences`: which file became which, one transition a file.
* `telling`: each transition as an event.
* `keeping`: transitions are recorded exactly once, whatever dies when, and what is known follows.
* `page`: what a person sees of it.
"""

from __future__ import annotations

from datetime import timedelta

from django.urls import path
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds import SourceKind
from indelible.features.sources.kinds.oversight.forms import OversightForm
from indelible.features.sources.kinds.oversight.looking import look
from indelible.features.sources.kinds.oversight.page import context
from indelible.features.sources.kinds.oversight.views import part
from indelible.features.sources.live import watching
from indelible.features.sources.models import Kind
from indelible.web.jobs import ticker

KIND = SourceKind(
    kind=Kind.OVERSIGHT,
    order=15,
    title=_("Oversee files"),
    summary=_(
        "For a folder of sensitive documents: each change, move or removal of a file becomes an entry."
    ),
    icon="document-magnifying-glass",
    form=OversightForm,
    template="sources/oversight.html",
    context=context,
    urls=(path("sources/<int:key>/oversight/", part, name="oversight-part"),),
)


@ticker(timedelta(seconds=1))
def oversee_folders() -> None:
    """Look at the overseen folders whose turn it is."""
    watching.go_round(Kind.OVERSIGHT, look)
