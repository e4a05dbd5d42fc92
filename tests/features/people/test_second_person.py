"""A second person: what is asked, who may sign it, and that nobody signs their own work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.features.conftest import PASSWORD

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture
def done(ana: Any) -> Iterator[list[tuple[Any, Any]]]:
    """What was carried out of a kind that these tests register: the facts, and who signed."""
    from indelible.features.people.second import services

    carried: list[tuple[Any, Any]] = []

    def carry_out(request: Any, by: Any, context: Any) -> None:
        if request.facts.get("stale"):
            raise services.SecondRefused("second-changed-meanwhile", what="Rule 3 was changed.")
        carried.append((request.facts, by))

    kind = services.Kind(
        "test.act",
        "A change of a test",
        lambda user: True,
        carry_out,
        lambda request: [services.Line("amount", "5,000 EUR", str(request.facts.get("amount", "")))],
    )
    with services.registered(kind):
        yield carried


@pytest.fixture
def ask(ana: Any, done: Any) -> Callable[..., Any]:
    """A function with which Ana, or somebody else, asks for a second person."""
    from indelible.features.people.second import services

    def asked(by: Any = None, about: str = "", reason: str = "", **facts: object) -> Any:
        return services.ask(
            "test.act", "let it be 9,000 EUR", facts, by or ana, {}, about=about, reason=reason
        )

    return asked


def refusal_of(act: Callable[..., Any], *args: Any) -> str:
    from indelible.features.people.second.services import SecondRefused

    with pytest.raises(SecondRefused) as refusal:
        act(*args)
    return refusal.value.code


def test_nothing_happens_until_another_person_signs(
    ask: Any, done: Any, chloe: Any, browser_of: Any, sentences: Callable[[], list[str]]
) -> None:
    row = ask(amount="9,000 EUR", reason="Prices rose")
    browser = browser_of(chloe)
    assert done == []
    assert "Ana Ruiz asks you to agree: let it be 9,000 EUR" in browser.get("/").content.decode()
    page = browser.get(f"/people/waiting/{row.pk}/").content.decode()
    for told in ("A change of a test", "Prices rose", "5,000 EUR", "9,000 EUR", "Approve and sign"):
        assert told in page
    answer = browser.post(f"/people/waiting/{row.pk}/approve/", {"password": PASSWORD}, follow=True)
    assert "Signed and done" in answer.content.decode()
    assert done == [({"amount": "9,000 EUR"}, chloe)]
    told = sentences()
    assert "Ana Ruiz asked for a second person: let it be 9,000 EUR: “Prices rose”" in told
    number = told.index("Ana Ruiz asked for a second person: let it be 9,000 EUR: “Prices rose”") + 1
    assert f"Chloe Martin approved what Ana Ruiz asked for in entry {number}: let it be 9,000 EUR" in told
    again = browser.post(f"/people/waiting/{row.pk}/approve/", {"password": PASSWORD})
    assert again.headers["Location"] == f"/people/waiting/{row.pk}/"
    assert len(done) == 1


def test_nobody_signs_their_own_work_also_by_crafted_post(
    ask: Any, done: Any, chloe: Any, signed_in: Client
) -> None:
    row = ask()
    page = signed_in.get(f"/people/waiting/{row.pk}/").content.decode()
    assert "Approve and sign" not in page
    assert "Chloe Martin can sign it." in page
    answer = signed_in.post(f"/people/waiting/{row.pk}/approve/", {"password": PASSWORD})
    assert answer.status_code == 403
    told = answer.content.decode()
    assert "Someone else must sign this" in told
    assert "Chloe Martin can sign it." in told
    assert signed_in.post(f"/people/waiting/{row.pk}/send-back/", {"back-reason": "No"}).status_code == 403
    row.refresh_from_db()
    assert (row.state, done) == ("open", [])


@pytest.mark.parametrize("how", ["plus", "account", "login"])
def test_a_second_account_of_the_same_person_is_nobody_else(
    ask: Any, done: Any, account: Any, ana: Any, how: str
) -> None:
    from indelible.features.people.models import KnownPerson
    from indelible.features.people.names import joining
    from indelible.features.people.second import services

    other = account(
        "A. Ruiz", "owner", "ana+2@northwind.example" if how == "plus" else "private@mail.example"
    )
    row = ask()
    if how != "plus":
        assert services.may_decide(row, other)
        email = other.email if how == "account" else ""
        known = KnownPerson.objects.create(name="Ana Ruiz", account=ana, email=email)
        if how == "login":
            joining.join(known, joining.Said(other.email.upper()), ana, {})
    assert not services.may_decide(row, other)
    assert services.deciders(row) == []
    assert refusal_of(services.approve, row, other, {}) == "second-own-work"
    assert done == []


def test_a_member_cannot_sign_and_the_attempt_is_recorded_once(
    ask: Any, ben: Any, browser_of: Any, sentences: Callable[[], list[str]]
) -> None:
    row = ask()
    browser = browser_of(ben)
    assert "Approve and sign" not in browser.get(f"/people/waiting/{row.pk}/").content.decode()
    for _time in range(3):
        answer = browser.post(f"/people/waiting/{row.pk}/approve/", {"password": PASSWORD})
        assert answer.status_code == 403
    told = answer.content.decode()
    assert "Your role does not include this" in told
    assert "Ask Ana Ruiz if you need it." in told
    tried = [one for one in sentences() if "tried to" in one]
    assert tried == [
        "Ben Osei tried to approve or send back what others ask a second person for, which their role does not "
        "include, and was refused"
    ]


def test_what_changed_meanwhile_is_told_and_leaves_nothing_behind(
    ask: Any, done: Any, ana: Any, chloe: Any, browser_of: Any, sentences: Callable[[], list[str]]
) -> None:
    row = ask(stale=True)
    before = len(sentences())
    answer = browser_of(chloe).post(f"/people/waiting/{row.pk}/approve/", {"password": PASSWORD})
    assert answer.status_code == 409
    assert "Rule 3 was changed. Nothing was signed" in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, done, len(sentences())) == ("open", [], before)
    ana.is_active = False
    ana.save()
    answer = browser_of(chloe).post(f"/people/waiting/{row.pk}/approve/", {"password": PASSWORD})
    assert "Whoever asked for it can no longer sign in." in answer.content.decode()


def test_what_is_approved_is_what_was_asked(ask: Any, done: Any, chloe: Any) -> None:
    from indelible.features.people.models import Request
    from indelible.features.people.second import services

    row = ask(amount="9,000 EUR")
    Request.objects.filter(pk=row.pk).update(facts={"amount": "90,000 EUR"})
    assert refusal_of(services.approve, row.pk, chloe, {}) == "second-differs"
    assert done == []


def test_sending_back_needs_a_reason_and_tells_it(
    ask: Any, done: Any, chloe: Any, browser_of: Any, signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    row = ask()
    browser = browser_of(chloe)
    assert browser.post(f"/people/waiting/{row.pk}/send-back/", {"back-reason": " "}).status_code == 422
    browser.post(f"/people/waiting/{row.pk}/send-back/", {"back-reason": "Too much"})
    assert any(
        one.startswith("Chloe Martin sent back") and one.endswith(": “Too much”") for one in sentences()
    )
    assert "“Too much”" in signed_in.get(f"/people/waiting/{row.pk}/").content.decode()
    assert done == []


def test_whoever_asked_can_withdraw_and_nobody_else(ask: Any, chloe: Any, signed_in: Client) -> None:
    from indelible.features.people.second import services

    row = ask(about="rule 3")
    assert refusal_of(services.withdraw, row, chloe) == "second-not-asked-by-you"
    signed_in.post(f"/people/waiting/{row.pk}/withdraw/")
    assert refusal_of(services.approve, row, chloe, {}) == "second-decided"
    assert ask(about="rule 3").pk != row.pk


def test_one_thing_is_asked_once_at_a_time(ask: Any, ana: Any) -> None:
    from indelible.features.people.second import services

    ask(about="rule 3")
    with pytest.raises(services.SecondRefused) as refusal:
        ask(about="rule 3")
    assert refusal.value.code == "second-asked-already"
    ask(about="rule 4")


def test_after_three_wrong_passwords_sign_offs_pause(
    ask: Any, done: Any, chloe: Any, browser_of: Any, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.people.second import password

    row, browser = ask(), browser_of(chloe)
    pages = [
        browser.post(f"/people/waiting/{row.pk}/approve/", {"password": typed}).content.decode()
        for typed in ("wrong", "wrong again", "once more", PASSWORD)
    ]
    assert "After 2 more wrong tries" in pages[0]
    assert "After 1 more wrong try " in pages[1]
    for page in pages[2:]:
        assert "Sign-offs pause. The password did not fit three times." in page
    assert done == []
    assert [one for one in sentences() if "pause" in one] == [
        "Sign-offs of Chloe Martin pause after 3 passwords that did not fit"
    ]
    later = datetime.now(UTC) + timedelta(minutes=16)
    assert password.check(chloe, PASSWORD, {}, now=later) is None


def test_those_who_can_decide_are_told_by_mail_without_a_link(
    ask: Any, chloe: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.people.second import jobs
    from indelible.features.settings import mail

    sent: list[Any] = []
    row = ask()
    assert jobs.mail_deciders.func(row.pk) == 0  # no mail is set up
    settings.INDELIBLE_MAIL = "smtp://localhost:25/?tls=none"
    settings.INDELIBLE_MAIL_FROM = "Indelible <audit@northwind.example>"
    monkeypatch.setattr(mail, "send", lambda server, message: sent.append(message))
    assert jobs.mail_deciders.func(row.pk) == 1
    assert sent[0].to == ["chloe@northwind.example"]
    assert "let it be 9,000 EUR" in sent[0].body
    assert "http" not in sent[0].body
