"""The pages about rules, as plain links and forms: what they ask, show and refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests.features.rules.conftest import INVOICES

Wish = Callable[..., Any]


def text_of(answer: Any) -> str:
    """Return what a page says, without markup."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def field(answer: Any, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found is not None, name
    return unescape(found[1])


def checked(client: Client, text: str, **more: str) -> Any:
    """Say a rule and go on to the page that checks it."""
    answer = client.get("/rules/add/", {"text": text, "read_from": "", "go": "check", **more}, follow=True)
    assert "Check what will be recorded" in text_of(answer), text_of(answer)
    return answer


@pytest.fixture
def rule(book: Any, by: Any, wanted: Wish) -> Any:
    """A rule on sales invoices."""
    from indelible.features.rules import services

    return services.add(book, [wanted(INVOICES)], by)[0]


def test_without_a_rule_the_page_says_that_nothing_is_expected(signed_in: Client) -> None:
    told = text_of(signed_in.get("/rules/"))
    assert "Nothing is refused: what arrives is kept, but nothing is expected." in told
    assert "Every change of a source or a rule" in told


def test_a_rule_is_said_checked_and_recorded_by(signed_in: Client, happen: Callable[..., Any]) -> None:
    happen()
    happen("delete")
    looked = signed_in.get("/rules/add/", {"text": INVOICES, "go": "look"})
    assert "We understood: Record" in text_of(looked)
    page = checked(signed_in, INVOICES)
    told = text_of(page)
    assert "In the last 30 days this would have recorded 1 entry." in told
    assert "Maria Lopez changed sales invoice INV-1043" in told
    sent = {"wanted": field(page, "wanted"), "once": field(page, "once")}
    recorded = signed_in.post("/rules/check/", sent, follow=True)
    assert "This is recorded from now on, as rule" in recorded.content.decode()
    assert "Version 1" in text_of(recorded)
    again = signed_in.post("/rules/check/", sent, follow=True)
    assert again.status_code == 200 and "1 rule." in text_of(again)
    assert len(happen()) == 1


def test_what_is_near_but_not_caught_is_shown(signed_in: Client, happen: Callable[..., Any]) -> None:
    happen(actor={"name": "Nightly job", "kind": "service"})
    happen()
    page = signed_in.get("/rules/add/", {"text": INVOICES, "go": "look"})
    assert page.status_code == 200
    page = checked(signed_in, INVOICES, **{**parts_of(page), "who": "kind=person", "read_from": INVOICES})
    told = text_of(page)
    assert "would have recorded 1 entry." in told
    assert "Without “a person” it would have recorded 1 more." in told
    assert "Nightly job changed sales invoice INV-1043" in told


def test_a_rule_that_would_have_recorded_nothing_shows_what_is_nearest(
    signed_in: Client, happen: Callable[..., Any]
) -> None:
    happen("delete")
    told = text_of(checked(signed_in, INVOICES))
    assert "In the last 30 days this would have recorded nothing." in told
    assert "Without “changes” it would have recorded 1 more." in told


def parts_of(page: Any) -> dict[str, Any]:
    """Return what the boxes and lists of a page hold, as a browser would send it."""
    html = page.content.decode()
    ticked = re.findall(r'<input type="checkbox" name="(\w+)" value="([^"]*)"[^>]* checked', html)
    sent: dict[str, Any] = {}
    for name, value in ticked:
        sent.setdefault(name, []).append(unescape(value))
    for name, inside in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        sent[name] = unescape(chosen[1]) if chosen else ""
    return sent


def test_parts_can_be_chosen_differently(signed_in: Client) -> None:
    page = signed_in.get("/rules/add/", {"text": INVOICES})
    sent = {
        **parts_of(page),
        "text": INVOICES,
        "read_from": INVOICES,
        "verbs": ["change", "delete"],
        "if_fact": "amount",
        "if_op": ">",
        "if_value": "5000",
        "if_unit": "EUR",
        "keep": "P7Y",
        "go": "check",
    }
    told = text_of(signed_in.get("/rules/add/", sent, follow=True))
    assert "deletes" in told and "5" in told and "EUR" in told
    short = {**sent, "if_value": ""}
    refused = signed_in.get("/rules/add/", short)
    assert refused.status_code == 422
    assert "Say with what it is compared" in text_of(refused)


def test_words_that_changed_are_read_anew(signed_in: Client) -> None:
    sent = {"text": "every deletion of a price", "read_from": INVOICES, "verbs": ["change"], "go": "look"}
    html = signed_in.get("/rules/add/", sent).content.decode()
    assert re.search(r'value="delete"[^>]* checked', html)
    assert not re.search(r'value="change"[^>]* checked', html)


