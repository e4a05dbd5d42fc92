"""An OpenTelemetry log record as an event, whichever encoding it came in.

`otlpjson` and `otlpwire` give the same `LogRecord`; here is what each part of it becomes. What has no field of ours
stays in `extra` under its own name. A record that holds an event of ours as its body is that event.

Source: OTLP 1.5 (logs data model, `timeUnixNano`, `eventName`), semantic conventions for `enduser`, `user`, `client`,
`session`, `user_agent` and `log.record.uid`; `event.outcome` is of the Elastic Common Schema.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from indelible.api.deliveries import Outcome, RejectedEvent, record_of
from indelible.api.eventform import Sent, complete, event_of, is_event_form, says_nothing
from indelible.api.moments import NoMoment, instant_of_nanos
from indelible.api.strictjson import JsonRefused, check_characters
from indelible.events.event import EventError, Original
from indelible.events.vocabulary import OUTCOMES

LONGEST_SAID: Final = 200
_SEVERITIES: Final = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_ACTOR: Final = {
    "id": ("enduser.id", "user.id"),
    "name": ("user.full_name", "user.name"),
    "email": ("user.email",),
}
_CONTEXT: Final = {
    "ip": ("client.address", "source.address"),
    "device": ("user_agent.original",),
    "session": ("session.id",),
}


class NotARecord(Exception):
    """A log record that cannot be read: why, and its text to be kept (base64 where it came in protobuf)."""

    def __init__(self, detail: str, text: str = "") -> None:
        super().__init__(detail)
        self.text = text


@dataclass(slots=True)
class LogRecord:
    """One log record with what stands above it in the request. Values are plain JSON; numbers may be text."""

    original: bytes
    is_text: bool  # the original is JSON
    time_nanos: int = 0
    observed_nanos: int = 0
    severity_number: int = 0
    severity_text: str = ""
    event_name: str = ""
    body: Any = None
    attributes: dict[str, Any] = field(default_factory=dict)
    trace_id: str = ""
    span_id: str = ""
    resource: dict[str, Any] = field(default_factory=dict)
    scope: dict[str, Any] = field(default_factory=dict)


def outcomes_of(records: Iterable[LogRecord | NotARecord]) -> list[Outcome]:
    """Return the events of a request's log records, in order."""
    met: Counter[str] = Counter()  # records that agree in everything, told apart within the request
    return [_outcome(record, place, met) for place, record in enumerate(records, 1)]


def _outcome(record: LogRecord | NotARecord, place: int, met: Counter[str]) -> Outcome:
    if isinstance(record, NotARecord):
        return RejectedEvent(place, str(record), record.text, "otlp-unusable")
    kept = _kept(record)
    try:
        for part in (record.body, record.attributes, record.resource, record.scope, record.event_name):
            check_characters(part, "")
        sent = _sent(record)
    except (EventError, JsonRefused) as fault:
        return RejectedEvent(place, fault.detail, kept.get("text") or kept["base64"], fault.code)
    if sent.id is None and (record.time_nanos or record.observed_nanos):
        digest = _digest(record)
        met[digest] += 1
        sent.id = f"otlp\x1f{digest}\x1f{met[digest]}"
    return record_of(sent, place, place, record.original, kept)


def _kept(record: LogRecord) -> Original:
    if record.is_text:
        return {"text": record.original.decode(), "media_type": "application/json"}
    return {"base64": base64.b64encode(record.original).decode(), "media_type": "application/x-protobuf"}


def _digest(record: LogRecord) -> str:
    """Return what stands for everything that a record says, and what stands above it."""
    said = [record.resource, record.scope, base64.b64encode(record.original).decode()]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _sent(record: LogRecord) -> Sent:
    attributes = {name: said for name, said in record.attributes.items() if not says_nothing(said)}
    uid = _pop(attributes, ("log.record.uid",))
    told = event_of(record.body) if is_event_form(record.body) else None
    event: dict[str, Any] = dict(told.event) if told is not None else {}
    if record.time_nanos and "occurred_at" not in event:
        try:
            event["occurred_at"] = instant_of_nanos(record.time_nanos)
        except NoMoment as fault:
            raise EventError("event-no-instant", f"timeUnixNano: {record.time_nanos} is {fault}") from None
    message = None
    if told is None:
        message = _put_action(event, record, attributes)
    for name, paths in (("actor", _ACTOR), ("context", _CONTEXT)):
        if name not in event and (
            part := {key: found for key, keys in paths.items() if (found := _pop(attributes, keys))}
        ):
            event[name] = part
    if "outcome" not in event and attributes.get("event.outcome") in OUTCOMES:
        event["outcome"] = attributes.pop("event.outcome")
    resource = dict(record.resource)
    system = _pop(resource, ("service.name",))
    if extra := _extra(event.get("extra", {}), record, attributes, resource, message):
        event["extra"] = extra
    identity = told.id if told is not None and told.id is not None else None
    source = {"id": identity or uid, "system": system}
    event["source"] = {name: said for name, said in source.items() if said}
    if not event["source"]:
        del event["source"]
    return Sent(complete(event), identity or (f"otlp\x1fuid\x1f{uid}" if uid else None))


def _put_action(event: dict[str, Any], record: LogRecord, attributes: dict[str, Any]) -> Any:
    """Say what was done; return what the body says besides, None where it says no more."""
    name = record.event_name or _pop(attributes, ("event.name",))
    body = None if says_nothing(record.body) else record.body
    if name:
        event["action"] = {"said": name}
        return body
    if not isinstance(body, str):
        raise EventError("event-key-missing", "eventName: neither it nor a text body says what was done")
    first_line = body.strip().splitlines()[0][:LONGEST_SAID] if body.strip() else body[:LONGEST_SAID]
    event["action"] = {"said": first_line}
    return None if first_line == body else body


def _extra(
    told: dict[str, Any],
    record: LogRecord,
    attributes: dict[str, Any],
    resource: dict[str, Any],
    message: Any,
) -> dict[str, Any]:
    """Return what has no field of ours, each under its own name; attributes that bear one of our names apart."""
    own = {
        "severity": record.severity_text or _severity(record.severity_number),
        "message" if isinstance(message, str) else "body": message,
        "trace_id": record.trace_id,
        "span_id": record.span_id,
        "resource": resource,
        "scope": record.scope,
    }
    extra = {**told, **{name: said for name, said in own.items() if not says_nothing(said)}}
    apart = {name: said for name, said in attributes.items() if name in extra}
    extra |= {name: said for name, said in attributes.items() if name not in apart}
    if apart:
        extra["attributes"] = (
            {**apart, **extra.get("attributes", {})} if isinstance(extra.get("attributes"), dict) else apart
        )
    return extra


def _severity(number: int) -> str:
    """Return the name of a severity number: four steps to each name, the first without its number."""
    if not 1 <= number <= 24:
        return ""
    step = (number - 1) % 4
    return _SEVERITIES[(number - 1) // 4] + (str(step + 1) if step else "")


def _pop(facts: dict[str, Any], names: tuple[str, ...]) -> str:
    """Take the first fact of these names that is text or a whole number, as text."""
    for name in names:
        said = facts.get(name)
        if (isinstance(said, str) and said) or type(said) is int:
            del facts[name]
            return str(said)
    return ""
