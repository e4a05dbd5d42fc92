"""Make every file of known answers anew: `python -m vectors.generate [FOLDER]`, by default this folder.

The files are for anybody who writes a checker: one JSON file a topic, each saying where its answers come
from. The same code gives the same bytes on every machine; a test compares them with what is committed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from vectors.making import (
    TOPICS,
    curve,
    entries,
    hashes,
    language,
    notes,
    packs,
    seals,
    stamps,
    trees,
    witnesses,
)

# Each of these registers its topics when it is imported.
MODULES = (curve, entries, hashes, language, notes, packs, seals, stamps, trees, witnesses)

FOLDER = Path(__file__).resolve().parent


def text_of(name: str) -> str:
    """Return what the file of one topic says."""
    return json.dumps(TOPICS[name](), indent=1, ensure_ascii=False) + "\n"


def write_all(folder: Path) -> None:
    """Write the file of every topic into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(TOPICS):
        (folder / f"{name}.json").write_bytes(text_of(name).encode("utf-8"))


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
