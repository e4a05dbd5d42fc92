"""The field samples: how many records each file gives before anybody knows what they mean."""

from __future__ import annotations

import json

import pytest

from indelible.intake.errors import IntakeError
from tests.intake.files import read_file
from tests.shared import shared_path

# Where a file's records are not one for one its events: several events in a record, several records of an
# event, or repeats that are only told apart later.
OTHER_COUNTS = {
    "google-admin-activities.json": 12,
    "m365-purview-audit.csv": 10,
    "export-bundle.zip": 14,
    "aws-cloudtrail-digest.json.gz": 1,
}
NAMES = """
approvals-mixed-cells.xlsx aws-cloudtrail-digest.json.gz aws-cloudtrail.json.gz azure-activity-PT1H.json
azure-activity-log.csv box-user-activity.csv cef-leef-mixed.log date-extremes.csv docusign-audit-events.json
dropbox-team-log.json dst-fold-berlin.csv duplicates-without-ids.csv ecs-broken-last-line.ndjson
entra-signins-interactive.csv epoch-scales.csv erp-aenderungen-semicolon-cp1252.csv eu-dates-24h.csv
excel-unicode-text-fr.txt export-bundle.zip formula-injection.csv gcp-audit-log.json
github-git-events.json.gz github-org-audit.csv github-org-audit.json gitlab-audit-events.csv
google-admin-activities.json google-drive-log-events.csv google-login-legacy.csv header-only.csv
hubspot-audit-log.csv huge-field.csv jamf-access-and-change.log jira-audit-records.json
keycloak-admin-events.json linux-auditd.log m365-purview-audit.csv m365-searchual-powershell.csv
mysql-audit.json nested-json-strings.csv netsuite-system-notes-cp1252.csv nul-bytes.csv ocsf-events.ndjson
okta-system-log.csv okta-system-log.json onepassword-audit-events.json overlap-week1.csv overlap-week2.csv
postgres-csvlog-pgaudit.csv preamble-duplicate-headers.csv quickbooks-audit-log.csv
salesforce-eventlogfile-login.csv salesforce-setup-audit-trail.csv shopify-events.json slack-audit-logs.json
steady-500.csv steady-500.ndjson stripe-events.json syslog-rfc3164.log syslog-rfc5424.log
timezone-notations.csv truncated-download.ndjson.gz unicode-names.csv us-dates-12h.csv
windows-security-eventviewer.csv workday-audit-trail-1904.xlsx xero-history-notes.xlsx
zoom-admin-activity-ambiguous.csv
""".split()
# Notices that the reading itself gives; the others need to know what the columns mean.
FILE_NOTICES = {
    "preamble_skipped", "trailing_rows_skipped", "duplicate_headers", "header_shorter_than_rows", "ragged_rows",
    "no_rows", "truncated_gzip", "broken_last_line", "json_recovered", "encoding_windows_1252", "nul_bytes",
    "hidden_sheet_skipped", "date_system_1904", "member_ignored", "member_path_refused",
}  # fmt: skip


def expectation(name: str) -> dict[str, object]:
    listed = json.loads(shared_path("samples/expected.json").read_text())["files"]
    return next(entry for entry in listed if entry["file"] == name)


@pytest.mark.parametrize("name", NAMES)
def test_every_record_of_a_sample_is_read_and_nothing_else(name: str) -> None:
    expected = expectation(name)
    seen = read_file(shared_path(f"samples/{name}"))
    assert len(seen.records) == OTHER_COUNTS.get(name, expected["events"])
    assert len(seen.rejects) == expected["rejected"]
    assert seen.codes & FILE_NOTICES == FILE_NOTICES & set(expected["warnings"])  # type: ignore[call-overload]
    assert all(seen.messages[code] for code in seen.codes)


@pytest.mark.parametrize("name", ["empty.csv", "whitespace-only.txt", "not-a-log.pdf"])
def test_a_sample_that_is_no_log_is_refused(name: str) -> None:
    with pytest.raises(IntakeError) as refused:
        read_file(shared_path(f"samples/{name}"))
    assert [refused.value.code] == expectation(name)["warnings"]
