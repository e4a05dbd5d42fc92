"""What a run is started for from another page: a notice of an alarm, a check that found the record altered, or two
versions of a seal.

Pages put a button where it belongs with `{% start_for "notice 12" %}`; the run then says what it was started for, and
the same notice or check starts one run of a runbook, however often somebody presses.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from indelible.features.runbooks.models import GOING, Cause, Run, Runbook, RunbookState
from indelible.storage.database.models import Logbook

TAMPERING = "RB-09"
NOTICE, CHECK, TWO_VERSIONS = "notice", "check", "difference"


@dataclass(frozen=True)
class Reason:
    """Why a run is started, as a page hands it over. `key` is what starts one run once."""

    key: str
    words: str
    title: str = ""
    about: str = ""
    entry: int | None = None
    cause: Cause = Cause.ALARM


def reason_of(logbook: Logbook, text: str) -> Reason | None:
    """Return what a run is started for, None for what is nothing (any more). `text` is "notice 12" or "check 991"."""
    kind, _sep, key = text.partition(" ")
    if not key.isdecimal() or len(key) > 15:
        return None
    makers = {NOTICE: _of_notice, CHECK: _of_check, TWO_VERSIONS: _of_difference}
    return makers[kind](logbook, int(key)) if kind in makers else None


def _of_notice(logbook: Logbook, key: int) -> Reason | None:
    from indelible.features.alarms.models import Notice
    from indelible.features.alarms.wording import notice_title

    row = Notice.objects.filter(logbook=logbook, pk=key).select_related("alarm__rule").first()
    if row is None:
        return None
    title = notice_title(row)
    words = _("It is started for this notice: %(title)s") % {"title": title}
    return Reason(f"{NOTICE} {key}", words, about=title[:200], entry=row.entries[0] if row.entries else None)


def _of_check(logbook: Logbook, key: int) -> Reason | None:
    from indelible.features.seals.models import Check

    row = Check.objects.filter(logbook=logbook, pk=key).first()
    if row is None:
        return None
    words = _("It is started because check %(n)s found the record altered.") % {"n": key}
    return Reason(f"{CHECK} {key}", words, about=_("What check %(n)s found") % {"n": key})


def _of_difference(logbook: Logbook, key: int) -> Reason | None:
    from indelible.storage.database.models import Conflict

    row = Conflict.objects.filter(logbook=logbook, pk=key).first()
    if row is None:
        return None
    facts = {"name": row.holder, "n": row.size}
    words = _("It is started because %(name)s holds a different seal %(n)s.") % facts
    return Reason(f"{TWO_VERSIONS} {key}", words, about=_("Seal %(n)s that %(name)s holds") % facts)


@dataclass(frozen=True)
class Offered:
    """What a page offers: a runbook to start, or the run that was started already."""

    book: Runbook | None = None
    run: Run | None = None
    ready: str = ""  # the id of a ready runbook that would fit, where none is in force


def offered_for(logbook: Logbook, text: str, *, runbook: str = "") -> Offered:
    """Return what can be started for a notice or a check. `runbook` is the id of the ready runbook that fits; where
    none is named, one whose text names the alarm."""
    kind = text.partition(" ")[0]
    wanted = runbook or _named_by(logbook, text)
    started = Run.objects.filter(logbook=logbook, cause=Cause.ALARM, cause_key=text).order_by("pk").first()
    if started is not None:
        return Offered(run=started)
    if not wanted:
        return Offered()
    books = Runbook.objects.filter(logbook=logbook, state=RunbookState.PUBLISHED)
    book = books.filter(key=wanted).first() or books.filter(origin=wanted).first()
    if book is None:
        return Offered(ready=wanted)
    # A record that was altered is looked into once, however many checks find it so.
    again = (
        Run.objects.filter(runbook=book, state__in=GOING).order_by("-pk").first() if kind != NOTICE else None
    )
    return Offered(run=again) if again is not None else Offered(book=book)


def _named_by(logbook: Logbook, text: str) -> str:
    """Return the id of a runbook in force that names the alarm of a notice among what starts it."""
    from indelible.features.alarms.models import Notice
    from indelible.features.runbooks.models import Version

    kind, _sep, key = text.partition(" ")
    row = (
        Notice.objects.filter(logbook=logbook, pk=int(key)).select_related("alarm__rule").first()
        if kind == NOTICE
        else None
    )
    if row is None:
        return ""
    names = {row.alarm.sign, row.alarm.rule.catalogue if row.alarm.rule else ""} - {""}
    books = Runbook.objects.filter(logbook=logbook, state=RunbookState.PUBLISHED).order_by("pk")[:300]
    newest = {
        one.runbook_id: one
        for one in Version.objects.filter(runbook__in=[book.pk for book in books]).order_by("number")
    }
    for book in books:
        starts = newest[book.pk].document.get("starts", {}) if book.pk in newest else {}
        if any(one.get("alarm") in names for one in starts.get("on", ())):
            return book.key
    return ""
