"""What the record's pages keep: drafts that are not sealed yet, looks not yet told, and saved views.

A draft may be edited and thrown away; it becomes an entry when its writer seals it, and is gone then. A look at
the record is gathered for a minute at most, so that reading does not flood what is read. A saved view is a question
under a name.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from indelible.storage.database.models import Logbook


class Draft(models.Model):
    """An entry or a correction as its writer has filled it in so far."""

    class Kind(models.TextChoices):
        """What the draft becomes when it is sealed."""

        ENTRY = "entry", _("Entry")
        CORRECTION = "correction", _("Correction")
        NOTE = "note", _("Note")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    about = models.BigIntegerField(null=True, help_text="Index of the entry that is corrected or annotated.")
    fields = models.JSONField(default=dict)
    attachment = models.JSONField(null=True)
    changed_at = models.DateTimeField(auto_now=True)
    sealed_as = models.BigIntegerField(null=True, help_text="Index of the entry that it became.")

    class Meta:
        indexes = (models.Index(fields=["owner", "-changed_at"], name="record_draft_owner"),)

    def __str__(self) -> str:
        return f"{self.kind} draft {self.pk}"


class PendingLook(models.Model):
    """What one person looked at since `began_at`, not yet told on the record."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(db_index=True)
    lists = models.PositiveIntegerField(default=0)
    queries = models.JSONField(default=list)
    entries = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Looks since {self.began_at:%Y-%m-%d %H:%M:%S}"


class SavedView(models.Model):
    """A question that somebody saved under a name, for themselves or for everybody.

    What is kept is the question as typed, so that "last month" means another month as time goes on; and beside it
    what it meant when it was saved, so that a question that has come to mean something else is noticed.
    """

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    typed = models.TextField()
    sentence = models.TextField()  # the question in words, as it was read when it was saved
    pattern: models.JSONField[dict[str, Any]] = models.JSONField()  # Pattern.to_json, then
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-shared", "name", "pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "logbook", "name", condition=models.Q(shared=True), name="one_shared_view_of_a_name"
            ),
            models.UniqueConstraint(
                "logbook",
                "owner",
                "name",
                condition=models.Q(shared=False),
                name="one_own_view_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name
