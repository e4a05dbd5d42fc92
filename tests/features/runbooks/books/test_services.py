"""A runbook's text from its beginning to its end, each act with its entry in the same transaction."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from indelible.features.runbooks.document.reading import DocumentError, from_text
from indelible.features.runbooks.document.writing import digest_of
from tests.features.runbooks.books.conftest import NOW
from tests.features.runbooks.books.documents import PETTY_CASH, petty_cash

Sentences = Callable[[], list[str]]


def refused(code: str) -> Any:
    from indelible.features.runbooks.books.errors import BookError

    return pytest.raises(BookError, match=code)


def changed(**parts: Any) -> Any:
    return msgspec.structs.replace(petty_cash(), **parts)


# Beginning -------------------------------------------------------------------------------------------------


def test_a_ready_one_is_copied_and_copied_again_under_the_next_name(ana: Any, sentences: Sentences) -> None:
    from indelible.features.runbooks.books.drafting import copy_ready
    from indelible.features.runbooks.library import all_ready

    name, document = next(iter(all_ready().items()))
    first, second = copy_ready(name, ana, NOW), copy_ready(name, ana, NOW)
    assert (first.key, second.key) == (name, f"{name}-2")
    assert first.state == "draft" and first.origin == name and first.owner == ana
    assert f"Ana Ruiz copied the ready runbook {name} as “{document.title}”" in sentences()[-2:]
    with refused("runbook-ready-missing"):
        copy_ready("RB-999", ana, NOW)


def test_one_of_ones_own_begins_with_nothing_but_an_owner(ana: Any, sentences: Sentences) -> None:
    from indelible.features.runbooks.books.drafting import new

    assert [new("Open the shop", ana, NOW).key, new("Close the shop", ana, NOW).key] == ["R-1", "R-2"]
    assert sentences()[-1] == "Ana Ruiz began the runbook “Close the shop”"


def test_what_is_imported_is_exported_again_to_the_byte(cash: Any, ana: Any, sentences: Sentences) -> None:
    from indelible.features.runbooks.books.carrying import export_all, export_one
    from indelible.features.runbooks.books.drafting import import_text

    assert sentences()[-1] == "Ana Ruiz imported the runbook “Petty cash count”"
    text = export_one(cash, ana, NOW).decode()
    assert from_text(text) == petty_cash()
    packed = export_all(cash.logbook, ana, NOW)
    assert packed == export_all(cash.logbook, ana, NOW + timedelta(days=40))
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert file.namelist() == ["PC-1.toml"]
        assert file.read("PC-1.toml").decode() == text
    assert sentences()[-1] == "Ana Ruiz exported 1 runbook"
    with refused("runbook-key-taken"):
        import_text(text, ana, NOW)
    again = import_text(text.replace("Petty", "Small"), ana, NOW, onto=cash, seen=cash.draft_stamp)
    assert again.title == "Small cash count"
    with pytest.raises(DocumentError):
        import_text(text.replace("steps", "stops"), ana, NOW)


# The draft -------------------------------------------------------------------------------------------------


def test_two_who_edit_at_once_notice_each_other(cash: Any, ana: Any, ben: Any) -> None:
    from indelible.features.runbooks.books.drafting import save_draft

    saved = save_draft(cash, changed(title="Cash count"), ben, NOW, seen=1)
    assert (saved.draft_stamp, saved.title, saved.draft_authors) == (2, "Cash count", [ana.pk, ben.pk])
    with refused("runbook-draft-changed") as told:
        save_draft(cash, changed(title="Counting"), ana, NOW, seen=1)
    assert told.value.facts["name"] == "Ben Okafor"
    same = save_draft(cash, changed(title="Cash count"), ana, NOW, seen=2)
    assert same.draft_stamp == 2  # nothing changed, so nobody is told


def test_a_draft_with_flaws_is_kept_but_not_published(cash: Any, ana: Any) -> None:
    from indelible.features.runbooks.books.checking import all_flaws, said
    from indelible.features.runbooks.books.drafting import save_draft
    from indelible.features.runbooks.books.publishing import publish

    steps = list(petty_cash().steps)
    steps[1] = msgspec.structs.replace(
        steps[1],
        view=msgspec.structs.replace(steps[1].view, entries="every glorp of a wibble"),
        checks=(msgspec.structs.replace(steps[1].checks[0], settings={"fields": ["sum"]}),),
    )
    document = changed(steps=tuple(steps), keep="forever")
    saved = save_draft(cash, document, ana, NOW, seen=1)
    told = {flaw.where: said(flaw) for flaw in all_flaws(document, cash.logbook)}
    assert set(told) == {"keep", "steps.look.checks.filled", "steps.look.view.entries"}
    assert "glorp" in told["steps.look.view.entries"]
    with refused("runbook-flaws") as why:
        publish(saved, ana, NOW, note="x", seen=saved.draft_stamp)
    assert why.value.facts["n"] == 3


# Publishing ------------------------------------------------------------------------------------------------


def test_a_version_is_sealed_with_its_text(cash: Any, ana: Any, sentences: Sentences) -> None:
    from indelible.features.runbooks.books.publishing import publish
    from indelible.storage.database.attachments import open_attachment
    from indelible.storage.database.reads import get_entry

    version = publish(cash, ana, NOW, note="The first one", seen=1)
    assert sentences()[-1] == (
        "Ana Ruiz published version 1 of the runbook “Petty cash count” with 4 steps, which nobody had walked "
        "through: “The first one”"
    )
    entry = get_entry(cash.logbook, version.entry)
    with open_attachment(entry, 0) as file:
        document = from_text(file.read().decode())
    assert document == petty_cash()
    assert entry.event["extra"]["version_digest"] == digest_of(document) == version.digest
    cash.refresh_from_db()
    assert (cash.state, cash.draft, cash.look_again_on) == ("published", None, date(2027, 6, 1))
    with refused("runbook-no-draft"):
        publish(cash, ana, NOW, note="Once more", seen=cash.draft_stamp)


def test_the_next_version_stands_beside_the_one_before(in_force: Any, ana: Any) -> None:
    from indelible.features.runbooks.books.comparing import differences
    from indelible.features.runbooks.books.drafting import save_draft
    from indelible.features.runbooks.books.holding import document_of_version
    from indelible.features.runbooks.books.publishing import publish

    row = save_draft(in_force, petty_cash(), ana, NOW, seen=in_force.draft_stamp)
    with refused("runbook-nothing-changed"):
        publish(row, ana, NOW, note="x", seen=row.draft_stamp)
    steps = petty_cash().steps
    after = changed(
        title="Cash count",
        steps=(msgspec.structs.replace(steps[0], do="Count twice."), steps[3], steps[1]),
        clocks=(),
    )
    row = save_draft(row, after, ana, NOW, seen=row.draft_stamp)
    assert row.title == "Petty cash count"  # as long as that version is in force
    with refused("runbook-flaws"):
        publish(row, ana, NOW, note="x", seen=row.draft_stamp)  # what it covers comes after it
    after = msgspec.structs.replace(after, steps=(*after.steps[:1], steps[1], steps[3]))
    row = save_draft(row, after, ana, NOW, seen=row.draft_stamp)
    with refused("runbook-needs-note"):
        publish(row, ana, NOW, note=" ", seen=row.draft_stamp)
    second = publish(row, ana, NOW, note="Shorter", seen=row.draft_stamp)
    first = row.versions.get(number=1)
    assert (second.number, first.document["title"]) == (2, "Petty cash count")
    told = [
        (each.kind, each.what, each.before, each.after)
        for each in differences(document_of_version(first), document_of_version(second))
    ]
    assert told == [
        ("head", "Title", "Petty cash count", "Cash count"),
        ("head", "Deadlines of a law", told[1][2], ""),
        ("changed", "Step 1: What to do", steps[0].do, "Count twice."),
        ("removed", "Step taken out", "3. Wait for the bank", ""),
    ]
    assert "Tell the insurer" in told[1][2]


def test_a_draft_is_thrown_away_and_the_version_stays(in_force: Any, ana: Any, sentences: Sentences) -> None:
    from indelible.features.runbooks.books.drafting import drop_draft, save_draft

    row = save_draft(in_force, changed(title="Other"), ana, NOW, seen=in_force.draft_stamp)
    row = drop_draft(row, ana, NOW, seen=row.draft_stamp)
    assert (row.draft, row.title) == (None, "Petty cash count")
    assert sentences()[-1] == "Ana Ruiz threw the draft of the runbook “Petty cash count” away"
    with refused("runbook-draft-changed"):
        save_draft(row, changed(title="Late"), ana, NOW, seen=row.draft_stamp - 1)


# A walk-through --------------------------------------------------------------------------------------------


def test_somebody_else_walks_through_the_draft_and_the_version_says_so(
    cash: Any, ana: Any, ben: Any, account: Callable[..., Any], sentences: Sentences
) -> None:
    from indelible.features.runbooks.books.drafting import save_draft
    from indelible.features.runbooks.books.publishing import publish
    from indelible.features.runbooks.books.walking import is_walked, walk_through

    for writer in (ana, account("Ana R", "member", "ana+two@northwind.example")):
        with refused("runbook-own-text"):
            walk_through(cash, writer, NOW, seen=1)
    walk_through(cash, ben, NOW, notes={"look": "Which list?", "": "Good otherwise"}, seen=1)
    assert sentences()[-1] == "Ben Okafor walked through the draft of the runbook “Petty cash count”"
    cash.refresh_from_db()
    assert is_walked(cash, petty_cash())
    assert cash.draft_walk["note"] == "2. Look at what was paid out: Which list?\nGood otherwise"
    row = save_draft(cash, changed(purpose="Another"), ana, NOW, seen=1)
    assert not is_walked(row, changed(purpose="Another"))
    row = save_draft(row, petty_cash(), ana, NOW, seen=row.draft_stamp)
    version = publish(row, ana, NOW, note="Walked", seen=row.draft_stamp)
    assert version.walked_by == ben and version.walked_note.startswith("2. Look")
    assert "which Ben Okafor had walked through" in sentences()[-1]


def test_a_version_in_force_is_walked_through_once(in_force: Any, ana: Any, ben: Any, chloe: Any) -> None:
    from indelible.features.runbooks.books.walking import walk_through

    with refused("runbook-own-text"):
        walk_through(in_force, ana, NOW)
    walk_through(in_force, chloe, NOW)
    assert in_force.versions.get().walked_by == chloe
    with refused("runbook-walked"):
        walk_through(in_force, ben, NOW)


# A second person -------------------------------------------------------------------------------------------


def test_where_two_people_publish_the_other_one_wrote_nothing(
    cash: Any, ana: Any, ben: Any, sentences: Sentences
) -> None:
    from indelible.features.people.second import services as second
    from indelible.features.runbooks.books import publishing
    from indelible.features.runbooks.books.drafting import save_draft

    publishing.set_two_people(True, ana)
    assert publishing.needs_second()
    asked = publishing.ask_to_publish(cash, ana, NOW, note="The first one", seen=1)
    with pytest.raises(second.SecondRefused, match="second-own-work"):
        second.approve(asked, ana, {})
    row = save_draft(cash, changed(purpose="Mine"), ben, NOW, seen=1)
    with pytest.raises(second.SecondRefused, match="runbook-"):
        second.approve(asked, ben, {})  # he wrote on it, and it is no longer what was asked
    second.withdraw(asked, ana)
    asked = publishing.ask_to_publish(row, ana, NOW, note="The first one", seen=row.draft_stamp)
    with pytest.raises(second.SecondRefused, match="runbook-own-text"):
        second.approve(asked, ben, {})
    row.draft_authors = [ana.pk]
    row.save()
    assert [line.what for line in publishing.lines(asked)] == ["New runbook"]
    second.approve(asked, ben, {})
    assert cash.versions.get().published_by == ana
    assert "Ben Okafor agreed" in sentences()[-1]
    ending = publishing.ask_for_one_person(ana, NOW)
    second.approve(ending, ben, {})
    assert not publishing.needs_second()


# Who, when, and the end ------------------------------------------------------------------------------------


def test_roles_that_must_be_two_people_are_kept_apart(
    in_force: Any, ana: Any, ben: Any, chloe: Any, account: Callable[..., Any], sentences: Sentences
) -> None:
    from indelible.features.runbooks.books.appointing import Filled, appoint, appoint_all, appointed

    appoint(in_force, "counter", ben, chloe, ana, NOW)
    assert sentences()[-1] == (
        "Ana Ruiz named Ben Okafor as Counter of the runbook “Petty cash count”, with Chloe Martin to stand in"
    )
    other_ben = account("B Okafor", "member", "ben+shop@northwind.example")
    for user, stand_in in ((ben, None), (other_ben, None), (chloe, None), (ana, ben)):
        with refused("runbook-role-twice"):
            appoint(in_force, "manager", user, stand_in, ana, NOW)
    appoint(in_force, "manager", ana, None, ana, NOW)
    with refused("runbook-stand-in-same"):
        appoint(in_force, "counter", ben, other_ben, ana, NOW)
    with refused("runbook-stand-in-alone"):
        appoint(in_force, "counter", None, ben, ana, NOW)
    with refused("runbook-no-such-role"):
        appoint(in_force, "pilot", ben, None, ana, NOW)
    # Two who change places are changed at once, or not at all.
    swapped = {"counter": Filled(ana), "manager": Filled(ben)}
    assert appoint_all(in_force, swapped, ana, NOW) == 2
    assert appointed(in_force) == swapped
    assert appoint_all(in_force, swapped, ana, NOW) == 0
    appoint(in_force, "counter", None, None, ana, NOW)
    assert sentences()[-1] == "Ana Ruiz named nobody as Counter of the runbook “Petty cash count”"
    chloe.is_active = False
    chloe.save()
    with refused("runbook-person-ended"):
        appoint(in_force, "counter", chloe, None, ana, NOW)


def test_it_is_looked_at_again_scheduled_retired_and_taken_up(
    in_force: Any, ana: Any, ben: Any, sentences: Sentences
) -> None:
    from indelible.features.runbooks.books import keeping
    from indelible.features.runbooks.books.drafting import save_draft
    from indelible.features.runbooks.books.queries import next_dates

    later = NOW + timedelta(days=200)
    keeping.set_owner(in_force, ben, ana)
    assert sentences()[-1] == "Ana Ruiz named Ben Okafor as the owner of the runbook “Petty cash count”"
    row = keeping.look_again(in_force, ben, later)
    assert row.look_again_on == date(2027, 12, 18)
    with refused("runbook-day-past"):
        keeping.schedule(in_force, date(2026, 5, 31), ana, NOW)
    row = keeping.schedule(in_force, date(2026, 6, 2), ana, NOW)
    assert sentences()[-1].endswith(
        "switched the calendar of the runbook “Petty cash count” on from 2026-06-02"
    )
    days = [each.day for each in next_dates(row, petty_cash(), NOW, 3)]
    assert days == [date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)]
    with refused("runbook-needs-reason"):
        keeping.retire(in_force, ana, NOW, reason=" ")
    row = keeping.retire(in_force, ana, NOW, reason="No cash any more")
    assert (row.state, row.scheduled_from) == ("retired", None)
    for act in (
        lambda: keeping.schedule(row, date(2026, 7, 1), ana, NOW),
        lambda: keeping.look_again(row, ana, NOW),
        lambda: save_draft(row, petty_cash(), ana, NOW, seen=row.draft_stamp),
        lambda: keeping.retire(row, ana, NOW, reason="Again"),
    ):
        with refused("runbook-retired"):
            act()
    row = keeping.take_up(row, ana, NOW)
    assert row.state == "published"
    with refused("runbook-not-retired"):
        keeping.take_up(row, ana, NOW)
    assert sentences()[-2:] == [
        "Ana Ruiz retired the runbook “Petty cash count”: “No cash any more”",
        "Ana Ruiz took the runbook “Petty cash count” up again",
    ]


def test_nothing_can_be_scheduled_that_names_no_day(cash: Any, ana: Any) -> None:
    from indelible.features.runbooks.books import keeping
    from indelible.features.runbooks.books.drafting import save_draft
    from indelible.features.runbooks.books.publishing import publish

    with refused("runbook-not-published"):
        keeping.schedule(cash, date(2026, 7, 1), ana, NOW)
    without = msgspec.structs.replace(petty_cash().starts, schedule=())
    row = save_draft(cash, changed(starts=without), ana, NOW, seen=1)
    publish(row, ana, NOW, note="x", seen=row.draft_stamp)
    with refused("runbook-no-calendar"):
        keeping.schedule(row, date(2026, 7, 1), ana, NOW)


def test_the_list_costs_the_same_however_many_there_are(
    in_force: Any, ana: Any, django_assert_num_queries: Any
) -> None:
    from indelible.features.runbooks.books.drafting import copy_ready
    from indelible.features.runbooks.books.queries import teams
    from indelible.features.runbooks.library import all_ready

    for name in list(all_ready())[:5]:
        copy_ready(name, ana, NOW)
    with django_assert_num_queries(4):  # runbooks, versions, runs; and one that follows
        found = teams(in_force.logbook, NOW)
    assert sum(len(team.lines) for team in found) == 6
    assert [
        line.runbook.key for team in teams(in_force.logbook, NOW, words="cash") for line in team.lines
    ] == ["PC-1"]
    assert PETTY_CASH
