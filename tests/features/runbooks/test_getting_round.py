"""Ways round what holds, tried through the front door: forms that no page offers, as people who may not send them."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from threading import Thread
from typing import Any

import pytest
from django.test import Client

from tests.features.conftest import PASSWORD
from tests.features.runbooks.runs.conftest import Browser, as_, people, put_in_force, run, supplier_change
from tests.features.runbooks.runs.test_lists import looking
from tests.features.runbooks.runs.test_pages import FILLED, at, do_until_approval, step, text_of

__all__ = ["as_", "looking", "people", "put_in_force", "run", "supplier_change"]

As = Callable[[str], Browser]
SIGN = {"do": "sign", "secret": PASSWORD}


def head_is(run: Any, user: Any) -> None:
    """Give the part of the head to somebody behind the back of every rule about who may have it."""
    from indelible.features.runbooks.models import RunRole

    RunRole.objects.filter(run=run, role="head").update(user=user, stand_in=None, outsider=None)


def refusals(sentences: Callable[[], list[str]]) -> int:
    return sum("was refused" in one for one in sentences())


def guest_of(ask: Browser, run: Any, name: str, email: str, role: str = "head") -> tuple[Browser, str]:
    """Return the browser of somebody invited from outside, and their PIN."""
    page = ask.send(
        f"/runs/{run.pk}/roles/{role}/", 200, do="invite", **{"guest-name": name, "guest-email": email}
    )
    link = re.search(r'id="link">http://localhost(/runs/guest/[^<]+)<', page)
    pin = re.search(r'id="pin">([\d ]+)<', page)
    assert link and pin
    guest = Browser(SERVER_NAME="localhost")
    guest.get(link[1])
    return guest, pin[1]


# Four eyes -------------------------------------------------------------------------------------------------


def test_any_hand_in_it_bars_from_the_second_signature(
    run: Any, as_: As, people: dict[str, Any], sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.runbooks.models import StepFile

    ben, ana, emil = as_("ben"), as_("ana"), as_("emil")
    file = BytesIO(b"Dear Sirs")
    file.name = "mail.txt"
    ben.send(at(run, "request"), do="attach", file=file)
    # Emil has the part for a moment, does nothing but take the evidence out, and hands it back.
    to = {"do": "fill", "told": "For a moment"}
    ana.send(f"/runs/{run.pk}/roles/clerk_a/", user=people["emil"].pk, **to)
    emil.send(at(run, "request"), withdraw=str(StepFile.objects.get().pk))
    emil.send(f"/runs/{run.pk}/roles/clerk_a/", user=people["ben"].pk, **to)
    do_until_approval(run, as_)
    ana.send(f"/runs/{run.pk}/roles/head/", user=people["emil"].pk, **to)  # he holds no other part now
    emil.send(at(run, "approve", "sign/"), 403, **SIGN)
    # The other account of somebody who did it, and a login joined mid-run to somebody who did.
    head_is(run, people["ben2"])
    as_("ben2").send(at(run, "approve", "sign/"), 403, **SIGN)
    from indelible.events.folding import exact_code
    from indelible.features.people.models import KnownPerson, Login

    known = KnownPerson.objects.create(name="Carla Roth", account=people["carla"])
    mail = people["dora"].email
    head_is(run, people["dora"])
    Login.objects.create(person=known, login=mail, code=exact_code(mail), looks=mail)
    as_("dora").send(at(run, "approve", "sign/"), 403, **SIGN)
    assert step(run, "approve").state == "open"
    assert refusals(sentences) == 3


def test_a_row_that_somebody_decided_stays_their_work_when_another_decides_anew(
    put_in_force: Any, people: dict[str, Any], looking: Any, as_: As
) -> None:
    from indelible.features.runbooks.models import StepList, StepWork

    dora, ana = as_("dora"), as_("ana")
    dora.see(at(looking, "look"))
    frozen = StepList.objects.get().frozen_id
    rows = at(looking, "look", f"list/{frozen}/")
    dora.send(rows, do="all", **{"all-choice": "fine", "all-reason": "Seen"})
    ana.send(f"/runs/{looking.pk}/roles/reviewer/", do="fill", user=people["emil"].pk, told="Holiday")
    as_("emil").send(rows, do="rows", **{f"choice-{n}": "fine" for n in range(25)})
    hands = StepWork.objects.get(step__run=looking).hands
    assert hands == [f"user {people['dora'].pk}", f"user {people['emil'].pk}"]


def test_whoever_a_paper_names_did_it_whoever_enters_it(run: Any, as_: As) -> None:
    """Dora does the clerk's step on paper, the clerk enters it, and she would approve it."""
    ben, carla, dora = as_("ben"), as_("carla"), as_("dora")
    file = BytesIO(b"a scan")
    file.name = "scan.png"
    told = {"by_paper": "Dоra  SILVA", "done_on": f"{run.opened_at:%Y-%m-%d}", "step": "request"}
    ben.send(f"/runs/{run.pk}/paper/", file=file, **told, **FILLED)
    ben.send(at(run, "request", "sign/"), **SIGN)
    ben.see(at(run, "look"))
    ben.send(at(run, "look"), do="finish")
    carla.send(at(run, "call_back"), do="finish", **{"f-number": "+44 20 7946 0000"})
    carla.send(at(run, "call_back", "sign/"), **SIGN)
    dora.send(at(run, "approve", "sign/"), 403, **SIGN)
    assert step(run, "approve").state == "open"


