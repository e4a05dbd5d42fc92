"""The page of coverage, the part of a rule's page, and home: each says the same of a rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.features.coverage.conftest import begin_rule, changed_invoice


@pytest.fixture
def book(ana: Any) -> Any:
    """The logbook of Northwind."""
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()


@pytest.fixture
def filled(book: Any, source: Any, send: Any) -> dict[str, Any]:
    """Rules that stand in several ways, and an act that none of them covers."""
    began = datetime.now(UTC) - timedelta(days=100)
    recent = (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rules = {
        "invoices": begin_rule(book, verbs=["change"], things=["invoice"], at=began),
        "reasons": begin_rule(book, "Record when someone deletes anything.", verbs=["delete"],
                              needs=("reason",), at=began),
        "refunds": begin_rule(book, "Record when someone refunds a payment.", verbs=["refund"],
                              things=["payment"], at=began),
    }  # fmt: skip
    xero = source()
    send(
        xero,
        *(changed_invoice(f"INV-{n}", occurred_at=recent) for n in range(3)),
        changed_invoice(occurred_at=recent, action={"verb": "delete", "said": "Deleted"}),
        changed_invoice(occurred_at=recent, action={"verb": "view", "said": "Viewed"}),
    )
    return rules


def text_of(page: Any) -> str:
    """The words of a page, without its marks."""
    import re
    from html import unescape

    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def test_the_page_answers_for_each_rule_and_names_what_none_covers(
    signed_in: Any, filled: dict[str, Any]
) -> None:
    page = signed_in.get("/rules/coverage/")
    assert page.status_code == 200
    words = text_of(page)
    assert "1 of 3 rules is not kept." in words
    assert "1 of 1 entries lacks a fact that the rule asks for; 5% are allowed." in words
    assert words.index("deletes anything") < words.index("changes an invoice"), "worst first"
    assert "No source has ever sent that someone refunds" in words
    assert "What arrives and no rule covers" in words and "Add a rule for this" in words
    html = page.content.decode()
    assert f'href="/rules/{filled["invoices"].pk}/"' in html
    assert "/rules/add/?text=" in html and "/record/?q=" in html


def test_what_a_rule_of_today_covers_is_named_no_more(
    signed_in: Any, book: Any, filled: dict[str, Any]
) -> None:
    begin_rule(book, "Record when someone looks at anything.", verbs=["view"])
    words = text_of(signed_in.get("/rules/coverage/", {"page": "9" * 400}))
    assert "Nothing that arrived from a source in the last 30 days is without a rule." in words


def test_links_lead_to_the_entries_that_are_counted(signed_in: Any, filled: dict[str, Any]) -> None:
    import re
    from html import unescape

    html = signed_in.get("/rules/coverage/").content.decode()
    found = {unescape(url) for url in re.findall(r'href="(/(?:record|rules/add)/\?[^"]+)"', html)}
    assert len(found) >= 5
    for url in sorted(found):
        assert signed_in.get(url).status_code == 200, url


def test_a_period_of_ones_own_is_read_and_one_that_is_none_is_refused(
    signed_in: Any, filled: dict[str, Any]
) -> None:
    page = signed_in.get("/rules/coverage/", {"period": "own", "from": "2026-03-01", "to": "2026-03-31"})
    assert page.status_code == 200 and "1 March 2026 to 31 March 2026" in text_of(page)
    for days in ({"from": "2026-03-09", "to": "2026-03-01"}, {"from": "soon"}, {"from": "0001-01-01"}):
        refused = signed_in.get("/rules/coverage/", {"period": "own", **days})
        assert refused.status_code == 422 and "These days make no period" in text_of(refused)
    for name in ("month", "last-month", "quarter", "last-quarter", "whatever"):
        assert signed_in.get("/rules/coverage/", {"period": name, "page": "7"}).status_code == 200


def test_a_rules_own_page_and_home_say_the_same(signed_in: Any, filled: dict[str, Any]) -> None:
    own = text_of(signed_in.get(f"/rules/{filled['reasons'].pk}/"))
    assert "Did it arrive as it should?" in own and "Facts that entries lack" in own
    assert "1 entry lacks it" in own
    refunds = text_of(signed_in.get(f"/rules/{filled['refunds'].pk}/"))
    assert "What no source sends" in refunds
    home = text_of(signed_in.get("/"))
    assert "Record when someone deletes anything." in home
    assert "1 of 1 entries lacks a fact" in home


def test_without_rules_the_page_says_that_nothing_is_expected(signed_in: Any) -> None:
    words = text_of(signed_in.get("/rules/coverage/"))
    assert "No rule is on, so nothing is expected." in words
    assert "Nothing is refused: what arrives is kept, but nothing is expected." in words


def test_nobody_reads_it_without_signing_in(stranger: Any) -> None:
    assert stranger.get("/rules/coverage/").status_code == 302
