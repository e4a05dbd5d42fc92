"""Somebody without an account reaches their steps of one run by their link, and nothing else whatever they try."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.features.conftest import PASSWORD
from tests.features.people.test_access import PUBLIC, addresses
from tests.features.runbooks.runs.conftest import Browser
from tests.features.runbooks.runs.test_pages import at, do_until_approval, step, text_of

As = Callable[[str], Browser]


@pytest.fixture
def invited(run: Any, as_: As) -> tuple[str, str]:
    """The link and the PIN of Ingrid, who fills the role of the head."""
    ana = as_("ana")
    page = ana.send(
        f"/runs/{run.pk}/roles/head/",
        200,
        do="invite",
        **{"guest-name": "Ingrid Holm", "guest-email": "ingrid@holm.example"},
    )
    link = re.search(r'id="link">http://localhost(/runs/guest/[^<]+)<', page)
    pin = re.search(r'id="pin">([\d ]+)<', page)
    assert link and pin
    assert pin[1] not in ana.see(f"/runs/{run.pk}/roles/head/")  # shown once
    return link[1], pin[1]


def test_an_outsider_signs_with_the_pin_and_each_use_is_recorded(
    run: Any, as_: As, invited: tuple[str, str], sentences: Callable[[], list[str]]
) -> None:
    link, pin = invited
    do_until_approval(run, as_)
    guest = Browser(SERVER_NAME="localhost")
    answer = guest.get(link)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Location"] == "/runs/guest/"  # the key leaves the address at once
    first = guest.get("/runs/guest/")
    assert first.headers["Referrer-Policy"] == "same-origin" and "no-store" in first.headers["Cache-Control"]
    page = text_of(first.content.decode())
    assert "Ana Ruiz asks you for your part in this." in page and "4. Approve the change" in page
    assert "Call the supplier back" not in page
    assert 'id="menu"' not in first.content.decode()
    signing = "/runs/guest/steps/approve/sign/"
    covered = guest.see(signing)
    assert "Number called +44 20 7946 0000" in text_of(covered)
    assert "/record/" not in covered
    wrong = "000000" if pin.replace(" ", "") != "000000" else "111111"
    refused = text_of(guest.send(signing, 422, do="sign", secret=wrong))
    assert "The PIN does not fit. Nothing is signed." in refused and "After 4 more wrong tries" in refused
    guest.send(signing, do="sign", secret=pin)
    assert step(run, "approve").state == "signed"
    assert "There is nothing for you to do now." in guest.see("/runs/guest/")  # it waits
    told = sentences()
    assert any("Ingrid Holm signed" in one for one in told)
    assert any("Ingrid Holm" in one and "link" in one for one in told[:-1])
    guest.post("/runs/guest/leave/")
    guest.see("/runs/guest/", 403)


def test_nothing_else_is_reachable_with_a_link(run: Any, as_: As, invited: tuple[str, str]) -> None:
    guest = Browser(SERVER_NAME="localhost")
    guest.get(invited[0])
    for name, path, view in addresses():
        if name in PUBLIC or not getattr(view, "login_required", True):
            continue  # what strangers reach as well
        for answer in (guest.get(path), guest.post(path)):
            assert answer.status_code == 302, (name, answer.status_code)
            assert answer.headers["Location"].startswith("/account/sign-in/"), name
    for key in ("request", "look", "call_back", "none"):
        for more in ("", "sign/", "leave/", "files/1/", "list/1/", "list/1/1/"):
            for answer in (
                guest.get(f"/runs/guest/steps/{key}/{more}"),
                guest.post(f"/runs/guest/steps/{key}/{more}"),
            ):
                assert answer.status_code in (404, 405), (key, more, answer.status_code)
    assert text_of(guest.see("/runs/guest/steps/approve/")).count("It is not its turn yet.") == 1
    assert "is for a step before" not in guest.see("/runs/guest/")


def test_a_link_ends_by_itself_and_guessing_is_slowed(run: Any, as_: As, invited: tuple[str, str]) -> None:
    from datetime import UTC, datetime

    from indelible.features.runbooks.models import Outsider

    guest = Browser(SERVER_NAME="localhost")
    guest.get(invited[0])
    guest.see("/runs/guest/")
    ends_at = Outsider.objects.get().ends_at
    Outsider.objects.update(ends_at=datetime.now(UTC))
    assert "This link opens nothing" in guest.see("/runs/guest/", 403)
    Outsider.objects.update(ends_at=ends_at)
    guest.see("/runs/guest/")
    ana = as_("ana")
    ana.send(f"/runs/{run.pk}/roles/head/", do="end", reason="Not needed")
    assert "This link opens nothing" in guest.see("/runs/guest/", 403)
    for _try in range(20):
        guest.get("/runs/guest/" + "x" * 40 + "/")
        last = guest.get("/runs/guest/")
    assert last.status_code == 429


def test_whoever_is_in_the_run_already_is_no_outsider(run: Any, as_: As) -> None:
    sent = {"guest-name": "B. O.", "guest-email": "ben+x@northwind.example"}
    page = as_("ana").send(f"/runs/{run.pk}/roles/head/", 422, do="invite", **sent)
    assert "Clerk A" in text_of(page)
    assert as_("ben").post(at(run, "request", "sign/"), {"secret": PASSWORD}).status_code == 409


def test_whoever_ends_a_run_by_their_link_hears_that_it_ended(
    run: Any, as_: As, invited: tuple[str, str]
) -> None:
    from indelible.features.runbooks.models import RunStep, StepState

    do_until_approval(run, as_)
    RunStep.objects.filter(run=run, key__in=("wait", "release")).update(state=StepState.PASSED_OVER)
    guest = Browser(SERVER_NAME="localhost")
    guest.get(invited[0])
    assert "2 files" not in guest.see("/runs/guest/steps/approve/")
    page = guest.send("/runs/guest/steps/approve/sign/", 200, do="sign", secret=invited[1])
    assert "The run has ended" in page and "Signed. Your signature is entry" in page
    guest.see("/runs/guest/", 403)


def test_the_link_works_once_by_itself_and_after_that_with_the_pin(
    run: Any, as_: As, invited: tuple[str, str]
) -> None:
    link, pin = invited
    do_until_approval(run, as_)
    first, second = Browser(SERVER_NAME="localhost"), Browser(SERVER_NAME="localhost")
    first.get(link)
    assert "Approve the change" in first.see("/runs/guest/")
    second.get(link)
    for path in ("/runs/guest/", "/runs/guest/steps/approve/", "/runs/guest/steps/approve/sign/"):
        assert "This link was opened before" in second.see(path) and "+44 20" not in second.see(path)
    wrong = "000000" if pin.replace(" ", "") != "000000" else "111111"
    assert "The PIN does not fit." in second.post("/runs/guest/", {"pin": wrong}).content.decode()
    assert "This link was opened before" in second.see("/runs/guest/")
    second.post("/runs/guest/", {"pin": pin})
    assert "Approve the change" in second.see("/runs/guest/")
    assert "Approve the change" in first.see("/runs/guest/")  # whoever was let in before goes on
