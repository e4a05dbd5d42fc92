"""Writes about settings, each on the record in the transaction that makes it; and the calendar that others ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import make_msgid
from functools import lru_cache
from typing import Any, Final

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from indelible.events.event import Change, Context
from indelible.events.office import USUAL, Hours, WorkCalendar
from indelible.events.own import settings_changed
from indelible.events.own_settings import mail_tested
from indelible.explanations import explain
from indelible.features.people.changing import tell_rules
from indelible.features.people.models import User
from indelible.features.people.queries import organisation
from indelible.features.settings import hours, mail, queries
from indelible.features.settings.models import MailAccount, MailTest, OfficeHours, OwnHoliday
from indelible.features.settings.public_holidays import public_holidays
from indelible.storage import boxes
from indelible.web import acts
from indelible.web.moments import is_zone
from indelible.web.remembering import remembered

YEARS_BACK: Final = 25
YEARS_AHEAD: Final = 10
MOST_OWN_HOLIDAYS: Final = 2_000
# As entries say it, whatever language the page was in.
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OFFICE: Final = "office hours and holidays"
MAIL: Final = "e-mail"


# Office hours and holidays ---------------------------------------------------------------------------------


@remembered
def calendar() -> WorkCalendar:
    """Return when people are at work: Monday to Friday from 08:00 to 18:00 until somebody says otherwise.

    In the organisation's zone. Holidays are known for 25 years back and 10 ahead; days beyond that count as
    any other. Asking costs three small reads.
    """
    ours, office = organisation(), OfficeHours.objects.filter(pk=1).first()
    zone = ours.zone if ours and is_zone(ours.zone) else "UTC"
    week = hours.as_json(USUAL) if office is None else office.hours
    kept = tuple((int(day), tuple(map(tuple, spans))) for day, spans in sorted(week.items()))
    own = frozenset(OwnHoliday.objects.values_list("day", flat=True))
    place = (office.country, office.region) if office else ("", "")
    return _calendar(zone, kept, *place, own, datetime.now(UTC).year)


def public_days(first_year: int, last_year: int) -> frozenset[date]:
    """Return the public holidays of the organisation's place, without the days that it alone is closed: periods of law
    know only these. None where no country was said."""
    office = OfficeHours.objects.filter(pk=1).first()
    if office is None or not office.country:
        return frozenset()
    return frozenset(public_holidays(office.country, office.region, first_year, last_year))


@lru_cache(maxsize=8)
def _calendar(
    zone: str,
    kept: tuple[tuple[int, tuple[tuple[str, str], ...]], ...],
    country: str,
    region: str,
    own: frozenset[date],
    year: int,
) -> WorkCalendar:
    """Return the calendar of these settings; the same one again, so that days once reckoned stay known."""
    week = hours.from_json({str(day): [list(span) for span in spans] for day, spans in kept})
    public = public_holidays(country, region, year - YEARS_BACK, year + YEARS_AHEAD) if country else {}
    return WorkCalendar(zone, week, own | public.keys())


def change_hours(week: Mapping[int, Hours], by: User, context: Context) -> list[Change]:
    """Set the office hours of the week; return what changed, which is on the record."""
    with transaction.atomic():
        row = _office_for_update()
        before, after = row.hours, hours.as_json(week)
        changes: list[Change] = [
            {
                "field": f"office hours on {name}",
                "before": _spans(before, weekday),
                "after": _spans(after, weekday),
            }
            for weekday, name in enumerate(WEEKDAYS)
            if before.get(str(weekday), []) != after[str(weekday)]
        ]
        if changes:
            row.hours = after
            row.save()
            _tell(changes, by, context, OFFICE)
            tell_rules()
    return changes


def _spans(week: Mapping[str, list[list[str]]], weekday: int) -> str:
    return hours.write_hours(hours.from_json({"0": week.get(str(weekday), [])})[0])


def choose_country(country: str, region: str, by: User, context: Context) -> list[Change]:
    """Say whose public holidays hold; return what changed, which is on the record."""
    with transaction.atomic():
        row = _office_for_update()
        before = queries.place_words(row)
        row.country, row.region = country, region
        after = queries.place_words(row)
        changes: list[Change] = []
        if before != after:
            changes = [{"field": "public holidays", "before": before, "after": after}]
            row.save()
            _tell(changes, by, context, OFFICE)
            tell_rules()
    return changes


def add_holidays(days: Mapping[date, str], by: User, context: Context) -> list[Change]:
    """Add days on which the organisation does not work; one that is there already gets its new name.

    Returns what changed, which is on the record. Raises ValueError where there would be too many.
    """
    with transaction.atomic():
        known = {row.day: row for row in OwnHoliday.objects.select_for_update()}
        if len(known.keys() | days.keys()) > MOST_OWN_HOLIDAYS:
            raise ValueError("too many holidays of one's own")
        changes: list[Change] = []
        for day, name in sorted(days.items()):
            row = known.get(day)
            if row is None:
                OwnHoliday.objects.create(day=day, name=name)
                changes.append({"field": _day_field(day), "after": name})
            elif row.name != name:
                changes.append({"field": _day_field(day), "before": row.name, "after": name})
                row.name = name
                row.save(update_fields=["name"])
        if changes:
            _tell(changes, by, context, OFFICE)
            tell_rules()
    return changes


def remove_holiday(key: int, by: User, context: Context) -> OwnHoliday | None:
    """Work on that day after all; return which it was, None where it is gone already."""
    with transaction.atomic():
        row = OwnHoliday.objects.select_for_update().filter(pk=key).first()
        if row is not None:
            row.delete()
            _tell([{"field": _day_field(row.day), "before": row.name, "after": ""}], by, context, OFFICE)
            tell_rules()
    return row


def _day_field(day: date) -> str:
    return f"holiday on {day.isoformat()}"


def _office_for_update() -> OfficeHours:
    return OfficeHours.objects.select_for_update().filter(pk=1).first() or queries.office()


# E-mail ----------------------------------------------------------------------------------------------------


def set_mail(values: Mapping[str, Any], by: User, context: Context) -> list[Change]:
    """Set through which server mail leaves; return what changed, which is on the record.

    `values`: host, port, security, user, sender, password. An empty password keeps the one there is; without a
    user there is none. That the password changed is on the record, never what it is.
    """
    with transaction.atomic():
        row = MailAccount.objects.select_for_update().filter(pk=1).first()
        before = _mail_facts(row) if row else {}
        row = row or MailAccount(pk=1)
        for name in ("host", "port", "security", "user", "sender"):
            setattr(row, name, values[name])
        had = bytes(row.password_box)
        if not row.user:
            row.password_box = b""
        elif values["password"]:
            row.password_box = boxes.lock(mail.BOX, values["password"])
        after = _mail_facts(row)
        changes: list[Change] = [
            {"field": name, **({"before": before[name]} if before else {}), "after": after[name]}
            for name in after
            if before.get(name, "") != after[name]
        ]
        if bytes(row.password_box) != had:
            changes.append({"field": "password of the mail account"})
        if changes:
            row.save()
            _tell(changes, by, context, MAIL)
    return changes


def forget_mail(by: User, context: Context) -> bool:
    """Forget the mail server and its password; return whether there was one."""
    with transaction.atomic():
        row = MailAccount.objects.select_for_update().filter(pk=1).first()
        if row is None:
            return False
        gone: list[Change] = [
            {"field": name, "before": value, "after": ""} for name, value in _mail_facts(row).items() if value
        ]
        row.delete()
        _tell(gone, by, context, MAIL)
    return True


def _mail_facts(row: MailAccount) -> dict[str, str]:
    return {
        "mail server": f"{row.host}:{row.port}",
        "mail security": {"starttls": "STARTTLS", "tls": "TLS", "none": "not encrypted"}[row.security],
        "mail account": row.user,
        "mail sender": row.sender,
    }


def send_test(by: User, context: Context) -> mail.MailError | None:
    """Send somebody a test message; return what was wrong, None once the mail server took it.

    The result is kept for the page, and on the record. Raises MailError where there is no server to try.
    """
    server, now = mail.mail_server(), datetime.now(UTC)
    message = EmailMessage(
        subject=_("Test message of Indelible"),
        body=_(
            "%(name)s asked Indelible to send this message, to see whether mail works. It does.\n\n"
            "There is nothing else to do.\n"
        )
        % {"name": by.name},
        from_email=server.sender,
        to=[by.email],
        headers={"Message-ID": make_msgid(domain=server.domain), "Auto-Submitted": "auto-generated"},
    )
    trouble = None
    try:
        mail.send(server, message)
    except mail.MailError as refusal:
        trouble = refusal
    with transaction.atomic():
        MailTest.objects.update_or_create(
            pk=1,
            defaults={
                "at": now,
                "server": queries.test_name(server),
                "to": by.email,
                "trouble": trouble.code if trouble else "",
                "detail": trouble.detail if trouble else "",
            },
        )
        told = explain(trouble.code, detail=trouble.detail) if trouble else None
        reason = f"{told.title} {told.meaning}" if told else ""
        acts.record(mail_tested(acts.actor_of(by), server.shown, reason, context=context))
    return trouble


def _tell(changes: Sequence[Change], by: User, context: Context, what: str) -> None:
    acts.record(settings_changed(acts.actor_of(by), changes, what=what, context=context))
