"""What a message says, and handing it over by its channel. Whoever is not signed in is told no names.

People with an account get the sentences of the entries by mail, as they could read them anyway. Mail addresses, web
addresses and chats leave the house: they are told which alarm, how often and where to look, and nothing that names a
person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import make_msgid
from typing import Any, Final

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.instants import from_datetime
from indelible.events.screen import visible
from indelible.events.sentence import tell
from indelible.features.alarms.channels import chat, hook
from indelible.features.alarms.channels.errors import NotSent
from indelible.features.alarms.models import Channel, ChannelKind, Message, Notice
from indelible.features.alarms.wording import alarm_words, notice_title, shortened
from indelible.features.people.queries import house
from indelible.features.settings import mail
from indelible.storage import boxes
from indelible.storage.database.reads import find_entries
from indelible.web.moments import Reader
from indelible.web.numbers import written

EXERCISE: Final = "Exercise:"
SENTENCES: Final = 5
LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to go: everything that sending it needs, so that it can be sent without the tables."""

    kind: str  # of the channel
    ident: str  # the same each time it is tried
    title: str
    text: str
    payload: Mapping[str, Any]
    at: datetime
    to: str = ""
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    server: mail.MailServer | None = None
    problem: str = ""  # what keeps it from being sent at all


def box_of(channel: Channel) -> str:
    """Return what the box of a channel's address is for."""
    return f"alarm channel {channel.pk}"


def send(parcel: Parcel) -> None:
    """Hand a message over; returns once the other side took it. Raises NotSent."""
    if parcel.problem:
        raise NotSent(parcel.problem)
    if parcel.kind == ChannelKind.HOOK:
        hook.send(parcel.url, parcel.secret, parcel.ident, int(parcel.at.timestamp()), parcel.payload)
    elif parcel.kind == ChannelKind.CHAT:
        chat.send(parcel.url, parcel.title, parcel.text)
    else:
        _mail(parcel)


