"""The owner of a whole pack, with the log's key, wants to show less than the whole.

What is played: the pack is made by Indelible, then changed and signed again with the log's own key, its page made
anew, as only its owner could. Found is what docs/formats/pack.md section 7 says. The last test is the limit that
section 9 states: it is told, on every pack and in the threat model, and a check of the log finds it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indelible.features.packs.choosing import Numbers
from indelible.features.packs.services import PackError, make_pack, order_of
from indelible.features.seals.given_copies import read_copy
from indelible.ledger.keys import VerifierKey
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.lines import Line
from indelible.ledger.packs.report import PackReport, Trust
from indelible.ledger.packs.tree import part_of_tree
from indelible.ledger.strict import write_base64
from indelible.storage.database import after_commit, reads
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking import check
from indelible.storage.database.group import close_groups
from indelible.storage.database.sealing import Sealer
from tests.faults import owner
from tests.ledger.packs.zips import Parts, read_zip, signed_again, write_zip
from tests.storage.checking.altering import event

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def pack(book: Any, tmp_path: Path) -> Path:
    """A whole pack of everything that ever came from Xero."""
    path = tmp_path / "pack.zip"
    made = make_pack(book, order_of(book, 'source:"Xero"', whole=True), path=path)
    assert made.entries >= 600
    return path


def answer(book: Any, path: Path) -> PackReport:
    """Check the pack with the log's key card at hand."""
    with path.open("rb") as file:
        return check_pack(file, Trust(key=VerifierKey.parse(book.public_key)))


def failing(report: PackReport) -> dict[str, list[str]]:
    """Return the findings' codes by the check that fails."""
    failed = {one["code"] for one in report.as_json()["checks"] if one["verdict"] != "matches"}
    return {"checks": sorted(failed), "codes": sorted({one["code"] for one in report.as_json()["findings"]})}


def seal_pack_again(book: Any, path: Path, parts: Parts, edit: Edit | None = None) -> Path:
    """Write a pack that was changed, signed again by the log's key."""
    write_zip(path, signed_again(parts, owner.key_of(book), edit))
    return path


def without(book: Any, parts: Parts, wanted: Callable[[Line], bool]) -> Parts:
    """Leave lines out, with a tree that still leads to the seal and counts that fit."""
    lines = [Line.parse(line + b"\n") for line in parts[names.ENTRIES_NAME].split(b"\n") if line]
    kept = [line for line in lines if not wanted(line)]
    assert len(kept) < len(lines)
    size = int(parts[names.CHECKPOINT_NAME].split(b"\n")[1])
    hashes = part_of_tree([line.index for line in kept], size, reads.stored_hashes(book))
    left_out = {f"{names.PROOFS_FOLDER}{line.index}.tlog-proof" for line in lines if line not in kept}
    changed = {name: data for name, data in parts.items() if name not in left_out}
    changed[names.ENTRIES_NAME] = b"".join(
        line.text if isinstance(line.text, bytes) else line.text.encode() for line in kept
    )
    changed[names.TREE_NAME] = b"".join(write_base64(one).encode() + b"\n" for one in hashes)
    return changed


def one_asked(at: int = 50) -> Callable[[Line], bool]:
    """Choose the asked line of that place."""
    seen = iter(range(10_000_000))
    return lambda line: line.role == "asked" and next(seen) == at


def test_the_pack_as_it_was_made_matches(book: Any, pack: Path) -> None:
    report = answer(book, pack)
    assert report.as_json()["intact"] is True, report.as_json()["findings"]
    assert report.as_json()["key"] == "given"


def test_an_entry_left_out_is_found_by_its_number(book: Any, pack: Path) -> None:
    changed = without(book, read_zip(pack), one_asked())
    seal_pack_again(book, pack, changed, _count(-1))
    told = failing(answer(book, pack))
    assert "number-missing" in told["codes"]
    assert "numbers" in told["checks"]


