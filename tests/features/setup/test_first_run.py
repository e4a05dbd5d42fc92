"""Who may set the record up, and what is sealed when they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory

from indelible.features.people.models import Organisation, User
from indelible.features.setup import services
from indelible.storage.database.logbooks import create_logbook
from indelible.web.acts import logbook_in_use
from tests.features.conftest import PASSWORD

WHO = {"name": "Ana Ruiz", "email": "Ana@Northwind.example", "password": PASSWORD}
NAMED = {"name": "Northwind Trading Ltd", "zone": "Europe/Madrid", "date_style": "day"}


def _open_link(client: Client) -> str:
    link = services.create_setup_link("http://localhost:8000/")
    assert link is not None
    assert link.startswith("http://localhost:8000/setup/?key=")
    path = link.removeprefix("http://localhost:8000")
    assert client.get(path).headers["Location"] == "/setup/"
    return path


@pytest.mark.parametrize("path", ["/", "/record/", "/settings/", "/account/sign-in/", "/imports/1/"])
def test_every_page_leads_to_the_set_up_until_there_is_an_owner(stranger: Client, path: str) -> None:
    assert stranger.get(path).headers["Location"] == "/setup/"


@pytest.mark.parametrize("path", ["/setup/", "/setup/?key=", "/setup/?key=guessed", "/setup/?key=%F0%9F"])
def test_without_the_link_nobody_gets_in(stranger: Client, path: str) -> None:
    services.create_setup_link()
    assert stranger.get(path).status_code == 403


def test_without_the_link_no_account_can_be_made(stranger: Client) -> None:
    services.create_setup_link()
    assert stranger.post("/setup/1/", WHO).headers["Location"] == "/setup/"
    assert not User.objects.exists()


def test_the_questions_end_with_one_sealed_entry(
    stranger: Client, sentences: Callable[[], list[str]]
) -> None:
    _open_link(stranger)
    assert stranger.get("/setup/").status_code == 200
    assert stranger.post("/setup/1/", WHO).headers["Location"] == "/setup/2/"
    assert stranger.post("/setup/2/", NAMED).headers["Location"] == "/setup/3/"
    assert b"Entry 1 is sealed" in stranger.get("/setup/3/").content
    assert sentences() == ["Ana Ruiz started the record of Northwind Trading Ltd"]
    assert stranger.post("/setup/3/", {"skip": "1"}).headers["Location"] == "/setup/4/"
    assert stranger.post("/setup/4/", {"first": "by-hand"}).headers["Location"] == "/record/add/"


def test_the_choice_to_upload_leads_to_the_upload(stranger: Client) -> None:
    _open_link(stranger)
    stranger.post("/setup/1/", WHO)
    stranger.post("/setup/2/", NAMED)
    assert stranger.post("/setup/4/", {"first": "upload"}).headers["Location"] == "/sources/upload/"


def _up_to_the_rule(client: Client) -> None:
    _open_link(client)
    client.post("/setup/1/", WHO)
    client.post("/setup/2/", NAMED)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"rule": "invoices"}, "Record when someone changes a purchase invoice or a sales invoice"),
        ({"rule": "joiners"}, "Record when someone creates, changes or closes a staff member"),
        ({"rule": "own", "text": "every change of a price"}, "Record when someone changes a price."),
        ({"rule": "invoices", "text": "every change of a price"}, "Record when someone changes a price."),
    ],
)
def test_what_must_never_get_lost_is_recorded_from_then_on(
    stranger: Client, sentences: Callable[[], list[str]], answer: dict[str, str], told: str
) -> None:
    _up_to_the_rule(stranger)
    assert stranger.post("/setup/3/", answer).headers["Location"] == "/setup/4/"
    assert b"This is recorded from now on, as rule" in stranger.get("/setup/4/").content
    assert f"is new, \u201c{told}" in sentences()[-1]
    assert stranger.get("/setup/3/").headers["Location"] == "/setup/4/"
    assert b"You stopped at question 4" in stranger.get("/setup/").content


def test_own_words_are_read_back_before_anything_is_recorded_by_them(stranger: Client) -> None:
    from indelible.features.rules.models import Rule

    _up_to_the_rule(stranger)
    looked = stranger.post("/setup/3/", {"look": "1", "text": "every change of a price"})
    assert b"Record when someone changes a price." in looked.content
    unknown = stranger.post("/setup/3/", {"rule": "own", "text": "every change of a zorblax"})
    assert unknown.status_code == 422
    assert "We do not know “zorblax”" in unknown.content.decode()
    slip = stranger.post("/setup/3/", {"look": "1", "text": "every chnage of a price"})
    assert b"Did you mean" in slip.content
    taken = stranger.post(
        "/setup/3/", {"take": "1", "answer": "every change of a price", "text": "every chnage of a price"}
    )
    assert b"Record when someone changes a price." in taken.content
    assert stranger.post("/setup/3/", {"rule": "own"}).status_code == 422
    assert not Rule.objects.exists()


def test_the_owner_signs_in_with_the_address_in_small_letters(stranger: Client) -> None:
    _open_link(stranger)
    stranger.post("/setup/1/", WHO)
    assert User.objects.get().email == "ana@northwind.example"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"password": "short"}, b"too short"),
        ({"password": "ana@northwind.example"}, b"similar"),
        ({"name": "  "}, b"Enter your name"),
        ({"email": "nobody"}, b"Enter an e-mail address such as"),
    ],
)
def test_a_bad_answer_comes_back_with_what_is_wrong(
    stranger: Client, changed: dict[str, str], words: bytes
) -> None:
    _open_link(stranger)
    answer = stranger.post("/setup/1/", {**WHO, **changed})
    assert answer.status_code == 422
    assert words in answer.content
    assert not User.objects.exists()


def test_a_link_works_once(record: None) -> None:
    first, second = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    path = _open_link(first)
    second.get(path)
    assert first.post("/setup/1/", WHO).headers["Location"] == "/setup/2/"
    assert second.post("/setup/1/", {**WHO, "email": "dan@elsewhere.example"}).status_code == 302
    assert User.objects.count() == 1
    assert second.get(path).headers["Location"] == "/account/sign-in/"
    assert services.create_setup_link() is None


def test_a_newer_link_replaces_an_older_one(stranger: Client) -> None:
    older = services.create_setup_link()
    services.create_setup_link()
    assert older is not None
    assert stranger.get(older).status_code == 403


def test_of_two_with_the_same_token_only_one_becomes_the_owner(record: None) -> None:
    link = services.create_setup_link() or ""
    token = link.partition("key=")[2]
    services.make_owner(token, email="ana@northwind.example", name="Ana", password=PASSWORD)
    with pytest.raises(services.SetupRefused) as refusal:
        services.make_owner(token, email="dan@elsewhere.example", name="Dan", password=PASSWORD)
    assert refusal.value.code == "setup-link-used"


def test_closing_the_browser_loses_nothing(stranger: Client) -> None:
    _open_link(stranger)
    stranger.post("/setup/1/", WHO)
    later = Client(SERVER_NAME="localhost")
    answer = later.post("/account/sign-in/", {"login": WHO["email"], "password": PASSWORD}, follow=True)
    assert answer.request["PATH_INFO"] == "/setup/"
    assert b"You stopped at question 2" in answer.content
    later.post("/setup/2/", NAMED)
    assert b"You stopped at question 3" in later.get("/setup/").content


def test_once_set_up_the_questions_are_not_asked_again(signed_in: Client) -> None:
    for path in ("/setup/", "/setup/3/", "/setup/4/"):
        assert signed_in.get(path).headers["Location"] == "/"
    assert Client(SERVER_NAME="localhost").get("/setup/").headers["Location"] == "/account/sign-in/"


def test_where_the_command_line_began_the_record_its_owner_is_recorded(
    record: None, sentences: Callable[[], list[str]]
) -> None:
    create_logbook(first_event={"action": {"verb": "start", "said": "record_started"}, "outcome": "success"})
    client = Client(SERVER_NAME="localhost")
    _open_link(client)
    client.post("/setup/1/", WHO)
    client.post("/setup/2/", NAMED)
    assert b"The record was begun before" in client.get("/setup/3/").content
    assert logbook_in_use().size == 3
    assert "Ana Ruiz" in sentences()[1]
    assert "Northwind Trading Ltd" in sentences()[2]


def test_the_organisation_is_one(ana: Any) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(pk=2, name="Another")


@pytest.mark.parametrize(
    ("language", "style"),
    [
        ("en-GB,en;q=0.9", "comma"),
        ("de-DE,de;q=0.9", "point"),
        ("de-CH", "mark"),
        ("fr;q=1", "space"),
        ("es-MX", "comma"),
        ("", "comma"),
    ],
)
def test_the_number_style_is_guessed_from_the_language(rf: RequestFactory, language: str, style: str) -> None:
    from indelible.features.setup.guesses import guess_number_style

    assert guess_number_style(rf.get("/", headers={"Accept-Language": language})) == style
