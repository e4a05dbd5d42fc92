"""The page in a pack: opened from a file, without a network, it says what is true of the pack it is in."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from indelible.ledger import canonical
from indelible.ledger.notes import sign_note
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.lines import Line
from indelible.ledger.packs.report import FINDING_CODES, Finding
from indelible.verifier.page import PAGE_VERSION, build_checker, build_page, checker_script, page_fingerprint
from indelible.verifier.words import tell_finding
from tests.browser.looks import (
    ABOUT_COLOUR,
    COLOURS,
    SIZES,
    check_accessible,
    check_width,
    take_picture,
    take_print,
)
from tests.ledger.packs import book as log
from tests.ledger.packs.making import Made, make_pack
from tests.ledger.packs.zips import Parts, signed_again
from tests.services.authority import running_authority
from tests.verifier.opening import Checker, answer_on, heading_on, inside, page_of


@pytest.fixture(scope="module")
def selection(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A selection with attached files."""
    return make_pack(tmp_path_factory.mktemp("selection") / "pack.zip", entries=8)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A whole pack of a period, with hidden and erased details, under a second key."""
    path = tmp_path_factory.mktemp("whole") / "pack.zip"
    how: dict[str, Any] = {"kind": "whole", "by": "recorded", "withhold": ["actor"], "erased": True}
    return make_pack(path, entries=8, rotated=True, **how)


def page_in(made: Made) -> bytes:
    """Return the page of a pack."""
    return made.parts[names.PAGE_NAME]


def seen_by_page(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without the count of files: the page by itself sees fewer."""
    checks = [check for check in report["checks"] if check["code"] != "files"]
    return {**report, "checks": checks}


# What the page says of a good pack ----------------------------------------------------------------------


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


# What only the reader can check --------------------------------------------------------------------------


def test_words_that_were_given_are_the_same_however_they_were_typed(checker: Checker, whole: Made) -> None:
    page = checker.open(page_in(whole))
    typed = ", ".join(f"{place}. {word.title()}" for place, word in enumerate(whole.words, 1))
    page.get_by_label("Paste or type the words you were given").fill(typed)
    page.locator("#words-form").get_by_role("button", name="Compare").click()
    expect(page.locator("#words-answer")).to_contain_text("The same 12 words")
    assert answer_on(page)["trusted_words"] is True
    assert "what you gave fits" in page.locator("#summary").inner_text()
    expect(page.locator("#limits")).not_to_contain_text("Whose record this is")


def test_the_first_different_word_is_named_and_the_answer_at_the_top_changes(
    checker: Checker, whole: Made
) -> None:
    page = checker.open(page_in(whole))
    page.locator("#typed").fill(" ".join([*whole.words[:3], "lattice", *whole.words[4:]]))
    page.keyboard.press("Enter")
    answer = page.locator("#words-answer")
    expect(answer).to_contain_text(f"Word 4 is “{whole.words[3]}” here, you typed “lattice”.")
    expect(page.locator("h1")).to_have_text("The seal words differ")
    assert answer_on(page)["findings"] == [
        {"code": "words-differ", "entry": None, "field": "4", "file": None}
    ]
    page.locator("#typed").fill(" ".join(whole.words))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Nothing in this pack was altered")


def test_an_old_key_card_leads_to_the_key_in_use_and_a_strangers_does_not(
    checker: Checker, whole: Made
) -> None:
    page = checker.open(page_in(whole))
    page.get_by_text("I have a key card").click()
    card = page.get_by_label("The text of the key card")
    compare = page.locator("#key-form").get_by_role("button", name="Compare")
    card.fill("no key")
    compare.click()
    expect(page.locator("#key-answer")).to_contain_text("This is not the text of a key card")
    card.fill(f"Key card\n{log.FIRST_KEY.verifier.text}\nof March")
    compare.click()
    expect(page.locator("#key-answer")).to_contain_text("The key card fits")
    assert answer_on(page)["key"] == "given"
    card.fill(log.STRANGER.verifier.text)
    compare.click()
    expect(page.locator("#key-answer")).to_contain_text("The key card does not fit")
    expect(page.locator("h1")).to_have_text("The key card does not fit")


