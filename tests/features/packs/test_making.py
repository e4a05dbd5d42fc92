"""Packs of a real record: what is in them, and that the ledger's own checker finds them good."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from python_calamine import CalamineWorkbook

from indelible.features.packs.asking import order_of
from indelible.features.packs.closing import line_bytes
from indelible.features.packs.models import Pack
from indelible.features.packs.orders import PackError
from indelible.features.packs.reading import PackStopped
from indelible.features.packs.services import make_pack
from indelible.features.sources.services import By
from indelible.ledger.keys import VerifierKey
from indelible.ledger.packs.checking import Trust, check_pack
from indelible.ledger.packs.lines import Line
from indelible.storage.database import search
from indelible.storage.database.append import Draft, append
from tests.features.packs.conftest import Put, files_of, lines_of, manifest_of, told
from tests.features.record.conftest import sql
from tests.storage.checking.altering import run_search

NO_FILES_LEFT: list[Path] = []


def report_of(path: Path, book: Any, **trust: Any) -> dict[str, Any]:
    """What the checker says of a pack, to somebody who holds the key card."""
    book.refresh_from_db()
    with path.open("rb") as file:
        return check_pack(file, Trust(key=VerifierKey.parse(book.public_key), **trust)).as_json()


def roles_of(path: Path) -> dict[str, list[int]]:
    """The places of a pack's entries by their role."""
    found: dict[str, list[int]] = {}
    for line in lines_of(path):
        found.setdefault(line["role"], []).append(line["index"])
    return found


@pytest.fixture
def at(book: Any) -> Callable[[str], None]:
    """A function that sets the clock by which the log records."""
    from indelible.storage.database.group import group_of

    def tell(instant: str) -> None:
        group_of(book, "default").sealer.clock = lambda: instant

    return tell


def test_a_whole_pack_of_a_source_holds_all_its_entries(
    filled: list[int], pack_of: Any, book: Any, accounts: Any
) -> None:
    path = pack_of('source:"AccountsPro of Northwind"', whole=True, zone="Europe/Madrid")
    roles = roles_of(path)
    assert roles["asked"] == filled
    assert len(roles["register"]) == 2  # both sources began
    assert len(roles["making"]) == 1
    report = report_of(path, book)
    assert (report["verdict"], report["kind"], report["findings"]) == ("matches", "whole", [])
    manifest, files = manifest_of(path), files_of(path)
    assert manifest["claims"]["sequences"] == [f"sources/{accounts.pk}"]
    assert manifest["claims"]["organisation"] == "Northwind Trading Ltd"
    assert "period" not in manifest["claims"]
    listed = [item["name"] for item in manifest["files"]]
    assert sorted(files) == sorted([*listed, "manifest.json", "manifest.note"])
    assert list(files)[:7] == [
        "1 Open this page to check.html",
        "2 Cover.pdf",
        "3 Entries.csv",
        "4 Entries.xlsx",
        "manifest.json",
        "manifest.note",
        "proof/entries.jsonl",
    ]
    assert len([name for name in files if name.startswith("proof/entries/")]) == len(filled)


def test_lines_are_written_as_the_ledger_writes_them(filled: list[int], pack_of: Any) -> None:
    path = pack_of("", withhold=["actor"], reason="personal data")
    for data in files_of(path)["proof/entries.jsonl"].splitlines(keepends=True):
        line = Line.parse(data)
        assert line.text.encode() == data == line_bytes(line)


def test_a_period_of_recording_is_bounded_by_its_neighbours(
    accounts: Any, bank: Any, put: Put, pack_of: Any, book: Any, at: Callable[[str], None]
) -> None:
    places: dict[str, list[int]] = {}
    for month in ("2027-01", "2027-02", "2027-03", "2027-04"):
        at(f"{month}-15T10:00:00.123456Z")
        places[month] = [*put(accounts, told(1), told(2)), *put(accounts, told(3))]
        put(bank, told(9))
    source = f"source:{accounts.pk}"
    path = pack_of(f"{source} when:2027-02..2027-03", whole=True)
    roles = roles_of(path)
    assert roles["asked"] == [*places["2027-02"], *places["2027-03"]]
    assert roles["edge"] == [places["2027-01"][-1], places["2027-04"][0]]
    assert report_of(path, book)["verdict"] == "matches"
    edge = next(line for line in lines_of(path) if line["role"] == "edge")
    assert [json.loads(text)[1] for text in edge["open"]] == [f"numbers/sources/{accounts.pk}"]

    for asked, edges in (("..2027-01", [places["2027-02"][0]]), ("2027-04..", [places["2027-03"][-1]])):
        path = pack_of(f"{source} when:{asked}", whole=True)
        assert roles_of(path)["edge"] == edges
        assert report_of(path, book)["verdict"] == "matches"
    with pytest.raises(PackError, match="pack-nothing-found"):
        pack_of(f"{source} when:2027-06", whole=True)
    assert report_of(pack_of("source:0 when:2027-02..", whole=True), book)["verdict"] == "matches"
    assert report_of(pack_of("rule:0", whole=True), book)["verdict"] == "matches"


