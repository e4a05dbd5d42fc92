"""Alarms, what they remember, the notices they gave, and what is sent about them.

* An `Alarm` is a pattern (a rule's, or one of its own) with a sign and its settings, and whom to tell.
* A `Memory` is what a sign over several entries keeps between them, for as long as it may still matter. It goes by
  keyed codes and holds figures and moments, so that nobody who reads the table learns whom it is about.
* A `Notice` says that a sign was seen: in which entries (by index, nothing is copied out of them), how often, and
  what people answered. Like hits of an hour fold into one.
* A `Message` is a notice on its way to one `Channel`. It is made in the transaction of the notice and sent later.

All of it can be lost without a loss to the record: making and changing alarms, and each answer, are entries.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indelible.storage.database.models import Logbook


class ChannelKind(models.TextChoices):
    """By which way somebody is told."""

    PERSON = "person", _("A person, by e-mail")
    MAIL = "mail", _("An e-mail address")
    HOOK = "hook", _("A web address of yours")
    CHAT = "chat", _("A chat")


class Channel(models.Model):
    """Where notices are sent. Addresses that open a door (chat, web address) lie in a box, never in the clear."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=ChannelKind.choices)
    name = models.CharField(max_length=120)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    shown = models.CharField(max_length=254, blank=True)  # what of its address may be shown
    box = models.BinaryField(blank=True, default=b"")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    next_try_at = models.DateTimeField(null=True)  # nothing is sent before
    claimed_until = models.DateTimeField(null=True)  # by the worker that sends right now
    problem = models.CharField(max_length=60, blank=True)  # a key of explanations.toml
    detail = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)  # something last went through
    base = models.CharField(max_length=200, blank=True)  # the address people open, for links

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "logbook", "user", condition=Q(user__isnull=False), name="one_channel_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Alarm(models.Model):
    """A pattern, a sign, and whom to tell. Signs about Indelible's own acts need no pattern."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey("rules.Rule", on_delete=models.PROTECT, null=True, related_name="+")
    typed = models.TextField(blank=True)  # the sentence as somebody typed it, where it has its own
    sentence = models.TextField(blank=True)  # the same as it was understood
    pattern: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)  # Pattern.to_json
    sign = models.CharField(max_length=40)  # the name of a module of `signs`
    settings: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    watch = models.CharField(max_length=200, blank=True)  # the words of the catalogue that it was made from
    channels = models.ManyToManyField(Channel, related_name="alarms", blank=True)
    is_on = models.BooleanField(default=True)
    reason = models.TextField(blank=True)  # why it was switched off
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=150, blank=True)
    begun_entry = models.BigIntegerField()  # index of the entry that tells of it; what comes after it is told
    taught = models.BooleanField(default=False)  # whether its memory knows what came before

    class Meta:
        ordering = ("id",)
        indexes: ClassVar[list[models.Index]] = [models.Index("logbook", "is_on", name="alarm_on")]

    def __str__(self) -> str:
        return f"{self.pk} {self.sign}"


class Memory(models.Model):
    """What a sign keeps between entries, under a keyed code."""

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=32)
    facts: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    expires_at = models.DateTimeField(db_index=True)
    due_at = models.DateTimeField(null=True)  # when something must have followed

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("alarm", "code"), name="one_memory_of_a_code"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("due_at",), condition=Q(due_at__isnull=False), name="memory_due"),
        ]

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.code}"


class NoticeState(models.TextChoices):
    """What became of a notice."""

    OPEN = "open", _("Open")
    ASKED = "asked", _("Asked")
    CASE = "case", _("Under investigation")
    EXPECTED = "expected", _("As expected")
    CLOSED = "closed", _("Closed")


WAITING = (NoticeState.OPEN, NoticeState.ASKED, NoticeState.CASE)


class Notice(models.Model):
    """A sign that was seen, and what people answered."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="notices")
    fold = models.CharField(max_length=32)  # keyed code of what folds into it
    turn = models.PositiveIntegerField(default=1)  # what comes after an answer begins a new one
    rest = models.BooleanField(default=False)  # all that came beyond what an hour may bring of an alarm
    weight = models.PositiveSmallIntegerField(default=2)  # 1 to 3: what is worst stands first
    count = models.BigIntegerField(default=1)
    entries: models.JSONField[list[int]] = models.JSONField(default=list)  # the first of them, by index
    facts: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)  # figures of the sign, no names
    first_at = models.DateTimeField()  # when the first of it happened
    last_at = models.DateTimeField()
    made_at = models.DateTimeField()
    hour = models.BigIntegerField(null=True)  # of recording, in hours since 1970: what an hour may bring
    state = models.CharField(max_length=8, choices=NoticeState.choices, default=NoticeState.OPEN)
    waits = models.BooleanField(default=True)  # whether somebody still has to answer
    since = models.DateTimeField()  # when it came into this state
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )  # who is to answer
    follows = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reference = models.CharField(max_length=120, blank=True)  # of the case, in words
    back_at = models.DateTimeField(null=True)  # when what was silent was heard again
    answers = models.PositiveIntegerField(default=0)  # how many there are; a form says which it has seen

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("alarm", "fold", "turn"), name="one_notice_of_a_fold"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("logbook", "waits", "-weight", "-id"), name="notice_waiting"),
            models.Index(fields=("alarm", "hour"), name="notice_of_hour"),
            models.Index(fields=("asked",), condition=Q(waits=True), name="notice_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class AnswerKind(models.TextChoices):
    """What somebody answered."""

    EXPECTED = "expected", _("As expected")
    ASKED = "asked", _("Asked")
    CASE = "case", _("Case opened")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Taken back")


class Answer(models.Model):
    """One answer. Its words are in its entry, and nowhere else."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="given")
    kind = models.CharField(max_length=8, choices=AnswerKind.choices)
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.notice_id} {self.kind}"


class Message(models.Model):
    """Something that is to be sent to a channel, or was."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    key = models.CharField(max_length=60)  # what it is about: sent once, however often it is asked for
    kind = models.CharField(max_length=10)  # notice, back, asked, test, import, digest
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, null=True, related_name="+")
    facts: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    digest = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)  # by itself, or with its digest
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("channel", "key"), name="one_message_of_a_key"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=("channel", "id"),
                condition=Q(sent_at=None, given_up_at=None),
                name="message_to_send",
            ),
            models.Index(fields=("channel", "sent_at"), name="message_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.key}"


class Told(models.Model):
    """What somebody wants to be told about their own imports."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    imports = models.BooleanField(default=False)
    since = models.DateTimeField()  # imports that began before are not told

    def __str__(self) -> str:
        return str(self.user_id)
