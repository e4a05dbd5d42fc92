"""Packs as the pages meet them: Northwind's record with two sources, and packs opened and unpacked."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AUGUST = "2025-08-01T09:00:00Z"

Put = Callable[..., list[int]]


def told(number: int = 1043, **more: Any) -> dict[str, Any]:
    """An event of AccountsPro: Maria Lopez changed an invoice, unless `more` says otherwise."""
    return {
        "occurred_at": AUGUST,
        "actor": {"name": "Maria Lopez", "email": "maria@northwind.example", "kind": "person"},
        "action": {"verb": "change", "category": "money", "said": "Invoice Edited"},
        "targets": [{"kind": "invoice.sales", "id": f"INV-{number}"}],
        "changes": [{"field": "amount", "before": "1200.00", "after": "12000.00"}],
        "outcome": "success",
        "source": {"name": "AccountsPro of Northwind", "system": "accountspro"},
        "original": {
            "text": json.dumps({"user": "Lopez, María", "inv": number}),
            "media_type": "application/json",
        },
        **more,
    }


@pytest.fixture
def book(ana: Any) -> Any:
    """Northwind's logbook."""
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()


@pytest.fixture
def accounts(book: Any) -> Any:
    """The source AccountsPro."""
    from indelible.features.sources.services import By, begin_source

    return begin_source(book, "AccountsPro of Northwind", "accountspro", By())


@pytest.fixture
def bank(book: Any) -> Any:
    """Another source."""
    from indelible.features.sources.services import By, begin_source

    return begin_source(book, "Harbour Bank", "bank", By())


@pytest.fixture
def put(book: Any) -> Put:
    """A function that records events of a source and gives their indexes."""
    from indelible.storage.database.append import Draft, append

    def record(source: Any, *events: dict[str, Any]) -> list[int]:
        drafts = [Draft(event, source=getattr(source, "pk", source)) for event in events]  # type: ignore[arg-type]
        return [entry.index for entry in append(book, drafts).entries]

    return record


@pytest.fixture
def filled(accounts: Any, bank: Any, put: Put) -> list[int]:
    """Twelve entries of AccountsPro with entries of the bank in between; the indexes of the twelve."""
    indexes = []
    for number in range(12):
        indexes += put(accounts, told(1043 + number))
        put(bank, told(9000 + number, source={"name": "Harbour Bank", "system": "bank"}))
    return indexes


@pytest.fixture
def pack_of(book: Any, ana: Any, tmp_path: Path) -> Callable[..., Path]:
    """A function that makes a pack for Ana and gives its file."""
    from indelible.features.packs.services import make_pack, order_of
    from indelible.features.sources.services import By
    from indelible.web.acts import party_of

    made: list[Path] = []

    def make(query: str = "", **how: Any) -> Path:
        path = tmp_path / f"pack-{len(made)}.zip"
        made.append(path)
        make_pack(book, order_of(book, query, **how), By(party_of(ana), None, ana), path)
        return path

    return make


def files_of(path: Path) -> dict[str, bytes]:
    """Every file of a pack."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a pack's entries."""
    return [json.loads(line) for line in files_of(path)["proof/entries.jsonl"].splitlines()]


def manifest_of(path: Path) -> Any:
    """The manifest of a pack."""
    return json.loads(files_of(path)["manifest.json"])
