"""The frozen list of a step: paged, opened row by row, decided one by one or all that are left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.features.conftest import PASSWORD
from tests.features.runbooks.runs.conftest import Browser
from tests.features.runbooks.runs.test_pages import at, text_of

As = Callable[[str], Browser]

REVIEW = """
format = 1
id = "LOOK-1"
title = "Look at changes"
purpose = "Each change is looked at."
team = "Finance"
owner = "reviewer"
keep = "finance"
[roles.reviewer]
title = "Reviewer"
[starts]
when = "Each month"
[[steps]]
key = "look"
title = "Decide about each change"
do = "Decide about each change."
by = "reviewer"
kind = "view"
why = "Somebody has to."
done = "Each has a decision."
if_fails = "Ask."
sign = "one"
means = "checked"
view = { entries = "changes of sales invoices", decide = ["fine", "ask"], reason_for = ["ask"] }
checks = [
    { key = "decided", says = "Each row is decided.", kind = "decided", settings = { step = "look" } },
    { key = "same", says = "A check that fails.", kind = "files", settings = { step = "look", least = 1 } },
]
"""


@pytest.fixture
def looking(put_in_force: Callable[..., Any], people: dict[str, Any]) -> Any:
    """A run in which Dora looks at 30 changes of invoices."""
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run
    from indelible.storage.database.append import Draft, append
    from indelible.web.acts import logbook_in_use

    drafts = [
        Draft(
            {
                "occurred_at": "2026-01-05T10:00:00Z",
                "actor": {"name": "Maria Lopez", "kind": "person"},
                "action": {"verb": "change", "said": "change"},
                "targets": [{"kind": "invoice.sales", "id": f"INV-{n}"}],
                "changes": [{"field": "amount", "before": "1", "after": f"{n}"}],
                "outcome": "success",
            },
            source=0,
        )
        for n in range(30)
    ]
    append(logbook_in_use(), drafts)
    book = put_in_force(REVIEW, reviewer=people["dora"])
    return open_run(book, Doer.of_user(people["ana"]), datetime.now(UTC), cause_key="1")


def test_rows_are_opened_decided_and_signed(looking: Any, as_: As) -> None:
    from indelible.features.runbooks.models import StepList
    from indelible.features.signoffs.models import Decision, Look

    dora = as_("dora")
    assert "0 of 30 decided" in text_of(dora.see(at(looking, "look")))
    frozen = StepList.objects.get().frozen
    rows = at(looking, "look", f"list/{frozen.pk}/")
    page = text_of(dora.see(rows))
    assert "30 rows. 0 decided." in page and "Rows 1 to 25 of 30" in page
    assert "Rows 26 to 30 of 30" in text_of(dora.see(rows + "?from=26"))
    assert dora.get(rows + "3/").headers["Location"].startswith("/record/")
    assert Look.objects.get(frozen=frozen).opened == [2]
    sent = {"choice-0": "fine", "choice-1": "ask", "reason-2": "Looks odd"}
    again = text_of(dora.send(rows, 422, do="rows", **sent))
    assert "Choose what is decided." in again
    assert Decision.objects.filter(frozen=frozen).count() == 1  # what needs no words was kept
    dora.send(rows, do="rows", **{"choice-0": "ask", "reason-0": "Whose is it?"})
    assert Decision.objects.get(frozen=frozen, place=0).choice == "ask"
    dora.send(rows, do="rows", **{"choice-0": ""})
    assert not Decision.objects.filter(frozen=frozen).exists()
    assert "30 that are left" in text_of(dora.see(rows))
    dora.send(rows, 422, do="all", **{"all-choice": "fine"})
    dora.send(rows, do="all", **{"all-choice": "fine", "all-reason": "All are of the same import"})
    assert Decision.objects.filter(frozen=frozen, in_bulk=True).count() == 30
    # One check passes, the other does not: its words are asked for with the signature.
    dora.send(at(looking, "look"), do="finish")
    signing = at(looking, "look", "sign/")
    page = text_of(dora.see(signing))
    assert "30 of 30 decided" in page and "Did not pass." in page
    assert "Say why, in one sentence" in dora.send(signing, 422, do="sign", secret=PASSWORD)
    dora.send(signing, do="sign", secret=PASSWORD, why_same="Nothing to attach this month")
    told = text_of(dora.see(at(looking)))
    assert "1 of 1 done. Finished" in told
    assert "“Nothing to attach this month”" in told and "Did not pass" in told


def test_somebody_else_sees_the_list_and_decides_nothing(looking: Any, as_: As) -> None:
    from indelible.features.runbooks.models import StepList

    as_("dora").see(at(looking, "look"))
    frozen = StepList.objects.get().frozen
    rows = at(looking, "look", f"list/{frozen.pk}/")
    ben = as_("ben")
    assert "Keep these decisions" not in ben.see(rows)
    ben.send(rows, 403, do="all", **{"all-choice": "fine", "all-reason": "x"})
    ben.see(at(looking, "look", "list/999/"), 404)
    ben.see(rows + "31/", 404)
