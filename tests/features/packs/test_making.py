"""Packs of a real record: what is in them, and that the checkers find them good."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.features.packs.conftest import files_of, lines_of, manifest_of


def test_a_whole_pack_of_a_source_holds_all_its_entries(filled: list[int], pack_of: Any) -> None:
    path = pack_of('source:"AccountsPro of Northwind"', whole=True)
    lines = lines_of(path)
    assert [line["index"] for line in lines if line["role"] == "asked"] == filled
    assert Counter(line["role"] for line in lines)["making"] == 1
    manifest = manifest_of(path)
    assert manifest["claims"]["kind"] == "whole"
    assert sorted(files_of(path)) == sorted(
        [*(f["name"] for f in manifest["files"]), "manifest.json", "manifest.note"]
    )