def test_nobody_from_outside_is_somebody_who_did_it(
    run: Any, as_: As, people: dict[str, Any], sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.people.models import KnownPerson
    from indelible.features.runbooks.models import Outsider

    ana, ben, role = as_("ana"), as_("ben"), f"/runs/{run.pk}/roles/head/"
    KnownPerson.objects.create(name="Benjamin Osei", email="bo@home.example", account=people["ben2"])
    do_until_approval(run, as_)
    for name, email in (
        ("Веn Оsеi", ""),  # in letters of another script
        ("BEN  OSEI", "b@elsewhere.example"),
        ("Somebody", "Ben+2@Northwind.example"),
        ("Somebody", "bo@home.example"),  # what is known of his other account
        ("Benjamin Osei", ""),
    ):
        sent = {"do": "invite", "guest-name": name, "guest-email": email}
        assert ana.post(role, sent).status_code == 422, (name, email)
    assert not Outsider.objects.exists()
    # Ben makes a link for nobody and has its PIN: it signs nothing that he had a hand in.
    nobody, pin = guest_of(ben, run, "Ingrid Holm", "ingrid@holm.example")
    page = text_of(nobody.see("/runs/guest/steps/approve/sign/"))
    assert "Your link and PIN were made by Ben Osei, who had a hand in it." in page
    assert "Ask for a new link. Ana Ruiz" in page and "Carla Roth or" not in page
    for do in ({"do": "sign"}, {"do": "back", "back-to": "request", "back-reason": "x"}):
        nobody.send("/runs/guest/steps/approve/sign/", 403, secret=pin, **do)
    assert refusals(sentences) == 2
    ingrid, pin = guest_of(ana, run, "Ingrid Holm", "ingrid@holm.example")
    nobody.see("/runs/guest/", 403)  # the link before works no more
    ingrid.send("/runs/guest/steps/approve/sign/", do="sign", secret=pin)
    assert step(run, "approve").state == "signed"


def test_two_links_of_one_name_are_one_person_and_a_link_ends_with_its_part(run: Any, as_: As) -> None:
    from indelible.features.runbooks.models import Outsider, Run, RunStep
    from indelible.features.runbooks.running.doers import Doer, first_same

    def outsider(name: str, email: str) -> Any:
        return Doer(
            outsider=Outsider(run=Run(pk=run.pk), pk=hash((name, email)) % 99999, name=name, email=email)
        )

    one = outsider("Kim Lee", "kim@one.example")
    assert first_same(one, [outsider("KIM LEE", "kim@two.example")])
    assert first_same(one, [outsider("K. L.", "Kim+x@one.example")])
    assert not first_same(one, [outsider("Lee Kim", "lee@one.example")])
    guest, _pin = guest_of(as_("ana"), run, "Ingrid Holm", "")
    guest.see("/runs/guest/")
    from indelible.features.people.models import User

    dora = User.objects.get(name="Dora Silva").pk
    as_("ana").send(f"/runs/{run.pk}/roles/head/", do="fill", user=dora, told="She is back")
    guest.see("/runs/guest/", 403)
    assert RunStep.objects.filter(run=run, by_outsider=None).count() == 6


def test_whom_it_is_about_signs_under_no_name_and_no_account(run: Any, as_: As) -> None:
    from indelible.features.people.models import User
    from indelible.features.runbooks.models import Run

    User.objects.create_user("dora+x@northwind.example", "D. S.", PASSWORD, role="reviewer")
    do_until_approval(run, as_)
    for about in (
        "Dоrа Silvа",
        "dora+x@northwind.example",
        "D. S.",
    ):  # the first in letters that only look so
        Run.objects.filter(pk=run.pk).update(about=about)
        page = as_("dora").send(at(run, "approve", "sign/"), 403, **SIGN)
        assert "This is about yourself" in text_of(page), about


def test_going_on_without_a_signature_takes_two_people_who_did_not_do_it(
    run: Any, as_: As, people: dict[str, Any]
) -> None:
    from indelible.features.people.models import Request, User
    from indelible.features.runbooks.models import Run

    do_until_approval(run, as_)
    User.objects.filter(pk=people["dora"].pk).update(name="Dora Silva")
    path = at(run, "approve", "override/")
    as_("dora").send(path, reason="It burns")
    key = Request.objects.get().pk

    def agree(name: str, status: int) -> None:
        assert as_(name).post(f"/people/waiting/{key}/approve/", {"password": PASSWORD}).status_code == status
        assert step(run, "approve").state == "open"

    # Ben's other account reviews, so it may decide in general; Dora has another one as well.
    agree("ben2", 409)
    people["dora2"] = User.objects.create_user("dora+2@northwind.example", "D", PASSWORD, role="owner")
    agree("dora2", 403)
    agree("emil", 403)  # decides nothing at all
    Run.objects.filter(pk=run.pk).update(about="Ana Ruiz")
    agree("ana", 409)
    Run.objects.filter(pk=run.pk).update(about="Harrow Freight")
    assert as_("ana").post(f"/people/waiting/{key}/approve/", {"password": PASSWORD}).status_code == 302
    assert step(run, "approve").state == "skipped"
    assert as_("ana").post(f"/people/waiting/{key}/approve/", {"password": PASSWORD}).status_code == 302
    assert Run.objects.count() == 2  # one follow-up


# Forms that no page offers ---------------------------------------------------------------------------------


def test_a_signature_comes_from_its_own_page_alone(
    run: Any, as_: As, supplier_change: Any, people: dict[str, Any], sentences: Callable[[], list[str]]
) -> None:
    from datetime import UTC, datetime

    from indelible.features.runbooks.models import Run, StepSignature
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run
    from indelible.storage.database.logbooks import create_logbook

    do_until_approval(run, as_)
    other = open_run(
        supplier_change, Doer.of_user(people["ana"]), datetime.now(UTC), cause_key="2", about="Holm"
    )
    dora, before = as_("dora"), StepSignature.objects.count()
    path = at(run, "approve", "sign/")
    assert dora.get(path, SIGN).status_code == 200  # a link that somebody was lured to
    dora.send(path, 409, seen=Run.objects.get(pk=run.pk).stamp - 1, **SIGN)
    dora.send(path, 409, seen=-1, **SIGN)
    assert dora.post(path, SIGN).status_code == 409  # neither stamp nor state of lists
    dora.send(at(other, "approve", "sign/"), 409, **SIGN)  # not its turn
    for gone in (at(run, "nothing", "sign/"), "/runs/999/steps/approve/sign/", at(run, "wait", "files/1/")):
        assert dora.post(gone, SIGN).status_code in (404, 405)
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.force_login(people["dora"])
    for more in ("sign/", "", "leave/", "override/", "list/1/"):
        assert strict.post(at(run, "approve", more), SIGN).status_code == 403, more
    for more in ("pause/", "end/", "go-on/", "late/", "paper/", "roles/head/", "clocks/x/"):
        assert strict.post(f"/runs/{run.pk}/{more}", SIGN).status_code == 403, more
    assert StepSignature.objects.count() == before and refusals(sentences) == 0
    # A run of another logbook is none of ours.
    there = create_logbook(
        "other", first_event={"action": {"verb": "create", "said": "Begun"}, "outcome": "success"}
    )
    Run.objects.filter(pk=other.pk).update(logbook=there)
    for more in ("", "steps/approve/", "steps/approve/sign/", "print/", "proof/", "roles/head/"):
        assert dora.get(f"/runs/{other.pk}/{more}").status_code == 404, more


def test_who_presses_twice_signs_once_and_has_tried_nothing(
    run: Any, as_: As, people: dict[str, Any], sentences: Callable[[], list[str]]
) -> None:
    do_until_approval(run, as_)
    dora, ben, path = as_("dora"), as_("ben"), at(run, "approve", "sign/")
    page = dora.see(path)
    form = {**SIGN, **dict(re.findall(r'name="(seen|lists|once)" value="([^"]*)"', page))}
    assert dora.post(path, form).status_code == 302
    again = (
        dora.post(path, form).status_code,
        dora.post(path, {**form, "once": "another-token-000000"}).status_code,
    )
    assert again == (409, 409)
    assert sum("signed" in one and one.startswith("Dora Silva") for one in sentences()) == 1
    assert refusals(sentences) == 0
    # A crafted form is recorded, and sent again (a double press) it is not recorded again.
    for _press in range(2):
        assert ben.post(path, {**SIGN, "once": "one-token-0123456789"}).status_code == 403
    assert refusals(sentences) == 1


def test_three_wrong_passwords_pause_and_many_at_once_are_no_more(
    run: Any, as_: As, people: dict[str, Any], sentences: Callable[[], list[str]]
) -> None:
    from django.db import connection

    from indelible.features.people.models import SignOffTries
    from indelible.features.runbooks.models import Outsider
    from indelible.features.runbooks.running import roles

    do_until_approval(run, as_)
    path, answers = at(run, "approve", "sign/"), []
    form = {
        **SIGN,
        "secret": "wrong",
        **dict(re.findall(r'name="(seen|lists)" value="([^"]*)"', as_("dora").see(path))),
    }

    def press() -> None:
        answers.append(as_("dora").post(path, form).status_code)
        connection.close()

    presses = [Thread(target=press) for _ in range(5)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert set(answers) == {422} and SignOffTries.objects.get(user=people["dora"]).taken == 3
    assert "pause" in text_of(as_("dora").send(path, 422, **SIGN))  # the right one signs nothing now
    assert sum("Dora Silva" in one and "password" in one for one in sentences()) == 1
    # A PIN: five tries, however they come, and that they are used up is on the record once.
    guest, pin = guest_of(as_("ana"), run, "Ingrid Holm", "")
    digits = pin.replace(" ", "")
    wrong = "000000" if digits != "000000" else "111111"
    outsider, left = Outsider.objects.get(), []

    def guess() -> None:
        left.append(roles.check_pin(outsider, wrong, run.opened_at))
        connection.close()

    guesses = [Thread(target=guess) for _ in range(7)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    assert sorted(left) == [0, 0, 0, 1, 2, 3, 4]
    assert "This PIN signs nothing any more" in guest.send(
        "/runs/guest/steps/approve/sign/", 422, do="sign", secret=pin
    )
    assert step(run, "approve").state == "open"
    assert sum("Ingrid Holm" in one and "PIN" in one for one in sentences()) == 1


def test_who_may_not_pause_end_or_fill_is_refused_and_it_is_recorded(
    run: Any, as_: As, people: dict[str, Any], sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.runbooks.models import Outsider, Run, RunRole

    ben2 = as_("ben2")  # reviews, and has no part in it
    for more, sent in (
        ("pause/", {"reason": "x"}),
        ("end/", {"state": "withdrawn", "reason": "x"}),
        ("go-on/", {}),
        ("late/", {"reason": "x"}),
        ("roles/head/", {"do": "fill", "user": people["ben2"].pk, "told": "x"}),
        ("roles/head/", {"do": "invite", "guest-name": "X"}),
        ("roles/head/", {"do": "end", "reason": "x"}),
        ("steps/approve/override/", {"reason": "x"}),
    ):
        answer = ben2.post(f"/runs/{run.pk}/{more}", {"seen": str(run.stamp), **sent})
        assert answer.status_code in (200, 302, 403, 409, 422), (more, answer.status_code)
    run.refresh_from_db()
    assert run.state == "open" and not run.late_reason and not Outsider.objects.exists()
    assert RunRole.objects.get(run=run, role="head").user == people["dora"]
    assert sum(one.startswith("B. Osei tried to") for one in sentences()) >= 1
    assert Run.objects.count() == 1


# From outside ----------------------------------------------------------------------------------------------


def test_a_link_reaches_no_page_of_the_house_whatever_its_keys(
    run: Any, as_: As, supplier_change: Any, people: dict[str, Any]
) -> None:
    """Every address, filled with keys that there are."""
    from datetime import UTC, datetime

    from indelible.features.runbooks.models import StepFile
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run
    from tests.features.people.test_access import PUBLIC, addresses

    ben = as_("ben")
    file = BytesIO(b"Dear Sirs")
    file.name = "mail.txt"
    ben.send(at(run, "request"), do="attach", file=file)
    do_until_approval(run, as_)
    other = open_run(supplier_change, Doer.of_user(people["ana"]), datetime.now(UTC), cause_key="2")
    guest, pin = guest_of(as_("ana"), run, "Ingrid Holm", "")
    guest.see("/runs/guest/steps/approve/sign/")  # what they may see, they see
    given = guest.get(f"/runs/guest/steps/request/files/{StepFile.objects.get().pk}/")
    assert b"".join(given.streaming_content) == b"Dear Sirs"
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Disposition"].startswith("attachment")
    given.close()
    for name, path, view in addresses():
        if name in PUBLIC or not getattr(view, "login_required", True) or name.startswith("api:"):
            continue
        if not name.startswith(("runbooks:", "reviews:", "signoffs:", "record:", "packs:", "people:waiting")):
            continue  # those of other parts are tried in `runs/test_guests`
        filled = path.replace("/x/", "/approve/")
        for answer in (guest.get(filled), guest.post(filled)):
            assert answer.status_code in (302, 403, 404, 405), (name, answer.status_code)
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/account/sign-in/"), name
            assert b"Harrow Freight" not in answer.content, name
    for path in (f"/runs/{run.pk}/", f"/runs/{other.pk}/steps/approve/sign/", f"/runs/{run.pk}/proof/pack/"):
        assert guest.post(path, {"secret": pin}).status_code == 302
    for key in ("release", "nothing"):  # neither theirs, nor covered by their signature
        for more in ("", "sign/", "leave/", "files/1/", "list/1/", "list/1/1/"):
            assert guest.get(f"/runs/guest/steps/{key}/{more}").status_code == 404, (key, more)
    as_("ana").send(f"/runs/{run.pk}/pause/", reason="Wait")
    guest.send("/runs/guest/steps/approve/sign/", 409, do="sign", secret=pin)
    as_("ana").post(f"/runs/{run.pk}/go-on/")
    as_("ana").send(f"/runs/{run.pk}/end/", state="withdrawn", reason="By mistake")
    for more in ("", "steps/approve/", "steps/approve/sign/", "steps/request/files/1/"):
        guest.see(f"/runs/guest/{more}", 403)


# What is typed and sent ------------------------------------------------------------------------------------

NASTY = '<script>alert(1)</script>"><img src=x onerror=1>'
TYPST = '#read("/etc/passwd") $x$ *bold* #import "a" \\ ]'


def test_what_is_typed_is_words_on_every_page_on_paper_and_in_mail(
    put_in_force: Any, people: dict[str, Any], as_: As, settings: Any
) -> None:
    import json
    import subprocess
    from datetime import UTC, datetime, timedelta

    from indelible.features.runbooks.models import Run, RunRole, RunStep
    from indelible.features.runbooks.running import queries
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run

    told = json.dumps(NASTY + TYPST)
    book = put_in_force(
        f"""
format = 1
id = "BAD-1"
title = {told}
purpose = {told}
team = "Finance"
owner = "one"
keep = "finance"
[roles.one]
title = {told}
[roles.two]
title = "Two"
not = ["one"]
[starts]
when = {told}
[[steps]]
key = "first"
title = {told}
do = {told}
by = "one"
kind = "fill"
why = {told}
done = {told}
if_fails = {told}
fields = [{{ key = "what", label = {told}, hint = {told} }}]
checks = [{{ key = "no", says = {told}, kind = "files", settings = {{ step = "first", least = 3 }} }}]
[[steps]]
key = "second"
title = "Second"
do = "Sign"
by = "two"
kind = "second"
why = "So."
done = "So."
if_fails = "So."
sign = "two"
means = "approved"
""",
        one=people["ben"],
        two=people["dora"],
    )
    now = datetime.now(UTC)
    run = open_run(
        book, Doer.of_user(people["ana"]), now, cause_key="1", about=NASTY, due_at=now + timedelta(days=1)
    )
    ben, dora, ana = as_("ben"), as_("dora"), as_("ana")
    file = BytesIO(b"<html><script>alert(1)</script>")
    file.name = '..\\..\\x"\r\nSet-Cookie: a=b<script>.html'
    ben.send(at(run, "first"), do="attach", file=file)
    sent = {"f-what": NASTY + TYPST, "note": NASTY, "why_no": NASTY}
    ben.send(at(run, "first"), 422, do="finish", **{"f-what": "", "note": NASTY})
    if (
        ben.post(
            at(run, "first"), {"do": "finish", "seen": str(Run.objects.get(pk=run.pk).stamp), **sent}
        ).status_code
        != 302
    ):
        ben.send(at(run, "first"), do="finish", **sent)
    assert RunStep.objects.get(run=run, key="first").state == "done"
    dora.send(at(run, "second", "sign/"), do="back", **{"back-to": "first", "back-reason": NASTY})
    pages = {
        ben: [
            "/runs/",
            at(run),
            *(at(run, "first", more) for more in ("", "leave/")),
            f"/runs/{run.pk}/print/",
        ],
        dora: [at(run, "second"), at(run, "second", "sign/"), at(run, more="proof/"), "/reviews/", "/"],
        ana: [
            *(f"/runs/{run.pk}/{more}/" for more in ("roles/one", "end", "paper")),
            *(f"/runs/{more}" for more in ("figures/", "start/", f"start/{book.pk}/")),
            *(
                f"/runbooks/{more}"
                for more in ("", "BAD-1/", "BAD-1/versions/1/", "BAD-1/people/", "handbook/")
            ),
            "/record/",
        ],
    }
    shown = 0
    for browser, paths in pages.items():
        for path in paths:
            page = browser.see(path)
            assert "<script>alert" not in page and "<img src=x" not in page, path
            shown += "&lt;script&gt;alert" in page
    from indelible.features.signoffs.models import SignOff

    ben.post(at(run, "first"), {"do": "finish", "seen": str(Run.objects.get(pk=run.pk).stamp), **sent})
    page = dora.see(at(run, "second", "sign/"))
    asked = dict.fromkeys(re.findall(r'name="(why_\w+)"', page), NASTY)
    dora.send(at(run, "second", "sign/"), note=NASTY, **asked, **SIGN)
    for path in (
        f"/sign-offs/{SignOff.objects.get().pk}/",
        at(run, more="proof/"),
        "/record/",
        "/runs/?show=ended",
    ):
        page = dora.see(path)
        assert "<script>alert" not in page and "<img src=x" not in page, path
        shown += "&lt;script&gt;alert" in page
    assert shown > 16, shown
    from indelible.features.runbooks.models import StepFile

    kept = StepFile.objects.get()
    given = ben.get(at(run, "first", f"files/{kept.pk}/"))
    assert given.headers["Content-Type"] == "application/octet-stream"
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        given.headers["Content-Disposition"].startswith("attachment;")
        and "\n" not in given.headers["Content-Disposition"]
    )
    assert not any(one in kept.name for one in "/\\\r\n"), kept.name
    given.close()
    from indelible.features.runbooks.proof.paper import paper
    from indelible.web.moments import Reader

    pdf = paper(
        queries.view_of(Run.objects.select_related("runbook", "version", "logbook").get(pk=run.pk), now),
        Reader("Europe/Madrid"),
        NASTY,
        now,
    )
    read = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    words = read.stdout.decode()
    assert "#read(" in words and "root:" not in words and "<script>" in words
    # A mail: one subject, one recipient, whatever a title says.
    from indelible.features.runbooks.models import Mailing
    from indelible.features.runbooks.reminding.letters import written_of

    Run.objects.filter(pk=run.pk).update(title="Due\r\nBcc: all@example.org\r\n\r\nHello")
    row = Mailing.objects.create(
        logbook=run.logbook, run=run, once="x", kind="clock", user=people["ben"], made_at=now,
        facts={"title": "A\r\nBcc: b@example.org", "clause": "x\ny", "due": "2026-12-01T10:00:00Z", "over": True},
    )  # fmt: skip
    mail = written_of(row)
    assert mail is not None and "\n" not in mail.subject and "\r" not in mail.subject
    assert RunRole.objects.filter(run=run).count() == 2


def test_a_calendar_is_read_by_whoever_has_its_newest_address_and_holds_nothing_of_others(
    run: Any, as_: As, people: dict[str, Any]
) -> None:
    from icalendar import Calendar

    from indelible.features.people.models import Organisation
    from indelible.features.runbooks.models import Run

    ben, stranger = as_("ben"), Client(SERVER_NAME="localhost")
    made = [
        re.search(r"http://localhost(/runs/calendar/[^<\"\s]+\.ics)", ben.send("/runs/calendar/", 200))
        for _ in "ab"
    ]
    assert made[0] and made[1] and made[0][1] != made[1][1]
    assert stranger.get(made[0][1]).status_code == 404  # the one before ended
    Run.objects.filter(pk=run.pk).update(title="Due\r\nATTACH:http://evil.example/\r\nBEGIN:VEVENT")
    Organisation.objects.update(name="North\r\nX-EVIL:1")
    body = stranger.get(made[1][1]).content
    lines = body.decode().replace("\r\n ", "").split("\r\n")
    assert not any(line.startswith(("ATTACH", "X-EVIL")) for line in lines) and "\n" not in "".join(lines)
    events = list(Calendar.from_ical(body).walk("VEVENT"))
    assert len(events) == sum(line == "BEGIN:VEVENT" for line in lines) == 1
    dora = re.search(
        r"http://localhost(/runs/calendar/[^<\"\s]+\.ics)", as_("dora").send("/runs/calendar/", 200)
    )
    assert dora and b"Open the request" not in stranger.get(dora[1]).content
    key = made[1][1].removesuffix(".ics")
    lookup = key.rpartition("/")[2].partition("_")[0]
    for wrong in (
        key[:-1],
        key + "x",
        f"/runs/calendar/{lookup}",
        f"/runs/calendar/{lookup}_",
        "/runs/calendar/" + "x" * 3000,
    ):
        assert stranger.get(f"{wrong}.ics").status_code == 404, wrong
    people["ben"].is_active = False
    people["ben"].save()
    assert stranger.get(made[1][1]).status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 250_000 + "=1",
        "[" + '"a" . ' * 80_000 + "b]",
        "a=" + "[" * 100_000 + "]" * 100_000,
        "a=" + "{b=" * 90_000 + "1" + "}" * 90_000,
        '{"a":' * 90_000 + "1" + "}" * 80_000,
        '{"format":1,"steps":[' + ",".join(["{}"] * 150_000) + "]}",
        "format=" + "9" * 500_000,
        'title="' + "x" * 500_000 + '"',
        'title = "a\\u0000b"',
        '{"title": "\\ud800"}',
    ],
    ids="dots quoted arrays tables json steps number words nul surrogate".split(),
)
def test_what_is_taken_in_costs_little_and_says_what_is_wrong(text: str) -> None:
    from indelible.features.runbooks.document.reading import DocumentError, from_text

    with pytest.raises(DocumentError) as refused:
        from_text(text)
    assert 0 < len(refused.value.flaws) <= 200


def test_files_are_refused_that_are_too_large_too_many_or_hold_secrets(run: Any, as_: As) -> None:
    from indelible.features.runbooks.models import RunStep, StepFile
    from indelible.features.runbooks.running import doing

    ben = as_("ben")

    def attach(data: bytes, name: str = "mail.txt", path: str = at(run, "request")) -> int:
        file = BytesIO(data)
        file.name = name
        return ben.post(path, {"do": "attach", "file": file}).status_code

    assert attach(b"x" * (20 * 1024 * 1024 + 1)) == 422
    assert attach(b"x" * 300_000 + b"-----BEGIN PRIVATE KEY-----\nMIIE\n") == 422
    assert not StepFile.objects.exists()
    row = RunStep.objects.get(run=run, key="request")
    told = {
        "step": row,
        "attempt": 1,
        "name": "x",
        "media_type": "x",
        "size": 1,
        "at": run.opened_at,
        "entry": 1,
    }
    StepFile.objects.bulk_create(StepFile(**told) for _ in range(doing.MOST_FILES))
    assert attach(b"one more") == 422 and StepFile.objects.count() == doing.MOST_FILES
    assert ben.post(at(run, "request"), {"do": "finish", "seen": str(run.stamp), **FILLED}).status_code == 302


def test_nobody_walks_through_or_agrees_to_what_they_wrote_themselves(
    supplier_change: Any, people: dict[str, Any], as_: As
) -> None:
    from indelible.features.people.models import KnownPerson, Request, User
    from indelible.features.runbooks.models import Runbook, Version

    ana, path = as_("ana"), "/runbooks/SUP-1/"
    as_("ana").post("/runbooks/second-person/", {"always": "yes"})
    people["ana2"] = User.objects.create_user("ana+2@northwind.example", "A", PASSWORD, role="owner")
    people["grace"] = User.objects.create_user("grace@home.example", "Grace", PASSWORD, role="owner")
    KnownPerson.objects.create(name="Ana Ruiz", account=people["ana"], email="grace@home.example")
    people["hugo"] = User.objects.create_user("hugo@northwind.example", "Hugo Paz", PASSWORD, role="owner")
    text = ana.post(f"{path}export/")
    words = text.content.decode().replace('title = "Release"', 'title = "Let go"')
    assert ana.post("/runbooks/import/", {"text": words, "onto": "on"}).status_code == 302
    draft = Runbook.objects.get().draft
    assert draft is not None and set(Runbook.objects.get().draft_authors) == {people["ana"].pk}

    def walk(name: str) -> int:
        page = as_(name).see(f"{path}walk/")
        seen = re.search(r'name="seen" value="(\d+)"', page)
        form = {"password": PASSWORD, "seen": seen[1] if seen else str(Runbook.objects.get().draft_stamp)}
        clear = dict.fromkeys((f"clear_{one['key']}" for one in draft["steps"]), "yes")
        return as_(name).post(f"{path}walk/", {**form, **clear}).status_code

    assert {walk(name) for name in ("ana", "ana2", "grace")} <= {403, 409, 422}
    assert not Runbook.objects.get().draft_walk
    assert walk("hugo") == 302 and Runbook.objects.get().draft_walk
    assert ana.send(f"{path}publish/", note="A better word") == path
    key = Request.objects.get().pk
    for name in ("ana", "ana2", "grace"):
        answer = as_(name).post(f"/people/waiting/{key}/approve/", {"password": PASSWORD})
        assert answer.status_code in (403, 409), name
    assert Version.objects.count() == 1
    # What is agreed to is what was asked: a draft that was changed meanwhile is another text.
    changed = words.replace("Let go", "Let it go")
    assert ana.post("/runbooks/import/", {"text": changed, "onto": "on"}).status_code == 302
    assert as_("hugo").post(f"/people/waiting/{key}/approve/", {"password": PASSWORD}).status_code == 409
    assert Version.objects.count() == 1
    for name in ("ben", "dora"):  # nobody but owners changes texts
        for more in ("edit/", "publish/", "retire/", "people/", "edit/drop/", "edit/text/"):
            assert as_(name).post(path + more, {"note": "x"}).status_code == 403, (name, more)


def test_programs_have_no_way_to_do_or_sign_a_step(signed_in: Client) -> None:
    """The API takes messages in and tells how they fared. A page's form is the only way to a signature."""
    described = signed_in.get("/api/v1/openapi.json").json()
    said = " ".join(described["paths"]).lower()
    assert described["paths"] and not re.search(r"run|step|sign|review|approve", said), said
