"""A runbook is started from where something was found: the check of an altered record, the notice of an alarm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.features.runbooks.runs.conftest import Browser
from tests.features.runbooks.runs.test_pages import text_of

As = Callable[[str], Browser]


def altered() -> Any:
    """Keep a check that found the record altered."""
    from indelible.features.seals.models import Check
    from indelible.web.acts import logbook_in_use
    from tests.features.seals.conftest import told

    now = datetime.now(UTC)
    return Check.objects.create(
        logbook=logbook_in_use(),
        state=Check.State.DONE,
        verdict="does not match",
        asked_at=now,
        started_at=now,
        finished_at=now,
        done=1,
        size=1,
        report=told("does not match"),
    )


def test_suspected_tampering_is_started_once_from_the_alarm(
    put_in_force: Callable[..., Any], people: dict[str, Any], as_: As, library: Path
) -> None:
    from indelible.features.runbooks.models import Run

    ana, found = as_("ana"), altered()
    path = f"/checks/{found.pk}/"
    assert "A ready runbook leads through this step by step: RB-09." in text_of(ana.see(path))
    book = put_in_force((library / "rb_09.toml").read_text(encoding="utf-8"))
    link = f"/runs/start/{book.pk}/?for=check%20{found.pk}"
    assert link in ana.see(path) and link in ana.see("/")
    assert "Start the runbook" not in as_("dora").see("/")  # a reviewer starts none
    page = ana.see(link)
    assert f"It is started because check {found.pk} found the record altered." in text_of(page)
    where = ana.send(link, **{"for": f"check {found.pk}", "about": f"What check {found.pk} found"})
    run = Run.objects.get()
    assert (run.cause, run.cause_key) == ("alarm", f"check {found.pk}")
    assert ana.send(link, **{"for": f"check {found.pk}"}) == where  # pressed once more
    assert where in ana.see(path)
    again = altered()  # the next day's check says the same: the run that is under way stands there
    assert where in ana.see(f"/checks/{again.pk}/")
    assert "It is started" not in ana.see(f"/runs/start/{book.pk}/?for=check%20999999")
