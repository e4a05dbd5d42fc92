"""Where links in mails lead. Indelible is not told by which name people reach it; it knows by which they did."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from indelible.features.alarms.models import Channel
from indelible.features.runbooks.models import CalendarFeed
from indelible.storage.database.models import Logbook


def base_of(logbook: Logbook) -> str:
    """Return the address under which Indelible was last opened when somebody set up what is mailed or read; without a
    slash at its end, and empty where nobody did."""
    feed = CalendarFeed.objects.exclude(base="").order_by("-made_at").values_list("base", flat=True).first()
    channel = (
        Channel.objects.filter(logbook=logbook)
        .exclude(base="")
        .order_by("-pk")
        .values_list("base", flat=True)
    )
    return (feed or channel.first() or _named()).rstrip("/")


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
