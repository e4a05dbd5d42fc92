"""Which logs a witness watches: verifier keys, one by one or from a list in a file.

A file holds one key a line, plain or as lines `log <key> [address]` of a policy; blank lines, lines with `#`
and the other lines of a policy are passed over, so that a policy file can be given as it is.
"""

from __future__ import annotations

import re
from pathlib import Path

from indelible.ledger.errors import MalformedInput
from indelible.ledger.keys import ED25519, VerifierKey

from .errors import WitnessError

MOST_BYTES = 1_000_000

_OTHER_POLICY_LINES = ("witness", "group", "quorum")


def parse_log_key(text: str) -> VerifierKey:
    """Return the key of a log (Ed25519, type 0x01), whose name is the log's origin.

    Raises WitnessError (`witness-log-key`).
    """
    try:
        key = VerifierKey.parse(text.strip())
    except MalformedInput as refused:
        raise WitnessError("witness-log-key", str(refused), key=text[:200]) from refused
    if key.algorithm != ED25519:
        raise WitnessError("witness-log-key", f"type {key.algorithm} is a cosigner's", key=text[:200])
    return key


def parse_logs(text: str) -> list[VerifierKey]:
    """Return the keys that a list names. Raises WitnessError (`witness-log-key`)."""
    found = []
    for line in text.split("\n"):
        words = re.split("[ \t\r]+", line.strip(" \t\r"))
        if words[0].startswith("#") or words[0] in ("", *_OTHER_POLICY_LINES):
            continue
        named = words[1:] if words[0] == "log" else words
        found.append(parse_log_key(named[0] if named else line))
    return found


def read_logs(path: Path) -> list[VerifierKey]:
    """Return the keys that a file names. Raises WitnessError (`witness-log-key`) and OSError."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    try:
        if len(data) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES} bytes")
        return parse_logs(data.decode("utf-8"))
    except ValueError as error:
        raise WitnessError("witness-log-key", f"{path}: {error}", key=path) from error
