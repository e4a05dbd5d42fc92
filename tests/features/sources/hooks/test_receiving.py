"""What is sent to the address of a web service: taken once, refused, kept, or answered as the service wants."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.features.sources.hooks import signing
from tests.features.sources.hooks.conftest import Connect, Send


def entries_of(source: Any) -> list[Any]:
    from indelible.features.sources.kinds.hook.page import newest_entries

    return newest_entries(source)


def test_a_delivery_is_on_the_record_when_it_is_answered_and_only_once(
    connect: Connect, send: Send, sentences: Any
) -> None:
    source, body = connect("github"), signing.push()
    answer = send(source, body, signing.github(body))
    assert (answer.status_code, answer.json()["recorded"]) == (200, 1)
    assert sentences()[-1] == "ana changed the code of refs/heads/main"
    [entry] = entries_of(source)
    assert entry.event["extra"]["delivery"] == "d-1"
    original = (
        entry.event["original"]["text"] if "text" in entry.event["original"] else str(entry.event["original"])
    )
    assert body.decode() in original  # as it came, byte for byte
    again = send(source, body, signing.github(body))
    assert (again.status_code, again.json()["recorded"], again.json()["duplicate"]) == (200, 0, 1)
    assert len(entries_of(source)) == 1
    other = send(source, body, signing.github(body, delivery="d-2"))
    assert other.json()["recorded"] == 1


def test_github_may_send_its_message_as_a_form(connect: Connect, send: Send) -> None:
    from urllib.parse import urlencode

    source = connect("github")
    body = urlencode({"payload": signing.push().decode()}).encode()
    headers = {**signing.github(body), "Content-Type": "application/x-www-form-urlencoded"}
    assert send(source, body, headers).json()["recorded"] == 1
    assert entries_of(source)[0].event["extra"]["ref"] == "refs/heads/main"


def test_a_try_of_github_and_of_slack_is_answered_and_is_no_entry(
    connect: Connect, send: Send, sentences: Any
) -> None:
    github, slack = connect("github"), connect("slack", "Slack")
    before = len(sentences())
    zen = b'{"zen": "Keep it logically awesome.", "hook_id": 1}'
    assert send(github, zen, signing.github(zen, event="ping")).status_code == 200
    challenge = json.dumps({"token": "x", "challenge": "3eZbrw1aB", "type": "url_verification"}).encode()
    answer = send(slack, challenge, signing.slack(challenge))
    assert answer.json() == {"challenge": "3eZbrw1aB"}
    assert len(sentences()) == before
    for source in (github, slack):
        source.health.refresh_from_db()
        assert source.health.heartbeat_at is not None


def test_slack_is_read_by_its_inner_event_and_its_old_token_is_left_out(connect: Connect, send: Send) -> None:
    source = connect("slack")
    body = json.dumps(
        {
            "token": "Jhj5dZrVaK7ZwHHjRyZWjbDl",
            "team_id": "T1",
            "api_app_id": "A1",
            "event": {"type": "file_shared", "user_id": "U1", "file": {"id": "F1"}},
            "type": "event_callback",
            "event_id": "Ev1",
            "event_time": 1764500000,
        }
    ).encode()
    assert send(source, body, signing.slack(body)).json()["recorded"] == 1
    retried = {**signing.slack(body), "X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert send(source, body, retried).json()["duplicate"] == 1
    [entry] = entries_of(source)
    assert entry.event["source"]["id"] == "Ev1"
    assert "Jhj5dZrVaK7ZwHHjRyZWjbDl" not in entry.stored
    assert "(left out)" in entry.stored


def test_a_message_of_stripe_from_another_time_is_refused(connect: Connect, send: Send) -> None:
    source = connect("stripe")
    event = {"id": "evt_1", "object": "event", "created": 1764500000, "type": "invoice.paid",
             "data": {"object": {"id": "in_1", "object": "invoice", "lines": {"data": [{"a": 1}]}}},
             "livemode": True, "pending_webhooks": 1, "request": None}  # fmt: skip
    body = json.dumps(event, indent=2).encode()
    old = (datetime.now(UTC) - timedelta(minutes=6)).timestamp()
    assert send(source, body, signing.stripe(body, at=old)).status_code == 401
    assert send(source, body, signing.stripe(body)).json()["recorded"] == 1
    assert send(source, body, signing.stripe(body)).json()["duplicate"] == 1
    assert len(entries_of(source)) == 1


def test_okta_verifies_the_address_once_and_shows_its_secret_each_time(connect: Connect, send: Send) -> None:
    source = connect("okta")
    client, address = Client(SERVER_NAME="localhost"), f"/in/{source.address}/"
    asked = {"X-Okta-Verification-Challenge": "Me_rShK8JHsTnbyYrWXCEoMGbM"}
    assert client.get(address, headers=asked).status_code == 401
    answer = client.get(address, headers={**asked, "Authorization": signing.SECRET})
    assert answer.json() == {"verification": "Me_rShK8JHsTnbyYrWXCEoMGbM"}
    assert client.get(address).status_code == 405
    entry = {"uuid": "u-1", "published": "2026-11-30T09:59:58.000Z", "eventType": "user.lifecycle.create",
             "severity": "INFO", "actor": {"id": "0", "type": "User", "displayName": "Ana"},
             "outcome": {"result": "SUCCESS"}, "target": []}  # fmt: skip
    message = {"eventId": "e-1", "eventTime": "2026-11-30T10:00:00Z", "eventType": "com.okta.event_hook",
               "data": {"events": [entry, {**entry, "uuid": "u-2"}]}}  # fmt: skip
    body = json.dumps(message).encode()
    assert send(source, body, {"Authorization": "another"}).status_code == 401
    assert send(source, body, {"Authorization": signing.SECRET}).json()["recorded"] == 2
    assert send(source, body, {"Authorization": signing.SECRET}).json()["duplicate"] == 2


def test_shopify_is_told_by_its_topic(connect: Connect, send: Send, sentences: Any) -> None:
    source = connect("shopify")
    body = b'{"id": 820982911946154508, "name": "#1001", "line_items": [{"id": 1}, {"id": 2}]}'
    assert send(source, body, signing.shopify(body)).json()["recorded"] == 1
    assert "#1001" in sentences()[-1]


def test_what_another_service_sends_is_kept_until_somebody_says_how_it_is_read(
    connect: Connect, send: Send
) -> None:
    from indelible.features.sources import versions
    from indelible.features.sources.services import By
    from indelible.intake.given import Given

    source = connect("other", header="X-Signature", algorithm="sha512", encoding="base64", id_header="X-Id")
    body = b'{"at": "2026-11-30T10:00:00Z", "who": "ben", "did": "update", "what": "order 7"}'
    import base64
    import hmac

    mac = base64.b64encode(hmac.new(signing.SECRET.encode(), body, "sha512").digest()).decode()
    headers = {"X-Signature": mac, "X-Id": "m-1"}
    assert source.state == "waiting"
    for _ in range(2):
        assert send(source, body, headers).status_code == 202
    assert source.kept.count() == 1  # the second is the same message
    assert entries_of(source) == []
    versions.turn_on(source, None, Given(), By({"name": "Ana Ruiz"}))
    source.refresh_from_db()
    assert source.state == "on"
    assert source.kept.count() + len(entries_of(source)) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"[1, 2]",
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b"\xff\xfe\x00",
        b'{"a": NaN}',
        b"null",
    ],
)
def test_a_signed_message_that_cannot_be_read_is_accounted_for_and_never_a_fault(
    connect: Connect, send: Send, body: bytes
) -> None:
    from indelible.features.sources.models import Import

    source = connect("github")
    answer = send(source, body, signing.github(body))
    assert answer.status_code in (200, 202)
    accounts = Import.objects.filter(source=source)
    assert source.kept.count() + sum(row.deliveries for row in accounts) == 1
    read = sum(row.read for row in accounts)
    assert source.kept.count() + read == (0 if body == b"[]" else 1)


def test_a_megabyte_in_one_field_is_recorded(connect: Connect, send: Send) -> None:
    source, body = connect("github"), signing.push("refs/heads/" + "x" * 1_000_000)
    assert send(source, body, signing.github(body)).json()["recorded"] == 1


def test_what_is_too_large_is_refused(connect: Connect, send: Send) -> None:
    source = connect("stripe")
    body = b" " * 1_100_000
    assert send(source, body, signing.stripe(body)).status_code == 413


def test_nobody_learns_from_an_address_that_never_was(ana: Any) -> None:
    client = Client(SERVER_NAME="localhost", headers={"Accept": "application/json"})
    assert client.post("/in/abcdefghij234567abcdefghij234567/", b"{}", "application/json").status_code == 404
    assert client.post("/in/" + "a" * 500 + "/", b"{}", "application/json").status_code == 404
    assert client.get("/in/abcdefghij234567abcdefghij234567/").status_code == 405


def test_a_paused_source_is_told_to_come_back_and_an_ended_one_is_gone(connect: Connect, send: Send) -> None:
    from indelible.features.sources.live import connecting
    from indelible.features.sources.services import By

    source, body, by = connect("github"), signing.push(), By({"name": "Ana Ruiz"})
    connecting.pause(source, "maintenance", by)
    answer = send(source, body, signing.github(body))
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    connecting.go_on(source, by)
    assert send(source, body, signing.github(body)).status_code == 200
    connecting.end(source, "moved", by)
    assert send(source, body, signing.github(body)).status_code == 410


def test_a_new_secret_overlaps_the_old_one_by_a_day(connect: Connect, send: Send) -> None:
    from indelible.features.sources.kinds.hook.secret import new_secret
    from indelible.features.sources.models import SourceSecret
    from indelible.features.sources.services import By

    source, body = connect("github"), signing.push()
    made = new_secret(source, By({"name": "Ana Ruiz"}))
    assert len(made) >= 40
    for number, secret in enumerate((signing.SECRET, made)):
        headers = signing.github(body, secret=secret, delivery=f"d-{number}")
        assert send(source, body, headers).status_code == 200
    # A day later the old one opens nothing.
    older = SourceSecret.objects.filter(source=source).order_by("pk").first()
    assert older is not None
    assert older.ends_at is not None
    assert timedelta(hours=23) < older.ends_at - datetime.now(UTC) <= timedelta(hours=24)
    SourceSecret.objects.filter(pk=older.pk).update(ends_at=datetime.now(UTC))
    headers = signing.github(body, delivery="d-9")
    assert send(source, body, headers).status_code == 401


def test_what_is_not_signed_is_counted_and_told_in_one_entry(
    connect: Connect, send: Send, sentences: Any
) -> None:
    from indelible.features.sources.kinds.hook import refused
    from indelible.features.sources.models import Source

    source, body = connect("github", "GitHub of Northwind"), signing.push()
    before = len(sentences())
    for _ in range(5):
        assert send(source, body, signing.github(body, secret="wrong")).status_code == 401
    assert send(source, body, {}).status_code == 401
    refused.write(source)  # what the timer does a second later
    found = Source.objects.select_related("health").get(pk=source.pk)
    assert refused.refused_of(found)["count"] == 6
    assert refused.refused_of(found)["reasons"] == {"wrong": 5, "unsigned": 1}
    assert found.health.problem == {"code": "hook-not-signed"}
    now = datetime.now(UTC)
    refused.tell_due(now)
    refused.tell_due(now + timedelta(seconds=20))
    assert sentences()[before:] == [
        "6 messages to GitHub of Northwind were not signed with its secret, from the network address 127.0.0.1"
    ]
    assert send(source, body, {}).status_code == 401
    refused.write(source)
    refused.tell_due(now + timedelta(seconds=40))
    assert len(sentences()) == before + 1  # within the minute
    refused.tell_due(now + timedelta(seconds=70))
    assert len(sentences()) == before + 2
    # One that is signed again ends the trouble; the count stays.
    assert send(source, body, signing.github(body)).status_code == 200
    found = Source.objects.select_related("health").get(pk=source.pk)
    assert found.health.problem is None
    assert refused.refused_of(found)["count"] == 7


def test_a_secret_that_cannot_be_opened_loses_no_message(connect: Connect, send: Send) -> None:
    """The service is told to come back; once the secret is given anew, what it sends again is taken."""
    from indelible.features.sources.live.secrets import keep_secret
    from indelible.features.sources.models import Health, SourceSecret

    source, body = connect("github"), signing.push()
    SourceSecret.objects.update(box=b"made elsewhere, so it does not open")
    answer = send(source, body, signing.github(body))
    assert answer.status_code == 503 and answer["Retry-After"]
    assert Health.objects.get(source=source).problem == {"code": "source-secret-lost"}
    SourceSecret.objects.all().delete()
    keep_secret(source, "signing secret", signing.SECRET)
    assert send(source, body, signing.github(body)).json()["recorded"] == 1
    assert Health.objects.get(source=source).problem is None