def test_by_when_things_happened_a_late_arrival_cannot_hide(
    accounts: Any, put: Put, pack_of: Any, book: Any
) -> None:
    june = put(accounts, told(1, occurred_at="2025-06-01T00:00:00Z"))
    july = put(accounts, told(2, occurred_at="2025-07-31T22:00:00.5Z"))
    no_time = told(3)
    del no_time["occurred_at"]
    unknown = put(accounts, no_time)
    late = put(accounts, told(4, occurred_at="2025-06-30T23:59:59.999999999Z"))
    path = pack_of(
        f"source:{accounts.pk} when:2025-06", whole=True, by="happened", withhold=[("actor", "why")]
    )
    assert roles_of(path)["asked"] == [*june, *late]
    assert roles_of(path)["other"] == [*july, *unknown]
    report = report_of(path, book)
    assert report["verdict"] == "matches", report
    other = next(line for line in lines_of(path) if line["role"] == "other")
    assert [json.loads(text)[1] for text in other["open"]] == [
        f"numbers/sources/{accounts.pk}",
        "occurred_at",
    ]


def test_a_selection_by_time_states_its_period(filled: list[int], pack_of: Any, book: Any) -> None:
    path = pack_of("when:2025-08 about:invoice", zone="Europe/Madrid")
    claims = manifest_of(path)["claims"]
    assert claims["period"] == {
        "by": "happened",
        "from": "2025-07-31T22:00:00Z",
        "until": "2025-08-31T22:00:00Z",
    }
    assert (claims["kind"], claims["sequences"]) == ("selection", [])
    assert report_of(path, book)["verdict"] == "matches"


def test_what_arrives_while_a_whole_pack_is_made_is_in_it(
    filled: list[int], accounts: Any, book: Any, tmp_path: Path
) -> None:
    late: list[int] = []

    def arrive() -> bool:
        if not late:
            late.extend(
                entry.index for entry in append(book, [Draft(told(7777), source=accounts.pk)]).entries
            )
        return False

    path = tmp_path / "pack.zip"
    order = order_of(book, f"source:{accounts.pk}", whole=True)
    made = make_pack(book, order, By(), path, should_stop=arrive)
    assert made.entries == len(filled) + 1
    assert roles_of(path)["asked"] == [*filled, *late]
    assert report_of(path, book)["verdict"] == "matches"


def test_a_missing_number_is_named_and_nothing_is_made(
    filled: list[int], accounts: Any, book: Any, pack_of: Any
) -> None:
    sql("""UPDATE "number" SET "last" = "last" + 1 WHERE "name" = %s""", f"sources/{accounts.pk}")
    with pytest.raises(PackError) as refusal:
        pack_of(f"source:{accounts.pk}", whole=True)
    assert refusal.value.code == "pack-number-missing"
    assert refusal.value.facts == {"name": f"sources/{accounts.pk}", "number": "13"}
    row = Pack.objects.get()
    assert (row.state, row.trouble, row.making) == ("failed", "pack-number-missing", None)
    assert list(settings.INDELIBLE_HOME.uploads.iterdir()) == NO_FILES_LEFT


def test_an_entry_that_was_taken_away_is_named(
    filled: list[int], accounts: Any, book: Any, pack_of: Any
) -> None:
    search.catch_up(book)
    sql('DELETE FROM "entry" WHERE "index" = %s', filled[4])
    with pytest.raises(PackError) as refusal:
        pack_of(f"source:{accounts.pk}", whole=True)
    assert (refusal.value.code, refusal.value.facts["index"]) == ("pack-entry-altered", filled[4])


def test_an_entry_hidden_from_the_search_is_missed(
    filled: list[int], accounts: Any, book: Any, pack_of: Any
) -> None:
    """Who takes an entry out of the search's text alone makes no pack that looks whole."""
    search.catch_up(book)
    columns = "id, who, about, words, keys"
    run_search(
        book,
        "INSERT INTO search_text (search_text, rowid, who, about, words, keys)"
        f" SELECT 'delete', {columns} FROM search WHERE logbook = {{log}} AND \"index\" = ?",
        filled[4],
    )
    with pytest.raises(PackError, match="pack-number-missing"):
        pack_of(f"source:{accounts.pk}", whole=True)


