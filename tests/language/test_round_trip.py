"""What a pattern is said in, is read as that pattern: as a rule, as an alarm, as a search, and as typed filters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from indelible.events.vocabulary import CATEGORIES, FACTS, OUTCOMES, THINGS, VERBS
from indelible.language.pattern import DAYS, Condition, Duties, Look, Pattern, Review, Tell, When, Who
from indelible.language.reading import understand
from indelible.language.rendering import query_text, render
from indelible.language.world import Member, Person, World

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WORLD = World(
    people=(
        Person("Maria Lopez", (Member("maria.lopez@northwind.example"), Member("mlopez"))),
        Person("Maria Schmidt", (Member("m.schmidt@northwind.example"),)),
        Person("Tom Reed", (Member("tom"),)),
    ),
    groups={"Finance": (), "HR": (), "Night shift": ()},
    systems=("Xero", "Payroll Cloud", "Door System"),
    things={"greenhouse tray": "x.greenhouse_tray"},
    currency="EUR",
)

# A sentence of twenty parts takes a while to shrink; what fails is said whole in the message.
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)

some: dict[str, Any] = {"max_size": 3, "unique": True}
free = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12
).filter(lambda text: text.strip() == text and any(one.isalnum() for one in text))
names = (
    st.sampled_from(
        ["Maria Lopez", "Maria Schmidt", "Tom Reed", "mlopez", "Ben Carter", "O'Neil", "and", "Bill"]
    )
    | free
)
groups = st.sampled_from(["Finance", "HR", "Night shift", "managers", "Legal", "May"]) | free
systems = st.sampled_from(["Xero", "Payroll Cloud", "Door System", "SAP", "Slack", "12", "Close"]) | free
whos = st.one_of(
    names.map(lambda name: Who(name=name)),
    groups.map(lambda group: Who(group=group)),
    st.sampled_from(["person", "service", "system", "unknown"]).map(lambda kind: Who(kind=kind)),
)
numbers = st.one_of(
    st.integers(-5000, 10_000_000).map(str),
    st.decimals(0, 100_000, places=2).map(str),
    st.sampled_from(["5.000", "1000000", "0.5", "007"]),
)
facts = st.sampled_from([*sorted(FACTS), "actor", "occurred_at", "changes", "source", "targets", "action"])
refs = (
    facts
    | st.sampled_from(["maker", "approver", "changes/amount", "changes/due date"])
    | free.map("changes/".__add__)
)
units = st.sampled_from(["", "EUR", "USD", "rows", "kg"]) | free
conditions = st.one_of(
    st.builds(Condition, refs, st.sampled_from([">", ">=", "<", "<=", "=", "!="]), numbers, units),
    st.builds(Condition, refs, st.sampled_from(["=", "!=", "contains"]), free, units),
    st.builds(Condition, refs, st.sampled_from(["absent", "present", "changed"])),
    st.builds(Condition, refs, st.just("same_as"), st.sampled_from(["maker", "requested_by", "granted_by"])),
)
dates = st.dates(datetime(2001, 1, 1).date(), datetime(2026, 11, 29).date()).map(str)
spans = st.one_of(
    st.just(("", "")),
    dates.map(lambda day: (day, "")),
    dates.map(lambda day: ("", day)),
    st.tuples(dates, dates).map(lambda days: tuple(sorted(days))),
    st.just(("2026-06-01T10:00:00Z", "2026-06-02T11:30:00Z")),
)
hours = st.sampled_from(
    ["", "working hours", "outside working hours", "22:00-06:00", "09:30-17:00", "20:00-24:00"]
)
moving = st.sampled_from(["", "last month", "yesterday", "last 7 days", "this quarter", "since last week"])
whens = st.builds(
    lambda span, days, hours, text: When(*span, tuple(days), hours, text),
    spans,
    st.lists(st.sampled_from(DAYS), **some),
    hours,
    moving,
)
things = st.lists(
    st.sampled_from([*THINGS, "invoice", "register", "report", "log", "x.greenhouse_tray", "x.a.b"]), **some
)
verbs = st.lists(st.sampled_from(sorted(VERBS)), **some)
few = lambda strategy: st.lists(strategy, max_size=2)  # noqa: E731
patterns = st.builds(
    Pattern.of,
    verbs=verbs,
    categories=st.lists(st.sampled_from(sorted(CATEGORIES)), max_size=2),
    things=things,
    named=few(free),
    who=few(whos),
    not_who=few(whos),
    systems=few(systems),
    not_verbs=st.lists(st.sampled_from(sorted(VERBS)), max_size=2),
    not_things=st.lists(st.sampled_from(sorted(THINGS)), max_size=2),
    not_systems=few(systems),
    outcomes=st.lists(st.sampled_from(OUTCOMES), **some),
    flags=few(st.sampled_from(["own_approval", "late"]) | free),
    rules=few(st.sampled_from(["3", "3.2", "0.1"])),
    said=few(free),
    text=few(free),
    where=few(conditions),
    when=st.none() | whens,
    facts=st.lists(facts, **some),
    unchecked=few(free),
)
lengths = st.sampled_from(["P7Y", "P13M", "P2W", "P1D", "PT4H", "P1Y6M", "P90D", "PT30M"])
texts = (
    st.sampled_from(["Controller", "the CFO", "me", "Head of finance", "end of the financial year"]) | free
)
duties = st.builds(
    Duties,
    keep=st.just("") | lengths | st.sampled_from(["record-life", "log-life"]),
    keep_from=st.just("") | texts,
    review=st.none()
    | st.builds(Review, lengths, texts)
    | st.builds(Review, lengths)
    | st.builds(Review, by=texts),
    look=st.none()
    | st.builds(Look, lengths | st.sampled_from(["P2D working", "P1D working", "PT8H working"]), texts)
    | st.builds(Look, lengths),
    tell=st.none() | st.builds(Tell, texts, st.just("") | texts),
    silent_after=st.just("") | lengths,
    expected=st.just("") | lengths | st.sampled_from(["P1M on the 28th", "P1W on Monday"]),
    reason=st.just("") | texts,
)


def one_part_at_a_time():
    """Return patterns of one part each: every word of the lists must be sayable by itself."""
    for verb in VERBS:
        yield Pattern.of(verbs=[verb])
        yield Pattern.of(not_verbs=[verb])
        for kind in (
            "invoice.purchase",
            "period",
            "hold",
            "backup",
            "log.seal",
            "log_source",
            "file",
            "role",
        ):
            yield Pattern.of(verbs=[verb], things=[kind])
    for kind in THINGS:
        yield Pattern.of(things=[kind])
        yield Pattern.of(verbs=["change"], things=[kind])
        yield Pattern.of(not_things=[kind])
    for fact in [*sorted(FACTS), "actor", "occurred_at", "changes"]:
        yield Pattern.of(verbs=["change"], facts=[fact])
        yield Pattern.of(where=[Condition(fact, "absent")])
        yield Pattern.of(where=[Condition(fact, "=", "x")])
    for outcome in OUTCOMES:
        yield Pattern.of(outcomes=[outcome])
    for category in CATEGORIES:
        yield Pattern.of(categories=[category], verbs=["view"])


def test_every_verb_thing_fact_outcome_and_category_is_sayable_and_read_back():
    for pattern in one_part_at_a_time():
        alone = not (pattern.verbs and pattern.things)
        for kind in ("rule", "search") if alone else ("rule",):
            said = render(pattern, as_=kind)
            reading = understand(said, WORLD, NOW, purpose=kind)
            assert reading.pattern == pattern and reading.understood, (said, reading.to_json())
        if not alone:
            continue
        typed = query_text(pattern)
        reading = understand(typed, WORLD, NOW, purpose="search")
        assert reading.pattern == pattern and reading.understood, (typed, reading.to_json())


@settings(max_examples=25, deadline=None, phases=WITHOUT_SHRINKING)
@given(patterns, duties)
def test_a_rule_is_read_back_with_its_duties(pattern, duties):
    said = render(pattern, duties)
    reading = understand(said, WORLD, NOW)
    if len(said) <= 1000:
        assert (reading.pattern, reading.duties) == (pattern, duties), said
        assert reading.understood and reading.kind == "rule", (said, reading.to_json())


@settings(max_examples=25, deadline=None, phases=WITHOUT_SHRINKING)
@given(patterns)
def test_a_search_is_read_back_as_a_sentence_and_as_filters(pattern):
    for said in (render(pattern, as_="search"), query_text(pattern)):
        if len(said) <= 1000:
            reading = understand(said, WORLD, NOW, purpose="search")
            assert reading.pattern == pattern, said
            assert reading.understood and reading.kind == "search", (said, reading.to_json())


@settings(max_examples=10, deadline=None, phases=WITHOUT_SHRINKING)
@given(patterns, st.builds(Tell, texts, st.just("") | texts))
def test_an_alarm_is_read_back_with_whom_to_tell(pattern, tell):
    said = render(pattern, Duties(tell=tell), as_="alarm")
    if len(said) <= 1000:
        reading = understand(said, WORLD, NOW, purpose="alarm")
        assert (reading.pattern, reading.duties, reading.kind) == (pattern, Duties(tell=tell), "alarm"), said
        assert reading.understood, (said, reading.to_json())


@settings(max_examples=25, deadline=None, phases=WITHOUT_SHRINKING)
@given(
    st.text(max_size=300)
    | st.text(st.sampled_from('ab" ,.:*-—“”\x00\u202e\u0627<>=€5 by in to record '), max_size=200)
)
def test_any_text_is_answered(text):
    for purpose in ("rule", "search", "alarm"):
        reading = understand(text, WORLD, NOW, purpose=purpose)
        for unknown in reading.not_understood:
            assert 0 <= unknown.start <= unknown.end <= len(text)
            assert text[unknown.start : unknown.end].startswith(unknown.words[:80])
        assert reading.understood == bool(
            reading.sentence and not reading.not_understood and not reading.questions
        )
