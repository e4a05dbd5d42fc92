"""Checks of what was filled in, of when things were, of who did them and of files, each in its three results."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from .conftest import Place, bank_change

CHANGES = "entry:changes to bank accounts of supplier {run.about}"


def test_what_was_filled_in(place: Place) -> None:
    from indelible.features.runbooks.models import StepWork

    result, with_values = place.result, place.with_values
    assert result("answered", fields=["why", "supplier"]) == "failed"
    assert "Reason" in place.check("answered", fields=["why"]).says
    assert result("answered", with_values(why="x", supplier=" "), fields=["why", "supplier"]) == "failed"
    assert result("answered", with_values(why="x", count=0), fields=["why", "count"]) == "passed"
    assert result("same_text", first="words", second="again") == "unchecked"
    typed = with_values(words="Acid  Amber\nanchor", again="acid amber anchor")
    assert result("same_text", typed, first="words", second="again") == "passed"
    assert (
        result("same_text", with_values(words="a b", again="a c"), first="words", second="again") == "failed"
    )
    assert result("total", with_values(count="5", kept="x"), field="count", of=["kept"]) == "unchecked"
    assert result("total", with_values(count="5", kept="5.0"), field="count", of=["kept"]) == "passed"
    assert result("total", with_values(count="5", kept="4"), field="count", of=["kept"]) == "failed"
    assert result("no_trace", fields=["why"], about=True) == "unchecked"
    assert (
        result("no_trace", with_values(why="Closed, nothing kept."), fields=["why"], about=True) == "passed"
    )
    assert result("no_trace", with_values(why="About HARROW."), fields=["why"], about=True) == "failed"

    assert result("new_text", field="why") == "unchecked"
    words = "The supplier wrote from the address on file, and we called the number we had."
    assert result("new_text", with_values(why=words), field="why") == "passed"  # there is no run before
    StepWork.objects.create(
        step=place.steps["ask"], attempt=1, values={"why": words.upper()}, changed_at=place.begun
    )
    next_run = place.new_run(opened_at=place.now)
    place.run.state = "closed"
    place.run.save()
    ground = replace(with_values(why=words + " "), run=next_run)
    assert result("new_text", ground, field="why") == "failed"
    assert result("new_text", ground, field="why", over="P90D") == "failed"
    assert result("new_text", ground, field="why", over="PT10M") == "passed"
    assert result("new_text", replace(ground, values={"why": "Something else."}), field="why") == "passed"


def test_when_things_were(place: Place) -> None:
    from indelible.features.runbooks.checks import Times

    result, with_values, now = place.result, place.with_values, place.now
    xero = place.source()
    assert result("order", first="step:ask", then="step:look") == "unchecked"
    assert "“Look it” is not done yet" in place.check("order", first="step:ask", then="step:look").says
    both = replace(
        place.ground,
        times={**place.ground.times, "look": Times(place.begun, now), "ask": Times(None, place.begun)},
    )
    assert result("order", both, first="step:ask", then="step:look") == "passed"
    assert result("order", both, first="step:look", then="step:ask") == "failed"
    assert result("order", both, first="step:look", then="step:ask", grace="PT2H") == "passed"
    assert result("order", both, first="step:ask", then="step:look", least="PT2H") == "failed"
    assert result("order", both, first="step:ask", then="step:look", most="PT30M") == "failed"
    today = now.astimezone(place.ground.zone).date()
    leaves = with_values(leaves=today.isoformat())
    assert result("order", leaves, first="now", then="field:leaves") == "passed"  # the same day is not later
    assert result("order", leaves, first="now", then="field:leaves", strict=True) == "failed"
    assert result("order", with_values(leaves="soon"), first="now", then="field:leaves") == "unchecked"
    ahead = with_values(leaves=(today + timedelta(days=9)).isoformat())
    assert (
        result("order", ahead, first="now", then="field:leaves", strict=True, least="P1D", working=True)
        == "passed"
    )
    assert result("order", first=CHANGES, then="now") == "unchecked"
    assert "no such entry" in place.check("order", first=CHANGES, then="now").says
    place.send(xero, bank_change(now - timedelta(days=3)), bank_change(now - timedelta(days=1)))
    left = with_values(left_at=(now - timedelta(days=2)).isoformat())
    assert result("order", left, first=CHANGES, then="field:left_at") == "failed"  # the newest came after
    assert result("order", left, first=CHANGES, then="field:left_at", grace="P2D") == "passed"
    assert result("order", left, first="field:left_at", then=CHANGES) == "failed"  # the oldest came before
    assert result("order", left, first="field:left_at", then=CHANGES, over="P2D") == "passed"

    assert result("age", of="period_end", most="P5D") == "unchecked"
    assert result("age", of="start", most="PT2H") == "passed"
    assert result("age", of="start", most="PT30M") == "failed"
    assert result("age", of="start", least="PT30M") == "passed"
    assert result("age", of="start", least="PT3H") == "unchecked"  # old enough later on
    assert result("age", of=CHANGES, most="PT30H") == "passed"
    assert result("age", of=CHANGES, least="P2D") == "unchecked"
    assert result("age", of=CHANGES, least="P2D", oldest=True) == "passed"
    assert result("age", ahead, of="field:leaves", most="P1D") == "unchecked"  # still to come
    assert result("age", of="start", most="P1") == "unchecked"


def test_who_did_what(place: Place) -> None:
    from indelible.features.people.models import KnownPerson, User
    from indelible.features.runbooks.models import Outsider, RunRole

    ana, result = place.owner, place.result
    ben = User.objects.create_user("ben@northwind.example", "Ben Osei", role="member")
    twin = User.objects.create_user("ana+2@northwind.example", "A. Ruiz", role="member")
    guest = Outsider.objects.create(
        run=place.run,
        name="Guest",
        email="BEN@northwind.example",
        lookup="l",
        code=b"",
        invited_by=ana,
        invited_at=place.now,
        ends_at=place.now,
        entry=0,
    )

    def done(**doers: Any) -> Any:
        return replace(place.ground, doers={key: list(people) for key, people in doers.items()})

    steps = ["ask", "approve"]
    assert result("different_people", done(ask=[ana]), steps=steps) == "unchecked"
    assert result("different_people", done(ask=[ana], approve=[ben]), steps=steps) == "passed"
    assert result("different_people", done(ask=[ana], approve=[ana]), steps=steps) == "failed"
    assert result("different_people", done(ask=[ana], approve=[ben, twin]), steps=steps) == "failed"
    assert result("different_people", done(ask=[guest.tag], approve=[ana]), steps=steps) == "passed"
    assert result("different_people", done(ask=[guest.tag], approve=[ben]), steps=steps) == "failed"
    assert result("different_people", roles=["lead", "clerk"]) == "unchecked"
    RunRole.objects.create(run=place.run, role="lead", user=ana)
    other = RunRole.objects.create(run=place.run, role="clerk", user=twin)
    assert result("different_people", roles=["lead", "clerk"]) == "failed"
    other.user = ben
    other.save()
    assert result("different_people", roles=["lead", "clerk"]) == "passed"

    named = {"fields": ["who"]}
    assert result("not_named", done(ask=[ana]), **named) == "unchecked"
    ground = replace(done(ask=[ana, ben]), values={"who": "Maria Lopez, Ana Ruiz"})
    assert result("not_named", ground, **named) == "failed"
    ground = replace(ground, values={"who": "Maria Lopez"})
    assert result("not_named", ground, **named) == "passed"
    KnownPerson.objects.create(name="Maria Lopez", account=ben)
    assert result("not_named", ground, **named) == "failed"  # known to be Ben's name too
    assert result("not_named", ground, about=True) == "passed"
    assert result("not_named", replace(ground, doers={}), **named) == "unchecked"


def test_files(place: Place) -> None:
    from indelible.features.runbooks.models import StepFile

    def attach(step: str, name: str, sha256: str, entry: int) -> Any:
        return StepFile.objects.create(
            step=place.steps[step],
            attempt=1,
            name=name,
            media_type="text/plain",
            size=3,
            sha256=sha256,
            blob=name,
            by_name="Ana",
            at=place.now,
            entry=entry,
        )

    assert place.result("files") == "failed"
    assert place.result("same_file", first="ask") == "unchecked"
    attach("ask", "letter.pdf", "aa", 3)
    attach("look", "copy.pdf", "bb", 4)
    found = place.check("files")
    assert (found.result, found.facts) == ("passed", {"count": 1, "entries": [4]})
    assert place.result("files", step="ask", least=2) == "failed"
    assert place.result("same_file", first="ask") == "failed"
    attach("look", "same.pdf", "aa", 5)
    found = place.check("same_file", first="ask")
    assert (found.result, found.facts["entries"]) == ("passed", [3, 5])
    StepFile.objects.update(withdrawn=True)
    assert place.result("files", step="look") == "failed"
