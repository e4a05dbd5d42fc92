"""A mail that brings no file becomes an entry of its own: that it was received, from whom, about what, when."""

from __future__ import annotations

import hashlib

from indelible.events.event import Event
from indelible.events.instants import from_datetime
from indelible.features.sources.kinds.mailbox.mails import Mail
from indelible.features.sources.live.desk import take
from indelible.features.sources.models import Source
from indelible.intake.reading import Record

SAID = "Mail received"
NAMELESS = "a mail without a subject"
LONGEST_HEAD = 64_000  # bytes of the mail's own head that the entry keeps


def record_mail(source: Source, mail: Mail, raw: bytes, identity: str) -> int | None:
    """Record that a mail was received; return the index of its entry, durable. The same mail again adds nothing."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0][:LONGEST_HEAD]
    fingerprint = hashlib.sha256(identity.encode()).digest()[:16]
    record = Record(1, 1, _event(source, mail), f"mail\x1f{identity}", fingerprint, head)
    return take(source, [record], size=len(raw)).fates[0].entry


def _event(source: Source, mail: Mail) -> Event:
    """Tell what is known: that the mailbox received it, and who it says it is from. That one sent it is not known."""
    name, address = mail.sender or ("", "")
    event: Event = {
        "actor": {"email": source.settings["user"], "kind": "service"},
        "action": {"verb": "receive", "said": SAID},
        "targets": [{"name": mail.subject or NAMELESS}],
        "outcome": "success",
        "source": {"system": "mailbox"},
        "extra": {"sender": address, "folder": source.settings["folder"]},
    }
    if name:
        event["extra"]["sender_name"] = name
    if mail.message_id:
        event["source"]["id"] = mail.message_id
    if mail.sent_at is not None:
        event["occurred_at"] = from_datetime(mail.sent_at)
        event["time"] = {"said": str(mail.head.get("Date"))[:100], "basis": "source"}
    return event
