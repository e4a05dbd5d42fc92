"""The services that send to us: how each signs, names its messages, and what to do on its own pages.

One entry a service. `wrap` makes of a body what the intake reads: headers that say what happened are put beside it, and
a single message is put into a list of one, so that no list within it is taken for the list of messages.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds.hook import signatures
from indelible.features.sources.kinds.hook.signatures import Check, Headers, Own
from indelible.intake.jsontext import JsonFault, parse_json

MIB: Final = 1024 * 1024
MOST_DEPTH: Final = 50
LONGEST_ID: Final = 200
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message whose signature was checked."""

    headers: Headers
    body: bytes
    content: Any = None  # the body, where it is JSON

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body's fields; none where it is no JSON object."""
        return self.content if isinstance(self.content, dict) else {}

    def text(self, name: str) -> str:
        """Return a field that is text, "" where it is none."""
        value = self.fields.get(name)
        return value[:LONGEST_ID] if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Sender:
    """A service. `known`: the intake reads its messages without asking. `makes_secret`: it alone can make the secret.

    `steps` is what to do on its pages, `secret_is` where its secret comes from.
    """

    value: str
    title: Words
    steps: Sequence[Words]
    secret_is: Words
    known: bool = True
    makes_secret: bool = False
    most_bytes: int = MIB
    check: Callable[[Mapping[str, Any]], Check] = lambda _settings: signatures.check_okta
    identity: Callable[[Arrived, Mapping[str, Any]], str] = lambda _arrived, _settings: ""
    wrap: Callable[[Arrived], bytes] = lambda arrived: arrived.body


def arrive(headers: Headers, body: bytes) -> Arrived:
    """Read a message as JSON, where it is; one sent as a form has its JSON in the field `payload` (GitHub's choice)."""
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        found = parse_qs(body.decode("utf-8", "replace"), max_num_fields=100).get("payload", [])
        body = found[0].encode() if found else body
    try:
        return Arrived(headers, body, parse_json(body.decode("utf-8-sig"), MOST_DEPTH)[0])
    except (JsonFault, UnicodeDecodeError):
        return Arrived(headers, body)


def _one(arrived: Arrived) -> bytes:
    """Put a message into a list of one."""
    return b"[" + arrived.body + b"]" if arrived.fields else arrived.body


def _with_headers(*names: str) -> Callable[[Arrived], bytes]:
    """Put headers that say what happened beside the body, which stays as it came."""

    def wrap(arrived: Arrived) -> bytes:
        if not arrived.fields:
            return arrived.body
        told = {name: arrived.headers[name] for name in names if arrived.headers.get(name)}
        head = json.dumps(told, ensure_ascii=False)[1:-1]
        return b"[{" + (head + "," if head else "").encode() + b'"body":' + arrived.body + b"}]"

    return wrap


_TOKEN: Final = re.compile(rb'("token"\s*:\s*)"[^"\\]{1,100}"')


def _slack(arrived: Arrived) -> bytes:
    """Leave out the verification token that Slack still puts into each message: it is a secret, and old."""
    return _one(
        Arrived(arrived.headers, _TOKEN.sub(rb'\1"(left out)"', arrived.body, count=1), arrived.content)
    )


def _digest(arrived: Arrived) -> str:
    return hashlib.sha256(arrived.body).hexdigest()


def _by_header(name: str) -> Callable[[Arrived, Mapping[str, Any]], str]:
    return lambda arrived, _settings: arrived.headers.get(name, "")[:LONGEST_ID] or _digest(arrived)


def _other_identity(arrived: Arrived, settings: Mapping[str, Any]) -> str:
    name = str(settings.get("id_header", "")).lower()
    return (arrived.headers.get(name, "")[:LONGEST_ID] if name else "") or _digest(arrived)


def _by_field(name: str) -> Callable[[Arrived, Mapping[str, Any]], str]:
    return lambda arrived, _settings: arrived.text(name) or _digest(arrived)


