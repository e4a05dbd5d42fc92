"""Adding, trying and removing the ways by which somebody is told. Their secrets are kept in boxes, and never shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from indelible.events import own_alarms
from indelible.explanations import explain
from indelible.features.alarms import sending
from indelible.features.alarms.channels import chat, hook
from indelible.features.alarms.channels.errors import NotSent
from indelible.features.alarms.channels.guard import take_apart
from indelible.features.alarms.models import Channel, ChannelKind
from indelible.features.alarms.services import AlarmError
from indelible.features.people.models import User
from indelible.features.sources.origins import RULE_0, By, record_own
from indelible.storage import boxes
from indelible.storage.database.models import Logbook

MOST_CHANNELS: Final = 100
LONGEST_NAME: Final = 120


def channel_of_person(logbook: Logbook, user: User, now: datetime, *, base: str = "") -> Channel:
    """Return the way by which a person with an account is told: their own mail address, whatever it is by then.

    It is made when it is first needed, and no entry of its own: who is told is on the record with the alarm or the
    question that tells them. `base` is the address under which Indelible was open then, for links.
    """
    channel, _made = Channel.objects.get_or_create(
        logbook=logbook,
        user=user,
        defaults={"kind": ChannelKind.PERSON, "name": user.name[:LONGEST_NAME], "made_at": now},
    )
    known = user.name[:LONGEST_NAME], base[:200] or channel.base
    if (channel.name, channel.base) != known:
        channel.name, channel.base = known
        channel.save(update_fields=["name", "base"])
    return channel


def add(
    logbook: Logbook, kind: str, name: str, address: str, by: By, *, base: str = ""
) -> tuple[Channel, str]:
    """Add a way to tell somebody; return it, and the secret that a web address is told its messages' signatures by
    (shown once; empty for other kinds).

    Raises AlarmError: `alarm-channel-name`, `alarm-channel-taken`, `alarm-channels-too-many`, and the codes of
    `channels` for an address that is none.
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise AlarmError("alarm-channel-name")
    secret, shown = "", address
    try:
        if kind == ChannelKind.HOOK:
            secret, shown = hook.new_secret(), str(take_apart(address).hostname)
        elif kind == ChannelKind.CHAT:
            shown = chat.service_of(address)
    except NotSent as refusal:
        raise AlarmError(refusal.code) from None
    with transaction.atomic():
        Logbook.objects.select_for_update().get(pk=logbook.pk)
        there = Channel.objects.filter(logbook=logbook, ended_at=None)
        if there.filter(name__iexact=name).exists():
            raise AlarmError("alarm-channel-taken", name=name)
        if there.count() >= MOST_CHANNELS:
            raise AlarmError("alarm-channels-too-many", most=MOST_CHANNELS)
        channel = Channel.objects.create(
            logbook=logbook,
            kind=kind,
            name=name,
            shown=shown[:254],
            made_at=datetime.now(UTC),
            base=base[:200],
        )
        if kind != ChannelKind.MAIL:
            channel.box = boxes.lock(sending.box_of(channel), json.dumps({"url": address, "secret": secret}))
            channel.save(update_fields=["box"])
        told = own_alarms.channel_added(
            by.party, channel.pk, name, str(channel.get_kind_display()), context=by.context
        )
        record_own(logbook, told, rules=(RULE_0,))
    return channel, secret


def end(key: int, by: By) -> Channel | None:
    """Remove a way and forget its secret; None where it is gone already."""
    with transaction.atomic():
        channel = Channel.objects.select_for_update().filter(pk=key, ended_at=None, user=None).first()
        if channel is None:
            return None
        now = datetime.now(UTC)
        channel.ended_at, channel.box = now, b""
        channel.save(update_fields=["ended_at", "box"])
        channel.alarms.clear()
        channel.messages.filter(sent_at=None, given_up_at=None).update(given_up_at=now)
        told = own_alarms.channel_ended(
            by.party, channel.pk, channel.name, str(channel.get_kind_display()), context=by.context
        )
        record_own(channel.logbook, told, rules=(RULE_0,))
    return channel


def try_out(channel: Channel, by: By) -> NotSent | None:
    """Send a test message now; return what was wrong, None once it was taken. Either way it is on the record."""
    now, trouble = datetime.now(UTC), None
    try:
        sending.send(sending.test_message(channel, by.name, now))
    except NotSent as refusal:
        trouble = refusal
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(pk=channel.pk)
        row.problem, row.detail = (trouble.code, trouble.detail) if trouble else ("", "")
        if trouble is None:
            row.sent_at, row.failures, row.next_try_at = now, 0, None
        row.save(update_fields=["problem", "detail", "sent_at", "failures", "next_try_at"])
        words = explain(trouble.code, detail=trouble.detail) if trouble else None
        told = own_alarms.channel_tried(
            by.party,
            row.pk,
            row.name,
            f"{words.title} {words.meaning}".strip() if words else "",
            context=by.context,
        )
        record_own(row.logbook, told, rules=(RULE_0,))
    return trouble
