"""A queue is answered by the keyboard; a quarterly access review goes from the list to the proof, on a phone too."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OWNER, heading
from tests.browser.looks import check_page, leave, take_picture
from tests.browser.serving import Served
from tests.browser.test_alarms import let_happen, press_to

PHONE = {"width": 390, "height": 844}
PASSWORD = "violet seal harbour 8"

PEOPLE = f"""
import django
django.setup()
from indelible.features.people.models import KnownPerson, User
for name, email, role in (("Ben Osei", "ben", "member"), ("Chloe Martin", "chloe", "reviewer")):
    user = User.objects.create_user(email + "@northwind.example", name, {PASSWORD!r}, role=role)
    KnownPerson.objects.create(name=name, email=user.email, account=user)
KnownPerson.objects.create(name="Tom Reed", email="tom.reed@northwind.example")
KnownPerson.objects.create(name="Olga Hand", email="olga@northwind.example", left_on="2026-01-31")
"""
RULE = """
import django
django.setup()
from datetime import UTC, datetime
from indelible.features.people.models import User
from indelible.features.rules import services
from indelible.features.rules.wanted import Wanted
from indelible.features.rules.world import world_of
from indelible.features.sources.origins import By
from indelible.language.reading import understand
from indelible.web.acts import logbook_in_use, party_of
book, ana = logbook_in_use(), User.objects.get(name="Ana Ruiz")
read = understand("Record changes to supplier bank details", world_of(book), datetime.now(UTC))
services.add(book, [Wanted(read.text, read.pattern)], By(party_of(ana), None, ana))
"""
BANK = """
import django
django.setup()
from indelible.storage.database.append import Draft, append
from indelible.web.acts import logbook_in_use

def told(supplier, before, after):
    return Draft({
        "occurred_at": "2026-03-02T09:00:00Z", "actor": {"name": "Maria Lopez", "kind": "person"},
        "action": {"verb": "change", "category": "money", "said": "change"}, "outcome": "success",
        "targets": [{"kind": "supplier.bank_account", "id": supplier}],
        "changes": [{"field": "account_number", "before": before, "after": after}],
        "source": {"name": "AccountsPro", "system": "accountspro"},
    }, source=7)

append(logbook_in_use(), [
    told("SUP-1", "ES21 0000", "ES99 1111"), told("SUP-2", "DE11 2222", "DE11 3333"), told("SUP-3", "A", "B"),
])
"""
GONE = """
import django
django.setup()
from datetime import UTC, datetime
from indelible.storage.database.append import Draft, append
from indelible.web.acts import logbook_in_use

def gone(verb, *targets):
    return Draft({
        "occurred_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "actor": {"name": "Admin", "kind": "person"}, "action": {"verb": verb, "said": verb}, "outcome": "success",
        "targets": list(targets), "source": {"name": "AccountsPro", "system": "accountspro"},
    }, source=7)

