"""Runs in a real browser: a supplier's bank change with a second person, suspected tampering, and a run on paper.

The people and the runbooks are put in place before the server starts; everything else goes through the pages. The
server's clock is real, so the bank change ends where three working days of waiting begin.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import OWNER, Settled, heading, watched_page
from tests.browser.looks import check_accessible, check_page, leave
from tests.browser.serving import Served, serving

PHONE = {"width": 390, "height": 844}
MAIL = {
    "name": "request.eml",
    "mimeType": "message/rfc822",
    "buffer": b"From: pay@harrow.example\n\nNew account.",
}
WORKER_MS = 30_000
SEED = """
import django; django.setup()
from datetime import UTC, datetime
from importlib import resources
from indelible.features.people.models import User
from indelible.features.runbooks.books import appointing, drafting, publishing
now, ana = datetime.now(UTC), User.objects.get()
make = lambda who, name, role: User.objects.create_user(f"{who}@northwind.example", name, "PASSWORD", role=role)
people = {
    "clerk_a": make("ben", "Ben Osei", "member"),
    "clerk_b": make("carla", "Carla Roth", "member"),
    "head_of_finance": make("dora", "Dora Silva", "reviewer"),
}
for name in ("rb_07", "rb_09"):
    text = (resources.files("indelible.features.runbooks.library") / f"{name}.toml").read_text("utf-8")
    row = drafting.import_text(text, ana, now)
    publishing.publish(row, ana, now, note="First version", seen=row.draft_stamp)
    for role, user in people.items():
        if name == "rb_07":
            appointing.appoint(row, role, user, None, ana, now)
