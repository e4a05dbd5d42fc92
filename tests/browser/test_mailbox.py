"""A person sets a mailbox up, tries it, and sees the first file arrive; what goes wrong later is told on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import heading
from tests.browser.looks import check_page
from tests.browser.serving import Served
from tests.features.sources.mailbox.conftest import mail, rows
from tests.services.dovecot import PASSWORD, USER, Dovecot, running_dovecot


@pytest.fixture(scope="module")
def inbox() -> Iterator[Dovecot]:
    """The house's mail server."""
    with running_dovecot() as running:
        yield running


def test_a_mailbox_is_set_up_and_brings_its_first_file(owner: Page, served: Served, inbox: Dovecot) -> None:
    owner.goto(served.url("/sources/add/"))
    owner.get_by_role("link", name="Mailbox").click()
    owner.get_by_label("What do you call it?").fill("Payroll files by mail")
    owner.get_by_label("Mail server", exact=True).fill("localhost")
    owner.get_by_text("More settings").click()
    owner.get_by_label("Port (optional)", exact=True).fill(str(inbox.port))
    owner.get_by_label("The server's own certificate").fill(inbox.certificate)
    owner.get_by_label("User name").fill(USER)
    owner.get_by_label("Password", exact=True).fill("a typing mistake")
    owner.get_by_label("Whose mails count?").fill("maria@northwind.example")
    owner.get_by_role("button", name="Try it now").click()
    expect(owner.get_by_role("status").filter(has_text="does not let us in")).to_be_visible()
    owner.get_by_label("Password", exact=True).fill(PASSWORD)
    owner.get_by_role("button", name="Try it now").click()
    expect(
        owner.get_by_role("status").filter(has_text="It let us in. The folder holds 0 mails.")
    ).to_be_visible()
    check_page(owner, "mailbox-set-up")
    owner.get_by_role("button", name="Set up this source").click()
    expect(heading(owner)).to_have_text("Payroll files by mail")
    expect(owner.get_by_text("Waiting for its first file")).to_be_visible()

    inbox.deliver(mail({"May.csv": rows(5), "logo.png": b"x"}, subject="Payroll of May"))
    inbox.deliver(mail(number=2, sender="Win <who@else.example>", subject="You have won"))
    inbox.deliver(mail({"scan.csv": b"\x89PNG picture"}, number=3, subject="Scan"))
    owner.get_by_role("button", name="Look now").click()
    expect(owner.get_by_text("Working")).to_be_visible(timeout=15_000)
    owner.reload()
    expect(owner.get_by_text("You have won")).to_be_visible()
    check_page(owner, "mailbox")
    owner.get_by_role("row", name="Payroll of May").get_by_role("link", name="May.csv").click()
    expect(heading(owner)).to_have_text("5 rows are on the record", timeout=15_000)
