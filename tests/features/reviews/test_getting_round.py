"""Ways round what reviews hold, tried through the front door: other accounts, others' parts, forms made by hand."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.features.conftest import PASSWORD
from tests.features.reviews.test_access import NOW, line, review, sent

__all__ = ["review"]


def test_nobody_answers_about_their_own_act_through_another_account(
    rule: Any, happen: Any, fed: Any, ana: Any, ben: Any, account: Any, browser_of: Any, sentences: Any
) -> None:
    from indelible.events.folding import exact_code
    from indelible.features.people.models import KnownPerson, Login
    from indelible.features.reviews.models import Answer

    rule()
    happen("SUP-1", who="Ben Osei")
    happen("SUP-2", who="bosei7")
    happen(
        "SUP-3",
        who={"name": "Service", "kind": "service"},
        on_behalf_of={"name": "Ben Osei", "kind": "person"},
    )
    known = KnownPerson.objects.create(name="Ben Osei", account=ben)
    Login.objects.create(person=known, login="bosei7", code=exact_code("bosei7"), looks="bosei7")
    others = [
        account("B.", "reviewer", "ben+2@northwind.example"),
        account("Benno", "owner", "benno@home.example"),
    ]
    mail = "benno@home.example"
    Login.objects.create(person=known, login=mail, code=exact_code(mail), looks=mail)
    items = fed()
    for user in (ben, *others):
        browser = browser_of(user)
        for one, kind in zip(items, ("expected", "case", "expected"), strict=True):
            form = {
                "answer": kind,
                "seen": one.answers,
                "note": "fine",
                "reference": "C-1",
                "person": str(ana.pk),
            }
            assert browser.post(f"/reviews/{one.pk}/", form).status_code == 422, (user.name, one.pk, kind)
        together = {"item": [f"{one.pk}.0" for one in items], "note": "fine"}
        assert browser.post("/reviews/together/", together).status_code == 409
    assert not Answer.objects.exists()
    # Asked about it, one's other account is no other person.
    form = {"answer": "asked", "seen": 0, "note": "Was this you?", "person": str(others[0].pk)}
    assert browser_of(ben).post(f"/reviews/{items[0].pk}/", form).status_code == 422
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.force_login(ana)
    form = {"answer": "expected", "seen": 0, "note": "fine"}
    assert strict.post(f"/reviews/{items[0].pk}/", form).status_code == 403
    assert browser_of(ana).post(f"/reviews/{items[0].pk}/", {**form, "seen": 7}).status_code == 422
    assert not Answer.objects.exists()
    assert any("their own act" in one for one in sentences())


def test_lines_are_decided_by_whom_they_were_sent_to_and_never_about_oneself(
    review: Any, by_of: Any, ana: Any, ben: Any, chloe: Any, account: Any, browser_of: Any, sentences: Any
) -> None:
    from indelible.features.reviews.models import AccessLine, AccessShare
    from indelible.features.signoffs.models import Decision, SignOff

    dora = account("Dora Voss", "owner")
    second = account("B. O.", "owner", "ben+2@northwind.example")
    shares = sent(review, by_of(ana))
    part = shares["Ben Osei"]
    path = f"/reviews/access/{review.pk}/parts/{part.pk}/"
    form = {"line": "0", "choice": "keep", "reason": "Needs it"}
    for user in (chloe, dora, ana, second):
        assert browser_of(user).post(path, form).status_code == 409, user.name
        assert browser_of(user).post(f"{path}sign/", {"password": PASSWORD}).status_code == 409, user.name
    other = shares["Ana Ruiz"]
    assert browser_of(ben).post(f"/reviews/access/{review.pk}/parts/{other.pk}/", form).status_code == 409
    assert browser_of(ben).post(f"/reviews/access/99/parts/{part.pk}/", form).status_code == 404
    # Nobody gives lines to themselves, nor chooses who decides about their own access.
    give = {"choice": "passed", "reason": "I know better"}
    ana_line = line(review, "ana@northwind.example")
    held = AccessShare.objects.get(pk=ana_line.share_id)
    there = f"/reviews/access/{review.pk}/parts/{held.pk}/"
    to_chloe = {**give, "line": str(ana_line.at), "to": str(chloe.pk)}
    assert browser_of(ana).post(there, to_chloe).status_code == 409
    assert browser_of(second).post(path, {**give, "line": "0", "to": str(ben.pk)}).status_code == 409
    assert browser_of(ben).post(path, {**give, "line": "0", "to": str(second.pk)}).status_code == 409
    assert not Decision.objects.exists() and not SignOff.objects.exists()
    assert AccessLine.objects.filter(share=held, reviewer=held.reviewer).exists()
    assert any("own" in one and "Ana Ruiz" in one for one in sentences()[-6:])
    # A signature needs the state that was shown, and three wrong passwords pause it.
    for one in range(part.frozen.count):
        assert browser_of(ben).post(path, {**form, "line": str(one), "choice": "remove"}).status_code == 302
    answer = browser_of(ben).post(f"{path}sign/", {"password": PASSWORD, "seen": "0" * 64})
    assert answer.status_code == 409
    for _try in range(3):
        assert browser_of(ben).post(f"{path}sign/", {"password": "wrong"}).status_code == 422
    assert browser_of(ben).post(f"{path}sign/", {"password": PASSWORD}).status_code == 422
    assert browser_of(ben).get(f"{path}sign/").status_code == 405
    assert not SignOff.objects.exists()
    # Who decided lines, or answers for it, witnesses nothing; nor does another account of theirs.
    for user in (ben, second, ana):
        form = {"go": "witness", "password": PASSWORD, "seen": str(review.stamp)}
        assert browser_of(user).post(f"/reviews/access/{review.pk}/sign/", form).status_code == 409, user.name


def bomb() -> bytes:
    """Return a workbook of a few KB that would unpack to 100 MB."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", b" " * 100_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"Login\n" + b"x\n" * 5_001,
        lambda: (",".join(f"c{n}" for n in range(5_000)) + "\n").encode(),
        lambda: b'Login\n"' + b"x" * 3_000_000,
        lambda: b"\x00" * 10_000,
        lambda: b"PK\x03\x04" + b"x" * 100,
        bomb,
    ],
    ids="rows columns open-quote nul broken-zip bomb".split(),
)
def test_a_list_that_costs_too_much_is_refused(
    book: Any, ana: Any, by_of: Any, browser_of: Any, make: Any
) -> None:
    from indelible.features.reviews.access import starting

    row = starting.start(book, "AccountsPro", ana, by_of(ana), NOW, scope="All of it")
    file = SimpleUploadedFile('../../"x\r\n<b>.csv', make(), content_type="text/html")
    answer = browser_of(ana).post(f"/reviews/access/{row.pk}/list/", {"file": file})
    row.refresh_from_db()
    assert answer.status_code == 422 and not row.draft
    assert "<b>.csv" not in answer.content.decode()
