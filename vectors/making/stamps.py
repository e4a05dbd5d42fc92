"""Topic: time-stamps. The tokens of `tokens/` were signed once by throw-away OpenSSL authorities."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from indelible.ledger.errors import StampError
from indelible.ledger.stamps import build_request, check_stamp, subject_of
from vectors.making import Answers, topic
from vectors.making.example import b64, signed

TOKENS = Path(__file__).with_name("tokens")
POLICY = "1.3.6.1.4.1.32473.1.1"
NONCE = 10721007946479745304


@topic("time_stamps")
def time_stamps() -> Answers:
    message = signed(8).encode()
    root = (TOKENS / "root.pem").read_text(encoding="ascii")
    rogue_root = (TOKENS / "rogue-root.pem").read_text(encoding="ascii")
    return {
        "origin": "Requests and tokens of RFC 3161 over the bare checkpoint of size 8 of checkpoints.json. The tokens"
        " are of throw-away OpenSSL authorities; openssl ts -verify agrees on each. The rogue has the names of the"
        " first authority, another key, and its own root inside its token.",
        "message": message.decode(),
        "request_without_nonce_hex": build_request(message, None).hex(),
        "policy": POLICY,
        "root_pem": root,
        "root_subject": subject_of(root),
        "good": {
            "nonce": str(NONCE),
            "request_base64": b64(build_request(message, NONCE)),
            **_stamp("good", message, root, NONCE),
        },
        "chain_unsorted": _stamp("chain-unsorted", message, root, None),
        "rogue": {
            **_response("rogue"),
            "root_pem": rogue_root,
            "code": _refusal("rogue", message, root),
        },
        "refused": [
            {"what": "another message", "code": _refusal("good", message + b"x", root)},
            {"what": "another nonce", "code": _refusal("good", message, root, nonce=NONCE + 1)},
            {"what": "another policy", "code": _refusal("good", message, root, policy=POLICY + ".1")},
            {"what": "another root", "code": _refusal("good", message, rogue_root)},
        ],
    }


def _read(name: str) -> bytes:
    return (TOKENS / f"{name}.tsr").read_bytes()


def _response(name: str) -> Answers:
    return {"response_base64": b64(_read(name))}


def _stamp(name: str, message: bytes, root: str, nonce: int | None) -> Answers:
    stamp = check_stamp(_read(name), message, [root.encode()], policy=POLICY, nonce=nonce)
    return {**_response(name), "stamp": dataclasses.asdict(stamp)}


def _refusal(
    name: str, message: bytes, root: str, *, policy: str | None = None, nonce: int | None = None
) -> str:
    try:
        check_stamp(_read(name), message, [root.encode()], policy=policy, nonce=nonce)
    except StampError as error:
        return error.code
    raise AssertionError(f"{name} holds")