def test_a_witness_whom_the_reader_names_vouches_or_is_missed(checker: Checker, whole: Made) -> None:
    page = checker.open(page_in(whole))
    page.get_by_text("I have a key card").click()
    keys = page.get_by_label("Keys of witnesses")
    compare = page.locator("#witness-form").get_by_role("button", name="Compare")
    keys.fill("\n".join(whole.witnesses))
    compare.click()
    expect(page.locator("#witness-answer")).to_contain_text("the line of each holds")
    expect(page.locator("#content")).to_contain_text("You gave its key")
    keys.fill(log.WITNESSES[4].verifier.text)
    compare.click()
    expect(page.locator("h1")).to_have_text("A witness that you asked for is missing")


def test_a_root_that_the_reader_brings_is_what_stamps_must_lead_to(checker: Checker, tmp_path: Path) -> None:
    with running_authority(tmp_path / "tsa") as authority:
        made = make_pack(tmp_path / "pack.zip", entries=4, stamps=authority)
        other = authority.rogue().root_pem
    page = checker.open(page_in(made))
    assert heading_on(page) == "Nothing in this pack was altered"
    expect(page.locator("#facts")).to_contain_text("2 outside time stamps")
    expect(page.locator("#content")).to_contain_text("named by the sender and not compared")
    page.get_by_text("I have a key card").click()
    roots = page.get_by_label("Root certificates of time-stamping authorities")
    compare = page.locator("#roots-form").get_by_role("button", name="Compare")
    roots.fill("no certificate")
    compare.click()
    expect(page.locator("#roots-answer")).to_contain_text("no certificate that can be read")
    roots.fill(made.roots[0])
    compare.click()
    expect(page.locator("#roots-answer")).to_contain_text("leads to a certificate that you gave")
    expect(page.locator("#content")).to_contain_text("You gave its root")
    roots.fill(other)
    compare.click()
    expect(page.locator("h1")).to_have_text("An outside time stamp is not by an authority that you accept")


# What the page says of a pack that is not good -----------------------------------------------------------


@dataclass(frozen=True)
class Tampering:
    """A change of the files in a page, with the heading and a finding that have to come."""

    change: Callable[[Parts], None]
    code: str
    heading: str = "This pack was altered"


def edit(name: str, old: bytes, new: bytes) -> Callable[[Parts], None]:
    """Return a change of one file."""

    def change(parts: Parts) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return change


def resize(name: str, old: bytes, new: bytes) -> Callable[[Parts], None]:
    """Return a change of the first number that stands where a pattern says."""

    def change(parts: Parts) -> None:
        parts[name], found = re.subn(old, new, parts[name], count=1)
        assert found

    return change


def lines(act: Callable[[list[bytes]], list[bytes]]) -> Callable[[Parts], None]:
    """Return a change of the lines of the entries."""

    def change(parts: Parts) -> None:
        parts[names.ENTRIES_NAME] = b"".join(act(parts[names.ENTRIES_NAME].splitlines(keepends=True)))

    return change


def hide_actor(parts: Parts) -> None:
    """Hide who did it in the first entry, as if that had been asked for."""

    def act(all_: list[bytes]) -> list[bytes]:
        line = Line.parse(all_[0])
        opened = tuple(text for text in line.open if json.loads(text)[1] != "actor")
        return [replace(line, open=opened, closed={"actor": "withheld"}).text.encode(), *all_[1:]]

    lines(act)(parts)


def swap_files(parts: Parts) -> None:
    """Exchange two attached files."""
    one, other = sorted(name for name in parts if name.startswith(names.ATTACHMENTS_FOLDER))[:2]
    parts[one], parts[other] = parts[other], parts[one]


def other_key(parts: Parts) -> None:
    """Put a stranger's key in place of the log's."""
    old = json.loads(parts[names.KEYS_NAME])["keys"][0]
    edit(names.KEYS_NAME, old.encode(), log.STRANGER.verifier.text.encode())(parts)


