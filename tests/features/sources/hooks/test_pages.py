"""Setting a web service up: who sends, the address, the secret that is shown once, and what came."""

from __future__ import annotations

import json
import re
from typing import Any

from django.test import Client

from tests.features.sources.hooks import signing
from tests.features.sources.hooks.conftest import Send


def text_of(answer: Any) -> str:
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", "", answer.content.decode()).split())


def set_up(client: Client, **more: str) -> Any:
    from indelible.features.sources.models import Source

    answer = client.post("/sources/add/hook/", {"name": "GitHub of Northwind", "sender": "github", **more})
    assert answer.status_code == 302, answer.content.decode()[:2_000]
    return Source.objects.select_related("logbook").order_by("-pk")[0]


def test_a_service_is_set_up_and_its_first_message_is_seen(
    signed_in: Client, send: Send, sentences: Any
) -> None:
    source = set_up(signed_in)
    assert len(source.address) == 32
    assert "GitHub of Northwind" in sentences()[-1]
    page = signed_in.get(f"/sources/{source.pk}/").content.decode()
    assert f"http://localhost/in/{source.address}/" in page
    assert "every message is refused" in page
    body = signing.push()
    assert send(source, body, signing.github(body)).status_code == 401  # there is no secret yet
    made = signed_in.post(f"/sources/{source.pk}/secret/", {"make": "1"})
    assert "no-cache" in made["Cache-Control"] or "no-store" in made["Cache-Control"]
    secret = made.content.decode().partition('id="signing-secret">')[2].partition("<")[0]
    assert len(secret) > 40
    assert send(source, body, signing.github(body, secret=secret)).status_code == 200
    page = text_of(signed_in.get(f"/sources/{source.pk}/"))
    assert "ana changed the code of refs/heads/main" in page
    assert secret not in page
    part = signed_in.get(f"/sources/{source.pk}/messages/", headers={"HX-Request": "true", "X-Poll": "1"})
    assert "ana changed the code" in text_of(part)


def test_a_secret_of_theirs_is_kept_and_never_shown(signed_in: Client, send: Send, sentences: Any) -> None:
    source = set_up(signed_in, sender="stripe", secret="whsec_of-stripe")
    page = signed_in.get(f"/sources/{source.pk}/secret/").content.decode()
    assert "whsec_of-stripe" not in page
    assert 'name="make"' not in page  # Stripe makes its own
    short = signed_in.post(f"/sources/{source.pk}/secret/", {"secret": "abc"})
    assert short.status_code == 422
    kept = signed_in.post(f"/sources/{source.pk}/secret/", {"secret": "whsec_the-next-one"}, follow=True)
    assert "24 hours" in kept.content.decode()
    assert not any("whsec" in sentence for sentence in sentences())
    for number, secret in enumerate(("whsec_of-stripe", "whsec_the-next-one")):
        event = {"id": f"evt_{number}", "object": "event", "created": 1764500000, "type": "x.created",
                 "data": {"object": {}}, "livemode": True, "request": None}  # fmt: skip
        body = json.dumps(event).encode()
        assert send(source, body, signing.stripe(body, secrets=(secret,))).status_code == 200


def test_another_service_has_to_name_its_header(signed_in: Client) -> None:
    form = {"name": "Their shop", "sender": "other"}
    assert "Name the header" in signed_in.post("/sources/add/hook/", form).content.decode()
    wrong = signed_in.post("/sources/add/hook/", {**form, "header": "X Signature"})
    assert "no name of a header" in wrong.content.decode()
    source = set_up(signed_in, name="Their shop", sender="other", header="X-Signature")
    assert source.state == "waiting"
    assert source.settings["algorithm"] == "sha256"
    changed = signed_in.post(
        f"/sources/{source.pk}/settings/", {"header": "X-Sig", "algorithm": "sha1", "encoding": "base64"}
    )
    assert changed.status_code == 302
    source.refresh_from_db()
    assert (source.settings["header"], source.settings["algorithm"]) == ("X-Sig", "sha1")
    assert source.settings["sender"] == "other"


def test_who_sends_stays_as_it_is_and_so_do_settings_that_are_not_changed(signed_in: Client) -> None:
    source = set_up(signed_in)
    assert signed_in.get(f"/sources/{source.pk}/settings/").status_code == 200
    answer = signed_in.post(f"/sources/{source.pk}/settings/", {"sender": "okta"}, follow=True)
    assert "nothing was changed" in text_of(answer)
    source.refresh_from_db()
    assert source.settings["sender"] == "github"


def test_only_who_is_signed_in_sees_the_address_or_changes_the_secret(signed_in: Client) -> None:
    source = set_up(signed_in)
    stranger = Client(SERVER_NAME="localhost")
    for path in ("", "messages/", "secret/"):
        answer = stranger.get(f"/sources/{source.pk}/{path}")
        assert answer.status_code == 302
        assert source.address not in answer.content.decode()
    assert stranger.post(f"/sources/{source.pk}/secret/", {"make": "1"}).status_code == 302
    assert source.secrets.count() == 0
