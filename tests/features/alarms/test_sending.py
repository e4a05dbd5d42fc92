"""Sending: to whom and how often, what is never called, and that a dead receiver holds nobody up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from tests.features.alarms.conftest import NOON, Put, minutes, told
from tests.features.alarms.receivers import dead, receiving
from tests.services.mailbox import running_mailbox

Look = Callable[..., list[Any]]
HERE = "127.0.0.1"


@pytest.fixture
def inside(settings: Any) -> None:
    """Machines of this test may be called."""
    settings.INDELIBLE_CALL_INSIDE = HERE


def now() -> datetime:
    return datetime.now(UTC)


def add(book: Any, by: Any, kind: str, name: str, address: str) -> tuple[Any, str]:
    from indelible.features.alarms import channelling

    return channelling.add(book, kind, name, address, by, base="https://audit.example/")


def test_a_web_address_gets_a_signed_message_without_names_and_the_same_id_when_it_is_tried_again(
    book: Any, by: Any, alarm: Callable[..., Any], put: Put, look: Look, inside: None
) -> None:
    from indelible.features.alarms import courier
    from indelible.features.alarms.models import Message

    with receiving() as receiver:
        channel, secret = add(book, by, "hook", "Ours", receiver.url)
        alarm("refused", [channel])
        put([told(outcome="denied")])
        look()
        receiver.status = 500
        assert courier.carry(now()) == 0
        assert courier.carry(now()) == 0 and len(receiver.got) == 1  # left alone for a while
        receiver.status = 204
        assert courier.carry(now() + timedelta(minutes=1)) == 1
        assert courier.carry(now() + timedelta(minutes=2)) == 0
    (first, _body), (headers, body) = receiver.got
    assert first["webhook-id"] == headers["webhook-id"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    payload = json.loads(body)
    assert payload["type"] == "alarm.notice" and payload["count"] == 1
    assert b"Maria" not in body and b"INV-1" not in body
    channel.refresh_from_db()
    assert (channel.failures, channel.problem) == (0, "")
    assert Message.objects.get().sent_at is not None
    assert receiver.url.encode() not in bytes(channel.box) and "team=money" not in channel.shown


def test_people_with_an_account_get_the_sentences_by_mail_and_others_outside_no_names(
    book: Any, by: Any, ben: Any, alarm: Callable[..., Any], put: Put, look: Look, settings: Any
) -> None:
    from indelible.features.alarms import channelling, courier

    with running_mailbox() as mailbox:
        settings.INDELIBLE_MAIL = mailbox.setting
        settings.INDELIBLE_MAIL_FROM = "Indelible <audit@northwind.example>"
        person = channelling.channel_of_person(book, ben, now())
        person.base = "https://audit.example/"
        person.save()
        outside, _none = add(book, by, "mail", "CFO", "cfo@elsewhere.example")
        alarm("ten_times", [person, outside])
        put([told(changes=[{"field": "amount", "before": "1,200.00", "after": "12,000.00"}])])
        look()
        assert courier.carry(now()) == 2
    mails = [message_from_bytes(raw, policy=policy.default) for raw in mailbox.mails]
    read = {mail["To"]: (mail["Subject"], mail.get_content()) for mail in mails}
    subject, text = read["ben@northwind.example"]
    assert "10 times larger" in subject and "Northwind" in subject
    assert "Maria Lopez changed the amount" in text
    assert "https://audit.example/alarms/" in text and "open Indelible yourself" in text
    subject, text = read["cfo@elsewhere.example"]
    assert "10 times larger" in subject and "Maria" not in text


def test_a_chat_gets_it_through_its_own_service(
    book: Any, by: Any, alarm: Callable[..., Any], put: Put, look: Look, inside: None
) -> None:
    from indelible.features.alarms import courier

    with receiving() as receiver:
        channel, _none = add(book, by, "chat", "Finance", f"json://{HERE}:{receiver.port}/")
        alarm("refused", [channel])
        put([told(outcome="denied")])
        look()
        assert courier.carry(now()) == 1
        assert channel.shown == "JSON"
        receiver.status, receiver.headers = 302, {"Location": receiver.url}
        put([told(outcome="denied", who="Tom Reed")])
        look()
        assert courier.carry(now()) == 0
    assert len(receiver.got) == 2  # a redirection is not followed
    message = json.loads(receiver.got[0][1])
    assert "Failed or refused" in message["title"] and "Maria" not in message["message"]


def test_a_storm_sends_a_dozen_an_hour_the_last_of_them_for_all_the_rest(
    book: Any, by: Any, alarm: Callable[..., Any], put: Put, look: Look, inside: None
) -> None:
    from indelible.features.alarms import courier
    from indelible.features.alarms.models import Message

    with receiving() as receiver:
        channel, _secret = add(book, by, "hook", "Ours", receiver.url)
        for sign in ("refused", "any_entry"):
            alarm(sign, [channel])
        put([told(outcome="denied", who=f"Robot {n}", at=NOON + minutes(n / 50)) for n in range(100)])
        notices = look()
        start = now()
        for second in range(60):
            courier.carry(start + timedelta(seconds=second))
        assert len(receiver.got) == courier.MOST_AN_HOUR
        kinds = [json.loads(body)["type"] for _headers, body in receiver.got]
        assert kinds[:-1] == ["alarm.notice"] * (courier.MOST_AN_HOUR - 1) and kinds[-1] == "alarm.digest"
        assert json.loads(receiver.got[-1][1])["count"] == len(notices) - courier.MOST_AN_HOUR + 1
        assert not Message.objects.filter(sent_at=None).exists()


def test_a_dead_receiver_holds_up_no_other_and_is_left_alone_for_longer_each_time(
    book: Any,
    by: Any,
    alarm: Callable[..., Any],
    put: Put,
    look: Look,
    inside: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from indelible.features.alarms import courier
    from indelible.features.alarms.channels import hook
    from indelible.features.alarms.models import Channel, Message

    monkeypatch.setattr(hook, "SECONDS", 0.3)
    with dead() as nowhere, receiving() as receiver:
        stuck, _one = add(book, by, "hook", "Dead", nowhere)
        well, _two = add(book, by, "hook", "Alive", receiver.url)
        alarm("refused", [stuck, well])
        put([told(outcome="denied")])
        look()
        start, waits = now(), []
        assert courier.carry(start) == 1 and len(receiver.got) == 1
        for _try in range(4):
            stuck.refresh_from_db()
            waits.append(stuck.next_try_at - start)
            start = stuck.next_try_at
            courier.carry(start)
        assert waits == [timedelta(seconds=30 * 2**n) for n in range(4)]
        assert stuck.problem == "alarm-address-away"
        Channel.objects.filter(pk=stuck.pk).update(next_try_at=None)
        courier.carry(now() + timedelta(days=4))
        assert Message.objects.get(channel=stuck).given_up_at is not None


def test_a_worker_that_dies_while_sending_has_it_sent_again(
    book: Any,
    by: Any,
    alarm: Callable[..., Any],
    put: Put,
    look: Look,
    inside: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from indelible.features.alarms import courier

    with receiving() as receiver:
        channel, _secret = add(book, by, "hook", "Ours", receiver.url)
        alarm("refused", [channel])
        put([told(outcome="denied")])
        look()
        real = courier._note
        monkeypatch.setattr(courier, "_note", lambda _one, call, _now: call.result() and 1 / 0)
        with pytest.raises(ZeroDivisionError):
            courier.carry(now())
        monkeypatch.setattr(courier, "_note", real)
        assert courier.carry(now()) == 0  # another worker leaves it alone while the claim holds
        assert courier.carry(now() + timedelta(minutes=3)) == 1
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1 and len(receiver.got) == 2


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_of_the_house_are_none_of_the_open_network(address: str) -> None:
    from indelible.features.alarms.channels.guard import is_open

    assert not is_open(ipaddress.ip_address(address))


def test_what_lies_inside_is_not_called_by_whatever_name(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from indelible.features.alarms.channels import chat, hook
    from indelible.features.alarms.channels.errors import NotSent

    def call(url: str) -> str:
        with pytest.raises(NotSent) as refused:
            hook.send(url, hook.new_secret(), "id", 1, {})
        return refused.value.code

    with receiving() as receiver:
        for host in (HERE, "2130706433", "0x7f.1", "localhost", "[::ffff:127.0.0.1]", "[::1]"):
            for scheme in ("http", "https"):
                code = call(f"{scheme}://{host}:{receiver.port}/")
                assert code in ("alarm-address-inside", "alarm-address-not-found"), host
        # A name that stands for an open address and for one inside is refused whole.
        both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.215.14", HERE)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
        assert call("https://both.example/") == "alarm-address-inside"
        monkeypatch.undo()
        for bad in (
            "ftp://x.example/", "https://", "https://a@x.example/", "https://x.example/#a", "https://x.example:0/",
            "file:///etc/passwd", "https://x y.example/", "https://пример.example/", "https://[::1/",
        ):  # fmt: skip
            assert call(bad) == "alarm-address-bad", bad
        with pytest.raises(NotSent) as refused:
            chat.send(f"json://{HERE}:{receiver.port}/", "t", "x")
        assert refused.value.code == "alarm-address-inside"
        settings.INDELIBLE_CALL_INSIDE = "10.0.0.0/8"
        assert call(f"http://{HERE}:{receiver.port}/") == "alarm-address-inside"
    assert receiver.got == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "syslog://", "dbus://", "macosx://", "workflows://h/a/b?template=/etc/passwd",
        "json://127.0.0.1/?+X=y", "https://example.com/", "slack://", "", "a b", "mailto://u:p@host", "jsons://a,json://b",
        "script:///bin/sh", "https://hooks.slack.com/services/A/B/C?template=/etc/passwd",
    ],
)  # fmt: skip
def test_a_chat_is_one_of_the_list_and_reads_no_file(url: str) -> None:
    from indelible.features.alarms.channels import chat
    from indelible.features.alarms.channels.errors import NotSent

    with pytest.raises(NotSent) as refused:
        chat.service_of(url)
    assert refused.value.code in ("alarm-chat-unknown", "alarm-chat-bad")


def test_a_redirection_is_not_followed_and_no_secret_is_logged(
    book: Any, by: Any, inside: None, caplog: pytest.LogCaptureFixture
) -> None:
    from indelible.features.alarms import channelling

    caplog.set_level(logging.DEBUG)
    with receiving() as other, receiving() as receiver:
        receiver.status, receiver.headers = 307, {"Location": other.url}
        channel, _secret = add(book, by, "hook", "Ours", receiver.url)
        trouble = channelling.try_out(channel, by)
        chat_way, _none = add(book, by, "chat", "Chat", f"json://user:geheim@{HERE}:{receiver.port}/tok3n/")
        channelling.try_out(chat_way, by)
    assert trouble is not None and trouble.code == "alarm-address-elsewhere"
    assert other.got == []
    assert "geheim" not in caplog.text and "tok3n" not in caplog.text and "team=money" not in caplog.text


def test_imports_tell_whoever_wants_it_once_a_stage(book: Any, ana: Any, by: Any) -> None:
    from django.utils import timezone

    from indelible.features.alarms import imports
    from indelible.features.alarms.models import Message
    from indelible.features.sources.models import Import, Stage

    def begin(name: str, stage: str) -> Any:
        return Import.objects.create(
            logbook=book, file_name=name, size=1, fingerprint=b"x", stage=stage, by=ana, recorded=3
        )

    begin("before.csv", Stage.DONE)
    imports.want(ana, True, timezone.now())
    row = begin("asks.csv", Stage.ASKING)
    begin("running.csv", Stage.RECORDING)
    for _again in range(2):
        imports.look(timezone.now())
    row.stage = Stage.DONE
    row.save()
    imports.look(timezone.now())
    titles = [message.facts["title"] for message in Message.objects.order_by("id")]
    assert titles == ["“asks.csv” waits for your answer", "“asks.csv” is recorded"]
    imports.want(ana, False, timezone.now())
    begin("later.csv", Stage.REFUSED)
    imports.look(timezone.now())
    assert Message.objects.count() == 2


def test_loading_what_speaks_to_chats_changes_no_mail_of_ours() -> None:
    import subprocess
    import sys

    program = """
import django
django.setup()
from email import charset
before = dict(charset.CHARSETS)
from indelible.features.alarms.channels.chat import _load
_load()
assert charset.CHARSETS == before, charset.CHARSETS["utf-8"]
import apprise.plugins.email
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
