"""Topics: cosignatures and answers of witnesses, requests to them, and policies."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import CosigningKey, VerifierKey, cosigned_message
from indelible.ledger.policy import Policy
from indelible.ledger.proofs import prove_consistency
from indelible.ledger.witnessing import MAX_PROOF_LINES, AddCheckpoint, origin_hash, read_cosignatures
from vectors.making import Answers, topic
from vectors.making.example import EXAMPLE, LOG, ORIGIN, TIME, WITNESS, b64, checkpoint, signed

SECOND = CosigningKey("witness.example/w2", bytes(range(0xA0, 0xC0)))
THIRD = CosigningKey("witness.example/w3", bytes(range(0xC0, 0xE0)))
TEXT = checkpoint(8).text
LINE = WITNESS.cosign(TEXT, TIME)


def _outcome(read: Callable[[], Any]) -> Answers:
    """What reading gives: its answer, or the code of the refusal."""
    try:
        return {"gives": read()}
    except LedgerError as error:
        return {"refused": error.code}


@topic("cosignatures")
def cosignatures() -> Answers:
    keys = [WITNESS.verifier, SECOND.verifier]
    return {
        "origin": "Cosignatures (type 0x04) of the checkpoint of size 8 of checkpoints.json, by the rules of C2SP"
        " tlog-cosignature; seeds 20..3f, a0..bf and c0..df. Of each answer: the names whose lines count, or why"
        " it is refused.",
        "checkpoint_text": TEXT,
        "log_key": LOG.verifier.text,
        "witness_keys": [key.text for key in keys],
        "lines": [_line(key, time) for key in (WITNESS, SECOND, THIRD) for time in (1, TIME, 2**63 - 1)],
        "answers": [
            {"what": what, "answer": answer, **_outcome(lambda answer=answer: _names(answer, keys))}
            for what, answer in _answers().items()
        ],
    }


def _line(key: CosigningKey, time: int) -> Answers:
    return {
        "verifier_key": key.verifier.text,
        # As text: a JavaScript number would lose digits of the last.
        "time": str(time),
        "message": cosigned_message(TEXT, time).decode(),
        "line": key.cosign(TEXT, time),
    }


def _names(answer: str, keys: Sequence[VerifierKey]) -> list[str]:
    return [good.key.name for good in read_cosignatures(answer, TEXT, keys)]


def _answers() -> dict[str, str]:
    return {
        "one line": LINE,
        "two witnesses": LINE + SECOND.cosign(TEXT, TIME + 1),
        "a witness that was not asked for": THIRD.cosign(TEXT, TIME),
        "a line of the log itself among them": LOG.sign(TEXT) + LINE,
        "one witness twice": LINE + LINE,
        "of another size": WITNESS.cosign(checkpoint(5).text, TIME),
        "under another time": _field_changed(lambda raw: raw[:4] + (TIME + 1).to_bytes(8, "big") + raw[12:]),
        "at time zero": _field_changed(lambda raw: raw[:4] + bytes(8) + raw[12:]),
        "at a negative time": _field_changed(lambda raw: raw[:4] + b"\x80" + raw[5:]),
        "without a time": _field_changed(lambda raw: raw[:4] + raw[12:]),
        "a byte too many": _field_changed(lambda raw: raw + b"\x00"),
        "nothing": "",
        "no line end": LINE[:-1],
        "an empty line between": LINE + "\n" + SECOND.cosign(TEXT, TIME),
        "a whole note": signed(8) + LINE,
    }


def _field_changed(change: Callable[[bytes], bytes]) -> str:
    start, field = LINE.rstrip("\n").rsplit(" ", 1)
    return f"{start} {b64(change(base64.b64decode(field)))}\n"


@topic("witness_requests")
def witness_requests() -> Answers:
    return {
        "origin": "Bodies of add-checkpoint by the rules of C2SP tlog-witness, for the log of checkpoints.json;"
        " requests made by a witness of another project's were accepted in the same form.",
        "origin_line": ORIGIN,
        "origin_hash_hex": origin_hash(ORIGIN),
        "requests": [_request(old, new) for old, new in ((0, 5), (5, 8), (3, 8), (8, 8), (0, 0))],
        "bodies": [
            {"what": what, "body": body, **_outcome(lambda body=body: AddCheckpoint.parse(body.encode()).old)}
            for what, body in _bodies().items()
        ],
    }


def _request(old: int, new: int) -> Answers:
    proof = tuple(prove_consistency(old, new, EXAMPLE))
    return {
        "old": old,
        "size": new,
        "proof_base64": [b64(step) for step in proof],
        "note": signed(new),
        "body": AddCheckpoint(old, proof, signed(new)).text,
    }


def _bodies() -> dict[str, str]:
    good = AddCheckpoint(5, tuple(prove_consistency(5, 8, EXAMPLE)), signed(8)).text
    step = b64(bytes(32)) + "\n"
    return {
        "good": good,
        "63 proof lines": "old 5\n" + step * MAX_PROOF_LINES + "\n" + signed(8),
        "64 proof lines": "old 5\n" + step * (MAX_PROOF_LINES + 1) + "\n" + signed(8),
        "a leading zero": good.replace("old 5", "old 05"),
        "a sign": good.replace("old 5", "old +5"),
        "a size above 2**63 - 1": good.replace("old 5", "old 9223372036854775808"),
        "no empty line": good.replace("\n\n", "\n", 1),
        "carriage returns": good.replace("\n", "\r\n"),
        "a hash of 31 bytes": f"old 5\n{b64(bytes(31))}\n\n" + signed(8),
        "spare bits in a hash": "old 5\n" + step.replace("A=", "B=") + "\n" + signed(8),
        "a note without signatures": "old 5\n\n" + TEXT + "\n",
        "nothing": "",
    }


@topic("policies")
def policies() -> Answers:
    return {
        "origin": "Policies by the rules of C2SP tlog-policy, with the log and witnesses of cosignatures.json. Of"
        " each: whether cosignatures by these witnesses are enough, or that it is refused.",
        "policies": [
            {"what": what, "text": text, **_outcome(lambda text=text: _satisfied(text))}
            for what, text in _policies().items()
        ],
    }


def _satisfied(text: str) -> list[Answers]:
    keys = {f"w{place}": key.verifier for place, key in enumerate((WITNESS, SECOND, THIRD), 1)}
    sets = [[], ["w1"], ["w2"], ["w1", "w2"], ["w2", "w3"], ["w1", "w2", "w3"]]
    policy = Policy.parse(text)
    return [
        {"cosigned_by": names, "enough": policy.satisfied_by([keys[name] for name in names])}
        for names in sets
    ]


def _policies() -> dict[str, str]:
    witnesses = [
        f"witness w{place} {key.verifier.text}\n" for place, key in enumerate((WITNESS, SECOND, THIRD), 1)
    ]
    three = "".join(witnesses)
    return {
        "nobody": "quorum none\n",
        "one": f"log {LOG.verifier.text}\n{witnesses[0]}quorum w1\n",
        "any of three": f"{three}group g any w1 w2 w3\nquorum g\n",
        "two of three": f"{three}group g 2 w1 w2 w3\nquorum g\n",
        "all of three": f"{three}group g all w1 w2 w3\nquorum g\n",
        "one and any of two": f"{three}group g any w2 w3\ngroup both all w1 g\nquorum both\n",
        "comments and tabs": f"# who\n\n  # we trust\n{witnesses[0]}\tquorum\t w1 \n",
        "no quorum": three,
        "two quorums": "quorum none\nquorum none\n",
        "a name used before it is defined": "quorum w1\n" + witnesses[0],
        "one key under two names": f"{witnesses[0]}witness again {WITNESS.verifier.text}\nquorum w1\n",
        "a member of two groups": f"{three}group a any w1\ngroup b all w1 w2\nquorum b\n",
        "more than there are": f"{three}group g 4 w1 w2 w3\nquorum g\n",
        "none as a member": "group g any none\nquorum g\n",
        "a carriage return": "quorum none\r\n",
    }