"""


@pytest.fixture(scope="module")
def served(settled: Settled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a record that is set up, in which three more people work and two runbooks are in force."""
    home = tmp_path_factory.mktemp("runs") / "home"
    shutil.copytree(settled.home, home)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INDELIBLE_")}
    told = {**kept, "INDELIBLE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "indelible.server.settings"}
    seed = SEED.replace("PASSWORD", OWNER["password"])
    subprocess.run([sys.executable, "-c", seed], env=told, check=True, timeout=120)
    with serving(home) as running:
        yield running


@pytest.fixture
def desks(
    browser: Browser, served: Served, browser_context_args: dict[str, Any]
) -> Iterator[dict[str, BrowserContext]]:
    """The browsers of Ben (without JavaScript), of Carla (a phone) and of Dora, each signed in."""
    how: dict[str, dict[str, Any]] = {
        "ben": {"java_script_enabled": False},
        "carla": {"viewport": PHONE},
        "dora": {},
    }
    found = {}
    for who, more in how.items():
        found[who] = browser.new_context(**{**browser_context_args, **more})
        page = found[who].new_page()
        page.goto(served.url("/account/sign-in/"))
        page.get_by_label("E-mail address").fill(f"{who}@northwind.example")
        page.get_by_label("Password", exact=True).fill(OWNER["password"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(served.url("/"))
        leave(page)
    yield found
    for context in found.values():
        context.close()


def start(page: Page, served: Served, about: str) -> str:
    """Start a supplier's bank change as the owner; return the address of the run."""
    page.goto(served.url("/runs/"))
    page.get_by_role("link", name="Start a runbook").click()
    page.get_by_role("link", name="Supplier bank-detail change").click()
    page.get_by_label("Whom or what is it about?").fill(about)
    expect(page.get_by_label("Clerk A")).to_contain_text("Ben Osei")  # as appointed
    page.get_by_role("button", name="Start it").click()
    expect(heading(page)).to_have_text(f"Supplier bank-detail change: {about}")
    return page.url


def say_why(page: Page) -> None:
    """Give a reason for each check that did not pass."""
    for words in page.locator("textarea[name^=why_]").all():
        words.fill("No source is connected yet")


def sign(page: Page, button: str) -> None:
    """Give the reasons that are asked for, the password, and sign."""
    say_why(page)
    page.get_by_label("Your password, to sign").fill(OWNER["password"])
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Signed. Your signature is entry")).to_be_visible()


def open_request(page: Page) -> None:
    """Do the first step of a bank change, and sign it."""
    page.get_by_role("link", name="Go to step 1").click()
    page.get_by_label("When it arrived").fill("2026-01-05T09:00")
    page.get_by_label("Address or number it came from").fill("pay@harrow.example")
    page.get_by_label("The new account").fill("ES91 2100 0418 4502 0005 1332")
    page.get_by_label("Choose a file").set_input_files([MAIL])  # type: ignore[list-item]
    page.get_by_role("button", name="Done, go on to sign").click()
    expect(heading(page)).to_have_text("Sign: Attach the request")
    expect(page.get_by_text("It covers 1 step, 1 file and 2 checks")).to_be_visible()
    sign(page, "Sign: I prepared this")


def call_back(page: Page, who: str) -> None:
    """Call the supplier back, on a phone, and sign it."""
    page.get_by_label("Who was called").fill(who)
    page.get_by_label("Number that was used").fill("+44 20 7946 0000")
    page.get_by_label("When", exact=True).fill("2026-01-05T10:00")
    page.get_by_label("What was asked").fill("The number of the last invoice")
    for group in page.locator("fieldset").all():
        group.get_by_role("radio", name="Yes").check()
    page.get_by_role("button", name="Done, go on to sign").click()
    sign(page, "Sign: I checked this")


def test_a_supplier_bank_change_takes_three_people(
    owner: Page, served: Served, desks: dict[str, BrowserContext]
) -> None:
    run = start(owner, served, "Harrow Freight")

    # Ben, by links and forms alone.
    ben = desks["ben"].new_page()
    ben.goto(served.url("/runs/"))
    expect(ben.get_by_role("region", name="1 step for you to do now")).to_contain_text("Attach the request")
    ben.goto(run)
    open_request(ben)
    ben.get_by_role("link", name="Go to step 2").click()
    ben.get_by_role("button", name="Done, go on to sign").click()
    expect(ben.get_by_role("alert")).to_contain_text("Fill this in: Did you see a danger sign?")
    ben.get_by_role("radio", name="No sign").check()
    ben.get_by_role("group", name="I looked for each of them").get_by_role("radio", name="Yes").check()
    ben.get_by_role("button", name="Done, go on to sign").click()
    sign(ben, "Sign: I checked this")

    # Carla, on a phone; the step for danger signs was passed over.
    with watched_page(desks["carla"], served) as carla:
        carla.goto(run)
        expect(carla.get_by_text("3. Go on only with the head of finance")).to_be_visible()
        expect(carla.get_by_text("Not needed", exact=True)).to_be_visible()
        carla.get_by_role("link", name="Go to step 4").click()
        check_page(carla, "run-step")
        carla.set_viewport_size(PHONE)  # type: ignore[arg-type]
        carla.get_by_role("group", name="The supplier confirmed").get_by_role("radio", name="No").check()
        expect(carla.get_by_label("If not, say in words how it is").last).to_be_visible()
        call_back(carla, "Mrs Harrow, whom we know")

    # What Indelible could not look up falls to whoever answers for the run.
    with watched_page(desks["dora"], served) as dora:
        dora.goto(run)
        dora.get_by_role("link", name="Go to step 5").click()
        expect(dora.get_by_text("Could not be checked.").first).to_be_visible()
        say_why(dora)
        dora.get_by_role("button", name="It is done").click()
        expect(dora.get_by_role("region", name="Steps")).to_be_visible()
    ben.goto(run)
    ben.get_by_role("link", name="Go to step 6").click()
    say_why(ben)
    ben.get_by_role("button", name="It is done").click()
    expect(ben.get_by_text("Now: step 7, Approve the change (Dora Silva).")).to_be_visible()

    # Ben has no button, and hears why and who can.
    ben.goto(f"{run}steps/approve/sign/")
    expect(ben.get_by_text("Dora Silva can do it.")).to_be_visible()
    expect(ben.get_by_role("button", name="Sign:")).to_have_count(0)

    with watched_page(desks["dora"], served) as dora:
        dora.goto(run)
        dora.get_by_role("link", name="Go to step 7").click()
        dora.get_by_label("Amount due to the supplier today").fill("12,400.00 EUR")
        dora.get_by_role("button", name="Keep it, and go on to sign").click()
        check_page(dora, "run-sign")
        dora.get_by_role("radio", name="6. Enter the change, blocked").check()
        dora.get_by_label("Why does it go back?").fill("Is it blocked for payment?")
        dora.get_by_role("button", name="Send it back").click()
        expect(dora.get_by_text("Sent back: Enter the change, blocked.")).to_be_visible()
    ben.goto(run)
    ben.get_by_role("link", name="Go to step 6").click()
    expect(ben.get_by_text("“Is it blocked for payment?”")).to_be_visible()
    say_why(ben)
    ben.get_by_label("A note").fill("Blocked now")
    ben.get_by_role("button", name="It is done").click()
    expect(ben.get_by_role("region", name="Steps")).to_be_visible()
    leave(ben)

    # Dora approves by keyboard alone.
    with watched_page(desks["dora"], served) as dora:
        dora.goto(f"{run}steps/approve/sign/")
        expect(dora.get_by_text("“Blocked now”")).to_be_visible()
        say_why(dora)
        dora.get_by_label("Your password, to sign").focus()
        dora.keyboard.insert_text(OWNER["password"])
        dora.keyboard.press("Enter")
        expect(dora.get_by_text("Signed. Your signature is entry")).to_be_visible()
        steps = dora.get_by_role("region", name="Steps")
        expect(steps).to_contain_text("Signed by Dora Silva")
        expect(steps.get_by_role("listitem").filter(has_text="6. Enter the change")).to_contain_text(
            "Sent back before"
        )
        check_page(dora, "run")
    owner.goto(served.url("/runs/"))
    check_page(owner, "runs")
    owner.goto(served.url("/record/"))
    expect(owner.get_by_role("link", name="Dora Silva signed").first).to_be_visible()


def test_a_run_goes_to_paper_and_comes_back(
    owner: Page, served: Served, desks: dict[str, BrowserContext], tmp_path: Path
) -> None:
    run = start(owner, served, "Holm and Partners")
    with watched_page(desks["dora"], served) as dora:
        dora.goto(run)
        dora.get_by_role("link", name="Print it").click()
        expect(dora.get_by_text("Signed by (name and signature)").first).to_be_visible()
        check_accessible(dora, "run-paper")
        for paper in ("A4", "Letter"):
            sheet = dora.pdf(format=paper, prefer_css_page_size=False)
            assert sheet.startswith(b"%PDF") and len(sheet) > 20_000
    ben = desks["ben"].new_page()
    ben.goto(f"{run}paper/")
    ben.get_by_label("When it arrived").fill("2026-01-05T09:00")
    ben.get_by_label("Address or number it came from").fill("post")
    ben.get_by_label("The new account").fill("DE02 1203 0000 0000 2020 51")
    ben.get_by_label("The day on the paper").fill("2026-01-05")
    ben.get_by_label("Who did it, as the paper says").fill("Ben Osei")
    ben.get_by_role("button", name="Enter this step").click()
    expect(ben.get_by_role("alert")).to_contain_text("Choose the scan or a photograph of the paper.")
    ben.get_by_label("A scan or photograph of the paper").set_input_files(
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 scan"}
    )
    ben.get_by_role("button", name="Enter this step").click()
    if ben.locator("textarea[name^=why_]").count():
        say_why(ben)
        ben.get_by_role("button", name="Enter this step").click()
    expect(ben.get_by_text("Entered as done on paper, and recorded.")).to_be_visible()
    ben.goto(run)
    steps = ben.get_by_role("region", name="Steps")
    expect(steps).to_contain_text("the paper says 5 January 2026")
    leave(ben)


def alter(served: Served, text: str, other: str) -> None:
    """Change an entry where it rests, as nobody could from inside."""
    with closing(sqlite3.connect(served.home / "indelible.sqlite3", timeout=20)) as tables, tables:
        changed = tables.execute(
            "UPDATE entry SET content = replace(content, ?, ?) WHERE content LIKE ?",
            (text, other, f"%{text}%"),
        )
        assert changed.rowcount


def test_suspected_tampering_is_led_from_the_alarm_to_the_witness(
    owner: Page,
    served: Served,
    desks: dict[str, BrowserContext],
    browser: Browser,
    browser_context_args: dict[str, Any],
) -> None:
    alter(served, "Mrs Harrow, whom we know", "Mrs Harris, whom we know")
    owner.goto(served.url("/seals/"))
    owner.get_by_role("button", name="Check now").click()
    expect(heading(owner)).to_have_text("The record has been altered", timeout=WORKER_MS)
    owner.goto(served.url("/"))
    owner.get_by_role("link", name="Start the runbook: Suspected tampering with the log").click()
    expect(owner.get_by_text("found the record altered.")).to_be_visible()
    owner.get_by_label("Security lead").select_option(label="Carla Roth")
    owner.get_by_role("button", name="Start it").click()
    run = owner.url
    owner.goto(served.url("/"))
    expect(owner.get_by_role("alert").get_by_role("link", name="What check 1 found")).to_be_visible()

    # The witness is somebody without an account.
    owner.goto(f"{run}roles/witness/")
    owner.get_by_label("Their name").fill("Ingrid Holm")
    owner.get_by_role("button", name="Make the link").click()
    link, pin = owner.locator("#link").inner_text(), owner.locator("#pin").inner_text()

    with watched_page(desks["carla"], served) as carla:
        carla.goto(run)
        expect(carla.get_by_text("Due today", exact=False).first).to_be_visible()
        carla.get_by_role("link", name="Go to step 1").click()
        carla.get_by_label("When it was frozen").fill("2026-01-06T09:00")
        carla.get_by_label("What was stopped, by whom").fill("Updates and clean-ups, by me")
        carla.get_by_role("button", name="Done, go on to sign").click()
        sign(carla, "Sign: I prepared this")
        carla.get_by_role("link", name="Go to step 2").click()
        for copy in ("first", "second"):
            carla.get_by_label(f"Fingerprint of the {copy} copy").fill("3f9a17c0")
        carla.get_by_label("How many tries it took").fill("1")
        carla.get_by_label("Choose a file").set_input_files(
            {"name": "copies.txt", "mimeType": "text/plain", "buffer": b"two copies"}
        )
        carla.get_by_role("button", name="Attach this file").click()
        expect(carla.get_by_label("Fingerprint of the second copy")).to_have_value("3f9a17c0")
        carla.get_by_role("button", name="It is done").click()
        expect(carla.get_by_text("Now: step 3, Witness the copies (Ingrid Holm).")).to_be_visible()

    hers = browser.new_context(**{**browser_context_args, "viewport": PHONE})
    with watched_page(hers, served) as ingrid:
        ingrid.goto(link)
        assert link.rstrip("/").rpartition("/")[2] not in ingrid.url
        expect(heading(ingrid)).to_contain_text("Suspected tampering")
        check_page(ingrid, "run-guest")
        ingrid.set_viewport_size(PHONE)  # type: ignore[arg-type]
        ingrid.get_by_role("link", name="3. Witness the copies").click()
        ingrid.get_by_role("radio", name="Yes").check()
        ingrid.get_by_role("button", name="Keep it, and go on to sign").click()
        expect(ingrid.get_by_text("copies.txt").first).to_be_visible()
        say_why(ingrid)
        ingrid.get_by_label("Your PIN, to sign").fill(pin)
        ingrid.get_by_role("button", name="Sign: I was there and saw this").click()
        expect(ingrid.get_by_text("Signed. Your signature is entry")).to_be_visible()
        ingrid.goto(served.url("/record/"))
        expect(heading(ingrid)).to_have_text("Sign in")
    hers.close()
    owner.goto(run)
    expect(owner.get_by_role("region", name="Steps")).to_contain_text("Signed by Ingrid Holm")
