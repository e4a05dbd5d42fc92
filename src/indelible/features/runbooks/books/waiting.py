"""What of the texts of runbooks waits for somebody, as Home lists it: those they keep that are due to be looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from indelible.features.people.models import User
from indelible.features.runbooks.books.holding import today
from indelible.features.runbooks.models import Runbook, RunbookState
from indelible.storage.database.models import Logbook

MOST: Final = 5


def waiting(logbook: Logbook, user: User, now: datetime) -> list[tuple[str, str, str, str]]:
    """Return title, text, address and state of each, the longest due first."""
    rows = Runbook.objects.filter(
        logbook=logbook, owner=user, state=RunbookState.PUBLISHED, look_again_on__lte=today(now)
    ).order_by("look_again_on")
    text = _("Read the text, then sign that it is still right, or change it.")
    return [
        (
            _("Look again at “%(title)s”") % {"title": row.title},
            text,
            reverse("runbooks:book", args=[row.key]),
            "due",
        )
        for row in rows[:MOST]
    ]
