"""Setting up the audit log: looked up from the system itself, and led by a run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.test import Client


def test_each_step_knows_from_the_system_whether_it_is_so(ana: Any, signed_in: Client) -> None:
    from indelible.features.people.models import User
    from indelible.features.runbooks.models import Run
    from indelible.features.runbooks.setting_up import setting_up
    from indelible.web.acts import logbook_in_use

    now = datetime.now(UTC)

    def people() -> dict[str, str]:
        step = setting_up(logbook_in_use(), now, fresh=True).steps[2]
        return {one.part.key: one.result for one in step.found}

    before = people()
    assert before["two_owners"] == "failed"
    User.objects.create_user("ben@northwind.example", "Ben", "violet seal harbour 7", role="owner")
    assert people()["two_owners"] == "passed"
    keep = setting_up(logbook_in_use(), now).steps[4]
    assert {one.part.key: one.result for one in keep.found}["copied"] == "unchecked"
    page = signed_in.get("/setting-up/").content.decode()
    assert "Start this runbook" in page and "There are two owners." in page
    answer = signed_in.post("/setting-up/start/")
    run = Run.objects.get()
    assert answer["Location"] == f"/runs/{run.pk}/"
    assert signed_in.post("/setting-up/start/")["Location"] == f"/runs/{run.pk}/"  # once
    assert Run.objects.count() == 1 and run.runbook.origin == "RB-00"
    home = signed_in.get("/").content.decode()
    assert "Setting up the audit log" in home and f"/runs/{run.pk}/steps/what/" in home


def test_only_an_owner_starts_it_and_home_is_silent_once_it_is_over(ana: Any, signed_in: Client) -> None:
    from indelible.features.people.models import User
    from indelible.features.runbooks.models import Run, RunState

    member = User.objects.create_user("ben@northwind.example", "Ben", "violet seal harbour 7", role="member")
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(member)
    assert browser.post("/setting-up/start/").status_code == 403
    assert "An owner starts this runbook." in browser.get("/setting-up/").content.decode()
    signed_in.post("/setting-up/start/")
    assert "Setting up the audit log" in signed_in.get("/").content.decode()
    Run.objects.update(state=RunState.CLOSED)
    assert "of 8 steps are so" not in signed_in.get("/").content.decode()