TAMPERED = {
    "a-byte-of-a-detail": Tampering(
        edit(names.ENTRIES_NAME, rb"Invoice \\\"0", rb"Invoice \\\"9"), "detail-differs"
    ),
    "an-entry-removed": Tampering(lines(lambda all_: all_[:2] + all_[3:]), "tree-differs"),
    "entries-reordered": Tampering(lines(lambda all_: [all_[1], all_[0], *all_[2:]]), "entry-twice"),
    "attached-files-swapped": Tampering(swap_files, "attachment-differs"),
    "another-size-of-the-seal": Tampering(
        resize(names.CHECKPOINT_NAME, rb"(?<=main\n)[0-9]+", b"7"),
        "checkpoint-signature",
    ),
    "another-key": Tampering(other_key, "checkpoint-signature"),
    "a-sentence-edited": Tampering(
        edit(names.MANIFEST_NAME, b"Everything of", b"Whatever is of"), "claims-differ"
    ),
    "a-count-edited": Tampering(edit(names.MANIFEST_NAME, b'"seals":3', b'"seals":2'), "counts-differ"),
    "a-false-redaction": Tampering(hide_actor, "withhold-differs"),
    "an-old-seal-altered": Tampering(
        lambda parts: parts.update(
            {
                names.SEALS_NAME: re.sub(
                    rb"indelible/main\\n[0-9]+", rb"indelible/main\\n3", parts[names.SEALS_NAME], count=1
                )
            }
        ),
        "seal-signature",
    ),
    "the-table-of-another-pack": Tampering(
        lambda parts: edit(
            names.MANIFEST_NAME,
            sha256(parts[names.TABLE_NAME]).hexdigest().encode(),
            sha256(b"another").hexdigest().encode(),
        )(parts),
        "table-differs",
    ),
    "no-seal": Tampering(
        lambda parts: parts.pop(names.CHECKPOINT_NAME) and None, "file-missing", "This pack is damaged"
    ),
    "a-newer-format": Tampering(
        edit(names.MANIFEST_NAME, b'"v":1}', b'"v":2}'), "format-unknown", "This pack is of a newer kind"
    ),
    "a-list-that-cannot-be-read": Tampering(
        edit(names.MANIFEST_NAME, b"{", b"["), "manifest-damaged", "This pack is damaged"
    ),
}


def tampered_page(made: Made, change: Callable[[Parts], None]) -> bytes:
    """Return the page as an outsider leaves it: files changed, the note as it was."""
    manifest = names.inner(made.parts[names.MANIFEST_NAME])
    note = sign_note(names.pack_note_text(log.ORIGIN, manifest), [log.KEY])
    parts = {**made.parts, names.MANIFEST_NAME: manifest}
    change(parts)
    return page_of(parts[names.MANIFEST_NAME], note, inside(parts))


@pytest.mark.parametrize("name", TAMPERED)
def test_a_page_that_was_tampered_with_says_so_in_its_heading(
    checker: Checker, selection: Made, name: str
) -> None:
    tampering = TAMPERED[name]
    page = checker.open(tampered_page(selection, tampering.change))
    answer = answer_on(page)
    assert tampering.code in {finding["code"] for finding in answer["findings"]}, answer["findings"]
    assert heading_on(page) == tampering.heading
    assert page.locator("html").get_attribute("data-verdict") == answer["verdict"] != "matches"
    if tampering.heading != "This pack is of a newer kind":
        expect(page.locator("#statement")).to_have_class("statement bad")
        expect(page.locator("#words-panel")).to_be_hidden()
        expect(page.locator("#advice")).to_contain_text("Ask for a new pack")


def test_an_altered_entry_is_named_and_what_is_false_in_it_is_not_shown(
    checker: Checker, selection: Made
) -> None:
    page = checker.open(tampered_page(selection, TAMPERED["a-byte-of-a-detail"].change))
    number = selection.asked[0] + 1
    expect(page.locator("#summary")).to_contain_text(f"Entry {number} does not hold.")
    first = page.locator("#thread > li").first
    expect(first).to_contain_text("does not fit its seal")
    expect(first).not_to_contain_text("Invoice")


def resealed(made: Made, change: Callable[[Parts], None]) -> bytes:
    """Return the page as whoever holds the log's key can make it: changed, and the list signed anew."""
    parts = dict(made.parts)
    change(parts)
    return signed_again(parts, log.KEY)[names.PAGE_NAME]


