"""Where links in mails lead. Indelible is not told by which name people reach it; it knows by which they did."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from indelible.features.alarms.models import Channel
from indelible.features.runbooks.models import CalendarFeed
from indelible.storage.database.models import Logbook

MOST_KNOWN: Final = 20


def base_of(logbook: Logbook) -> str:
    """Return the address under which Indelible was last opened when somebody set up what is mailed or read.

    Without a slash at its end, empty where nobody did. One of this machine alone counts only where there is no other.
    """
    feeds = CalendarFeed.objects.exclude(base="").order_by("-made_at").values_list("base", flat=True)
    channels = Channel.objects.filter(logbook=logbook).exclude(base="").order_by("-pk")
    known = [*feeds[:MOST_KNOWN], *channels.values_list("base", flat=True)[:MOST_KNOWN], _named()]
    leading = [base for base in known if base and not _is_here(base)]
    return next(iter([*leading, *filter(None, known)]), "").rstrip("/")


def _is_here(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    return host == "localhost" or host.startswith("127.") or host == "::1"


def _named() -> str:
    """Return the first name under which the server answers, where it is one that others can use."""
    names = [
        name for name in settings.ALLOWED_HOSTS if "." in name and not name.startswith((".", "*", "127."))
    ]
    return f"https://{names[0]}" if names and getattr(settings, "HTTPS", False) else ""


def run_path(run: int) -> str:
    """Return the path of a run's page."""
    return reverse("runbooks:run", args=[run])


def step_path(run: int, step: str) -> str:
    """Return the path of a step's page."""
    return reverse("runbooks:step", args=[run, step])


def runbook_path(key: str) -> str:
    """Return the path of a runbook's page."""
    return reverse("runbooks:book", args=[key])
