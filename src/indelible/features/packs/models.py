"""The packs that were made: what was asked, how far the making is, and to whom each was handed.

The file itself lies in the data folder for a while and can be made again; that it was made, and each time it was
handed over, are entries on the record.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Pack(models.Model):
    """One evidence pack."""

    class State(models.TextChoices):
        """Where the making stands."""

        DRAFT = "draft", _("Not made yet")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Made")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Could not be made")

    class Kind(models.TextChoices):
        """What the pack claims about what is not in it."""

        WHOLE = "whole", _("Everything of one source or rule")
        SELECTION = "selection", _("A selection")

    logbook = models.ForeignKey("database.Logbook", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=32, unique=True, help_text="Random; names the pack in the log.")
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.SELECTION)
    order = models.JSONField(default=dict, help_text="What was asked for, as the service takes it.")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    stop_wanted = models.BooleanField(default=False)
    step = models.CharField(max_length=20, blank=True, default="", help_text="What is being done just now.")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    trouble = models.CharField(max_length=60, blank=True, default="")
    entries = models.BigIntegerField(default=0)
    hidden = models.BigIntegerField(default=0, help_text="Details withheld.")
    size = models.BigIntegerField(default=0, help_text="Bytes of the file.")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    held_at = models.TextField(
        blank=True, default="", help_text="Where the file lies; empty once it is gone."
    )
    making = models.BigIntegerField(null=True, help_text="Index of the entry that tells of its making.")
    seal = models.BigIntegerField(default=0, help_text="Size of the checkpoint it was made on.")

    class Meta:
        indexes = (models.Index(fields=["logbook", "-asked_at"], name="packs_asked"),)

    def __str__(self) -> str:
        return f"Pack {self.name}: {self.state}"


class HandOver(models.Model):
    """That a pack went to somebody: by a download here, or as a person told."""

    DOWNLOADED = "downloaded"  # how, where the file was taken from here

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="hand_overs")
    to = models.CharField(max_length=200)
    how = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.BigIntegerField(null=True, help_text="Index of the entry that tells of it.")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.pack_id} to {self.to}"
