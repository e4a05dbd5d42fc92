"""A listener for system log lines, from the form to the first line that is told as a sentence."""

from __future__ import annotations

import socket
import ssl

from playwright.sync_api import Page, expect

from tests.browser.conftest import heading
from tests.browser.looks import check_looks
from tests.browser.serving import Served, free_port

LINE = b"<86>1 2026-03-04T10:15:22Z gate1 sshd 1 - - Accepted publickey for grace from 203.0.113.40 port 51000 ssh2"


def test_a_listener_is_set_up_hears_its_first_line_and_changes_its_certificate(
    owner: Page, served: Served
) -> None:
    port = free_port()
    owner.goto(served.url("/sources/add/"))
    owner.get_by_role("link", name="System log lines").click()
    owner.get_by_label("What do you call it?").fill("Front door server")
    owner.get_by_label("TCP with encryption").check()
    owner.get_by_label("Address to listen on").fill("0.0.0.0")
    owner.get_by_label("Port", exact=True).fill(str(port))
    owner.get_by_role("button", name="Set up this source").click()
    expect(owner.get_by_text("Say who may send").last).to_be_visible()
    check_looks(owner, "lines-form")
    owner.get_by_label("Who may send").fill("127.0.0.1, 192.0.2.0/24")
    owner.get_by_role("button", name="Set up this source").click()
    expect(heading(owner)).to_have_text("Front door server")
    expect(owner.get_by_text("It is listening", exact=True)).to_be_visible(timeout=20_000)
    with owner.expect_download() as download:
        owner.get_by_role("link", name="Download the certificate").click()
    context = ssl.create_default_context(cafile=str(download.value.path()))
    context.check_hostname = False
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain) as made,
    ):
        made.sendall(b"%d %s" % (len(LINE), LINE))
        told = owner.get_by_role("link", name="grace signed in")
        expect(told).to_be_visible(timeout=20_000)
        expect(owner.get_by_text("1 connection now")).to_be_visible(timeout=20_000)
        first = owner.locator("#fingerprint").inner_text()
        owner.get_by_role("button", name="Make a new certificate").click()
        following = owner.locator("#next-fingerprint").inner_text()
        assert first == owner.locator("#fingerprint").inner_text() != following
        check_looks(owner, "lines-source")
        owner.get_by_role("button", name="Switch to the next one now").click()
        expect(owner.locator("#fingerprint")).to_have_text(following)
