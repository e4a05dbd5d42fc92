"""A CloudEvent as an event: structured (one JSON object) or binary (attributes as headers, data as the body).

`source` and `id` together say which event it is. What an attribute means is fixed there and mapped here; data that is
an event of ours is taken as one, any other is kept as it is.

Source: CloudEvents 1.0.2, sections 3.1 (attributes) and 2.4 (type system); HTTP protocol binding 1.0.2 section 3.1.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from django.http import HttpRequest

from indelible.api.deliveries import Outcome, RejectedEvent, record_of
from indelible.api.eventform import Sent, complete, event_of, free, is_event_form, says_nothing
from indelible.api.moments import NoMoment, instant_of
from indelible.api.strictjson import JsonRefused, parse
from indelible.events.event import EventError, Original

MEDIA_TYPE: Final = "application/cloudevents+json"
BATCH_MEDIA_TYPE: Final = "application/cloudevents-batch+json"
IN_HTTP: Final = "message/http"  # of an original that is headers and body
REQUIRED: Final = ("id", "source", "specversion", "type")
_MAPPED: Final = frozenset({*REQUIRED, "time", "subject", "data", "data_base64"})
_NAME: Final = re.compile(r"[a-z0-9]{1,100}")
_JSON_TYPE: Final = re.compile(r"(?:text|application)/(?:[\w.+-]+\+)?json", re.ASCII)


def sent_of(value: Any) -> Sent:
    """Return a structured CloudEvent as an event. Raises EventError, whose detail names the attribute."""
    if not isinstance(value, dict):
        raise EventError("cloudevent-unusable", "cloudevent: an object expected")
    for name in REQUIRED:
        if not isinstance(value.get(name), str) or not value[name]:
            raise EventError("cloudevent-unusable", f"cloudevent.{name}: is missing, or is no text")
    if value["specversion"] != "1.0":
        raise EventError("cloudevent-unusable", "cloudevent.specversion: only 1.0 is understood")
    told = _told_by_data(value)
    event = told.event if told is not None else {}
    return Sent(_event(value, dict(event)), f"ce\x1f{value['source']}\x1f{value['id']}")


def is_binary(request: HttpRequest) -> bool:
    """Whether a request's headers hold a CloudEvent."""
    return any(f"HTTP_CE_{name.upper()}" in request.META for name in REQUIRED)


def binary_outcome(request: HttpRequest, body: bytes) -> Outcome:
    """Return the event of a request in binary mode; what is kept of it are its headers and its body."""
    head, value = _attributes(request)
    original = head.encode() + b"\r\n" + body
    try:
        if body:
            value |= _data(value.get("datacontenttype", "application/json"), body)
        sent = sent_of(value)
    except (EventError, JsonRefused) as fault:
        return RejectedEvent(1, fault.detail, original.decode("utf-8", "backslashreplace"), fault.code)
    kept: Original = {"media_type": IN_HTTP}
    try:
        kept["text"] = original.decode()
    except UnicodeDecodeError:
        kept["base64"] = base64.b64encode(original).decode()
    return record_of(sent, 1, 1, original, kept)


def _attributes(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """Return the lines of the headers that matter, and the attributes in them (percent-encoded where not ASCII)."""
    lines, value = [], {}
    for key in sorted(request.META):
        if key.startswith("HTTP_CE_"):
            name = key.removeprefix("HTTP_CE_").lower()
            lines.append(f"ce-{name}: {request.META[key]}\r\n")
            value[name] = unquote(request.META[key])
    if content_type := request.META.get("CONTENT_TYPE"):
        lines.append(f"content-type: {content_type}\r\n")
        value["datacontenttype"] = content_type
    return "".join(lines), value


def _data(content_type: str, body: bytes) -> dict[str, Any]:
    """Return the body as the data of a CloudEvent. Raises JsonRefused for what says to be JSON and is none."""
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"data_base64": base64.b64encode(body).decode()}
    if _JSON_TYPE.fullmatch(media_type):
        return {"data": parse(text)}
    return {"data": text} if "\0" not in text else {"data_base64": base64.b64encode(body).decode()}


def _told_by_data(value: Mapping[str, Any]) -> Sent | None:
    """Return what the data tells where it is an event of ours; without its own id, since source and id count."""
    data = value.get("data")
    if not isinstance(data, dict) or not is_event_form(data):
        return None
    return event_of({name: said for name, said in data.items() if name != "id"})


def _event(value: Mapping[str, Any], event: dict[str, Any]) -> Any:
    """Add what the attributes tell to what the data told; the data goes first."""
    is_told = bool(event)
    if "time" in value and value["time"] is not None and "occurred_at" not in event:
        event["occurred_at"] = _time(value["time"], event)
    if not is_told:
        event["action"] = {"said": value["type"]}
    subject = value.get("subject")
    if isinstance(subject, str) and subject and "targets" not in event:
        event["targets"] = [{"id": subject}]
    extra = dict(event.get("extra", {}))
    for name, said in value.items():
        if name in ("data", "data_base64"):
            if not is_told and not says_nothing(said):
                extra.setdefault(name, _checked_data(name, said))
        elif name not in _MAPPED and not says_nothing(said):
            if not _NAME.fullmatch(name):
                raise EventError("cloudevent-unusable", f"cloudevent.{name[:80]}: no name of an attribute")
            extra.setdefault(name, free(said))
    if is_told:
        extra.setdefault("type", value["type"])
    if extra:
        event["extra"] = extra
    event["source"] = {"id": value["id"], "system": value["source"]}
    return complete(event)


def _checked_data(name: str, said: Any) -> Any:
    if name == "data_base64":
        try:
            base64.b64decode(said, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise EventError("cloudevent-unusable", "cloudevent.data_base64: no base64") from None
    return free(said)


def _time(said: Any, event: dict[str, Any]) -> str:
    if type(said) is not str:
        raise EventError("event-no-instant", "cloudevent.time: text expected")
    try:
        instant, zone = instant_of(said)
    except NoMoment as fault:
        raise EventError("event-no-instant", f"cloudevent.time: {said[:60]!r} is {fault}") from None
    if instant != said:
        event.setdefault("time", {"said": said, "zone": zone, "basis": "source"})
    return instant
