"""A tamper drill on the pages: asked for once, held in the background, certified, and on the record."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indelible.features.seals import drills
from indelible.features.seals.copies import holders_of
from indelible.features.seals.models import Drill
from indelible.server.jobs.worker import run_waiting
from indelible.storage.database import reads
from indelible.storage.database.drilling import drill as drilling
from indelible.storage.database.drilling.alterations import ALTERATIONS


@pytest.fixture
def few_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of the ways are enough to see how a drill is asked for and told."""
    wanted = ("value-changed", "file-changed")
    monkeypatch.setattr(drilling, "ALTERATIONS", [way for way in ALTERATIONS if way.code in wanted])


def test_a_drill_is_held_certified_and_on_the_record(signed_in: Client, book: Any, few_ways: None) -> None:
    answer = signed_in.post(reverse("seals:drills"))
    row = Drill.objects.get()
    assert answer.headers["Location"] == reverse("seals:drill", args=[row.pk])
    assert "The drill is under way" in signed_in.get(answer.headers["Location"]).content.decode()
    run_waiting()
    row.refresh_from_db()
    page = signed_in.get(answer.headers["Location"]).content.decode()
    assert "The one alteration was found" in page
    assert "entry 1" in page
    assert "Not tried, because the record has nothing of the kind" in page
    file = signed_in.get(reverse("seals:drill_certificate", args=[row.pk]))
    certificate = json.loads(file.content)
    assert (certificate["alterations"], certificate["found"]) == (1, 1)
    entry = reads.get_entry(book, row.entry)
    assert entry.event["action"]["said"] == "drill_held"
    assert entry.event["extra"]["certificate"] == drills.digest_of(certificate)
    assert entry.event["actor"]["name"] == "Ana Ruiz"


def test_who_asks_while_a_drill_runs_joins_it(signed_in: Client, book: Any) -> None:
    signed_in.post(reverse("seals:drills"))
    signed_in.post(reverse("seals:drills"))
    assert Drill.objects.count() == 1


def test_a_drill_that_cannot_be_held_says_so_and_is_no_certificate(signed_in: Client, book: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE entry SET content = '{}' WHERE \"index\" = 0")
    signed_in.post(reverse("seals:drills"))
    run_waiting()
    row = Drill.objects.get()
    assert row.state == Drill.State.FAILED
    page = signed_in.get(reverse("seals:drill", args=[row.pk])).content.decode()
    assert "The drill could not be held" in page
    assert signed_in.get(reverse("seals:drill_certificate", args=[row.pk])).status_code == 404


def test_an_alteration_that_was_not_found_is_told_first(signed_in: Client, book: Any) -> None:
    certificate = {
        "alterations": 2,
        "found": 1,
        "entries": 5,
        "of_entries": 9,
        "started_at": "2026-06-12T10:00:00.000000Z",
        "finished_at": "2026-06-12T10:01:00.000000Z",
        "outcomes": [
            {"code": "value-changed", "where": "3", "found": True, "kinds": ["altered"]},
            {"code": "entry-removed", "where": "4", "found": False, "kinds": []},
        ],
    }
    row = Drill.objects.create(
        logbook=book, asked_at=datetime(2026, 6, 12, tzinfo=UTC), state="done", certificate=certificate
    )
    page = signed_in.get(reverse("seals:drill", args=[row.pk])).content.decode()
    assert "1 alteration was not found" in page
    assert "Do not rely on checks of this installation" in page


def test_holders_are_known_by_their_keys(book: Any) -> None:
    from indelible.features.seals.models import Authority, Witness

    Witness.objects.create(logbook=book, name="Holm", key="w+00000000+AQ==", url="http://127.0.0.1:1/")
    Authority.objects.create(logbook=book, name="Stamp", url="http://127.0.0.1:2/", roots="PEM")
    found = holders_of(book)
    assert found.witnesses == {"Holm": "w+00000000+AQ=="}
    assert found.authorities == {"Stamp": ("PEM", "")}


def test_a_stranger_is_sent_to_sign_in(book: Any) -> None:
    assert Client().post(reverse("seals:drills")).status_code == 302
    assert Drill.objects.count() == 0


def test_places_are_told_in_words() -> None:
    from indelible.features.seals.drill_words import place_words

    assert place_words("seal-changed", "1,204") == "seal 1,204"
    assert place_words("number-changed", "sources/0") == "own entries"
    assert place_words("number-changed", "sources/7") == "source 7"
    assert place_words("value-changed", "12") == "entry 12"
