"""Access reviews: whole, matched, decided by others, gone at the source, signed and witnessed; and no way round."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.features.conftest import PASSWORD

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
FIRST = (
    "Login,Full name,Role,Account type,Manager\n"
    "tom.reed,Tom Reed,Enter invoices,User,Ben Osei\n"
    "tom.reed,Tom Reed,Approve payments,User,Ben Osei\n"
    "ben,Ben Osei,Read,User,Ana Ruiz\n"
    "ana@northwind.example,Ana Ruiz,Administrator,Admin,\n"
    "svc-bank,,Payments,Service,\n"
    "old.hand,Olga Hand,Read,User,Ben Osei\n"
)


@pytest.fixture
def review(book: Any, ana: Any, ben: Any, chloe: Any, by_of: Any) -> Any:
    """A review of AccountsPro whose first list is taken in; Ana answers for the system."""
    from indelible.events.folding import exact_code
    from indelible.features.people.models import KnownPerson, Login
    from indelible.features.reviews.access import starting

    tom = KnownPerson.objects.create(name="Tom Reed", email="tom.reed@northwind.example")
    Login.objects.create(person=tom, login="tom.reed", code=exact_code("tom.reed"), looks="tom.reed")
    KnownPerson.objects.create(name="Ben Osei", account=ben)
    KnownPerson.objects.create(name="Ana Ruiz", account=ana)
    KnownPerson.objects.create(name="Olga Hand", left_on=date(2026, 10, 31))
    row = starting.start(book, "AccountsPro", ana, by_of(ana), NOW, scope="The application and its database")
    starting.keep_file(row, BytesIO(FIRST.encode()), "users.csv", "text/csv")
    return starting.take(row, confirmed(6), by_of(ana), NOW)


def confirmed(count: int, **more: Any) -> Any:
    """Return what a person says of the list."""
    from indelible.features.reviews.access.columns import guess
    from indelible.features.reviews.access.starting import Confirmed

    columns = ["Login", "Full name", "Role", "Account type", "Manager"]
    told: dict[str, Any] = {
        "taken_at": NOW - timedelta(hours=2),
        "how": "All accounts, no filter",
        "told": {"all": count},
    }
    return Confirmed(guess(columns), **{**told, **more})


def refusal(call: Any) -> str:
    """Return the code by which something is refused."""
    from indelible.features.reviews.errors import ReviewError
    from indelible.features.signoffs.errors import SignOffError

    with pytest.raises((ReviewError, SignOffError)) as refused:
        call()
    return str(refused.value.code)


def line(review: Any, login: str, right: str = "") -> Any:
    """Return a line of a review."""
    rows = review.lines.filter(login=login)
    return rows.get(right=right) if right else rows.get()


def sent(review: Any, by: Any) -> dict[str, Any]:
    """Match and send a review; return the shares by reviewer."""
    from indelible.features.reviews.access import assigning, matching

    matching.say_whose(review, "svc-bank", "Ben Osei", by, NOW, reason="He runs it")
    assigning.suggest(review)
    return {share.reviewer.name: share for share in assigning.send(review, by, NOW)}


def decide_all(
    share: Any, user: Any, choices: dict[tuple[str, str], tuple[str, str]], now: datetime = NOW
) -> Any:
    """Decide each line of a share, and sign it."""
    from indelible.features.reviews.access import deciding

    for one in deciding.lines_of(share):
        choice, reason = choices.get((one.login, one.right), ("keep", "Needs it for the job"))
        deciding.decide(share, [one.at], choice, reason, user, now)
    return deciding.sign(share, user, now, context={})


def test_the_list_is_read_guessed_matched_and_counted(review: Any, by_of: Any, ana: Any) -> None:
    from indelible.features.reviews.access import matching, queries, starting
    from indelible.storage.database.reads import get_entry

    standing = queries.standing(review, NOW)
    assert standing.lines == 6 and standing.whole and not standing.matched
    assert standing.by_kind == {"person": 4, "admin": 1, "service": 1}
    assert (standing.unmatched, standing.leavers) == (1, 1)
    assert line(review, "tom.reed", "Approve payments").strong and not line(review, "ben").strong
    assert line(review, "tom.reed", "Enter invoices").person.name == "Tom Reed"
    assert line(review, "svc-bank").person is None
    entry = get_entry(review.logbook, review.first_entry)
    assert entry.event["attachments"][0]["name"] == "users.csv" and entry.event["extra"]["expected"] == 6
    assert refusal(lambda: matching.say_nobodys(review, "svc-bank", by_of(ana), reason="")) == "access-why"
    assert refusal(lambda: matching.say_nobodys(review, "nobody", by_of(ana), reason="x")) == "access-no-line"
    matching.say_nobodys(review, "svc-bank", by_of(ana), reason="Nobody knows it")
    assert queries.standing(review, NOW).matched
    # A list that does not count what the system counts is taken in, and stops the review there.
    starting.keep_file(review, BytesIO(FIRST.encode()), "users.csv", "text/csv")
    told = {"all": 7, "admin": 1, "service": 2}
    review = starting.take(review, confirmed(7, told=told), by_of(ana), NOW)
    assert queries.standing(review, NOW).differs == (
        "the system counts 7, the list has 6; Program: the system counts 2, the list has 1"
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "access-file-unreadable"),
        (b"%PDF-1.7 nothing", "access-file-unreadable"),
        (b'{"a": 1}\n{"a": 2}\n', "access-file-unreadable"),
        (b"Login,Role\n", "access-file-empty"),
        (b"Login,Role\n" + b"x,Read\n" * 5_001, "access-file-too-long"),
        (b'Login,Role\ntom,Read\n"ben,Read\n', "access-file-row"),
    ],
    ids=["empty", "a paper", "no table", "no rows", "too long", "broken off"],
)
def test_a_file_that_is_no_whole_list_is_refused(content: bytes, code: str) -> None:
    from indelible.features.reviews.access.reading import read

    assert refusal(lambda: read(BytesIO(content), "users.csv")) in (code, "access-file-unreadable")


def test_what_a_person_says_of_a_list_is_held_against_the_clock(review: Any, by_of: Any, ana: Any) -> None:
    from indelible.features.reviews.access import starting

    by = by_of(ana)
    assert refusal(lambda: starting.take(review, confirmed(6), by, NOW)) == "access-file-gone"
    starting.keep_file(review, BytesIO(FIRST.encode()), "users.csv", "text/csv")
    old = confirmed(6, taken_at=NOW - timedelta(days=4))
    assert refusal(lambda: starting.take(review, old, by, NOW)) == "access-list-old"
    assert refusal(
        lambda: starting.take(review, confirmed(6, taken_at=NOW + timedelta(days=1)), by, NOW)
    ) == ("access-list-future")
    assert refusal(lambda: starting.take(review, confirmed(6, how=" "), by, NOW)) == "access-how"


def test_nobody_gets_or_decides_their_own_line_by_whichever_account(
    review: Any, by_of: Any, ana: Any, ben: Any, chloe: Any, account: Any
) -> None:
    from indelible.features.people.models import KnownPerson
    from indelible.features.reviews.access import assigning, deciding, matching
    from indelible.features.reviews.models import AccessLine

    by = by_of(ana)
    assert refusal(lambda: assigning.send(review, by, NOW)) == "access-not-matched"
    matching.say_whose(review, "svc-bank", "Ben Osei", by, NOW)
    second = account("B. O.", email="ben+2@northwind.example")
    place = [line(review, "ben").place]
    assert refusal(lambda: assigning.assign(review, place, ben)) == "access-own-line"
    assert refusal(lambda: assigning.assign(review, place, second)) == "access-own-line"
    assert assigning.places_with(review, "program") == [line(review, "svc-bank").place]
    assert len(assigning.places_with(review, "ben osei")) == 4 and not assigning.places_with(review, " ")
    assigning.suggest(review)
    # Ana's own line goes to nobody, as long as she is the only owner; a second owner is the next level up.
    assert line(review, "ana@northwind.example").reviewer is None
    assert refusal(lambda: assigning.send(review, by, NOW)) == "access-not-assigned"
    dora = account("Dora Voss", "owner")
    assigning.suggest(review)
    assert line(review, "ana@northwind.example").reviewer == dora
    assert line(review, "svc-bank").reviewer == ben and line(review, "ben").reviewer == ana
    shares = {share.reviewer.name: share for share in assigning.send(review, by, NOW)}
    assert {name: share.frozen.count for name, share in shares.items()} == {
        "Ben Osei": 4, "Ana Ruiz": 1, "Dora Voss": 1,
    }  # fmt: skip
    assert refusal(lambda: assigning.assign(review, place, chloe)) == "access-sent"
    mine = shares["Ben Osei"]
    assert refusal(lambda: deciding.decide(mine, [0], "keep", "x", chloe, NOW)) == "access-not-yours"
    assert refusal(lambda: deciding.decide(mine, [99], "keep", "x", ben, NOW)) == "access-passed"
    # Somebody says after sending that Tom's account is Ben's: he cannot decide about it any more, nor sign.
    AccessLine.objects.filter(share=mine, login="tom.reed").update(
        person=KnownPerson.objects.get(name="Ben Osei")
    )
    assert refusal(lambda: deciding.decide(mine, [0], "keep", "x", ben, NOW)) == "access-own-line-yours"
    # A line is passed on, with the reason; it stays in the share as passed on.
    assert refusal(lambda: assigning.pass_on(mine, [0], chloe, "", ben, by_of(ben), NOW)) == "access-why"
    assert (
        refusal(lambda: assigning.pass_on(mine, [0], second, "x", ben, by_of(ben), NOW)) == "access-reviewer"
    )
    told = assigning.pass_on(mine, [2], chloe, "Chloe knows what it does", ben, by_of(ben), NOW)
    assert told.reviewer == chloe and told.frozen.count == 1 and len(deciding.lines_of(mine)) == 3
    # Where a reviewer cannot any more, whoever answers for the system gives their lines to others.
    assert refusal(lambda: assigning.pass_on(told, [0], ben, "x", ben, by_of(ben), NOW)) == "access-reviewer"
    assert (
        refusal(lambda: assigning.pass_on(told, [0], dora, "x", ben, by_of(ben), NOW)) == "access-not-yours"
    )
    again = assigning.pass_on(told, [0], dora, "Chloe is on leave", ana, by, NOW)
    deciding.decide(again, [0], "keep", "It pays suppliers", dora, NOW)
    deciding.sign(again, dora, NOW, context={})
    review.refresh_from_db()
    from indelible.features.reviews.access import queries

    standing = queries.standing(review, NOW)
    assert (standing.undecided, standing.shares, standing.shares_signed) == (5, 4, 1)


def test_strong_rights_clashes_and_leavers_need_words_or_must_go(
    review: Any, by_of: Any, ana: Any, ben: Any, account: Any
) -> None:
    from indelible.features.reviews.access import deciding

    account("Dora Voss", "owner")
    share = sent(review, by_of(ana))["Ben Osei"]
    at = {(one.login, one.right): one.at for one in deciding.lines_of(share)}
    strong, enters, gone = (
        at["tom.reed", "Approve payments"],
        at["tom.reed", "Enter invoices"],
        at["old.hand", "Read"],
    )
    assert deciding.conflicts_of(review)
    assert refusal(lambda: deciding.decide(share, [strong], "keep", "", ben, NOW)) == "access-strong-why"
    assert refusal(lambda: deciding.decide(share, [enters], "keep", "", ben, NOW)) == "access-conflict-why"
    assert refusal(lambda: deciding.decide(share, [gone], "keep", "Please", ben, NOW)) == "access-must-go"
    assert refusal(lambda: deciding.decide(share, [gone, enters], "remove", "", ben, NOW)) == "decide-why"
    assert refusal(lambda: deciding.decide(share, [enters], "reduce", "", ben, NOW)) == "decide-why"
    assert refusal(lambda: deciding.decide(share, [enters], "destroy", "", ben, NOW)) == "access-choice"
    deciding.decide(share, [strong, enters], "keep", "Both are checked by Chloe every week", ben, NOW)
    deciding.decide(share, [gone], "remove", "", ben, NOW)
    assert refusal(lambda: deciding.sign(share, ben, NOW, context={})) == "access-undecided"
    left = next(one.at for one in deciding.lines_of(share) if one.login == "svc-bank")
    deciding.decide(share, [left], "ask", "Does it still run?", ben, NOW)
    assert refusal(lambda: deciding.sign(share, ben, NOW, context={})) == "access-still-asked"
    deciding.decide(share, [left], "keep", "It pays suppliers", ben, NOW)
    from indelible.features.signoffs.signing import state_of

    state = state_of([share.frozen])
    deciding.decide(share, [left], "remove", "", ben, NOW)  # in another tab
    assert refusal(lambda: deciding.sign(share, ben, NOW, seen=state, context={})) == "sign-changed-meanwhile"
    deciding.sign(share, ben, NOW, context={})
    assert refusal(lambda: deciding.decide(share, [left], "keep", "x", ben, NOW)) == "access-part-signed"


def revoked(login: str, right: str, at: datetime, verb: str = "revoke", **more: Any) -> dict[str, Any]:
    """Return what a source says when it takes a right away."""
    targets = [{"kind": "user_account", "id": login}, *([{"kind": "role", "name": right}] if right else [])]
    return {
        "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "actor": {"name": "Admin", "kind": "person"},
        "action": {"verb": verb, "said": verb},
        "targets": targets,
        "outcome": "success",
        "source": {"name": "AccountsPro", "system": "accountspro"},
        **more,
    }


def test_a_removal_closes_only_when_it_is_seen_at_the_source(
    review: Any, by_of: Any, ana: Any, ben: Any, account: Any, sentences: Any
) -> None:
    from indelible.features.reviews.access import queries, removing
    from indelible.features.reviews.models import AccessLine
    from indelible.storage.database.append import Draft, append

    dora = account("Dora Voss", "owner")
    early = revoked("tom.reed", "Approve payments", NOW - timedelta(days=1))
    append(review.logbook, [Draft(early, source=7)])  # before the decision: proves nothing
    shares = sent(review, by_of(ana))
    decide_all(shares["Ben Osei"], ben, {
        ("tom.reed", "Approve payments"): ("remove", ""), ("old.hand", "Read"): ("remove", ""),
        ("svc-bank", "Payments"): ("reduce", "Suppliers only"),
    })  # fmt: skip
    decide_all(shares["Ana Ruiz"], ana, {})
    decide_all(shares["Dora Voss"], dora, {})

    def open_lines() -> set[str]:
        while removing.run(review.logbook):
            pass
        rows = AccessLine.objects.filter(review=review, remove_by__isnull=False, proof="")
        return {f"{row.login} {row.right}" for row in rows}

    def arrives(*events: dict[str, Any], source: int = 7) -> set[str]:
        append(review.logbook, [Draft(event, source=source) for event in events])
        return open_lines()

    every = {"tom.reed Approve payments", "old.hand Read", "svc-bank Payments"}
    later = NOW + timedelta(hours=1)
    assert open_lines() == every
    # None of these shows that this right of this account is gone since the decision.
    assert (
        arrives(
            revoked("tom.reed", "Approve payments", NOW - timedelta(hours=3)),  # an old one that arrives late
            revoked("tom.reed", "Enter invoices", later),
            revoked("tim.reed", "Approve payments", later),
            revoked("tom.reed", "Approve payments", later, outcome="denied"),
            revoked("tom.reed", "Approve payments", later, verb="grant"),
            revoked(
                "svc-bank",
                "",
                later,
                verb="change",
                changes=[{"field": "role", "before": "Read", "after": "None"}],
            ),
        )
        == every
    )
    assert arrives(revoked("TOM.REED", "approve payments", later)) == every - {"tom.reed Approve payments"}
    assert arrives(revoked("old.hand", "", later, verb="disable")) == {"svc-bank Payments"}
    change = revoked(
        "svc-bank",
        "",
        later,
        verb="change",
        changes=[{"field": "role", "before": "Payments", "after": "Suppliers"}],
    )
    assert arrives(change) == set()
    assert sum("is gone" in said for said in sentences()) == 3
    review.refresh_from_db()
    assert queries.standing(review, NOW).removed
    # Each entry once: looked through again, nothing is recorded twice.
    from indelible.storage.database.models import Follower

    Follower.objects.filter(name=removing.NAME).update(upto=0)
    open_lines()
    assert sum("is gone" in said for said in sentences()) == 3


def test_of_a_named_source_only_its_own_entries_prove_anything(review: Any) -> None:
    from types import SimpleNamespace

    from indelible.events.folding import exact_code
    from indelible.features.reviews.access.removing import proves
    from indelible.features.reviews.models import AccessLine

    one: Any = AccessLine(login="tom", code=exact_code("tom"), right="Read", decided_entry=3, decided_at=NOW)
    one.review = review
    event = {**revoked("tom", "Read", NOW + timedelta(hours=1)), "numbers": {"sources": {"7": 1}}}
    entry: Any = SimpleNamespace(index=4, event=event, recorded_at="2026-12-01T10:00:00.000000Z")
    assert proves(entry, one)
    review.source_id = 8
    assert not proves(entry, one)
    review.source_id = 7
    assert proves(entry, one)


def test_what_is_not_gone_turns_red_and_the_second_list_shows_it(
    review: Any, by_of: Any, ana: Any, ben: Any, chloe: Any, account: Any, sentences: Any
) -> None:
    from indelible.features.reviews.access import closing, comparing, queries, starting
    from indelible.features.signoffs.models import Decision
    from indelible.features.signoffs.still import still_there

    dora, by = account("Dora Voss", "owner"), by_of(ana)
    shares = sent(review, by)
    starting.keep_file(review, BytesIO(FIRST.encode()), "users.csv", "text/csv")
    assert refusal(lambda: starting.take(review, confirmed(6), by, NOW)) == "access-not-decided"
    signed = decide_all(shares["Ben Osei"], ben, {
        ("tom.reed", "Approve payments"): ("remove", ""), ("old.hand", "Read"): ("remove", ""),
    })  # fmt: skip
    decide_all(shares["Ana Ruiz"], ana, {})
    decide_all(shares["Dora Voss"], dora, {})
    late = line(review, "old.hand")
    assert late.remove_by == datetime(2026, 12, 8, 9, tzinfo=UTC)  # five working days
    assert queries.standing(review, NOW + timedelta(days=9)).late_removals == 2

    later = NOW + timedelta(days=10)
    second = FIRST.replace("old.hand,Olga Hand,Read,User,Ben Osei\n", "new.one,Nina One,Read,User,Ben Osei\n")
    starting.keep_file(review, BytesIO(second.encode()), "users-2.csv", "text/csv")
    review = starting.take(review, confirmed(6, taken_at=later), by, later)
    standing = queries.standing(review, later)
    assert (standing.still, standing.new, standing.proven) == (1, 1, 1)
    assert (
        line(review, "old.hand").proof == "list" and line(review, "tom.reed", "Approve payments").still_there
    )
    assert [one["login"] for one in review.new] == ["new.one"]
    assert not standing.removed and not standing.compared

    def owner_signs(reason: str, user: Any = ana, seen: int | None = None) -> Any:
        review.refresh_from_db()
        return closing.sign_whole(
            review, user, reason, later, seen=review.stamp if seen is None else seen, context={}
        )

    assert refusal(lambda: owner_signs("x")) == "access-not-compared"
    assert refusal(lambda: comparing.explain_new(review, "", by, later)) == "access-why"
    comparing.explain_new(review, "A joiner, approved by HR on 3 December", by, later)
    assert refusal(lambda: owner_signs("x", user=dora)) == "access-owner-signs"
    assert refusal(lambda: owner_signs("")) == "access-exceptions-why"
    assert refusal(lambda: owner_signs("x", seen=0)) == "access-changed-meanwhile"
    owner_signs("Tom keeps approvals until 31 December, Ana Ruiz")

    def witnesses(user: Any, call: Any = closing.witness, reason: str = "Five lines checked") -> Any:
        review.refresh_from_db()
        return call(review, user, reason, later, seen=review.stamp, by=by_of(user))

    assert refusal(lambda: witnesses(ben)) == "access-witness-reviewed"
    assert (
        refusal(lambda: witnesses(account("B. O.", email="ben+2@northwind.example")))
        == "access-witness-reviewed"
    )
    assert refusal(lambda: witnesses(ana)) == "access-witness-reviewed"
    witnesses(chloe, closing.send_back, "The reasons are all the same")
    assert refusal(lambda: witnesses(chloe)) == "access-not-signed"
    owner_signs("Tom keeps approvals until 31 December, Ana Ruiz; reasons stand")
    witnesses(chloe)
    assert refusal(lambda: witnesses(chloe)) == "access-closed"
    told = sentences()
    assert "Chloe Martin closed the access review of AccountsPro: “Five lines checked”" in told
    assert any("sent the access review of AccountsPro back" in one for one in told)
    # The line that was not taken away stays open; and a decision changed in the tables is found.
    assert line(review, "tom.reed", "Approve payments").proof == ""
    assert still_there(signed).verdict == "matches"
    Decision.objects.filter(signed=signed, choice="remove").update(choice="keep")
    assert still_there(signed).verdict == "does not match"


def test_the_pages_of_an_access_review(
    review: Any, by_of: Any, ana: Any, ben: Any, chloe: Any, account: Any, browser_of: Any, sentences: Any
) -> None:
    from indelible.features.reviews.access import deciding

    account("Dora Voss", "owner")
    owner, reviewer = browser_of(ana), browser_of(ben)
    base = f"/reviews/access/{review.pk}/"
    assert "AccountsPro" in owner.get("/reviews/access/").content.decode()
    for path in ("", "list/", "match/", "assign/"):
        assert owner.get(base + path).status_code == 200, path
    assert browser_of(chloe).get(base + "assign/").status_code == 403
    owner.post(base + "match/", {"login": "svc-bank", "person": "Ben Osei", "go": "person"})
    assert owner.post(base + "match/", {"login": "svc-bank", "person": "", "go": "person"}).status_code == 409
    # The file: first read, then confirmed.
    file = SimpleUploadedFile("users.csv", FIRST.encode(), "text/csv")
    assert owner.post(base + "list/", {"file": file}).status_code == 302
    page = owner.get(base + "columns/").content.decode()
    assert "The list has 6 lines" in page and 'value="Login" selected' in page
    form = {"part_login": "Login", "part_right": "Role", "part_kind": "Account type", "part_name": "Login"}
    assert owner.post(base + "columns/", form).status_code == 422
    form |= {"part_name": "Full name", "part_manager": "Manager", "how": "all", "told_all": "6"}
    form["taken_at"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")
    assert owner.post(base + "columns/", form).status_code == 302
    owner.post(base + "match/", {"login": "svc-bank", "person": "Ben Osei", "go": "person"})
    page = owner.get(base + "assign/").content.decode()
    assert "Nobody gets a line about their own access." in page
    own = review.lines.get(login="ben").place
    assert owner.post(base + "assign/", {"go": "assign", "line": own, "reviewer": ben.pk}).status_code == 409
    assert owner.post(base + "assign/", {"go": "send"}).status_code == 302

    share = review.shares.get(reviewer=ben)
    part = f"{base}parts/{share.pk}/"
    page = reviewer.get(part).content.decode()
    assert "Strong right" in page and "This person has left" in page and "Can make and pay" in page
    assert "Keep this decision" not in owner.get(part).content.decode()
    assert owner.post(part, {"one": "0", "choice_0": "keep", "reason_0": "x"}).status_code == 409
    lines = {(one.login, one.right): one.at for one in deciding.lines_of(share)}
    for at in lines.values():
        told = {"one": at, f"choice_{at}": "remove", f"reason_{at}": "Not needed any more"}
        assert reviewer.post(part, told).status_code == 302
    assert "decided together with others" not in reviewer.get(part).content.decode()
    both = {"line": [0, 1], "choice": "keep", "reason": ""}
    assert reviewer.post(part, both).status_code == 409
    assert reviewer.post(part, {**both, "reason": "Both are needed at month end"}).status_code == 302
    page = reviewer.get(part)
    assert "decided together with others" in page.content.decode()
    seen = page.context["form"].initial["seen"]
    assert owner.post(part + "sign/", {"password": PASSWORD, "seen": seen}).status_code == 409
    assert reviewer.post(part + "sign/", {"password": "no", "seen": seen}).status_code == 422
    assert reviewer.post(part + "sign/", {"password": PASSWORD, "seen": seen}).status_code == 302
    assert "Is what was signed still what is there?" in reviewer.get(part).content.decode()
    assert "still what is there" in reviewer.get(part + "?check=1").content.decode()
    # A request made by hand about one's own line is refused, and recorded.
    mine = review.shares.get(reviewer=ana)
    from indelible.features.people.models import KnownPerson
    from indelible.features.reviews.models import AccessLine

    AccessLine.objects.filter(share=mine).update(person=KnownPerson.objects.get(name="Ana Ruiz"))
    refused = owner.post(f"{base}parts/{mine.pk}/", {"one": "0", "choice_0": "keep", "reason_0": "x"})
    assert refused.status_code == 409
    assert "tried to decide about their own account" in sentences()[-1]
    assert (
        "lines wait for you" in owner.get("/").content.decode()
        or "line waits for you" in owner.get("/").content.decode()
    )
    assert owner.post(base + "sign/", {"password": PASSWORD, "seen": "0", "go": "whole"}).status_code == 409


def test_a_review_is_started_from_its_page(ana: Any, browser_of: Any, chloe: Any) -> None:
    from indelible.features.reviews.models import AccessReview

    browser: Client = browser_of(ana)
    assert browser_of(chloe).post("/reviews/access/start/", {}).status_code == 403
    assert browser.post("/reviews/access/start/", {"system": "X"}).status_code == 422
    form = {"system": "AccountsPro", "owner": ana.pk, "scope": "The application"}
    assert browser.post("/reviews/access/start/", form).status_code == 302
    row = AccessReview.objects.get()
    assert row.due_at - row.started_at == timedelta(days=30)
    assert browser.get(f"/reviews/access/{row.pk}/columns/").status_code == 302
    assert browser.get(f"/reviews/access/{row.pk}/").status_code == 200


def test_whose_an_account_is_comes_back_with_what_was_typed(review: Any, signed_in: Client) -> None:
    path = f"/reviews/access/{review.pk}/match/"
    for sent, says in (
        ({"person": " "}, "Write whose it is."),
        ({"person": "Somebody, or other\x00"}, "for certain"),
        ({"person": "B", "go": "nobody"}, ""),
    ):
        answer = signed_in.post(path, {"login": "svc-bank", "reason": "", **sent})
        page = answer.content.decode()
        assert answer.status_code == 422 and "There is a problem" in page and says in page
    assert 'value="B"' in page and f'href="#reason-{line(review, "svc-bank").place}"' in page
    assert line(review, "svc-bank").person is None


def test_a_decision_without_its_reason_comes_back_as_it_was_typed(
    review: Any, by_of: Any, ana: Any, ben: Any, account: Any, browser_of: Any
) -> None:
    account("Dora Voss", "owner")
    share = sent(review, by_of(ana))["Ben Osei"]
    path = f"/reviews/access/{review.pk}/parts/{share.pk}/"
    strong = line(review, "tom.reed", "Approve payments").at
    other = line(review, "tom.reed", "Enter invoices").at
    typed = {
        "one": strong,
        f"choice_{strong}": "keep",
        f"choice_{other}": "remove",
        f"reason_{other}": "Not his",
    }
    answer = browser_of(ben).post(path, typed)
    page = answer.content.decode()
    assert answer.status_code == 409 and f'href="#reason-{strong}"' in page
    assert 'value="keep" checked' in page and 'value="remove" checked' in page and 'value="Not his"' in page
