"""Whatever is sent as an event is recorded, or refused by name; and what is recorded says what was sent."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from indelible.events.event import check_event, from_content, to_content
from indelible.events.instants import is_instant

ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
LIKELY = st.sampled_from(
    ["change", "view", "x", "2026-03-03T14:03:00Z", "2026-03-03T14:03:00", "person", "\0", ""]
)
PARTS: Any = st.dictionaries(
    st.sampled_from(
        ["id", "name", "kind", "verb", "said", "field", "before", "after", "ip", "zone", "no_such"]
    ),
    LIKELY | ANYTHING,
    max_size=4,
)
KEYS = (
    "id occurred_at time actor action action targets changes outcome on_behalf_of context reason extra flags"
).split()
EVENTS: Any = st.dictionaries(
    st.sampled_from(KEYS),
    PARTS | st.lists(PARTS, max_size=2) | LIKELY | ANYTHING,
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(EVENTS | ANYTHING)
@example({"action": {"said": "x"}, "extra": {"\U0001f600": 1, "\uff5e": 2}})
@example({"action": {"said": "x"}, "changes": [{"before": 2**60, "after": -0.0}]})
def test_any_json_is_recorded_or_refused(value: Any) -> None:
    from indelible.api.cloudevents import sent_of
    from indelible.api.deliveries import RejectedEvent, outcome_of
    from indelible.api.eventform import event_of

    for reader in (event_of, sent_of):
        text = json.dumps(value)
        outcome = outcome_of(text, 1, 1, reader, "application/json")
        if isinstance(outcome, RejectedEvent):
            assert outcome.code and outcome.reason and outcome.text == text
        else:
            assert check_event(outcome.event) == from_content(to_content(outcome.event))
            assert outcome.event["original"]["text"] == text


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_an_event_or_refused(text: str) -> None:
    from indelible.api.deliveries import outcome_of
    from indelible.api.eventform import event_of

    text = text.encode("utf-8", "replace").decode()
    assert outcome_of(text, 1, 1, event_of, "application/json")


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=40)
    | st.from_regex(
        r"[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,10})?(Z|[+-][0-2][0-9]:[0-6][0-9])?",
        fullmatch=True,
    )
)
def test_any_text_is_an_instant_or_none(text: str) -> None:
    from indelible.api.moments import NoMoment, instant_of

    try:
        instant, _zone = instant_of(text)
    except NoMoment:
        return
    assert is_instant(instant)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_date_header_is_a_difference_or_none(text: str) -> None:
    from indelible.api.moments import clock_difference_ms

    found = clock_difference_ms(text, datetime(2026, 3, 3, tzinfo=UTC))
    assert found is None or isinstance(found, int)


VALUES: Any = st.recursive(
    st.fixed_dictionaries(
        {}, optional={"stringValue": st.text(max_size=5), "intValue": ANYTHING, "boolValue": ANYTHING}
    )
    | ANYTHING,
    lambda inner: st.fixed_dictionaries(
        {"arrayValue": st.fixed_dictionaries({"values": st.lists(inner, max_size=3)})}
    ),
    max_leaves=5,
)
RECORDS: Any = st.fixed_dictionaries(
    {},
    optional={
        "timeUnixNano": st.integers(-1, 2**65).map(str) | ANYTHING,
        "body": VALUES,
        "eventName": st.text(max_size=5) | ANYTHING,
        "severityNumber": ANYTHING,
        "attributes": st.lists(
            st.fixed_dictionaries({"key": st.text(max_size=3), "value": VALUES}), max_size=3
        )
        | ANYTHING,
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORDS | ANYTHING, max_size=3), ANYTHING)
def test_any_log_records_are_recorded_or_refused(records: Any, scope: Any) -> None:
    from indelible.api.deliveries import RejectedEvent
    from indelible.api.otlp import outcomes_of
    from indelible.api.otlpjson import from_json
    from indelible.api.problems import Problem

    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"scope": scope, "logRecords": records}]}]}).encode()
    try:
        found = from_json(body)
    except Problem as refused:
        assert refused.status == 400
        return
    outcomes = outcomes_of(found)
    assert len(outcomes) == len(records)
    for outcome in outcomes:
        if isinstance(outcome, RejectedEvent):
            assert outcome.code and outcome.reason
        else:
            check_event(outcome.event)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
@example(b"\x0a\x04\x12\x02\x12\x00")
@example(b"\x0a\x0a\x12\x08\x12\x06\x2a\x04\x0a\x02hi")
def test_any_bytes_are_log_records_or_refused(body: bytes) -> None:
    from indelible.api.otlp import outcomes_of
    from indelible.api.otlpjson import from_protobuf
    from indelible.api.otlpwire import NotWire, records_in
    from indelible.api.problems import Problem

    with contextlib.suppress(NotWire):
        list(records_in(body))
    try:
        outcomes_of(from_protobuf(body))
    except Problem as refused:
        assert refused.status == 400
