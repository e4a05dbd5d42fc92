"""Connecting a source, and what can be done with it: on the record each time, and no secret ever part of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from indelible.storage.boxes import BoxError, lock, unlock


@pytest.fixture
def hook(ana: Any) -> Any:
    """A source of Ana's record that has a secret."""
    from indelible.features.sources.kinds import load
    from indelible.features.sources.live.connecting import connect
    from indelible.features.sources.services import By
    from indelible.web.acts import logbook_in_use, party_of

    return connect(
        logbook_in_use(),
        load()["web"],
        "Payroll Cloud",
        By(party_of(ana)),
        settings={"form": "indelible"},
        secrets={"signing secret": "s3cret-of-theirs"},
        told={"form": "Indelible's own"},
    )


def everything_stored(source: Any) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute('SELECT "content" FROM "entry"')
        entries = [
            bytes(row[0]).decode() if not isinstance(row[0], str) else row[0] for row in cursor.fetchall()
        ]
        cursor.execute("SELECT * FROM sources_sourcesecret")
        boxes = [repr(row) for row in cursor.fetchall()]
        cursor.execute("SELECT * FROM sources_connectionpassword")
        passwords = [repr(row) for row in cursor.fetchall()]
    return "\n".join([*entries, *boxes, *passwords])


def test_a_box_opens_for_its_purpose_alone() -> None:
    box = lock("source 1 password", "open sesame")
    assert unlock("source 1 password", box) == "open sesame"
    assert box != lock("source 1 password", "open sesame")
    for purpose, damaged in (("source 2 password", box), ("source 1 password", box[:-1]), ("x", b"")):
        with pytest.raises(BoxError):
            unlock(purpose, damaged)


def test_no_secret_and_no_password_is_stored_in_clear(hook: Any) -> None:
    from indelible.features.sources.live.passwords import new_password
    from indelible.features.sources.live.secrets import secrets_of
    from indelible.features.sources.services import By

    shown = new_password(hook, By())
    stored = everything_stored(hook)
    assert "s3cret" not in stored and shown.split("_", 2)[2] not in stored
    assert secrets_of(hook, "signing secret") == ["s3cret-of-theirs"]


def test_a_new_password_overlaps_the_old_by_a_day(hook: Any) -> None:
    from indelible.features.sources.live.passwords import new_password, source_for
    from indelible.features.sources.services import By

    first, second = new_password(hook, By()), new_password(hook, By())
    now = timezone.now()
    assert source_for(first, now) == source_for(second, now) == hook
    assert source_for(first, now + timedelta(hours=25)) is None
    assert source_for(second, now + timedelta(days=400)) == hook


@pytest.mark.parametrize(
    "bend", [lambda p: p[:-1], lambda p: p + "x", lambda p: p.upper(), lambda _p: "", lambda p: p * 9]
)
def test_what_is_not_quite_the_password_opens_nothing(hook: Any, bend: Any) -> None:
    from indelible.features.sources.live.passwords import new_password, source_for
    from indelible.features.sources.services import By

    assert source_for(bend(new_password(hook, By()))) is None


def test_pages_pause_go_on_and_end_and_each_is_an_entry(hook: Any, signed_in: Client, sentences: Any) -> None:
    from indelible.features.sources.live.passwords import new_password, source_for
    from indelible.features.sources.live.secrets import secrets_of
    from indelible.features.sources.services import By

    shown = new_password(hook, By())
    page = f"/sources/{hook.pk}/"
    assert signed_in.post(f"{page}pause/", {"reason": " "}).status_code == 422
    assert signed_in.post(f"{page}pause/", {"reason": "The vendor moves house"}).status_code == 302
    assert "The vendor moves house" in signed_in.get(page).content.decode()
    assert signed_in.post(f"{page}go-on/").status_code == 302
    assert signed_in.post(f"{page}end/", {"reason": "The contract has ended"}).status_code == 302
    assert source_for(shown) is None and secrets_of(hook, "signing secret") == []
    assert signed_in.post(f"{page}pause/", {"reason": "again"}).status_code == 422
    assert signed_in.post(f"{page}passwords/").status_code == 302
    told = "\n".join(sentences())
    for act in ("paused", "resumed", "ended"):
        assert f"Ana Ruiz {act}" in told, told


def test_a_password_is_shown_once_on_a_page_that_is_not_kept(hook: Any, signed_in: Client) -> None:
    page = f"/sources/{hook.pk}/"
    made = signed_in.post(f"{page}passwords/")
    shown = made.content.decode().split('id="connection-password">')[1].split("<")[0]
    assert "no-store" in made["Cache-Control"]
    again = signed_in.get(page).content.decode()
    assert shown not in again and shown[:17] in again
    assert signed_in.post(f"{page}passwords/{hook.passwords.get().pk}/end/").status_code == 302
    assert shown[:17] not in signed_in.get(page).content.decode()


@pytest.mark.parametrize("path", ["pause/", "end/", "settings/", "name/", "passwords/", "go-on/"])
def test_nothing_is_done_without_signing_in(hook: Any, stranger: Client, path: str) -> None:
    answer = stranger.post(f"/sources/{hook.pk}/{path}", {"reason": "x"})
    assert answer.status_code == 302 and "/account/sign-in/" in answer["Location"]
    hook.refresh_from_db()
    assert hook.state == "on"


def test_a_name_that_is_taken_is_refused_with_words(hook: Any, signed_in: Client) -> None:
    answer = signed_in.post("/sources/add/web/", {"name": "Payroll Cloud", "form": "indelible"})
    assert answer.status_code == 422
    assert "Payroll Cloud" in answer.content.decode()
    assert signed_in.get("/sources/add/nothing-of-the-kind/").status_code == 404


def test_every_way_is_offered_with_when_to_choose_it(ana: Any, signed_in: Client) -> None:
    from indelible.features.sources.kinds import load

    page = signed_in.get("/sources/add/").content.decode()
    kinds = load().values()
    assert len(kinds) == 7
    for kind in kinds:
        assert str(kind.title) in page and f"/sources/add/{kind.kind.value}/" in page
        assert signed_in.get(f"/sources/add/{kind.kind.value}/").status_code == 200
