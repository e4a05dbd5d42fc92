"""The pages of the settings: what is set counts, is told in words, and goes on the record."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client

from indelible.features.settings.models import MailAccount, MailTest, OfficeHours, OwnHoliday
from tests.features.record.conftest import text_of
from tests.services.mailbox import HOST, running_mailbox

WEEK = {f"hours-day_{weekday}": "08:00 to 18:00" for weekday in range(5)} | {
    "hours-day_5": "",
    "hours-day_6": "",
}
SENDER = "Indelible <audit@northwind.example>"
SECRET = "hush-hush-harbour"


def test_office_hours_are_set_by_weekday_and_recorded(
    signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.settings.services import calendar

    page = text_of(signed_in.get("/settings/office/"))
    assert "Madrid time" in page
    wrong = signed_in.post("/settings/office/", {"which": "hours", **WEEK, "hours-day_4": "8 to lunch"})
    assert wrong.status_code == 422
    assert "Write hours such as" in text_of(wrong)
    nobody = dict.fromkeys(WEEK, "")
    assert "Somebody must work" in text_of(signed_in.post("/settings/office/", {"which": "hours", **nobody}))
    assert not OfficeHours.objects.exists()
    friday = {**WEEK, "hours-day_4": "8-13"}
    saved = signed_in.post("/settings/office/", {"which": "hours", **friday}, follow=True)
    assert "Saved, and recorded." in text_of(saved)
    assert sentences()[-1] == (
        "Ana Ruiz changed the “office hours on Friday” of office hours and holidays"
        " from 08:00 to 18:00 to 08:00 to 13:00"
    )
    assert not calendar().is_working(datetime(2025, 6, 13, 12, tzinfo=UTC))  # Friday, 14:00 in Madrid
    assert "Monday to Thursday 08:00 to 18:00" in text_of(signed_in.get("/settings/"))


def test_public_holidays_are_chosen_and_own_days_added_pasted_and_removed(
    signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    page = signed_in.get("/settings/office/").content.decode()
    assert '<option value="ES" selected>' in page  # guessed, and not in force before it is saved
    assert not OfficeHours.objects.exists()
    signed_in.post("/settings/office/", {"which": "place", "place-country": "ES"})
    signed_in.post("/settings/office/", {"which": "place", "place-country": "ES", "place-region": "MD"})
    assert sentences()[-1] == (
        "Ana Ruiz changed the “public holidays” of office hours and holidays from Spain to Spain, Madrid"
    )
    foreign = {"which": "place", "place-country": "DE", "place-region": "MD"}
    assert signed_in.post("/settings/office/", foreign).status_code == 422
    add = "/settings/office/holidays/add/"
    signed_in.post(add, {"day": "2026-11-09", "name": "Almudena"})
    assert signed_in.post(add, {"day": "09/11/2026", "name": "x"}).status_code == 422
    bad = signed_in.post(add, {"days": "2026-12-24 Christmas Eve\n31.12.2026 New Year's Eve"})
    assert bad.status_code == 422 and "Line 2" in text_of(bad)
    signed_in.post(add, {"days": "2026-12-24 Christmas Eve\n2026-12-31 New Year's Eve"})
    listed = text_of(signed_in.get("/settings/office/holidays/?from=2026-11"))
    assert "Monday 9 November 2026 Almudena (your own)" in listed
    assert "Immaculate Conception" in listed and "New Year's Eve" in listed
    assert "Public holidays of Spain, Madrid, and your own." in listed
    assert "Epiphany" in text_of(signed_in.get("/settings/office/holidays/?from=2025-12"))
    assert signed_in.get("/settings/office/holidays/?from=9999-12").status_code == 200
    key = OwnHoliday.objects.get(day=date(2026, 11, 9)).pk
    gone = signed_in.post(f"/settings/office/holidays/{key}/remove/", follow=True)
    assert "is a working day again" in text_of(gone)
    assert signed_in.post(f"/settings/office/holidays/{key}/remove/").status_code == 302
    assert [told for told in sentences() if "holiday on" in told] == [
        "Ana Ruiz changed the “holiday on 2026-11-09” of office hours and holidays to Almudena",
        "Ana Ruiz changed the “holiday on 2026-12-24” of office hours and holidays to Christmas Eve"
        " and the “holiday on 2026-12-31” to New Year's Eve",
        "Ana Ruiz changed the “holiday on 2026-11-09” of office hours and holidays from Almudena to nothing",
    ]


def account(port: int, **more: str) -> dict[str, str]:
    given = {
        "host": HOST,
        "security": "none",
        "port": str(port),
        "user": "",
        "password": "",
        "sender": SENDER,
    }
    return {**given, **more}


def test_mail_is_set_up_tried_and_forgotten_and_its_password_shown_nowhere(
    signed_in: Client, sentences: Callable[[], list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    from indelible.features.settings.mail import mail_server
    from indelible.storage.database.reads import get_entries
    from indelible.web.acts import logbook_in_use

    caplog.set_level(logging.DEBUG)
    assert "Set up e-mail" in text_of(signed_in.get("/"))
    assert "Mail is not set up" in text_of(signed_in.get("/settings/mail/"))
    pages = []
    with running_mailbox() as box:
        port = int(box.setting.split(":")[2].split("/")[0])
        full = account(port, user="audit", password=SECRET)
        pages.append(signed_in.post("/settings/mail/", full, follow=True))
        assert bytes(MailAccount.objects.get().password_box).find(SECRET.encode()) < 0
        assert mail_server().password == SECRET
        # The server that runs here wants no account, and says so.
        pages.append(signed_in.post("/settings/mail/test/", follow=True))
        assert "The mail server refused the message." in text_of(pages[-1])
        pages.append(signed_in.get("/"))
        assert "Set up e-mail" in text_of(pages[-1])
        # The kept password goes to no other server and no other account.
        moved = signed_in.post("/settings/mail/", account(port, user="audit", host="mail.other.example"))
        assert moved.status_code == 422 and "Enter the password once more" in text_of(moved)
        pages += [moved, signed_in.post("/settings/mail/", account(port), follow=True)]
        assert MailAccount.objects.get().password_box == b""
        pages.append(signed_in.post("/settings/mail/test/", follow=True))
        assert "The mail server took a test message for ana@northwind.example" in text_of(pages[-1])
        assert message_from_bytes(box.mails[0], policy=policy.default)["To"] == "ana@northwind.example"
    assert "Set up e-mail" not in text_of(signed_in.get("/"))
    pages += [signed_in.get("/settings/mail/forget/"), signed_in.post("/settings/mail/forget/", follow=True)]
    assert not MailAccount.objects.exists()
    told = [one for one in sentences() if "mail" in one]
    assert told[0].endswith("“mail security” to not encrypted and 3 more details")
    assert told[1].startswith("Ana Ruiz tried to send a test message through the mail server 127.0.0.1:")
    assert told[2] == (
        "Ana Ruiz changed the “mail account” of e-mail from audit to nothing and the “password of the mail account”"
    )
    assert told[3].startswith("Ana Ruiz sent a test message")
    everything = "".join(str(entry.event) for entry in get_entries(logbook_in_use(), 0, 50))
    shown = "".join(page.content.decode() for page in pages)
    for place in (everything, shown, caplog.text):
        assert SECRET not in place


def test_what_whoever_runs_the_server_says_counts_and_is_said_so(signed_in: Client, settings: Any) -> None:
    from indelible.features.settings.mail import mail_server

    settings.INDELIBLE_MAIL = "smtp://audit:hush@mail.northwind.example/?tls=tls"
    settings.INDELIBLE_MAIL_FROM = SENDER
    page = text_of(signed_in.get("/settings/mail/"))
    assert "Set by whoever runs the server" in page
    assert "mail.northwind.example:465" in page and "hush" not in page
    signed_in.post("/settings/mail/", account(25))
    assert not MailAccount.objects.exists()
    assert mail_server().host == "mail.northwind.example"
    settings.INDELIBLE_MAIL = "smtp://audit:hush@mail:port/"
    assert "cannot be read" in text_of(signed_in.get("/settings/mail/"))


def test_mail_that_cannot_be_is_refused_by_its_field(signed_in: Client) -> None:
    cases = {
        "host": {"host": "https://mail.example"},
        "port": {"port": "70000"},
        "sender": {"sender": "nobody"},
        "user": {"password": "x"},
        "security": {"security": "perhaps"},
    }
    for name, more in cases.items():
        answer = signed_in.post("/settings/mail/", {**account(25), **more})
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {name}
    assert not MailAccount.objects.exists() and not MailTest.objects.exists()


def test_a_password_locked_elsewhere_is_asked_for_again(signed_in: Client) -> None:
    MailAccount.objects.create(
        pk=1, host="m.example", port=25, security="none", user="u", password_box=b"x" * 40, sender=SENDER
    )
    page = text_of(signed_in.get("/settings/mail/"))
    assert "The mail password that we keep cannot be opened." in page
    assert "Set up e-mail" in text_of(signed_in.get("/"))
    assert text_of(signed_in.post("/settings/mail/test/", follow=True)) == page
