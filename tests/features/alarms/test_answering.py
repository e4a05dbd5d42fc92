"""Answering: what becomes of a notice, by whom, and how it stands on the record; and the pages."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.features.alarms.conftest import NOON, Put, minutes, told

Look = Callable[..., list[Any]]


@pytest.fixture
def notice(alarm: Callable[..., Any], put: Put, look: Look) -> Any:
    """A notice about something that Maria Lopez was refused."""
    alarm("refused")
    put([told(outcome="denied"), told(), told(outcome="denied", at=NOON + minutes(1))])
    (row,) = look()
    return row


def give(row: Any, user: Any, kind: str, **more: Any) -> Any:
    from indelible.features.alarms import answering
    from indelible.features.alarms.models import AnswerKind
    from indelible.features.sources.origins import By
    from indelible.web.acts import party_of

    row.refresh_from_db()
    given = answering.Given(AnswerKind(kind), more.pop("seen", row.answers), **more)
    made = answering.answer(row.pk, given, user, By(party_of(user), None, user))
    row.refresh_from_db()
    return made


def refused(row: Any, user: Any, kind: str, **more: Any) -> str:
    from indelible.features.alarms.services import AlarmError

    with pytest.raises(AlarmError) as refusal:
        give(row, user, kind, **more)
    return refusal.value.code


def test_a_case_goes_its_way_and_each_answer_stands_below_the_entries_it_is_about(
    notice: Any, ana: Any, ben: Any, book: Any, sentences: Callable[[], list[str]], signed_in: Client
) -> None:
    from indelible.storage.database import search

    assert refused(notice, ana, "case", note="odd", person=ben) == "alarm-case-name"
    assert refused(notice, ana, "case", note="odd", reference="F-1") == "alarm-answer-whom"
    assert refused(notice, ana, "case", person=ben, reference="F-1") == "alarm-answer-why"
    give(notice, ana, "case", note="Three tries", person=ben, reference="F-1")
    assert (notice.state, notice.waits, notice.reference) == ("case", True, "F-1")
    assert refused(notice, ana, "expected") == "alarm-answer-not-now"
    give(notice, ben, "closed", note="A wrong password")
    assert (notice.state, notice.waits) == ("closed", False)
    give(notice, ana, "reopened", note="It was not")
    give(notice, ana, "expected")
    assert (notice.state, notice.answers) == ("expected", 4)
    about = f"entry {notice.entries[0] + 1}"
    assert [line for line in sentences() if about in line][:2] == [
        f"Ana Ruiz opened a case about {about} after an alarm (“Failed or refused”): F-1, followed up by "
        "Ben Okoro: “Three tries”",
        f"Ben Okoro closed the question about {about} after an alarm (“Failed or refused”): “A wrong password”",
    ]
    for index in notice.entries:
        assert len(search.referring_to(book, index)) == 4
        page = unescape(signed_in.get(f"/record/{index + 1}/").content.decode())
        assert "followed up by" in page


def test_of_two_who_answer_at_once_the_second_is_told(notice: Any, ana: Any, ben: Any) -> None:
    give(notice, ben, "expected")
    assert refused(notice, ana, "expected", seen=0) == "alarm-answered-meanwhile"
    assert notice.answers == 1


@pytest.mark.parametrize("known_by", ["email", "name", "login", "own entry"])
def test_nobody_answers_about_what_they_did_themselves_by_whatever_name(
    known_by: str, alarm: Callable[..., Any], put: Put, look: Look, ana: Any, ben: Any, book: Any, by: Any
) -> None:
    from indelible.events.folding import exact_code, skeleton
    from indelible.features.alarms import services
    from indelible.features.people.models import KnownPerson, Login

    if known_by == "own entry":
        services.make(book, by, "rule_changed", {})
        from indelible.events.own import own_event
        from indelible.features.sources.origins import record_own
        from indelible.web.acts import party_of

        record_own(
            book, own_event("rule_changed", "change", party_of(ana), [{"kind": "log.rule", "id": "3.2"}])
        )
    else:
        person = KnownPerson.objects.create(name="Ana R.", account=ana)
        Login.objects.create(person=person, login="aruiz", code=exact_code("aruiz"), looks=skeleton("aruiz"))
        actor = {
            "email": {"id": "77", "email": "ANA@northwind.example"},
            "name": {"name": "ana ruiz"},
            "login": {"id": "aruiz"},
        }[known_by]
        alarm("refused")
        put([told(outcome="denied", actor=actor)])
    (row,) = look()
    assert refused(row, ana, "expected") == "alarm-own-work"
    assert refused(row, ana, "case", note="x", person=ben, reference="F") == "alarm-own-work"
    assert refused(row, ana, "asked", note="x", person=ana) == "alarm-asks-oneself"
    give(row, ana, "asked", note="Was it me?", person=ben)
    assert refused(row, ben, "case", note="x", person=ana, reference="F") == "alarm-their-work"
    give(row, ben, "expected")


def test_the_pages_show_the_worst_first_and_take_an_answer_without_script(
    notice: Any, alarm: Callable[..., Any], put: Put, look: Look, signed_in: Client, ben: Any
) -> None:
    alarm("ten_times")
    put(
        [
            told(
                thing=("invoice.purchase", "INV-2"),
                changes=[{"field": "amount", "before": "5", "after": "90"}],
            )
        ]
    )
    look()
    page = unescape(signed_in.get("/alarms/").content.decode())
    assert page.index("18 times larger") < page.index("Failed or refused")
    assert "2 wait for an answer" in page and "Maria Lopez" in page
    url = f"/alarms/{notice.pk}/"
    page = unescape(signed_in.get(url).content.decode())
    assert "What else is known about" in page and "As expected" in page
    wrong = signed_in.post(url, {"answer": "asked", "seen": 0})
    assert wrong.status_code == 422 and "Say why." in unescape(wrong.content.decode())
    sent = {"answer": "asked", "seen": 0, "person": ben.pk, "note": "Was this you?"}
    assert signed_in.post(url, sent).status_code == 302
    again = signed_in.post(url, sent)
    assert again.status_code == 422 and "answered this while you were writing" in unescape(
        again.content.decode()
    )
    other = Client(SERVER_NAME="localhost")
    other.force_login(ben)
    home = unescape(other.get("/").content.decode())
    assert "You are asked" in home and url in home
    assert other.get("/alarms/?show=answered").status_code == 200
    assert other.get("/alarms/?show=case&alarm=999").status_code == 404


def test_alarms_are_set_from_a_sentence_changed_and_switched_off_on_the_record(
    signed_in: Client, ben: Any, book: Any, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.alarms.models import Alarm

    words = "Tell Ben Okoro when someone changes a supplier's bank details"
    page = unescape(signed_in.get("/alarms/set/add/", {"q": words}).content.decode())
    assert "We understood" in page and f'value="person-{ben.pk}" id="id_whom' in page
    asked = unescape(signed_in.get("/alarms/set/add/", {"q": "flurb the gribble"}).content.decode())
    assert "not understood yet" in asked and "Set this alarm" not in asked
    sent = {"q": words, "sign": "many", "whom": [f"person-{ben.pk}"]}
    assert signed_in.post("/alarms/set/add/", sent).status_code == 302
    assert signed_in.post("/alarms/set/add/", sent).status_code == 422  # there is such an alarm already
    row = Alarm.objects.get()
    url = f"/alarms/set/{row.pk}/"
    changed = {"count": "3", "minutes": "30", "per": "actor", "which": "all", "whom": []}
    assert signed_in.post(url, changed).status_code == 302
    assert signed_in.post(url, {**changed, "count": "0"}).status_code == 422
    assert signed_in.post(f"{url}switch/", {"on": "0"}, follow=True).status_code == 200
    row.refresh_from_db()
    assert row.is_on  # not without a reason
    signed_in.post(f"{url}switch/", {"on": "0", "off-reason": "Too many"})
    row.refresh_from_db()
    assert (row.is_on, row.settings["count"]) == (False, 3)
    told_of = [line for line in sentences() if "alarm" in line]
    assert len(told_of) == 3
    assert "which tells Ben Okoro" in told_of[0] and "10 times by one person" in told_of[0]
    assert "3 times" in told_of[1] and "“Too many”" in told_of[2]
    assert "Too many" in unescape(signed_in.get(url).content.decode())


def test_a_warning_sign_of_a_ready_rule_is_set_by_one_press_and_once(
    signed_in: Client, ana: Any, book: Any, by: Any
) -> None:
    from indelible.features.alarms.models import Alarm
    from indelible.features.alarms.section import section_of
    from indelible.features.rules import services, wanted

    (rule,) = services.add(book, [wanted.of_ready("FIN-05")], by)

    def part() -> dict[str, Any]:
        request: Any = signed_in.get("/alarms/").wsgi_request
        found = section_of(request, rule)
        assert found is not None
        return found.part

    assert [one.words for one in part()["offered"]] == [
        "Changed after approval",
        "No purchase order",
        "Duplicate number or amount",
        "Round amount",
    ]
    assert [one.words for one in part()["not_checked"]] == ["Supplier new this month"]
    for _press in range(2):
        signed_in.post("/alarms/set/warn/", {"rule": rule.pk, "watch": "Round amount"})
    row = Alarm.objects.get()
    assert (row.sign, row.rule_id, [one.user for one in row.channels.all()]) == (
        "round_amount",
        rule.pk,
        [ana],
    )
    assert "Round amount" not in [one.words for one in part()["offered"]]
    page = unescape(signed_in.get(f"/rules/{rule.pk}/").content.decode())
    assert "What warns us" in page and "Tells Ana Ruiz" in page and "Supplier new this month" in page
    signed_in.post("/alarms/set/warn/", {"sign": "silence"})
    assert Alarm.objects.filter(sign="silence", rule=None).exists()


def test_ways_are_added_tried_and_removed_and_their_secrets_shown_once(
    signed_in: Client, settings: Any, sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.alarms.models import Channel

    settings.INDELIBLE_CALL_INSIDE = "127.0.0.1"
    sent = {"kind": "hook", "name": "Ours", "address": "http://127.0.0.1:1/s3cret?a=b"}
    made = signed_in.post("/alarms/ways/", sent)
    assert made.status_code == 200 and "whsec_" in made.content.decode()
    page = signed_in.get("/alarms/ways/").content.decode()
    assert "127.0.0.1" in page and "s3cret" not in page and "whsec_" not in page
    assert signed_in.post("/alarms/ways/", sent).status_code == 422
    assert signed_in.post("/alarms/ways/", {**sent, "name": "B", "kind": "mail"}).status_code == 422
    assert signed_in.post("/alarms/ways/", {**sent, "name": "C", "kind": "chat"}).status_code == 422
    row = Channel.objects.get()
    signed_in.post(f"/alarms/ways/{row.pk}/try/")
    assert "Nobody answered there" in unescape(signed_in.get("/alarms/ways/").content.decode())
    signed_in.post(f"/alarms/ways/{row.pk}/remove/")
    row.refresh_from_db()
    assert row.ended_at is not None and bytes(row.box) == b""
    told_of = [line for line in sentences() if "Ours" in line]
    assert len(told_of) == 3 and not any("s3cret" in line for line in told_of)
