"""Promise and reality: read on its page, followed to the entries behind a number, and on to a rule for the rest."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import heading
from tests.browser.looks import check_accessible, check_page
from tests.browser.serving import Served
from tests.services.installed import Installed

# What a hundred days did, done by a process of its own. Ledger numbers what it sends; Xero does not.
HUNDRED_DAYS = """
import django
django.setup()
from datetime import UTC, datetime, timedelta
from django.utils import timezone
from indelible.features.coverage import keeping, watch
from indelible.features.coverage.models import RuleSeen, RuleSpan
from indelible.features.sources.accounts import streams
from indelible.features.sources.models import Source
from indelible.features.sources.services import By, begin_source
from indelible.storage.database.append import Draft, append
from indelible.web.acts import logbook_in_use
from tests.features.coverage.conftest import begin_rule, changed_invoice

book, now = logbook_in_use(), timezone.now()
began = now - timedelta(days=100)
begin_rule(book, "Record when someone approves a payment.", verbs=["approve"], things=["payment"], at=began)
begin_rule(book, "Record when someone changes an invoice.", verbs=["change"], things=["invoice"],
           needs=("changes.before", "reason"), at=began)
begin_rule(book, "Record when someone joins or leaves.", verbs=["create", "disable"], things=["employee"],
           duties={"silent_after": "P2D"}, at=began)
begin_rule(book, "Record when someone refunds a payment.", verbs=["refund"], things=["payment"], at=began)
ledger, xero = (begin_source(book, name, system, By()) for name, system in (("Ledger", "ledger"), ("Xero", "xero")))
Source.objects.update(created_at=began)


def days_ago(days):
    return (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


numbered = [
    changed_invoice(f"PAY-{n}", occurred_at=days_ago(80 - n), extra={"sequence": str(n)},
                    action={"verb": "approve", "said": "Approved"}, targets=[{"kind": "payment", "id": f"PAY-{n}"}])
    for n in range(1, 80)
]
streams.take_numbers(streams.gather((ledger.pk, each) for each in numbered), now)
append(book, [Draft(each, source=ledger.pk) for each in numbered])
others = [changed_invoice(f"INV-{n}", occurred_at=days_ago(n), **({} if n % 3 else {"reason": "Typing mistake"}))
          for n in range(28)]
others += [changed_invoice(f"INV-{n}", occurred_at=days_ago(n), action={"verb": "view", "said": "Viewed"})
           for n in range(9)]
others += [changed_invoice("Maria", occurred_at=days_ago(9), action={"verb": "create", "said": "Added"},
                           targets=[{"kind": "employee", "name": "Maria Lopez"}])]
append(book, [Draft(each, source=xero.pk) for each in others])
keeping.catch_up(book)
RuleSeen.objects.filter(rule=3).update(last_at=now - timedelta(days=9))
RuleSpan.objects.update(from_at=began)
watch.look(book, now)
"""


def test_promise_and_reality_are_read_and_followed(owner: Page, served: Served) -> None:
    Installed(served.home).run(HUNDRED_DAYS)
    owner.goto(served.url("/"))
    missing = owner.get_by_role("region", name="Is anything missing?")
    expect(missing.get_by_text("Silent", exact=True).first).to_be_visible()
    missing.get_by_role("link", name="Promise and reality").click()

    expect(heading(owner)).to_have_text("Are we recording what we should?")
    expect(owner.get_by_text("2 of 4 rules are not kept.")).to_be_visible()
    row = owner.get_by_role("row", name="Record when someone approves a payment.")
    expect(row.get_by_text("Complete", exact=True)).to_be_visible()
    expect(row.get_by_role("cell", name="own numbers", exact=True)).to_be_visible()
    check_page(owner, "coverage")

    owner.get_by_role("link", name="Last month").click()
    expect(owner.get_by_role("link", name="Last month")).to_have_attribute("aria-current", "page")
    owner.get_by_label("From").fill("2026-03-09")
    owner.get_by_label("To", exact=True).fill("2026-03-01")
    owner.get_by_role("button", name="Show these days").click()
    expect(owner.get_by_role("alert").get_by_text("These days make no period")).to_be_visible()
    check_accessible(owner, "coverage, refused")

    owner.goto(served.url("/rules/coverage/"))
    owner.get_by_role("link", name="Record when someone changes an invoice.").first.click()
    expect(owner.get_by_role("heading", name="Did it arrive as it should?")).to_be_visible()
    check_page(owner, "coverage-rule")
    owner.get_by_role("region", name="Did it arrive as it should?").get_by_role(
        "link", name="the old value"
    ).click()
    expect(owner.get_by_role("status").first).to_contain_text("28")

    owner.goto(served.url("/rules/coverage/"))
    owner.get_by_role("link", name="Add a rule for this").first.click()
    expect(owner.get_by_role("textbox", name="What must be recorded, in your own words")).to_have_value(
        "Record when someone looks at a sales invoice, in Xero."
    )
