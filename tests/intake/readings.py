"""Helpers for tests that read a few records of one system: give them as JSON or as a table, get the events."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from indelible.events.event import Event, check_event
from indelible.intake import reading


def read_text(folder: Path, text: str | bytes, name: str = "export.json", **given: str) -> Taken:
    """Read text as an uploaded file."""
    path = folder / "upload.part"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = reading.survey(path, name, given=reading.Given(**given))
    assert not found.questions, found.questions
    return Taken(found, list(reading.read(found)))


def read_json(folder: Path, *values: Any, name: str = "export.json", **given: str) -> Taken:
    """Read values as a JSON list."""
    return read_text(folder, json.dumps(list(values)), name, **given)


def read_table(folder: Path, *rows: dict[str, str], **given: str) -> Taken:
    """Read rows as a CSV file; the first names the columns."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return read_text(folder, text.getvalue(), "export.csv", **given)


class Taken:
    """What a reading gave."""

    def __init__(self, found: reading.Survey, outcomes: list[reading.Outcome]) -> None:
        self.found = found
        self.outcomes = outcomes
        self.records = [each for each in outcomes if isinstance(each, reading.Record)]
        self.events: list[Event] = [record.event for record in self.records]
        for event in self.events:
            check_event(event)

    @property
    def system(self) -> str:
        return self.found.system

    @property
    def codes(self) -> set[str]:
        return {notice.code for notice in self.found.notices}

    @property
    def acts(self) -> list[tuple[str | None, str | None, str | None]]:
        """Our verb, the source's word and the outcome of each event."""
        return [
            (
                event.get("action", {}).get("verb"),
                event.get("action", {}).get("said"),
                event.get("outcome"),
            )
            for event in self.events
        ]

    @property
    def known_as(self) -> set[Any]:
        return {record.identity or record.fingerprint for record in self.records}
