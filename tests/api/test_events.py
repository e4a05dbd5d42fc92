"""Events over HTTP: what is recorded, what is refused and why, what tells a repeat."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Caller

NDJSON = "application/x-ndjson"
EDITED: dict[str, Any] = {"action": {"said": "Invoice Edited"}, "actor": {"name": "Maria Lopez"}}
Events = Callable[[], list[Any]]


def test_one_event_is_recorded_as_it_was_sent(caller: Caller, events_of: Events) -> None:
    body = (
        '{"id": 17, "occurred_at": "2026-03-03T15:03:00.123456789+01:00", "action": {"said": "Invoice Edited"},\n'
        ' "actor": {"id": 4, "name": "Mária"}, "targets": [{"kind": "invoice.sales", "id": "INV-1043"}],'
        ' "changes": [{"field": "amount", "before": "", "after": 12000.00}], "reason": null, "extra": {"n": 1e3}}\n'
    )
    answer = caller.post("events", body)
    assert answer.status_code == 201
    told = answer.told
    assert (told["read"], told["recorded"], told["results_left_off"]) == (1, 1, 0)
    assert told["results"] == [{"line": 1, "fate": "recorded", "entry": told["results"][0]["entry"]}]
    assert told["checkpoint"].count("\n") >= 4
    (event,) = events_of()
    assert event["occurred_at"] == "2026-03-03T14:03:00.123456789Z"
    assert event["time"] == {
        "said": "2026-03-03T15:03:00.123456789+01:00",
        "zone": "+01:00",
        "basis": "source",
    }
    assert event["action"] == {"verb": "change", "category": "money", "said": "Invoice Edited"}
    assert event["actor"] == {"id": "4", "name": "Mária"}
    assert event["changes"] == [{"field": "amount", "before": "", "after": "12000.00"}]
    assert event["extra"] == {"n": "1e3"} and "reason" not in event
    assert event["original"] == {"text": body, "media_type": "application/json"}
    assert event["source"]["id"] == "17"


def test_an_id_tells_a_repeat_and_a_conflict(caller: Caller) -> None:
    first = caller.post("events", {**EDITED, "id": "a"})
    again = caller.post("events", {**EDITED, "id": "a"})
    other = caller.post("events", {**EDITED, "id": "a", "actor": {"name": "Tom Reed"}})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    entry = first.told["results"][0]["entry"]
    assert again.told["results"] == [{"line": 1, "fate": "duplicate", "entry": entry}]
    assert again.told["checkpoint"] is None
    assert other.told["results"][0]["fate"] == "conflict" and other.told["results"][0]["entry"] != entry


def test_a_list_is_recorded_but_for_what_is_refused_itself(caller: Caller, events_of: Events) -> None:
    body = [{**EDITED, "id": "1"}, {"action": {"verb": "chnage"}}, {**EDITED, "id": "1"}]
    answer = caller.post("events", body)
    assert answer.status_code == 200
    assert [one["fate"] for one in answer.told["results"]] == ["recorded", "rejected", "duplicate"]
    wrapped = caller.post("events", {"events": body}).told
    assert [one["fate"] for one in wrapped["results"]] == ["duplicate", "rejected", "duplicate"]
    refused = answer.told["results"][1]
    assert (refused["line"], refused["reason"]) == (2, "event-unknown-word")
    assert refused["message"].startswith("event.action.verb: 'chnage'")
    assert [event["original"]["text"] for event in events_of()] == [json.dumps({**EDITED, "id": "1"})]


def test_what_was_refused_is_kept_to_be_mended(caller: Caller, source: Any) -> None:
    from indelible.features.sources.models import ImportReject

    answer = caller.post("events", {"acton": {"said": "x"}})
    assert answer.status_code == 422 and answer.told["code"] == "nothing-recorded"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.told["results"][0]["message"] == "event.acton: there is no such key"
    kept = ImportReject.objects.get(taken_in__source=source, taken_in=answer.told["account"])
    assert json.loads(kept.text) == {"acton": {"said": "x"}} and "event.acton" in kept.words


REFUSED = [
    ('{"action": {"said": "x"}, "occurred_at": "2026-03-03"}', "event-no-instant", "occurred_at"),
    ('{"action": {"said": "x"}, "occurred_at": "2026-03-03T10:00:00"}', "event-no-instant", "without a zone"),
    (
        '{"action": {"said": "x"}, "occurred_at": "2026-02-30T10:00:00Z"}',
        "event-no-instant",
        "no such moment",
    ),
    (
        '{"action": {"said": "x"}, "occurred_at": "0001-01-01T00:00:00+10:00"}',
        "event-no-instant",
        "no such moment",
    ),
    ('{"action": {"said": "x"}, "occurred_at": 1772546580}', "event-wrong-type", "occurred_at"),
    ('{"action": {"said": 1.5}}', "event-wrong-type", "event.action.said"),
    ('{"action": {"said": ""}}', "event-key-missing", "event.action"),
    ("{}", "event-key-missing", "event.action"),
    ("[[]]", "event-wrong-type", "an object expected"),
    ('{"action": {"said": "x"}, "actor": {"name": 7}}', "event-wrong-type", "event.actor.name"),
    ('{"action": {"said": "x"}, "actor": {"id": 7.5}}', "event-float", "event.actor.id"),
    ('{"action": {"said": "x"}, "flags": ["a"]}', "event-unknown-key", "event.flags"),
    ('{"action": {"said": "x", "verb": "change", "verb": "view"}}', "name-twice", "'verb'"),
    ('{"action": {"said": "x"}, "extra": {"a": ["\\ud800"]}}', "half-a-character", "extra.a[0]"),
    ('{"action": {"said": "a\\u0000b"}}', "nul-character", "action.said"),
    ('{"action": {"said": "x"}, "id": "' + "i" * 501 + '"}', "event-id-too-long", "event.id"),
    ('{"action": {"said": "x"}, "extra": {"a": ' + "[" * 60 + "]" * 60 + "}}", "nested-too-deep", "deep"),
]


def test_what_is_no_event_is_refused_by_name(caller: Caller) -> None:
    for body, code, words in REFUSED:
        answer = caller.post("events", body)
        assert answer.status_code == 422, body
        (result,) = answer.told["results"]
        assert result["reason"] == code and words in result["message"], body


UNREADABLE = [
    (b" ", "application/json", 400, "body-not-json"),
    (b"{", "application/json", 400, "body-not-json"),
    (b"[{}", "application/json", 400, "body-not-json"),
    (b'[{"a": NaN}]', "application/json", 400, "body-not-json"),
    (b'{"events": [], "more": 1}', "application/json", 400, "body-not-json"),
    (b'{"events": [], "events": [{}]}', "application/json", 400, "body-not-json"),
    (b"[" * 100_000, "application/json", 400, "body-not-json"),
    (b'["\xff"]', "application/json", 400, "body-not-utf8"),
    (b"a=b", "application/x-www-form-urlencoded", 415, "content-type-unknown"),
    (b"{}", "", 415, "content-type-unknown"),
    (b'{"action":{"said":"' + b"x" * 1_000_001 + b'"}}', "application/json", 413, "body-too-large"),
    (b"[" + b"1," * 10_000 + b"1]", "application/json", 413, "too-many-events"),
    (b"x" * 8_000_001, "application/json", 413, "body-too-large"),
]


def test_what_cannot_be_read_at_all_is_a_problem_and_leaves_nothing(caller: Caller, source: Any) -> None:
    for body, content_type, status, code in UNREADABLE:
        answer = caller.post("events", body, content_type)
        assert (answer.status_code, answer.told["code"]) == (status, code), body[:40]
        assert set(answer.told) == {"type", "title", "status", "detail", "code", "next_step"}
    assert not source.imports.exists()


def test_lines_are_taken_in_batches_and_each_is_accounted_for(
    caller: Caller, source: Any, events_of: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.api import deliveries

    monkeypatch.setattr(deliveries, "BATCH_RECORDS", 3)
    lines = [json.dumps({**EDITED, "id": number}) for number in range(8)]
    lines[3:3] = ["", "{", '"\udcff"']
    body = "\n".join(lines).encode("utf-8", "surrogateescape")
    answer = caller.post("events", body, NDJSON)
    told = answer.told
    assert (answer.status_code, told["read"], told["recorded"], told["rejected"]) == (200, 10, 8, 2)
    refused = [(one["line"], one["reason"]) for one in told["results"] if one["fate"] == "rejected"]
    assert refused == [(5, "not-json"), (6, "not-utf8")]
    row = source.imports.get()
    assert (row.pk, row.deliveries, row.read, row.size) == (told["account"], 4, 10, len(body) - 10)
    assert [event["source"]["id"] for event in events_of()] == [str(number) for number in range(8)]
    again = caller.post("events", body, NDJSON)
    assert (again.told["duplicates"], again.told["recorded"]) == (8, 0) and len(events_of()) == 8


def test_a_long_stream_tells_only_what_was_refused(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.api import deliveries

    monkeypatch.setattr(deliveries, "MOST_RESULTS", 4)
    body = "\n".join([*(json.dumps(EDITED) for _ in range(5)), "{}", "{}"])
    told = caller.post("events", body, NDJSON).told
    assert [one["line"] for one in told["results"]] == [6, 7] and told["results_left_off"] == 5
    short = caller.post("events", "\n".join(body.splitlines()[3:]), NDJSON).told
    assert len(short["results"]) == 4 and short["results_left_off"] == 0


def test_a_line_beyond_every_bound_ends_the_stream_and_the_answer_says_how_far_it_came(
    caller: Caller, events_of: Events
) -> None:
    body = json.dumps({**EDITED, "id": 1}).encode() + b"\n" + b"x" * 16_000_001
    answer = caller.post("events", body, NDJSON)
    assert (answer.status_code, answer.told["code"]) == (413, "line-too-long")
    assert "Line 2" in answer.told["title"] and answer.told["recorded"] == 1 and len(events_of()) == 1


def test_a_stream_that_finds_its_source_paused_stops_there(
    caller: Caller, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.api import deliveries
    from indelible.features.sources.live.connecting import pause
    from indelible.features.sources.services import By

    monkeypatch.setattr(deliveries, "BATCH_RECORDS", 1)
    real = deliveries.Delivery.take

    def take_and_pause(self: Any, outcomes: Any, size: int, told: Any) -> None:
        real(self, outcomes, size, told)
        pause(source, "The vendor moves house", By())

    monkeypatch.setattr(deliveries.Delivery, "take", take_and_pause)
    answer = caller.post("events", "\n".join(json.dumps(EDITED) for _ in range(3)), NDJSON)
    assert (answer.status_code, answer.told["code"], answer.told["recorded"]) == (503, "source-paused", 1)
    assert answer["Retry-After"] == "300"


def test_a_key_tells_a_repeat_of_events_without_ids(caller: Caller, events_of: Events) -> None:
    body = [EDITED, EDITED]
    first = caller.post("events", body, Idempotency_Key="k1").told
    again = caller.post("events", body, Idempotency_Key="k1").told
    assert (first["recorded"], again["duplicates"], len(events_of())) == (2, 2, 2)
    other = caller.post("events", [EDITED, {"action": {"said": "x"}}], Idempotency_Key="k1")
    assert (other.status_code, other.told["code"]) == (409, "delivery-key-used") and len(events_of()) == 2
    assert caller.post("events", body).told["recorded"] == 2
    assert caller.post("events", body, Idempotency_Key="a b").status_code == 400


def test_gzip_is_understood_and_bounded(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.api import bodies

    packed = gzip.compress(json.dumps(EDITED).encode())
    assert caller.post("events", packed, Content_Encoding="gzip").status_code == 201
    assert caller.post("events", packed[:-9], Content_Encoding="gzip").told["code"] == "body-not-gzip"
    assert caller.post("events", b"plain", Content_Encoding="gzip").told["code"] == "body-not-gzip"
    assert caller.post("events", packed, Content_Encoding="br").told["code"] == "content-encoding-unknown"
    bomb = gzip.compress(b" " * 9_000_000)
    assert caller.post("events", bomb, Content_Encoding="gzip").told["code"] == "body-too-large"
    monkeypatch.setattr(bodies, "FREE_EXPANSION_BYTES", 1_000_000)
    lines = caller.post("events", gzip.compress(b"\n" * 9_000_000), NDJSON, Content_Encoding="gzip")
    assert (lines.status_code, lines.told["code"]) == (413, "body-expands-too-far")


def test_nothing_sent_is_nothing_taken(caller: Caller, source: Any) -> None:
    for body, content_type in (
        ([], "application/json"),
        ({"events": []}, "application/json"),
        ("\n\n", NDJSON),
    ):
        answer = caller.post("events", body, content_type)
        assert answer.status_code == 200 and (answer.told["account"], answer.told["read"]) == (None, 0)
    assert not source.imports.exists()
