"""The address that a web service sends to: `POST /in/<address>/`, without sign-in, signed by the sender.

An answer of 200 or 202 means that the message is durable: on the record, counted as held already or rejected with its
reason, or kept until somebody says how such messages are read. Any other answer means that nothing was taken, and that
the service may send it again; which they do by themselves.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from indelible.explanations import explain
from indelible.features.sources.kinds.hook import refused
from indelible.features.sources.kinds.hook.senders import BY_VALUE, Arrived, Sender, arrive, sender_of
from indelible.features.sources.kinds.hook.signatures import Message, NotSigned, check_github
from indelible.features.sources.live.desk import ComeBackLater, Refused, check_open
from indelible.features.sources.live.health import beat, troubled
from indelible.features.sources.live.messages import receive
from indelible.features.sources.live.secrets import secrets_of
from indelible.features.sources.models import Kind, Source, State
from indelible.storage.boxes import BoxError
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.web.addresses import origin_of
from indelible.web.bodies import BodyTooLarge, BodyTooSlow, read_body, takes_body
from indelible.web.failures import problem

logger = logging.getLogger("indelible.sources")

SECRET: Final = "signing secret"  # noqa: S105 - the name that it is kept under
LONGEST_ADDRESS: Final = 40
AGAIN_SECONDS: Final = "30"
_PATH: Final = re.compile(r"/in/([-a-zA-Z0-9_]+)/?")
_NOBODYS: Final = "the secret of no source"
_LARGEST: Final = max(each.most_bytes for each in BY_VALUE.values())


def messages_first(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer what is sent to such an address before sessions, cookies and the rules of pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        found = _PATH.fullmatch(request.path_info)
        return receive_message(request, found[1]) if found is not None else get_response(request)

    return middleware


def source_at(address: str) -> Source | None:
    """Return the source of an address; None where there never was one."""
    if len(address) > LONGEST_ADDRESS:
        return None
    rows = Source.objects.select_related("logbook", "health")
    return rows.filter(address=address, kind=Kind.HOOK).first()


def most_bytes(_request: HttpRequest, address: str) -> int:
    """Return how much may be sent to an address."""
    source = source_at(address)
    return sender_of(source.settings).most_bytes if source is not None else 0


@takes_body(most_bytes)
@csrf_exempt  # a service shows a signature, and no cookie of anybody
@login_not_required
def receive_message(request: HttpRequest, address: str) -> HttpResponse:
    """Take one message in."""
    source = source_at(address)
    if request.method == "GET" and source is not None:
        return _verified(request, source)
    if request.method != "POST":
        return _refusal("hook-post-only", 405, headers={"Allow": "POST"})
    sender = sender_of(source.settings) if source is not None else None
    try:
        body = read_body(request, sender.most_bytes if sender else _LARGEST)
    except BodyTooLarge as large:
        return _refusal("message-too-large", 413, {"limit": f"{large.most // 1_000_000 or 1} MB"})
    except BodyTooSlow:
        return _refusal("bad-request", 400)
    message = Message(_headers(request), body, timezone.now())
    if source is None or sender is None:
        return _nobody(message)
    if source.state == State.ENDED:
        return _refusal("source-ended", 410, {"name": source.name})
    if (refusal := _unsigned(request, source, sender, message)) is not None:
        return refusal
    return _take(source, sender, arrive(message.headers, body), message)


def _unsigned(request: HttpRequest, source: Source, sender: Sender, message: Message) -> HttpResponse | None:
    """Answer what is not signed as its sender signs; None where it is."""
    try:
        sender.check(source.settings)(message, secrets_of(source, SECRET, message.at))
    except NotSigned as not_signed:
        refused.refuse(source, not_signed.why, origin_of(request).client)
        return _refusal("message-not-signed", 401, {"why": not_signed.why})
    except BoxError:  # nobody can tell until the secret is given anew; the service sends it again
        troubled(source, refused.SECRET_LOST, message.at)
        return _refusal(refused.SECRET_LOST, 503, headers={"Retry-After": AGAIN_SECONDS})
    refused.signed_again(source)
    return None


def _take(source: Source, sender: Sender, arrived: Arrived, message: Message) -> HttpResponse:
    """Answer a message whose signature was right."""
    try:
        check_open(source)
        if (answer := _greeting(source, sender, arrived, message)) is not None:
            return answer
        taken = receive(
            source,
            sender.wrap(arrived),
            name="message.json",
            identity=sender.identity(arrived, source.settings),
            received_at=message.at,
        )
    except ComeBackLater as later:
        return _refusal(later.code, 503, later.facts, headers={"Retry-After": str(later.seconds)})
    except Refused as no:
        return _refusal(no.code, 410 if no.code == "source-ended" else 409, no.facts)
    except (AppendFailed, AppendRefused) as failure:
        logger.warning("message not recorded: %s", failure)
        return _refusal(failure.code, 503, {"detail": failure.detail}, headers={"Retry-After": AGAIN_SECONDS})
    if taken is None:
        return JsonResponse({"kept": True}, status=202)
    return JsonResponse(
        {what: taken.count(what) for what in ("recorded", "duplicate", "conflict", "rejected")}
    )


def _greeting(source: Source, sender: Sender, arrived: Arrived, message: Message) -> HttpResponse | None:
    """Answer what is no message but a try whether we are there; None where it is one."""
    if sender.value == "slack" and arrived.text("type") == "url_verification":
        beat(source, message.at)
        return JsonResponse({"challenge": arrived.text("challenge")})
    if sender.value == "github" and arrived.headers.get("x-github-event") == "ping":
        beat(source, message.at)
        return JsonResponse({"ping": True})
    return None


def _verified(request: HttpRequest, source: Source) -> HttpResponse:
    """Answer Okta's question, asked once, whether this address is ours: give back what it sent."""
    challenge = request.headers.get("X-Okta-Verification-Challenge", "")
    sender = sender_of(source.settings)
    if sender.value != "okta" or not challenge or len(challenge) > 1_000:
        return _refusal("hook-post-only", 405, headers={"Allow": "POST"})
    if source.state == State.ENDED:
        return _refusal("source-ended", 410, {"name": source.name})
    message = Message(_headers(request), b"", timezone.now())
    if (refusal := _unsigned(request, source, sender, message)) is not None:
        return refusal
    beat(source, message.at)
    return JsonResponse({"verification": challenge})


def _nobody(message: Message) -> HttpResponse:
    """Answer for an address that never was, after as much work as for one that is."""
    with suppress(NotSigned):
        check_github(Message({"x-hub-signature-256": "sha256="}, message.body, message.at), [_NOBODYS])
    return _refusal("page-missing", 404)


def _headers(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _refusal(
    code: str,
    status: int,
    facts: Mapping[str, object] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    response = problem(explain(code, **(facts or {})), status)
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response[name] = value
    return response
