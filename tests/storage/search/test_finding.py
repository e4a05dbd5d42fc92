"""Finding: what was recorded is found by what people remember of it, and by nothing else."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from indelible.language.pattern import EVERYTHING, Condition, Pattern, When, Who
from indelible.language.world import World
from indelible.storage.database import search
from indelible.storage.database.append import Draft, append

NOW = datetime(2025, 6, 13, 9, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


def event(who: str, thing: str, *, at: str = "2025-06-12T10:00:00Z", **more):
    return {
        "occurred_at": at,
        "actor": {"name": who},
        "action": {"verb": "change", "category": "money", "said": "Invoice Edited"},
        "targets": [{"kind": "invoice.sales", "id": thing}],
        "source": {"name": "Xero of Northwind", "system": "xero"},
        "outcome": "success",
        **more,
    }


def record(logbook, *events) -> list[int]:
    return [one.index for one in append(logbook, [Draft(one, source=7) for one in events]).entries]


def found(logbook, zone=UTC, **parts) -> list[int]:
    return search.find(logbook, asking(**parts), World(zone=zone), now=NOW).indexes


def asking(**parts) -> Pattern:
    """The pattern of these parts; `who` by names, `when` as typed."""
    names = parts.pop("who", ())
    when = parts.pop("when", "")
    return Pattern.of(
        who=[Who(name=name) for name in names],
        when=When(text=when) if isinstance(when, str) else when,
        **parts,
    )


def test_what_was_just_recorded_is_found_at_once(logbook):
    (index,) = record(logbook, event("Maria Lopez", "INV-1043", reason="Typing mistake, Harlow"))
    assert found(logbook, text=["harlow"]) == [index]


FOUND = [
    {"text": ["maria"]},
    {"text": ["maria lopez"]},
    {"who": ["maria"]},
    {"who": ["Maria Lopez"]},
    {"named": ["INV-1043"]},
    {"text": ["INV-1043"]},
    {"text": ["inv-10*"]},
    {"things": ["invoice"]},
    {"things": ["invoice.sales", "payment"]},
    {"said": ["edited"]},
    {"verbs": ["change"]},
    {"categories": ["money"]},
    {"verbs": ["delete"], "categories": ["money"]},
    {"systems": ["xero"]},
    {"systems": ["Xero of Northwind"]},
    {"text": ["northwind"]},
    {"systems": ["7"]},
    {"outcomes": ["success"], "things": ["invoice"]},
    {"flags": ["outcome_implied"]},
    {"not_verbs": ["view"], "not_things": ["payment"], "not_systems": ["8"]},
    {"not_who": [Who(name="Tom")]},
    {"where": [Condition("reason", "contains", "typing mistake"), Condition("approval_ref", "absent")]},
    {"when": "2025-06-12"},
    {"when": "2025-06"},
    {"when": "2025"},
    {"when": "2025-06-01..2025-06-12"},
    {"who": ["maria"], "when": "since 1 June"},
    {"when": "..2025-06-12"},
    {"when": "2025-06-12T10:00"},
    {"when": "yesterday"},
    {"when": "last 7 days"},
    {"when": When(days=("thu",), hours="09:00-11:00")},
    {
        "text": ["harlow"],
        "who": ["maria"],
        "things": ["invoice"],
        "when": "2025-06-12",
        "outcomes": ["success"],
    },
]
NOT_FOUND = [
    {"who": ["harlow"]},
    {"named": ["maria"]},
    {"who": ["Lopez Maria"]},
    {"things": ["payment"]},
    {"verbs": ["delete"]},
    {"said": ["northwind"]},
    {"systems": ["stripe"]},
    {"systems": ["8"]},
    {"outcomes": ["failure"]},
    {"flags": ["payload_truncated"]},
    {"not_verbs": ["change"], "things": ["invoice"]},
    {"not_who": [Who(name="Maria")], "things": ["invoice"]},
    {"where": [Condition("reason", "absent")], "things": ["invoice"]},
    {"when": "2025-06-11"},
    {"who": ["maria"], "when": "2025-06-13.."},
    {"when": "..2025-06-11"},
    {"when": "2025-06-12T10:01"},
    {"when": When(days=("fri",)), "who": ["maria"]},
    {"text": ["maria", "tom"]},
    {"text": ["…"]},
    {"who": ["…"]},
]


@pytest.mark.parametrize("asked", FOUND, ids=str)
def test_an_entry_is_found_by(asked, found_by):
    logbook, wanted = found_by
    assert wanted in found(logbook, **asked)


@pytest.mark.parametrize("asked", NOT_FOUND, ids=str)
def test_an_entry_is_not_found_by(asked, found_by):
    assert found(found_by[0], **asked) == []


@pytest.fixture
def found_by(request, database, log_on):
    """A log that holds one entry of Maria's, and where it stands. Made once for each database."""
    held = request.config.stash.setdefault(_HELD, {})
    if database not in held:
        logbook = log_on(database)
        maria = event("Maria Lopez", "INV-1043", reason="Typing mistake, Harlow", flags=["outcome_implied"])
        held[database] = logbook, record(logbook, maria)[0]
    return held[database]