def _mail(parcel: Parcel) -> None:
    assert parcel.server is not None
    message = EmailMessage(
        subject=" ".join(parcel.title.split()),
        body=parcel.text,
        from_email=parcel.server.sender,
        to=[parcel.to],
        headers={
            # The same each time it is tried, so that a mailbox may know a repeat.
            "Message-ID": f"<{parcel.ident}@{parcel.server.domain or 'indelible'}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        mail.send(parcel.server, message)
    except mail.MailError as refusal:
        raise NotSent(refusal.code, refusal.detail) from None


# What it says ----------------------------------------------------------------------------------------------


def parcel_of(message: Message, now: datetime) -> Parcel:
    """Return a message ready to be sent."""
    row = message.notice
    makers = {"notice": _of_notice, "back": _of_back, "asked": _of_asked}
    if message.kind in makers and row is not None:
        title, text = makers[message.kind](message, row)
        payload = _payload(message.kind, row)
    elif message.kind == "digest":
        title, text, payload = _of_digest(message)
    else:
        title, text = str(message.facts.get("title", "")), str(message.facts.get("text", ""))
        payload = {"type": f"alarm.{message.kind}"}
    return _ready(message.channel, f"indelible-{message.channel_id}-{message.pk}", title, text, payload, now)


def test_message(channel: Channel, name: str, now: datetime) -> Parcel:
    """Return a test alarm. Every text of it says that it is an exercise."""
    title = f"{EXERCISE} " + _("a test message of Indelible's alarms")
    text = f"{EXERCISE} " + _(
        "%(name)s asked Indelible to send this, to see whether alarms arrive here. They do. "
        "Nothing happened, and there is nothing to do.\n"
    ) % {"name": name}
    payload = {"type": "alarm.test", "exercise": True}
    return _ready(channel, make_msgid(domain="indelible").strip("<>"), title, text, payload, now)


def _ready(
    channel: Channel, ident: str, title: str, text: str, payload: Mapping[str, Any], now: datetime
) -> Parcel:
    facts: dict[str, Any] = {"timestamp": from_datetime(now.replace(microsecond=0)), "title": title}
    ours = house()
    name = f"Indelible, {ours.name}" if ours else "Indelible"
    kind = str(channel.kind)
    common: dict[str, Any] = {
        "kind": kind,
        "ident": ident,
        "title": f"{name}: {title}" if not title.startswith(EXERCISE) else f"{title} ({name})",
        "text": text,
        "payload": {**payload, **facts},
        "at": now,
    }
    if kind in (ChannelKind.PERSON, ChannelKind.MAIL):
        user = channel.user
        if user is not None and not user.is_active:
            return Parcel(**common, problem="alarm-person-left")
        try:
            return Parcel(**common, to=user.email if user else channel.shown, server=mail.mail_server())
        except mail.MailError as trouble:
            return Parcel(**common, problem=trouble.code)
    try:
        opened = json.loads(boxes.unlock(box_of(channel), bytes(channel.box)))
    except boxes.BoxError:
        return Parcel(**common, problem="alarm-secret-unreadable")
    return Parcel(**common, url=opened["url"], secret=opened["secret"])


def _of_notice(message: Message, row: Notice) -> tuple[str, str]:
    lines = [_("An alarm was set to tell when %(words)s.") % {"words": alarm_words(row.alarm)}, ""]
    lines += _what(message.channel, row)
    lines += ["", *_where(message.channel, row)]
    return notice_title(row), "\n".join(lines) + "\n"


def _of_back(message: Message, row: Notice) -> tuple[str, str]:
    when = _spoken(row.back_at or row.last_at)
    title = _("it is back: %(what)s") % {"what": notice_title(row)}
    text = _("What this notice told of is over since %(when)s.") % {"when": when}
    return title, "\n".join([text, "", *_where(message.channel, row)]) + "\n"


def _of_asked(message: Message, row: Notice) -> tuple[str, str]:
    asked = message.facts.get("what") == "asked"
    title = _("you are asked about: %(what)s") if asked else _("a case to follow up: %(what)s")
    lines = [
        _("Somebody asked you about what an alarm told. Their question is on its page.")
        if asked
        else _("You follow up a case that an alarm led to. What is known is on its page."),
        "",
        *_what(message.channel, row),
        "",
        *_where(message.channel, row),
    ]
    return title % {"what": notice_title(row)}, "\n".join(lines) + "\n"


def _of_digest(message: Message) -> tuple[str, str, dict[str, Any]]:
    """Tell many at once: the first of them, and how many more there are."""
    folded = Message.objects.filter(digest=message, notice__isnull=False).select_related("notice__alarm")
    count = folded.count()
    rows = [each.notice for each in folded.order_by("id")[:LISTED] if each.notice is not None]
    title = ngettext("%(n)s more alarm", "%(n)s more alarms", count) % {"n": written(count)}
    lines = [
        _("More alarms came than are sent one by one. The first of these:"),
        "",
        *(f"- {notice_title(row)}: {written(row.count)}" for row in rows),
    ]
    if count > len(rows):
        lines.append(_("- and %(n)s more") % {"n": written(count - len(rows))})
    lines += ["", *_where(message.channel, None)]
    payload = {
        "type": "alarm.digest",
        "count": count,
        "notices": [row.pk for row in rows],
        "url": _url(message.channel, reverse("alarms:queue")),
    }
    return title, "\n".join(lines) + "\n", payload


def _what(channel: Channel, row: Notice) -> list[str]:
    """Say what happened: the sentences for whom may read them, numbers for others."""
    times = ngettext(
        "It happened once, %(first)s.", "It happened %(n)s times, %(first)s to %(last)s.", row.count
    )
    facts = {"n": written(row.count), "first": _spoken(row.first_at), "last": _spoken(row.last_at)}
    lines = [times % facts]
    if channel.kind == ChannelKind.PERSON:
        found = find_entries(row.logbook, row.entries[-SENTENCES:])
        for index in sorted(found):
            sentence = tell(found[index].event).text if found[index].event else _("It can no longer be read.")
            lines.append(
                _("- Entry %(n)s: %(sentence)s")
                % {"n": written(index + 1), "sentence": shortened(visible(sentence))}
            )
    else:
        numbers = ", ".join(written(index + 1) for index in row.entries[-SENTENCES:])
        lines.append(
            _("Entries: %(numbers)s. Who and what stands there is on the record.") % {"numbers": numbers}
        )
    return lines


def _where(channel: Channel, row: Notice | None) -> list[str]:
    path = reverse("alarms:notice", args=[row.pk]) if row else reverse("alarms:queue")
    lines = [_("Answer it in Indelible, under Alarms.")]
    if url := _url(channel, path):
        lines += [
            url,
            _("If you doubt that this message is real, open Indelible yourself and do not use the link."),
        ]
    return lines


def _url(channel: Channel, path: str) -> str:
    return f"{channel.base.rstrip('/')}{path}" if channel.base else ""


def _payload(kind: str, row: Notice) -> dict[str, Any]:
    return {
        "type": f"alarm.{kind}",
        "notice": row.pk,
        "alarm": row.alarm_id,
        "sign": row.alarm.sign,
        "weight": row.weight,
        "count": row.count,
        "entries": list(row.entries),
        "first_at": from_datetime(row.first_at),
        "last_at": from_datetime(row.last_at),
    }


def _spoken(moment: datetime) -> str:
    ours = house()
    reader = Reader(ours.zone, ours.date_style, number_style=ours.number_style) if ours else Reader()
    local = reader.local(moment)
    return f"{reader.moment(local, seconds=False)} ({reader.offset(local)})"
