"""The tables of silence: when sources were heard, the gaps where they were not, and quiet that was announced."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Heard(models.Model):
    """What arrived by itself from a source in one hour of UTC: enough to learn its pace and to show its days."""

    source = models.ForeignKey("sources.Source", on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()  # when it begins
    first_at = models.DateTimeField(null=True)  # none where it only said that it is there
    last_at = models.DateTimeField(null=True)
    deliveries = models.BigIntegerField(default=0)
    records = models.BigIntegerField(default=0)
    longest = models.FloatField(default=0)  # seconds between two arrivals within the hour
    beats = models.BigIntegerField(default=0)  # how often it said that it is there and has nothing

    class Meta:
        ordering = ("source", "hour")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("source", "hour", name="heard_once_an_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.hour:%Y-%m-%dT%H}"


class GapKind(models.TextChoices):
    """Why nothing came."""

    SILENT = "silent", _("Silent")  # it was expected
    PAUSED = "paused", _("Paused")  # a person said so
    REFUSED = "refused", _("Refused")  # it or we could not get through; `Health.problem` says why


class Gap(models.Model):
    """A time in which nothing was taken from a source. It is never deleted; an explanation stands beside it."""

    source = models.ForeignKey("sources.Source", on_delete=models.PROTECT, related_name="gaps")
    kind = models.CharField(max_length=8, choices=GapKind.choices)
    began_at = models.DateTimeField()  # last heard before it
    expected_by = models.DateTimeField(null=True)  # when something was due, without the grace
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # heard again
    began_entry = models.BigIntegerField(null=True)  # an index, as below
    ended_entry = models.BigIntegerField(null=True)
    facts: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)  # rhythm or problem of then
    explanation = models.TextField(blank=True)
    explained_by = models.CharField(max_length=150, blank=True)
    explained_at = models.DateTimeField(null=True)
    explained_entry = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("source",), condition=Q(ended_at=None), name="one_open_gap_a_source"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("source", "began_at"), name="gap_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.began_at}"


class QuietPeriod(models.Model):
    """A time in which nothing is expected of a source, announced before it began and signed by a person."""

    source = models.ForeignKey("sources.Source", on_delete=models.PROTECT, related_name="quiet")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    why = models.TextField()
    by_name = models.CharField(max_length=150, blank=True)
    announced_at = models.DateTimeField()
    entry = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_entry = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("from_at", "id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("source", "from_at"), name="quiet_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.from_at} {self.to_at}"
