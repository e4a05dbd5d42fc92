"""The checks that were made, and what each of them found.

A check runs in the background; this table holds how far it is, what it needs to be gone on with after a stop, and
its report. The report is told on the record as an entry of its own.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Check(models.Model):
    """One check of one logbook."""

    class State(models.TextChoices):
        """Where a check stands."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Checking")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Could not be finished")

    class Kind(models.TextChoices):
        """How much is checked."""

        EVERYTHING = "everything", _("Everything")
        SINCE_LAST = "since_last", _("Since the last check")

    logbook = models.ForeignKey("database.Logbook", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.EVERYTHING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    stop_wanted = models.BooleanField(default=False)
    done = models.BigIntegerField(default=0, help_text="Entries checked so far.")
    size = models.BigIntegerField(default=0, help_text="Entries to check, fixed at the start.")
    verdict = models.CharField(max_length=24, blank=True, default="")
    report = models.JSONField(null=True)
    resume = models.JSONField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["logbook", "-asked_at"], name="seals_check_asked"),
            models.Index(fields=["logbook", "state"], name="seals_check_state"),
        )

    def __str__(self) -> str:
        return f"Check {self.pk} of {self.size} entries: {self.verdict or self.state}"
