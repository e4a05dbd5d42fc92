"""What a mail says of itself: whose it is, whether that is confirmed, and what it brings. All of it may be made up."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.features.sources.mailbox.conftest import mail


def headed(*lines: str) -> Message:
    return message_from_bytes("\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("Maria Lopez <maria@northwind.example>", "maria@northwind.example"),
        ("maria@northwind.example", "maria@northwind.example"),
        ('"Lopez, Maria" <maria@northwind.example>', "maria@northwind.example"),
        ("=?utf-8?q?Mar=C3=ADa?= <maria@northwind.example>", "maria@northwind.example"),
        ('"maria@northwind.example" <evil@else.example>', "evil@else.example"),
        ("maria@northwind.example, evil@else.example", None),
        ("maria@northwind.example <evil@else.example>", None),
        ("maria@northwind.example)x <evil@else.example>", None),
        ("Maria", None),
        ("", None),
    ],
)
def test_a_sender_is_one_address_or_none(value: str, address: str | None) -> None:
    from indelible.features.sources.kinds.mailbox.senders import sender_of

    found = sender_of(headed(f"From: {value}"))
    assert (found[1] if found else None) == address
    assert sender_of(headed(f"From: {value}", "From: other@else.example")) is None


def test_a_domain_on_the_list_is_that_domain_alone() -> None:
    from indelible.features.sources.kinds.mailbox.senders import is_listed

    allowed = ["maria@northwind.example", "@harrow.example"]
    assert is_listed("Maria@Northwind.example", allowed)
    assert is_listed("anybody@harrow.example", allowed)
    for other in (
        "tom@northwind.example",
        "x@sub.harrow.example",
        "x@notharrow.example",
        "@harrow.example@x.example",
    ):
        assert not is_listed(other, allowed)


OURS = "mx.northwind.example"


@pytest.mark.parametrize(
    ("headers", "confirmed"),
    [
        (
            [
                f"{OURS}; dkim=pass header.d=x; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=northwind.example"
            ],
            True,
        ),
        (
            [
                f"{OURS} 1;\r\n spf=fail smtp.mailfrom=x;\r\n dmarc=pass action=none header.from=Northwind.example"
            ],
            True,
        ),
        ([f"{OURS}; dmarc=pass"], True),
        ([f"{OURS}; dmarc=fail header.from=northwind.example"], False),
        ([f"{OURS}; dmarc=none"], False),
        ([f"{OURS}; dmarc=pass header.from=else.example"], False),
        ([f"{OURS}; dkim=pass (dmarc=pass header.from=northwind.example)"], False),
        ([f'{OURS}; dkim=fail reason="; dmarc=pass header.from=northwind.example"'], False),
        (["mx.else.example; dmarc=pass header.from=northwind.example"], False),
        ([f"{OURS}.else.example; dmarc=pass"], False),
        ([f"{OURS}; none", f"{OURS}; dmarc=pass header.from=northwind.example"], False),  # only the topmost
        ([f"(x) {OURS}; dmarc=pass"], True),
        ([f"({OURS}; dmarc=pass"], False),
        ([], False),
    ],
)
def test_only_the_topmost_note_of_the_named_server_confirms(headers: list[str], confirmed: bool) -> None:
    from indelible.features.sources.kinds.mailbox.senders import is_confirmed

    message = headed(
        "From: maria@northwind.example", *(f"Authentication-Results: {each}" for each in headers)
    )
    assert is_confirmed(message, "maria@northwind.example", OURS) is confirmed


def test_what_servers_add_on_the_way_does_not_make_another_mail_of_it() -> None:
    from indelible.features.sources.kinds.mailbox.mails import digest_of

    raw = mail({"a.csv": b"x"})
    added = b"Received: from x\n\tby y\nX-Spam: no\n" + raw
    assert digest_of(raw) == digest_of(added) == digest_of(raw.replace(b"\n", b"\r\n"))
    assert digest_of(raw) != digest_of(raw.replace(b"Subject: Payments", b"Subject: payments"))
    assert digest_of(raw) != digest_of(raw + b"x")


def test_files_of_a_mail_that_was_passed_on_count_and_names_are_made_harmless() -> None:
    from email.message import EmailMessage

    from indelible.features.sources.kinds.mailbox.mails import read_mail

    outer = EmailMessage()
    outer["From"] = "maria@northwind.example"
    outer.set_content("passed on")
    outer.add_attachment(message_from_bytes(mail({"../../etc/May.csv": b"a"}), policy=outer.policy))
    outer.add_attachment(b"b", maintype="text", subtype="csv", filename="C:\\exports\\J\u00fcni\u202e.csv")
    outer.add_attachment(b"c", maintype="text", subtype="csv")
    outer.add_attachment(b"d", maintype="image", subtype="png", filename="logo.png")
    read = read_mail(outer.as_bytes(), ["*.csv"])
    assert [(each.name, each.content) for each in read.files] == [
        ("May.csv", b"a"),
        ("J\u00fcni .csv", b"b"),
        ("attachment-3.csv", b"c"),
    ]
    assert read.left == ["logo.png"]


def test_an_attachment_that_was_cut_on_its_way_is_not_taken_for_whole() -> None:
    from indelible.features.sources.kinds.mailbox.mails import read_mail

    raw = mail({"a.csv": b"0123456789" * 30})
    place = raw.index(b"MDEy")
    for length in (98, 99, 100):  # no whole group of four
        cut = raw[: place + length] + raw[raw.index(b"\n--", place) :]
        assert [each.damaged for each in read_mail(cut, ["*"]).files] == [True]
    assert [each.damaged for each in read_mail(raw, ["*"]).files] == [False]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=12)), max_size=6))
def test_whatever_a_mail_is_bent_into_is_read_or_refused(bends: list[tuple[int, bytes]]) -> None:
    from indelible.features.sources.kinds.mailbox.mails import UnreadableMail, digest_of, head_of, read_mail

    raw = mail({"a.csv": b"x" * 200, "b.zip": b"y"})
    for place, what in bends:
        raw = raw[:place] + what + raw[place + len(what) // 2 :]
    digest_of(raw)
    try:
        head_of(raw)
        read_mail(raw, ["*.csv"])
    except UnreadableMail:
        pass
