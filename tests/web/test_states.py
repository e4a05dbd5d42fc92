"""A state is a shape, a word and a colour; what is unknown is never shown as good."""

from __future__ import annotations

import pytest

from indelible.web.icons import ICONS, draw
from indelible.web.states import STATES, state_of
from indelible.web.templatetags.indelible import verdict


@pytest.mark.parametrize("name", STATES)
def test_every_state_has_a_shape_that_is_drawn_and_a_word(name: str) -> None:
    state = STATES[name]
    assert state.shape in ICONS
    drawn = verdict(name)
    assert str(state.word) in drawn
    assert "<svg" in drawn
    assert 'aria-hidden="true"' in drawn


def test_only_good_states_are_green_and_only_broken_ones_red() -> None:
    tones = {name: state.tone for name, state in STATES.items()}
    green = {"untouched", "matches", "sealed", "complete", "done"}
    assert {name for name, tone in tones.items() if tone == "ok"} == green
    red = {"altered", "removed", "does not match", "explained"}
    assert {name for name, tone in tones.items() if tone == "bad"} == red


def test_the_three_verdicts_differ_in_shape_word_and_colour() -> None:
    three = [STATES[name] for name in ("matches", "does not match", "could not be checked")]
    assert len({state.shape for state in three}) == 3
    assert len({str(state.word) for state in three}) == 3
    assert len({state.tone for state in three}) == 3


@pytest.mark.parametrize("name", ["", "no such state", None, 7])
def test_an_unknown_state_reads_could_not_be_checked(name: object) -> None:
    assert str(state_of(name).word) == "Could not be checked"


def test_a_report_and_a_pill_are_read_by_their_verdict_and_state() -> None:
    class Report:
        verdict = "does not match"

    class Pill:
        state = "untouched"

    assert state_of(Report()).tone == "bad"
    assert state_of(Pill()).tone == "ok"


def test_an_icon_that_is_not_drawn_is_refused() -> None:
    with pytest.raises(KeyError):
        draw("unicorn")
