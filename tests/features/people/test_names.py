"""Who a login is: said once, shown beside each entry of its days, and never written into what was sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from indelible.features.people.models import KnownPerson, Login
from tests.features.record.conftest import text_of

Put = Callable[..., list[int]]
PEOPLE = "/people/names/"


@pytest.fixture
def put(ana: Any) -> Put:
    """A function that records acts of logins from a source, and gives their indexes."""
    from indelible.features.sources.models import Source
    from indelible.storage.database.append import Draft, append
    from indelible.web.acts import logbook_in_use

    xero = Source.objects.create(logbook=logbook_in_use(), name="Xero", system="xero")

    def record(*acts: tuple[str, str], **who: str) -> list[int]:
        events: list[Any] = [
            {
                "occurred_at": at,
                "actor": {"id": login, **who},
                "action": {"verb": "change", "said": "Edited"},
                "targets": [{"kind": "invoice.sales", "id": f"INV-{at}"}],
                "source": {"name": "Xero", "system": "xero"},
            }
            for login, at in acts
        ]
        drafts = [Draft(event, source=xero.pk) for event in events]
        return [entry.index for entry in append(logbook_in_use(), drafts).recorded]

    return record


def join(client: Client, login: str, person: str, **more: str) -> Any:
    return client.post("/people/join/", {"login": login, "person": person, **more})


def entry_text(client: Client, index: int) -> str:
    return text_of(client.get(f"/record/{index + 1}/"))


def who_it_is(client: Client, index: int) -> str:
    """Return what the entry's page says of the one who acted; nothing where nobody said so."""
    _before, _label, rest = entry_text(client, index).partition("Who that is ")
    return rest.partition(" How do I know")[0].replace(" ,", ",")


def test_a_login_that_passes_on_shows_each_person_in_their_time(
    signed_in: Client, put: Put, sentences: Callable[[], list[str]]
) -> None:
    """Field case: mlopez was Maria Lopez until the end of February, then Marco Lopez."""
    february, march = put(("mlopez", "2025-02-28T22:59:00Z"), ("MLopez", "2025-02-28T23:00:00Z"))  # Madrid
    assert join(signed_in, "mlopez", "Maria Lopez").status_code == 302
    taken = join(signed_in, "mlopez", "Marco Lopez")
    assert taken.status_code == 422 and "mlopez is Maria Lopez" in text_of(taken)
    assert "passes from one to the other" not in text_of(taken)
    asked = join(signed_in, "mlopez", "Marco Lopez", since="2025-03-01")
    assert "passes from one to the other" in text_of(asked)
    assert KnownPerson.objects.count() == 1  # refused: nobody became known by it
    join(signed_in, "mlopez", "Marco Lopez", since="2025-03-01", passes_on="on")
    told = sentences()[-4:]
    assert told == [
        "Ana Ruiz recorded that the login mlopez is Maria Lopez",
        "Ana Ruiz put Marco Lopez among the people whom sources speak of",
        "Ana Ruiz recorded that the login mlopez is not Maria Lopez any more after 2025-02-28",
        "Ana Ruiz recorded that the login mlopez is Marco Lopez, since 2025-03-01",
    ]
    marcos = Login.objects.get(person__name="Marco Lopez")
    shown = f"MLopez: Marco Lopez, since 1 March 2025 ( entry {marcos.entry + 1} )"
    assert who_it_is(signed_in, march) == shown
    assert who_it_is(signed_in, february).startswith("mlopez: Maria Lopez, until 28 February 2025")
    listed = text_of(signed_in.get("/record/?q=invoices"))
    assert "mlopez is Maria Lopez" in listed and "MLopez is Marco Lopez" in listed
    for name, theirs, others in (("Maria Lopez", february, march), ("Marco Lopez", march, february)):
        answer = signed_in.get("/record/", {"q": f'who:"{name}"'}).content.decode()
        assert f"/record/{theirs + 1}/" in answer and f"/record/{others + 1}/" not in answer
    page = text_of(signed_in.get(f"/people/{marcos.person_id}/"))
    assert "in every source, since 1 March 2025" in page
    assert "changed" in page  # what they did
    sealed = signed_in.get(f"/record/{march + 1}/details/").json()["event"]
    assert sealed["actor"] == {"id": "MLopez"}