SENDERS: Final = (
    Sender(
        "github",
        _("GitHub"),
        (
            _("On GitHub, open the settings of the organisation or repository, then Webhooks, then Add webhook."),
            _("Payload URL: paste the address. Content type: application/json."),
            _("Secret: paste the signing secret."),
            _("Choose which events to send, and save. GitHub then sends a first message to try the address."),
        ),
        _("You choose it: we make one, and you paste it on GitHub."),
        most_bytes=5 * MIB,
        check=lambda _settings: signatures.check_github,
        identity=_by_header("x-github-delivery"),
        wrap=_with_headers("x-github-event", "x-github-delivery"),
    ),
    Sender(
        "stripe",
        _("Stripe"),
        (
            _("In Stripe, open Developers, then Webhooks, then Add destination or Add endpoint."),
            _("Endpoint URL: paste the address. Choose which events to send, and save."),
            _("Stripe then shows its signing secret, which begins with whsec_. Give it to us with the button above."),
        ),
        _("Stripe makes it, once it knows the address."),
        makes_secret=True,
        check=lambda _settings: signatures.check_stripe,
        identity=_by_field("id"),
        wrap=_one,
    ),
    Sender(
        "slack",
        _("Slack"),
        (
            _(
                "In Slack's page for your app, open Basic Information and copy the Signing Secret. Give it to us with"
                " the button above, before the next step."
            ),
            _(
                "Open Event Subscriptions, turn them on, and paste the address as Request URL. Slack asks at once"
                " whether we are there."
            ),
            _("Choose which events to send, and save."),
        ),
        _("Slack made it with your app: it stands under Basic Information."),
        makes_secret=True,
        check=lambda _settings: signatures.check_slack,
        identity=_by_field("event_id"),
        wrap=_slack,
    ),
    Sender(
        "okta",
        _("Okta"),
        (
            _("In Okta's Admin Console, open Workflow, then Event Hooks, then Create Event Hook."),
            _(
                "Endpoint URL: paste the address. Authentication field: Authorization. Authentication secret: paste the"
                " signing secret."
            ),
            _("Choose which events to send, save, and let Okta verify the address."),
        ),
        _("You choose it: we make one, and you paste it in Okta. Okta shows it with each message and does not sign."),
        check=lambda _settings: signatures.check_okta,
        identity=_by_field("eventId"),
    ),
    Sender(
        "shopify",
        _("Shopify"),
        (
            _(
                "In Shopify's admin, open Settings, then Notifications, then Webhooks, and create one for each event."
                " Format: JSON. URL: paste the address."
            ),
            _(
                "Below the list, Shopify shows the secret that all of them are signed with. Give it to us with the"
                " button above."
            ),
        ),
        _("Shopify makes it and shows it below the list of webhooks."),
        makes_secret=True,
        most_bytes=5 * MIB,
        check=lambda _settings: signatures.check_shopify,
        identity=_by_header("x-shopify-webhook-id"),
        wrap=_with_headers(
            "x-shopify-topic", "x-shopify-shop-domain", "x-shopify-triggered-at", "x-shopify-webhook-id"
        ),
    ),
    Sender(
        "other",
        _("Another service"),
        (
            _("On the service's page for webhooks, paste the address."),
            _("Use one secret on both sides: make one here and paste it there, or paste theirs here."),
            _("When its first message is here, say how it is read. Until then each message is kept as it came."),
        ),
        _("Either side can make it."),
        known=False,
        check=lambda settings: Own.of(settings).check,
        identity=_other_identity,
    ),
)  # fmt: skip

BY_VALUE: Final[Mapping[str, Sender]] = {each.value: each for each in SENDERS}


def sender_of(settings: Mapping[str, Any]) -> Sender:
    """Return who sends to a source."""
    return BY_VALUE[str(settings.get("sender", "other"))]
