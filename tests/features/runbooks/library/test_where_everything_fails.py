"""Each of RB-01 to RB-13 gone through in the worst way: nothing is on the record, every statement is answered with no,
everything is late. Nobody is kept from working, no signature is given without a word to what did not pass, and all of
it can be read afterwards. (RB-02 does not go on without an access review: `test_access_review`.)
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.features.runbooks.library.playing import Play, Stage

EACH = [f"RB-{number:02d}" for number in range(1, 14) if number != 2]
HOUR = timedelta(hours=1)


def do_badly(play: Play, step: str) -> int:
    """Do a step as badly as it can be done; return how often it was refused for want of words."""
    from indelible.features.runbooks.running.errors import RunError

    part, row, stage = play.document.step(step), play.row(step), play.stage
    stage.now = max(stage.now, row.wait_until or stage.now, (row.due_at or stage.now - HOUR) + HOUR)
    noes = [one.key for one in part.fields if one.kind == "confirm"]
    answers: dict[str, Any] = dict.fromkeys(noes, "no") | {f"{key}_why": "It was not so." for key in noes}
    choice = part.branches[0].label if part.kind == "decide" else ""
    note, refusals = "It took longer.", 0
    try:
        play.do(step, choice=choice, note=note, look=False, reasons=False, sign=False, **answers)
    except RunError as refused:
        assert refused.code == "step-check-why", (step, refused.code, refused.facts)
        refusals += 1
        play.do(step, choice=choice, note=note, files=0, sign=False, **answers)
    if part.sign == "none":
        return refusals
    try:
        play.sign(step, note=note, reasons=False)
    except RunError as refused:
        assert refused.code == "step-check-why", (step, refused.code, refused.facts)
        refusals += 1
        play.sign(step, note=note)
    return refusals


@pytest.mark.parametrize("key", EACH)
def test_whatever_fails_is_said_and_stays_to_be_read(stage: Stage, key: str) -> None:
    from indelible.features.runbooks.running.evidence import checks_of

    period = (date(2026, 2, 1), date(2026, 2, 28)) if key == "RB-01" else None
    play = stage.play(key, "Harrow", period=period)
    refusals = 0
    for _each in play.document.steps:
        play.advance()
        step = next(iter(play.states("open")), None)
        if step is not None:
            refusals += do_badly(play, step)
    assert play.run.state == "closed"
    bad = [*play.found("failed"), *play.found("unchecked")]
    assert bad
    assert refusals
    rows = play.rows()
    found = [one for row in rows.values() for one in checks_of(row)]
    assert not [one.key for one in found if one.result != "passed" and not one.reason]
    play.check_story()
    late = [
        one.key for one in play.document.steps if one.due is not None and rows[one.key].due_at is not None
    ]
    assert play.events()[-1][1]["extra"]["summary"]["late"] == len(late)
