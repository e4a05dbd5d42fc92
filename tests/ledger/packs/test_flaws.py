"""Every pack that was tampered with is found out, by the check that it concerns and by no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.report import DIFFERS, MATCHES
from tests.ledger.packs.flaws import FLAWS, trust_of


@pytest.mark.parametrize("name", FLAWS)
def test_a_pack_that_was_tampered_with_is_found_out(name: str, tmp_path: Path) -> None:
    flaw = FLAWS[name]
    made = flaw.make(tmp_path / "pack.zip", None)
    with made.path.open("rb") as file:
        report = check_pack(file, trust_of(made))
    failed = {check.code for check in report.checks if check.verdict == DIFFERS}
    told = [(one.code, one.entry, one.field, one.file) for one in report.findings]
    assert failed == flaw.checks, told
    assert flaw.code in {one.code for one in report.findings}, told
    assert report.verdict != MATCHES
