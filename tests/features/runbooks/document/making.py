"""Documents of every shape, for properties: what a writer could put together, and a little more."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from indelible.features.runbooks.document.runbook import (
    Branch,
    Check,
    Clock,
    Due,
    Field,
    Role,
    Runbook,
    Schedule,
    Starts,
    Step,
    Trigger,
    View,
    Wait,
)

_LETTERS = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t")
TEXTS = st.text(_LETTERS, max_size=30)
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20)
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
SPANS = st.sampled_from(["", "P5D", "PT72H", "P1M", "P1Y2M3DT4H5M", "-P2D", "P2W", "soon"])
AFTER = st.sampled_from(["start", "due", "open", "field:a", "step:b", "nothing"])
MANY: dict[str, Any] = {"max_size": 3}


def _tuples(of: Any, **more: Any) -> Any:
    return st.lists(of, **{**MANY, **more}).map(tuple)


ROLES = st.builds(Role, title=TEXTS, not_=_tuples(KEYS, unique=True), outsider=st.booleans(), note=TEXTS)
SCHEDULES = st.builds(
    Schedule,
    every=st.sampled_from(["day", "week", "month", "quarter"]),
    on=TEXTS,
    months=_tuples(st.integers(1, 12), unique=True),
    holiday=st.sampled_from(["before", "after", "keep"]),
    opens=SPANS,
    working=st.booleans(),
    covers=st.sampled_from(["", "previous", "current"]),
)
STARTS = st.builds(
    Starts,
    when=TEXTS,
    trigger=TEXTS,
    schedule=_tuples(SCHEDULES, max_size=2),
    on=_tuples(st.builds(Trigger, event=TEXTS, alarm=TEXTS, title=TEXTS), max_size=2),
)
DUES = st.none() | st.builds(Due, within=SPANS, working=st.booleans(), after=AFTER)
CLOCKS = st.builds(
    Clock,
    key=KEYS,
    title=TEXTS,
    clause=TEXTS,
    within=SPANS,
    after=AFTER,
    met_by=KEYS,
    warn=_tuples(SPANS.filter(bool)),
    only_if=st.sampled_from(["", "a=yes", "b=x=y"]),
)
FIELDS = st.builds(
    Field,
    key=KEYS,
    label=TEXTS,
    kind=st.sampled_from(["text", "long", "choice", "confirm", "date"]),
    required=st.booleans(),
    options=_tuples(LINES),
    hint=TEXTS,
)
SETTINGS = st.dictionaries(
    st.sampled_from(["within", "field", "fields", "expect", "odd", "working"]),
    TEXTS | st.booleans() | st.integers(-5, 5) | st.lists(LINES, max_size=2),
    max_size=3,
)
CHECKS = st.builds(
    Check,
    key=KEYS,
    says=TEXTS,
    kind=st.sampled_from(["", "verified", "answered", "entries", "arrives", "glorp"]),
    settings=SETTINGS,
    if_fails=TEXTS,
)
VIEWS = st.none() | st.builds(
    View,
    entries=TEXTS,
    list_=st.sampled_from(["", "sources", "other"]),
    sample=st.integers(0, 50),
    decide=_tuples(LINES),
    reason_for=_tuples(LINES),
    at_least=st.integers(0, 9),
)
BRANCHES = st.builds(
    Branch,
    label=TEXTS,
    if_=st.sampled_from(["", "a=yes", "check:c=failed"]),
    to=st.sampled_from(["", "end", "nowhere"]),
    start=TEXTS,
    needs_words=st.booleans(),
)
WAITS = st.none() | st.builds(Wait, within=SPANS, working=st.booleans(), after=AFTER, event=TEXTS)
STEPS = st.builds(
    Step,
    key=KEYS,
    title=TEXTS,
    do=TEXTS,
    by=st.sampled_from(["system", "owner", "ghost"]),
    kind=st.sampled_from(["tick", "fill", "view", "wait", "second"]),
    why=TEXTS,
    done=TEXTS,
    if_fails=TEXTS,
    sign=st.sampled_from(["none", "one", "two"]),
    means=st.sampled_from(["", "checked", "approved"]),
    also=_tuples(KEYS, unique=True),
    covers=_tuples(KEYS, unique=True),
    overlaps=st.booleans(),
    optional=st.booleans(),
    due=DUES,
    fields=_tuples(FIELDS, max_size=2),
    files=TEXTS,
    files_least=st.integers(0, 3),
    view=VIEWS,
    checks=_tuples(CHECKS, max_size=2),
    branches=_tuples(BRANCHES, max_size=2),
    wait=WAITS,
)
DOCUMENTS = st.builds(
    Runbook,
    format=st.just(1),
    id=st.just("R-1"),
    title=TEXTS,
    purpose=TEXTS,
    team=TEXTS,
    owner=st.sampled_from(["owner", "ghost"]),
    note=TEXTS,
    roles=st.dictionaries(KEYS, ROLES, max_size=3),
    starts=STARTS,
    due=DUES,
    due_words=TEXTS,
    clocks=_tuples(CLOCKS, max_size=2),
    uses=_tuples(LINES),
    outputs=_tuples(LINES),
    serves=_tuples(LINES),
    keep=st.sampled_from(["control", "for ever"]),
    lapses=st.booleans(),
    look_again=SPANS,
    steps=st.lists(STEPS, max_size=3, unique_by=lambda step: step.key).map(tuple),
)
"""Documents that have the shape of one. Most of them do not hold together, as drafts may."""
