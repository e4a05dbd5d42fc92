"""Who may do what: every address of the project is walked, so that a new one without a guard does not go unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.features.people.test_accounts import text_of

# What strangers reach, on purpose.
PUBLIC = {
    "web:help", "web:words", "web:keys",
    "account_login", "account_logout", "account_inactive", "people:link",
    "setup:start", "setup:who",
    "packs:verify", "sources:in", "sources:None",
    # By the link of an outsider, for the steps of one run alone.
    "runbooks:guest-link", "runbooks:guest-run", "runbooks:guest-leave", "runbooks:guest-step", "runbooks:guest-sign",
    "runbooks:guest-leave-step", "runbooks:guest-file", "runbooks:guest-rows", "runbooks:guest-row",
    # By the secret address of somebody's calendar: titles of what is due.
    "runbooks:feed",
}  # fmt: skip
# Programs show a connection password there; people do not sign in.
OTHER_FACES = ("api:",)
# What everybody who is signed in may send, since it changes nothing but what is their own, or only looks.
EVERYBODY_SENDS = {
    "record:check", "record:check_these", "packs:download",
    "seals:check_now", "seals:stop", "seals:go_on", "seals:receipt", "seals:compare", "seals:minutes",
    "seals:minutes_of", "people:request_withdraw", "settings:yours", "account_change_password",
}  # fmt: skip
SENDS = {
    "entries.write": {"record:add", "record:draft", "record:draft_check", "record:draft_throw_away", "record:correct",
                      "record:note"},
    "files.upload": {"sources:upload", "sources:held", "sources:piece-begin", "sources:piece", "sources:piece-finish",
                     "sources:piece-cancel", "sources:piece-forget", "sources:columns", "sources:preview",
                     "sources:how-read", "sources:stop", "sources:resume", "sources:mistake"},
    "sources.explain": {"sources:gap", "sources:quiet", "sources:quiet-withdraw", "sources:total", "sources:numbers",
                        "sources:totals"},
    "packs.make": {"packs:new", "packs:hide", "packs:check", "packs:stop", "packs:again", "packs:handed_to",
                   "packs:delete"},
    "requests.decide": {"people:request_approve", "people:request_send_back"},
    "sources.manage": {"sources:add", "sources:connect", "sources:change", "sources:pause", "sources:go-on",
                       "sources:end", "sources:match", "sources:look", "sources:rename", "sources:password",
                       "sources:password-end", "sources:expected", "sources:hook-secret", "sources:lines-announce",
                       "sources:lines-switch", "sources:mailbox-try", "sources:mailbox-try-form",
                       "sources:mailbox-try-source", "sources:bucket-try", "sources:bucket-try-form",
                       "sources:bucket-try-source"},
    "keys.manage": {"seals:add_witness", "seals:end_witness", "seals:add_authority", "seals:end_authority",
                    "seals:send_now", "seals:difference", "seals:receipts", "seals:receipt_send", "seals:receipt_end",
                    "seals:door_open", "seals:door_close", "seals:drills", "seals:key_rotate", "seals:key_finish",
                    "seals:key_revoke", "seals:key_sheet"},
    "people.manage": {"people:invite", "people:invitation_withdraw", "people:change_role", "people:password_link",
                      "people:end_access", "people:add", "people:join", "people:paste", "people:change",
                      "people:left", "people:end", "people:withdraw", "people:groups", "people:member_add",
                      "people:group_rename", "people:group_end", "people:member_end", "people:member_withdraw"},
    "runs.start": {"runbooks:start-of"},
    "steps.do": {"runbooks:step", "runbooks:sign", "runbooks:leave", "runbooks:override", "runbooks:rows",
                 "runbooks:paper", "runbooks:pause", "runbooks:go-on", "runbooks:end", "runbooks:late",
                 "runbooks:clock", "runbooks:role"},
    "settings.change": {"settings:organisation", "settings:office", "settings:holidays", "settings:add_days",
                        "settings:remove_day", "settings:mail", "settings:test_mail", "settings:forget_mail",
                        "setup:name", "setup:first"},
}  # fmt: skip
ARGUMENTS = {
    "int": "1",
    "slug": "x",
    "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
    "str": "x",
    "path": "x",
}


def addresses() -> Iterator[tuple[str, str, Any]]:
    """Give name, path with its gaps filled, and view of every address there is."""
    from django.urls import URLResolver, get_resolver

    def walk(patterns: Any, before: str, space: str) -> Iterator[tuple[str, str, Any]]:
        for each in patterns:
            path = before + str(each.pattern)
            if isinstance(each, URLResolver):
                inner = f"{space}{each.namespace}:" if each.namespace else space
                yield from walk(each.url_patterns, path, inner)
            else:
                filled = re.sub(r"<(?:(\w+):)?\w+>", lambda gap: ARGUMENTS[gap[1] or "str"], path)
                yield f"{space}{each.name}", f"/{filled}", each.callback

    for name, path, view in walk(get_resolver().url_patterns, "", ""):
        if not name.startswith(OTHER_FACES):
            yield name, path, view


def test_every_address_is_public_on_purpose_or_behind_a_guard() -> None:
    from indelible.features.people.access import WORDS

    for name, path, view in addresses():
        if name in PUBLIC:
            assert view.login_required is False, name
        else:
            assert getattr(view, "login_required", True), f"{name} is open to strangers"
            assert getattr(view, "needs", None) in WORDS, (
                f"{name} ({path}) has no guard: put @needs(...) before it"
            )


def test_what_is_sent_needs_what_the_table_says() -> None:
    wanted = {name: act for act, names in SENDS.items() for name in names}
    found = {name: view.needs for name, _path, view in addresses() if name not in PUBLIC}
    assert {name: found.get(name) for name in wanted} == wanted


def test_a_reviewer_can_send_nothing_that_their_role_does_not_include(chloe: Any, browser_of: Any) -> None:
    from indelible.features.people.access import may

    browser: Client = browser_of(chloe)
    browser.raise_request_exception = False
    free = set()
    for name, path, view in addresses():
        if name in PUBLIC:
            continue
        status = browser.post(path).status_code
        if not may(chloe, view.needs):
            assert status == 403, f"{name}: {status}"
        elif view.needs in ("record.read", "own.change") and status != 405:
            free.add(name)
    unknown = {
        name for name in free if name.split(":")[0] in ("people", "settings", "seals", "packs", "home")
    }
    assert unknown <= EVERYBODY_SENDS


def test_a_stranger_is_led_to_the_sign_in_everywhere(ana: Any, stranger: Client) -> None:
    for name, path, _view in addresses():
        if name in PUBLIC:
            continue
        for answer in (stranger.get(path), stranger.post(path)):
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith("/account/sign-in/"), name


def test_what_no_guard_stands_before_is_for_owners(ana: Any, ben: Any, rf: Any) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpResponse

    from indelible.features.people.access import needs
    from indelible.features.people.middleware import DenyFirst

    def view(request: Any) -> HttpResponse:
        return HttpResponse()

    guard = DenyFirst(view)
    for user, method, refused in ((ben, "POST", True), (ben, "GET", False), (ana, "POST", False)):
        request = rf.generic(method, "/")
        request.user = user
        answer = guard.process_view(request, view, (), {})
        assert (answer is not None and answer.status_code == 403) is refused
    request = rf.post("/")
    request.user = AnonymousUser()
    assert guard.process_view(request, view, (), {}) is None  # led to the sign-in
    request.user = ben
    assert guard.process_view(request, needs("record.read")(view), (), {}) is None


@pytest.mark.parametrize("role", ["owner", "member", "reviewer", "", "admin"])
def test_a_role_may_what_the_table_says_and_an_ended_account_nothing(role: str) -> None:
    from indelible.features.people.access import ACTS, WORDS, may
    from indelible.features.people.models import User

    user = User(email="x@example.org", name="X", role=role)
    assert {act for act in WORDS if may(user, act)} == set(ACTS.get(role, ()))
    assert not may(user, "no such act")
    user.is_active = False
    assert not any(may(user, act) for act in WORDS)


def test_pages_offer_nothing_that_would_be_refused(chloe: Any, browser_of: Any) -> None:
    browser = browser_of(chloe)
    for path in ("/", "/record/", "/sources/", "/seals/", "/seals/key/", "/packs/", "/people/", "/people/names/",
                 "/people/groups/", "/settings/", "/seals/log/", "/seals/receipts/", "/drills/"):  # fmt: skip
        page = browser.get(path)
        assert page.status_code == 200, path
        main = page.content.decode().partition("<main")[2]
        links = set(re.findall(r'(?:href|action)="(/[^"#?]*)', main))
        refused = {link for link in links if browser.get(link).status_code == 403}
        assert not refused, f"{path} leads to {refused}: {text_of(page)[:200]}"


def test_the_guide_shows_the_table_as_it_is() -> None:
    from pathlib import Path

    from indelible.features.people.access import ACTS, WORDS

    page = (Path(__file__).parents[3] / "docs" / "guide" / "people.md").read_text(encoding="utf-8")
    rows = [line.strip("| \n").split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    told = {row[0]: dict(zip(("owner", "member", "reviewer"), row[1:], strict=True)) for row in rows}
    folded = {
        "rules.change": "change what we record, and alarms",
        "alarms.manage": "change what we record, and alarms",
    }
    for act, words in WORDS.items():
        if act == "own.change":
            continue  # everybody's own affair
        expected = {role: "yes" if act in ACTS[role] else "no" for role in ("owner", "member", "reviewer")}
        assert told[folded.get(act, words)] == expected, act
