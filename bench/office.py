"""Seeded events of a whole office: what the ready rules are about, the common daily and the rare once a month.

Each event is one that some ready rule asks for, with the facts that it needs. How often each rule is met falls as in
real records: a few kinds of act are most of what happens.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from bench.events import INVOICES, PEOPLE, START, WORDS, person_name
from indelible.events.event import Event
from indelible.events.vocabulary import THINGS, VERBS, category_of
from indelible.features.rules.catalogue import RULES, ReadyRule

SECONDS_APART = 30  # a million entries cover nearly a year
STEEPNESS = 1.2  # how much rarer each kind of act is than the one before
SOURCES = (
    ("Xero of Northwind", "xero"),
    ("Staff records", "bamboohr"),
    ("Sign-in", "entra"),
    ("Doors", "paxton"),
)
FIGURES = frozenset(
    "amount balance batch_total count counted difference gross_total headcount item_count line_count people_count "
    "population_count quantity row_count score size value".split()
)


def _ranked() -> tuple[list[ReadyRule], list[float]]:
    rules = list(RULES.values())
    random.Random("office").shuffle(rules)
    return rules, [1 / place**STEEPNESS for place in range(1, len(rules) + 1)]


_RULES, _WEIGHTS = _ranked()


def office_event(number: int, seed: int = 1) -> Event:
    """Return the event of that number: always the same for the same seed."""
    pick = random.Random(f"office/{seed}/{number}")
    rule = pick.choices(_RULES, _WEIGHTS)[0]
    verb = pick.choice(rule.verbs or ("change",))
    kind = pick.choice(rule.things or tuple(THINGS))
    person = min(int(pick.expovariate(1 / 40)), PEOPLE - 1)
    source, system = SOURCES[hash_of(kind) % len(SOURCES)]
    happened = START + timedelta(seconds=number * SECONDS_APART)
    event: dict[str, Any] = {
        "occurred_at": happened.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "actor": {
            "id": f"u-{person}",
            "name": person_name(person),
            "kind": "service" if pick.random() < 0.1 else "person",
        },
        "action": {"verb": verb, "said": f"{THINGS[kind].group} {VERBS[verb].past}".title()},
        "targets": [{"kind": kind, "id": f"OBJ-{pick.randrange(INVOICES)}"}],
        "outcome": pick.choices(["success", "failure", "denied"], [0.96, 0.03, 0.01])[0],
        "source": {"name": source, "system": system, "id": f"r-{number}"},
    }
    if category := category_of(verb, [kind]):
        event["action"]["category"] = category
    extra: dict[str, Any] = {}
    for need in rule.needs:
        if pick.random() < 0.15:
            continue  # sources do not tell everything
        head, _, part = need.fact.partition(".")
        if head == "changes":
            change = event.setdefault(
                "changes", [{"field": pick.choice(["amount", "status", "owner", "limit"])}]
            )[0]
            change[part] = f"{pick.randrange(100, 90_000)}.00"
        elif head == "context":
            event["context"] = {"ip": f"192.0.2.{pick.randrange(256)}", "device": f"pc-{pick.randrange(300)}"}
        elif head == "reason":
            event["reason"] = " ".join(pick.choices(WORDS, k=5))
        elif head == "on_behalf_of":
            event["on_behalf_of"] = {"name": person_name(pick.randrange(PEOPLE))}
        elif head not in ("attachments", "outcome"):
            extra[head] = _fact(head, pick)
    if extra:
        event["extra"] = extra
    return event  # type: ignore[return-value]


def _fact(name: str, pick: random.Random) -> str | int:
    if name == "currency":
        return pick.choice(["EUR", "EUR", "USD"])
    if name in FIGURES:
        figure = 10 ** pick.uniform(0, 6)
        return f"{figure:.2f}" if name in ("amount", "balance", "gross_total") else int(figure)
    return f"{pick.choice(WORDS)} {pick.randrange(1_000)}"


def hash_of(text: str) -> int:
    """Return a number that stands for a text in every run."""
    return sum(text.encode())


def office_events(count: int, start: int = 0, seed: int = 1) -> list[Event]:
    """Return `count` events from number `start` on."""
    return [office_event(number, seed) for number in range(start, start + count)]
