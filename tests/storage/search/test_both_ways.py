"""A pattern held against every entry, and asked of the index: both find the same, whatever the pattern and the entries.

One log of some hundred entries is shared by all patterns: half of them alike enough for patterns to meet several, half
with anything that is lawful. Patterns are made of the words, names and facts of those entries.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from indelible.events.content import to_content
from indelible.events.office import WorkCalendar
from indelible.language.matching import compiled
from indelible.language.pattern import DAYS, OPS, Condition, Pattern, When, Who
from indelible.language.periods import settle
from indelible.language.world import Member, Person, World
from indelible.storage.database import search, tagging
from indelible.storage.database.append import Draft, append
from indelible.storage.database.reads import get_entries
from indelible.storage.database.search import finding
from tests.events.lawful_events import events as lawful_events

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ALIKE = ODD = 160
KATHMANDU = ZoneInfo("Asia/Kathmandu")  # a quarter of an hour beside everybody else
WORLD = World(
    people=(
        Person("Maria Lopez", (Member("Maria Lopez"), Member("mlopez", 7), Member("maria@example.com"))),
        Person("Zoë Kahn", (Member("Zoe Kahn"), Member("zk", until="2026-03-05T10:20:00Z"))),
        Person("Ana", (Member("ana.novak", since="2026-03-01T00:00:00Z", until="2026-05-01T00:00:00Z"),)),
    ),
    groups={"Finance": (Member("Maria Lopez"), Member("zk", 8, "2026-02-01T00:30:00Z")), "Nobody": ()},
    calendar=WorkCalendar(
        "Europe/Madrid",
        {0: ((time(8, 30), time(13)), (time(14), time(18))), 2: ((time(22), time(0)),)},
        frozenset({datetime(2026, 3, 2).date()}),
    ),
    zone=KATHMANDU,
    currency="EUR",
)
NAMES = ["Maria Lopez", "Zoë Kahn", "Zoe\u0308 Kahn", "ana.novak", "mlopez", "zk", "maria@example.com",
         "\u0430na", "Tom", "İpek Şahin", "Ŀluís", "李 雷", "…", "Maria*",
         "ΣΊΣΥΦΟΣ", "Fußball Łódź", "١٢٣"]  # fmt: skip
WORDS = [
    "invoice paid",
    "Harrow Freight",
    "INV-1043",
    "late",
    "true",
    "12.50",
    "naïve",
    "été 2026",
    "a_b",
    "ﬁne",
]
FACTS = ["amount", "row_count", "approval_ref", "author", "reason", "changes.before", "changes.after", "changes",
         "context.ip", "context", "changes/Unit Price", "changes/note", "maker", "approver", "due_date", "actor",
         "on_behalf_of", "occurred_at", "attachments", "outcome", "limit_applied", "own fact",
         "unit_price"]  # fmt: skip
VALUES = ["5000", "0", "-3", "12.50", "1,200", "1.200,50", "0.00001", "9999999999999999999999", "2026-03-01",
          "2026-03-04T10:00:00Z", "5000 EUR", "true", "limit_applied", *NAMES, *WORDS]  # fmt: skip


def _alike(pick: random.Random) -> dict[str, Any]:
    """An event of few words, names and facts, so that patterns meet several."""
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=pick.randrange(60 * 24 * 90))
    told: dict[str, Any] = {
        "occurred_at": f"{moment:%Y-%m-%dT%H:%M:%S}Z",
        "actor": {"name": pick.choice(NAMES[:8]), "kind": pick.choice(["person", "service"])},
        "action": {"verb": pick.choice(["pay", "approve", "change", "view"]), "said": pick.choice(WORDS)},
        "targets": [
            {"kind": pick.choice(["invoice.sales", "supplier", "x.a_b", "x.a1b"]), "name": pick.choice(WORDS)}
        ],
        "changes": [
            {"field": pick.choice(["Unit Price", "note"]), "before": pick.choice(VALUES), "after": pick.choice(VALUES)}
        ],
        "outcome": pick.choice(["success", "denied"]),
        "on_behalf_of": {"id": pick.choice(NAMES)},
        "context": {pick.choice(["ip", "device"]): "192.0.2.7"},
        "reason": pick.choice(WORDS),
        "source": {"name": pick.choice(["Xero of Northwind", "Bank 8"]), "system": "xero"},
        "flags": [pick.choice(["outcome_implied", "Outcome_implied", "a b"])],
        "extra": {
            pick.choice(FACTS[:16]): pick.choice([*VALUES, 12, True, ["7000", {"a": 3}], {}]),
            "currency": pick.choice(["EUR", "usd", 7]),
            "limit_applied": pick.choice(VALUES[:6]),
        },
    }  # fmt: skip
    for name in list(told):
        if pick.random() < 0.25:
            del told[name]
    return told or {"reason": "late"}


def _odd() -> list[dict[str, Any]]:
    """Events with anything that may stand in one, always the same."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=ODD, database=None, derandomize=True, phases=[Phase.generate])
    @given(lawful_events)
    def gather(event: dict[str, Any]) -> None:
        for attachment in event.get("attachments", ()):
            attachment.pop("blob", None)  # no file lies behind it
        if not all(event.get("attachments", [True])):
            del event["attachments"]
        found.append({name: value for name, value in event.items() if name != "numbers"})

    gather()
    return [event for event in found if event]


