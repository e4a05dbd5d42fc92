"""Each change of a setting is an entry; what was not changed is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from indelible.features.people.models import Organisation, User

OWN = {
    "own-name": "Ana Ruiz", "own-zone": "", "own-date_style": "", "own-number_style": "", "own-theme": "",
    "own-single_keys": "on",
}  # fmt: skip
HOUSE = {
    "organisation-name": "Northwind Trading Ltd",
    "organisation-zone": "Europe/Madrid",
    "organisation-date_style": "day",
    "organisation-number_style": "comma",
}
YOURS, ORGANISATION = "/settings/yours/", "/settings/organisation/"


def test_own_settings_change_the_page_and_are_recorded(
    signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    changed = {**OWN, "own-zone": "Asia/Tokyo", "own-theme": "dark"}
    answer = signed_in.post(YOURS, {**changed}, follow=True)
    page = answer.content.decode()
    assert 'data-theme="dark"' in page
    assert "Times are in Tokyo time (UTC+09:00)" in page
    assert "Saved, and recorded." in page
    told = sentences()[-1]
    assert told.startswith("Ana Ruiz changed the")
    assert "from the usual one to Asia/Tokyo" in told


def test_the_name_of_the_organisation_is_changed_for_everybody_and_recorded(
    signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    signed_in.post(ORGANISATION, {**HOUSE, "organisation-name": "Northwind AS"})
    assert Organisation.objects.get().name == "Northwind AS"
    assert "from Northwind Trading Ltd to Northwind AS" in sentences()[-1]


def test_numbers_on_pages_follow_the_person_or_else_the_organisation(
    signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    def sample() -> str:
        answer = signed_in.get("/settings/").content.decode()
        return answer[answer.index("Yours</a>") :].split("</p>")[0]

    assert "1,234.50" in sample()
    signed_in.post(ORGANISATION, {**HOUSE, "organisation-number_style": "space"})
    assert "1 234,50" in sample()
    signed_in.post(YOURS, {**OWN, "own-number_style": "point"})
    assert "1.234,50" in sample()
    assert sentences()[-2:] == [
        "Ana Ruiz changed the “number style of the organisation” from 1,234.50 to 1 234,50",
        "Ana Ruiz changed the “number style” from the usual one to 1.234,50",
    ]


def test_saving_without_a_change_records_nothing(
    signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    before = len(sentences())
    answer = signed_in.post(YOURS, {**OWN}, follow=True)
    assert b"Nothing was different" in answer.content
    assert len(sentences()) == before


def test_a_zone_that_does_not_exist_is_refused_and_nothing_changes(signed_in: Client) -> None:
    answer = signed_in.post(YOURS, {**OWN, "own-zone": "Middle/Earth"})
    assert answer.status_code == 422
    assert answer.content.count(b"<title>Error: Your settings") == 1
    assert User.objects.get().zone == ""


def test_where_nothing_can_be_sealed_the_setting_stays_as_it_was(signed_in: Client, ana: Any) -> None:
    from django.conf import settings

    from indelible.storage.database.group import close_groups

    close_groups()
    next(settings.INDELIBLE_HOME.keys.glob("main.key")).unlink()
    answer = signed_in.post(YOURS, {**OWN, "own-name": "Ana R."})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert b"New entries wait" in answer.content
    ana.refresh_from_db()
    assert ana.name == "Ana Ruiz"


def test_people_can_still_sign_in_while_nothing_can_be_sealed(ana: Any) -> None:
    from django.conf import settings

    from indelible.storage.database.group import close_groups
    from tests.features.conftest import PASSWORD

    close_groups()
    next(settings.INDELIBLE_HOME.keys.glob("main.key")).unlink()
    client = Client(SERVER_NAME="localhost")
    answer = client.post("/account/sign-in/", {"login": ana.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/settings/").status_code == 200
