"""Asking a time-stamping authority to vouch for when a seal existed: the client's side of RFC 3161.

What is stamped is the bare seal. The answer counts only if it is about exactly our bytes and our nonce, is signed by a
chain that ends in a root pinned for this authority, and tells a time near our own clock. The whole answer is kept.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from indelible.features.seals.outside.calls import CallFailed, Question, begin
from indelible.features.seals.outside.witnesses import Trouble
from indelible.ledger.errors import LedgerError
from indelible.ledger.stamps import Stamp, bare_token, build_request, check_stamp, read_roots

ASK_TYPE = "application/timestamp-query"
ANSWER_TYPE = "application/timestamp-reply"
MOST_ANSWER_BYTES = 256 * 1024
CLOCKS_APART = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Stamped:
    """A stamp that holds: what it says, the whole answer, the nonce it was asked with, its token's SHA-256 in hex."""

    stamp: Stamp
    response: bytes
    nonce: int
    token_digest: str


class Asking:
    """One seal on its way to one authority."""

    def __init__(self, url: str, bare_note: str, seconds: float) -> None:
        self._message = bare_note.encode()
        self._nonce = secrets.randbits(63) | 1 << 63
        request = build_request(self._message, self._nonce)
        self._call = begin(Question(url, MOST_ANSWER_BYTES, request, ASK_TYPE), seconds)

    @property
    def is_ready(self) -> bool:
        """Whether `outcome` would not wait."""
        return self._call.is_over

    def outcome(self, roots: str, policy: str, now: datetime) -> Stamped | Trouble:
        """Wait for the answer and judge it. `roots` is PEM; an empty `policy` insists on none."""
        try:
            answer = self._call.answer()
        except CallFailed as failure:
            return Trouble(failure.code, failure.detail)
        if answer.status != 200 or answer.media_type != ANSWER_TYPE:
            return Trouble("stamp-refused", f"{answer.status} {answer.media_type}")
        return judge(answer.body, self._message, self._nonce, roots, policy, now)


def judge(
    response: bytes, message: bytes, nonce: int, roots: str, policy: str, now: datetime
) -> Stamped | Trouble:
    """Check an answer against what was asked."""
    try:
        stamp = check_stamp(response, message, read_roots(roots), policy=policy or None, nonce=nonce)
    except LedgerError as fault:
        return Trouble(fault.code, fault.detail)
    at = datetime.fromisoformat(stamp.gen_time.replace("Z", "+00:00")).astimezone(UTC)
    if abs(at - now) > CLOCKS_APART:
        return Trouble("stamp-clock", f"it says {stamp.gen_time}, our clock says {now:%Y-%m-%dT%H:%M:%SZ}")
    return Stamped(stamp, response, nonce, sha256(bare_token(response)).hexdigest())
