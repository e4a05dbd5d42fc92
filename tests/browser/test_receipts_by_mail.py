"""A receipt leaves a real server through a real mail server, lies in a mailbox, and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import check_page
from tests.browser.serving import Served, serving
from tests.services.mailbox import Mailbox, running_mailbox


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    """The mail server of the installation."""
    with running_mailbox() as running:
        yield running


@pytest.fixture(scope="module")
def served(box: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that knows the mail server."""
    home = tmp_path_factory.mktemp("mailing") / "home"
    settings = {"INDELIBLE_MAIL": box.setting, "INDELIBLE_MAIL_FROM": "Indelible <audit@northwind.example>"}
    with serving(home, **settings) as running:
        yield running


def test_a_seal_is_mailed_and_fits_when_it_is_brought_back(
    owner: Page, served: Served, box: Mailbox, tmp_path: Path
) -> None:
    owner.goto(served.url("/seals/receipts/"))
    owner.get_by_label("Name").fill("Holm and Partners")
    owner.get_by_label("E-mail address").fill("seals@holm.example")
    owner.get_by_role("button", name="Add this person").click()
    owner.get_by_role("button", name="Send now Holm and Partners").click()
    expect(owner.get_by_text("The mail server took the receipt of seal")).to_be_visible()
    check_page(owner, "receipts-sent")
    saved = tmp_path / "receipt.eml"
    saved.write_bytes(box.mails[0])
    assert str(message_from_bytes(box.mails[0], policy=policy.default)["To"]) == "seals@holm.example"

    owner.get_by_role("link", name="Check a receipt that came back").click()
    owner.get_by_label("File").set_input_files(saved)
    owner.get_by_label("Who had it?").select_option("Holm and Partners")
    owner.get_by_role("button", name="Check this receipt").click()
    expect(owner.get_by_role("status").filter(has_text="is still the same.")).to_be_visible()
    owner.goto(served.url("/record/"))
    expect(owner.get_by_text("mailed the receipt of seal").first).to_be_visible()


def test_what_the_mail_server_refuses_is_told_on_the_page(owner: Page, served: Served, box: Mailbox) -> None:
    box.refuse_with = "550 no such mailbox"
    owner.goto(served.url("/seals/receipts/"))
    owner.get_by_role("button", name="Send now Holm and Partners").click()
    expect(owner.get_by_text("no such mailbox").first).to_be_visible()
    expect(owner.get_by_text("We try again")).to_be_visible()
    check_page(owner, "receipts-refused")
