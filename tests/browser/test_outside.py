"""The owner has somebody outside hold the seals: a witness read from its page, a time stamp, one that is silent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import check_page
from tests.browser.serving import Served
from tests.services.authority import Authority, running_authority
from tests.services.witness import RunningWitness, running_witness


@pytest.fixture(scope="module")
def witness(
    served: Served, owner_context: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningWitness]:
    """A witness that was given the key card of the record."""
    with closing(sqlite3.connect(served.home / "indelible.sqlite3")) as database:
        ((key,),) = database.execute("SELECT public_key FROM logbook").fetchall()
    with running_witness(tmp_path_factory.mktemp("outside") / "witness", logs=[key]) as running:
        yield running


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """A time-stamping authority."""
    with running_authority(tmp_path_factory.mktemp("outside") / "authority") as running:
        yield running


def test_a_witness_is_added_from_its_page_and_agrees(
    owner: Page, served: Served, witness: RunningWitness
) -> None:
    owner.goto(served.url("/seals/"))
    expect(owner.get_by_text("Nobody else holds your seals yet.")).to_be_visible()
    owner.get_by_role("link", name="Add a witness").click()
    owner.get_by_label("What do you call them?").fill("Holm and Partners")
    owner.get_by_label("Address of the witness").fill(witness.url)
    owner.get_by_role("button", name="Read the key from this address").click()
    expect(owner.get_by_label("Key of the witness")).to_have_value(witness.key)
    check_page(owner, "witness-add")
    owner.get_by_role("button", name="Continue to check").click()
    check_page(owner, "witness-check")
    owner.get_by_role("button", name="Add this witness").click()
    expect(owner.get_by_text("Holm and Partners is set up and holds our newest seal.")).to_be_visible()
    check_page(owner, "witness")
    owner.goto(served.url("/seals/"))
    expect(owner.get_by_text("Agrees")).to_be_visible()
    check_page(owner, "seals-with-witness")


def test_an_outside_time_stamp_is_added_by_its_file(
    owner: Page, served: Served, authority: Authority, tmp_path: Path
) -> None:
    root = tmp_path / "root.pem"
    root.write_text(authority.root_pem)
    owner.goto(served.url("/seals/authorities/add/"))
    owner.get_by_label("What do you call it?").fill("Stamps Ltd")
    owner.get_by_label("Address for time stamps").fill(authority.url)
    owner.get_by_label("Or a file with the root certificates").set_input_files(root)
    owner.get_by_role("button", name="Continue to check").click()
    check_page(owner, "authority-check")
    owner.get_by_role("button", name="Add this outside time stamp").click()
    expect(owner.get_by_text("Stamps Ltd is set up and holds our newest seal.")).to_be_visible()
    check_page(owner, "authority")


def test_an_entry_is_held_outside_soon_and_a_silent_witness_is_named(
    owner: Page, served: Served, witness: RunningWitness
) -> None:
    owner.goto(served.url("/seals/"))
    owner.get_by_role("button", name="Send it now").click()
    expect(owner.get_by_text("is held by everybody who was asked")).to_be_visible()
    owner.goto(served.url("/record/1/"))
    expect(owner.get_by_text("which covers it")).to_be_visible()
    check_page(owner, "entry-held")
    witness.stop()
    owner.goto(served.url("/seals/"))
    owner.get_by_role("button", name="Send it now").click()
    expect(owner.get_by_text("Not everybody took it: Holm and Partners does not answer.")).to_be_visible()
    owner.get_by_role("link", name="Holm and Partners").click()
    expect(owner.get_by_text("Your record is not affected, but one outside copy is missing")).to_be_visible()
    check_page(owner, "witness-silent")
    owner.goto(served.url("/"))
    expect(owner.get_by_role("link", name="Holm and Partners does not answer")).to_be_visible()
    check_page(owner, "home-silent")
