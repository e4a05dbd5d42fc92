"""Clocks of law on a run's page, and a signed step that is left out by two people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.features.conftest import PASSWORD
from tests.features.runbooks.runs.conftest import Browser
from tests.features.runbooks.runs.test_pages import at, do_until_approval, step, text_of

As = Callable[[str], Browser]

BREACH = """
format = 1
id = "BREACH-1"
title = "Breach"
purpose = "Tell in time."
team = "Privacy"
owner = "lead"
keep = "finance"
[roles.lead]
title = "Privacy lead"
[starts]
when = "At once"
[[clocks]]
key = "regulator"
title = "Tell the regulator"
clause = "GDPR 33(1)"
within = "PT72H"
after = "field:aware"
met_by = "tell"
[[clocks]]
key = "people"
title = "Tell the people"
clause = "GDPR 34"
within = "P1M"
met_by = "tell"
[[steps]]
key = "notice"
title = "Write down what was noticed"
do = "Write it down."
by = "lead"
kind = "fill"
why = "The clock counts from it."
done = "It is told."
if_fails = "Start the clock."
fields = [{ key = "aware", label = "When we knew", kind = "moment" }]
[[steps]]
key = "tell"
title = "Tell the regulator"
do = "Tell."
by = "lead"
why = "The law asks it."
done = "Told."
if_fails = "Say why."
"""


@pytest.fixture
def breach(put_in_force: Callable[..., Any], people: dict[str, Any]) -> Any:
    """A run with two clocks of law; one waits for what is filled in."""
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run

    book = put_in_force(BREACH, lead=people["ben"])
    return open_run(book, Doer.of_user(people["ana"]), datetime.now(UTC), cause_key="1")


def test_clocks_are_told_in_hours_and_days_stopped_and_explained(breach: Any, as_: As) -> None:
    from indelible.features.runbooks.models import RunClock

    ben, ana = as_("ben"), as_("ana")
    page = text_of(ana.see(at(breach)))
    assert "Tell the people: 7" in page and " days" in page
    assert "1 that has not started Tell the regulator GDPR 33(1)" in page
    knew = datetime.now(UTC) - timedelta(hours=20)
    from zoneinfo import ZoneInfo

    typed = knew.astimezone(ZoneInfo("Europe/Madrid")).strftime("%Y-%m-%dT%H:%M")
    ben.send(at(breach, "notice"), do="finish", **{"f-aware": typed})
    clock = RunClock.objects.get(key="regulator")
    page = text_of(ana.see(at(breach)))
    assert "Tell the regulator: 51 hours (2 days and 3 hours) left" in page
    assert f"{clock.due_at:%Y-%m-%d %H:%M} UTC" in page and "(UTC+0" in page
    stopping = at(breach, more="clocks/regulator/")
    ana.post(stopping, {"do": "stop", "reason": ""})
    assert RunClock.objects.get(key="regulator").stops == []
    ana.post(stopping, {"do": "stop", "reason": "They asked for more time"})
    page = text_of(ana.see(at(breach)))
    assert "It stands still." in page and "They asked for more time" in page
    ana.post(stopping, {"do": "go_on"})
    RunClock.objects.filter(key="regulator").update(due_at=datetime.now(UTC) - timedelta(hours=5))
    assert "Tell the regulator: Over for 5 hours." in text_of(ana.see(at(breach)))
    ben.send(at(breach, "tell"), do="finish")
    assert "5 hours late" in text_of(ana.see(at(breach)))
    ana.post(stopping, {"do": "late", "reason": "The lawyer was away"})
    assert "“The lawyer was away”" in text_of(ana.see(at(breach)))


def test_a_signed_step_is_left_out_only_by_two_people(run: Any, as_: As) -> None:
    from indelible.features.people.models import Request

    do_until_approval(run, as_)
    dora = as_("dora")
    assert "ask a second person" in text_of(dora.see(at(run, "approve")))
    asking = at(run, "approve", "override/")
    assert "Say why, in one sentence" in dora.send(asking, 422)
    where = dora.send(asking, reason="The supplier's ship sails today")
    asked = Request.objects.get()
    assert where == f"/people/waiting/{asked.pk}/" or str(asked.pk) in where
    page = text_of(as_("ana").see(where))
    assert "Read it, and approve or send it back." in page
    as_("carla").post(f"{where}approve/", {"password": PASSWORD})
    assert step(run, "approve").state == "open"  # a member agrees to nothing
    as_("ana").post(f"{where}approve/", {"password": PASSWORD})
    assert step(run, "approve").state == "skipped"
    told = text_of(dora.see(at(run)))
    assert "“The supplier's ship sails today”" in told and "Skipped" in told