def test_a_line_of_a_kind_that_browsers_cannot_check_is_called_unchecked(
    checker: Checker, selection: Made
) -> None:
    name = "witness.example/later"
    public_key = bytes([0x06]) + bytes(1312)
    key_id = sha256(name.encode() + b"\n" + public_key).digest()[:4]
    vkey = f"{name}+{key_id.hex()}+{base64.b64encode(public_key).decode()}"
    line = f"\u2014 {name} {base64.b64encode(key_id + bytes(2428)).decode()}\n"

    def change(parts: Parts) -> None:
        keys = json.loads(parts[names.KEYS_NAME])
        keys["witnesses"].append({"key": vkey, "name": name})
        parts[names.KEYS_NAME] = canonical.encode(keys)
        parts[names.CHECKPOINT_NAME] += line.encode()

    page = checker.open(resealed(selection, change))
    assert heading_on(page) == "Not everything in this pack could be checked"
    expect(page.locator("#advice")).to_contain_text("The lines of the witnesses could not be checked.")
    assert answer_on(page)["intact"] is None


def test_a_witness_that_states_a_time_beyond_every_calendar_stops_nothing(
    checker: Checker, selection: Made
) -> None:
    late = log.WITNESSES[4]

    def change(parts: Parts) -> None:
        keys = json.loads(parts[names.KEYS_NAME])
        keys["witnesses"].append({"key": late.verifier.text, "name": "late"})
        parts[names.KEYS_NAME] = canonical.encode(keys)
        text = parts[names.CHECKPOINT_NAME].decode().partition("\n\n")[0] + "\n"
        parts[names.CHECKPOINT_NAME] += late.cosign(text, 2**63 - 1).encode()

    page = checker.open(resealed(selection, change))
    assert heading_on(page) == "Nothing in this pack was altered"
    expect(page.locator("#content")).to_contain_text(str(2**63 - 1))


def test_a_page_that_was_cut_off_is_damaged(checker: Checker, selection: Made) -> None:
    whole_page = page_in(selection)
    page = checker.open(whole_page[: whole_page.rindex(b"<script", 0, len(whole_page) - 2000)])
    assert answer_on(page)["verdict"] == "does not match"
    assert heading_on(page) in ("This pack is damaged", "This pack was altered")


# Files beside the page ------------------------------------------------------------------------------------


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


# Older browsers, and no JavaScript ------------------------------------------------------------------------

WITHOUT_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (form, key, how, ...rest) =>
  how === "Ed25519" ? Promise.reject(new DOMException("", "NotSupportedError")) : importKey(form, key, how, ...rest);
