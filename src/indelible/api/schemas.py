"""The OpenAPI 3.1 document: ninja's frame of addresses and passwords, filled with what goes in and what comes out.

Bodies are read by hand, so their forms are said here; the words of our vocabulary come from where they are defined.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from indelible.api.app import JSON, MESSAGE_NAMES, PROTOBUF, api
from indelible.api.cloudevents import BATCH_MEDIA_TYPE, MEDIA_TYPE
from indelible.api.eventform import MOST_ID_CHARACTERS
from indelible.events.vocabulary import ACTOR_KINDS, CATEGORIES, OUTCOMES, TIME_BASES, VERBS

ROOT: Final = "/api/v1/"
PROBLEM: Final = "application/problem+json"
TEXT: Final = {"type": "string", "minLength": 1}
WHOLE: Final = {"type": "integer", "minimum": 0}
MOMENT: Final = {"type": ["string", "null"], "format": "date-time"}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(
    properties: dict[str, Any], *, required: tuple[str, ...] = (), closed: bool = False
) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        made["required"] = list(required)
    if closed:
        made["additionalProperties"] = False
    return made


def _words(words: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


_ID: Final = {"oneOf": [{**TEXT, "maxLength": MOST_ID_CHARACTERS}, {"type": "integer"}]}
_PARTY: Final = _object({"id": _ID, "name": TEXT, "email": TEXT, "kind": _words(ACTOR_KINDS)}, closed=True)
_COUNTS: Final = ("read", "recorded", "duplicates", "conflicts", "rejected")
_ANSWER: Final = _object(
    {
        "account": {"type": ["integer", "null"]},
        **dict.fromkeys(_COUNTS, WHOLE),
        "results": {"type": "array", "maxItems": 1_000, "items": _ref("Result")},
        "results_left_off": WHOLE,
        "checkpoint": {"type": ["string", "null"], "description": "The seal that covers what was recorded."},
    },
    required=("account", *_COUNTS, "results", "results_left_off", "checkpoint"),
)

SCHEMAS: Final[dict[str, Any]] = {
    "Disclosures": _object(
        {"index": WHOLE, "disclosures": {"type": "array", "items": {"type": "string"}}},
        required=("index", "disclosures"),
        closed=True,
    ),
    "Event": _object(
        {
            "id": {**_ID, "description": "Your own id of this event. It tells a repeat."},
            "occurred_at": {"type": "string", "format": "date-time"},
            "time": _object({"said": TEXT, "zone": TEXT, "basis": _words(TIME_BASES)}, closed=True),
            "actor": _ref("Party"),
            "on_behalf_of": _ref("Party"),
            "action": {
                **_object({"verb": _words(VERBS), "said": TEXT, "category": _words(CATEGORIES)}, closed=True),
                "anyOf": [{"required": ["verb"]}, {"required": ["said"]}],
            },
            "targets": {
                "type": "array",
                "items": _object({"kind": TEXT, "id": _ID, "name": TEXT}, closed=True),
            },
            "changes": {
                "type": "array",
                "items": _object({"field": TEXT, "before": {}, "after": {}}, closed=True),
            },
            "outcome": _words(OUTCOMES),
            "context": _object({"ip": TEXT, "device": TEXT, "location": TEXT, "session": _ID}, closed=True),
            "reason": TEXT,
            "extra": {"type": "object", "description": "Whatever else there is to tell, by name."},
        },
        required=("action",),
        closed=True,
    ),
    "Party": _PARTY,
    "CloudEvent": _object(
        {
            "specversion": {"const": "1.0"},
            "id": TEXT,
            "source": TEXT,
            "type": TEXT,
            "subject": TEXT,
            "data": {},
        },
        required=("specversion", "id", "source", "type"),
    ),
    "Result": _object(
        {
            "line": {"type": "integer", "minimum": 1},
            "fate": _words(("recorded", "duplicate", "conflict", "rejected")),
            "entry": {**WHOLE, "description": "Index of the entry, from 0."},
            "reason": {"type": "string"},
            "message": {"type": "string"},
        },
        required=("line", "fate"),
    ),
    "Answer": _ANSWER,
    "Kept": _object({"kept": {"const": True}}, required=("kept",)),
    "Problem": _object(
        {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "next_step": {"type": "string"},
        },
        required=("type", "title", "status", "detail", "code", "next_step"),
    ),
    "Logs": {
        "type": "object",
        "description": "ExportLogsServiceRequest",
        "properties": {"resourceLogs": {"type": "array", "items": {"type": "object"}}},
    },
    "LogsAnswer": _object({"partialSuccess": {"type": "object"}}),
    "Status": _object({"code": {"type": "integer"}, "message": {"type": "string"}}, required=("message",)),
    "Total": _object(
        {
            "from": {"type": "string", "format": "date-time"},
            "to": {"type": "string", "format": "date-time"},
            "count": WHOLE,
            "amount": {"type": ["string", "number"]},
            "currency": {"type": "string"},
            "said_by": {"type": "string"},
        },
        required=("from", "to"),
        closed=True,
    ),
    "TotalAnswer": _object(
        {
            "entry": WHOLE,
            "state": _words(("open", "matches", "differs", "unchecked")),
            "found_count": {"type": ["integer", "null"]},
            "found_amount": {"type": ["string", "null"]},
        },
        required=("entry", "state"),
    ),
    "SourceAccount": _object(
        {
            "id": WHOLE,
            "name": {"type": "string"},
            "state": _words(("waiting", "on", "paused")),
            "entries": WHOLE,
            "first_at": MOMENT,
            "last_at": MOMENT,
            "heartbeat_at": MOMENT,
            "clock_ms": {"type": ["integer", "null"]},
            "password": _object({"begins_with": {"type": "string"}, "ends_at": MOMENT}),
            "accounts": {"type": "array", "items": {"type": "object"}},
        },
        required=("id", "name", "state", "entries", "accounts"),
    ),
}

REASONS: Final = {
    400: "What came cannot be read.",
    401: "No connection password, or one that opens nothing.",
    404: "No such entry of this source.",
    408: "The body came too slowly.",
    409: "The key, or the entry, says something else.",
    410: "The source has ended.",
    413: "More than is taken.",
    415: "A content type or encoding that is not understood.",
    422: "Nothing of it could be recorded. What came is kept with the reasons.",
    429: "Too many wrong passwords.",
    503: "Not now: paused, too much waiting, or nothing can be sealed. Send it again later.",
}
DOOR: Final = (401, 410, 429, 503)
_BODY: Final = (400, 413, 415, 422, *DOOR)


def _content(schemas: dict[str, Any]) -> dict[str, Any]:
    return {media_type: {"schema": schema} for media_type, schema in schemas.items()}


def _answers(good: dict[int, Any], refused: tuple[int, ...], form: dict[str, Any]) -> dict[str, Any]:
    """Return the answers of an address: those hoped for, and the refusals in one form."""
    answers: dict[str, Any] = {str(status): answer for status, answer in good.items()}
    for status in sorted(refused):
        answers[str(status)] = {"description": REASONS[status], "content": _content(form)}
    return answers


def _body(schemas: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": _content(schemas)}


_KEY_HEADER: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Tells a repeat of events that have no id of their own.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
_LINES_BODY: Final = {"type": "string", "description": "An event a line."}


def _operations() -> dict[str, dict[str, Any]]:
    problem = {PROBLEM: _ref("Problem")}
    told = {"description": "What became of each event.", "content": _content({JSON: _ref("Answer")})}
    a_list = {"type": "array", "maxItems": 10_000, "items": _ref("Event")}
    many = _object({"events": a_list}, required=("events",), closed=True)
    return {
        "sendEvents": {
            "parameters": [_KEY_HEADER],
            "requestBody": _body(
                {
                    JSON: {"anyOf": [_ref("Event"), a_list, many]},
                    "application/x-ndjson": _LINES_BODY,
                    MEDIA_TYPE: _ref("CloudEvent"),
                    BATCH_MEDIA_TYPE: {"type": "array", "maxItems": 10_000, "items": _ref("CloudEvent")},
                }
            ),
            "responses": _answers({200: told, 201: told}, (409, *_BODY), problem),
        },
        "sendLogs": {
            "requestBody": _body({JSON: _ref("Logs"), PROTOBUF: {"type": "string", "format": "binary"}}),
            "responses": _answers(
                {
                    200: {
                        "description": "ExportLogsServiceResponse",
                        "content": _content({JSON: _ref("LogsAnswer"), PROTOBUF: {"type": "string"}}),
                    }
                },
                (400, 413, 415, *DOOR),
                {JSON: _ref("Status"), PROTOBUF: {"type": "string"}},
            ),
        },
        "sendMessage": {
            "parameters": [_KEY_HEADER],
            "requestBody": _body({media_type: {} for media_type in MESSAGE_NAMES}),
            "responses": _answers(
                {
                    200: told,
                    202: {
                        "description": "Kept until it is said how it is read.",
                        "content": _content({JSON: _ref("Kept")}),
                    },
                },
                _BODY,
                problem,
            ),
        },
        "sendTotal": {
            "requestBody": _body({JSON: _ref("Total")}),
            "responses": _answers(
                {201: {"description": "How it stands.", "content": _content({JSON: _ref("TotalAnswer")})}},
                _BODY,
                problem,
            ),
        },
        "sendHeartbeat": {
            "responses": _answers({204: {"description": "Noted."}}, DOOR, problem),
        },
        "readSource": {
            "responses": _answers(
                {200: {"description": "The account.", "content": _content({JSON: _ref("SourceAccount")})}},
                DOOR,
                problem,
            ),
        },
        "readReceipt": {
            "responses": _answers(
                {
                    200: {
                        "description": "The receipt (C2SP tlog-proof).",
                        "content": _content({"text/plain": {"type": "string"}}),
                    }
                },
                (404, 409, *DOOR),
                problem,
            ),
        },
        "readDisclosures": {
            "responses": _answers(
                {
                    200: {
                        "description": "What it says, detail by detail.",
                        "content": _content({JSON: _ref("Disclosures")}),
                    }
                },
                (404, 409, *DOOR),
                problem,
            ),
        },
    }


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=ROOT))
    made["info"]["description"] = "Send events to Indelible, and read back what became of them."
    operations = _operations()
    for path in made["paths"].values():
        for operation in path.values():
            parts = operations[operation["operationId"]]
            parameters = [*operation.get("parameters", []), *parts.pop("parameters", [])]
            operation.update(parts)
            operation["parameters"] = parameters
            for parameter in parameters:
                if parameter["name"] == "index":
                    parameter["schema"] = {**WHOLE, "title": "Index"}
    made["components"]["schemas"] = SCHEMAS
    for scheme in made["components"]["securitySchemes"].values():
        scheme.pop("name", None)  # which only keys in headers have
    return made