append(logbook_in_use(), [
    gone("revoke", {"kind": "user_account", "id": "tom.reed"}, {"kind": "role", "name": "Approve payments"}),
    gone("disable", {"kind": "user_account", "id": "olga.hand"}),
])
"""
FIRST = (
    "Login;Full name;Role;Account type;Manager\n"
    "tom.reed;Tom Reed;Enter invoices;User;Ben Osei\n"
    "tom.reed;Tom Reed;Approve payments;User;Ben Osei\n"
    "ben.osei;Ben Osei;Read;User;Ana Ruiz\n"
    "svc-bank;;Pay suppliers;Service;\n"
    "olga.hand;Olga Hand;Read;User;Ben Osei\n"
)
SECOND = FIRST.replace("tom.reed;Tom Reed;Approve payments;User;Ben Osei\n", "").replace(
    "olga.hand;Olga Hand;Read;User;Ben Osei\n", "nina;Nina Jones;Read;User;Ben Osei\n"
)


def wait_for(page: Page, text: str) -> None:
    """Wait until the background work has brought something to a page."""
    for _wait in range(60):
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError(f"{text!r} does not come")


def give_list(page: Page, content: str, count: int) -> None:
    """Send a list of accounts, and say what it does not say itself."""
    file = {"name": "users.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.get_by_label("List of all accounts").set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Send this list").click()
    expect(heading(page)).to_have_text("Which column is what")
    page.get_by_label("How it was taken").fill("Users screen, no filter, all accounts")
    page.get_by_label("How many lines the system itself counts").fill(str(count))


def somebody(browser: Browser, served: Served, email: str, **more: Any) -> Page:
    """Return a page on which somebody has signed in, on a phone without JavaScript."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="en-GB", **more)
    page = context.new_page()
    page.goto(served.url("/account/sign-in/"))
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_each_change_of_bank_details_is_looked_at(owner: Page, served: Served) -> None:
    owner.goto(served.url("/reviews/"))
    expect(owner.get_by_role("heading", name="Nothing waits.")).to_be_visible()
    take_picture(owner, "reviews-empty")
    let_happen(served, RULE)
    owner.goto(served.url("/rules/1/"))
    owner.get_by_text("Have each one looked at").first.click()
    take_picture(owner, "reviews-rule")
    owner.get_by_role("button", name="Have each one looked at").click()
    expect(owner.get_by_text("Each of its entries waits in Reviews from now on.")).to_be_visible()
    expect(owner.locator(".lead")).to_contain_text("Look at each within 2 working days.")

    let_happen(served, BANK)
    owner.goto(served.url("/reviews/"))
    wait_for(owner, "3 wait, the oldest due first")
    check_page(owner, "reviews-queue")
    owner.get_by_role("link", name="Maria Lopez changed").first.press("Enter")
    expect(owner.get_by_role("heading", name="What changed")).to_be_visible()
    expect(owner.get_by_text("ES99 1111").first).to_be_visible()
    check_page(owner, "reviews-item")
    press_to(owner, "As expected")
    owner.keyboard.press("Space")
    press_to(owner, "Put this answer on the record")
    owner.keyboard.press("Enter")
    expect(owner.get_by_text("Answered as expected, and recorded.")).to_be_visible()
    expect(owner.get_by_text("2 wait, the oldest due first")).to_be_visible()
    for box in owner.locator('input[name="item"]').all():
        box.check()
    owner.get_by_text("Answer several at once").click()
    owner.get_by_label("Why they are as expected").fill("Both suppliers were called back")
    owner.get_by_role("button", name="Answer the ticked ones as expected").click()
    expect(
        owner.get_by_role("heading", name="Nothing waits. 3 looked at this month, all in time.")
    ).to_be_visible()
    owner.get_by_role("link", name="Looked at").click()
    take_picture(owner, "reviews-looked")
    owner.get_by_role("link", name="Maria Lopez changed").first.click()
    expect(owner.get_by_text("together with others, 2 in all")).to_be_visible()

    # Of the same question, a sample.
    owner.goto(served.url("/reviews/samples/draw/"))
    owner.get_by_label("Of what").fill("changes to supplier bank details")
    owner.get_by_label("How often it is done").select_option("quarter")
    owner.get_by_label("Seed").fill("auditor 7")
    take_picture(owner, "sample-draw")
    owner.get_by_role("button", name="Draw the sample").click()
    owner.get_by_role("link", name="Look at the next of 2").click()
    take_picture(owner, "sample-row")
    for _row in range(2):
        owner.get_by_text("Fine", exact=True).first.click()
        owner.get_by_role("button", name="Keep this and go on").click()
    owner.get_by_label("Your password, to sign").fill(OWNER["password"])
    owner.get_by_role("button", name="Sign this sample").click()
    expect(owner.get_by_text("Signed, and sealed to exactly these rows.")).to_be_visible()
    check_page(owner, "sample")


