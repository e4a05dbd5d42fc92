"""Topic: sentences of the one language, each with what it means, or with what must be asked about it.

The sentences stand in `language_*.toml`, short and as people write them; here each becomes the JSON that
`indelible understand` prints. Words, things and facts are held against the closed word list, and every pattern
goes through `Pattern`, so a file that names something that cannot be sealed is never made.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from indelible.events.vocabulary import FACTS, OUTCOMES, THINGS, VERBS
from indelible.language.pattern import OPS, ROLES, Duties, Pattern
from vectors.making import Answers, topic

NOW: Final = "2026-06-17T10:00:00Z"
"""When the sentences are read: a Wednesday."""

WORLDS: Final[dict[str, dict[str, Any]]] = {
    "nowhere": {},
    "northwind": {
        "people": {
            "Tom Reed": ["tom.reed", "tom.reed@northwind.example"],
            "Priya Nair": ["priya", "priya.nair@northwind.example"],
            "Daniel Osei": ["daniel.osei@northwind.example"],
        },
        "groups": {
            "Finance": ["priya.nair@northwind.example"],
            "Sales": ["tom.reed@northwind.example"],
            "Managers": ["priya", "daniel.osei@northwind.example"],
        },
        "systems": ["Xero", "AccountsPro", "Payroll", "Okta", "Slack", "Salesforce"],
        "things": {
            "greenhouse tray": "x.greenhouse_tray",
            "greenhouse trays": "x.greenhouse_tray",
            "tray": "x.greenhouse_tray",
            "trays": "x.greenhouse_tray",
        },
    },
    "two-marias": {
        "people": {
            "Maria Lopez": ["maria.lopez@northwind.example"],
            "Maria Schmidt": ["m.schmidt@northwind.example"],
        },
        "groups": {"Finance": ["maria.lopez@northwind.example"]},
    },
    # Names that are words of the language as well.
    "names-like-words": {
        "people": {"Grant Reed": ["grant.reed"], "Mark Sharp": ["mark.sharp"], "Bill Close": ["bill.close"]},
        "groups": {"Payments": ["grant.reed"], "Legal": ["mark.sharp"]},
        "systems": ["Notion", "Box", "Close", "Sign In App"],
        "things": {"lead": "x.lead", "leads": "x.lead", "payment link": "x.payment_link"},
    },
}

WORDS: Final[dict[str, Iterable[str]]] = {
    "verbs": VERBS,
    "things": [*THINGS, "invoice", "x.greenhouse_tray", "x.lead", "x.payment_link"],
    "not_verbs": VERBS,
    "not_things": THINGS,
    "facts": [*FACTS, "actor", "occurred_at"],
    "outcomes": OUTCOMES,
}
LISTS: Final = ("named", "systems", "not_systems", "flags", "rules", "said", "text", "unchecked")
DUTIES: Final = ("keep", "silent_after", "expected")
ABOUT: Final = (
    "says",
    "world",
    "kind",
    "rule",
    "open",
    "note",
    "doubt",
    "names",
    "suggests",
    "asks",
    "offers",
)


@topic("language")
def language() -> Answers:
    """Return every sentence with its expected reading."""
    typed = _rows("language_typed")
    return {
        "origin": "What sentences must be understood as, docs/formats/pattern.md. The catalogue's fixed forms and "
        "typed sentences with the readings that it gives; the rest written for this file before there was "
        "anything that reads them. A sentence that is not understood must never pass for one that is.",
        "now": NOW,
        "worlds": WORLDS,
        "seeds": [_case(row) for row in typed["seeds"]],
        "catalogue": [_case(row | {"kind": "rule"}) for row in _rows("language_catalogue")["sentences"]],
        "typed": [_case(row) for row in typed["typed"]],
        "plain": [
            _case(row) for name in ("language_plain", "language_office") for row in _rows(name)["sentences"]
        ],
        "doubtful": [
            _case(row | {"doubt": True})
            for row in (*_rows("language_doubtful")["sentences"], *_rows("language_office")["doubtful"])
        ],
    }


def _rows(name: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((Path(__file__).with_name(f"{name}.toml")).read_text(encoding="utf-8"))


def _case(row: dict[str, Any]) -> Answers:
    """Return one sentence as the file tells it. Raises ValueError for a word that no word list has."""
    if strange := set(row) - set(ABOUT) - set(WORDS) - set(LISTS) - set(DUTIES) - OTHER:
        raise ValueError(f"{row['says']}: {sorted(strange)}")
    world = row.get("world", "nowhere")
    if world not in WORLDS:
        raise ValueError(f"{row['says']}: no world {world}")
    told: Answers = {"sentence": row["says"], "world": world, "understood": not row.get("doubt", False)}
    if told["understood"]:
        told["pattern"] = _pattern(row)
        told["duties"] = _duties(row)
    told |= {key: row[key] for key in ("kind", "rule", "names", "suggests", "offers", "note") if key in row}
    if "open" in row:
        told["open"] = row["open"].split()
    if "asks" in row:
        told["asks"] = dict(row["asks"])
        told["asks"]["choices"] = [_pattern(choice) for choice in row["asks"].get("choices", [])]
    return told


OTHER: Final = {"who", "not_who", "where", "when", "review", "look"}


def _pattern(row: dict[str, Any]) -> Answers:
    parts: dict[str, Any] = {}
    for name, words in WORDS.items():
        parts[name] = row.get(name, "").split()
        if unknown := set(parts[name]) - set(words):
            raise ValueError(f"{row.get('says')}: no {name} {sorted(unknown)}")
    parts |= {name: row[name] for name in LISTS if name in row}
    parts |= {name: [_who(one) for one in row[name]] for name in ("who", "not_who") if name in row}
    parts["where"] = [_condition(one) for one in row.get("where", ())]
    if "when" in row:
        parts["when"] = row["when"]
    return Pattern.from_json(parts).to_json()


def _who(told: str) -> dict[str, str]:
    """Read "Tom Reed", "group:Finance" or "kind:service"."""
    kind, colon, name = told.partition(":")
    return {kind: name} if colon else {"name": told}


def _condition(told: str) -> dict[str, str]:
    """Read "amount > 5000 EUR": fact, how it compares, value, unit."""
    fact, op, *rest = told.split(" ", 3)
    if fact not in FACTS and fact not in ROLES:
        raise ValueError(f"no fact: {told}")
    if op not in OPS:
        raise ValueError(f"no way to compare: {told}")
    return {"fact": fact, "op": op, **dict(zip(("value", "unit"), rest, strict=False))}


def _duties(row: dict[str, Any]) -> Answers:
    duties: dict[str, Any] = {name: row[name] for name in DUTIES if name in row}
    if "review" in row:
        every, by = row["review"]
        duties["review"] = {"every": every, "by": by}
    if "look" in row:
        within, by = row["look"]
        duties["look"] = {"within": within, "by": by}
    return Duties.from_json(duties).to_json()
