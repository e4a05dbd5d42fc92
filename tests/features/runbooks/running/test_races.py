"""Two at once: one signature, one opened run, whoever is quicker; with real commits, each in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from tests.features.runbooks.running.conftest import NOON
from tests.features.runbooks.running.test_running import ANSWERS, HOUR, opened, step, to_approval


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do all of these at the same time; return what each gave, its refusal where it was refused."""
    from indelible.features.runbooks.running.errors import RunError

    gate = Barrier(len(acts))

    def do(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=20)
            return act()
        except RunError as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def test_two_tabs_give_one_signature(supplier_change: Any, people: dict[str, Any]) -> None:
    from indelible.features.runbooks.models import StepSignature
    from indelible.features.runbooks.running import signing
    from indelible.features.runbooks.running.doers import Doer

    run = opened(supplier_change, people["ana"])
    to_approval(run, people)
    row, dora = step(run, "approve"), Doer.of_user(people["dora"])
    given = at_once([lambda: signing.sign(row, dora, NOON + 3 * HOUR)] * 3)
    assert sorted(type(one).__name__ for one in given) == ["StepSignature", "str", "str"]
    assert {one for one in given if isinstance(one, str)} == {"step-not-open"}
    assert StepSignature.objects.filter(step=row).count() == 1


def test_a_step_is_signed_or_sent_back_never_both(supplier_change: Any, people: dict[str, Any]) -> None:
    from indelible.features.runbooks.running import signing
    from indelible.features.runbooks.running.doers import Doer

    run = opened(supplier_change, people["ana"])
    to_approval(run, people)
    row, dora = step(run, "approve"), Doer.of_user(people["dora"])
    given = at_once(
        [
            lambda: signing.sign(row, dora, NOON + 3 * HOUR),
            lambda: signing.send_back(row, dora, "Which account?", NOON + 3 * HOUR, to="request"),
        ]
    )
    assert sum(one == "step-not-open" for one in given) == 1, given
    assert (step(run, "approve").state == "signed") != (step(run, "request").state == "sent_back")


def test_a_role_that_changes_while_its_step_is_done_is_whose_it_is_at_that_moment(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.running import doing, roles
    from indelible.features.runbooks.running.doers import Doer

    run = opened(supplier_change, people["ana"])
    row, ben, ana = step(run, "request"), Doer.of_user(people["ben"]), Doer.of_user(people["ana"])
    done, filled = at_once(
        [
            lambda: doing.finish(row, ben, NOON + HOUR, values=ANSWERS),
            lambda: roles.fill(run, "clerk_a", ana, NOON + HOUR, user=people["emil"], told="Ben is ill"),
        ]
    )
    assert filled.user == people["emil"]
    after = step(run, "request")
    if done == "run-step-not-yours":
        assert after.state == "open"
    else:
        assert (after.state, after.by_user) == ("done", people["ben"])


def test_one_cause_opens_one_run_however_many_ask(supplier_change: Any, people: dict[str, Any]) -> None:
    from indelible.features.runbooks.models import Run

    runs = at_once([lambda: opened(supplier_change, people["ana"], "2026-12-01")] * 4)
    assert len({run.pk for run in runs}) == 1 and Run.objects.count() == 1
