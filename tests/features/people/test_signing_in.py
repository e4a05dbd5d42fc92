"""Signing in and out: who gets in, what is recorded, and what a password never meets."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from indelible.web.middleware import IDLE_SECONDS, SEEN
from tests.features.conftest import PASSWORD

ADDRESS = "ana@northwind.example"


def _sign_in(client: Client, password: str = PASSWORD, address: str = ADDRESS, query: str = "") -> Any:
    return client.post(f"/account/sign-in/{query}", {"login": address, "password": password})


@pytest.mark.parametrize("path", ["/record/", "/settings/", "/account/password/"])
def test_a_stranger_is_led_to_sign_in_and_back(ana: Any, path: str) -> None:
    stranger = Client(SERVER_NAME="localhost")
    assert stranger.get(path).headers["Location"] == f"/account/sign-in/?next={path}"
    answer = stranger.post(
        f"/account/sign-in/?next={path}", {"login": ADDRESS, "password": PASSWORD, "next": path}
    )
    assert answer.headers["Location"] == path


def test_nobody_is_led_to_another_site(ana: Any) -> None:
    answer = _sign_in(Client(SERVER_NAME="localhost"), query="?next=https://evil.example/")
    assert answer.headers["Location"] == "/"


def test_signing_in_and_out_are_entries(ana: Any, sentences: Callable[[], list[str]]) -> None:
    client = Client(SERVER_NAME="localhost")
    _sign_in(client)
    assert client.post("/account/sign-out/").headers["Location"] == "/account/sign-in/?ended=out"
    assert sentences()[1:] == ["Ana Ruiz signed in to Indelible", "Ana Ruiz signed out of Indelible"]


def test_an_entry_of_signing_in_says_from_where_and_is_of_source_0(ana: Any) -> None:
    from indelible.storage.database.reads import get_entry
    from indelible.web.acts import logbook_in_use

    client = Client(SERVER_NAME="localhost", headers={"user-agent": "Browser 1"}, REMOTE_ADDR="192.0.2.7")
    _sign_in(client)
    event = get_entry(logbook_in_use(), 1).event
    assert event["context"] == {"ip": "192.0.2.7", "device": "Browser 1"}
    assert event["actor"]["email"] == ADDRESS
    assert event["numbers"]["sources"] == {"0": 2}


def test_a_wrong_password_is_recorded_without_it(ana: Any, sentences: Callable[[], list[str]]) -> None:
    from indelible.storage.database.reads import get_entry
    from indelible.web.acts import logbook_in_use

    answer = _sign_in(Client(SERVER_NAME="localhost"), "not the password")
    assert b"do not fit together" in answer.content
    assert sentences()[1] == f"{ADDRESS} tried to sign in to Indelible and failed"
    assert "not the password" not in str(get_entry(logbook_in_use(), 1))


def test_an_unknown_address_is_answered_like_a_wrong_password(ana: Any) -> None:
    known = _sign_in(Client(SERVER_NAME="localhost"), "not the password")
    unknown = _sign_in(Client(SERVER_NAME="localhost"), address="nobody@northwind.example")
    assert known.context["form"].errors == unknown.context["form"].errors


def test_after_five_wrong_passwords_signing_in_pauses_even_with_the_right_one(
    ana: Any, sentences: Callable[[], list[str]]
) -> None:
    client = Client(SERVER_NAME="localhost")
    for _attempt in range(5):
        _sign_in(client, "not the password")
    for _attempt in range(2):
        answer = _sign_in(client)
        assert b"Too many attempts" in answer.content
    told = sentences()
    assert len(told) == 1 + 5 + 1
    assert "Too many attempts" in told[-1]


def test_a_flood_from_one_address_is_answered_429(ana: Any) -> None:
    client = Client(SERVER_NAME="localhost")
    answers = [client.get("/account/sign-in/").status_code for _attempt in range(31)]
    assert answers[-1] == 429 or set(answers) == {200}  # pages may be read; only sending is counted
    sent = [_sign_in(client, address=f"nobody{i}@northwind.example").status_code for i in range(31)]
    assert sent[-1] == 429


def test_half_an_hour_without_a_click_ends_the_session(signed_in: Client) -> None:
    signed_in.get("/settings/")
    session = signed_in.session
    session[SEEN] = int(time.time()) - IDLE_SECONDS - 1
    session.save()
    answer = signed_in.get("/settings/?done=saved", follow=True)
    assert answer.redirect_chain == [("/account/sign-in/?ended=idle&next=/settings/%3Fdone%3Dsaved", 302)]
    assert b"You were signed out after 30 minutes." in answer.content
    assert signed_in.get("/settings/").status_code == 302


def test_a_page_that_only_polls_does_not_keep_a_session_alive(signed_in: Client) -> None:
    signed_in.get("/settings/")
    session = signed_in.session
    session[SEEN] = long_ago = int(time.time()) - IDLE_SECONDS + 60
    session.save()
    signed_in.get("/settings/", headers={"X-Poll": "1"})
    assert signed_in.session[SEEN] == long_ago
    signed_in.get("/settings/")
    assert signed_in.session[SEEN] > long_ago


def test_the_password_can_be_changed_and_that_is_recorded(
    signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    wrong = signed_in.post("/account/password/", {"oldpassword": "x", "password1": "another good one 4"})
    assert b"This is not your present password" in wrong.content
    answer = signed_in.post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": "another good one 4"}
    )
    assert answer.headers["Location"] == "/settings/?done=password"
    assert signed_in.get("/settings/").status_code == 200
    assert sentences()[1:] == ["Ana Ruiz changed their own password"]
    assert _sign_in(Client(SERVER_NAME="localhost"), "another good one 4").status_code == 302


def test_passwords_are_kept_as_argon2(ana: Any) -> None:
    assert ana.password.startswith("argon2$argon2id$")


def test_allauth_s_other_pages_cannot_be_reached(ana: Any, signed_in: Client) -> None:
    for path in ("/accounts/signup/", "/account/signup/", "/account/email/", "/account/password/reset/"):
        assert signed_in.get(path).status_code == 404