def test_the_newest_entry_left_out_is_found_by_what_the_making_states(book: Any, pack: Path) -> None:
    parts = read_zip(pack)
    lines = [Line.parse(line + b"\n") for line in parts[names.ENTRIES_NAME].split(b"\n") if line]
    newest = max(line.index for line in lines if line.role == "asked")
    seal_pack_again(book, pack, without(book, parts, lambda line: line.index == newest), _count(-1))
    assert "number-missing" in failing(answer(book, pack))["codes"]


def _count(by: int) -> Edit:
    def edit(manifest: dict[str, Any]) -> None:
        manifest["counts"]["asked"] += by
        manifest["counts"]["entries"] += by
        manifest["claims"]["asked"] += by

    return edit


def test_a_period_moved_differs_from_what_was_recorded(book: Any, tmp_path: Path) -> None:
    path = tmp_path / "period.zip"
    at = reads.get_entry(book, 300).recorded_at
    make_pack(book, order_of(book, f'source:"Xero" when:..{at[:10]}', whole=True), path=path)
    assert answer(book, path).as_json()["intact"] is True

    def later(manifest: dict[str, Any]) -> None:
        manifest["claims"]["period"]["until"] = "2031-01-01T00:00:00Z"

    seal_pack_again(book, path, read_zip(path), later)
    assert failing(answer(book, path))["codes"][:1] == ["claims-differ"]


def test_a_question_changed_differs_from_what_was_recorded(book: Any, pack: Path) -> None:
    def other(manifest: dict[str, Any]) -> None:
        manifest["claims"]["question"]["words"] = "Everything of everybody"

    seal_pack_again(book, pack, read_zip(pack), other)
    assert "claims-differ" in failing(answer(book, pack))["codes"]


def test_a_source_renamed_in_the_pack_is_another_detail_than_was_sealed(book: Any, pack: Path) -> None:
    parts = read_zip(pack)
    parts[names.ENTRIES_NAME] = parts[names.ENTRIES_NAME].replace(
        b'\\"name\\":\\"Xero\\"', b'\\"name\\":\\"Zero\\"'
    )
    seal_pack_again(book, pack, parts)
    assert "detail-differs" in failing(answer(book, pack))["codes"]


def test_a_source_renamed_before_the_pack_was_made_stands_in_its_register(book: Any, tmp_path: Path) -> None:
    from indelible.features.sources.models import Source
    from indelible.features.sources.services import By, rename_source

    rename_source(Source.objects.get(name="Xero"), "Petty cash", By())
    path = tmp_path / "renamed.zip"
    make_pack(book, order_of(book, 'source:"Petty cash"', whole=True), path=path)
    assert answer(book, path).as_json()["intact"] is True
    register = b"".join(
        line for line in read_zip(path)[names.ENTRIES_NAME].split(b"\n") if b'"role":"register"' in line
    )
    assert b"Xero" in register
    assert b"Petty cash" in register


def test_events_led_through_a_second_source_stand_in_the_register(book: Any, tmp_path: Path) -> None:
    from indelible.features.sources.origins import By, begin_source

    second = begin_source(book, "Xero, private", "xero", By())
    append(book, [Draft(event(1), source=second.pk)])
    path = tmp_path / "second.zip"
    make_pack(book, order_of(book, 'source:"Xero"', whole=True), path=path)
    assert answer(book, path).as_json()["intact"] is True
    lines = read_zip(path)[names.ENTRIES_NAME].split(b"\n")
    assert any(b'"role":"register"' in line and b"Xero, private" in line for line in lines)
    making = next(json.loads(line) for line in lines if b'"role":"making"' in line)
    (extra,) = [json.loads(text)[2] for text in making["open"] if json.loads(text)[1] == "extra"]
    assert extra["pack"]["numbers"][f"sources/{second.pk}"] == 1
    # And the line cannot be left out.
    changed = without(book, read_zip(path), lambda line: "Xero, private" in str(line.open))
    seal_pack_again(book, path, changed, lambda manifest: manifest["counts"].update(entries=len(lines) - 2))
    assert "register-hole" in failing(answer(book, path))["codes"]


