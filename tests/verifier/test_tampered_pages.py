"""A page that was tampered with says so in its heading, and names what does not hold."""

from __future__ import annotations

import base64
import json
from hashlib import sha256

import pytest
from playwright.sync_api import expect

from indelible.ledger import canonical
from indelible.ledger.packs import manifest as names
from tests.ledger.packs import book as log
from tests.ledger.packs.making import Made
from tests.ledger.packs.zips import Parts
from tests.verifier.opening import Checker, answer_on, heading_on, page_in
from tests.verifier.tampering import TAMPERED, resealed, tampered_page


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
