"""Checks that look for entries, each in its three results; and what is filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from .conftest import Place, bank_change


def test_entries_and_arrivals(place: Place) -> None:
    find = "changes to bank accounts of supplier {run.about}"
    result = place.result
    assert "No source is connected" in place.check("entries", find=find).says
    xero = place.source()
    assert result("entries", find=find) == "failed"  # connected, and nothing came
    assert result("entries", find=find, expect="none") == "unchecked"  # nothing of the kind was ever told
    assert "ever recorded" in place.check("entries", find=find, expect="none").says
    early = place.begun - timedelta(days=40)
    (old,) = place.send(xero, bank_change(early, "Somebody Else"))
    assert result("entries", find=find, expect="none") == "passed"
    assert result("arrives", find=find, after="step:ask", within="P2D") == "unchecked"
    later = replace(place.ground, now=place.now + timedelta(days=5))
    assert result("arrives", later, find=find, after="step:ask", within="P2D") == "failed"
    new = place.send(xero, *(bank_change(place.now) for _each in range(3)))
    found = place.check("arrives", find=find, after="step:ask", within="P2D")
    assert (found.result, found.facts["entries"]) == ("passed", [new[0]])
    found = place.check("entries", find=find, expect=">=3")
    assert found.result == "passed"
    assert found.facts["entries"] == new[::-1]
    assert found.facts["count"] == 3
    assert result("entries", find=find, expect=">=4") == "failed"
    assert result("entries", find=find, expect="none") == "failed"
    assert result("entries", find=find, expect="=field:count") == "unchecked"
    assert result("entries", place.with_values(count="3"), find=find, expect="=field:count") == "passed"
    assert result("entries", place.with_values(count=2), find=find, expect="=field:count") == "failed"
    every = "changes to bank accounts of suppliers"
    assert result("entries", find=every, over="P30D", expect="=3") == "passed"
    assert result("entries", find=every, over="P60D", expect="=4") == "passed"
    assert result("entries", find=every, over="start", expect="=3") == "passed"
    assert result("entries", find=every, over="step:ask", expect="=3") == "passed"
    assert result("entries", find=every, over="step:done", expect="=3") == "unchecked"
    assert result("entries", find=every, over="period", expect="=3") == "unchecked"
    day = early.astimezone(place.ground.zone).date()
    past = replace(place.ground, period=(day, day))
    found = place.check("entries", past, find=every, over="period", expect="=1")
    assert (found.result, found.facts["entries"]) == ("passed", [old])
    assert result("entries", past, find=every + " {period}", expect="=1") == "passed"
    assert result("entries", find="changes to bank accounts of suppliers in SAP") == "unchecked"
    assert result("entries", find="chanegs to bonk accounts", expect="none") == "unchecked"


def test_nothing_found_while_a_source_is_not_heard_shows_nothing(place: Place) -> None:
    from indelible.features.coverage import keeping
    from indelible.features.sources.models import Gap

    xero = place.source()
    find = "changes to bank accounts of supplier {run.about}"
    place.send(xero, bank_change(place.now, "Somebody Else"))
    keeping.catch_up(place.book, most=1000)
    assert place.result("entries", find=find, expect="none") == "passed"
    Gap.objects.create(source=xero, kind="silent", began_at=place.begun, noticed_at=place.now)
    found = place.check("entries", find=find, expect="none")
    assert found.result == "unchecked"
    assert "Xero of Northwind" in found.says


def test_a_run_bears_itself_not_out(place: Place) -> None:
    """Indelible's own entries name what a run is about; they are no evidence of it."""
    from indelible.features.sources.origins import record_own

    place.source()
    event: Any = bank_change(place.now, source={"name": "Indelible", "system": "indelible"})
    record_own(place.book, event)
    find = "changes to bank accounts of supplier {run.about}"
    assert place.result("entries", find=find) == "failed"
    assert place.result("arrives", find=find, within="P2D") == "unchecked"
    assert place.result("entries", find=find + " in Indelible") == "passed"


def test_what_people_typed_is_no_sources_word(place: Place) -> None:
    from indelible.storage.database.append import Draft, append

    place.source()
    typed: Any = bank_change(place.now)
    del typed["source"]
    append(place.book, [Draft(typed)])
    find = "changes to bank accounts of supplier {run.about}"
    assert place.result("entries", find=find) == "passed"
    assert place.result("arrives", find=find) == "unchecked"
    assert place.result("arrives", find=find, typed=True) == "passed"
    late = replace(place.ground, now=place.now + timedelta(days=3))
    unseen = place.check("arrives", late, find="removals of user account {run.about}", within="P1D")
    assert unseen.result == "failed"
    assert "No source has told" in unseen.says
