"""Accounts: invited by a link that works once, given a role, ended; and the owner that there always is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.features.conftest import PASSWORD

NEW = "orchid ladder pencil 9"


def text_of(answer: Any) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(page.replace("&#x27;", "'").split())


def link_in(answer: Any) -> str:
    found = re.search(r"http://localhost(/account/link/\?key=[\w-]+)", answer.content.decode())
    assert found is not None, text_of(answer)
    return found[1]


def invited(owner: Client, role: str = "reviewer", email: str = "daniel@northwind.example") -> str:
    return link_in(owner.post("/people/invite/", {"email": email, "role": role}))


def refusal_of(act: Callable[..., Any], *args: Any, **more: Any) -> str:
    from indelible.features.people.accounts.services import AccountRefused

    with pytest.raises(AccountRefused) as refusal:
        act(*args, **more)
    return refusal.value.code


def test_somebody_invited_chooses_name_and_password_and_is_signed_in(
    signed_in: Client, stranger: Client, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.people.models import OnceLink, User

    url = invited(signed_in)
    key = url.partition("key=")[2]
    assert "daniel@northwind.example" in text_of(signed_in.get("/people/"))
    assert signed_in.get(url).status_code == 409  # it is for somebody who is not signed in
    answer = stranger.get(url, follow=True)
    assert answer.redirect_chain == [("/account/link/", 302)]
    assert "Join the record of Northwind Trading Ltd" in text_of(answer)
    assert "Ana Ruiz invited you as: Reviewer" in text_of(answer)
    assert stranger.post("/account/link/", {"name": "Daniel Osei", "password": "short"}).status_code == 422
    stranger.post("/account/link/", {"name": "Daniel Osei", "password": NEW})
    assert "Daniel Osei" in text_of(stranger.get("/"))
    daniel = User.objects.get(email="daniel@northwind.example")
    assert daniel.role == "reviewer"
    assert sentences()[-3:] == [
        "Ana Ruiz invited daniel@northwind.example to the record (Reviewer)",
        "Daniel Osei accepted the invitation of Ana Ruiz and has access to the record (Reviewer)",
        "Daniel Osei signed in to Indelible",
    ]
    kept = OnceLink.objects.get()
    assert key.encode() not in bytes(kept.code)
    assert key.partition("_")[2] not in f"{kept.__dict__}"
    again = Client(SERVER_NAME="localhost").get(url, follow=True)
    assert again.status_code == 403
    assert "This link does not work" in text_of(again)


def test_every_link_that_opens_nothing_is_answered_alike(
    signed_in: Client, stranger: Client, ana: Any
) -> None:
    from indelible.features.people.accounts import links
    from indelible.features.people.models import OnceLink

    answers = []
    good = invited(signed_in)
    for url in (
        "/account/link/?key=nothing",
        "/account/link/?key=" + "x" * 5_000,
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        re.sub(r"key=\w{12}", "key=000000000000", good),
    ):
        answers.append(text_of(stranger.get(url, follow=True)))
    row = OnceLink.objects.get()
    assert links.find(good.partition("key=")[2], row.ends_at) is None
    assert links.find(good.partition("key=")[2], row.ends_at - timedelta(seconds=1)) == row
    signed_in.post(f"/people/invitations/{row.pk}/withdraw/")
    answers.append(text_of(stranger.get(good, follow=True)))
    assert len(set(answers)) == 1
    assert "daniel" not in answers[0]


def test_whoever_tries_many_links_has_to_wait(ana: Any, stranger: Client) -> None:
    codes = [stranger.get("/account/link/").status_code for _time in range(22)]
    assert codes[:20] == [403] * 20
    assert codes[-1] == 429


def test_a_new_invitation_ends_the_one_before(signed_in: Client, stranger: Client) -> None:
    first, second = invited(signed_in), invited(signed_in, "member")
    assert stranger.get(first, follow=True).status_code == 403
    assert stranger.get(second, follow=True).status_code == 200


def test_an_account_there_is_cannot_be_invited_or_taken_over(
    signed_in: Client, stranger: Client, ben: Any
) -> None:
    answer = signed_in.post("/people/invite/", {"email": "BEN@northwind.example", "role": "owner"})
    assert answer.status_code == 422
    assert "They have an account already." in text_of(answer)
    url = invited(signed_in, email="late@northwind.example")
    from indelible.features.people.models import User

    User.objects.create_user("late@northwind.example", "Late", PASSWORD)
    stranger.get(url)
    assert stranger.post("/account/link/", {"name": "Thief", "password": NEW}).status_code == 403
    assert User.objects.get(email="late@northwind.example").name == "Late"


def test_a_link_goes_by_mail_where_mail_works_and_is_then_not_shown(
    signed_in: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.settings import mail

    settings.INDELIBLE_MAIL = "smtp://localhost:25/?tls=none"
    settings.INDELIBLE_MAIL_FROM = "Indelible <audit@northwind.example>"
    sent: list[Any] = []
    monkeypatch.setattr(mail, "send", lambda server, message: sent.append(message))
    form = {"email": "daniel@northwind.example", "role": "reviewer", "way": "mail"}
    answer = signed_in.post("/people/invite/", form)
    assert "/account/link/" not in answer.content.decode()
    assert sent[0].to == ["daniel@northwind.example"]
    assert re.search(r"http://localhost/account/link/\?key=\w+", sent[0].body)

    def refuse(server: Any, message: Any) -> None:
        raise mail.MailError("mail-server-away", "no answer")

    monkeypatch.setattr(mail, "send", refuse)
    answer = signed_in.post("/people/invite/", form)
    assert "The mail did not leave" in text_of(answer)
    assert "/account/link/?key" not in answer.content.decode()
    assert link_in(signed_in.post("/people/invite/", {**form, "way": "hand"}))


def test_a_change_of_role_is_told_before_and_is_what_it_says(
    signed_in: Client, ben: Any, browser_of: Any, sentences: Callable[[], list[str]]
) -> None:
    page = text_of(signed_in.get(f"/people/accounts/{ben.pk}/?role=reviewer"))
    told = page[page.index("What will change") :]
    assert "Ben Osei is Member and becomes Reviewer." in told
    can, cannot = told.split("Ben Osei can no longer:")
    assert "approve or send back what others ask a second person for" in can
    assert "write entries, corrections and notes" in cannot
    browser = browser_of(ben)
    assert browser.get("/people/invite/").status_code == 403
    answer = signed_in.post(f"/people/accounts/{ben.pk}/role/", {"role": "owner"}, follow=True)
    assert "Ben Osei is now: Owner." in text_of(answer)
    assert browser.get("/people/invite/").status_code == 200
    assert sentences()[-1] == "Ana Ruiz changed the role of Ben Osei from Member to Owner"


def test_a_third_owner_needs_both(
    signed_in: Client, ben: Any, chloe: Any, account: Any, browser_of: Any, sentences: Callable[[], list[str]]
) -> None:
    daniel = account("Daniel Osei", "owner")
    answer = signed_in.post(f"/people/accounts/{ben.pk}/role/", {"role": "owner"}, follow=True)
    assert "Asked. It happens once another owner agrees." in text_of(answer)
    ben.refresh_from_db()
    assert ben.role == "member"
    url = answer.redirect_chain[-1][0]
    assert browser_of(chloe).post(f"{url}approve/", {"password": PASSWORD}).status_code == 403
    assert "Daniel Osei can sign it." in text_of(signed_in.get(url))
    browser_of(daniel).post(f"{url}approve/", {"password": PASSWORD})
    ben.refresh_from_db()
    assert ben.role == "owner"
    assert sentences()[-1] == (
        "Ana Ruiz changed the role of Ben Osei from Member to Owner, with the agreement of Daniel Osei"
    )
    refused = signed_in.post("/people/invite/", {"email": "x@northwind.example", "role": "owner"})
    assert "Another owner needs a second person." in text_of(refused)


def test_an_owner_invited_while_there_was_one_comes_as_a_member_where_there_are_two(
    signed_in: Client, stranger: Client, account: Any
) -> None:
    from indelible.features.people.models import User

    url = invited(signed_in, "owner")
    account("Erin Hall", "owner")
    stranger.get(url)
    stranger.post("/account/link/", {"name": "Daniel Osei", "password": NEW})
    assert User.objects.get(email="daniel@northwind.example").role == "member"


def test_nobody_changes_their_own_access_so_there_is_always_an_owner(ana: Any, account: Any) -> None:
    from indelible.features.people.accounts import services

    now = datetime.now(UTC)
    erin = account("Erin Hall", "owner")
    assert refusal_of(services.change_role, ana, "member", ana, {}, now) == "account-own"
    assert refusal_of(services.end_access, ana, "", ana, {}, now) == "account-own"
    assert refusal_of(services.make_password_link, ana, ana, {}, now) == "account-own"
    services.change_role(erin, "member", ana, {}, now)
    # Erin's page was still open: what she sends now is judged by what she is now.
    assert refusal_of(services.end_access, ana, "", erin, {}, now) == "account-not-owner"


def test_a_leaver_is_signed_out_at_once_and_stays_on_the_record(
    signed_in: Client, ben: Any, browser_of: Any, sentences: Callable[[], list[str]]
) -> None:
    browser = browser_of(ben)
    browser.get("/")
    signed_in.post(f"/people/accounts/{ben.pk}/end/", {"reason": "Left Northwind"})
    assert browser.get("/").headers["Location"].startswith("/account/sign-in/")
    answer = browser.post("/account/sign-in/", {"login": ben.email, "password": PASSWORD})
    assert answer.status_code != 302 or answer.headers["Location"] != "/"
    assert browser.get("/").status_code == 302
    told = sentences()
    assert "Ana Ruiz ended the access of Ben Osei to the record: “Left Northwind”" in told
    page = text_of(signed_in.get("/people/"))
    assert "1 account was ended" in page
    # Coming back is a new invitation: the same account, another password.
    url = invited(signed_in, "reviewer", ben.email)
    back = Client(SERVER_NAME="localhost")
    back.get(url)
    back.post("/account/link/", {"name": "Ben Osei", "password": NEW})
    ben.refresh_from_db()
    assert (ben.is_active, ben.role) == (True, "reviewer")
    assert browser.get("/").status_code == 302


def test_a_forgotten_password_is_chosen_anew_by_a_link(
    signed_in: Client, ben: Any, browser_of: Any, stranger: Client, sentences: Callable[[], list[str]]
) -> None:
    browser = browser_of(ben)
    url = link_in(signed_in.post(f"/people/accounts/{ben.pk}/password/"))
    assert browser.get("/").status_code == 200  # until it is used, nothing changes
    assert "for ben@northwind.example" in text_of(stranger.get(url, follow=True))
    answer = stranger.post("/account/link/", {"password": NEW}, follow=True)
    assert "Your new password is set." in text_of(answer)
    assert browser.get("/").status_code == 302
    assert stranger.post("/account/sign-in/", {"login": ben.email, "password": NEW}).status_code == 302
    assert sentences()[-3:-1] == [
        "Ana Ruiz made a link with which Ben Osei can choose a new password",
        "Ben Osei chose a new password with a link that was made for them",
    ]


def test_when_somebody_was_last_here_is_kept_to_within_ten_minutes(signed_in: Client, ana: Any) -> None:
    from indelible.features.people.models import User

    signed_in.get("/people/", headers={"X-Poll": "1"})
    ana.refresh_from_db()
    assert ana.seen_at is None
    signed_in.get("/people/")
    ana.refresh_from_db()
    first = ana.seen_at
    signed_in.get("/people/")
    ana.refresh_from_db()
    assert first is not None
    assert ana.seen_at == first
    User.objects.filter(pk=ana.pk).update(seen_at=first - timedelta(minutes=11))
    signed_in.get("/people/")
    ana.refresh_from_db()
    assert ana.seen_at >= first


def test_people_of_before_there_were_roles_are_owners() -> None:
    from importlib import import_module

    module = import_module("indelible.features.people.migrations.0003_people_and_access")
    assert module.Migration.operations[-1].code is module.make_owners
