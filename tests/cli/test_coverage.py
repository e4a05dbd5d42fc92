"""`indelible coverage`: what each rule promises, for people and for programs; exit code 1 where one is not kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_commands import Shell
from tests.services.installed import Installed

BEGIN = """
import django
django.setup()
from datetime import UTC, datetime, timedelta
from indelible.storage.database.logbooks import get_logbook
from tests.features.coverage.conftest import begin_rule
book = get_logbook()
began = datetime.now(UTC) - timedelta(days=100)
begin_rule(book, "Record when someone deletes anything.", verbs=["delete"], needs=("reason",), at=began)
begin_rule(book, "Record when someone signs in.", verbs=["sign_in"], duties={"silent_after": "P2D"}, at=began)
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("coverage") / "home")
    shell.json("init", "--origin", "log.example.org/coverage")
    return shell


def test_each_rule_is_told_with_what_it_lacks_and_one_that_is_silent_ends_with_1(
    shell: Shell, tmp_path: Path
) -> None:
    Installed(shell.home).run(BEGIN)
    table = tmp_path / "list.csv"
    rows = [f"2026-03-{day:02} 10:00,Maria Lopez,Deleted,Invoice INV-{day}" for day in (3, 4)]
    rows += ["2026-03-05 10:00,Maria Lopez,Viewed,Invoice INV-9"]
    table.write_text("When,User,Action,Item\n" + "\n".join(rows) + "\n", encoding="utf-8")
    shell.json("import", str(table), "--given", "timezone=UTC", "--given", "date_order=ymd")

    told = shell.json("coverage", "--from", "2026-03-01", "--to", "2026-03-31", code=1)
    assert (told["from"], told["to"], told["not_counted"]) == ("2026-03-01", "2026-03-31", 0)
    deleted, signed_in = sorted(told["rules"], key=lambda each: each["rule"])
    assert deleted["state"] == "broken"
    assert (deleted["matched"], deleted["matched_ever"], deleted["entries_lacking"]) == (2, 2, 2)
    assert deleted["lacking"] == {"reason": 2}
    assert deleted["last_seen"] is not None and deleted["silent_since"] is None
    assert deleted["missing"][0]["code"] == "lacking"
    assert (signed_in["matched"], signed_in["last_seen"]) == (0, None)
    assert signed_in["no_source_sends"][0].startswith("No source has ever sent that someone signs in")
    assert [(each["verb"], each["entries"]) for each in told["uncovered"]] == [("view", 1)]

    lately = {each["rule"]: each for each in shell.json("coverage")["rules"]}
    assert (lately[deleted["rule"]]["state"], lately[deleted["rule"]]["matched"]) == ("partial", 0)
    assert lately[deleted["rule"]]["missing"][0]["message"].startswith("The rule was not in force from")
    assert lately[signed_in["rule"]]["state"] == "new"
    shown = shell.run("coverage", "--from", "2026-03-01", "--to", "2026-03-31")
    assert shown.returncode == 1
    assert "Not kept: rule 1, Record when someone deletes anything." in shown.stdout
    assert "2 entries lack reason" in shown.stdout


def test_days_that_make_no_period_are_refused(shell: Shell) -> None:
    refused = shell.json("coverage", "--from", "2026-03-09", "--to", "2026-03-01", code=2)
    assert refused["error"]["code"] == "coverage-bad-period"
