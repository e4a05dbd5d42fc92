"""The tables of accounts: totals that were told, running numbers of a source's own, and what came late."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class TotalState(models.TextChoices):
    """How a total that was told stands against what is on the record."""

    OPEN = "open", _("Not compared yet")  # its period is not over
    MATCHES = "matches", _("Complete")
    DIFFERS = "differs", _("Differs")
    UNCHECKED = "unchecked", _("Could not be checked")


class ControlTotal(models.Model):
    """How many records, or what amount, a source should have brought in a period, by somebody's word."""

    source = models.ForeignKey("sources.Source", on_delete=models.PROTECT, related_name="totals")
    period_from = models.DateTimeField()  # what happened at this moment counts
    period_to = models.DateTimeField()  # and what happened at this one no more
    count = models.BigIntegerField(null=True)
    amount = models.CharField(max_length=60, blank=True)  # exact decimal digits, empty for none told
    currency = models.CharField(max_length=20, blank=True)
    said_by = models.CharField(max_length=200, blank=True)  # whose word it is: a system, a report, a person
    declared_by = models.CharField(max_length=150, blank=True)
    declared_at = models.DateTimeField()
    entry = models.BigIntegerField()  # the index of the entry that tells of it
    state = models.CharField(max_length=10, choices=TotalState.choices, default=TotalState.OPEN)
    found_count = models.BigIntegerField(null=True)
    found_amount = models.CharField(max_length=60, blank=True)
    without_amount = models.BigIntegerField(default=0)  # entries of the period that state none
    compared_at = models.DateTimeField(null=True)
    compared_size = models.BigIntegerField(default=0)  # entries of the source when it was last compared
    # A later word on the same period takes its place; both stay on the record.
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    explanation = models.TextField(blank=True)
    explained_by = models.CharField(max_length=150, blank=True)
    explained_at = models.DateTimeField(null=True)
    explained_entry = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("-period_from", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("source", "-period_from"), name="total_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.period_from} {self.period_to}"


class SequenceMark(models.Model):
    """How far one stream of a source's own running numbers is known."""

    source = models.ForeignKey("sources.Source", on_delete=models.CASCADE, related_name="sequences")
    stream = models.CharField(max_length=200, blank=True)  # what the numbers count, by the source's word
    lowest = models.BigIntegerField()
    highest = models.BigIntegerField()
    seen = models.BigIntegerField(default=0)  # records that carried a number
    given_up_at = models.DateTimeField(null=True)  # too many holes: these numbers do not count one by one

    class Meta:
        ordering = ("source", "stream")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("source", "stream", name="one_mark_a_stream"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.stream}: {self.lowest} to {self.highest}"


class SequenceGap(models.Model):
    """Numbers of a stream that never came, `first` to `last`. Filled in the middle it becomes two."""

    source = models.ForeignKey("sources.Source", on_delete=models.PROTECT, related_name="sequence_gaps")
    stream = models.CharField(max_length=200, blank=True)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    seen_at = models.DateTimeField()  # when it was first missed
    entry = models.BigIntegerField(
        null=True
    )  # the index of the entry that tells of it; none while it may fill
    filled_at = models.DateTimeField(null=True)
    filled_entry = models.BigIntegerField(null=True)
    explanation = models.TextField(blank=True)
    explained_by = models.CharField(max_length=150, blank=True)
    explained_at = models.DateTimeField(null=True)
    explained_entry = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("source", "stream", "first")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("source", "stream", "filled_at", "first"), name="sequence_hole"),
            models.Index(fields=("filled_at", "entry", "seen_at"), name="sequence_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.stream}: {self.first} to {self.last}"

    @property
    def missing(self) -> int:
        """How many numbers."""
        return self.last - self.first + 1


class SourceAccount(models.Model):
    """What is counted of a source over all its deliveries, beside the accounts of each."""

    source = models.OneToOneField(
        "sources.Source", on_delete=models.CASCADE, primary_key=True, related_name="account"
    )
    late = models.BigIntegerField(default=0)  # records that came later than they should
    held_more = models.BigIntegerField(default=0)  # deliveries of which the source said that it had more

    def __str__(self) -> str:
        return str(self.source_id)
