"""Messages signed as each service signs them, made here by the published schemes and not by the product's code."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

SECRET = "0123456789abcdef-shared"


def _mac(secret: str, signed: bytes, algorithm: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), signed, algorithm).digest()


def github(
    body: bytes, *, secret: str = SECRET, delivery: str = "d-1", event: str = "push"
) -> dict[str, str]:
    """Return the headers of a delivery of GitHub."""
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": "sha256=" + _mac(secret, body).hex(),
    }


def stripe(body: bytes, *, secrets: tuple[str, ...] = (SECRET,), at: float | None = None) -> dict[str, str]:
    """Return the headers of an event of Stripe, signed with each of its secrets."""
    stamp = str(int(time.time() if at is None else at))
    signed = [_mac(secret, stamp.encode() + b"." + body).hex() for secret in secrets]
    return {"Stripe-Signature": ",".join([f"t={stamp}", *(f"v1={each}" for each in signed), "v0=00ff"])}


def slack(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Return the headers of a request of Slack."""
    stamp = str(int(time.time() if at is None else at))
    signed = _mac(secret, b"v0:" + stamp.encode() + b":" + body).hex()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + signed}


def shopify(body: bytes, *, secret: str = SECRET, delivery: str = "w-1") -> dict[str, str]:
    """Return the headers of a message of Shopify."""
    return {
        "X-Shopify-Topic": "orders/paid",
        "X-Shopify-Triggered-At": "2026-11-30T10:00:00.123Z",
        "X-Shopify-Webhook-Id": delivery,
        "X-Shopify-Hmac-Sha256": base64.b64encode(_mac(secret, body)).decode(),
    }


def push(ref: str = "refs/heads/main", **more: Any) -> bytes:
    """Return the body of a push at GitHub."""
    body = {
        "ref": ref,
        "repository": {"full_name": "northwind/site", "pushed_at": 1764500000},
        "sender": {"login": "ana", "type": "User"},
        "commits": [{"id": "1"}, {"id": "2"}],
    }
    return json.dumps({**body, **more}).encode()
