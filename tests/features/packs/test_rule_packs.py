"""Packs of everything under a rule: whole over all its versions, in any period, and no entry of it can be left out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indelible.features.packs import recording
from indelible.features.rules import services as rules
from indelible.features.rules.wanted import Wanted
from indelible.features.sources.services import By
from indelible.language.pattern import Pattern, Who
from tests.features.packs.conftest import Put, lines_of, manifest_of, told
from tests.features.packs.test_making import report_of, roles_of

CHANGES = Pattern.of(verbs=["change"], things=["invoice"])


@pytest.fixture
def at(book: Any) -> Callable[[str], None]:
    """A function that sets the clock by which the log records."""
    from indelible.storage.database.group import group_of

    def tell(instant: str) -> None:
        group_of(book, "default").sealer.clock = lambda: instant

    return tell


@pytest.fixture
def rule(book: Any) -> Any:
    """A rule on changes to invoices, in force from here on."""
    return rules.add(book, [Wanted("changes to invoices", CHANGES)], By())[0]


def change(rule: Any, seen: int, **more: Any) -> None:
    rules.change(rule.pk, seen, Wanted("changes", replace(CHANGES, **more)), By())


def viewed(number: int) -> dict[str, Any]:
    return told(number, action={"verb": "view", "category": "money", "said": "Invoice Opened"})


def test_a_whole_pack_of_a_rule_holds_every_entry_of_every_version(
    accounts: Any, put: Put, rule: Any, book: Any, pack_of: Any
) -> None:
    first = put(accounts, told(1), viewed(2), told(3))
    change(rule, 1, verbs=("change", "view"))
    second = put(accounts, told(4), viewed(5))
    path = pack_of(f"rule:{rule.pk}", whole=True)
    assert roles_of(path)["asked"] == [first[0], first[2], *second]
    report = report_of(path, book)
    assert (report["verdict"], report["findings"]) == ("matches", [])
    claims = manifest_of(path)["claims"]
    assert claims["sequences"] == [f"rules/{rule.pk}.1", f"rules/{rule.pk}.2"]
    assert "invoice" in claims["question"]["words"]
    # The list of rules tells both versions, each before the first entry that it counts.
    register = roles_of(path)["register"]
    assert any(index < first[0] for index in register)
    assert any(first[2] < index < second[0] for index in register)


def test_a_period_of_a_rule_is_bounded_by_the_neighbours_of_each_version(
    accounts: Any, put: Put, book: Any, pack_of: Any, at: Callable[[str], None]
) -> None:
    at("2027-01-01T00:00:00.000000Z")
    rule = rules.add(book, [Wanted("changes to invoices", CHANGES)], By())[0]
    places: dict[str, list[int]] = {}
    for month in ("2027-01", "2027-02", "2027-03", "2027-04"):
        at(f"{month}-15T10:00:00.123456Z")
        places[month] = put(accounts, told(1), told(2))
        put(accounts, viewed(3))
        if month == "2027-02":
            change(rule, 1, who=(Who(name="Maria"),))
            places[month] += put(accounts, told(4))
    path = pack_of(f"rule:{rule.pk} when:2027-02..2027-03", whole=True)
    roles = roles_of(path)
    assert roles["asked"] == [*places["2027-02"], *places["2027-03"]]
    assert roles["edge"] == [places["2027-01"][-1], places["2027-04"][0]]
    assert report_of(path, book)["findings"] == []
    path = pack_of(f"rule:{rule.pk} when:2027-03", whole=True)
    # Of the first version nothing came later; of the second its first entry stands before the period.
    assert roles_of(path)["edge"] == [places["2027-02"][1], places["2027-02"][2], places["2027-04"][0]]
    assert report_of(path, book)["findings"] == []


def test_by_when_things_happened_every_other_entry_of_the_rule_goes_along(
    accounts: Any, put: Put, rule: Any, book: Any, pack_of: Any
) -> None:
    inside = put(accounts, told(1, occurred_at="2025-08-02T09:00:00Z"))
    outside = put(accounts, told(2, occurred_at="2025-09-02T09:00:00Z"))
    late = put(accounts, told(3, occurred_at="2025-08-03T09:00:00Z"))
    path = pack_of(f"rule:{rule.pk} when:2025-08", whole=True, by="happened")
    roles = roles_of(path)
    assert (roles["asked"], roles["other"]) == ([*inside, *late], outside)
    assert report_of(path, book)["findings"] == []


def test_a_version_that_began_while_the_pack_was_made_belongs_to_it(
    accounts: Any, put: Put, rule: Any, book: Any, pack_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = put(accounts, told(1))
    before = recording._Survey.read_up_to
    second: list[int] = []

    def read_then_change(self: Any, size: int) -> None:
        before(self, size)
        if not second:
            change(rule, 1, verbs=("change", "view"))
            second.extend(put(accounts, viewed(2)))

    monkeypatch.setattr(recording._Survey, "read_up_to", read_then_change)
    path = pack_of(f"rule:{rule.pk}", whole=True)
    assert roles_of(path)["asked"] == [*first, *second]
    assert manifest_of(path)["claims"]["sequences"] == [f"rules/{rule.pk}.1", f"rules/{rule.pk}.2"]
    assert report_of(path, book)["findings"] == []


def test_what_indelible_did_is_counted_like_anything_else(book: Any, ana: Any, pack_of: Any) -> None:
    watch = Pattern.of(verbs=["create", "change"], things=["log.rule"])
    rule = rules.add(book, [Wanted("changes of rules", watch)], By())[0]
    other = rules.add(book, [Wanted("changes to invoices", CHANGES)], By())[0]
    change(other, 1, verbs=("change", "view"))
    path = pack_of(f"rule:{rule.pk}", whole=True)
    assert len(roles_of(path)["asked"]) == 2  # not its own beginning, which came before it counted
    assert report_of(path, book)["findings"] == []


def test_one_entry_of_a_rule_taken_out_of_the_pack_is_missed(
    accounts: Any, put: Put, rule: Any, book: Any, pack_of: Any, tmp_path: Path
) -> None:
    middle = put(accounts, told(1), told(2), told(3))[1]
    path = pack_of(f"rule:{rule.pk}", whole=True)
    assert middle in roles_of(path)["asked"]
    shorter = tmp_path / "shorter.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(shorter, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "proof/entries.jsonl":
                lines = data.splitlines(keepends=True)
                data = b"".join(line for line in lines if json.loads(line)["index"] != middle)
            new.writestr(name, data)
    kinds = {finding["code"] for finding in report_of(shorter, book)["findings"]}
    assert "number-missing" in kinds


def test_a_name_that_a_rule_says_is_hidden_with_the_names_of_entries(
    accounts: Any, put: Put, book: Any, pack_of: Any
) -> None:
    by_maria = Pattern.of(verbs=["change"], things=["invoice"], who=[Who(name="Maria Lopez")])
    rule = rules.add(book, [Wanted("changes by Maria Lopez", by_maria)], By())[0]
    put(accounts, told(1))
    path = pack_of(f"rule:{rule.pk}", whole=True, withhold=["actor"], reason="personal data")
    assert "Maria" not in json.dumps(manifest_of(path)["claims"])
    assert all("Lopez" not in json.dumps(line) for line in lines_of(path))
    assert report_of(path, book)["verdict"] == "matches"
