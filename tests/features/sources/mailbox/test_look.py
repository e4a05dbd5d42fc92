"""A mailbox of a real mail server: what comes in is taken once, whatever happens on either side."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.features.sources.mailbox.conftest import look, mail, rows, taken
from tests.services.dovecot import PASSWORD, Dovecot

Connect = Callable[..., Any]
Sentences = Callable[[], list[str]]


def test_what_people_on_the_list_attach_is_taken_and_nothing_else(connect: Connect, inbox: Dovecot) -> None:
    source = connect()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("week.csv", rows(3, first=40))
    inbox.deliver(
        mail(
            {
                "May.CSV": rows(5),
                "week.zip": packed.getvalue(),
                "year.csv.gz": gzip.compress(rows(2, first=90)),
            }
        )
    )
    inbox.deliver(mail({"logo.png": b"picture"}, number=2, subject="Greetings"))
    inbox.deliver(mail({"bad.csv": rows(9, first=500)}, number=3, sender="maria@n0rthwind.example"))
    inbox.deliver(mail({"ours.csv": rows(1, first=70)}, number=4, sender="Tom <tom@HARROW.example>"))
    health = look(source)
    assert taken(source) == [("May.CSV", 5, 0), ("week.zip", 3, 0), ("year.csv.gz", 2, 0), ("ours.csv", 1, 0)]
    assert (health.cursor["strangers"], health.cursor["newest_strangers"][0]["from"]) == (
        1,
        "maria@n0rthwind.example",
    )
    first, second, last = source.items.order_by("pk")
    assert len(first.facts["imports"]) == 3
    assert (second.facts["left"], second.taken_in) == (["logo.png"], None)
    assert health.problem is None and health.behind == 0 and health.looked_at and health.first_at
    assert "S" not in "".join(inbox.flags())  # nobody's mail was marked as read
    look(source)
    assert len(taken(source)) == 4
    assert last.facts["from"] == "tom@HARROW.example"


def test_a_mail_without_a_file_is_an_entry_where_that_is_wanted(
    connect: Connect, inbox: Dovecot, sentences: Sentences
) -> None:
    source = connect(mail_is_entry="on")
    inbox.deliver(mail(subject="Minutes of 3 March"))
    inbox.deliver(mail({"May.csv": rows(1)}, number=2))
    look(source)
    taken(source)
    told = [text for text in sentences() if "Minutes of 3 March" in text]
    assert told == ["audit@northwind.example received Minutes of 3 March from maria@northwind.example"]
    (entry,) = [item.facts["entry"] for item in source.items.all() if "entry" in item.facts]
    inbox.forget_uids()
    look(source)
    assert sum("Minutes of 3 March" in text for text in sentences()) == 1
    from indelible.storage.database.reads import get_entry

    event = get_entry(source.logbook, entry).event
    assert event["occurred_at"] == "2026-03-03T08:15:00Z"
    assert event["source"]["id"] == "<1@northwind.example>"


def test_after_the_server_has_counted_anew_nothing_is_doubled_or_lost(
    connect: Connect, inbox: Dovecot
) -> None:
    source = connect()
    inbox.deliver(mail({"May.csv": rows(3)}))
    inbox.deliver(mail({"June.csv": rows(3, first=10)}, number=2))
    before = look(source).cursor
    inbox.forget_uids()
    inbox.deliver(mail({"July.csv": rows(3, first=20)}, number=3))
    after = look(source).cursor
    assert before["validity"] != after["validity"]
    assert taken(source) == [("May.csv", 3, 0), ("June.csv", 3, 0), ("July.csv", 3, 0)]


def test_a_mail_under_the_id_of_another_one_is_not_passed_over(connect: Connect, inbox: Dovecot) -> None:
    source = connect()
    first = mail({"May.csv": rows(1)})
    inbox.deliver(first)
    inbox.deliver(mail({"May.csv": rows(2, first=10)}))  # the same Message-ID, subject and date
    inbox.deliver(b"Received: by somebody\n" + first)  # the first one, by another road
    look(source)
    assert len(taken(source)) == 2


def test_a_sender_put_on_the_list_later_brings_what_they_sent_before(
    connect: Connect, inbox: Dovecot
) -> None:
    source = connect()
    inbox.deliver(mail({"May.csv": rows(1)}, sender="late@supplier.example"))
    inbox.deliver(mail({"June.csv": rows(1, first=5)}, number=2))
    assert look(source).cursor["strangers"] == 1
    source.settings["senders"].append("late@supplier.example")
    source.save()
    assert look(source).cursor["strangers"] == 0
    assert [name for name, *_ in taken(source)] == ["June.csv", "May.csv"]


def test_only_what_our_mail_server_confirms_is_taken_where_that_is_wanted(
    connect: Connect, inbox: Dovecot
) -> None:
    source = connect(confirmed="on", confirmed_by="mx.northwind.example")
    good = {
        "Authentication-Results": "mx.northwind.example; spf=fail; dmarc=pass (p=reject) header.from=northwind.example"
    }
    inbox.deliver(mail({"good.csv": rows(1)}, head=good))
    inbox.deliver(mail({"none.csv": rows(1, first=5)}, number=2))
    other = {"Authentication-Results": "mx.elsewhere.example; dmarc=pass header.from=northwind.example"}
    inbox.deliver(mail({"other.csv": rows(1, first=6)}, number=3, head=other))
    health = look(source)
    assert [name for name, *_ in taken(source)] == ["good.csv"]
    assert {each["why"] for each in health.cursor["newest_strangers"]} == {"unconfirmed"}


def test_mails_that_were_taken_are_marked_or_moved_and_others_never(connect: Connect, inbox: Dovecot) -> None:
    source = connect(afterwards="move", move_to="Taken")
    inbox.deliver(mail({"May.csv": rows(1)}))
    inbox.deliver(mail({"bad.csv": rows(1)}, number=2, sender="who@else.example"))
    look(source)
    assert (inbox.held("Taken"), len(inbox.flags())) == (1, 1)
    source.settings["afterwards"] = "read"
    source.save()
    inbox.deliver(mail({"June.csv": rows(1, first=5)}, number=3))
    assert look(source).cursor["after"] == []
    assert sorted(inbox.flags()) == ["", "S"]


def test_a_mail_that_cannot_be_taken_apart_is_noted_and_the_next_one_goes_on(
    connect: Connect, inbox: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.mailbox import fetching

    source = connect()
    nested = b"x"
    for number in range(20):
        mark = b"b%d" % number
        nested = b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n%s\r\n--%s--\r\n" % (
            mark,
            mark,
            nested,
            mark,
        )
    inbox.deliver(b"From: maria@northwind.example\r\nSubject: deep\r\n" + nested)
    inbox.deliver(b"From: maria@northwind.example\r\n\xff\xfe\x00: \r\n\r\n\x00")
    inbox.deliver(mail({"large.csv": rows(2000)}, number=7, subject="large"))
    inbox.deliver(mail({"May.csv": rows(1), "empty.csv": b""}))
    monkeypatch.setattr(fetching, "MOST_MAIL_BYTES", 50_000)
    look(source)
    assert [name for name, *_ in taken(source)] == ["May.csv"]
    problems = {item.facts["subject"]: item.facts.get("problem") for item in source.items.all()}
    assert problems["deep"] == "mail-too-deep"
    assert problems["large"] == "mail-too-large"
    assert source.items.last().facts["broken"] == ["empty.csv"]


def test_a_refused_password_is_told_and_what_was_missed_is_fetched_after_it_was_changed(
    connect: Connect, inbox: Dovecot
) -> None:
    from django.utils import timezone

    from indelible.features.sources.live.secrets import keep_secret, secrets_of
    from indelible.features.sources.states import standing_of

    source = connect()
    look(source)
    inbox.set_password("another one 4")
    inbox.deliver(mail({"May.csv": rows(2)}))
    health = look(source)
    assert health.problem == {"code": "mailbox-refused"}
    assert health.next_try_at > timezone.now() + timedelta(minutes=4)  # wrong passwords shut an account
    standing = standing_of(source.__class__.objects.get(pk=source.pk), timezone.now())
    assert standing.text == "Mails of Northwind no longer lets us in."
    keep_secret(source, "password", "a typing mistake")
    assert look(source).problem == {"code": "mailbox-refused"}
    keep_secret(source, "password", "another one 4")
    assert look(source).problem is None
    assert taken(source) == [("May.csv", 2, 0)]
    assert secrets_of(source, "password") == ["another one 4"]  # the older ones ended with it


def test_a_new_password_that_is_refused_leaves_the_old_one_at_work(connect: Connect, inbox: Dovecot) -> None:
    from indelible.features.sources.live.secrets import keep_secret

    source = connect()
    keep_secret(source, "password", "not yet set there")
    inbox.deliver(mail({"May.csv": rows(1)}))
    assert look(source).problem == {"code": "mailbox-new-password-refused"}
    assert taken(source) == [("May.csv", 1, 0)]
    inbox.set_password("not yet set there")
    assert look(source).problem is None
    assert PASSWORD != "not yet set there"


def test_a_server_that_is_away_is_told_and_found_again(connect: Connect, inbox: Dovecot) -> None:
    source = connect()
    inbox.deliver(mail({"May.csv": rows(1)}))
    inbox.stop()
    try:
        assert look(source).problem["code"] == "mailbox-away"
    finally:
        inbox.start()
    assert look(source).problem is None
    assert taken(source) == [("May.csv", 1, 0)]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"certificate": ""}, "mailbox-certificate"),
        ({"host": "127.0.0.1"}, "mailbox-certificate"),  # the certificate says localhost
        ({"folder": "Nowhere"}, "mailbox-no-folder"),
        ({"host": "no-such-host.invalid"}, "mailbox-unknown-host"),
    ],
)
def test_what_is_set_up_wrongly_is_told_by_its_own_name(
    connect: Connect, inbox: Dovecot, other: dict[str, Any], code: str
) -> None:
    assert look(connect(**other)).problem["code"] == code


def test_encryption_begun_later_works_too_and_plain_text_on_this_machine(
    connect: Connect, inbox: Dovecot
) -> None:
    inbox.deliver(mail({"May.csv": rows(1)}))
    for number, tls in enumerate(("starttls", "none")):
        plain = {"host": "127.0.0.1", "certificate": ""} if tls == "none" else {}
        source = connect(name=f"Mails {number}", tls=tls, port=inbox.starttls_port, **plain)
        assert look(source).problem is None
        assert len(taken(source)) == 1


def test_too_many_files_on_their_way_wait_where_they_are(
    connect: Connect, inbox: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.live import files

    monkeypatch.setattr(files, "MOST_OPEN", 3)
    source = connect()
    for number in range(5):
        inbox.deliver(mail({f"{number}.csv": rows(1, first=number + 1)}, number=number))
    health = look(source)
    assert health.behind == 2
    assert len(taken(source)) == 3
    assert look(source).behind == 0
    assert len(taken(source)) == 5


def test_a_look_that_breaks_off_in_the_middle_of_a_mail_takes_it_whole_the_next_time(
    connect: Connect, inbox: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    from indelible.features.sources.kinds.mailbox import fetching

    source, before = connect(), set(settings.INDELIBLE_HOME.uploads.glob("*.upload"))
    inbox.deliver(mail({"May.csv": rows(1), "June.csv": rows(1, first=5)}))
    real, calls = fetching.take_file, []

    def break_off(*given: Any, **named: Any) -> Any:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("the worker ends here")
        return real(*given, **named)

    with monkeypatch.context() as broken:
        broken.setattr(fetching, "take_file", break_off)
        assert look(source).problem["code"] == "source-look-failed"
    assert (taken(source), source.items.count()) == ([], 0)
    assert set(settings.INDELIBLE_HOME.uploads.glob("*.upload")) == before  # nor does a half one stay
    look(source)
    assert [name for name, *_ in taken(source)] == ["May.csv", "June.csv"]


def test_a_server_that_begins_no_encryption_is_told_nothing(connect: Connect, inbox: Dovecot) -> None:
    import socket
    import threading

    heard: list[bytes] = []

    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb") as file:
            file.write(b"* OK ready\r\n")
            file.flush()
            while line := file.readline():
                heard.append(line)
                file.write(b"* CAPABILITY IMAP4rev1\r\n" + line.split()[0] + b" OK done\r\n")
                file.flush()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        source = connect(tls="starttls", port=listening.getsockname()[1])
        assert look(source).problem["code"] == "mailbox-no-tls"
        thread.join(timeout=20)
    assert not any(b"LOGIN" in line or b"AUTHENTICATE" in line for line in heard)
