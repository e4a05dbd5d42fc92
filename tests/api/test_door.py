"""Who is let in, what of it is on the record, and what a source may read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from indelible.ledger.leaf import parse_leaf
from indelible.ledger.opening import check_disclosure
from tests.api.conftest import Caller

Events = Callable[[], list[Any]]
SAID: dict[str, Any] = {"action": {"said": "x"}}
PATHS = ("events", "otlp/v1/logs", "messages", "totals", "heartbeat")


def own_words(source: Any) -> list[str]:
    """What Indelible itself recorded, as sentences."""
    from indelible.events.sentence import tell
    from indelible.storage.database.reads import get_entries

    entries = get_entries(source.logbook, 0, 10_000)
    ours = [each.event for each in entries if each.event.get("source", {}).get("system") == "indelible"]
    return [tell(event).text for event in ours]


def test_nobody_is_let_in_without_the_password(caller: Caller, source: Any) -> None:
    right = caller.password
    for wrong in ("", "ind_x_y", right[:-1], right + "a", "ind_" + "a" * 300, "x", "Bearer"):
        caller.password = wrong
        for path in PATHS:
            assert caller.post(path, SAID).status_code == 401, (wrong, path)
        answer = caller.get("source")
        assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer")
        if path == PATHS[-1]:
            from indelible.api.attempts import attempts

            attempts.forget()
    assert not source.imports.exists()


def test_ended_and_paused_are_told_apart(caller: Caller, source: Any) -> None:
    from indelible.features.sources.live.connecting import end, go_on, pause
    from indelible.features.sources.services import By

    pause(source, "The vendor moves house", By())
    paused = caller.post("events", SAID)
    assert (paused.status_code, paused["Retry-After"], paused.told["code"]) == (503, "300", "source-paused")
    assert caller.get("source").told["state"] == "paused"
    go_on(source, By())
    assert caller.post("events", SAID).status_code == 201
    end(source, "Sold", By())
    assert {caller.post(path, SAID).status_code for path in PATHS} == {410}
    assert caller.get("source").told["code"] == "source-ended"


def test_wrong_passwords_are_counted_in_memory_and_told_once(caller: Caller, source: Any) -> None:
    from indelible.api.attempts import A_MINUTE, attempts

    right, caller.password = caller.password, "ind_000000000000_wrong"
    before = len(own_words(source))
    answers = [caller.get("source") for _ in range(A_MINUTE + 2)]
    assert [answer.status_code for answer in answers] == [401] * A_MINUTE + [429] * 2
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    caller.password = right
    assert caller.get("source").status_code == 200  # who shows the right one is still let in
    assert len(own_words(source)) == before
    attempts.close_minute()
    assert own_words(source)[before:] == [
        "32 wrong connection passwords were shown from the network address 127.0.0.1"
    ]


def test_the_addresses_that_are_counted_are_bounded() -> None:
    from indelible.api.attempts import MOST_ADDRESSES, Attempts

    told: list[tuple[dict[str, int], int]] = []
    attempts = Attempts(lambda counts, count: told.append((counts, count)))
    for number in range(MOST_ADDRESSES + 50):
        attempts.note(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}")
    attempts.note("2001:db8::1")
    attempts.close_minute()
    ((counts, count),) = told
    assert count == MOST_ADDRESSES + 51 and len(counts) == 20 and counts["others"] == 51
    attempts.note("2001:db8::1")
    attempts.note("2001:db8::2")
    assert attempts.forget() == {"2001:db8::/64": 2}


def test_the_connections_own_address_is_kept_apart_from_what_the_sender_says(
    caller: Caller, source: Any, events_of: Events
) -> None:
    for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8"):
        caller.client.post(
            "/api/v1/events",
            json.dumps({**SAID, "context": {"ip": "203.0.113.9"}}),
            content_type="application/json",
            headers=caller.headers({"X-Forwarded-For": "198.51.100.1"}),
            REMOTE_ADDR=address,
        )
    assert {event["context"]["ip"] for event in events_of()} == {"203.0.113.9"}
    met = [words for words in own_words(source) if "network address" in words]
    assert met == [
        f"Payroll Cloud sent from the network address {address} for the first time"
        for address in ("192.0.2.7", "192.0.2.8")
    ]


def test_a_source_reads_receipts_of_its_own_entries_alone_and_that_is_on_the_record(
    caller: Caller, source: Any
) -> None:
    from indelible.features.sources.kinds.web import looks
    from indelible.storage.database.reads import head, prove

    entry = caller.post("events", SAID).told["results"][0]["entry"]
    answer = caller.get(f"entries/{entry}/receipt")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == prove(source.logbook, entry).text
    said = caller.get(f"entries/{entry}/disclosures").told["disclosures"]
    leaf = parse_leaf(prove(source.logbook, entry).extra or b"")
    assert dict(check_disclosure(leaf, text) for text in said)["action"] == {"said": "x"}
    for other in (0, entry + 1, 10**30):
        for what in ("receipt", "disclosures"):
            assert caller.get(f"entries/{other}/{what}").told["code"] == "no-such-entry"
    size = head(source.logbook).size
    looks.tell_due(datetime.now(UTC))
    assert head(source.logbook).size == size  # the minute is not over
    looks.tell_due(datetime.now(UTC) + timedelta(seconds=61))
    assert own_words(source)[-1] == f"Payroll Cloud looked at entry {entry + 1}"
    looks.tell_due(datetime.now(UTC) + timedelta(seconds=61))
    assert head(source.logbook).size == size + 1


def test_an_entry_that_was_altered_gets_no_receipt(caller: Caller, source: Any) -> None:
    from django.db import connection

    entry = caller.post("events", SAID).told["results"][0]["entry"]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE entry SET content = replace(content, '"said":"x"', '"said":"y"') WHERE "index" = %s""",
            [entry],
        )
    for what in ("receipt", "disclosures"):
        assert caller.get(f"entries/{entry}/{what}").status_code == 409


