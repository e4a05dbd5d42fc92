"""Reads about settings, for other features too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from indelible.events.office import USUAL, Hours
from indelible.features.settings import hours, mail
from indelible.features.settings.models import MailAccount, MailTest, OfficeHours, OwnHoliday
from indelible.features.settings.public_holidays import countries, guess_country, public_holidays, regions

MISSING: Final = "missing"
TROUBLED: Final = "troubled"
WORKING: Final = "working"


def office() -> OfficeHours:
    """Return the office hours in force; those that are usual where nobody set any."""
    return OfficeHours.objects.filter(pk=1).first() or OfficeHours(pk=1, hours=hours.as_json(USUAL))


def country_to_offer(row: OfficeHours, zone: str) -> str:
    """Return the country that the organisation's zone lies in, as long as nobody chose one."""
    return "" if row.country or OfficeHours.objects.exists() else guess_country(zone)


def week_of(row: OfficeHours) -> dict[int, Hours]:
    """Return the hours of each weekday, Monday being 0."""
    return hours.from_json(row.hours)


def place_words(row: OfficeHours) -> str:
    """Say whose public holidays hold: "Spain, Madrid"; empty for none."""
    if not row.country:
        return ""
    country = countries().get(row.country, row.country)
    return f"{country}, {regions(row.country).get(row.region, row.region)}" if row.region else country


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day on which nobody works, and why. `own` is the key of the row where people added it themselves."""

    day: date
    name: str
    own: int | None = None


def free_days(row: OfficeHours, first: date, last: date) -> list[FreeDay]:
    """Return the holidays from one day to another, both included, in order."""
    public = public_holidays(row.country, row.region, first.year, last.year) if row.country else {}
    found = [FreeDay(day, name) for day, name in public.items() if first <= day <= last]
    own = OwnHoliday.objects.filter(day__gte=first, day__lte=last)
    found += [FreeDay(one.day, one.name, one.pk) for one in own]
    return sorted(found, key=lambda free: (free.day, free.own is None))


@dataclass(frozen=True, slots=True)
class MailStanding:
    """Whether mail can leave. `state` is missing, troubled or working; `words` say it in a line."""

    state: str
    words: str
    server: mail.MailServer | None = None
    trouble: mail.MailError | None = None


def mail_standing() -> MailStanding:
    """Return how mail stands, as far as settings and the last test message tell."""
    try:
        server = mail.mail_server()
    except mail.MailError as trouble:
        if trouble.code == "mail-not-set-up":
            return MailStanding(MISSING, _("Not set up: nothing can leave by mail"), trouble=trouble)
        return MailStanding(TROUBLED, _("Set up, but it cannot be used"), trouble=trouble)
    test = last_test(server)
    if test is not None and test.trouble:
        refusal = mail.MailError(test.trouble, test.detail)
        return MailStanding(TROUBLED, _("Set up, but the last test message did not go"), server, refusal)
    words = _("Through %(server)s") if test else _("Through %(server)s, not tried yet")
    return MailStanding(WORKING, words % {"server": server.shown}, server)


def last_test(server: mail.MailServer) -> MailTest | None:
    """Return how the last test message went, where it went through this server."""
    return MailTest.objects.filter(pk=1, server=test_name(server)).first()


def test_name(server: mail.MailServer) -> str:
    """Return what a test message is remembered by: where it went and from whom, never with what password."""
    return f"{server.shown} {server.tls} {server.user} {server.sender}"[:300]


def mail_account() -> MailAccount | None:
    """Return the account set on the page, None where none is."""
    return MailAccount.objects.filter(pk=1).first()