_HELD: pytest.StashKey[dict] = pytest.StashKey()


def test_accents_and_their_two_spellings_make_no_difference(logbook):
    composed, decomposed, bare = record(
        logbook, event("Zo\u00eb Kahn", "A-1"), event("Zoe\u0308 Kahn", "A-2"), event("Zoe Kahn", "A-3")
    )
    for asked in ("zoe", "Zo\u00eb", "Zoe\u0308", "ZOË KAHN"):
        assert found(logbook, who=[asked]) == [bare, decomposed, composed]
    assert found(logbook, text=["zoe"]) == [bare, decomposed, composed]


def test_an_address_is_found_exactly_and_its_look_alike_only_named(logbook):
    real = {"name": "Admin", "email": "admin@example.com"}
    fake = {"name": "Admin", "email": "\u0430dmin@example.com"}  # a Cyrillic a
    accent = {"name": "Admin", "email": "\u00e1dmin@example.com"}
    indexes = record(logbook, *[{**event("x", "A"), "actor": actor} for actor in (real, fake, accent)])
    assert found(logbook, who=["admin@example.com"]) == [indexes[0]]
    assert found(logbook, who=["Admin@Example.com"]) == [indexes[0]]
    assert found(logbook, who=["\u0430dmin@example.com"]) == [indexes[1]]
    assert search.look_alikes(logbook, "admin@example.com") == ["\u0430dmin@example.com"]
    assert "admin@example.com" in search.look_alikes(logbook, "\u0430dmin@example.com")


def test_values_of_one_filter_widen_and_different_filters_narrow(logbook):
    one, two, three = record(logbook, event("Ana", "A-1"), event("Ben", "A-1"), event("Ana", "B-2"))
    assert found(logbook, who=["ana", "ben"]) == [three, two, one]
    assert found(logbook, who=["ana"], named=["A-1"]) == [one]


def test_entries_of_one_instant_are_each_seen_once_in_both_directions(logbook):
    indexes = record(logbook, *[event("Ana", f"A-{number}") for number in range(500)])
    query = asking(who=["ana"])
    forward, before = [], None
    while True:
        page = search.find(logbook, query, before=before)
        forward += page.indexes
        if page.older is None:
            break
        before = page.older
    assert forward == indexes[::-1]
    back, after = [], page.newer
    while after is not None:
        page = search.find(logbook, query, after=after)
        back = page.indexes + back
        after = page.newer
    assert back == forward[:450]


def test_a_page_says_how_many_there_are_and_where_to_go_on(logbook):
    record(logbook, *[event("Ana", f"A-{number}") for number in range(120)])
    query = asking(who=["ana"])
    first = search.find(logbook, query)
    assert (first.count, first.counted_all, first.newer, first.more) == (120, True, None, True)
    middle = search.find(logbook, query, before=first.older)
    assert middle.newer == middle.indexes[0]
    last = search.find(logbook, query, before=middle.older)
    assert (len(last.indexes), last.more) == (20, False)


def test_more_than_a_thousand_are_not_counted_further(logbook):
    record(logbook, *[event("Ana", f"A-{number}") for number in range(1005)])
    page = search.find(logbook, asking(who=["ana"]))
    assert (page.count, page.counted_all) == (1000, False)
    everything = search.find(logbook, EVERYTHING)
    assert (everything.count, everything.counted_all, len(everything.indexes)) == (1000, False, 50)


