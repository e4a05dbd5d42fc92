"""Signatures by the schemes that the services publish: known answers, what is refused, and why."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from indelible.features.sources.kinds.hook import signatures
from indelible.features.sources.kinds.hook.signatures import Message, NotSigned, Own
from tests.features.sources.hooks import signing

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
BODY = b'{"hello": "world"}'
# Slack's own example of a signed request, from its page on verifying requests.
SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)


def message(headers: dict[str, str], body: bytes = BODY, at: datetime = NOW) -> Message:
    return Message({name.lower(): value for name, value in headers.items()}, body, at)


def why(check: Any, what: Message, secrets: list[str]) -> str:
    with pytest.raises(NotSigned) as refused:
        check(what, secrets)
    return refused.value.why


def test_the_example_that_github_publishes() -> None:
    shown = {"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}
    signatures.check_github(message(shown, b"Hello, World!"), ["It's a Secret to Everybody"])
    assert (
        why(signatures.check_github, message(shown, b"Hello, World?"), ["It's a Secret to Everybody"])
        == "wrong"
    )


def test_the_example_that_slack_publishes() -> None:
    at = datetime.fromtimestamp(1531420618, UTC)
    shown = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    secrets = ["8f742231b10e8888abcd99yyyzzz85a5"]
    signatures.check_slack(message(shown, SLACK_BODY, at + timedelta(seconds=299)), secrets)
    late = message(shown, SLACK_BODY, at + timedelta(seconds=301))
    assert why(signatures.check_slack, late, secrets) == "old"


@pytest.mark.parametrize(
    ("algorithm", "key", "data", "digest"),
    [  # RFC 4231 test case 2 and RFC 2202 test case 2
        ("sha256", "Jefe", b"what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ("sha512", "Jefe", b"what do ya want for nothing?",
         "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
         "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
        ("sha1", "Jefe", b"what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("prefix", ["", "v1,"])
def test_any_other_service_signs_as_its_settings_say(
    algorithm: str, key: str, data: bytes, digest: str, encoding: str, prefix: str
) -> None:
    shown = digest.upper() if encoding == "hex" else base64.b64encode(bytes.fromhex(digest)).decode()
    scheme = Own.of(
        {
            "header": "X-Signature",
            "algorithm": algorithm,
            "encoding": encoding,
            "lead": prefix,
            "sender": "other",
        }
    )
    scheme.check(message({"X-Signature": prefix + shown}, data), [key])
    assert why(scheme.check, message({"X-Signature": prefix + shown}, data + b" "), [key]) == "wrong"
    assert why(scheme.check, message({}, data), [key]) == "unsigned"
    if prefix:
        assert why(scheme.check, message({"X-Signature": shown}, data), [key]) == "wrong"


@pytest.mark.parametrize(
    "stamp",
    [str(int(NOW.timestamp())), str(int(NOW.timestamp() * 1000)), NOW.isoformat(), "2026-11-30T10:00:00Z"],
)
def test_the_moment_that_another_service_signs_may_be_written_in_several_ways(stamp: str) -> None:
    scheme = Own("x-signature", stamp_header="x-time")
    shown = hmac.new(b"key", stamp.encode() + b"." + BODY, "sha256").hexdigest()
    headers = {"x-signature": shown, "x-time": stamp}
    scheme.check(message(headers), ["key"])
    assert why(scheme.check, message(headers, at=NOW + timedelta(minutes=6)), ["key"]) == "old"
    assert why(scheme.check, message(headers, at=NOW - timedelta(minutes=6)), ["key"]) == "old"
    assert why(scheme.check, message({**headers, "x-time": stamp + "1"}), ["key"]) == "wrong"
    assert why(scheme.check, message({"x-signature": shown}), ["key"]) == "unsigned"
    alone = Own("x-signature", stamp_header="x-time", stamped="body")
    body_signed = {**headers, "x-signature": hmac.new(b"key", BODY, "sha256").hexdigest()}
    alone.check(message(body_signed), ["key"])
    assert why(alone.check, message({**body_signed, "x-time": "soon"}), ["key"]) == "old"


def test_stripe_may_sign_with_several_secrets_and_one_of_them_is_enough() -> None:
    at = NOW.timestamp()
    headers = signing.stripe(BODY, secrets=("an older one", "the newer one"), at=at)
    for secret in ("an older one", "the newer one"):
        signatures.check_stripe(message(headers), [secret])
    assert why(signatures.check_stripe, message(headers), ["another"]) == "wrong"
    assert (
        why(signatures.check_stripe, message(headers, at=NOW + timedelta(seconds=301)), ["the newer one"])
        == "old"
    )
    # The second part is a scheme of test messages, and proves nothing.
    assert (
        why(signatures.check_stripe, message({"Stripe-Signature": f"t={int(at)},v0=00ff"}), ["x"]) == "wrong"
    )


def test_several_secrets_may_hold_at_once_and_none_lets_nobody_in() -> None:
    for check, headers in [
        (signatures.check_github, signing.github(BODY)),
        (signatures.check_stripe, signing.stripe(BODY, at=NOW.timestamp())),
        (signatures.check_slack, signing.slack(BODY, at=NOW.timestamp())),
        (signatures.check_shopify, signing.shopify(BODY)),
        (signatures.check_okta, {"Authorization": signing.SECRET}),
    ]:
        check(message(headers), ["the next one", signing.SECRET])
        assert why(check, message(headers), []) == "wrong"
        assert why(check, message(headers), ["the next one"]) == "wrong"
        assert why(check, message({}), [signing.SECRET]) == "unsigned"


@pytest.mark.parametrize(
    "shown", ["", "sha256=", "sha256=zz", "sha256=é", "=", "t=,v1=", "t=x,v1=y", "v0=", "\x00", "a" * 70_000]
)
def test_what_is_no_signature_is_refused_and_never_a_fault(shown: str) -> None:
    names = (
        "x-hub-signature-256",
        "stripe-signature",
        "x-slack-signature",
        "x-shopify-hmac-sha256",
        "authorization",
    )
    headers = dict.fromkeys((*names, "x-slack-request-timestamp"), shown)
    checks = (
        signatures.check_github,
        signatures.check_stripe,
        signatures.check_slack,
        signatures.check_shopify,
        signatures.check_okta,
        Own("x-hub-signature-256", encoding="base64").check,
    )
    for check in checks:
        assert why(check, message(headers), [signing.SECRET])
