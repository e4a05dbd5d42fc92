"""Known answers, read from the folder `vectors` that other implementations read too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "vectors"


def load(topic: str) -> Any:
    """Return one topic's known answers."""
    return json.loads((FOLDER / f"{topic}.json").read_text(encoding="utf-8"))


def hexes(texts: list[str]) -> list[bytes]:
    """Return the bytes that hexadecimal texts stand for."""
    return [bytes.fromhex(text) for text in texts]