def test_somebody_who_left_goes_on_naming_the_entries_of_their_time(signed_in: Client, put: Put) -> None:
    """Field case 41: an account is taken away, and what it did keeps its name."""
    before, after = put(("treed", "2025-06-30T10:00:00Z"), ("treed", "2025-07-01T10:00:00Z"))
    join(signed_in, "treed", "Tom Reed <tom@northwind.example>")
    key = KnownPerson.objects.get().pk
    assert signed_in.post(f"/people/{key}/left/", {"last_day": "30.6.2025"}).status_code == 422
    signed_in.post(f"/people/{key}/left/", {"last_day": "2025-06-30"})
    assert "treed: Tom Reed" in entry_text(signed_in, before)
    assert "Tom Reed" not in entry_text(signed_in, after)
    assert "Left on 30 June 2025" in text_of(signed_in.get(PEOPLE))
    refused = text_of(join(signed_in, "tom2", "tom@northwind.example"))
    assert "Tom Reed left on 30 June 2025." in refused
    join(signed_in, "treed", "Tessa Reed", since="2025-07-01")
    assert "treed: Tessa Reed" in entry_text(signed_in, after)


def test_what_arrives_and_is_nobodys_is_offered_and_joined_by_one_press(signed_in: Client, put: Put) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    put(
        *[("mlopez", now)] * 3, ("dosei@northwind.example", now), ("mlоpez", now)
    )  # the last with a Cyrillic o
    put(("robot", now), kind="service")
    put(("17", now), name="Alina Popescu")
    signed_in.post("/people/add/", {"name": "Maria Lopez", "email": "maria@northwind.example"})
    page = signed_in.get(PEOPLE)
    assert [offer.login for offer in page.context["offers"]] == [
        "mlopez",
        "mlоpez",
        "dosei@northwind.example",
    ]
    assert "This is Maria Lopez (mlopez)" in text_of(page)
    assert "3 entries · Xero" in text_of(page)
    join(signed_in, "mlopez", "Maria Lopez <maria@northwind.example>")
    page = signed_in.get("/people/unknown/")
    assert "It looks like mlopez, which is Maria Lopez, but is written with other letters." in text_of(page)
    assert "This is Maria Lopez" not in text_of(page)
    refused = join(signed_in, "mlоpez", "Somebody Else")
    assert refused.status_code == 422 and "only looks like mlopez" in text_of(refused)
    assert join(signed_in, "mlоpez", "Somebody Else", meant="on").status_code == 302
    assert join(signed_in, "m.lopez", "Maria Lopez").status_code == 302
    assert join(signed_in, "m-lopez", "Maria Lopez").status_code == 302  # other signs deceive nobody
    assert [one.login for one in signed_in.get(PEOPLE).context["offers"]] == ["dosei@northwind.example"]


def test_a_login_of_one_source_is_somebodys_there_alone(signed_in: Client, put: Put) -> None:
    from indelible.features.sources.models import Source
    from indelible.web.acts import logbook_in_use

    (here,) = put(("admin", "2025-06-30T10:00:00Z"))
    other = Source.objects.create(logbook=logbook_in_use(), name="Okta", system="okta")
    join(signed_in, "admin", "Daniel Osei", source=str(other.pk))
    assert who_it_is(signed_in, here) == ""
    refused = join(signed_in, "admin", "Maria Lopez")  # in every source, so in Okta too
    assert "admin is Daniel Osei" in text_of(refused)
    join(signed_in, "admin", "Maria Lopez", source=str(Source.objects.get(name="Xero").pk))
    assert "admin: Maria Lopez" in entry_text(signed_in, here)
    answer = signed_in.get("/record/", {"q": 'who:"Daniel Osei"'}).content.decode()
    assert f"/record/{here + 1}/" not in answer