def test_an_unknown_word_is_named_and_may_be_a_thing_of_ours(signed_in: Client) -> None:
    said = "every change of a greenhouse tray"
    page = signed_in.get("/rules/add/", {"text": said, "go": "check"})
    assert page.status_code == 422
    assert "We do not know “" in text_of(page)
    link = re.search(r'href="(/rules/things/add/[^"]+)"', page.content.decode())
    assert link is not None
    form = signed_in.get(unescape(link[1]))
    sent = {
        "name": "greenhouse tray",
        "plural": "greenhouse trays",
        "also": "seed tray",
        "category": "place",
        "back": field(form, "back"),
    }
    back = signed_in.post("/rules/things/add/", sent, follow=True)
    assert "We understood: Record" in text_of(back)
    assert "greenhouse tray" in text_of(signed_in.get("/rules/things/"))
    outside = signed_in.post(
        "/rules/things/add/",
        {**sent, "name": "pot", "plural": "", "also": "", "back": "//evil.example/rules/"},
    )
    assert outside.headers["Location"] == "/rules/things/"


def test_a_question_has_its_answers_as_choices(signed_in: Client) -> None:
    page = signed_in.get("/rules/add/", {"text": "who turned the alarm off", "go": "check"})
    assert page.status_code == 422
    choices = re.findall(r'type="radio" name="answer" value="([^"]+)"', page.content.decode())
    assert len(choices) >= 2
    answered = signed_in.get(
        "/rules/add/", {"text": "who turned the alarm off", "answer": unescape(choices[0]), "go": "answer"}
    )
    assert "Continue to check" in text_of(answered)


def test_what_was_not_said_here_is_not_recorded(signed_in: Client) -> None:
    for sent in ({}, {"wanted": "x"}, {"wanted": "eyJ4IjoxfQ:1:2"}):
        assert signed_in.get("/rules/check/", sent).status_code == 400
        assert signed_in.post("/rules/check/", sent).status_code == 400


def test_no_odd_words_or_choices_make_a_page_fail(signed_in: Client) -> None:
    odd = [
        "",
        " ",
        "\x00",
        "a" * 5_000,
        "“”‘’\"'",
        "every " * 300,
        "‮every change of a price",
        "%s {x} {{ y }}",
    ]
    for text in odd:
        for go in ("look", "check", "answer"):
            assert signed_in.get("/rules/add/", {"text": text, "go": go}).status_code in (200, 422), text
    chosen = {
        "text": INVOICES,
        "read_from": INVOICES,
        "verbs": ["nonsense"],
        "who": "group=",
        "pieces": ["where:99"],
        "about": "-1",
        "mark_0": "x",
        "if_fact": "\x00",
        "go": "check",
    }
    for name in chosen:
        alone = {"text": INVOICES, "read_from": INVOICES, "go": "check", name: chosen[name]}
        assert signed_in.get("/rules/add/", alone).status_code in (200, 302, 422), name
    for query in ("seen=x", "ready=NONE", "ready=FIN-01&text=", "answer=x&go=answer"):
        assert signed_in.get(f"/rules/add/?{query}").status_code in (200, 422), query
    assert signed_in.get("/rules/999999999999999999999/").status_code == 404


def test_a_pack_is_added_at_once(signed_in: Client) -> None:
    assert "First week" in text_of(signed_in.get("/rules/ready/"))
    page = signed_in.get("/rules/ready/first-week/")
    names = re.findall(r'name="rule" value="([A-Z]+-\d+)" checked', page.content.decode())
    assert len(names) == 10
    check = signed_in.get("/rules/ready/check/", {"rule": names})
    assert "Record these 10 rules from now on" in text_of(check)
    assert "Not checked, since no event tells it: the person is a leaver." in text_of(check)
    sent = {"rule": names, "once": field(check, "once")}
    added = signed_in.post("/rules/ready/check/", sent, follow=True)
    assert "10 rules." in text_of(added) and "Finance" in text_of(added)
    assert "All of these are added." in text_of(signed_in.get("/rules/ready/first-week/"))
    found = text_of(signed_in.get("/rules/", {"q": "fin-01"}))
    assert "1 of 10 rules." in found
    assert signed_in.get("/rules/ready/nonsense/").status_code == 404


def test_a_ready_rule_can_be_changed_before_it_is_added(signed_in: Client) -> None:
    page = signed_in.get("/rules/add/", {"ready": "CUS-01"})
    html = page.content.decode()
    assert re.search(r'value="where:0"[^>]* checked', html)
    told = text_of(checked(signed_in, field(page, "read_from"), ready="CUS-01"))
    assert "row count" in told


