"""Telling people about their own imports: finished, not readable, or waiting for an answer. For those who want it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from indelible.features.alarms.channelling import channel_of_person
from indelible.features.alarms.models import Told
from indelible.features.alarms.noticing import tell_channels
from indelible.features.people.models import User
from indelible.features.sources.models import Import, Stage
from indelible.web.numbers import written

TELLING: Final = (Stage.DONE, Stage.REFUSED, Stage.ASKING, Stage.STOPPED)
LOOKED_BACK: Final = timedelta(days=7)
AT_ONCE: Final = 200


def look(now: datetime) -> None:
    """Put a message beside each import that came to a stage its uploader wants to hear of; each stage once."""
    wanting = list(Told.objects.filter(imports=True, user__is_active=True).select_related("user"))
    for told in wanting:
        rows = Import.objects.filter(
            by=told.user,
            stage__in=TELLING,
            live_day=None,
            created_at__gte=max(told.since, now - LOOKED_BACK),
        ).select_related("logbook", "source")
        for row in rows.order_by("-id")[:AT_ONCE]:
            channel = channel_of_person(row.logbook, told.user, now)
            title, text = words(row)
            tell_channels(
                [channel], f"import {row.pk} {row.stage}", "import", None, now, title=title, text=text
            )


def want(user: User, wanted: bool, now: datetime) -> None:
    """Keep whether somebody wants to be told. What was uploaded before is not told."""
    row, made = Told.objects.get_or_create(user=user, defaults={"imports": wanted, "since": now})
    if not made and row.imports != wanted:
        row.imports, row.since = wanted, now
        row.save(update_fields=["imports", "since"])


def words(row: Import) -> tuple[str, str]:
    """Return title and text about an import."""
    facts = {
        "file": row.file_name,
        "recorded": written(row.recorded),
        "read": written(row.read),
        "rejected": written(row.rejected),
    }
    if row.stage == Stage.ASKING:
        title, text = _("“%(file)s” waits for your answer"), _("Nothing of it is recorded yet.")
    elif row.stage == Stage.REFUSED:
        title, text = _("“%(file)s” could not be read"), _("Nothing of it was recorded. Its page says why.")
    elif row.stage == Stage.STOPPED:
        title, text = _("“%(file)s” was stopped"), _("What was sealed stays: %(recorded)s of it so far.")
    else:
        title = _("“%(file)s” is recorded")
        text = _("%(recorded)s of %(read)s records are entries now. Left out: %(rejected)s.")
    return title % facts, f"{text % facts}\n\n{_('Its page is in Indelible, under Sources.')}\n"
