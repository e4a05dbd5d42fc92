"""The mail settings and handing mail over to a real mail server."""

from __future__ import annotations

import logging
import socket
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core.mail import EmailMessage

from indelible.features.settings.mail import MailError, read_setting, send
from tests.services.mailbox import make_certificate, running_mailbox

SENDER = "Indelible <audit@northwind.example>"


def a_mail() -> EmailMessage:
    return EmailMessage("Seal 5", "Words", SENDER, ["seals@holm.example"])


@pytest.mark.parametrize(
    ("setting", "host", "port", "tls", "user", "password"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, "starttls", "", ""),
        ("smtp://mail.example.org/?tls=tls", "mail.example.org", 465, "tls", "", ""),
        ("smtp://mail.example.org/?tls=none", "mail.example.org", 25, "none", "", ""),
        (
            "smtp://u%40x:p%3A%2F%23@mail.example.org:2525/?tls=none",
            "mail.example.org",
            2525,
            "none",
            "u@x",
            "p:/#",
        ),
    ],
)
def test_the_setting_names_server_port_and_account(
    setting: str, host: str, port: int, tls: str, user: str, password: str
) -> None:
    server = read_setting(setting, SENDER)
    assert (server.host, server.port, server.tls, server.user, server.password) == (
        host,
        port,
        tls,
        user,
        password,
    )
    assert server.domain == "northwind.example"
    assert not password or password not in repr(server)


def test_no_setting_and_a_wrong_one_are_told_apart_and_show_no_password() -> None:
    with pytest.raises(MailError) as unset:
        read_setting("", "")
    assert unset.value.code == "mail-not-set-up"
    for setting, sender in (
        ("smtp://u:hush@host:port/", SENDER),
        ("http://u:hush@host/", SENDER),
        ("smtp://u:hush@host/?tls=perhaps", SENDER),
        ("smtp:u:hush", SENDER),
        ("smtp://u:hush@[::1/", SENDER),
        ("smtp://u:hush@host/", ""),
        ("smtp://u:hush@host/", "nobody"),
        ("smtp://u:hush@host/", "a@b\nBcc: x@y"),
        ("", SENDER),
    ):
        with pytest.raises(MailError) as refusal:
            read_setting(setting, sender)
        assert refusal.value.code == "mail-setting-unreadable", setting
        assert "hush" not in str(refusal.value)


def test_a_mail_reaches_a_server_that_wants_a_password_and_nothing_shows_it(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with running_mailbox("audit", "hush-hush", certificate=certificate, tls="starttls") as box:
        send(read_setting(box.setting, SENDER), a_mail())
        assert box.logins == [("audit", "hush-hush")]
        assert message_from_bytes(box.mails[0], policy=policy.default)["Subject"] == "Seal 5"
        with pytest.raises(MailError) as refusal:
            send(read_setting(box.setting.replace("hush-hush", "hush-wrong"), SENDER), a_mail())
    assert refusal.value.code == "mail-refused"
    ours = [
        record for record in caplog.records if not record.name.startswith("mail.")
    ]  # the server's own log
    assert "hush" not in "".join(record.getMessage() for record in ours) + str(refusal.value)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_goes_over_tls_only_to_a_server_whose_certificate_is_trusted(
    tls: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    with running_mailbox(certificate=certificate, tls=tls) as box:
        with pytest.raises(MailError) as refusal:
            send(read_setting(box.setting, SENDER), a_mail())
        assert refusal.value.code == "mail-server-away"
        assert "certificate verify failed" in refusal.value.detail
        assert box.mails == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        send(read_setting(box.setting, SENDER), a_mail())
        assert len(box.mails) == 1


def test_a_server_that_is_away_and_one_that_refuses_the_address_are_told_apart() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(MailError) as away:
            send(read_setting(f"smtp://127.0.0.1:{port}/?tls=none", SENDER), a_mail())
    assert away.value.code == "mail-server-away"
    with running_mailbox() as box:
        box.refuse_with = "550 no such mailbox"
        with pytest.raises(MailError) as refusal:
            send(read_setting(box.setting, SENDER), a_mail())
    assert refusal.value.code == "mail-refused"
    assert refusal.value.detail == "550 no such mailbox"