"""
WITHOUT_ANYTHING = """
Object.defineProperty(globalThis, "crypto", {value: undefined});
delete globalThis.DecompressionStream;
delete String.prototype.isWellFormed;
"""


@pytest.mark.parametrize(
    "before", [WITHOUT_ED25519, WITHOUT_ANYTHING], ids=["no-ed25519", "no-crypto-at-all"]
)
def test_a_browser_that_cannot_check_signatures_gets_the_same_answer_by_own_code(
    checker: Checker, whole: Made, before: str
) -> None:
    page = checker.open(page_in(whole), before)
    with whole.path.open("rb") as file:
        assert seen_by_page(answer_on(page)) == seen_by_page(check_pack(file).as_json())
    altered = checker.open(tampered_page(whole, TAMPERED["another-key"].change), before)
    assert answer_on(altered)["verdict"] == "does not match"


def test_without_javascript_the_page_says_how_to_check_and_claims_nothing(
    browser: Browser, selection: Made, tmp_path: Path
) -> None:
    place = tmp_path / "page.html"
    place.write_bytes(page_in(selection))
    page = browser.new_page(java_script_enabled=False)
    page.goto(place.as_uri())
    assert heading_on(page) == "This pack has not been checked yet"
    expect(page.get_by_text("indelible verify --pack PACK.zip", exact=True)).to_be_visible()
    expect(page.locator("#content-panel")).to_be_hidden()
    page.close()


# Hostile entries ------------------------------------------------------------------------------------------

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


# How the page is built ------------------------------------------------------------------------------------


def test_the_page_is_always_the_same_for_the_same_pack_and_holds_every_file(selection: Made) -> None:
    manifest = names.inner(selection.parts[names.MANIFEST_NAME])
    pieces = list(build_page(manifest, "a note", inside(selection.parts)))
    again = b"".join(build_page(manifest, "a note", dict(reversed(inside(selection.parts).items()))))
    assert b"".join(pieces) == again
    assert len(pieces) > len(inside(selection.parts))
    for name in (names.MANIFEST_NAME, names.NOTE_NAME, *inside(selection.parts)):
        assert f'data-file="{name}"'.encode() in again


def test_the_policy_allows_the_one_script_by_its_hash_and_no_connection() -> None:
    page = build_checker().decode()
    script = checker_script()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    allowed = base64.b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'" in policy[1]
    assert {"default-src 'none'", "connect-src 'none'", "form-action 'none'", "base-uri 'none'"} <= set(
        policy[1].split("; ")
    )
    assert "unsafe" not in policy[1]
    assert page.count("</script>") == 1
    assert not re.search(
        r"fetch\(|XMLHttpRequest|WebSocket|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script
    )


def test_the_fingerprint_is_that_of_the_code_alone_and_stands_on_every_page(
    checker: Checker, selection: Made
) -> None:
    page = checker.open(page_in(selection))
    assert page.locator("#fingerprint").inner_text() == page_fingerprint()
    assert f"version {PAGE_VERSION}" in page.locator("body").inner_text()
    command = [sys.executable, "-m", "indelible.verifier"]
    told = subprocess.run([*command, "--fingerprint"], capture_output=True, check=True, text=True)
    assert told.stdout == page_fingerprint() + "\n"
    assert subprocess.run(command, capture_output=True, check=True).stdout == build_checker()
    assert subprocess.run([*command, "other"], capture_output=True, check=False).returncode == 2


def test_a_language_without_texts_is_refused() -> None:
    with pytest.raises(ValueError, match="no texts"):
        list(build_page(b"{}", "", {}, language="xx"))


# Looks ----------------------------------------------------------------------------------------------------


def check_looks(page: Page, name: str) -> None:
    """Check one page in light and dark, wide and narrow; leave pictures where somebody asked for them."""
    for colour in COLOURS:
        page.emulate_media(color_scheme=colour, reduced_motion="reduce")  # type: ignore[arg-type]
        for size, window in SIZES.items():
            page.set_viewport_size(window)  # type: ignore[arg-type]
            look = f"{name}, {colour}, {size}"
            check_width(page, look)
            check_accessible(page, look, ABOUT_COLOUR if colour == "dark" else None)
            take_picture(page, f"{name}-{colour}-{size}")
    page.emulate_media(color_scheme="light")
    take_print(page, name)


def test_the_page_is_accessible_and_fits_in_light_and_dark_wide_and_narrow(
    browser: Browser, whole: Made, selection: Made, tmp_path: Path
) -> None:
    pages = {
        "good": page_in(whole),
        "altered": tampered_page(selection, TAMPERED["a-byte-of-a-detail"].change),
    }
    context = browser.new_context(bypass_csp=True, offline=True, locale="en-GB")  # for axe itself
    for name, data in pages.items():
        place = tmp_path / f"{name}.html"
        place.write_bytes(data)
        page: Page = context.new_page()
        page.goto(place.as_uri())
        page.wait_for_selector("html[data-verdict]", state="attached")
        for details in page.locator("details").all():
            if details.is_visible():
                details.locator("summary").first.click()
        check_looks(page, f"pack-{name}")
        page.close()
    context.close()


def test_the_first_tab_leads_past_the_head_and_forms_work_from_the_keyboard(
    checker: Checker, selection: Made
) -> None:
    page = checker.open(page_in(selection))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "typed"
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#words-answer")).to_contain_text("Word 1")


def test_python_and_the_page_tell_findings_in_the_same_words(bench: Page) -> None:
    findings = [
        Finding(code, entry, field, file)
        for codes in FINDING_CODES.values()
        for code in codes
        for entry, field, file in (
            (None, None, None),
            (42_817, "targets/3", "2 Cover.pdf"),
            (0, "7", None),
            (1, "extra/amount_paid", "$& {entry}"),
            (2, "numbers/sources/7", None),
            (3, "actor", None),
            (4, "witness.example/w1", None),
            (5, "closed.repeats", None),
        )
    ]
    by_page = bench.evaluate("(all) => all.map(findingWords)", [finding.as_json() for finding in findings])
    by_python = [{"title": told.title, "meaning": told.meaning} for told in map(tell_finding, findings)]
    assert by_page == by_python
