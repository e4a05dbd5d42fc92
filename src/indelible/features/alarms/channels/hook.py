"""A web address that is told by POST: JSON, signed so that the receiver knows that it is from us, and called once.

The signature is that of the Standard Webhooks specification: headers `webhook-id`, `webhook-timestamp` and
`webhook-signature` (`v1,` and the base64 of HMAC-SHA-256 over "id.timestamp.body"). The id is the same each time a
message is tried, so that a receiver can tell a repeat. A redirection is not followed; of the answer only the status
counts. The call is over in `SECONDS`, however slowly the other side speaks.
"""

from __future__ import annotations

import base64
import hmac
import http.client
import json
import secrets
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final

from indelible.features.alarms.channels.errors import NotSent
from indelible.features.alarms.channels.guard import Place, place_of, take_apart

SECONDS: Final = 5.0
PREFIX: Final = "whsec_"
MOST_ANSWER: Final = 10_000


def new_secret() -> str:
    """Return a secret to sign with, as receivers expect it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, ident: str, timestamp: int, body: bytes) -> str:
    """Return what `webhook-signature` says."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{ident}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def send(url: str, secret: str, ident: str, timestamp: int, payload: Mapping[str, Any]) -> None:
    """Tell a web address. Raises NotSent where it was not reached, or did not take it."""
    parts = take_apart(url)
    encrypted = parts.scheme == "https"
    port = parts.port or (443 if encrypted else 80)
    place = place_of(str(parts.hostname), port, encrypted=encrypted)
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "indelible",
        "Connection": "close",
        "webhook-id": ident,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, ident, timestamp, body),
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    status = _call(place, encrypted=encrypted, target=target, body=body, headers=headers)
    if 300 <= status < 400:
        raise NotSent("alarm-address-elsewhere", str(status), for_good=True)
    if not 200 <= status < 300:
        raise NotSent("alarm-address-refused", str(status), for_good=status == 410)


def _call(place: Place, *, encrypted: bool, target: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post to the very address that was looked at, under its name; return the status."""
    connection = http.client.HTTPConnection(place.host, place.port, timeout=SECONDS)
    cut = None
    try:
        plain = socket.create_connection((place.address, place.port), timeout=SECONDS)
        # A receiver that trickles byte by byte keeps each wait short: so the whole is cut off at its time.
        cut = threading.Timer(SECONDS, _shut, (plain,))
        cut.daemon = True
        cut.start()
        try:
            connection.sock = (
                _trusted().wrap_socket(plain, server_hostname=place.host) if encrypted else plain
            )
        except BaseException:
            plain.close()
            raise
        connection.request("POST", target, body, dict(headers))
        with connection.getresponse() as answer:
            answer.read(MOST_ANSWER)
            return answer.status
    except ssl.SSLCertVerificationError as fault:
        raise NotSent("alarm-address-not-trusted", fault.verify_message or "") from None
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise NotSent("alarm-address-away", type(fault).__name__) from None
    finally:
        if cut is not None:
            cut.cancel()
        connection.close()


def _shut(plain: socket.socket) -> None:
    with suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)


@cache
def _trusted() -> ssl.SSLContext:
    """Return what certificates are held against: those this machine trusts."""
    return ssl.create_default_context()
