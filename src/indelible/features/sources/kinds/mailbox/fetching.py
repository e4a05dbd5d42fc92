"""One look at a mailbox: what is new is taken, in order, and the look goes on after the last mail that was settled.

* Where looking goes on is the folder's UIDVALIDITY and the last UID. It moves on only in the transaction that takes a
  mail's files in, so a look that breaks off at any point loses nothing and doubles nothing; it is never set to "now".
* A mail's row (SourceItem) goes by a keyed code of what its sender wrote. After a change of UIDVALIDITY, all mails are
  met again under new numbers and known by that code. It covers the whole body: a second mail under the Message-ID of
  another one is another mail.
* What is done with a mail afterwards (marked, moved) is noted in the same transaction and done after it, again and
  again until the server has confirmed it.
* Mails of others are counted and left alone. Their newest are kept to be shown; were each a row, anybody could fill the
  database.
"""

from __future__ import annotations

import hashlib
import imaplib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from indelible.features.sources.kinds.mailbox import mails, senders
from indelible.features.sources.kinds.mailbox.entries import record_mail
from indelible.features.sources.kinds.mailbox.server import (
    Account,
    SignedIn,
    account_of_source,
    end_older_passwords,
    signed_in,
)
from indelible.features.sources.live.claims import renew
from indelible.features.sources.live.desk import Refused
from indelible.features.sources.live.files import has_room, take_file
from indelible.features.sources.live.health import health_of, heard
from indelible.features.sources.live.looking import (
    REST,
    Look,
    Trouble,
    keep_whole,
    let_go_on_failure,
    until_room,
)
from indelible.features.sources.models import Health, Import, Source, SourceItem
from indelible.storage.database.codes import repeat_code
from indelible.web.jobs import should_stop

MAIL_SECONDS: Final = 120.0  # for one mail; a slow line may take that for a large one
LOOK_SECONDS: Final = 60.0  # after that, the next mail is left to the next look
LASTING: Final = timedelta(seconds=180)
MOST_MAIL_BYTES: Final = 50_000_000  # as the client's bound
MOST_A_LOOK: Final = 200  # mails; the next look goes on at once
HEADS_AT_ONCE: Final = 50
MOST_HEAD_BYTES: Final = 200_000
STRANGERS_SHOWN: Final = 10
OLD_PASSWORD_REST: Final = timedelta(
    minutes=5
)  # a wrong one is shown first each time; too many shut the account
LEAVE, READ, MOVE = "leave", "read", "move"


