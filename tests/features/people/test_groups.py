"""Groups: who belongs to one on which day, and that rules go by it from the entry that tells of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client

from tests.features.people.test_accounts import text_of


def mark() -> int:
    from indelible.web.acts import logbook_in_use

    logbook = logbook_in_use()
    logbook.refresh_from_db()
    return logbook.rule_change


def world_groups() -> dict[str, Any]:
    from indelible.features.rules.world import world_of
    from indelible.web.acts import logbook_in_use

    return dict(world_of(logbook_in_use()).groups)


def test_a_group_is_made_filled_and_ended_and_each_step_is_an_entry(
    signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.people.models import Group, Membership

    before = mark()
    signed_in.post("/people/groups/", {"name": "Finance"})
    group = Group.objects.get()
    url = f"/people/groups/{group.pk}/"
    signed_in.post(f"{url}add/", {"person": "Maria Lopez", "since": "2025-03-01"})
    again = signed_in.post(f"{url}add/", {"person": "maria lopez", "until": "2025-03-01"})
    assert again.status_code == 422
    assert "They belong to it already." in text_of(again)
    assert "1 person today" in text_of(signed_in.get("/people/groups/"))
    line = Membership.objects.get()
    assert signed_in.post(f"/people/members/{line.pk}/end/", {"last_day": "2025-01-01"}).status_code == 422
    signed_in.post(f"/people/members/{line.pk}/end/", {"last_day": "2025-06-30"})
    signed_in.post(f"{url}add/", {"person": "Maria Lopez", "since": "2025-09-01"})
    assert "from 1 March 2025 to 30 June 2025" in text_of(signed_in.get(url))
    newest = Membership.objects.order_by("-pk")[0]
    signed_in.post(f"/people/members/{newest.pk}/withdraw/", {"reason": "Another Lopez"})
    signed_in.post(f"{url}rename/", {"name": "Finance team"})
    signed_in.post(f"{url}end/", {"last_day": "2025-12-31"})
    assert "This group ended." in text_of(signed_in.get(url))
    assert signed_in.post(f"{url}add/", {"person": "Tom Reed"}).status_code == 422
    assert [one.removeprefix("Ana Ruiz ") for one in sentences()[1:]] == [
        "made the group Finance",
        "put Maria Lopez among the people whom sources speak of",
        "recorded that Maria Lopez belongs to the group Finance, since 2025-03-01",
        "recorded that Maria Lopez does not belong to the group Finance after 2025-06-30",
        "recorded that Maria Lopez belongs to the group Finance, since 2025-09-01",
        "took back that Maria Lopez belongs to the group Finance, since 2025-09-01: “Another Lopez”",
        "renamed the group Finance to Finance team",
        "recorded that nobody belongs to the group Finance team after 2025-12-31",
    ]
    assert mark() != before


def test_a_name_that_cannot_be_or_is_taken_is_refused(signed_in: Client) -> None:
    from indelible.features.people.models import Group

    signed_in.post("/people/groups/", {"name": "Finance"})
    for name in (" ", "x" * 81, "Fin\u202eance", "finance"):
        assert signed_in.post("/people/groups/", {"name": name}).status_code == 422
    assert Group.objects.count() == 1


def test_sentences_know_a_group_by_the_names_of_its_people_on_their_days(ana: Any) -> None:
    from indelible.features.people.groups import services
    from indelible.features.people.models import KnownPerson
    from indelible.features.people.names import joining
    from indelible.features.people.names.days import Days
    from indelible.language.world import Member

    maria = KnownPerson.objects.create(name="Maria Lopez", email="maria@northwind.example", account=ana)
    group = services.make_group("Finance", ana, {})
    services.add_member(group.pk, maria, Days(date(2025, 3, 1), date(2025, 6, 30)), ana, {})
    joining.join(maria, joining.Said("mlopez", days=Days(date(2025, 5, 1))), ana, {})
    joining.join(maria, joining.Said("later", days=Days(date(2025, 8, 1))), ana, {})
    begins, ends = "2025-02-28T23:00:00Z", "2025-06-30T22:00:00Z"  # midnights of Madrid
    assert set(world_groups()["Finance"]) == {
        Member("Maria Lopez", None, begins, ends),
        Member("maria@northwind.example", None, begins, ends),
        Member("Ana Ruiz", None, begins, ends),
        Member("ana@northwind.example", None, begins, ends),
        Member("mlopez", None, "2025-04-30T22:00:00Z", ends),
    }


def test_the_groups_are_read_in_two_queries_however_many_people_they_have(
    ana: Any, django_assert_num_queries: Any
) -> None:
    from indelible.features.people.groups.queries import members_by_group
    from indelible.features.people.models import Group, KnownPerson, Membership

    for place in range(3):
        group = Group.objects.create(name=f"Group {place}")
        for each in range(5):
            person = KnownPerson.objects.create(name=f"Person {place} {each}")
            Membership.objects.create(group=group, person=person)
    with django_assert_num_queries(2):
        assert {name: len(members) for name, members in members_by_group(100).items()} == {
            "Group 0": 5, "Group 1": 5, "Group 2": 5,
        }  # fmt: skip


def test_whatever_changes_who_is_who_or_when_work_is_has_the_rules_read_anew(
    signed_in: Client, ana: Any
) -> None:
    marks = [mark()]

    def changes(path: str, form: dict[str, str]) -> None:
        answer = signed_in.post(path, form)
        assert answer.status_code == 302, text_of(answer)
        marks.append(mark())

    changes("/people/add/", {"name": "Maria Lopez", "email": ""})
    changes("/people/join/", {"login": "mlopez", "person": "Maria Lopez"})
    changes("/people/paste/", {"names": "treed,Tom Reed\ntreed2,Tom Reed"})
    changes("/settings/office/holidays/add/", {"day": "2026-12-24", "name": "Christmas Eve"})
    assert len(set(marks)) == len(marks)
