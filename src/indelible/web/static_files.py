"""Static files are served straight from the package, each address carrying the fingerprint of its content.

No gathering step and no second copy that could go stale: an upgrade changes the address, so browsers may
keep a file for a year.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@cache
def version_of(name: str) -> str:
    """Return a short fingerprint of a static file's content, empty for a name that no package brings."""
    path = finders.find(name)
    return sha256(Path(path).read_bytes()).hexdigest()[:12] if isinstance(path, str) else ""


class VersionedStorage(StaticFilesStorage):
    """Gives `/static/web/indelible.css?v=6f1c…` for a name."""

    def url(self, name: str | None) -> str:
        """Return the address of a static file, with its content's fingerprint."""
        plain = super().url(name)
        version = version_of(name or "")
        return f"{plain}?v={version}" if version else plain
