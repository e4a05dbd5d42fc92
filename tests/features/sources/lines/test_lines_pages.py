"""The form, the page and the acts of a listener: what may be set, what is shown, what is on the record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

ANSWERS = {
    "name": "Front door",
    "how": "tls",
    "address": "127.0.0.1",
    "port": "6514",
    "largest_kb": "64",
    "certificate_from": "own",
    "zone": "Europe/Madrid",
}


@pytest.fixture
def source(signed_in: Client) -> Any:
    """A listener with encryption, as the form makes it."""
    return made(signed_in)


def made(client: Client, **answers: str) -> Any:
    from indelible.features.sources.models import Source

    answer = client.post("/sources/add/lines/", {**ANSWERS, **answers})
    assert answer.status_code == 302, answer.context["form"].errors
    return Source.objects.order_by("-pk").first()


def refused(client: Client, **answers: str) -> dict[str, Any]:
    answer = client.post("/sources/add/lines/", {**ANSWERS, "name": "Another", **answers})
    assert answer.status_code == 422
    return dict(answer.context["form"].errors)


def test_two_sources_do_not_share_a_port_of_one_protocol(signed_in: Client, source: Any) -> None:
    assert "Front door listens on port 6514 already" in str(refused(signed_in)["port"])
    assert "port" in refused(signed_in, how="tcp")
    assert made(signed_in, name="By UDP", how="udp").settings["port"] == 6514
    end = signed_in.post(f"/sources/{source.pk}/end/", {"reason": "Moved"})
    assert end.status_code == 302
    assert made(signed_in, name="After it ended").pk


def test_a_port_below_1024_is_for_the_administrator(
    signed_in: Client, source: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from indelible.features.sources.kinds.lines import listening

    limit, status = tmp_path / "limit", tmp_path / "status"
    limit.write_text("1024\n")
    status.write_text("Name:\tx\nCapEff:\t0000000000000000\n")
    monkeypatch.setattr(listening, "_UNPRIVILEGED", limit)
    monkeypatch.setattr(listening, "_STATUS", status)
    assert "may not listen on port 514" in str(refused(signed_in, port="514")["port"])
    status.write_text("Name:\tx\nCapEff:\t0000000000000400\n")
    assert listening.may_bind(514)
    limit.write_text("0\n")
    assert listening.may_bind(80)


UNUSABLE: list[tuple[dict[str, str], str]] = [
    ({"address": "0.0.0.0"}, "allowed"),
    ({"address": "log.example.com"}, "address"),
    ({"allowed": "everybody"}, "allowed"),
    ({"reached_as": 'x"; rm -rf /'}, "reached_as"),
    ({"senders_certificates": "-----BEGIN CERTIFICATE-----"}, "senders_certificates"),
    ({"certificate_from": "pasted", "certificate": "x", "private_key": "y"}, "certificate"),
    (
        {"certificate_from": "files", "certificate_file": "/nowhere", "key_file": "/nowhere"},
        "certificate_file",
    ),
    ({"largest_kb": "5000"}, "largest_kb"),
    ({"how": "carrier pigeon"}, "how"),
]


def test_what_cannot_be_used_is_told_beside_its_field(signed_in: Client) -> None:
    for answers, field in UNUSABLE:
        assert field in refused(signed_in, port="6515", **answers), answers


def test_the_page_shows_what_to_copy_and_how_it_does(signed_in: Client, source: Any) -> None:
    from django.utils import timezone

    from indelible.features.sources.kinds.lines import tcp, udp
    from indelible.features.sources.models import Health

    now = timezone.now()
    picture = {
        "at": now.isoformat(),
        "listening": True,
        "connected": 1,
        "connections": [
            {"sender": "192.0.2.7", "since": now.isoformat(), "lines": 12_345, "certificate": ""}
        ],
        "turned_away": {
            f"192.0.2.8 {why}": [3, now.isoformat()]
            for why in (
                udp.NOT_ALLOWED,
                tcp.TOO_MANY,
                tcp.NO_GREETING,
                tcp.NOT_ENCRYPTED,
                tcp.WRONG_CERTIFICATE,
            )
        },
        "lost": 12,
        "lost_since": now.isoformat(),
    }
    Health.objects.filter(pk=source.pk).update(cursor=picture, clock_ms=-150_000)
    page = signed_in.get(f"/sources/{source.pk}/").content.decode()
    for shown in (
        "It is listening",
        "192.0.2.7",
        "12,345",
        "2 minutes behind ours",
        "sends without encryption",
    ):
        assert shown in page, shown
    assert "StreamDriverPermittedPeers" in page
    part = signed_in.get(f"/sources/{source.pk}/lines/").content.decode()
    assert "1 connection now" in part
    assert "<html" not in part
    Health.objects.filter(pk=source.pk).update(
        cursor={**picture, "at": (now - timedelta(minutes=5)).isoformat()}
    )
    later = signed_in.get(f"/sources/{source.pk}/").content.decode()
    assert "It is not listening now" in later
    assert "192.0.2.7" not in later


def test_the_certificate_is_public_and_its_key_is_nowhere(
    signed_in: Client, source: Any, stranger: Client
) -> None:
    from indelible.features.sources.kinds.lines.certificates import check_pair, fingerprint_of
    from indelible.features.sources.live.secrets import secrets_of

    given = signed_in.get(f"/sources/{source.pk}/lines/indelible.pem")
    assert given.content.decode() == source.settings["own_certificate"]
    (key,) = secrets_of(source, "private key")
    check_pair(given.content.decode(), key)
    assert key not in str(source.settings)
    assert signed_in.get(f"/sources/{source.pk}/lines/indelible-next.pem").status_code == 404
    assert stranger.get(f"/sources/{source.pk}/lines/indelible.pem").status_code == 302
    assert stranger.post(f"/sources/{source.pk}/lines/switch/").status_code == 302
    assert fingerprint_of(given.content.decode()) in signed_in.get(f"/sources/{source.pk}/").content.decode()


def test_a_certificate_is_announced_then_switched_to_each_on_the_record(
    signed_in: Client, source: Any, sentences: Any
) -> None:
    before = source.settings["own_certificate"]
    nothing = signed_in.post(f"/sources/{source.pk}/lines/switch/", follow=True).content.decode()
    assert "No new certificate was made" in nothing
    signed_in.post(f"/sources/{source.pk}/lines/new-certificate/")
    source.refresh_from_db()
    following = source.settings["next_certificate"]
    assert source.settings["own_certificate"] == before != following
    signed_in.post(f"/sources/{source.pk}/lines/switch/")
    source.refresh_from_db()
    assert (source.settings["own_certificate"], source.settings["next_certificate"]) == (following, "")
    told = " ".join(sentences())
    assert "fingerprint of its next certificate" in told
    assert signed_in.get(f"/sources/{source.pk}/lines/new-certificate/").status_code == 405


def test_settings_are_changed_and_what_changed_is_told(
    signed_in: Client, source: Any, sentences: Any
) -> None:
    answers = {name: value for name, value in ANSWERS.items() if name != "name"}
    changed = {**answers, "address": "0.0.0.0", "allowed": "192.0.2.7, 10.0.0.0/8"}
    assert signed_in.post(f"/sources/{source.pk}/settings/", changed).status_code == 302
    before = source.settings["own_certificate"]
    source.refresh_from_db()
    assert source.settings["allowed"] == "192.0.2.7\n10.0.0.0/8"
    assert source.settings["own_certificate"] == before  # senders know it by now
    assert "this computer alone" in sentences()[-1]


def test_lines_that_were_lost_are_an_entry_of_their_own(source: Any, sentences: Any) -> None:
    from indelible.features.sources.kinds.lines.losses import tell_of_losses

    tell_of_losses(source, {"lost": 12})
    assert sentences()[-1].startswith("Indelible noticed")
    assert "12 lines were lost" in sentences()[-1]


def test_unreadable_lines_beyond_the_bound_are_counted_and_the_readable_are_recorded(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.lines.backlog import Backlog
    from indelible.features.sources.kinds.lines.framing import Frame
    from indelible.features.sources.kinds.lines.numbering import Numbering
    from indelible.features.sources.kinds.lines.recorder import Recorder
    from indelible.features.sources.kinds.lines.spool import spool_of
    from indelible.features.sources.kinds.lines.traffic import Traffic
    from indelible.features.sources.live import desk
    from indelible.features.sources.models import Import

    monkeypatch.setattr(desk, "MOST_REJECTED", 1)
    backlog, traffic, numbering = Backlog(), Traffic(), Numbering()
    recorder = Recorder(source, None, backlog, spool_of(source.pk), traffic, spools=False)
    lines = [b"no log", b"neither", b"<13>1 2026-03-04T10:15:22Z h app - - - hello"]
    backlog.put(numbering.arrived(Frame(each), "192.0.2.7") for each in lines)
    recorder.start()
    recorder.end_soon()
    recorder.join(30)
    row = Import.objects.get(source=source)
    assert (row.recorded, row.rejected, traffic.unkept, backlog.count) == (1, 0, 2, 0)
