"""Sources, the imports that brought their records, and the records that could not be taken.

A source goes by its id, which is never given again: running numbers on the record go by it, so that a
renamed source stays itself and a new one cannot slip under an old one's numbers. Source 0 is Indelible
itself and has no row. An import's row is its state while it runs and its receipt afterwards; what it did
is also told by an entry of its own on the record.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.reasons import in_words
from indelible.storage.database.models import Logbook


class Source(models.Model):
    """One place that events come from, such as "Xero of Northwind"."""

    # AUTOINCREMENT on SQLite and a sequence on PostgreSQL: an id once given is never given again.
    id = models.BigAutoField(primary_key=True)
    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    system = models.CharField(max_length=60)  # slug, as intake names systems
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("logbook", "name", name="one_source_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.TextChoices):
    """How far an import is. `asking`, `stopped` and the last two stay until a person acts or for good."""

    RECEIVED = "received", _("Received")
    ASKING = "asking", _("Waiting for your answer")
    RECORDING = "recording", _("Being recorded")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Recorded")
    REFUSED = "refused", _("Not readable")


class Import(models.Model):
    """One file taken in: what was asked and told, how far it is, and the account of its records."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="imports")
    source_name = models.CharField(max_length=120, blank=True)  # as asked for; empty: one source a system
    system = models.CharField(max_length=60, blank=True)
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()  # bytes
    fingerprint = models.BinaryField(max_length=32)  # keyed, so it tells nothing without our secret
    held_at = models.TextField(blank=True)  # where the file lies until it is recorded
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.RECEIVED)
    stop_asked = models.BooleanField(default=False)
    job = models.CharField(max_length=36, blank=True)

    given: models.JSONField[dict[str, str]] = models.JSONField(default=dict)
    mapping: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)
    questions: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    notices: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    refusal: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)  # code and facts
    # The file's own column names and delimiter, where it is one text table: rows left out are given back so.
    layout: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)

    # `taken` outcomes of the reading are accounted for below; a run that begins again goes on after them.
    taken = models.BigIntegerField(default=0)
    expected = models.BigIntegerField(null=True)  # records and rejects that the first look counted
    recorded = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    held_before = models.BigIntegerField(default=0)  # of the duplicates: on the record since before this file
    conflicts = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    first_entry = models.BigIntegerField(null=True)
    last_entry = models.BigIntegerField(null=True)
    # All its entries as [first, last] pairs: one, unless other entries came in between.
    runs: models.JSONField[list[list[int]]] = models.JSONField(default=list)
    earliest = models.CharField(max_length=40, blank=True)  # of what happened, as `occurred_at`
    latest = models.CharField(max_length=40, blank=True)
    receipt = models.BigIntegerField(null=True)  # the entry that tells of this import
    checkpoint = models.TextField(blank=True)
    mistake = models.BigIntegerField(null=True)  # the correction that takes all of it back

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index("logbook", "fingerprint", name="import_fingerprint"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def read(self) -> int:
        """How many records the file gave: each is recorded, a duplicate, in conflict, or rejected."""
        return self.recorded + self.duplicates + self.conflicts + self.rejected

    @property
    def first_number(self) -> int | None:
        """The number people know its first entry by."""
        return None if self.first_entry is None else self.first_entry + 1

    @property
    def last_number(self) -> int | None:
        """The number people know its last entry by."""
        return None if self.last_entry is None else self.last_entry + 1

    @property
    def receipt_number(self) -> int | None:
        """The number of the entry that tells of this import."""
        return None if self.receipt is None else self.receipt + 1

    @property
    def mistake_number(self) -> int | None:
        """The number of the correction that takes it back."""
        return None if self.mistake is None else self.mistake + 1


class ImportReject(models.Model):
    """A record that could not become an event: kept as it came, to be mended and sent again."""

    taken_in = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejects")
    line = models.BigIntegerField()
    reason = models.TextField()
    text = models.TextField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"

    @property
    def words(self) -> str:
        """Why, as people read it."""
        return in_words(self.reason)
