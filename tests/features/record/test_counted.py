"""Under which rules an entry was counted, as its page tells it, and what those rules ask for that it lacks."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from .conftest import Put, text_of, told


@pytest.fixture
def rule(book: Any) -> Any:
    """A rule in its second version, made from a ready one, that asks for a reason and an approval."""
    from indelible.features.rules.models import Rule, RuleVersion

    rule = Rule.objects.create(logbook=book, catalogue="FIN-01", state_since=now())
    for number, sentence in ((1, "Record invoices"), (2, "Record every change to an invoice")):
        RuleVersion.objects.create(
            rule=rule,
            number=number,
            typed=sentence,
            sentence=sentence,
            pattern={},
            needs=[{"fact": "actor"}, {"fact": "reason"}, {"fact": "approval_ref"}] if number == 2 else [],
            begun_at=now(),
            begun_entry=0,
            ended_at=now() if number == 1 else None,
        )
    return rule


def counted(book: Any, event: dict[str, Any], *rules: str) -> int:
    from indelible.storage.database.append import Draft, append

    return append(book, [Draft(event, source=7, rules=rules)]).entries[0].index  # type: ignore[arg-type]


def test_the_page_tells_rule_version_and_running_number(signed_in: Client, book: Any, rule: Any) -> None:
    counted(book, told(), f"{rule.pk}.2")
    index = counted(book, told(), f"{rule.pk}.2", f"{rule.pk}.1", "0.1")
    page = text_of(signed_in.get(f"/record/{index + 1}/"))
    assert f"Rule {rule.pk}, version 1: number 1 Record invoices" in page
    assert f"Rule {rule.pk}, version 2: number 2 Record every change to an invoice" in page
    assert "Rule 0, version 1: number" in page
    assert page.index(f"Rule {rule.pk}, version 1") < page.index(f"Rule {rule.pk}, version 2")


def test_what_a_rule_asks_for_and_the_entry_lacks_is_named(signed_in: Client, book: Any, rule: Any) -> None:
    index = counted(book, told(), f"{rule.pk}.2")
    page = text_of(signed_in.get(f"/record/{index + 1}/"))
    assert "This entry lacks: reason, the approval. Rule FIN-01 asks for them." in page
    whole = counted(book, told(reason="Typing mistake", extra={"approval_ref": "A-7"}), f"{rule.pk}.2")
    assert "This entry lacks" not in text_of(signed_in.get(f"/record/{whole + 1}/"))


def test_a_rule_that_is_in_no_table_is_told_by_its_number(signed_in: Client, book: Any) -> None:
    index = counted(book, told(), "77.3")
    assert "Rule 77, version 3: number 1" in text_of(signed_in.get(f"/record/{index + 1}/"))


def test_an_entry_of_no_rule_says_nothing_of_rules(signed_in: Client, put: Put) -> None:
    (index,) = put(told())
    assert "Counted under" not in text_of(signed_in.get(f"/record/{index + 1}/"))