def test_a_source_reads_its_own_account(caller: Caller, source: Any) -> None:
    theirs = (datetime.now(UTC) + timedelta(minutes=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    caller.post("events", [SAID, {}], Date=theirs)
    assert caller.post("heartbeat", b"").status_code == 204
    told = caller.get("source").told
    assert (told["id"], told["name"], told["state"], told["entries"]) == (source.pk, "Payroll Cloud", "on", 1)
    (day,) = told["accounts"]
    assert (day["read"], day["recorded"], day["rejected"], day["first_entry"]) == (2, 1, 1, day["last_entry"])
    assert told["password"] == {"begins_with": caller.password[:17], "ends_at": None}
    assert told["heartbeat_at"] and abs(told["clock_ms"] - 180_000) < 5_000
    assert caller.password[17:] not in json.dumps(told)


def test_a_total_is_held_against_the_record(caller: Caller) -> None:
    caller.post("events", {**SAID, "occurred_at": "2026-03-03T14:03:00Z"})
    may = {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z", "said_by": "ledger"}
    assert caller.post("totals", {**may, "count": 1}).told["state"] == "matches"
    assert caller.post("totals", {**may, "count": 2}).told["state"] == "differs"
    for wrong in ({**may, "count": "1"}, {**may, "cuont": 1}, {"count": 1}, [], {**may, "amount": True}):
        assert caller.post("totals", wrong).told["code"] == "total-form"
    assert caller.post("totals", {**may, "amount": 12.5}).told["code"] == "total-needs-currency"


def test_what_does_not_exist_is_told_to_a_program(caller: Caller) -> None:
    for path in ("", "nothing", "events/", "entries/x/receipt"):
        answer = caller.get(path)
        assert (answer.status_code, answer.told["code"]) == (404, "page-missing"), path
    refused = caller.get("events")
    assert (refused.status_code, refused["Allow"]) == (405, "POST")


def test_the_document_and_the_page_of_it_are_open(caller: Caller) -> None:
    caller.password = ""
    document = caller.get("openapi.json")
    assert document.status_code == 200 and document.told["openapi"].startswith("3.1")
    assert caller.get("docs").status_code == 302  # to the set-up, until somebody owns the record