EVENTS = [_alike(random.Random(number)) for number in range(ALIKE)] + _odd()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


ODD_TEXTS = sorted({text for event in EVENTS[ALIKE:] for text in _texts(event)})
ODD_FACTS = sorted({name for event in EVENTS[ALIKE:] for name in event.get("extra", {})})
texts = st.sampled_from([*NAMES, *WORDS]) | st.sampled_from(ODD_TEXTS)
kinds = st.sampled_from(
    ["invoice", "invoice.sales", "supplier", "supplier.bank_account", "x", "x.a_b", "x.a1b"]
)
verbs = st.sampled_from(["pay", "approve", "change", "view", "sign"])
whoever = st.one_of(
    texts.map(lambda name: Who(name=name)),
    st.sampled_from(["Finance", "finance", "Nobody", "No such group"]).map(lambda group: Who(group=group)),
    st.sampled_from(["person", "service", "unknown"]).map(lambda kind: Who(kind=kind)),
)
systems = st.sampled_from(["xero", "Xero of Northwind", "northwind xero", "7", "8", "007", "0", "Ban*"])
conditions = st.builds(
    Condition,
    st.sampled_from(FACTS) | st.sampled_from(ODD_FACTS),
    st.sampled_from(OPS),
    st.sampled_from([*VALUES, *FACTS]) | st.sampled_from(ODD_TEXTS),
    st.sampled_from(["", "", "EUR", "USD", "rows"]),
)
periods = st.sampled_from(
    ["last month", "March 2026", "since 2026-03-04T10:20", "last 120 days", "before 1000", "2026-04-01.."]
)
whens = st.one_of(
    periods.map(lambda text: When(text=text)),
    st.builds(
        When,
        st.sampled_from(["", "2026-03-05", "2026-03-05T10:20:00.5Z", "0001-01-01"]),
        st.sampled_from(["", "2026-05-01", "9999-12-31", "2026-04-05T10:20:00Z"]),
        st.lists(st.sampled_from(DAYS), max_size=3).map(tuple),
        st.sampled_from(["", "working hours", "outside working hours", "22:00-06:00", "09:15-17:45"]),
    ),
)  # fmt: skip
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "verbs": verbs,
    "categories": st.sampled_from(["money", "document"]),
    "things": kinds,
    "named": texts,
    "who": whoever,
    "not_who": whoever,
    "systems": systems,
    "not_verbs": verbs,
    "not_things": kinds,
    "not_systems": systems,
    "outcomes": st.sampled_from(["success", "denied", "pending"]),
    "flags": st.sampled_from(["outcome_implied", "Outcome_implied", "a b", *ODD_TEXTS[:5]]),
    "rules": st.sampled_from(["3", "3.1", "3.2", "32", "4"]),
    "said": texts,
    "text": texts,
    "where": conditions,
}


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Any pattern of one to three parts."""
    names = draw(st.lists(st.sampled_from([*PARTS, "where", "when"]), min_size=1, max_size=3, unique=True))
    return Pattern.of(
        when=draw(whens) if "when" in names else None,
        **{name: draw(st.lists(PARTS[name], min_size=1, max_size=2)) for name in names if name != "when"},
    )


_HELD: pytest.StashKey[dict[str, Any]] = pytest.StashKey()


@pytest.fixture
def held(request, database, log_on):
    """The log of all events and its entries as they are sealed. Made once for each database."""
    kept = request.config.stash.setdefault(_HELD, {})
    if database not in kept:
        logbook = log_on(database)
        drafts = [
            Draft(event, source=7 + place % 2, rules=("3.1", "32.2")[place % 2 :] if place % 3 else ())
            for place, event in enumerate(EVENTS)
        ]
        before = list(tagging._provided)
        tagging.provide_tagger(None)  # nothing is to be taken out of these events
        append(logbook, drafts)
        tagging.provide_tagger(before[0] if before else None)
        kept[database] = logbook, get_entries(logbook, 0, len(EVENTS))
    return kept[database]


def test_both_ways_find_the_same(held, monkeypatch):
    logbook, entries = held
    met = set()
    monkeypatch.setattr(finding, "PAGE_SECONDS", 60)  # however busy the machine is, nothing is cut short
    monkeypatch.setattr(finding, "COUNT_SECONDS", 60)

    @settings(
        max_examples=200,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(patterns())
    def check(pattern: Pattern) -> None:
        test = compiled(settle(pattern, NOW, KATHMANDU), WORLD)
        wanted = [
            entry.index
            for entry in entries
            if test(
                entry.event,
                next((int(source) for source in entry.event.get("numbers", {}).get("sources", {})), -1),
                entry.recorded_at,
            )
        ]
        assert search.find_all(logbook, pattern, WORLD, now=NOW) == wanted
        page = search.find(logbook, pattern, WORLD, now=NOW)
        assert page.indexes == wanted[::-1][: search.PAGE]
        assert (page.count, page.counted_all, page.looked_to) == (len(wanted), True, None)
        if 0 < len(wanted) < len(entries) - 1:
            met.update(part for part, _member in pattern.parts())

    check()
    assert met == {*PARTS, "when"}  # each part has told entries apart


def test_the_events_are_as_odd_as_can_be():
    assert len(EVENTS) > ALIKE + ODD // 2
    assert any(not text.isascii() for text in ODD_TEXTS)
    assert all(to_content(event) for event in EVENTS)
