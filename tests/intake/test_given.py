"""What a person tells about a file is checked before it is used."""

import pytest

from indelible.intake.given import Given, GivenError


def test_answers_are_read_as_key_and_value_the_later_winning() -> None:
    given = Given.parse(["timezone=Europe/Oslo", "date_order=dmy", "timezone=Asia/Tokyo"])
    assert given == Given(timezone="Asia/Tokyo", date_order="DMY")
    assert given.as_pairs() == {"timezone": "Asia/Tokyo", "date_order": "DMY"}


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ("timezone=Europe/Nowhere", "given-timezone"),
        ("timezone=../../etc/passwd", "given-timezone"),
        ("date_order=first", "given-date-order"),
        ("decimal=;", "given-decimal"),
        ("nobody=forget", "given-nobody"),
        ("received=yesterday", "given-received"),
        ("target=", "given-empty"),
        ("colour=red", "given-unknown"),
        ("timezone", "given-unknown"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(pair: str, code: str) -> None:
    with pytest.raises(GivenError) as refusal:
        Given.parse([pair])
    assert refusal.value.code == code
