"""The samples that are due give exactly the counts that are expected of them, and add nothing twice."""

from __future__ import annotations

import json
from typing import Any

from indelible.storage.database.models import Number
from tests.shared import shared_path

SYSTEMS = (
    "okta github google_workspace m365 aws_cloudtrail aws_cloudtrail_digest quickbooks xero salesforce_setup stripe "
    "generic_csv generic_json generic_ndjson generic_xlsx zip empty unsupported"
).split()
LATER = ("google-drive-log-events.csv", "google-login-legacy.csv")


def due() -> list[dict[str, Any]]:
    files = json.loads(shared_path("samples/expected.json").read_text())["files"]
    return [each for each in files if each["slug"] in SYSTEMS and each["file"] not in LATER]


def test_every_sample_gives_the_expected_counts_and_a_second_time_nothing(book: Any, take: Any) -> None:
    held = 0
    for each in due():
        result = take(shared_path(f"samples/{each['file']}"), given=each["given"])
        assert not result.questions, each["file"]
        known_before = {"okta-system-log.csv": (10, 0), "overlap-week2.csv": (7, 1)}.get(each["file"], (0, 0))
        assert result.recorded == each["events"] - sum(known_before), each["file"]
        assert (result.conflicts, result.rejected) == (known_before[1], each["rejected"]), each["file"]
        assert {notice["code"] for notice in result.notices} >= set(each["warnings"]), each["file"]
        assert result.system == each["slug"], each["file"]
        held += result.recorded + result.conflicts
    given = Number.objects.filter(logbook=book).exclude(name="sources/0").exclude(name__startswith="rules/")
    assert sum(number.last for number in given) == held
    for each in due():
        again = take(shared_path(f"samples/{each['file']}"), given=each["given"])
        assert (again.recorded, again.conflicts) == (0, 0), each["file"]
