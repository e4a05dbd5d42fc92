"""A live source that waits: its first messages are shown as sentences, and recorded once it is said how they read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

MESSAGE = {
    "id": "a-1",
    "who": "Maria Lopez",
    "what": "update",
    "on": "invoice 17",
    "at": "2026-03-01T09:00:00Z",
}


@pytest.fixture
def source(ana: Any) -> Any:
    """A source that sends by itself and waits for somebody to say how it is read."""
    from indelible.features.sources.models import Kind, State
    from indelible.features.sources.services import By, begin_source
    from indelible.web.acts import logbook_in_use

    made = begin_source(logbook_in_use(), "Payroll Cloud", "hook", By())
    made.kind, made.state, made.resumes_as = Kind.HOOK, State.WAITING, State.WAITING
    made.save()
    return made


def send(source: Any, identity: str = "", **other: str) -> Any:
    from indelible.features.sources.live.messages import receive

    source.refresh_from_db()
    return receive(source, json.dumps({**MESSAGE, **other}).encode(), identity=identity)


def filled(page: Any, **answers: str) -> dict[str, str]:
    form = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    return {**form, **answers}


def choose(page: Any, **roles: str) -> dict[str, str]:
    """Return the page's form with these parts having these roles."""
    fields = page.context["form"].fields
    places = {field.label: name for name, field in fields.items() if "role_" in name}
    return filled(page, **{places[part]: role for part, role in roles.items()})


def test_nothing_came_yet_is_said(signed_in: Client, source: Any) -> None:
    page = signed_in.get(f"/sources/{source.pk}/match/").content.decode()
    assert "Nothing waits here." in page


def test_what_was_kept_is_recorded_in_order_once_the_source_is_turned_on(
    signed_in: Client, source: Any, sentences: Any
) -> None:
    from indelible.features.sources.models import Import, KeptMessage, MappingVersion, State

    for number in range(3):
        assert send(source, identity=f"d-{number}", id=f"a-{number}", on=f"invoice {number}") is None
    shown = signed_in.get(f"/sources/{source.pk}/").content.decode()
    assert f"/sources/{source.pk}/match/" in shown
    assert "3 messages are kept until you say how they are read." in shown
    page = signed_in.get(f"/sources/{source.pk}/match/")
    assert "Maria Lopez" in page.content.decode()
    form = choose(page, who="actor", what="action", on="target", at="occurred_at", id="source_id")
    looked = signed_in.post(f"/sources/{source.pk}/match/", {**form, "look": "1"})
    assert "Maria Lopez" in looked.content.decode()
    assert KeptMessage.objects.count() == 3
    assert signed_in.post(f"/sources/{source.pk}/match/", form).status_code == 302
    source.refresh_from_db()
    assert (source.state, KeptMessage.objects.count()) == (State.ON, 0)
    version = MappingVersion.objects.get(source=source)
    assert (version.number, version.by_name) == (1, "Ana Ruiz")
    told = [text for text in sentences() if "invoice" in text]
    assert [f"invoice {number}" in text for number, text in enumerate(told)] == [True] * 3
    assert Import.objects.get(source=source).recorded == 3
    assert send(source, id="a-9").fates[0].what == "recorded"


def test_a_message_recorded_before_it_was_let_go_is_no_second_entry(source: Any) -> None:
    from indelible.features.sources import versions
    from indelible.features.sources.live import desk
    from indelible.features.sources.live.messages import with_identity
    from indelible.features.sources.live.reading import understand
    from indelible.features.sources.models import Import, KeptMessage
    from indelible.features.sources.services import By
    from indelible.intake.given import Given
    from indelible.intake.mapping import Mapping

    mapping = Mapping.from_json(
        {"columns": {"who": "actor", "what": "action", "at": "occurred_at", "id": "keep"}}
    )
    send(source)
    send(source)
    kept = KeptMessage.objects.first()
    assert kept is not None
    source.state = "on"
    source.save()
    versions.save(source, mapping, Given(), By())
    understood = understand(source, bytes(kept.payload), "message.json")
    desk.take(source, with_identity(understood, f"kept\x1f{kept.pk}"))  # and then the power went
    assert versions.turn_on(source, mapping, Given(), By()) == 0
    row = Import.objects.get(source=source)
    assert (row.recorded, row.duplicates) == (2, 1)  # two equal messages were two events


def test_a_message_that_asks_is_kept_until_it_is_answered(signed_in: Client, source: Any) -> None:
    from indelible.features.sources import versions
    from indelible.features.sources.live.health import health_of, well
    from indelible.features.sources.models import Import, KeptMessage
    from indelible.features.sources.services import By
    from indelible.intake.given import Given
    from indelible.intake.mapping import Mapping

    mapping = Mapping.from_json({"columns": {"who": "actor", "what": "action", "at": "occurred_at"}})
    versions.turn_on(source, mapping, Given(), By())
    assert send(source, at="03/04/2026 09:00") is None
    assert health_of(source).problem == {"code": "source-asks", "name": "Payroll Cloud"}
    well(source)  # that looking works answers nothing
    assert health_of(source).problem is not None
    page = signed_in.get(f"/sources/{source.pk}/match/")
    assert "Which comes first?" in page.content.decode()
    unanswered = {name: text for name, text in filled(page).items() if name != "given_date_order"}
    asked = ["given_date_order", "given_timezone"]
    refused = signed_in.post(f"/sources/{source.pk}/match/", {**unanswered, "asked": asked})
    assert refused.status_code == 422
    assert refused.content.decode().count('href="#id_given_') == 2
    form = filled(page, given_date_order="DMY", given_timezone="Europe/Madrid")
    signed_in.post(f"/sources/{source.pk}/match/", form)
    assert not KeptMessage.objects.exists()
    assert health_of(source).problem is None
    assert Import.objects.get(source=source).earliest == "2026-04-03T07:00:00Z"
    assert versions.newest(source).number == 2  # type: ignore[union-attr]


def test_somebody_not_signed_in_sees_no_message(stranger: Client, source: Any) -> None:
    send(source)
    assert stranger.get(f"/sources/{source.pk}/match/").status_code == 302
