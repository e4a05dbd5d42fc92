"""Numbers are written as the reader reads them; what a source said stays as it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template

from indelible.events.event import Event
from indelible.events.sentence import tell
from indelible.web.moments import Reader
from indelible.web.numbers import SAMPLES, SIGNS, written, written_in
from indelible.web.sentences import marked_up

LOOK: Event = {
    "actor": {"name": "Ana Ruiz", "kind": "person"},
    "action": {"verb": "view", "category": "log", "said": "entries_looked_at"},
    "source": {"name": "Indelible", "system": "indelible"},
    "extra": {"row_count": 4280},
}
RAISE: Event = {
    "actor": {"name": "Ana Ruiz"},
    "action": {"verb": "change"},
    "targets": [{"kind": "invoice.sales", "id": "INV-1"}],
    "changes": [{"field": "amount", "before": "1,200.00", "after": "12,000.00"}],
}


def show(template: str, style: str, **values: object) -> str:
    with written_in(lambda: style):
        return Template("{% load indelible %}" + template).render(Context(values))


@pytest.mark.parametrize("style", sorted(SIGNS))
def test_a_style_is_written_as_its_sample_shows(style: str) -> None:
    assert written(Decimal("1234.50"), style).replace("\N{NO-BREAK SPACE}", " ") == SAMPLES[style]
    assert Reader(number_style=style).number(-1234567) == written(-1234567, style)


def test_without_a_reader_and_for_an_unknown_style_it_is_the_first() -> None:
    assert written(42806) == written(42806, "roman") == "42,806"


def test_counts_entry_numbers_and_sizes_on_a_page_follow_the_reader() -> None:
    assert show("{{ n|count }} {% number n %} {{ m|size }}", "point", n=42806, m=1_300_000) == (
        "42.806 42.807 1,3 MB"
    )
    assert show("{{ n|count }}", "comma", n=42806) == "42,806"


def test_the_style_ends_with_the_page_it_was_for() -> None:
    with pytest.raises(ZeroDivisionError), written_in(lambda: "mark"):
        assert written(1000) == "1'000"
        raise ZeroDivisionError
    assert written(1000) == "1,000"


def test_our_own_counts_in_a_sentence_follow_the_reader_and_values_stay_letter_for_letter() -> None:
    with written_in(lambda: "point"):
        assert "looked at 4.280 entries" in marked_up(LOOK)
        changed = marked_up(RAISE)
    assert "1,200.00" in changed and "12,000.00" in changed
    assert "4,280 entries" in tell(LOOK).text  # what is exported, mailed or handed over has one style
