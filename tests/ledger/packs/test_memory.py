"""Checking streams: memory does not grow with the pack."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.report import MATCHES
from tests.ledger.packs.making import make_pack


def peak(data: bytes) -> int:
    """Return the most bytes held at once while a pack is checked, beside the pack itself."""
    tracemalloc.start()
    try:
        assert check_pack(io.BytesIO(data)).verdict == MATCHES
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_pack_ten_times_as_large_needs_no_more_memory(tmp_path: Path) -> None:
    small, large = (
        make_pack(
            tmp_path / f"{entries}.zip", entries=entries, kind="whole", proofs=False, real_page=False
        ).path.read_bytes()
        for entries in (150, 1_500)
    )
    assert len(large) > 5 * len(small)
    peak(small)  # what is made once: tables of words, of regular expressions
    assert peak(large) < peak(small) + 1_500_000