def test_a_quarterly_access_review(owner: Page, served: Served, browser: Browser) -> None:
    let_happen(served, PEOPLE)
    owner.goto(served.url("/reviews/access/"))
    expect(owner.get_by_role("heading", name="No access review yet")).to_be_visible()
    owner.get_by_role("link", name="Start an access review").click()
    owner.get_by_label("System", exact=True).fill("AccountsPro")
    owner.get_by_label("What is covered").fill("The application and its database")
    take_picture(owner, "access-start")
    owner.get_by_role("button", name="Start this review").click()
    give_list(owner, FIRST, 5)
    check_page(owner, "access-columns")
    owner.get_by_role("button", name="Take this list in").click()
    expect(heading(owner)).to_have_text("Access review of AccountsPro")
    take_picture(owner, "access-taken")
    owner.get_by_role("link", name="Say whose they are").click()
    owner.get_by_label("Who answers for it").fill("Tom Reed")
    take_picture(owner, "access-match")
    owner.get_by_role("button", name="Say whose it is").click()
    expect(owner.get_by_text("Every account is somebody's")).to_be_visible()
    owner.get_by_role("link", name="Back to the review").click()
    owner.get_by_role("link", name="See who decides, and send").click()
    take_picture(owner, "access-assign")
    owner.get_by_role("button", name="Send the lines out").click()
    expect(owner.get_by_text("Sent out, and recorded.")).to_be_visible()

    # Ben decides on his phone, without JavaScript.
    ben = somebody(browser, served, "ben@northwind.example")
    ben.goto(served.url("/"))
    ben.get_by_role("link", name="Decide who still needs access to AccountsPro").click()
    take_picture(ben, "access-part-phone")
    for number, (choice, reason) in enumerate(
        (("Keep", "He enters supplier invoices"), ("Remove", ""), ("Remove", "")), start=1
    ):
        line = ben.locator(f"#line-{number}")
        line.get_by_text(choice, exact=True).first.click()
        line.get_by_label("Reason").fill(reason)
        line.get_by_role("button", name="Keep this decision").click()
    ben.get_by_label("Your password, to sign").fill(PASSWORD)
    take_picture(ben, "access-part-phone-decided")
    ben.get_by_role("button", name="Sign my decisions").click()
    expect(ben.get_by_text("Signed, and sealed to exactly these lines.")).to_be_visible()
    leave(ben)

    # Ana decides about the others, in one press with a reason.
    owner.goto(served.url("/reviews/access/1/"))
    owner.get_by_role("link", name="Ana Ruiz").last.click()
    check_page(owner, "access-part")
    for box in owner.locator('input[name="line"]').all():
        box.check()
    owner.get_by_text("Several at once, or pass lines on").click()
    owner.locator("#bulk-reason").fill("Both are used every day, and checked each month")
    owner.get_by_role("button", name="Decide the ticked lines").click()
    owner.get_by_label("Your password, to sign").fill(OWNER["password"])
    owner.get_by_role("button", name="Sign my decisions").click()
    expect(owner.get_by_text("Signed, and sealed to exactly these lines.")).to_be_visible()
    owner.goto(served.url("/reviews/access/1/"))
    expect(owner.get_by_text("2 not yet")).to_be_visible()
    take_picture(owner, "access-decided")

    # The source itself reports that the rights are gone.
    let_happen(served, GONE)
    wait_for(owner, "2 seen to be gone")
    expect(owner.get_by_text("the source says so")).to_have_count(2)
    owner.get_by_role("link", name="Give a second list").click()
    give_list(owner, SECOND, 4)
    owner.get_by_role("button", name="Hold it against the first list").click()
    expect(owner.get_by_role("heading", name="New in the second list")).to_be_visible()
    owner.get_by_label("Who approved these, and when").fill("A joiner, approved by Ana Ruiz on 3 March")
    owner.get_by_role("button", name="Put this explanation on the record").click()
    check_page(owner, "access-to-sign")
    owner.get_by_label("Your password, to sign").fill(OWNER["password"])
    owner.get_by_role("button", name="Sign the whole review").click()
    expect(owner.get_by_text("Signed. Somebody who decided no line looks over it now.")).to_be_visible()

    chloe = somebody(browser, served, "chloe@northwind.example")
    chloe.goto(served.url("/reviews/access/1/"))
    chloe.get_by_label("Your password, to sign").fill(PASSWORD)
    chloe.get_by_role("button", name="Sign as witness, and close").click()
    expect(chloe.get_by_text("Witnessed and closed.")).to_be_visible()
    take_picture(chloe, "access-closed-phone")
    leave(chloe)
    owner.goto(served.url("/reviews/access/1/?check=1"))
    expect(owner.get_by_text("What was signed is still what is there").first).to_be_visible()
    take_picture(owner, "access-closed")