class _Twice:
    """Altered software: the next entry of a source gets the number of the one before."""

    def __init__(self, patched: pytest.MonkeyPatch, name: str) -> None:
        honest = Sealer._number

        def number(sealer: Sealer, rows: Any, kept: Any, drafts: Any) -> Any:
            kept.numbers.setdefault(name, 0)
            honest(sealer, rows, kept, [])
            if kept.numbers[name]:
                kept.numbers[name] -= 1
            return honest(sealer, rows, kept, drafts)

        patched.setattr(Sealer, "_number", number)


def _twice(book: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """Record one entry under a number that was given already; return the name and the entry's index."""
    from indelible.features.sources.models import Source

    source = Source.objects.get(name="Xero").pk
    close_groups()
    append(book, [Draft(event(1), source=source)])
    with monkeypatch.context() as patched:
        _Twice(patched, f"numbers/sources/{source}")
        index = append(book, [Draft(event(2), source=source)]).recorded[0].index
    after_commit.flush()
    book.refresh_from_db()
    return f"sources/{source}", index


def _made_by_altered_software(book: Any, path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a whole pack with a maker that does not look at numbers; the one we ship refuses."""
    order = order_of(book, 'source:"Xero"', whole=True)
    with pytest.raises(PackError, match="pack-number-missing"):
        make_pack(book, order, path=path.with_name("refused.zip"))

    def take(numbers: Numbers, read: Any, name: str) -> None:
        numbers.first.setdefault(name, read.number(name))
        numbers.last[name] = read.number(name)

    monkeypatch.setattr(Numbers, "take", take)
    make_pack(book, order, path=path)
    return path


def test_a_number_given_twice_is_found_in_a_pack_that_holds_both_and_by_a_check_of_the_log(
    book: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, index = _twice(book, monkeypatch)
    told = [reads.get_entry(book, at).event["numbers"]["sources"][name[8:]] for at in (index - 1, index)]
    assert told[0] == told[1]
    report = check(book, workers=1)
    assert ("number_doubled", index) in [(one.kind, one.first_entry) for one in report.findings]
    path = _made_by_altered_software(book, tmp_path / "both.zip", monkeypatch)
    assert "number-doubled" in failing(answer(book, path))["codes"]


def test_a_number_given_twice_of_which_one_is_shown_is_a_limit_that_is_told(
    book: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pack of altered software that leaves one of the two out agrees with itself: nothing in it can tell.

    The log can: its check finds the double. And every pack says so where it says what it does not show.
    """
    _name, index = _twice(book, monkeypatch)
    path = _made_by_altered_software(book, tmp_path / "one.zip", monkeypatch)
    changed = without(book, read_zip(path), lambda line: line.index == index)
    asked = int(json.loads(changed[names.MANIFEST_NAME])["claims"]["asked"])
    # Its maker would have said so from the start: the claims are those that were recorded at the making.
    report = answer(book, seal_pack_again(book, path, changed, _count(-1)))
    assert failing(report)["codes"] == ["claims-differ", "table-differs"]
    assert "numbers" not in failing(report)["checks"], "nothing but the claims of an honest making tells"
    assert asked > 600
    assert b"gave running numbers honestly" in changed[names.PAGE_NAME]
    assert check(book, workers=1).intact is False


def test_an_old_pack_tells_of_a_rewrite_and_names_the_first_entry_that_differs(book: Any, pack: Path) -> None:
    assert check(book, workers=1, copies=[read_copy(pack)]).intact is True
    owner.rewrite(book, 300)
    assert check(book, workers=1).intact is True  # the premise: what lies here fits
    report = check(book, workers=1, copies=[read_copy(pack)])
    assert [(one.kind, one.first_entry) for one in report.findings if one.accuses] == [("rewritten", 300)]
    # The pack itself still proves what it proved: it brings its own seal.
    assert answer(book, pack).as_json()["intact"] is True
