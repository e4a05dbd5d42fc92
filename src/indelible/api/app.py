"""The addresses of the API: who sends, what came, what became of it.

Bodies are read by the addresses themselves, within bounds and in the form that the content type names; ninja knows the
addresses, asks for the password first, and gives the frame of the OpenAPI document (`schemas` fills it).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI

from indelible.api import account, cloudevents, deliveries, otlp, otlpjson, otlpwire
from indelible.api.bodies import MOST_EVENT_BYTES, MOST_LIST_BYTES, media_type_of, read_lines, read_whole
from indelible.api.deliveries import BrokenStream, Delivery, Outcome, Told
from indelible.api.door import LINES, ConnectionPasswordBearer, Sender
from indelible.api.eventform import event_of
from indelible.api.heavy import room_for
from indelible.api.moments import clock_difference_ms
from indelible.api.problems import Problem, answer_with, problem_of, with_headers
from indelible.api.strictjson import JsonRefused, parse
from indelible.api.totals import tell_total
from indelible.features.sources.kinds.web import looks
from indelible.features.sources.kinds.web.addresses import note_address
from indelible.features.sources.live import messages
from indelible.features.sources.live.desk import check_open
from indelible.features.sources.live.health import WRITTEN_EVERY, beat, health_of
from indelible.features.sources.models import Source
from indelible.ledger import opening
from indelible.storage.database import reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.reads import StoredEntry
from indelible.web.addresses import origin_of
from indelible.web.bodies import BodyTooLarge

OTLP_PATH: Final = "/api/v1/otlp/v1/logs"
JSON: Final = "application/json"
PROTOBUF: Final = "application/x-protobuf"
MOST_TOTAL_BYTES: Final = 10_000
_VISIBLE: Final = re.compile(r"[\x21-\x7e]{1,200}")
# A message in a form of its own, by its media type: what a file of it would be called.
MESSAGE_NAMES: Final = {
    JSON: "message.json",
    **dict.fromkeys(LINES, "message.ndjson"),
    "text/csv": "message.csv",
    "application/xml": "message.xml",
    "text/xml": "message.xml",
    "text/plain": "message.log",
}

api = NinjaAPI(
    title="Indelible",
    version="1",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    auth=ConnectionPasswordBearer(),
)


@api.exception_handler(Exception)
def _failed(request: HttpRequest, failure: Exception) -> HttpResponse:
    """Answer what went wrong."""
    if isinstance(failure, BrokenStream):
        refused = problem_of(request, failure.failure)
        if failure.told.read:
            refused.more |= failure.told.as_json()
        return answer_with(refused)
    refused = problem_of(request, failure)
    return _otlp_refusal(request, refused) if request.path == OTLP_PATH else answer_with(refused)


# Events ----------------------------------------------------------------------------------------------


@api.post("/events", operation_id="sendEvents", url_name="events")
def events(request: HttpRequest) -> HttpResponse:
    """Send events: one, a list, a stream of lines, or CloudEvents."""
    delivery = _delivery(request, key=_key(request))
    with room_for(delivery.source, request):
        return _events(request, delivery, media_type_of(request))


def _events(request: HttpRequest, delivery: Delivery, media_type: str) -> HttpResponse:
    """Take what came, in the form that its content type names."""
    if media_type == cloudevents.BATCH_MEDIA_TYPE:
        body = read_whole(request, MOST_LIST_BYTES)
        pieces, reader = deliveries.pieces_of(body), cloudevents.sent_of
        return _answer(deliveries.take_list(delivery, pieces, len(body), reader, cloudevents.MEDIA_TYPE))
    if media_type == cloudevents.MEDIA_TYPE:
        body = read_whole(request, MOST_EVENT_BYTES)
        return _answer(deliveries.take_one(delivery, body, cloudevents.sent_of, media_type), one=True)
    if cloudevents.is_binary(request):
        body = read_whole(request, MOST_EVENT_BYTES)
        return _answer(_taken(delivery, [cloudevents.binary_outcome(request, body)], len(body)), one=True)
    if media_type in LINES:
        return _answer(deliveries.take_lines(delivery, read_lines(request), event_of, JSON))
    if media_type == JSON:
        return _json_events(delivery, read_whole(request, MOST_LIST_BYTES))
    raise Problem(415, "content-type-unknown", given=media_type[:80] or "none")


def _json_events(delivery: Delivery, body: bytes) -> HttpResponse:
    if deliveries.is_list(body):
        pieces = deliveries.pieces_of(body)
        return _answer(deliveries.take_list(delivery, pieces, len(body), event_of, JSON))
    if len(body) > MOST_EVENT_BYTES:
        raise BodyTooLarge(MOST_EVENT_BYTES)
    return _answer(deliveries.take_one(delivery, body, event_of, JSON), one=True)


def _taken(delivery: Delivery, outcomes: list[Outcome], size: int) -> Told:
    told = Told()
    if outcomes:
        delivery.take(outcomes, size, told)
    return told


def _answer(told: Told, *, one: bool = False) -> HttpResponse:
    """Answer what became of a delivery: `one` event that came to be is 201."""
    if told.is_refused:
        raise Problem(422, "nothing-recorded", more=told.as_json())
    created = one and told.counts["duplicates"] == 0
    return JsonResponse(told.as_json(), status=201 if created else 200)


# OpenTelemetry ---------------------------------------------------------------------------------------


@api.post("/otlp/v1/logs", operation_id="sendLogs", url_name="logs")
def logs(request: HttpRequest) -> HttpResponse:
    """Send OpenTelemetry logs (OTLP/HTTP)."""
    delivery = _delivery(request)
    media_type = media_type_of(request)
    read: Callable[[bytes], Any] | None = {JSON: otlpjson.from_json, PROTOBUF: otlpjson.from_protobuf}.get(
        media_type
    )
    if read is None:
        raise Problem(415, "content-type-unknown", given=media_type[:80] or "none")
    with room_for(delivery.source, request):
        body = read_whole(request, MOST_LIST_BYTES)
        told = _taken(delivery, otlp.outcomes_of(read(body)), len(body))
    rejected = told.counts["rejected"]
    words = told.first_refusal if rejected else ""
    if media_type == PROTOBUF:
        return HttpResponse(_export_response(rejected, words), content_type=PROTOBUF)
    partial = {"rejectedLogRecords": str(rejected), "errorMessage": words}
    return JsonResponse({"partialSuccess": partial} if rejected else {})


def _export_response(rejected: int, words: str) -> bytes:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

    answer = ExportLogsServiceResponse()
    if rejected:
        answer.partial_success.rejected_log_records = rejected
        answer.partial_success.error_message = words
    return bytes(answer.SerializeToString())


def _otlp_refusal(request: HttpRequest, refused: Problem) -> HttpResponse:
    """Answer an exporter: a Status message in the encoding of its request. Source: OTLP/HTTP, "Failures"."""
    words = refused.words
    message = f"{words.title} {words.meaning} {words.next_step} ({words.code})"
    if media_type_of(request) == PROTOBUF:
        response = HttpResponse(
            otlpwire.status_message(0, message), status=refused.status, content_type=PROTOBUF
        )
    else:
        response = JsonResponse({"code": 0, "message": message}, status=refused.status)
    return with_headers(response, refused)


# Other messages --------------------------------------------------------------------------------------


@api.post("/messages", operation_id="sendMessage", url_name="messages")
def message(request: HttpRequest) -> HttpResponse:
    """Send a message in a form of its own, read by what was said of its parts."""
    delivery = _delivery(request, key=_key(request))
    media_type = media_type_of(request)
    name = MESSAGE_NAMES.get(media_type)
    if name is None:
        raise Problem(415, "content-type-unknown", given=media_type[:80] or "none")
    with room_for(delivery.source, request):
        body = read_whole(request, MOST_LIST_BYTES)
        if not body.strip():
            raise Problem(400, "body-empty")
        taken = messages.receive(
            delivery.source, body, name=name, media_type=media_type, identity=delivery.key
        )
    if taken is None:
        return JsonResponse({"kept": True}, status=202)
    told = Told()
    told.add(taken)
    return _answer(told)


@api.post("/totals", operation_id="sendTotal", url_name="totals")
def total(request: HttpRequest) -> HttpResponse:
    """Tell how many records, or what amount, a period had in all."""
    ours = _sender(request).source
    check_open(ours)
    if media_type_of(request) != JSON:
        raise Problem(415, "content-type-unknown", given=media_type_of(request)[:80] or "none")
    text = deliveries.text_of(read_whole(request, MOST_TOTAL_BYTES))
    try:
        value = parse(text)
    except JsonRefused as fault:
        raise Problem(400, "body-not-json", detail=fault.detail) from fault
    return JsonResponse(tell_total(ours, value), status=201)


@api.post("/heartbeat", operation_id="sendHeartbeat", url_name="heartbeat")
def heartbeat(request: HttpRequest) -> HttpResponse:
    """Say that the sender is there and has nothing to tell."""
    ours, now = _sender(request).source, datetime.now(UTC)
    last = health_of(ours).heartbeat_at
    if last is None or now - last >= WRITTEN_EVERY:
        beat(ours, now)
    return HttpResponse(status=204)


# What a source may read ------------------------------------------------------------------------------


@api.get("/source", operation_id="readSource", url_name="source")
def source(request: HttpRequest) -> HttpResponse:
    """Read the account of the source whose password is shown."""
    sender = _sender(request)
    return JsonResponse(account.account_of(sender.source, sender.password))


@api.get("/entries/{int:index}/receipt", operation_id="readReceipt", url_name="receipt")
def receipt(request: HttpRequest, index: int) -> HttpResponse:
    """Read the receipt of an entry that this source brought."""
    ours = _sender(request).source
    entry = _own_entry(ours, index)
    proof = reads.prove(ours.logbook, entry.index)
    looks.look(ours, [index], datetime.now(UTC))
    answer = HttpResponse(proof.text.encode(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="entry-{index + 1}.tlog-proof"'
    return answer


@api.get("/entries/{int:index}/disclosures", operation_id="readDisclosures", url_name="disclosures")
def disclosures(request: HttpRequest, index: int) -> HttpResponse:
    """Read what an entry that this source brought says: each detail with what shows that it is the sealed one."""
    ours = _sender(request).source
    entry = _own_entry(ours, index)
    reads.prove(ours.logbook, entry.index)  # what no longer reads as it was sealed is told to nobody
    texts = opening.disclosures(entry.stored, entry.secret)
    looks.look(ours, [index], datetime.now(UTC))
    return JsonResponse({"index": index, "disclosures": list(texts.values())})


def _own_entry(ours: Source, index: int) -> StoredEntry:
    """Return an entry of a source. Raises Problem for one of others, as if there were none."""
    if index >= reads.head(ours.logbook).size:
        raise Problem(404, "no-such-entry")
    try:
        entry = reads.get_entry(ours.logbook, index)
    except NotFound as missing:
        raise Problem(404, "no-such-entry") from missing
    if str(ours.pk) not in entry.event.get("numbers", {}).get("sources", {}):
        raise Problem(404, "no-such-entry")
    return entry


# The head of a request -------------------------------------------------------------------------------


def _sender(request: HttpRequest) -> Sender:
    """Return who sends, as ninja found it before it called the address."""
    found: Sender = request.auth  # type: ignore[attr-defined]
    return found


def _delivery(request: HttpRequest, *, key: str = "") -> Delivery:
    """Return what the head says of a delivery. Raises what `check_open` raises, before the body is looked at."""
    ours = _sender(request).source
    check_open(ours)
    note_address(ours, origin_of(request).client)
    clock_ms = clock_difference_ms(request.headers.get("Date", ""), datetime.now(UTC))
    return Delivery(ours, key, clock_ms)


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not _VISIBLE.fullmatch(key):
        raise Problem(400, "key-header-unusable")
    return key
