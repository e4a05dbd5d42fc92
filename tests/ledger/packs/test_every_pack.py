"""What holds for every pack: honest ones match, and a whole one cannot lose, gain or hide anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indelible.ledger.packs import lines as roles
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.lines import Line
from indelible.ledger.packs.report import DIFFERS, MATCHES, PackReport
from tests.ledger.packs.book import Book
from tests.ledger.packs.flaws import trust_of
from tests.ledger.packs.making import Insider, Made, make_pack

FIELDS = (
    "actor",
    "changes",
    "extra",
    "extra/amount",
    "original",
    "outcome",
    "source",
    "targets",
    "attachments",
)
WHOLES: dict[str, dict[str, Any]] = {
    "all": {},
    "period": {"by": "recorded"},
    "happened": {"by": "happened"},
}


def check(made: Made) -> PackReport:
    with made.path.open("rb") as file:
        return check_pack(file, trust_of(made))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=st.integers(3, 40),
    kind=st.sampled_from(
        [(names.SELECTION, None), *((names.WHOLE, by) for by in (None, "recorded", "happened"))]
    ),
    withhold=st.sets(st.sampled_from(FIELDS)),
    witnesses=st.integers(0, 5),
    attachments=st.integers(0, 6),
    erased=st.booleans(),
    rotated=st.booleans(),
)
def test_any_honest_pack_matches(
    tmp_path: Path,
    entries: int,
    kind: tuple[str, str | None],
    withhold: set[str],
    witnesses: int,
    attachments: int,
    erased: bool,
    rotated: bool,
) -> None:
    made = make_pack(
        tmp_path / "pack.zip",
        entries=entries,
        kind=kind[0],
        by=kind[1],
        withhold=tuple(withhold),
        witnesses=witnesses,
        attachments=attachments,
        erased=erased,
        rotated=rotated and entries > 4,
        proofs=False,
        real_page=False,
    )
    report = check(made)
    assert report.findings == []
    assert report.verdict == MATCHES


def _remake(folder: Path, how: dict[str, Any], insider: Insider) -> PackReport:
    """Make a whole pack of six entries by somebody who holds the key, and check it."""
    made = make_pack(
        folder / "pack.zip",
        entries=6,
        kind=names.WHOLE,
        proofs=False,
        real_page=False,
        insider=insider,
        **how,
    )
    return check(made)


@pytest.mark.parametrize("kind", WHOLES)
def test_no_line_of_a_whole_pack_can_be_left_out(kind: str, tmp_path: Path) -> None:
    """Whoever holds the key, and makes tree, table, counts and signatures fit, is found out all the same."""
    how = {**WHOLES[kind], "erased": True}
    honest = make_pack(tmp_path / "honest.zip", entries=6, kind=names.WHOLE, real_page=False, **how)
    for left_out in honest.lines:
        report = _remake(
            tmp_path,
            how,
            Insider(roles=lambda role_of, _book, gone=left_out.index: role_of.pop(gone, None))  # type: ignore[misc]
            if left_out.role != roles.MAKING
            else Insider(lines=lambda lines, _book: [line for line in lines if line.role != roles.MAKING]),
        )
        assert report.verdict == DIFFERS, left_out
        assert {one.code for one in report.checks if one.verdict == DIFFERS} <= {
            "claims",
            "numbers",
            "register",
            "erased",
        }


@pytest.mark.parametrize("kind", WHOLES)
def test_no_entry_of_a_whole_pack_can_be_passed_off_as_another_kind(kind: str, tmp_path: Path) -> None:
    how = WHOLES[kind]
    honest = make_pack(tmp_path / "honest.zip", entries=6, kind=names.WHOLE, real_page=False, **how)
    for place in honest.asked:
        for role in (roles.EDGE, roles.OTHER, roles.ERASURE):

            def pass_off(role_of: dict[int, str], _book: Book, place: int = place, role: str = role) -> None:
                role_of[place] = role

            assert _remake(tmp_path, how, Insider(roles=pass_off)).verdict == DIFFERS


def test_no_detail_can_be_closed_without_a_reason_that_shows(tmp_path: Path) -> None:
    """Whichever detail is closed, and whatever is given as why: it shows, unless it was said to be withheld."""
    made = make_pack(tmp_path / "honest.zip", entries=3, withhold=("outcome",), real_page=False)
    closable = sorted(made.lines[1].values)
    for name in closable:
        for why in ("withheld", "unasked", "repeats", "erased:2", "erased:999", "secret"):

            def close(lines: list[Line], _book: Book, name: str = name, why: str = why) -> list[Line]:
                line = lines[1]
                place = list(line.values).index(name)
                opened = line.open[:place] + line.open[place + 1 :]
                return [lines[0], replace(line, open=opened, closed={**line.closed, name: why}), *lines[2:]]

            report = check(
                make_pack(
                    tmp_path / "pack.zip",
                    entries=3,
                    withhold=("outcome",),
                    proofs=False,
                    real_page=False,
                    insider=Insider(lines=close),
                )
            )
            # A repeat cannot be told from outside: only whoever made the pack knows what was withheld.
            expected = MATCHES if why == "repeats" and not name.startswith("numbers/") else DIFFERS
            assert report.verdict == expected, (name, why, report.findings)
