"""The page in a pack: opened from a file, without a network, it says what is true of the pack it is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from indelible.ledger.notes import sign_note
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.checking import check_pack
from indelible.verifier.page import build_checker
from tests.ledger.packs import book as log
from tests.ledger.packs.making import Made, make_pack
from tests.verifier.opening import Checker, answer_on, heading_on, inside, page_in, page_of, seen_by_page


@pytest.mark.parametrize("kind", ["selection", "whole"])
def test_the_page_of_a_good_pack_says_so_and_gives_the_same_report_as_python(
    checker: Checker, kind: str, request: pytest.FixtureRequest
) -> None:
    made: Made = request.getfixturevalue(kind)
    page = checker.open(page_in(made))
    told = {
        "selection": "Nothing in this pack was altered",
        "whole": "Nothing in this pack was altered",
    }
    assert heading_on(page) == told[kind]
    assert page.title() == f"{told[kind]} - Evidence pack"
    with made.path.open("rb") as file:
        assert seen_by_page(answer_on(page)) == seen_by_page(check_pack(file).as_json())
    assert "Whose record it is, this page cannot know" in page.locator("#summary").inner_text()


def test_the_page_shows_what_was_asked_and_reads_the_entries_as_sentences(
    checker: Checker, whole: Made
) -> None:
    page = checker.open(page_in(whole))
    content = page.locator("#content").inner_text()
    assert "Everything of AccountsPro" in content
    assert "Running numbers 3 to 10 of source “AccountsPro 2”, none left out" in content
    assert "Who did it. Reason given: Protects a person" in content
    assert "2 keys one after another" in content
    first = page.locator("#thread > li").first
    expect(first.locator(".say")).to_have_text('Somebody whose name is hidden changed Invoice "2" (INV-2)')
    expect(first.locator(".cmp").first).to_contain_text("from nothing to 6")
    assert first.locator(".hidden-detail .bar").count() == 2
    first.get_by_text("All details").click()
    expect(first.locator("details")).to_contain_text("memo: plain")


def test_entries_are_found_by_what_is_open_in_them_and_shown_fifty_at_a_time(
    checker: Checker, tmp_path: Path
) -> None:
    made = make_pack(tmp_path / "pack.zip", entries=120, proofs=False)
    page = checker.open(page_in(made))
    expect(page.locator("#thread > li")).to_have_count(50)
    expect(page.locator("#page-count")).to_have_text("1 to 50 of 120")
    page.get_by_role("button", name="Later entries").click()
    page.get_by_role("button", name="Later entries").click()
    expect(page.locator("#page-count")).to_have_text("101 to 120 of 120")
    expect(page.locator("#later")).to_be_disabled()
    page.get_by_label("Find in the entries").fill("INV-42")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator("#entries-count")).to_have_text("1 found, of 120")
    page.get_by_label("Find in the entries").fill("no such thing")
    page.keyboard.press("Enter")
    expect(page.locator("#entries-count")).to_contain_text("Nothing found")


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("denied", "was not allowed to do this: changed"),
        ("failure", "tried this and failed: changed"),
        ("unknown", "how it ended is not known: changed"),
        ("success", "Maria Lindqvist changed"),
    ],
)
def test_what_was_only_tried_never_reads_as_done(bench: Page, outcome: str, told: str) -> None:
    values = [
        ["actor", {"name": "Maria Lindqvist"}],
        ["action", {"verb": "change"}],
        ["targets/0", {"name": "INV-1"}],
        ["outcome", outcome],
    ]
    sentence = bench.evaluate(
        """(values) => {
          const parts = sentenceOf({index: 0, role: "asked"}, new Map(values), {});
          return element("p", {}, parts).textContent;
        }""",
        values,
    )
    assert told in sentence
    assert sentence.endswith("changed INV-1")


def test_entries_that_only_show_that_none_is_missing_are_shown_when_asked_for(
    checker: Checker, whole: Made
) -> None:
    page = checker.open(page_in(whole))
    expect(page.locator("#thread > li")).to_have_count(8)
    page.get_by_label("Show also the").check()
    expect(page.locator("#thread > li")).to_have_count(len(whole.lines))
    expect(page.locator("#thread")).to_contain_text("stands at the edge of the period")
    expect(page.locator("#thread")).to_contain_text("records the making of this pack")


def test_files_that_are_not_inside_are_called_unchecked_until_the_zip_is_chosen(
    checker: Checker, selection: Made
) -> None:
    manifest = names.inner(selection.parts[names.MANIFEST_NAME])
    note = sign_note(names.pack_note_text(log.ORIGIN, manifest), [log.KEY])
    carried = {name: data for name, data in inside(selection.parts).items() if name.startswith("proof/")}
    page = checker.open(page_of(manifest, note, carried))
    assert heading_on(page) == "8 entries untouched, 3 files not yet checked"
    assert answer_on(page)["verdict"] == "could not be checked"
    page.get_by_label("The pack’s ZIP file").set_input_files(selection.path)
    expect(page.locator("#files-answer")).to_contain_text("was checked")
    assert heading_on(page) == "Nothing in this pack was altered"
    with selection.path.open("rb") as file:
        assert answer_on(page) == check_pack(file).as_json()


def test_the_unpacked_folder_is_checked_as_well(checker: Checker, selection: Made, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    for name, data in selection.parts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / ".DS_Store").write_bytes(b"of the system")
    page = checker.open(build_checker())
    assert heading_on(page) == "Choose a pack to check"
    page.get_by_label("Or the folder that it was unpacked to").set_input_files(folder)
    expect(page.locator("h1")).to_have_text("Nothing in this pack was altered")
    (folder / names.COVER_NAME).write_bytes(b"another cover")
    page.get_by_label("Or the folder that it was unpacked to").set_input_files(folder)
    expect(page.locator("h1")).to_have_text("This pack was altered")
    expect(page.locator("#advice")).to_contain_text(names.COVER_NAME)


def test_a_file_that_is_no_zip_is_an_answer_and_not_a_failure(checker: Checker, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(b"no ZIP at all")
    page = checker.open(build_checker())
    page.get_by_label("The pack’s ZIP file").set_input_files(other)
    expect(page.locator("h1")).to_have_text("This pack is damaged")
    assert answer_on(page)["findings"] == [
        {"code": "zip-damaged", "entry": None, "field": None, "file": None}
    ]


HOSTILE = {
    "actor": {"name": "<img src=x onerror=alert(1)>", "kind": "person"},
    "targets/0": {"kind": "invoice", "name": "</script><script>alert(2)</script>", "id": "<!--"},
    "changes/0": {"field": "\u202egnp.exe", "before": "a\u0000b\u200b", "after": "w" * 30_000},
    "reason": "]]> {{7*7}} ${7*7} javascript:alert(3)",
    "extra": {"__proto__": {"polluted": "yes"}, "constructor": "x", "toString": "y", "<b>k</b>": "\u2028"},
}


def test_hostile_entries_stay_text(checker: Checker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    happen = log.Book.happen

    def hostile(book: log.Book, place: int, minutes: int, attachments: int = 0) -> log.Entry:
        entry = happen(book, place, minutes, attachments)
        book.entries.pop()
        book.numbers.update({name: book.numbers[name] - 1 for name in ("sources/7", "rules/3.1")})
        content = {name: value for name, value in entry.content.items() if not name.startswith("numbers/")}
        return book.add({**content, **HOSTILE}, "sources/7", "rules/3.1")

    monkeypatch.setattr(log.Book, "happen", hostile)
    made = make_pack(tmp_path / "pack.zip", entries=3, attachments=0)
    page = checker.open(page_in(made))
    assert heading_on(page) == "Nothing in this pack was altered"
    first = page.locator("#thread > li").first
    expect(first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(first).to_contain_text("</script><script>alert(2)</script>")
    expect(first).to_contain_text("[U+202E]gnp.exe")
    expect(first).to_contain_text("(30,000 characters)")
    first.get_by_text("All details").click()
    expect(first).to_contain_text("{{7*7}} ${7*7}")
    expect(first).to_contain_text("<b>k</b>")
    assert page.locator("main img, main script, main iframe, main b b").count() == 0
    assert page.evaluate("Object.prototype.polluted") is None
    page.set_viewport_size({"width": 320, "height": 640})
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
