"""What waits for a second person, and how often somebody may try their password at a sign-off."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    """How a request stands. Only an open one can become another."""

    OPEN = "open", _("Waiting")
    APPROVED = "approved", _("Approved")
    SENT_BACK = "sent_back", _("Sent back")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Request(models.Model):
    """Something that happens only once another person agrees. Kept for good; what counts is on the record."""

    kind = models.CharField(max_length=40)  # a name registered with `second.services.register`
    about = models.CharField(max_length=80, blank=True, default="")  # what it is about; one open request each
    title = models.CharField(max_length=200)  # what is asked, to follow "asked for a second person: "
    facts: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)  # what carrying it out needs
    reason = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    entry = models.BigIntegerField(null=True)  # index of the entry that tells of it
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.TextField(blank=True, default="")
    decided_entry = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index("state", "id", name="people_request_state")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "kind",
                "about",
                condition=models.Q(state="open") & ~models.Q(about=""),
                name="people_one_open_request",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.state == RequestState.OPEN


class SignOffTries(models.Model):
    """How many passwords somebody has tried at sign-offs since the last one that fitted."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    taken = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.taken}"
