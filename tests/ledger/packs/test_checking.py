"""Packs that nobody touched match, whatever they hold; and what a reader brings is compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.report import CHECKS, DIFFERS, MATCHES, NOT_CHECKED, PackReport, Trust
from tests.ledger.packs import book as log
from tests.ledger.packs.flaws import STAMP_FLAWS, trust_of
from tests.ledger.packs.making import Made, make_pack
from tests.ledger.packs.zips import write_zip
from tests.services.authority import Authority, running_authority

KINDS: dict[str, dict[str, Any]] = {
    "a selection": {},
    "a selection with something hidden": {"withhold": ("actor", "reason", "targets")},
    "a selection with everything hidden that can be": {"withhold": ("actor", "extra", "original", "outcome")},
    "a selection with something erased": {"erased": True},
    "a selection without a witness": {"witnesses": 0},
    "a selection of one entry": {"entries": 1},
    "everything of a source": {"kind": names.WHOLE},
    "everything of a rule": {"kind": names.WHOLE, "rule": True},
    "a whole period": {"kind": names.WHOLE, "by": "recorded"},
    "a whole period with something hidden and erased": {
        "kind": names.WHOLE,
        "by": "recorded",
        "withhold": ("actor",),
        "erased": True,
        "rotated": True,
    },
    "a whole by when it happened": {"kind": names.WHOLE, "by": "happened", "erased": True},
    "a pack after a change of key": {"rotated": True},
    "a pack whose files are not squeezed": {"compression": 0},
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """An authority that stamps, as a process of its own."""
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


def check(made: Made, trust: Trust | None = None) -> PackReport:
    with made.path.open("rb") as file:
        return check_pack(file, trust)


def verdicts(report: PackReport) -> dict[str, str]:
    return {one.code: one.verdict for one in report.checks}


@pytest.mark.parametrize("kind", KINDS)
def test_a_pack_that_nobody_touched_matches(kind: str, tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", **{"entries": 10, **KINDS[kind]})
    report = check(made, trust_of(made))
    assert report.findings == []
    assert report.verdict == MATCHES
    assert report.intact is True
    assert report.as_json() == {
        "verdict": "matches",
        "intact": True,
        "kind": KINDS[kind].get("kind", "selection"),
        "entries": len(made.asked),
        "key": "given",
        "words": made.words,
        "trusted_words": None,
        "checks": [{"code": one.code, "verdict": "matches", "count": one.count} for one in report.checks],
        "findings": [],
    }
    order = [one.code for one in report.checks]
    assert order == [code for code in CHECKS if code in order]


def test_without_a_key_card_the_key_is_not_compared(tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=5, real_page=False)
    report = check(made)
    assert report.verdict == MATCHES
    assert report.as_json()["key"] == "not compared"


def test_an_old_key_card_leads_to_the_key_in_use(tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=10, rotated=True, real_page=False)
    report = check(made, Trust(key=log.FIRST_KEY.verifier))
    assert verdicts(report)["keys"] == MATCHES


def test_another_key_card_does_not_fit(tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=5, real_page=False)
    report = check(made, Trust(key=log.STRANGER.verifier))
    assert [one.code for one in report.findings] == ["key-differs"]
    assert report.verdict == DIFFERS


def test_the_right_words_settle_whose_pack_it_is(tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=5, real_page=False)
    report = check(
        made, Trust(words="\n".join(f"{n}. {word.upper()}" for n, word in enumerate(made.words, 1)))
    )
    assert report.trusted_words is True
    assert verdicts(report)["words"] == MATCHES


def test_a_wrong_word_is_named_by_its_place(tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=5, real_page=False)
    typed = [*made.words[:3], "zebra" if made.words[3] != "zebra" else "lantern", *made.words[4:]]
    report = check(made, Trust(words=" ".join(typed)))
    assert [(one.code, one.field) for one in report.findings] == [("words-differ", "4")]
    assert report.trusted_words is False
    too_long = check(made, Trust(words="word " * 5_000))
    assert [(one.code, one.field) for one in too_long.findings] == [("words-differ", "1")]


def test_a_witness_who_has_not_seen_the_seal_is_missed(tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=5, witnesses=1, real_page=False)
    report = check(made, Trust(witnesses=(log.WITNESSES[0].verifier, log.WITNESSES[4].verifier)))
    assert [(one.code, one.field) for one in report.findings] == [
        ("witness-missing", log.WITNESSES[4].verifier.name)
    ]


def test_stamps_hold_for_their_seals(tmp_path: Path, authority: Authority) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=5, stamps=authority, real_page=False)
    report = check(made, trust_of(made))
    assert report.findings == []
    assert next(one.count for one in report.checks if one.code == "stamps") == 2


def test_a_stamp_by_an_authority_that_the_reader_does_not_accept_is_told(
    tmp_path: Path, authority: Authority
) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=5, stamps=authority, real_page=False)
    report = check(made, replace(trust_of(made), roots=(authority.rogue().root_pem.encode(),)))
    assert {one.code for one in report.findings} == {"stamp-untrusted"}


@pytest.mark.parametrize("name", STAMP_FLAWS)
def test_a_time_stamp_that_was_tampered_with_is_found_out(
    name: str, tmp_path: Path, authority: Authority
) -> None:
    flaw = STAMP_FLAWS[name]
    made = flaw.make(tmp_path / "pack.zip", authority)
    report = check(made, trust_of(made))
    assert {one.code for one in report.checks if one.verdict == DIFFERS} == flaw.checks, report.findings
    assert flaw.code in {one.code for one in report.findings}


def test_a_newer_format_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    from tests.ledger.packs.flaws import FLAWS

    report = check(FLAWS["a-newer-format"].make(tmp_path / "pack.zip", None))
    assert (report.verdict, report.intact) == (NOT_CHECKED, None)


def test_progress_is_told(tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=300, real_page=False, proofs=False)
    told: list[tuple[str, int, int]] = []
    with made.path.open("rb") as file:
        check_pack(file, progress=lambda *how_far: told.append(how_far))
    steps = [step for step, _done, _total in told]
    assert {"files", "entries", "table"} <= set(steps)
    assert all(done <= total for _step, done, total in told)


def test_a_pack_larger_than_allowed_is_not_looked_at(tmp_path: Path) -> None:
    from indelible.ledger.errors import MalformedInput

    made = make_pack(tmp_path / "pack.zip", entries=5, real_page=False)
    with made.path.open("rb") as file, pytest.raises(MalformedInput, match="pack-too-large"):
        check_pack(file, most_bytes=1000)


def test_a_pack_in_a_folder_that_a_program_added_still_matches(tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=5, real_page=False)
    write_zip(tmp_path / "pack.zip", {"proof/": b"", **made.parts})
    assert check(made).verdict == MATCHES


def test_a_pack_can_be_checked_from_memory(tmp_path: Path) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=5, real_page=False)
    assert check_pack(BytesIO(made.path.read_bytes())).verdict == MATCHES
