"""The courier: takes what waits to be sent to each channel, and tries until it went or a person must act.

* A channel that does not answer is left alone for longer each time, and holds up no other: each is spoken to in a
  thread of its own, which touches no table and is over in seconds.
* No more than `MOST_AN_HOUR` messages go to a channel in any hour. The last of them gathers all that still waits:
  "312 more alarms".
* A message is sent at least once. A worker that dies between sending and writing so down has it sent again, with the
  same id, so that a receiver can tell. A claim keeps two workers from sending to one channel at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from indelible.features.alarms import sending
from indelible.features.alarms.channels.errors import NotSent
from indelible.features.alarms.models import Channel, Message

log = structlog.get_logger()

MOST_AN_HOUR: Final = 12
HOUR: Final = timedelta(hours=1)
AT_ONCE: Final = 8  # channels
A_ROUND: Final = 4  # messages of a channel
SECONDS: Final = 20.0  # longer than any channel takes by itself
CLAIM: Final = timedelta(minutes=2)
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=2)
MOST_TRIES: Final = 40  # of one message: about three days
GIVEN_UP: Final = timedelta(days=3)


@dataclass(slots=True)
class Going:
    """What is being sent to a channel just now."""

    channel: Channel
    messages: list[Message]
    parcels: list[sending.Parcel]


def carry(now: datetime) -> int:
    """Send what waits, a few messages a channel; return how many went."""
    going = [one for channel in _due(now) if (one := _claim(channel, now)) is not None]
    if not going:
        return 0
    pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="alarm-courier")
    try:
        calls = [(one, pool.submit(_send, one.parcels)) for one in going]
        return sum(_note(one, call, now) for one, call in calls)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _due(now: datetime) -> list[Channel]:
    """Return channels for which something waits, and that may be tried now."""
    waiting = Message.objects.filter(
        channel=OuterRef("pk"), sent_at=None, given_up_at=None, digest=None, next_at__lte=now
    )
    rows = (
        Channel.objects.filter(Exists(waiting), ended_at=None)
        .filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
        .filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    )
    return list(rows.order_by("sent_at", "id")[:AT_ONCE])


def _claim(channel: Channel, now: datetime) -> Going | None:
    """Take what is to be sent to a channel now; None where another worker does, or where the hour is full."""
    with transaction.atomic():
        row = (
            Channel.objects.select_for_update(of=("self",))
            .select_related("user", "logbook")
            .filter(pk=channel.pk, ended_at=None)
            .filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
            .first()
        )
        if row is None:
            return None
        messages = _to_send(row, now)
        if not messages:
            return None
        row.claimed_until = now + CLAIM
        row.save(update_fields=["claimed_until"])
    return Going(row, messages, [sending.parcel_of(each, now) for each in messages])


def _to_send(channel: Channel, now: datetime) -> list[Message]:
    """Return the messages that the hour has room for: each by itself, and the last for all that wait."""
    sent = channel.messages.filter(sent_at__gt=now - HOUR, digest=None).count()
    room = MOST_AN_HOUR - sent
    if room <= 0:
        return []
    waiting = (
        channel.messages.filter(sent_at=None, given_up_at=None, digest=None, next_at__lte=now)
        .select_related("channel__user", "notice__alarm__rule", "notice__logbook")
        .order_by("id")
    )
    # A digest that was made and did not go yet is the last of its hour, however many came since.
    if (begun := waiting.filter(kind="digest").first()) is not None:
        return [begun]
    some = list(waiting[: room + 1])
    if len(some) <= room:
        return some[:A_ROUND]
    if room > 1:
        return some[: min(A_ROUND, room - 1)]
    return [_digest(channel, now)]


def _digest(channel: Channel, now: datetime) -> Message:
    """Gather all that waits for a channel into one message."""
    made = Message.objects.create(
        channel=channel,
        key=f"digest {int(now.timestamp() * 1000)}",
        kind="digest",
        made_at=now,
        next_at=now,
    )
    channel.messages.filter(sent_at=None, given_up_at=None, digest=None, next_at__lte=now).exclude(
        pk=made.pk
    ).update(digest=made)
    return made


def _send(parcels: Sequence[sending.Parcel]) -> tuple[int, NotSent | None]:
    """Send in order until one does not go; return how many went. No table is touched here."""
    for place, parcel in enumerate(parcels):
        try:
            sending.send(parcel)
        except NotSent as refusal:
            return place, refusal
        except Exception as fault:
            # Whatever a channel's own code raises must not end the courier; its words may hold a secret.
            return place, NotSent("alarm-address-away", type(fault).__name__)
    return len(parcels), None


def _note(one: Going, call: Future[tuple[int, NotSent | None]], now: datetime) -> int:
    """Write down what became of it."""
    try:
        went, trouble = call.result(timeout=SECONDS)
    except TooLong:
        went, trouble = 0, NotSent("alarm-address-away", "too slow")
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=one.channel.pk)
        done = [each.pk for each in one.messages[:went]]
        if done:
            Message.objects.filter(pk__in=done).update(sent_at=now)
            Message.objects.filter(digest__in=done, sent_at=None).update(sent_at=now)
            channel.sent_at, channel.failures, channel.problem, channel.detail = now, 0, "", ""
            channel.next_try_at = None
        if trouble is not None:
            _failed(channel, one.messages[went], trouble, now)
        channel.claimed_until = None
        channel.save(
            update_fields=[
                "sent_at",
                "failures",
                "problem",
                "detail",
                "next_try_at",
                "claimed_until",
            ]
        )
    return went


def _failed(channel: Channel, message: Message, trouble: NotSent, now: datetime) -> None:
    """Wait longer each time; give a message up after days, so that a dead address gathers none for ever."""
    channel.failures += 1
    wait = min(FIRST_WAIT * 2 ** min(channel.failures - 1, 10), LONGEST_WAIT)
    channel.next_try_at = now + (LONGEST_WAIT if trouble.for_good else wait)
    channel.problem, channel.detail = trouble.code, trouble.detail
    message.tries += 1
    if message.tries >= MOST_TRIES or now - message.made_at > GIVEN_UP:
        message.given_up_at = now
        Message.objects.filter(digest=message).update(given_up_at=now)
    message.save(update_fields=["tries", "given_up_at"])
    log.warning("an alarm was not sent", channel=channel.pk, code=trouble.code, detail=trouble.detail)