def test_a_making_that_broke_off_goes_on_with_the_entry_that_tells_of_it(
    filled: list[int], accounts: Any, book: Any, tmp_path: Path, put: Put
) -> None:
    from indelible.features.packs.services import open_pack

    order = order_of(book, f"source:{accounts.pk}", whole=True, withhold=[("actor", "personal data")])
    row, path = open_pack(book, order), tmp_path / "pack.zip"
    steps: list[str] = []

    def stopped() -> bool:
        return "writing" in steps

    with pytest.raises(PackStopped):
        make_pack(row, order, By(), path, lambda step, done, total: steps.append(step), stopped)
    row.refresh_from_db()
    making = row.making
    assert making is not None
    assert list(tmp_path.iterdir()) == list(settings.INDELIBLE_HOME.uploads.iterdir()) == NO_FILES_LEFT
    put(accounts, told(5555))  # it came after the making, so it is none of it

    made = make_pack(row, None, By(), path)
    assert (made.making, made.entries) == (making, len(filled))
    assert roles_of(path)["asked"] == filled
    assert report_of(path, book)["verdict"] == "matches"


def test_an_erased_detail_says_which_entry_erased_it(
    filled: list[int], accounts: Any, book: Any, pack_of: Any
) -> None:
    from indelible.events.own import own_event
    from indelible.ledger.opening import erase_secret
    from indelible.storage.database.reads import get_entry

    index = filled[2]
    event = own_event(
        "entry_erased",
        "erase",
        None,
        [{"kind": "log.entry", "id": str(index)}],
        extra={"erased": {str(index): ["actor", "original"]}},
    )
    by = append(book, [Draft(event)]).entries[0].index
    entry = get_entry(book, index)
    content, secret = erase_secret(entry.stored, entry.secret, ["actor", "original"], by)
    sql('UPDATE "entry" SET "content" = %s, "secret" = %s WHERE "index" = %s', content, secret, index)
    for how in ({"whole": True}, {"withhold": [("actor", "personal data")]}):
        path = pack_of(f"source:{accounts.pk}", **how)
        line = next(line for line in lines_of(path) if line["index"] == index)
        assert line["closed"] == {"actor": f"erased:{by}", "original": f"erased:{by}"}
        assert roles_of(path)["erasure"] == [by]
        report = report_of(path, book)
        assert report["verdict"] == "matches", report
        rows = list(csv.DictReader(io.StringIO(files_of(path)["3 Entries.csv"].decode("utf-8-sig"))))
        assert rows[2]["original.text" if "original.text" in rows[2] else "original"] == "[erased]"


