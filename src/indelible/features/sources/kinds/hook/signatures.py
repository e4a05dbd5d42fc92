"""Whether a message was signed with our secret, by the scheme of whoever sent it.

Each scheme works on the body as it came, byte for byte, and compares in a time that tells nothing. Where it signs a
moment too, a message from another time is refused, so that a recorded one cannot be played again later. Several
secrets may hold at once, while one follows another; all are tried, whichever fits.

* GitHub     X-Hub-Signature-256: sha256=<hex of the body>
* Stripe     Stripe-Signature: t=<seconds>,v1=<hex of "seconds.body">, v1= as often as there are secrets
* Slack      X-Slack-Signature: v0=<hex of "v0:seconds:body">, X-Slack-Request-Timestamp: <seconds>
* Shopify    X-Shopify-Hmac-Sha256: <base64 of the body>
* Okta       Authorization: <the secret itself>
* any other  as its settings say (`Own`)

Source: the vendors' own pages on receiving such messages; the tests hold published examples.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

REPLAY_SECONDS: Final = 300  # how far the moment that a message is signed with may lie from now
MOST_SIGNATURES: Final = 10  # in one header

Headers = Mapping[str, str]  # names in small letters
Why = Literal["unsigned", "wrong", "old"]


class NotSigned(Exception):
    """A message is not shown to come from whoever knows our secret. `why` says what is missing."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived, as far as signatures cover it, and when."""

    headers: Headers
    body: bytes
    at: datetime

    def header(self, name: str) -> str:
        """Return a header. Raises NotSigned where there is none."""
        value = self.headers.get(name.lower(), "").strip()
        if not value:
            raise NotSigned("unsigned")
        return value


Check = Callable[[Message, Sequence[str]], None]


def check_github(message: Message, secrets: Sequence[str]) -> None:
    """Check the signature of a message from GitHub. Raises NotSigned."""
    shown = message.header("x-hub-signature-256")
    _fits([shown.removeprefix("sha256=")], [_hex(each, message.body) for each in secrets])


def check_stripe(message: Message, secrets: Sequence[str]) -> None:
    """Check the signature of a message from Stripe. Raises NotSigned."""
    parts = [part.partition("=") for part in message.header("stripe-signature").split(",")]
    stamp = next((value for name, _, value in parts if name.strip() == "t"), "")
    shown = [value.strip() for name, _, value in parts if name.strip() == "v1"][:MOST_SIGNATURES]
    signed = stamp.encode() + b"." + message.body
    _fits(shown, [_hex(each, signed) for each in secrets])
    _check_recent(stamp, message.at)


def check_slack(message: Message, secrets: Sequence[str]) -> None:
    """Check the signature of a message from Slack. Raises NotSigned."""
    stamp = message.header("x-slack-request-timestamp")
    shown = message.header("x-slack-signature").removeprefix("v0=")
    signed = b"v0:" + stamp.encode() + b":" + message.body
    _fits([shown], [_hex(each, signed) for each in secrets])
    _check_recent(stamp, message.at)


def check_shopify(message: Message, secrets: Sequence[str]) -> None:
    """Check the signature of a message from Shopify. Raises NotSigned."""
    shown = message.header("x-shopify-hmac-sha256")
    _fits([shown], [_base64(each, message.body) for each in secrets])


def check_okta(message: Message, secrets: Sequence[str]) -> None:
    """Check that a message from Okta shows the secret. Raises NotSigned."""
    _fits([message.header("authorization")], secrets)


@dataclass(frozen=True, slots=True)
class Own:
    """The scheme of a service that we have no name for, as a person set it.

    `header` holds the signature, behind `lead` where there is one. Where `stamp_header` names a moment, `stamped`
    says whether it is signed too: "body" (not), or "stamp.body" (the moment, a dot, the body).
    """

    header: str
    algorithm: str = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    lead: str = ""
    stamp_header: str = ""
    stamped: Literal["body", "stamp.body"] = "stamp.body"

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Own:
        """Return the scheme as the settings of a source have it."""
        names = ("header", "algorithm", "encoding", "lead", "stamp_header", "stamped")
        return cls(**{name: settings[name] for name in names if settings.get(name)})

    def check(self, message: Message, secrets: Sequence[str]) -> None:
        """Check a message. Raises NotSigned."""
        shown = message.header(self.header)
        if self.lead:
            if not shown.startswith(self.lead):
                raise NotSigned("wrong")
            shown = shown.removeprefix(self.lead)
        stamp = message.header(self.stamp_header) if self.stamp_header else ""
        signed = message.body
        if stamp and self.stamped == "stamp.body":
            signed = stamp.encode() + b"." + signed
        write = _hex if self.encoding == "hex" else _base64
        shown = shown.lower() if self.encoding == "hex" else shown
        _fits([shown], [write(each, signed, self.algorithm) for each in secrets])
        if stamp:
            _check_recent(stamp, message.at)


def _fits(shown: Sequence[str], expected: Sequence[str]) -> None:
    """Raise NotSigned unless one of those shown is one of those expected. Each pair is compared in any case."""
    found = [hmac.compare_digest(one.encode(), other.encode()) for one in shown for other in expected]
    if not any(found):
        raise NotSigned("wrong")


def _hex(secret: str, signed: bytes, algorithm: str = "sha256") -> str:
    return hmac.new(secret.encode(), signed, algorithm).hexdigest()


def _base64(secret: str, signed: bytes, algorithm: str = "sha256") -> str:
    return base64.b64encode(hmac.new(secret.encode(), signed, algorithm).digest()).decode()


def _check_recent(stamp: str, at: datetime) -> None:
    """Raise NotSigned where a moment is no moment, or not now."""
    moment = _moment(stamp)
    if moment is None or abs((at - moment).total_seconds()) > REPLAY_SECONDS:
        raise NotSigned("old")


def _moment(stamp: str) -> datetime | None:
    """Read seconds or milliseconds since 1970, or an ISO moment with its zone."""
    try:
        if stamp.isascii() and stamp.isdigit() and len(stamp) <= 13:
            seconds = int(stamp) / 1000 if len(stamp) > 11 else int(stamp)
            return datetime.fromtimestamp(seconds, UTC)
        moment = datetime.fromisoformat(stamp)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo is not None else None
