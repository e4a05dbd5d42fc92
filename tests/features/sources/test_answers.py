"""The fields that take an answer about a file: what the file itself says is proposed, never taken silently."""

from __future__ import annotations

from indelible.features.sources.columnsform import question_field
from indelible.intake.reading import Question


def test_a_zone_named_above_the_table_is_proposed() -> None:
    asked = Question(
        "time_zone_from_preamble", "Which zone?", "timezone", ["Europe/Oslo"], "Zone: Europe/Oslo"
    )
    field = question_field(asked)
    assert field.initial == "Europe/Oslo"
    assert field.required


def test_a_zone_that_nobody_named_is_left_open() -> None:
    assert question_field(Question("time_zone", "Which zone?", "timezone", [], "10:00")).initial == ""