def test_a_pasted_list_is_joined_whole_or_not_at_all(
    signed_in: Client, sentences: Callable[[], list[str]]
) -> None:
    good = 'login;name;from\nmlopez;Maria Lopez;2025-03-01\ndosei;"Osei; Daniel";\n'
    for bad, words in (
        ("mlopez;Maria Lopez;1.3.2025", "Line 1: write the day as 2025-03-01"),
        ("mlopez", "Line 1 lacks a login or a name"),
        ("mlopez,Lopez,Maria,Ms", "Line 1 has more than"),
        ("mlopez,Maria\nMLOPEZ,Marco", "Line 2: mlopez is Maria"),
        (" \n", "Paste at least one line"),
    ):
        answer = signed_in.post("/people/paste/", {"names": bad})
        assert answer.status_code == 422 and words in text_of(answer), text_of(answer)
        assert not KnownPerson.objects.exists()
    signed_in.post("/people/paste/", {"names": good})
    assert [(row.login, row.person.name, row.since) for row in Login.objects.order_by("pk")] == [
        ("mlopez", "Maria Lopez", date(2025, 3, 1)),
        ("dosei", "Osei; Daniel", None),
    ]
    assert sentences()[-1] == "Ana Ruiz recorded that the login dosei is Osei; Daniel"


def test_what_was_said_can_be_ended_changed_and_taken_back_each_on_the_record(
    signed_in: Client, put: Put, sentences: Callable[[], list[str]]
) -> None:
    (index,) = put(("mlopez", "2025-06-30T10:00:00Z"))
    join(signed_in, "mlopez", "Maria Lopez", since="2025-03-01", until="2025-02-01")
    assert not Login.objects.exists()
    join(signed_in, "mlopez", "Maria Lopez", since="2025-03-01")
    row = Login.objects.get()
    assert signed_in.post(f"/people/logins/{row.pk}/end/", {"last_day": "2025-02-01"}).status_code == 422
    signed_in.post(f"/people/logins/{row.pk}/end/", {"last_day": "2025-06-29"})
    assert "Maria Lopez" not in entry_text(signed_in, index)
    assert signed_in.post(f"/people/logins/{row.pk}/end/", {"last_day": "2025-07-01"}).status_code == 422
    signed_in.post(f"/people/{row.person_id}/change/", {"name": "Maria Lopez Garcia", "email": ""})
    assert signed_in.post(f"/people/logins/{row.pk}/withdraw/", {"reason": ""}).status_code == 422
    signed_in.post(f"/people/logins/{row.pk}/withdraw/", {"reason": "Another Lopez"})
    assert signed_in.get(f"/people/logins/{row.pk}/withdraw/").status_code == 404
    assert sentences()[-3:] == [
        "Ana Ruiz recorded that the login mlopez is not Maria Lopez any more after 2025-06-29",
        "Ana Ruiz changed the name of Maria Lopez Garcia from Maria Lopez to Maria Lopez Garcia",
        "Ana Ruiz took back that the login mlopez is Maria Lopez Garcia, from 2025-03-01 to 2025-06-29:"
        " “Another Lopez”",
    ]


def test_a_list_of_entries_asks_once_for_all_names_and_two_of_a_name_are_told_apart(
    signed_in: Client, put: Put, django_assert_num_queries: Any
) -> None:
    from indelible.features.people.names.told import names_told

    indexes = put(*[(f"login{n}", "2025-06-30T10:00:00Z") for n in range(30)])
    signed_in.post("/people/add/", {"name": "Maria Lopez", "email": "one@northwind.example"})
    signed_in.post("/people/add/", {"name": "Maria Lopez", "email": "two@northwind.example"})
    assert "Several people are called Maria Lopez" in text_of(join(signed_in, "login1", "Maria Lopez"))
    assert join(signed_in, "login1", "two@northwind.example").status_code == 302
    events = {
        index: ({"actor": {"id": f"login{n}"}, "numbers": {"sources": {"1": n + 1}}}, "2025-06-30T10:00:00Z")
        for n, index in enumerate(indexes)
    }
    with django_assert_num_queries(2):  # the logins, and the organisation's zone
        told = names_told(events)  # type: ignore[arg-type]
    assert {index: one.name for index, one in told.items()} == {indexes[1]: "Maria Lopez"}
    assert signed_in.get("/people/names/?q=two@").context["page"].paginator.count == 1
    assert signed_in.get("/people/99/").status_code == 404
    assert "Nobody known goes by" in text_of(signed_in.get("/people/names/?q=zzz"))