def test_a_rule_is_changed_on_its_page(signed_in: Client, rule: Any) -> None:
    page = signed_in.get(f"/rules/{rule.pk}/change/")
    assert field(page, "seen") == "1"
    sent = {"text": "every deletion of a sales invoice", "seen": "1", "go": "check"}
    check = signed_in.get(f"/rules/{rule.pk}/change/", sent, follow=True)
    assert "What changes" in text_of(check)
    form = {name: field(check, name) for name in ("wanted", "once", "rule", "seen")}
    done = signed_in.post("/rules/check/", {**form, "reason": "Only these matter"}, follow=True)
    assert "as version 2" in done.content.decode()
    for _press in range(2):
        late = signed_in.post("/rules/check/", {**form, "once": "another-token-of-16"})
        assert late.status_code == 409
    assert f"Rule {rule.pk} was changed meanwhile" in late.content.decode()


def test_a_rule_is_switched_off_and_on(signed_in: Client, rule: Any) -> None:
    page = signed_in.get(f"/rules/{rule.pk}/off/")
    assert signed_in.post(f"/rules/{rule.pk}/off/", {"seen": "1"}).status_code == 422
    sent = {"seen": "1", "reason": "We sold the shop", "once": field(page, "once")}
    told = text_of(signed_in.post(f"/rules/{rule.pk}/off/", sent, follow=True))
    assert "This rule is switched off" in told and "We sold the shop" in told
    assert "Switched off" in text_of(signed_in.get("/rules/", {"state": "off"}))
    signed_in.post(f"/rules/{rule.pk}/on/", {"seen": "1"})
    assert "This rule is switched off" not in text_of(signed_in.get(f"/rules/{rule.pk}/"))


def test_a_change_that_needs_two_waits_on_the_page(signed_in: Client, rule: Any, ben: Any) -> None:
    signed_in.post("/rules/second-person/", {"always": "yes"})
    assert "Every change of a rule needs a second person" in text_of(signed_in.get("/rules/"))
    sent = {"seen": "1", "reason": "We sold the shop"}
    told = text_of(signed_in.post(f"/rules/{rule.pk}/off/", sent, follow=True))
    assert "A change of this rule waits for a second person." in told
    assert "This rule is switched off" not in told
    signed_in.post("/rules/second-person/", {})
    assert "Every change of a rule needs a second person" in text_of(signed_in.get("/rules/"))


def test_rule_0_is_shown_and_cannot_be_changed(signed_in: Client) -> None:
    assert "nobody can switch it off" in text_of(signed_in.get("/rules/0/"))
    for act in ("change", "off"):
        assert signed_in.get(f"/rules/0/{act}/").status_code == 404
    assert signed_in.post("/rules/0/on/").status_code == 404


def test_who_may_not_change_rules_can_look_only(rule: Any, ben: Any) -> None:
    ben.role = "member"
    ben.save()
    client = Client(SERVER_NAME="localhost")
    client.force_login(ben)
    for path in ("/rules/", f"/rules/{rule.pk}/", "/rules/ready/", "/rules/ready/soc-2/", "/rules/things/"):
        assert client.get(path).status_code == 200, path
    for path in ("/rules/add/", "/rules/check/", f"/rules/{rule.pk}/off/", "/rules/things/add/"):
        assert client.get(path).status_code == 403, path
    for path in ("/rules/check/", f"/rules/{rule.pk}/on/", "/rules/second-person/", "/rules/ready/check/"):
        assert client.post(path).status_code == 403, path


def test_nobody_else_sees_anything(rule: Any) -> None:
    stranger = Client(SERVER_NAME="localhost")
    for path in ("/rules/", f"/rules/{rule.pk}/", f"/rules/add/?text={quote(INVOICES)}"):
        assert stranger.get(path).status_code == 302, path


def test_a_group_or_system_that_nobody_told_us_of_is_named_before_and_after(
    signed_in: Client, book: Any, by: Any
) -> None:
    said = "Record every change to a supplier in NetSuite made by anyone outside Finance"
    page = checked(signed_in, said)
    told = text_of(page)
    assert (
        "We know nobody in “Finance” yet. Until you name its people, everybody counts as outside it." in told
    )
    assert "No source of ours is called “NetSuite” yet." in told
    form = {"wanted": field(page, "wanted"), "once": field(page, "once")}
    rule = signed_in.post("/rules/check/", form, follow=True)
    assert "We know nobody in “Finance” yet." in text_of(rule)
    assert "Make a pack of everything under it" in text_of(rule)


def test_a_group_whose_people_are_known_needs_no_word(signed_in: Client, book: Any, by: Any) -> None:
    from indelible.features.rules.names import unknown_names
    from indelible.language.pattern import Pattern, Who
    from indelible.language.world import Member, World

    world = World(groups={"Finance": (Member("maria"),), "Empty": ()}, systems=("Xero of Northwind",))
    known = Pattern.of(who=[Who(group="finance")], systems=["Xero", "7"], not_who=[Who(name="Tom")])
    assert unknown_names(known, world) == []
    assert len(unknown_names(Pattern.of(not_who=[Who(group="Empty")]), world)) == 1
