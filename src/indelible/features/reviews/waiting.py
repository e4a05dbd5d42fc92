"""What of reviews waits for somebody on Home."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.people.models import User
from indelible.features.reviews.access import queries as access
from indelible.features.reviews.queue import queries as queue
from indelible.storage.database.models import Logbook
from indelible.web.numbers import written


def waiting(logbook: Logbook, user: User, now: datetime) -> list[tuple[str, str, str, str, str]]:
    """Return title, text, address, state and word of each thing, the most pressing first."""
    if not user.may["reviews_answer"]:
        return []
    found = []
    waits = queue.waiting_for(logbook, user, now)
    for row in waits.asked:
        title = _("You are asked about: %(what)s") % {"what": row.question}
        url = reverse("reviews:item", args=[row.pk])
        found.append((title, _("Open it, and answer."), url, "due", ""))
    for share in access.open_shares(logbook, user):
        title = _("Decide who still needs access to %(system)s") % {"system": share.review.system}
        lines = ngettext("%(n)s line waits for you.", "%(n)s lines wait for you.", share.frozen.count)
        url = reverse("reviews:access-part", args=[share.review_id, share.pk])
        word = _("Overdue") if share.due_at < now else ""
        found.append((title, lines % {"n": written(share.frozen.count)}, url, "due", word))
    if waits.count:
        words = ngettext(
            "%(n)s entry waits to be looked at", "%(n)s entries wait to be looked at", waits.count
        )
        text = _("A rule wants each of them looked at.")
        if waits.overdue:
            text = _("%(n)s overdue.") % {"n": written(waits.overdue)}
        state = "due" if waits.overdue else "open"
        found.append((words % {"n": written(waits.count)}, text, reverse("reviews:queue"), state, ""))
    if late := access.late_removals(logbook, now) if user.may["runs_start"] else 0:
        words = ngettext(
            "%(n)s right was to be gone and is not", "%(n)s rights were to be gone and are not", late
        )
        text = _("A ticket proves nothing. Chase whoever answers for the system.")
        found.append((words % {"n": written(late)}, text, reverse("reviews:access-list"), "look", ""))
    return found
