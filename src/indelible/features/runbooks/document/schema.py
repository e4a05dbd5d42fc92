"""The shape of a document as JSON Schema, made from the structs: docs/formats/runbook.schema.json.

    python -m indelible.features.runbooks.document.schema > docs/formats/runbook.schema.json

A schema says which parts there are and of what kind. What holds them together (a role that exists, a step that comes
after) is `reading.flaws_of`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec

from .runbook import FORMAT, Runbook


def schema() -> dict[str, Any]:
    """Return the schema of format 1, JSON Schema 2020-12."""
    (told,), parts = msgspec.json.schema_components([Runbook], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Runbook of Indelible, format {FORMAT}",
        **told,
        "$defs": {name: _told(parts[name]) for name in sorted(parts)},
    }


def _told(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part with what is said of it on one line."""
    return {**part, "description": " ".join(part.get("description", "").split())}


def as_text() -> str:
    """Return the schema as the file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())
