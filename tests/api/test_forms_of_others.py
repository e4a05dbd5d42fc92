"""CloudEvents and OpenTelemetry logs: what becomes of their parts, by the makers' own libraries."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.api.conftest import Caller

Events = Callable[[], list[Any]]
NANOS = 1_772_546_580_123_456_789
PROTOBUF = "application/x-protobuf"


def cloud_event(**more: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "1",
        "source": "/billing",
        "type": "com.example.invoice.approved",
        **more,
    }


def test_the_library_of_cloudevents_is_understood_in_both_modes(caller: Caller, events_of: Events) -> None:
    attributes = {
        "id": "A-1", "source": "/billing", "type": "com.example.invoice.approved", "subject": "INV-1043",
        "time": datetime(2026, 3, 3, 14, 3, tzinfo=UTC),
        "traceparent": "00-ab-cd-01",
    }  # fmt: skip
    event = CloudEvent(attributes=attributes, data={"amount": 12.5, "by": "Mária"})
    for made in (to_structured_event(event, JSONFormat()), to_binary_event(event, JSONFormat())):
        headers = dict(made.headers)
        content_type = headers.pop("content-type", "")
        answer = caller.post("events", made.body, content_type, **headers)
        assert answer.status_code in (200, 201), answer.told
    (first,) = events_of()  # both name the same event, so the second is a repeat
    assert first["occurred_at"] == "2026-03-03T14:03:00Z"
    assert first["action"]["said"] == "com.example.invoice.approved" and first["action"]["verb"] == "approve"
    assert first["targets"] == [{"id": "INV-1043"}]
    assert first["source"] == {**first["source"], "id": "A-1", "system": "/billing"}
    assert first["extra"]["data"] == {"amount": "12.5", "by": "Mária"}
    assert first["extra"]["traceparent"] == "00-ab-cd-01"


def test_the_headers_of_binary_mode_are_kept_with_the_body(caller: Caller, events_of: Events) -> None:
    head = {"ce_id": "7", "ce_source": "/gate", "ce_type": "door.opened", "ce_specversion": "1.0"}
    assert caller.post("events", b"\xff\x00", "application/octet-stream", **head).status_code == 201
    assert (
        caller.post(
            "events", "caf\u00e9", "text/plain", **{**head, "ce_id": "8", "ce_subject": "D%C3%B3r"}
        ).status_code
        == 201
    )
    first, second = events_of()
    original = base64.b64decode(first["original"]["base64"])
    assert original.startswith(b"ce-id: 7\r\nce-source: /gate\r\n") and original.endswith(b"\r\n\r\n\xff\x00")
    assert first["extra"]["data_base64"] == base64.b64encode(b"\xff\x00").decode()
    assert second["targets"] == [{"id": "D\u00f3r"}] and second["extra"]["data"] == "caf\u00e9"
    assert second["original"]["media_type"] == "message/http"


def test_data_that_is_an_event_of_ours_is_taken_as_one(caller: Caller, events_of: Events) -> None:
    told = {"id": "x", "action": {"verb": "pay", "said": "Paid"}, "actor": {"name": "Maria Lopez"}}
    batch = [
        cloud_event(data=told),
        cloud_event(id="2", time="yesterday"),
        cloud_event(id="3", data={**told, "more": 1}),
    ]
    answer = caller.post("events", batch, "application/cloudevents-batch+json")
    assert [one["fate"] for one in answer.told["results"]] == ["recorded", "rejected", "recorded"]
    assert answer.told["results"][1]["message"].startswith("cloudevent.time")
    first, second = events_of()
    assert first["actor"] == {"name": "Maria Lopez"} and first["source"]["id"] == "1"
    assert first["action"]["verb"] == "pay" and first["extra"] == {"type": "com.example.invoice.approved"}
    assert second["extra"]["data"]["more"] == 1
    assert (
        caller.post("events", cloud_event(specversion="0.3"), "application/cloudevents+json").status_code
        == 422
    )


def attribute(key: str, **value: Any) -> dict[str, Any]:
    return {"key": key, "value": value}


def test_a_log_record_in_json_keeps_its_nanoseconds_and_its_bytes(caller: Caller, events_of: Events) -> None:
    record = json.dumps(
        {
            "timeUnixNano": str(NANOS),
            "severityNumber": 9,
            "eventName": "invoice.approved",
            "body": {"stringValue": "approved it"},
            "attributes": [
                attribute("enduser.id", stringValue="u4"),
                attribute("user.name", stringValue="Maria"),
                attribute("client.address", stringValue="192.0.2.7"),
                attribute("event.outcome", stringValue="success"),
                attribute("amount", doubleValue=12.5),
                attribute("severity", intValue="9007199254740993"),
            ],
        },
        indent=1,
    )
    resource = json.dumps({"attributes": [attribute("service.name", stringValue="billing")]})
    scope_logs = (
        f'{{"scope": {{"name": "app"}}, "logRecords": [{record}, {record}, {{"timeUnixNano": "x"}}]}}'
    )
    body = f'{{"resourceLogs": [{{"resource": {resource}, "scopeLogs": [{scope_logs}]}}]}}'
    answer = caller.post("otlp/v1/logs", body)
    assert answer.status_code == 200
    assert answer.told["partialSuccess"]["rejectedLogRecords"] == "1"
    assert "timeUnixNano" in answer.told["partialSuccess"]["errorMessage"]
    first, _second = events_of()  # two records that agree in everything are two events
    assert first["occurred_at"] == "2026-03-03T14:03:00.123456789Z"
    assert first["action"] == {"said": "invoice.approved", "verb": "approve"}
    assert first["actor"] == {"id": "u4", "name": "Maria"} and first["context"] == {"ip": "192.0.2.7"}
    assert first["outcome"] == "success" and first["source"]["system"] == "billing"
    assert first["extra"]["severity"] == "INFO" and first["extra"]["attributes"] == {
        "severity": "9007199254740993"
    }
    assert first["extra"]["amount"] == "12.5" and first["extra"]["message"] == "approved it"
    assert first["original"] == {"text": record, "media_type": "application/json"}
    caller.post("otlp/v1/logs", body)  # an exporter that heard no answer sends the same again
    assert len(events_of()) == 2


def test_refusals_speak_the_encoding_of_the_exporter(caller: Caller, source: Any) -> None:
    from indelible.features.sources.live.connecting import pause
    from indelible.features.sources.services import By

    assert caller.post("otlp/v1/logs", b"\x0a\xff", PROTOBUF)["Content-Type"] == PROTOBUF
    assert caller.post("otlp/v1/logs", "{", "application/json").told["message"]
    assert caller.post("otlp/v1/logs", "{}", "text/plain").status_code == 415
    pause(source, "The vendor moves house", By())
    refused = caller.post("otlp/v1/logs", b"", PROTOBUF)
    assert (refused.status_code, refused["Retry-After"]) == (503, "300") and b"paused" in refused.content
    caller.password = "ind_no_such"
    assert caller.post("otlp/v1/logs", "{}").status_code == 401


def test_messages_of_another_form_are_kept_until_it_is_said_how_they_are_read(
    caller: Caller, source: Any
) -> None:
    from indelible.features.sources.models import State

    source.state = State.WAITING
    source.save()
    message = json.dumps([{"when": "2026-03-03T14:03:00Z", "who": "Maria", "what": "login"}])
    answer = caller.post("messages", message, Idempotency_Key="d1")
    assert (answer.status_code, answer.told) == (202, {"kept": True})
    caller.post("messages", message, Idempotency_Key="d1")
    (kept,) = source.kept.all()
    assert bytes(kept.payload).decode() == message
    source.state = State.ON
    source.save()
    read = caller.post("messages", message, Idempotency_Key="d2")
    assert read.status_code in (200, 202), read.told
    assert caller.post("messages", "  ").told["code"] == "body-empty"
    assert caller.post("messages", "x", "image/png").status_code == 415
