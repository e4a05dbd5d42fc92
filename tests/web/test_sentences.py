"""A sentence as markup: names set apart, before struck out, after set off, nothing of a source's is markup."""

from __future__ import annotations

from indelible.events.event import Event
from indelible.events.sentence import on_screen, tell
from indelible.web.sentences import marked_up
from indelible.web.templatetags.indelible import count, number, size

EVENT: Event = {
    "actor": {"name": "Maria Lopez", "kind": "person"},
    "action": {"verb": "change", "said": "Invoice Edited"},
    "targets": [{"kind": "invoice.sales", "id": "INV-1043", "name": "INV-1043"}],
    "changes": [{"field": "amount", "before": "1,200.00", "after": "12,000.00"}],
    "outcome": "success",
}


def _plain(markup: str) -> str:
    """Take markup and the words for screen readers away."""
    import re
    from html import unescape

    without_hidden = re.sub(r'<span class="vh">.*?</span>', "", markup)
    return unescape(re.sub(r"<[^>]+>", "", without_hidden))


def test_names_before_and_after_are_set_apart() -> None:
    told = marked_up(EVENT)
    assert "<b>Maria Lopez</b>" in told
    assert '<del class="was"><span class="vh">before: </span>1,200.00</del>' in told
    assert '<ins class="now"><span class="vh">after: </span>12,000.00</ins>' in told


def test_the_markup_says_the_sentence_letter_for_letter() -> None:
    assert _plain(marked_up(EVENT)) == on_screen(tell(EVENT), 2_000).text


def test_a_thing_links_to_its_history_only_where_asked() -> None:
    assert "<a " not in marked_up(EVENT)
    linked = marked_up(EVENT, thing_url=lambda kind, ident: f"/things/{kind}/{ident}/")
    assert '<a href="/things/invoice.sales/INV-1043/">' in linked
    assert "<a " not in marked_up(EVENT, thing_url=lambda _kind, _ident: "")


def test_what_a_source_sent_is_never_markup() -> None:
    hostile: Event = {
        "actor": {"name": "<script>alert(1)</script>"},
        "action": {"verb": "change", "said": '"><img src=x>'},
        "targets": [{"kind": "invoice.sales", "id": '"><b>', "name": "<i>x</i>"}],
        "changes": [{"field": "<u>", "before": "<s>", "after": "</ins><script>"}],
        "reason": "<style>",
    }
    told = marked_up(hostile, thing_url=lambda kind, ident: f"/things/{kind}/{ident}/")
    for tag in ("<script", "<img", "<i>", "<u>", "<s>", "<style"):
        assert tag not in told


def test_numbers_for_people_count_from_one_and_have_separators() -> None:
    assert number(42_816) == "42,817"
    assert count(1_000_000) == "1,000,000"
    assert [size(n) for n in (1, 999, 1_000, 412_000, 1_300_000)] == [
        "1 byte",
        "999 bytes",
        "1.0 KB",
        "412 KB",
        "1.3 MB",
    ]
