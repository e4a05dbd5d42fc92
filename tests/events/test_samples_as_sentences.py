"""Every event of real exports reads as one good English sentence.

`sentences.txt` holds the first dozen of each export, read by eye. After a change that is meant, write
the file anew (INDELIBLE_WRITE_SENTENCES=1) and read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indelible.events.event import Event, check_event
from indelible.events.sentence import on_screen, tell
from tests.shared import shared_path

SENTENCES = Path(__file__).with_name("sentences.txt")
A_DOZEN = 12
SAMPLES = [
    "okta-system-log.json",
    "okta-system-log.csv",
    "github-org-audit.json",
    "github-org-audit.csv",
    "github-git-events.json.gz",
    "google-admin-activities.json",
    "m365-purview-audit.csv",
    "aws-cloudtrail.json.gz",
    "aws-cloudtrail-digest.json.gz",
    "quickbooks-audit-log.csv",
    "xero-history-notes.xlsx",
    "salesforce-setup-audit-trail.csv",
    "stripe-events.json",
    "steady-500.csv",
    "steady-500.ndjson",
    "erp-aenderungen-semicolon-cp1252.csv",
    "excel-unicode-text-fr.txt",
    "us-dates-12h.csv",
    "eu-dates-24h.csv",
    "epoch-scales.csv",
    "dst-fold-berlin.csv",
    "date-extremes.csv",
    "timezone-notations.csv",
    "overlap-week1.csv",
    "duplicates-without-ids.csv",
    "huge-field.csv",
    "nul-bytes.csv",
    "formula-injection.csv",
    "unicode-names.csv",
    "preamble-duplicate-headers.csv",
    "nested-json-strings.csv",
    "truncated-download.ndjson.gz",
    "export-bundle.zip",
    "approvals-mixed-cells.xlsx",
]


def told(name: str) -> Iterator[tuple[Event, str]]:
    """Yield each event of a sample with its sentence as a screen shows it."""
    from indelible.intake.reading import Given, Record, read, survey

    expected: dict[str, Any] = json.loads(shared_path("samples/expected.json").read_text("utf-8"))
    given = next(file for file in expected["files"] if file["file"] == name).get("given") or {}
    answers = Given.parse([f"{key}={value}" for key, value in given.items()])
    for outcome in read(survey(shared_path(f"samples/{name}"), name, given=answers)):
        if isinstance(outcome, Record):
            yield check_event(outcome.event), on_screen(tell(outcome.event), 100).text


def held() -> dict[str, list[str]]:
    """Return the sentences that were read by eye, by sample."""
    blocks = SENTENCES.read_text("utf-8").split("\n\n")
    return {lines[0]: lines[1:] for block in blocks if (lines := block.strip("\n").split("\n"))[0]}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_events_of_an_export_read_as_sentences(name: str) -> None:
    pairs = list(told(name))
    sentences = [sentence for _, sentence in pairs]
    for event, sentence in pairs:
        # A name may end in a point ("Example Customer, Inc."), our own words never do.
        assert not sentence.endswith(".") or tell(event).parts[-1].role == "thing", sentence
        assert "\n" not in sentence
        assert not re.search(r"\{[a-z_]+\}", sentence), sentence
        assert len(sentence.split()) >= 3, sentence
    if os.environ.get("INDELIBLE_WRITE_SENTENCES"):
        _write(name, sentences[:A_DOZEN])
    assert sentences[:A_DOZEN] == held()[name]


def _write(name: str, sentences: list[str]) -> None:
    known = held() if SENTENCES.exists() else {}
    known[name] = sentences
    blocks = ["\n".join([sample, *known[sample]]) for sample in SAMPLES if sample in known]
    SENTENCES.write_text("\n\n".join(blocks) + "\n", "utf-8")


def test_every_sentence_held_is_of_a_sample_named_here() -> None:
    assert list(held()) == SAMPLES


def test_a_sentence_names_who_did_it_wherever_the_source_does() -> None:
    for event, sentence in told("google-admin-activities.json"):
        assert sentence.startswith(event["actor"].get("name") or event["actor"]["email"])
