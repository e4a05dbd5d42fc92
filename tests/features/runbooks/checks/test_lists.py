"""Checks of the lists that steps showed, each in its three results."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from .conftest import Place, bank_change

ACCOUNTS = [
    {"login": "maria", "right": "pay", "manager": "Ben"},
    {"login": "tom", "right": "make", "manager": ""},
    {"login": "old", "right": "pay", "manager": "Ben"},
]


def test_lists(place: Place) -> None:
    from indelible.features.people.models import Organisation, User
    from indelible.features.signoffs import deciding, freezing, looking, sampling
    from indelible.features.signoffs.models import Decision, FrozenLine, FrozenList
    from indelible.features.signoffs.signers import Signer
    from indelible.language.pattern import Pattern

    result, now = place.result, place.now
    who = Signer.of_user(User.objects.create_user("ben@northwind.example", "Ben Osei", role="member"))

    def freeze(lines: list[dict[str, Any]], name: str = "accounts") -> Any:
        return freezing.freeze_lines(place.book, lines, None, now, title="Accounts", code={"list": name})

    def shown(**lists: Any) -> Any:
        return replace(place.ground, lists={step: frozen.pk for step, frozen in lists.items()})

    for kind in ("decided", "whole", "sampled", "looked"):
        assert result(kind) == "unchecked"  # nothing was shown yet
    first = freeze(ACCOUNTS)
    ground = shown(look=first, ask=first)

    found = place.check("decided", ground)
    assert (found.result, found.facts["places"], found.facts["lists"]) == ("failed", [0, 1, 2], [first.pk])
    deciding.decide(first, [0, 1], "keep", "Still works there", who, now)
    deciding.decide(first, [2], "remove", "", who, now)
    assert result("decided", ground, step="ask") == "passed"
    Decision.objects.filter(choice="keep").update(in_bulk=True, reason="")
    assert result("decided", ground) == "passed"
    assert result("decided", ground, bulk=1) == "failed"

    assert result("whole", ground) == "passed"
    assert result("whole", ground, equals="field:count") == "unchecked"
    assert result("whole", replace(ground, values={"count": "3"}), equals="field:count") == "passed"
    Organisation.objects.update(number_style="point")
    found = place.check("whole", replace(ground, values={"count": "4444"}), equals="field:count")
    assert found.result == "failed"
    assert "4.444" in found.says  # as the organisation writes numbers, whoever looks
    assert result("lines_filled", ground, column="login") == "passed"
    assert result("lines_filled", ground, column="manager") == "failed"
    assert result("lines_filled", ground, column="owner") == "unchecked"

    assert result("looked", ground) == "failed"
    looking.look(first, who, now - timedelta(minutes=3))
    looking.look(first, who, now, opened=1)
    assert "3 minutes; 1 of its 3 rows" in place.check("looked", ground, rows=1).says
    assert result("looked", ground, rows=2) == "failed"

    agree = {"first": "look", "second": "approve", "key": ["login", "right"], "less": "remove"}
    assert result("lists_agree", ground, **agree) == "unchecked"
    assert result("lists_agree", shown(look=first, approve=first), **agree) == "failed"
    assert result("lists_agree", shown(look=first, approve=freeze(ACCOUNTS[:2])), **agree) == "passed"
    lost = place.check("lists_agree", shown(look=first, approve=freeze(ACCOUNTS[:1])), **agree)
    assert (lost.result, lost.facts["gone"]) == ("failed", 1)
    more = shown(look=first, approve=freeze([*ACCOUNTS[:2], {"login": "new", "right": "pay"}]))
    assert result("lists_agree", more, **agree) == "failed"
    assert result("lists_agree", more, **agree, new=True) == "passed"

    xero = place.source()
    removal = {"find": 'removals of user "{line.login}"', "step": "look", "choice": "remove", "within": "P5D"}
    assert result("each_arrives", ground, **removal | {"choice": "reduce"}) == "passed"
    assert result("each_arrives", ground, **removal) == "unchecked"
    assert result("each_arrives", replace(ground, now=now + timedelta(days=9)), **removal) == "failed"
    assert result("each_arrives", ground, **removal | {"find": "removals of user {line.name}"}) == "unchecked"
    gone = bank_change(
        now + timedelta(seconds=1), action={"verb": "delete"}, targets=[{"kind": "user_account", "id": "old"}]
    )
    (entry,) = place.send(xero, gone)
    found = place.check("each_arrives", ground, **removal)
    assert (found.result, found.facts["entries"]) == ("passed", [entry])

    place.send(xero, *(bank_change(now, f"S{n}") for n in range(9)))
    changes = Pattern.of(verbs=["change"])
    drawn = sampling.draw(place.book, changes, 4, None, None, now, title="Sample")
    assert result("sampled", shown(look=drawn)) == "passed"
    assert result("sampled", ground) == "failed"
    FrozenList.objects.filter(pk=drawn.pk).update(sample={**drawn.sample, "size": 3})
    assert result("sampled", shown(look=drawn)) == "failed"
    FrozenList.objects.filter(pk=drawn.pk).update(sample={**drawn.sample, "method": "dice"})
    assert result("sampled", shown(look=drawn)) == "unchecked"
    FrozenLine.objects.filter(frozen=first, place=1).update(data={"login": "tom", "right": "pay"})
    assert result("whole", ground) == "failed"