@pytest.mark.parametrize(
    "zone", ["Pacific/Tongatapu", "Pacific/Honolulu", "Asia/Kolkata", "America/St_Johns"]
)
def test_the_last_day_of_a_period_is_whole_in_the_zone_of_whoever_asks(logbook, zone):
    local = ZoneInfo(zone)
    edges = [(2025, 3, 4, 23, 59, 59, 999999), (2025, 3, 5, 0, 0, 0, 0), (2025, 3, 1, 0, 0, 0, 0)]
    times = [datetime(*edge, tzinfo=local).astimezone(UTC) for edge in edges]
    texts = [moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") for moment in times]
    inside, _outside, first = record(logbook, *[event("Ana", "A", at=text) for text in texts])
    assert found(logbook, local, when="2025-03-01..2025-03-04") == [first, inside]


def test_an_undated_entry_is_found_by_when_it_was_recorded(logbook):
    undated = event("Ana", "A-1")
    del undated["occurred_at"]
    (index,) = record(logbook, undated)
    today = datetime.now(UTC).date()
    assert index in found(logbook, when=f"{today}..{today}")
    assert index not in found(logbook, when="2025-06-12")


def test_odd_times_are_found_too(logbook):
    old, far = record(
        logbook, event("Ana", "A", at="0001-01-01T00:00:00Z"), event("Ana", "B", at="9999-12-31T23:59:59Z")
    )
    assert found(logbook, who=["ana"], when="..1900") == [old]
    assert found(logbook, who=["ana"], when="2262..") == [far]
    assert found(logbook, who=["ana"], when="9999-12") == [far]


def test_the_history_of_one_thing_holds_nothing_of_its_neighbours(logbook):
    first, _, last = record(logbook, event("Ana", "INV-1"), event("Ana", "INV-10"), event("Ben", "INV-1"))
    assert search.history_of(logbook, "invoice.sales", "INV-1") == [last, first]
    assert search.history_of(logbook, "payment", "INV-1") == []


def test_what_refers_to_an_entry_is_found_also_through_a_run(logbook):
    (wrong,) = record(logbook, event("Ana", "INV-1"))
    right, run, other = record(
        logbook,
        event("Ana", "INV-1", refers_to={"entry": wrong, "as": "correction"}),
        event("Ben", "INV-1", refers_to={"entry": 0, "through": 1000, "as": "sign_off"}),
        event("Ben", "INV-1", refers_to={"entry": wrong + 1, "as": "note"}),
    )
    assert search.referring_to(logbook, wrong) == [run, right]
    assert search.referring_to(logbook, wrong + 1) == [other, run]


def test_days_are_counted_in_the_zone_of_whoever_looks(logbook):
    record(
        logbook,
        event("Ana", "A", at="2025-06-12T21:59:00Z"),
        event("Ana", "B", at="2025-06-12T22:00:00Z"),
        event("Ana", "C", at="2025-06-13T08:00:00Z"),
    )
    counted = search.days_with_counts(logbook, 3, NOW, MADRID)
    assert counted == [(date(2025, 6, 11), 0), (date(2025, 6, 12), 1), (date(2025, 6, 13), 2)]


def test_the_tightest_filter_is_named(logbook):
    record(logbook, event("Ana", "A-1"), event("Ana", "A-2"), event("Ben", "B-1"))
    query = asking(who=["ana"], named=["B-1"], verbs=["change"])
    assert search.find(logbook, query).indexes == []
    tightest = search.tightest_filter(logbook, query)
    assert tightest is not None
    assert (tightest.part, tightest.value, tightest.count) == ("named", "B-1", 2)


def test_text_that_the_source_cut_short_is_found_in_the_original(logbook):
    cut = event("Ana", "A-1", flags=["payload_truncated"], original={"text": '{"Folder": "Harrow 2019'})
    whole = event("Ana", "A-2", original={"text": '{"Folder": "Harrow"}'})
    index, _ = record(logbook, cut, whole)
    assert found(logbook, text=["harrow"]) == [index]


def test_very_long_text_is_recorded_and_found_by_its_beginning(logbook):
    (index,) = record(logbook, event("Ana", "A-1", reason="needle " + "hay " * 200_000 + "behind"))
    assert found(logbook, text=["needle"]) == [index]
    assert found(logbook, text=["behind"]) == []


def test_a_rebuilt_table_answers_as_before(logbook):
    indexes = record(logbook, *[event("Ana", f"A-{number}") for number in range(60)])
    before = found(logbook, who=["ana"])
    told = []
    assert search.rebuild(logbook, progress=lambda done, of: told.append((done, of))) == indexes[-1] + 1
    assert found(logbook, who=["ana"]) == before
    assert told == [(61, 61)]


def test_many_threads_that_catch_up_at_once_index_each_entry_once(logbook):
    indexes = record(logbook, *[event("Ana", f"A-{number}") for number in range(300)])
    threads = [threading.Thread(target=_catch_up, args=(logbook,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = search.find(logbook, asking(who=["ana"]))
    assert page.count == len(indexes)


def _catch_up(logbook) -> None:
    from django.db import connections

    try:
        search.catch_up(logbook)
    finally:
        connections.close_all()
