"""What signs may know besides an entry: office hours, our own mail domains, and which sources are paused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from indelible.features.alarms.sign import Around
from indelible.features.people.models import User
from indelible.features.settings.services import calendar
from indelible.features.sources.models import Source, State
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry

# Where anybody can have an address: that one of our people has one makes nobody else ours.
ANYBODY: Final = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com gmx.net gmx.de web.de "
    "proton.me protonmail.com aol.com mail.com yandex.com qq.com 163.com".split()
)


def around_of(logbook: Logbook, *, history: Callable[[str, str, int], Sequence[StoredEntry]]) -> Around:
    """Return what is known now: five small reads."""
    emails = User.objects.values_list("email", flat=True)
    domains = {email.rpartition("@")[2].lower() for email in emails} - ANYBODY - {""}
    paused = Source.objects.filter(logbook=logbook, state=State.PAUSED).values_list("pk", flat=True)
    return Around(calendar(), frozenset(domains), frozenset(paused), history)
