"""Every lawful event, for property tests: each key absent or with anything that may stand there."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from indelible.events.vocabulary import (
    ACTOR_KINDS,
    CATEGORIES,
    FACTS,
    OUTCOMES,
    REFERENCES,
    THINGS,
    TIME_BASES,
    VERBS,
)

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
names = st.text(st.characters(max_codepoint=0xD7FF), min_size=1, max_size=10)
integers = st.integers(-(2**53) + 1, 2**53 - 1)
counts = st.integers(1, 2**53 - 1)
json_values = st.recursive(
    st.none() | st.booleans() | integers | st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
told = json_values.filter(lambda value: value is not None)


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with at least one of these keys."""
    return st.fixed_dictionaries({}, optional=keys).filter(bool)


def words(listed: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(listed))


instants = st.builds(
    lambda moment, fraction: moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + fraction + "Z",
    st.datetimes().map(lambda moment: moment.replace(microsecond=0)),
    st.just("") | st.integers(0, 10**9 - 1).map(lambda ns: f".{ns:09d}") | st.just(".5"),
)
parties = some(id=text, name=text, email=text, kind=words(ACTOR_KINDS))
kinds = words(THINGS) | st.just("x.greenhouse_tray")
references = st.builds(
    lambda entry, more, relation: (
        {"entry": entry, "as": relation} | ({} if more is None else {"through": entry + more})
    ),
    st.integers(0, 2**40),
    st.none() | st.integers(0, 1000),
    words(REFERENCES),
)
extras = st.dictionaries(words(FACTS) | names, told.filter(lambda value: value != ""), min_size=1, max_size=5)
source_ids = st.integers(0, 10**6).map(str)
numbers = some(
    sources=st.dictionaries(source_ids, counts, min_size=1, max_size=2),
    rules=st.dictionaries(st.builds("{}.{}".format, source_ids, source_ids), counts, min_size=1, max_size=2),
)


def lists(of: st.SearchStrategy[Any], most: int = 12) -> st.SearchStrategy[list[Any]]:
    return st.lists(of, min_size=1, max_size=most)


events: st.SearchStrategy[dict[str, Any]] = some(
    occurred_at=instants,
    time=some(said=text, zone=text, basis=words(TIME_BASES)),
    actor=parties,
    action=some(verb=words(VERBS), category=words(CATEGORIES), said=text).filter(
        lambda action: "verb" in action or "said" in action
    ),
    targets=lists(some(kind=kinds, id=text, name=text)),
    changes=lists(some(field=text, before=told, after=told)),
    outcome=words(OUTCOMES),
    on_behalf_of=parties,
    context=some(ip=text, device=text, location=text, session=text),
    reason=text,
    source=some(**{"name": text, "system": text, "id": text, "import": counts, "row": counts}),
    original=st.builds(
        lambda key, value, media: {key: value} | media,
        st.sampled_from(["text", "base64"]),
        text,
        st.just({}) | st.just({"media_type": "text/csv"}),
    ),
    refers_to=references,
    attachments=lists(
        some(name=text, media_type=text, size=st.integers(0, 2**40), sha256=st.just("0f" * 32), blob=text), 3
    ),
    flags=lists(text, 3),
    extra=extras,
    numbers=numbers,
)
