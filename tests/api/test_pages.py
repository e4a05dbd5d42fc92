"""The page of a web connection, whatever form its messages have, and whatever became of the first."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tests.api.conftest import Caller
from tests.features.conftest import ana as ana
from tests.features.conftest import signed_in as signed_in

SAID: dict[str, Any] = {"action": {"said": "login"}, "actor": {"name": "Maria Lopez"}}


def set_up(browser: Client, name: str, form: str) -> tuple[Any, Caller]:
    """Set a connection up on its page, make its password there, and return both."""
    from indelible.features.sources.models import Source

    answer = browser.post("/sources/add/web/", {"name": name, "form": form})
    source = Source.objects.get(name=name)
    assert answer["Location"] == f"/sources/{source.pk}/"
    page = browser.post(f"/sources/{source.pk}/passwords/").content.decode()
    return source, Caller(page.split('id="connection-password">')[1].split("<")[0])


def page_of(browser: Client, source: Any) -> str:
    return " ".join(browser.get(f"/sources/{source.pk}/").content.decode().split())


def poll(browser: Client, source: Any) -> str:
    headers = {"HX-Request": "true", "X-Poll": "1"}
    return browser.get(f"/sources/{source.pk}/first-message/", headers=headers).content.decode()


def test_each_form_has_its_address_and_a_command_that_works(signed_in: Client) -> None:
    for form, path in (
        ("indelible", "events"), ("cloudevents", "events"), ("otlp", "otlp/v1/logs"), ("own", "messages"),
    ):  # fmt: skip
        source, caller = set_up(signed_in, f"Source {form}", form)
        page = page_of(signed_in, source)
        assert f"http://localhost/api/v1/{path}" in page and "Nothing came yet" in page
        assert "every 2s" in poll(signed_in, source)
        command = signed_in.get(f"/sources/{source.pk}/").context["sections"][0].part["curl"]
        body = command.split("-d '")[1].removesuffix("'")
        content_type = command.split("Content-Type: ")[1].split('"')[0]
        assert caller.post(path, body, content_type).status_code in (200, 201, 202), form
        told = poll(signed_in, source)
        assert "First message received" in told and "every 2s" not in told
        assert ("Say how it is read" in told) == (form == "own")


def test_the_address_is_the_one_that_senders_reach(signed_in: Client, settings: Any) -> None:
    settings.HTTPS = True
    source, _caller = set_up(signed_in, "Payroll Cloud", "otlp")
    page = page_of(signed_in, source)
    assert "https://localhost/api/v1/otlp/v1/logs" in page and "http://localhost" not in page


def test_a_source_with_a_form_of_its_own_waits_and_cannot_be_forgotten_so(signed_in: Client) -> None:
    from indelible.features.sources.models import State

    source, _caller = set_up(signed_in, "Door system", "own")
    assert source.state == State.WAITING
    answer = signed_in.post(f"/sources/{source.pk}/settings/", {"form": "indelible"})
    assert answer.status_code == 422 and "Say so first" in answer.content.decode()


def test_a_first_message_that_is_none_is_told_with_its_reason(signed_in: Client) -> None:
    source, caller = set_up(signed_in, "Payroll Cloud", "indelible")
    caller.post("events", {"acton": 1})
    assert "event.acton" in poll(signed_in, source)
    caller.post("events", SAID, Date="Mon, 02 Mar 2026 10:00:00 GMT")
    page = page_of(signed_in, source)
    assert (
        "Maria Lopez" in page and "behind ours" not in page
    )  # heard within seconds: the clock is not noted anew
    assert signed_in.get(f"/sources/{source.pk}/first-message/")["Location"] == f"/sources/{source.pk}/"


def test_whoever_is_shown_the_first_message_has_looked_at_it(signed_in: Client, ana: Any) -> None:
    from indelible.features.record.models import PendingLook

    source, caller = set_up(signed_in, "Payroll Cloud", "indelible")
    entry = caller.post("events", SAID).told["results"][0]["entry"]
    page_of(signed_in, source)
    assert entry in PendingLook.objects.get(owner=ana).entries


def test_the_page_for_programmers_needs_no_sign_in(signed_in: Client) -> None:
    for browser in (signed_in, Client(SERVER_NAME="localhost")):
        page = browser.get("/api/v1/docs")
        assert page.status_code == 200 and "POST /api/v1/events" in page.content.decode()
        assert "unsafe" not in page["Content-Security-Policy"]


def test_large_deliveries_do_not_keep_small_ones_waiting(signed_in: Client) -> None:
    from django.test import RequestFactory

    from indelible.api import heavy
    from indelible.api.problems import Problem

    source, caller = set_up(signed_in, "Payroll Cloud", "indelible")
    large = RequestFactory().post("/", b"x" * 1_000_001, content_type="application/json")
    with heavy.room_for(source, large), heavy.room_for(source, large), heavy.room_for(source, large):
        assert caller.post("events", SAID).status_code == 201
        refused = caller.post("events", json.dumps([SAID]) + " " * 1_000_000)
        assert (refused.status_code, refused.told["code"]) == (503, "too-many-large")
        assert refused["Retry-After"] == "5"
    assert caller.post("events", json.dumps([SAID]) + " " * 1_000_000).status_code == 200
    try:
        with heavy.room_for(source, large):
            raise Problem(400, "body-empty")
    except Problem:
        assert heavy._under_way.total() == 0
