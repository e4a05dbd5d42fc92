"""Files that a process left in the data folder when it was killed between writing and taking them: swept away in time.

Nothing refers to them: what they hold was not taken, and is fetched again.
"""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from indelible.features.sources.models import Import
from indelible.web.jobs import job, periodic

OLD: Final = timedelta(days=1)  # by then whoever wrote it has taken it, or has ended
PATTERNS: Final = ("*.upload", "*.message")
AT_ONCE: Final = 500


@periodic(timedelta(hours=6))
@job
def sweep_leftovers() -> None:
    """Remove old files in the data folder that no import refers to."""
    before = time.time() - OLD.total_seconds()
    folder = settings.INDELIBLE_HOME.uploads
    old = [path for pattern in PATTERNS for path in folder.glob(pattern) if _written(path) < before]
    for at in range(0, len(old), AT_ONCE):
        some = old[at : at + AT_ONCE]
        kept = set(
            Import.objects.filter(held_at__in=[str(path) for path in some]).values_list("held_at", flat=True)
        )
        for path in some:
            if str(path) not in kept:
                path.unlink(missing_ok=True)


def _written(path: Path) -> float:
    """Return when a file was written; now for one that has just been taken away."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