def test_the_workbook_holds_text_and_no_formula_and_says_how_it_was_made(
    accounts: Any, put: Put, pack_of: Any
) -> None:
    long = "long " * 8_000
    put(
        accounts,
        told(1, reason="=cmd()|x", targets=[{"kind": "file", "name": "=1+1"}]),
        told(2, reason=long, actor={"name": "http://example.com/", "kind": "person"}),
    )
    path = pack_of(
        f"source:{accounts.pk}", zone="Asia/Tokyo", withhold=[("changes", "trade secret")], words="=Why?"
    )
    data = files_of(path)["4 Entries.xlsx"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["Entries", "How this was made"]
    rows = book.get_sheet_by_index(0).to_python()
    head = dict(zip(rows[0], rows[1], strict=True))
    assert head["What happened"].endswith("“=cmd()|x”")
    assert head["What it was done to"] == "=1+1"
    assert head["Happened (Asia/Tokyo)"] == "2025-08-01 18:00:00 (UTC+09:00)"
    assert head["Happened (UTC)"] == "2025-08-01T09:00:00Z"
    assert "changes/0: [hidden: trade secret]" in head["Hidden or erased details"]
    assert len(rows[2][1]) == 32_767 and rows[2][1].endswith("has it whole]")
    told_of = dict(row[:2] for row in book.get_sheet_by_index(1).to_python())
    assert told_of["What was asked"] == "=Why?"
    assert told_of["The same in code"] == f"source:{accounts.pk}"
    assert told_of["Made by"] == "Ana Ruiz"
    assert "Selected by Ana Ruiz. Other entries may exist." in told_of["Kind"]
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet


def test_a_question_in_any_script_makes_a_cover(filled: list[int], pack_of: Any, book: Any) -> None:
    path = pack_of("about:invoice", words="何が変わった? ماذا تغير Ԁ 😀 \u202e")
    assert files_of(path)["2 Cover.pdf"].startswith(b"%PDF-1.7")
    assert report_of(path, book)["verdict"] == "matches"


def test_a_pack_rests_on_a_seal_that_a_witness_holds(
    filled: list[int], accounts: Any, book: Any, pack_of: Any, tmp_path: Path
) -> None:
    from indelible.features.seals.models import Witness
    from tests.services.witness import running_witness

    book.refresh_from_db()
    with running_witness(tmp_path / "witness", name="witness.example/w1", logs=[book.public_key]) as witness:
        Witness.objects.create(logbook=book, name="Holm and Partners", key=witness.key, url=witness.url)
        path = pack_of(f"source:{accounts.pk}", whole=True)
    files = files_of(path)
    assert "witness.example/w1" in files["proof/checkpoint"].decode()
    report = report_of(path, book, witnesses=(VerifierKey.parse(witness.key),))
    assert report["verdict"] == "matches", report
    assert {"code": "witnesses", "verdict": "matches"}.items() <= next(
        check for check in report["checks"] if check["code"] == "witnesses"
    ).items()
    # Without an answer it is made all the same, after a bounded wait.
    path = pack_of(f"source:{accounts.pk}", whole=True)
    assert report_of(path, book)["verdict"] == "matches"
    assert b"witness.example/w1" in files_of(path)["proof/seals.jsonl"]


def test_the_making_is_told_with_claims_and_numbers(
    filled: list[int], accounts: Any, bank: Any, pack_of: Any, book: Any
) -> None:
    from indelible.ledger.packs.manifest import claims_digest
    from indelible.storage.database.reads import get_entry

    path = pack_of(f"source:{accounts.pk}", whole=True)
    claims = manifest_of(path)["claims"]
    making = get_entry(book, roles_of(path)["making"][0]).event
    assert making["action"]["said"] == "pack_made"
    assert making["extra"]["pack"] == {
        "claims": claims_digest(claims),
        "name": claims["name"],
        "numbers": {
            "rules/0.1": 2,
            "sources/0": 3,
            f"sources/{accounts.pk}": 12,
            f"sources/{bank.pk}": 12,
        },
    }
    assert Counter(line["role"] for line in lines_of(path))["making"] == 1


def test_a_pack_is_never_cut_off_but_refused(
    filled: list[int], accounts: Any, pack_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.packs import choosing

    monkeypatch.setattr(choosing, "MOST_ENTRIES", 11)
    for how in ({}, {"whole": True}):
        with pytest.raises(PackError, match="pack-too-large"):
            pack_of(f"source:{accounts.pk}", **how)
    monkeypatch.setattr(choosing, "MOST_OTHERS", 11)
    with pytest.raises(PackError, match="pack-too-many-others"):
        pack_of(f"source:{accounts.pk} when:2020..2021", whole=True, by="happened")
    assert list(settings.INDELIBLE_HOME.uploads.iterdir()) == NO_FILES_LEFT


def test_a_pack_after_a_change_of_the_sealing_key_is_good_by_the_old_key_card_too(
    filled: list[int], accounts: Any, book: Any, pack_of: Any, put: Put
) -> None:
    from indelible.storage.database.rotating import finish_rotation, rotate

    card = VerifierKey.parse(book.public_key)
    for change in (rotate, finish_rotation):
        change(book, actor=None, reason="Every year")
        put(accounts, told(1))
        path = pack_of(f"source:{accounts.pk}", whole=True)
        book.refresh_from_db()
        for key in (card, VerifierKey.parse(book.public_key)):
            with path.open("rb") as file:
                report = check_pack(file, Trust(key=key)).as_json()
            assert (report["verdict"], report["key"]) == ("matches", "given"), report
    assert VerifierKey.parse(book.public_key) != card


def test_all_versions_of_a_rule_are_one_whole(accounts: Any, book: Any, pack_of: Any) -> None:
    from indelible.events.own import own_event

    places = []
    for rules in (("3.1",), ("3.1", "4.1"), (), ("3.2",), ("3.1", "3.2")):
        made = append(book, [Draft(told(1), source=accounts.pk, rules=rules)])
        places += [entry.index for entry in made.entries if "3." in " ".join(rules)]
    with pytest.raises(PackError, match="pack-source-unlisted"):
        pack_of("rule:3", whole=True)
    for version in ("3.1", "3.2", "4.1"):
        event = own_event("rule_added", "create", None, [{"kind": "log.rule", "id": version}])
        append(book, [Draft(event, rules=("0.1",))])
    order = order_of(book, "rule:3.1", whole=True)
    assert (order.code, order.sequences) == ("rule:3", ("rules/3.1", "rules/3.2"))
    path = pack_of("rule:3", whole=True)
    assert roles_of(path)["asked"] == places
    report = report_of(path, book)
    assert report["verdict"] == "matches", report