@dataclass(slots=True)
class Cursor:
    """Where looking goes on. `after` are numbers of mails that the server has yet to mark or move."""

    place: str = ""
    senders: str = ""
    validity: int = 0
    uid: int = 0
    highest: int = 0  # that was ever settled in this list of numbers
    after: list[int] = field(default_factory=list)
    strangers: int = 0
    newest_strangers: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source) -> Cursor:
        """Return the cursor as it was last settled."""
        kept = health_of(source).cursor
        return cls(**{name: kept[name] for name in cls.__slots__ if name in kept})

    def save(self, source: Source) -> None:
        """Settle it; in the caller's transaction where there is one."""
        told = {name: getattr(self, name) for name in self.__slots__}
        Health.objects.filter(pk=source.pk).update(cursor=told)

    def begin(self, source: Source, place: str, validity: int) -> None:
        """Start at the first mail again where the folder is another one, or others may now be on the list.

        Its mails are met again, and those that were taken are known.
        """
        allowed = _short(*source.settings["senders"], str(source.settings.get("confirmed_by", "")))
        if (self.place, self.validity, self.senders) == (_short(place), validity, allowed):
            return
        if (self.place, self.validity) != (_short(place), validity):
            self.after, self.highest = [], 0  # numbers of another list
        self.place, self.validity, self.senders = _short(place), validity, allowed
        self.uid, self.strangers, self.newest_strangers = 0, 0, []

    def settled(self, uid: int) -> None:
        """Go on after this mail."""
        self.uid, self.highest = uid, max(uid, self.highest)

    def version_of(self, uid: int) -> str:
        """Return what a mail goes by as long as the folder keeps its numbers."""
        return f"{self.place}.{self.validity}.{uid}"


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a mail before it is fetched."""

    uid: int
    size: int
    raw: bytes


def look(source: Source) -> Look:
    """Take what is new in a mailbox. Raises Trouble."""
    account = account_of_source(source)
    try:
        return _looked(source, account)
    except Trouble as trouble:
        if trouble.code == "mailbox-refused" and health_of(source).looked_at is None:
            raise Trouble("mailbox-not-let-in", trouble.rest) from None
        raise


def _looked(source: Source, account: Account) -> Look:
    with signed_in(account, MAIL_SECONDS) as entered:
        cursor = Cursor.of(source)
        cursor.begin(source, account.place, entered.validity)
        cursor.save(source)
        if entered.newest:
            end_older_passwords(source)
        _tidy(entered, source, cursor)
        waiting = _new_uids(entered, cursor.uid)
        settled = _settle_each(entered, source, cursor, waiting[:MOST_A_LOOK])
        trouble = _tidy(entered, source, cursor)
    if not entered.newest:
        trouble = Trouble("mailbox-new-password-refused", OLD_PASSWORD_REST)
    behind = len(waiting) - settled
    if not behind:
        return Look(trouble=trouble)
    return Look(behind, until_room(source) if not has_room(source) else timedelta(), trouble)


def _settle_each(entered: SignedIn, source: Source, cursor: Cursor, uids: list[int]) -> int:
    """Settle these mails, in order; return of how many that was done before there was no room for more."""
    known = _known(source, cursor, uids)
    ends = time.monotonic() + LOOK_SECONDS
    settled = 0
    for head in heads_of(entered, uids):
        if should_stop() or time.monotonic() > ends or not has_room(source) or not _still_on(source):
            break
        entered.patience.again()
        renew(source, LASTING)
        if cursor.version_of(head.uid) in known:
            cursor.settled(head.uid)
            cursor.save(source)
        else:
            _settle(entered, source, cursor, head)
        settled += 1
    return settled


def _known(source: Source, cursor: Cursor, uids: list[int]) -> set[str]:
    """Return which of these mails were taken under the same numbers: none where they were never reached before."""
    versions = [cursor.version_of(uid) for uid in uids if uid <= cursor.highest]
    if not versions:
        return set()
    rows = SourceItem.objects.filter(source=source, version__in=versions)
    return set(rows.values_list("version", flat=True))


def _still_on(source: Source) -> bool:
    """Whether nobody has paused or ended the source while we look."""
    return Source.objects.filter(pk=source.pk, state=source.state).exists()


def _settle(entered: SignedIn, source: Source, cursor: Cursor, head: Head) -> None:
    """Take one mail, or note why not; the cursor stands after it when this returns."""
    try:
        told = mails.head_of(head.raw)
    except mails.UnreadableMail as unreadable:
        _note(source, cursor, head, None, head.raw, problem=unreadable.code)
        return
    allowed, server = source.settings["senders"], source.settings.get("confirmed_by", "")
    if not senders.is_welcome(told.head, told.sender, allowed, server):
        _count_stranger(source, cursor, head, told)
    elif head.size > MOST_MAIL_BYTES:
        _note(source, cursor, head, told, head.raw, problem="mail-too-large")
    else:
        raw = _fetched(entered, head.uid)
        if raw is None:  # removed since it was listed
            cursor.settled(head.uid)
            cursor.save(source)
        else:
            _take_mail(source, cursor, head, raw, told)


def _count_stranger(source: Source, cursor: Cursor, head: Head, mail: mails.Mail) -> None:
    listed = mail.sender is not None and senders.is_listed(mail.sender[1], source.settings["senders"])
    shown = {
        "from": mail.sender[1] if mail.sender else str(mail.head.get("From") or "")[:200],
        "subject": mail.subject[:200],
        "at": timezone.now().isoformat(),
        "why": "unconfirmed" if listed else "unlisted",
    }
    cursor.settled(head.uid)
    cursor.strangers += 1
    cursor.newest_strangers = [shown, *cursor.newest_strangers][:STRANGERS_SHOWN]
    cursor.save(source)


def _take_mail(source: Source, cursor: Cursor, head: Head, raw: bytes, told: mails.Mail) -> None:
    """Have the files of a mail recorded, all of them or none, together with its row and the cursor."""
    name = _name_of(source, raw)
    if SourceItem.objects.filter(source=source, name=name).exists():  # met again under another number
        with transaction.atomic():
            SourceItem.objects.filter(source=source, name=name).update(version=cursor.version_of(head.uid))
            cursor.settled(head.uid)
            cursor.save(source)
        return
    try:
        mail = mails.read_mail(raw, source.settings["patterns"])
    except mails.UnreadableMail as unreadable:
        _note(source, cursor, head, told, raw, problem=unreadable.code)
        return
    whole = [each for each in mail.files if each.content and not each.damaged]
    broken = [each.name for each in mail.files if each.damaged or not each.content]
    if not whole and source.settings["mail_is_entry"]:
        try:
            entry = record_mail(source, mail, raw, name)
        except Refused as refused:  # paused just now, or too much waiting: the next look
            raise Trouble(refused.code, timedelta(), **refused.facts) from None
        _note(source, cursor, head, mail, raw, broken=broken, entry=entry)
        return
    _take_files(source, cursor, head, mail, raw, whole, broken)


def _take_files(
    source: Source,
    cursor: Cursor,
    head: Head,
    mail: mails.Mail,
    raw: bytes,
    files: list[mails.Attached],
    broken: list[str],
) -> None:
    paths = [keep_whole(each.content) for each in files]
    with let_go_on_failure(*paths), transaction.atomic():
        rows = [take_file(source, path, each.name) for path, each in zip(paths, files, strict=True)]
        _note(source, cursor, head, mail, raw, taken=rows, broken=broken)


def _note(
    source: Source,
    cursor: Cursor,
    head: Head,
    mail: mails.Mail | None,
    raw: bytes,
    *,
    taken: list[Import] | None = None,
    broken: list[str] | None = None,
    entry: int | None = None,
    problem: str = "",
) -> None:
    """Write the row of a mail and move the cursor on, in one transaction."""
    rows = taken or []
    facts: dict[str, Any] = {
        "subject": mail.subject[:200] if mail else "",
        "from": mail.sender[1] if mail and mail.sender else "",
        "sent": mail.sent_at.isoformat() if mail and mail.sent_at else "",
        "size": head.size,
        "imports": [row.pk for row in rows],
        "files": [row.file_name for row in rows],
        "left": (mail.left if mail else [])[:20],
        "broken": (broken or [])[:20],
    }
    if entry is not None:
        facts["entry"] = entry
    if problem:
        facts["problem"] = problem
    with transaction.atomic():
        SourceItem.objects.update_or_create(
            source=source,
            name=_name_of(source, raw),
            defaults={
                "version": cursor.version_of(head.uid),
                "seen_at": timezone.now(),
                "taken_in": rows[0] if rows else None,
                "facts": facts,
            },
        )
        cursor.settled(head.uid)
        if source.settings["afterwards"] != LEAVE and not problem:
            cursor.after = [*cursor.after, head.uid]
        cursor.save(source)
    heard(source, timezone.now())


def _tidy(entered: SignedIn, source: Source, cursor: Cursor) -> Trouble | None:
    """Have the server mark or move the mails that were taken, and forget them once it has.

    What it refuses stands in nobody's way: it is told, and asked for again at the next look.
    """
    if not cursor.after:
        return None
    import imap_tools

    uids = [str(uid) for uid in cursor.after[:MOST_A_LOOK]]
    try:
        if source.settings["afterwards"] == READ:
            entered.box.flag(uids, "\\Seen", True)
        elif source.settings["afterwards"] == MOVE:
            if "MOVE" not in entered.box.client.capabilities:
                return Trouble("mailbox-cannot-move", REST)
            folder = source.settings["move_to"]
            if not entered.box.folder.exists(folder):
                entered.box.folder.create(folder)
            entered.box.move(uids, folder)
    except imap_tools.ImapToolsError as refused:
        return Trouble("mailbox-cannot-tidy", REST, detail=" ".join(str(refused).split())[:200])
    cursor.after = cursor.after[MOST_A_LOOK:]
    cursor.save(source)
    return None


def _new_uids(entered: SignedIn, last: int) -> list[int]:
    """Return the numbers of mails above the last one, in order. A search for "n:*" gives the newest even below n."""
    found = entered.box.uids(f"UID {last + 1}:*", charset=None)
    return sorted({int(uid) for uid in found if uid.isdigit() and int(uid) > last})


_UID: Final = re.compile(rb"\bUID (\d+)")
_SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d+)")


def heads_of(entered: SignedIn, uids: list[int]) -> Iterator[Head]:
    """Give what is known of these mails, in order, some at a time. One that was removed meanwhile is left out."""
    for at in range(0, len(uids), HEADS_AT_ONCE):
        some = uids[at : at + HEADS_AT_ONCE]
        parts = f"(UID RFC822.SIZE BODY.PEEK[HEADER]<0.{MOST_HEAD_BYTES}>)"
        told = {each.uid: each for each in _read_heads(_asked(entered, ",".join(map(str, some)), parts))}
        for uid in some:
            if uid in told:
                yield told[uid]


def _asked(entered: SignedIn, uids: str, parts: str) -> list[Any]:
    """Fetch parts of mails; what the server refuses ends the look, so that no mail is passed over for it."""
    answer: tuple[str, list[Any]] = entered.box.client.uid("fetch", uids, parts)
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(f"FETCH: {answer[1]!r}")
    return answer[1]


def _read_heads(answer: list[Any]) -> Iterator[Head]:
    """Read the server's answer: a line and the head after it, and what may follow the head on its line."""
    for at, piece in enumerate(answer):
        if not isinstance(piece, tuple):
            continue
        following = answer[at + 1] if at + 1 < len(answer) and isinstance(answer[at + 1], bytes) else b""
        line = piece[0] + b" " + following
        uid, size = _UID.search(line), _SIZE.search(line)
        if uid and size:
            yield Head(int(uid[1]), int(size[1]), piece[1])


def _fetched(entered: SignedIn, uid: int) -> bytes | None:
    """Fetch a mail, leaving it unread; None where it is no longer there."""
    for piece in _asked(entered, str(uid), "(UID BODY.PEEK[])"):
        if isinstance(piece, tuple) and isinstance(piece[1], bytes):
            return piece[1]
    return None


def _name_of(source: Source, raw: bytes) -> str:
    """Return what a mail's row goes by: a keyed code of what its sender wrote."""
    return repeat_code(source.pk, f"mail:{mails.digest_of(raw)}").hex()


def _short(*texts: str) -> str:
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]
