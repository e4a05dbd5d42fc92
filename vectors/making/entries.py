"""Topics: entries of format 1, and canonical JSON."""

from __future__ import annotations

import base64
import json
from typing import Any

import rfc8785

from indelible.ledger import canonical
from indelible.ledger.entries import disclosures, erase_secret, parse_leaf, prepare, seal
from indelible.ledger.errors import MalformedInput
from indelible.ledger.fields import digests_of
from indelible.ledger.opening import encode_disclosure
from vectors.making import Answers, topic

AT = "2026-01-01T00:00:01.000000Z"
PERSON = {"id": "u-17", "kind": "person", "name": "Ada M\u00f6bius"}

SIX_FIELDS: dict[str, Any] = {
    "action": {"category": "money", "said": "Invoice Edited", "verb": "change"},
    "actor": PERSON,
    "changes/0": {"after": "12000.00", "before": "1200.00", "field": "amount"},
    "occurred_at": "2026-01-01T00:00:00.000000Z",
    "outcome": "success",
    "targets/0": {"id": "INV-1043", "kind": "invoice.sales"},
}
TWENTY_FIELDS: dict[str, Any] = {
    "action": {"category": "personal_data", "said": "Bulk view", "verb": "view"},
    "actor": PERSON,
    "attachments/0": {
        "media_type": "text/plain",
        "name": "list.txt",
        "sha256": "7fd09355f7901c0dba3aaec7ae0950f71ed35068d154e0a8f5cf4e8cb9de7bd4",
        "size": 5,
    },
    "extra": {"note from the source": "x"},
    "extra/purpose": "yearly check",
    "extra/row_count": 11,
    "numbers/rules/3.2": 212,
    "numbers/sources/7": 812,
    "outcome": "success",
    **{f"targets/{n}": {"id": f"C-{n}", "kind": "customer"} for n in range(11)},
}
RFC9901 = [
    "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
    "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0",
]

KEY_ORDER = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
ESCAPES = '\x00\x1f\x7f\u2028/\\"\b\f\n\r\t\u00e9'
NUMBERS = "0.0 -0.0 1e21 1e20 1e-6 1e-7 5e-324 333333333.33333329 4.50 9007199254740993.0".split()


@topic("entries")
def entries() -> Answers:
    first = _entry("six fields", bytes(range(0x60, 0x80)), SIX_FIELDS, encoded=True)
    second = _entry(
        "lists, facts and running numbers, twenty fields", bytes(range(0x80, 0xA0)), TWENTY_FIELDS
    )
    _, left = erase_secret(first["content"], bytes.fromhex(first["secret_hex"]), ["actor"], 1)
    first["salts_without_actor"] = json.loads(left)["salts"]
    _, left = erase_secret(second["content"], bytes.fromhex(second["secret_hex"]), ["actor"], 9)
    second["erasure"] = {"field": "actor", "by": 9, "secret": left.decode()}
    return {
        "origin": "Entry format 1 of docs/formats. Digests computed in Python and confirmed with Node; the two single"
        " disclosures at the end are examples of RFC 9901.",
        "entries": [first, second],
        "rfc9901": [
            {
                "disclosure": text,
                "digest": digests_of([base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))])[0],
            }
            for text in RFC9901
        ],
    }


def _entry(what: str, secret: bytes, content: dict[str, Any], *, encoded: bool = False) -> Answers:
    [sealed] = seal(prepare([content], [secret]), [], AT)
    leaf = parse_leaf(sealed.data)
    return {
        "what": what,
        "secret_hex": secret.hex(),
        "at": AT,
        "content": sealed.content,
        "fields": [
            {
                "name": name,
                "salt": json.loads(text)[0],
                "text": text,
                "digest": leaf.digest_of(name),
                **({"disclosure": encode_disclosure(text)} if encoded else {}),
            }
            for name, text in disclosures(sealed.content, secret).items()
        ],
        "leaf": sealed.data.decode(),
        "leaf_hash_hex": sealed.leaf_hash.hex(),
    }


@topic("canonical")
def canonical_json() -> Answers:
    return {
        "origin": "Key order and escapes follow the examples of RFC 8785; the numbers are those whose form a double"
        " would decide, which Indelible refuses.",
        # The ledger refuses keys that sort differently by UTF-16 unit, so the reference encoder answers here.
        "key_order": {"value": KEY_ORDER, "canonical_hex": rfc8785.dumps(KEY_ORDER).hex()},
        "escapes": {"value": ESCAPES, "canonical_hex": canonical.encode(ESCAPES).hex()},
        "refused_numbers": [number for number in NUMBERS if _is_refused(number)],
    }


def _is_refused(number: str) -> bool:
    try:
        canonical.decode(number)
    except MalformedInput:
        return True
    return False
