"""Whether a receiver has anything to do: asked by the supervisor, which starts none otherwise."""

from __future__ import annotations

from indelible.features.sources.kinds.lines.spool import sources_with_spools
from indelible.features.sources.models import Kind, Source, State


def is_wanted() -> bool:
    """Whether some source is to be listened for, or lines wait on the disk."""
    running = Source.objects.filter(kind=Kind.LINES, state__in=(State.WAITING, State.ON))
    return running.exists() or bool(sources_with_spools())
