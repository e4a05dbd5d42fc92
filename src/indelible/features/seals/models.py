"""The checks and drills that were made, and who outside is to hold our seals.

A check runs in the background; its table holds how far it is, what it needs to be gone on with after a stop, and
its report. The report is told on the record as an entry of its own.

Witnesses, time-stamping authorities and people who get receipts are set up here; what they hold stands in the
`holding` table of the log (storage/database/outside.py). None is ever deleted: one that ends gets `ended_at`.
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


class Outsider(models.Model):
    """Somebody outside who is to hold our seals: what the three kinds below share."""

    logbook = models.ForeignKey("database.Logbook", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, help_text="As people here know them.")
    added_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True, help_text="When they were last sent a seal.")
    answered_at = models.DateTimeField(null=True, help_text="When they last took one.")
    size = models.BigIntegerField(default=0, help_text="The newest seal that they hold.")
    failing_since = models.DateTimeField(null=True, help_text="Since when no attempt has come through.")
    trouble = models.CharField(
        max_length=60, blank=True, default="", help_text="Code of what was wrong last."
    )
    detail = models.TextField(blank=True, default="")
    next_try_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(
        default=0, help_text="Attempts in a row that did not come through."
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Witness(Outsider):
    """A witness: asked for a cosignature on each seal (C2SP tlog-witness)."""

    key = models.TextField(help_text="Its verifier key, type 0x04 or 0x06.")
    url = models.URLField(max_length=500, help_text="Its submission prefix.")
    monitor_url = models.URLField(max_length=500, blank=True, default="", help_text="Where others read it.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["logbook", "key"], name="seals_witness_once"),)


class Authority(Outsider):
    """A time-stamping authority (RFC 3161)."""

    url = models.URLField(max_length=500)
    roots = models.TextField(help_text="Pinned root certificates, PEM.")
    policy = models.CharField(
        max_length=120, blank=True, default="", help_text="The policy OID to insist on."
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["logbook", "name"], name="seals_authority_once"),)


class Recipient(Outsider):
    """A named outsider who gets seal receipts by mail."""

    class Pace(models.TextChoices):
        """How often a receipt goes out, if there is something new."""

        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week, on Monday")
        MONTHLY = "monthly", _("Every month, on the last day")

    email = models.EmailField()
    pace = models.CharField(max_length=8, choices=Pace.choices, default=Pace.DAILY)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["logbook", "email"], name="seals_recipient_once"),)


class Door(models.Model):
    """Whether a logbook's commitments can be read over HTTP. Without a row, or without `open`, they cannot."""

    logbook = models.OneToOneField("database.Logbook", on_delete=models.PROTECT, related_name="+")
    open = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.logbook}: {'open' if self.open else 'closed'}"


class Drill(models.Model):
    """One tamper drill: a copy was altered in every known way, and the checks had to find each."""

    class State(models.TextChoices):
        """Where a drill stands."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Could not be finished")

    logbook = models.ForeignKey("database.Logbook", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    certificate = models.JSONField(null=True, help_text="What was done, what was found, and on which seal.")
    entry = models.BigIntegerField(null=True, help_text="Index of the entry that tells of it.")

    class Meta:
        indexes = (models.Index(fields=["logbook", "-asked_at"], name="seals_drill_asked"),)

    def __str__(self) -> str:
        return f"Drill {self.pk}: {self.state}"


class Explanation(models.Model):
    """What somebody wrote down about two histories that were found. It stands beside what it explains for good."""

    logbook = models.ForeignKey("database.Logbook", on_delete=models.PROTECT, related_name="+")
    conflict = models.ForeignKey("database.Conflict", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    entry = models.BigIntegerField(
        null=True, help_text="Index of the entry that tells of it; none while nothing may be appended."
    )

    def __str__(self) -> str:
        return self.text[:60]
