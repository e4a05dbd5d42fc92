"""One mail taken apart, within bounds: who, what about, when, and the files that come with it.

Whatever a mail holds comes from outside. One that cannot be read is told as such and never stands in the way of the
next. Attachments of a mail that was passed on inside another count as the outer one's.
"""

from __future__ import annotations

import email
import hashlib
import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import InvalidBase64LengthDefect, InvalidBase64PaddingDefect
from email.message import Message
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Final

from indelible.features.sources.kinds.mailbox.senders import sender_of

MOST_PARTS: Final = 1_000
MOST_LINES: Final = 2_000_000  # the parser holds each of them as a text of its own
MOST_DEPTH: Final = 12  # parts within parts, passed-on mails among them
MOST_ATTACHMENTS: Final = 100
LONGEST_NAME: Final = 200
LONGEST_SUBJECT: Final = 500


class UnreadableMail(Exception):
    """A mail that cannot be taken apart. `code` is a key of explanations.toml."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail. `damaged` says that its bytes did not arrive whole."""

    name: str
    content: bytes
    damaged: bool = False


@dataclass(slots=True)
class Mail:
    """A mail as it was read. `files` are those that are taken, `left` names the others."""

    sender: tuple[str, str] | None  # name and address, None where it is not clearly one
    subject: str
    sent_at: datetime | None
    message_id: str
    head: Message
    files: list[Attached] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def head_of(raw: bytes) -> Mail:
    """Read the head of a mail alone."""
    return _told(_parsed(raw))


def read_mail(raw: bytes, patterns: Sequence[str]) -> Mail:
    """Take a mail apart; `patterns` say which attachments are taken. Raises UnreadableMail."""
    message = _parsed(raw)
    mail = _told(message)
    try:
        for number, part in enumerate(_attached(message), start=1):
            if number > MOST_ATTACHMENTS:
                raise UnreadableMail("mail-too-many-attachments")
            name = _name(part, number)
            if any(fnmatchcase(name.casefold(), pattern) for pattern in patterns):
                mail.files.append(_content(part, name))
            else:
                mail.left.append(name)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        raise UnreadableMail("mail-unreadable") from None  # faults of the parser with what is no mail
    return mail


def digest_of(raw: bytes) -> str:
    """Return what tells a mail wherever it lies: what its sender wrote, without what servers add on the way.

    All of its body is part of it, so that two mails which differ in anything that could be taken differ in this.
    """
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    message = email.message_from_bytes(head + b"\n\n")
    written = [
        f"{name}:{' '.join(str(value).split())}"
        for name in (
            "from",
            "to",
            "subject",
            "date",
            "message-id",
            "content-type",
            "content-transfer-encoding",
        )
        for value in message.get_all(name) or []
    ]
    told = "\n".join(written).encode("utf-8", "surrogateescape")
    return hashlib.sha256(len(told).to_bytes(8, "big") + told + body).hexdigest()


def _parsed(raw: bytes) -> Message:
    if raw.count(b"\n") + raw.count(b"\r") > 2 * MOST_LINES:
        raise UnreadableMail("mail-too-many-lines")
    try:
        return email.message_from_bytes(raw)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        raise UnreadableMail("mail-unreadable") from None


def _told(message: Message) -> Mail:
    return Mail(
        sender_of(message),
        _text(message.get("Subject"), LONGEST_SUBJECT),
        _instant(message.get("Date")),
        _text(message.get("Message-ID"), LONGEST_NAME),
        message,
    )


def _attached(message: Message) -> Iterator[Message]:
    """Give the parts that are files, in order. Raises UnreadableMail for more parts, or deeper ones, than we follow."""
    waiting: list[tuple[int, Message]] = [(0, message)]
    seen = 0
    while waiting:
        depth, part = waiting.pop(0)
        seen += 1
        if seen > MOST_PARTS or depth > MOST_DEPTH:
            raise UnreadableMail("mail-too-deep")
        if part.is_multipart():  # also a mail that was passed on
            inner = part.get_payload()
            assert isinstance(inner, list)
            waiting[:0] = [(depth + 1, each) for each in inner if isinstance(each, Message)]
        elif part.get_filename() or part.get_content_disposition() == "attachment":
            yield part


def _name(part: Message, number: int) -> str:
    """Return what a file is called: the last part of its name, without what no name may hold."""
    from imap_tools.message import MailAttachment

    name = _text(MailAttachment(part).filename, 4_000).replace("\\", "/").rpartition("/")[2].strip(" .")
    if not name:
        name = f"attachment-{number}{mimetypes.guess_extension(part.get_content_type()) or ''}"
    stem, dot, ending = name.rpartition(".")
    keep = LONGEST_NAME - len(dot + ending)
    return (
        name
        if len(name) <= LONGEST_NAME
        else (stem[:keep] + dot + ending if keep > 0 else name[:LONGEST_NAME])
    )


def _content(part: Message, name: str) -> Attached:
    payload = part.get_payload(decode=True)
    damaged = any(
        isinstance(each, InvalidBase64LengthDefect | InvalidBase64PaddingDefect) for each in part.defects
    )
    return Attached(name, payload if isinstance(payload, bytes) else b"", damaged)


def _text(value: object, longest: int) -> str:
    """Return a header as people read it: decoded, on one line, without control characters."""
    from email.header import decode_header

    from imap_tools.utils import decode_value

    try:
        text = "".join(decode_value(*piece) for piece in decode_header(str(value or "")))
    except (ValueError, LookupError, UnicodeError):
        text = str(value or "")
    text = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(text.encode("utf-8", "replace").decode().split())[:longest]


def _instant(value: object) -> datetime | None:
    """Return when a mail says that it was sent; None where it says no clear moment with its zone."""
    try:
        moment = parsedate_to_datetime(str(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.utcoffset() is None or not 1970 <= moment.year <= 9998:
        return None
    return moment
