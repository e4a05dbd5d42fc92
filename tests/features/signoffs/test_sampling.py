"""Samples that anybody can draw again."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.features.signoffs.conftest import NOON, bank_changes


def test_the_draw_is_the_one_that_the_page_on_the_format_tells() -> None:
    """The known answer of docs/formats/sign-off.md, and the same computed by its words alone."""
    from indelible.features.signoffs.sampling import drawn_places

    assert [place + 1 for place in drawn_places("northwind 2026-03", 40, 5)] == KNOWN
    ranked = sorted(
        range(1, 41),
        key=lambda n: sha256(f"indelible sample 1\nnorthwind 2026-03\n40\n{n}\n".encode()).hexdigest(),
    )
    assert sorted(ranked[:5]) == KNOWN
    page = (Path(__file__).parents[3] / "docs/formats/sign-off.md").read_text(encoding="utf-8")
    assert f"the five rows drawn are {', '.join(map(str, KNOWN))}." in page


KNOWN = [4, 24, 26, 29, 31]


def test_each_row_is_as_likely_as_any_other() -> None:
    from collections import Counter

    from indelible.features.signoffs.sampling import drawn_places

    times = Counter(place for seed in range(2_000) for place in drawn_places(str(seed), 20, 5))
    assert sorted(times) == list(range(20)) and all(abs(count - 500) < 100 for count in times.values())
    assert drawn_places("x", 3, 3) == [0, 1, 2] and drawn_places("x", 0, 5) == []


def test_how_many_are_drawn_follows_what_auditors_do() -> None:
    from indelible.features.signoffs.sampling import size_for

    told = {
        n: (size.least, size.usual, size.most) for n in (0, 1, 3, 12, 52, 200, 5_000) if (size := size_for(n))
    }
    assert told == {
        0: (0, 0, 0),
        1: (1, 1, 1),
        3: (2, 2, 2),
        12: (2, 3, 5),
        52: (5, 10, 15),
        200: (15, 25, 40),
        5_000: (25, 40, 60),
    }
    assert size_for(10_000, every="day").usual == 25 and size_for(8, every="often").most == 8
    assert size_for(104, years=2).usual == 10


def test_a_draw_is_on_the_record_with_its_seed_and_can_be_drawn_again(
    book: Any, frozen: Any, chloe: Any, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.signoffs.sampling import METHOD, draw, drawn_places
    from indelible.ledger.strict import write_base64
    from indelible.storage.database.reads import get_entry, head

    drawn = draw(book, frozen, 3, None, chloe, NOON, title="Three of them")
    sample = drawn.sample
    assert sample is not None and len(sample["seed"]) == 32 and sample["seed_from"] == "chance"
    assert (sample["of"], sample["size"], sample["method"]) == (5, 3, METHOD)
    assert sample["population_root"] == write_base64(bytes(frozen.root))
    rows = [index for first, last in frozen.runs for index in range(first, last + 1)]
    again = [rows[place] for place in drawn_places(sample["seed"], 5, 3)]
    assert again == [index for first, last in drawn.runs for index in range(first, last + 1)]
    assert sentences()[-1] == "Chloe Martin drew 3 of 5 rows by chance: “Three of them”"
    event: Any = get_entry(book, head(book).size - 1).event
    assert event["extra"]["sample"] == sample and event["extra"]["root"] == write_base64(bytes(drawn.root))


def test_an_auditor_chooses_the_seed_and_gets_the_same_from_the_pattern(
    book: Any, frozen: Any, ana: Any
) -> None:
    from indelible.features.signoffs.sampling import draw

    first = draw(book, frozen, 2, " audit 2026/7 ", ana, NOON, title="x")
    second = draw(book, bank_changes(), 2, "audit 2026/7", ana, NOON, title="x")
    assert first.runs == second.runs and first.sample["seed"] == "audit 2026/7"
    assert first.sample["seed_from"] == "given"
    assert first.sample["population_root"] == second.sample["population_root"]
    assert draw(book, frozen, 50, "x", None, NOON, title="x").count == 5, "all there is"


def test_what_cannot_be_drawn_is_refused(
    book: Any, frozen: Any, ana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.signoffs import sampling
    from indelible.features.signoffs.errors import SignOffError
    from indelible.features.signoffs.freezing import freeze_lines

    lines = freeze_lines(book, [{"account": "zoe"}], ana, NOON, title="Accounts", code={})

    def refused(population: Any, size: int, seed: str | None = None) -> str:
        with pytest.raises(SignOffError) as refusal:
            sampling.draw(book, population, size, seed, ana, NOON, title="x")
        return refusal.value.code

    assert refused(frozen, 0) == refused(frozen, 1_001) == "sample-size"
    assert refused(frozen, 1, " ") == refused(frozen, 1, "é") == refused(frozen, 1, "a\nb") == "sample-seed"
    assert refused(lines, 1) == "sample-of-lines"
    monkeypatch.setattr(sampling, "MOST_POPULATION", 4)
    assert refused(bank_changes(), 1) == "sample-population"
