"""What only the reader can check: words, a key card, witnesses' keys, roots."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.ledger.packs import book as log
from tests.ledger.packs.making import Made, make_pack
from tests.services.authority import running_authority
from tests.verifier.opening import Checker, answer_on, heading_on, page_in


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
