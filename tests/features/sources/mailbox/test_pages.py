"""The pages of a mailbox: set up, tried, looked at, its password changed; and what they never show."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.features.sources.mailbox.conftest import look, mail, record_all, rows, settings_for
from tests.services.dovecot import PASSWORD, Dovecot


def test_a_mailbox_is_set_up_tried_and_shows_what_it_brought(
    signed_in: Client, inbox: Dovecot, sentences: Any
) -> None:
    from indelible.features.sources.models import Source

    typed = settings_for(inbox)
    inbox.deliver(mail({"May.csv": rows(4), "logo.png": b"x"}, subject="Payments <b>"))
    inbox.deliver(mail(number=2, sender="who@else.example", subject="Win"))
    page = signed_in.get("/sources/add/mailbox/").content.decode()
    assert "Try it now" in page
    tried = signed_in.post(
        "/sources/add/mailbox/try/", typed, headers={"HX-Request": "true"}
    ).content.decode()
    assert "The folder holds 2 mails. 1 of them would be taken." in tried
    wrong = {**typed, "password": "wrong one"}
    refused = signed_in.post("/sources/add/mailbox/try/", wrong)
    assert refused.status_code == 422
    assert "does not let us in" in refused.content.decode() and "wrong one" not in refused.content.decode()
    unclear = signed_in.post("/sources/add/mailbox/try/", {}, headers={"HX-Request": "true"}).content.decode()
    assert "Fill in what is missing first." in unclear

    made = signed_in.post("/sources/add/mailbox/", typed)
    source = Source.objects.get()
    assert made.url == f"/sources/{source.pk}/"
    assert PASSWORD not in str(source.settings)
    assert "Nothing yet." in signed_in.get(made.url).content.decode()
    look(source)
    record_all()
    shown = signed_in.get(made.url).content.decode()
    for words in (
        "Payments &lt;b&gt;",
        "May.csv",
        "Left alone: logo.png",
        "1 mail was left alone.",
        "who@else.example",
    ):
        assert words in shown, words
    assert PASSWORD not in shown
    again = signed_in.post(f"{made.url}mailbox/try-now/", follow=True).content.decode()
    assert "The folder holds 2 mails." in again
    asked = signed_in.post(f"{made.url}look/", follow=True).content.decode()
    assert "We look within a few seconds." in asked
    assert any("added the source Mails of Northwind" in text for text in sentences())


def test_settings_are_changed_and_a_password_only_where_one_is_typed(
    signed_in: Client, inbox: Dovecot, sentences: Any
) -> None:
    from indelible.features.sources.live.secrets import secrets_of
    from indelible.features.sources.models import Source

    typed = settings_for(inbox)
    url = signed_in.post("/sources/add/mailbox/", typed).url
    source = Source.objects.get()
    page = signed_in.get(f"{url}settings/").content.decode()
    assert "maria@northwind.example\n@harrow.example" in page and PASSWORD not in page
    same = {**typed, "password": ""}
    assert "Nothing was different" in signed_in.post(f"{url}settings/", same, follow=True).content.decode()
    tried = signed_in.post(f"{url}mailbox/try/", same, headers={"HX-Request": "true"}).content.decode()
    assert "It let us in." in tried  # by the password that is kept
    signed_in.post(f"{url}settings/", {**same, "senders": "@harrow.example", "password": "new one 5"})
    source.refresh_from_db()
    assert source.settings["senders"] == ["@harrow.example"]
    assert secrets_of(source, "password") == ["new one 5", PASSWORD]
    assert not any("new one 5" in text or PASSWORD in text for text in sentences())


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"senders": ""}, "senders"),
        ({"senders": "harrow.example"}, "senders"),
        ({"tls": "none"}, None),  # localhost may
        ({"tls": "none", "host": "imap.example.org"}, "tls"),
        ({"host": "imap example"}, "host"),
        ({"host": "imap.example.org/x"}, "host"),
        ({"user": "a\r\nLOGOUT"}, "user"),
        ({"password": "a\nb"}, "password"),
        ({"certificate": "hello"}, "certificate"),
        ({"certificate": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"}, "certificate"),
        ({"confirmed": "on"}, "confirmed_by"),
        ({"afterwards": "move"}, "move_to"),
        ({"afterwards": "move", "move_to": "INBOX"}, "move_to"),
        ({"patterns": ""}, "patterns"),
        ({"port": "70000"}, "port"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    inbox: Dovecot, other: dict[str, str], field: str | None
) -> None:
    from indelible.features.sources.kinds.mailbox.form import MailboxForm

    plain = {"certificate": ""} if other.get("tls") == "none" else {}
    form = MailboxForm({**settings_for(inbox), **plain, **other})
    assert set(form.errors) == ({field} if field else set())


def test_a_stranger_tries_nothing(stranger: Client, ana: Any, inbox: Dovecot) -> None:
    answer = stranger.post("/sources/add/mailbox/try/", settings_for(inbox))
    assert answer.status_code == 302 and "/account/sign-in/" in answer.url


def test_a_box_that_does_not_open_is_told_in_words(signed_in: Client, inbox: Dovecot) -> None:
    """As after a move of the database alone: the kept password is lost, which is no fault of ours."""
    from indelible.features.sources.models import SourceSecret

    typed = settings_for(inbox)
    url = signed_in.post("/sources/add/mailbox/", typed).url
    SourceSecret.objects.update(box=b"made elsewhere, so it does not open")
    same = {**typed, "password": ""}
    tried = signed_in.post(f"{url}mailbox/try/", same, headers={"HX-Request": "true"})
    assert tried.status_code == 200 and "cannot be read any more" in tried.content.decode()
    told = signed_in.post(f"{url}mailbox/try-now/", follow=True)
    assert "cannot be read any more" in told.content.decode()
