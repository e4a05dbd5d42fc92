"""A document is read whole, or refused with everything that is wrong with it and where."""

from __future__ import annotations

import json
from typing import Any

import pytest

from indelible.features.runbooks.document.reading import (
    DocumentError,
    draft_from_data,
    flaws_of,
    from_data,
    from_text,
)
from indelible.features.runbooks.document.writing import digest_of, to_data, to_toml
from tests.features.runbooks.books.documents import PETTY_CASH, petty_cash


def flaws(text: str) -> dict[str, str]:
    with pytest.raises(DocumentError) as refused:
        from_text(text)
    return {flaw.where: flaw.says for flaw in refused.value.flaws}


def test_what_is_written_is_read_back_as_toml_and_as_json_with_the_same_digest() -> None:
    document = petty_cash()
    assert from_text(to_toml(document)) == document
    assert from_text(json.dumps(to_data(document))) == document
    assert to_toml(from_text(to_toml(document))) == to_toml(document)
    assert len(digest_of(document)) == 64


def test_equal_documents_have_equal_digests_however_they_came_about() -> None:
    document = petty_cash()
    said = json.loads(json.dumps({**to_data(document), "due": {"within": "P5D", "after": "start"}}))
    unsaid = {**to_data(document), "due": {"within": "P5D"}}
    assert from_data(said) == from_data(unsaid)
    assert digest_of(from_data(said)) == digest_of(from_data(unsaid))
    assert to_data(from_data(said)) == to_data(from_data(unsaid))


def test_every_misfit_is_named_with_its_place() -> None:
    data: dict[str, Any] = to_data(petty_cash())
    data["steps"][0]["kind"] = "dance"
    data["steps"][1]["fields"] = "none"
    data["roles"]["counter"]["salary"] = 3
    data["steps"][2]["optional"] = "yes"
    del data["purpose"]
    told = flaws(json.dumps(data))
    assert told["steps.count.kind"].startswith("It must be one of: attach")
    assert told["steps.look.fields"] == "Here is expected: a list."
    assert told["roles.counter.salary"].startswith("No part is called so.")
    assert told["steps.pause.optional"] == "Here is expected: true or false."
    assert told["purpose"] == "It is missing."


def test_what_does_not_hold_together_is_named_too() -> None:
    text = PETTY_CASH.replace('by = "manager"', 'by = "nobody"').replace('"P1D"', '"soon"')
    told = flaws(text.replace('title = "Count the cash"', 'title = " "').replace('id = "PC-1"', 'id = "a b"'))
    assert told["steps.agree.by"] == "There is no role “nobody”."
    assert "no span of time" in told["steps.count.due.within"]
    assert told["steps.count.title"] == "It is empty."
    assert "short name" in told["id"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff",
        "a = [",
        '{"a":' + "[" * 20_000,
        "a = " + "[" * 20_000,
        "x = 1979-99-99",
        "[]",
        '{"steps": [1, null, {"key": []}], "roles": [], "starts": {"schedule": {}}}',
        PETTY_CASH.replace("files_least = 1", "files_least = 99999999999999999999"),
        PETTY_CASH.replace('fields = ["total"] }', "fields = [1.5] }"),
        PETTY_CASH.replace('fields = ["total"] }', "fields = 2025-01-01 }"),
        PETTY_CASH.replace("Counter", "Count\\u0007er"),
        "x" * 600_000,
        json.dumps({**to_data(petty_cash()), "note": "a" * 30_000}),
    ],
    ids=range(14),
)
def test_what_is_no_runbook_is_refused_in_words(text: str) -> None:
    told = flaws(text)
    assert told and all(says.endswith(".") for says in told.values())
    assert len(told) <= 200


def test_a_draft_need_not_hold_together_but_must_have_its_shape() -> None:
    data = {**to_data(petty_cash()), "steps": [], "title": ""}
    draft = draft_from_data(data)
    assert {flaw.where for flaw in flaws_of(draft)} >= {"title", "steps"}
    with pytest.raises(DocumentError):
        from_data(data)
    with pytest.raises(DocumentError):
        draft_from_data({**data, "steps": {}})


def test_places_of_starts_are_counted_as_people_do() -> None:
    told = flaws(PETTY_CASH.replace('opens = "P2D"', 'opens = "2"'))
    assert "starts.schedule.1.opens" in told
