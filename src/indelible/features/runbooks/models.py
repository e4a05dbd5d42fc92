"""Runbooks, their versions, and their runs.

* A `Runbook` is an organisation's own, copied from a ready one or written anew. Its draft is free to edit; a published
  `Version` never changes, and the entry that tells of it holds its digest.
* An `Appointment` says who fills a role, and who stands in.
* A `Run` stays with the version it began under. Its `RunRole`s say who does what in it, its `RunStep`s how far it is.
  What was written, attached, looked at, found by checks and signed at a step belongs to an attempt: a step that is
  sent back begins another, and the one before stays.
* A `RunEntry` leads from a run to the entries of the record that tell its story. They are what counts.
* A `Mailing` is a reminder or an escalation: one row for what is sent once, however many workers there are.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indelible.features.signoffs.models import FrozenList, SignOff
from indelible.storage.database.models import Logbook

USER = settings.AUTH_USER_MODEL


class RunbookState(models.TextChoices):
    """Whether runs begin under it."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("In force")
    RETIRED = "retired", _("Retired")


class Runbook(models.Model):
    """A procedure of the organisation."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)  # the document's id: "RB-07"
    origin = models.CharField(max_length=40, blank=True)  # the ready runbook it was copied from
    title = models.CharField(max_length=200)  # of the newest version, or of the draft
    team = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=9, choices=RunbookState.choices, default=RunbookState.DRAFT)
    state_reason = models.TextField(blank=True)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    look_again_on = models.DateField(null=True)  # when the text itself is to be looked at
    draft: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)
    draft_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    draft_at = models.DateTimeField(null=True)
    draft_stamp = models.PositiveIntegerField(
        default=0
    )  # counted up with each change, so that two editors notice
    # Whoever has changed the draft since the last version, by their accounts: they cannot walk through it.
    draft_authors: models.JSONField[list[int]] = models.JSONField(default=list)
    # A walk-through of the draft: {"digest", "by", "name", "at", "note", "entry"}.
    draft_walk: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)
    scheduled_from = models.DateField(
        null=True
    )  # no run is due by the calendar before that day; None: not at all
    entry = models.BigIntegerField(null=True)  # index of the entry that tells of its beginning
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("title", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("logbook", "key", name="one_runbook_of_a_key"),
        ]

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """What a runbook says from one moment on."""

    runbook = models.ForeignKey(Runbook, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()  # from 1
    document: models.JSONField[dict[str, Any]] = models.JSONField()
    digest = models.CharField(max_length=64)  # `document.writing.digest_of`
    note = models.TextField(blank=True)  # what is new, and why
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    authors: models.JSONField[list[int]] = models.JSONField(default=list)  # everybody who wrote on it
    entry = models.BigIntegerField()
    # A walk-through by somebody who did not write it.
    walked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    walked_at = models.DateTimeField(null=True)
    walked_note = models.TextField(blank=True)
    walked_entry = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("runbook", "number")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("runbook", "number", name="one_runbook_version_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.runbook_id} version {self.number}"


class BookSettings(models.Model):
    """How the organisation deals with its runbooks. At most one row, under the key 1."""

    two_people = models.BooleanField(default=False)  # whether publishing needs a second person

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_book_settings"),
        ]

    def __str__(self) -> str:
        return "how runbooks are published"


class Appointment(models.Model):
    """Who fills a role of a runbook, and who stands in."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="appointments")
    role = models.CharField(max_length=40)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    stand_in = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("runbook", "role")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("runbook", "role", name="one_appointment_of_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.runbook_id} {self.role}"


class RunState(models.TextChoices):
    """How a run stands."""

    OPEN = "open", _("Under way")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Finished")
    NOT_CONCLUDED = "not_concluded", _("Not concluded")
    MISSED = "missed", _("Missed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


GOING = (RunState.OPEN, RunState.PAUSED)


class Cause(models.TextChoices):
    """What started a run."""

    HAND = "hand", _("Started by hand")
    SCHEDULE = "schedule", _("By the calendar")
    EVENT = "event", _("By an entry")
    ALARM = "alarm", _("By an alarm")
    RUN = "run", _("By another run")


class Run(models.Model):
    """One time that a procedure is gone through."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    runbook = models.ForeignKey(Runbook, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)  # "Month-end close sign-off, May 2025"
    about = models.CharField(max_length=200, blank=True)  # whom or what it is about: "Harrow Freight"
    state = models.CharField(max_length=13, choices=RunState.choices, default=RunState.OPEN)
    state_reason = models.TextField(blank=True)
    cause = models.CharField(max_length=8, choices=Cause.choices)
    cause_key = models.CharField(
        max_length=80
    )  # what started it, once: "2026-11-30", "notice 12", a form's token
    cause_entry = models.BigIntegerField(null=True)  # index of the entry that started it
    period_from = models.DateField(null=True)  # both days included
    period_to = models.DateField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField()  # index of the entry that opened it
    end_entry = models.BigIntegerField(null=True)
    late_reason = models.TextField(blank=True)
    follows_up = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="follow_ups")
    stamp = models.PositiveIntegerField(default=0)  # counted up with each act, so that two tabs notice

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("runbook", "cause", "cause_key", name="one_run_of_a_cause"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Whole ones: SQLite uses one over a part of the rows only where the state is no parameter of the question.
            models.Index("state", "logbook", "due_at", name="run_state"),
            models.Index("logbook", "due_at", "opened_at", name="run_due"),
            models.Index(fields=("logbook", "-id"), name="run_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class Outsider(models.Model):
    """Somebody without an account who fills a role of one run, by a link that works for that alone."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="outsiders")
    name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    lookup = models.CharField(max_length=16, unique=True)  # the part of the link that finds the row
    code = models.BinaryField(max_length=32)  # keyed code of the whole link
    # A code that is asked for at each signature, sent or told apart from the link.
    pin = models.BinaryField(max_length=32, default=b"")
    pin_tries = models.PositiveSmallIntegerField(default=0)
    invited_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name

    @property
    def tag(self) -> str:
        """What other tables know them by: "outsider 7"."""
        return f"outsider {self.pk}"


class RunRole(models.Model):
    """Who fills a role of a run. Neither user nor outsider: nobody yet, and its steps wait."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=40)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    stand_in = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    outsider = models.ForeignKey(Outsider, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("run", "role")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("run", "role", name="one_run_role"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("user", "run", name="run_role_user"),
            models.Index("stand_in", "run", name="run_role_stand_in"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.role}"


class StepState(models.TextChoices):
    """How a step of a run stands."""

    WAITING = "waiting", _("Not yet")  # a step before it is not through
    OPEN = "open", _("To do")
    DONE = "done", _("Done")  # done, and still to be signed where a signature is asked
    SIGNED = "signed", _("Signed")
    SENT_BACK = "sent_back", _("Sent back")  # to be done again
    SKIPPED = "skipped", _("Skipped")
    PASSED_OVER = "passed_over", _("Not needed")  # by a branch
    NOT_CONCLUDED = "not_concluded", _("Not concluded")


THROUGH = (StepState.SIGNED, StepState.SKIPPED, StepState.PASSED_OVER, StepState.NOT_CONCLUDED)
"""States that let the run go on. A step that asks for no signature is through when it is done."""


class RunStep(models.Model):
    """One step of a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    key = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()  # from 0
    state = models.CharField(max_length=13, choices=StepState.choices, default=StepState.WAITING)
    attempt = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField(null=True)  # when it could begin
    due_at = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)  # of a step that waits
    by_user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    by_outsider = models.ForeignKey(Outsider, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    done_at = models.DateTimeField(null=True)
    done_on = models.DateField(
        null=True
    )  # the day on which it says it was done, where that is an earlier one
    on_paper = models.BooleanField(default=False)
    words = models.TextField(blank=True)  # a note; why it was skipped, late, overridden
    choice = models.CharField(max_length=80, blank=True)  # the label of the branch that was gone
    entry = models.BigIntegerField(null=True)  # index of the entry that tells of it

    class Meta:
        ordering = ("run", "place")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("run", "key", name="one_run_step_of_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.key}"


class StepWork(models.Model):
    """What was written at an attempt of a step. Free to change until the step is done."""

    step = models.ForeignKey(RunStep, on_delete=models.CASCADE, related_name="work")
    attempt = models.PositiveSmallIntegerField()
    values: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)  # by the key of the field
    # Whoever wrote, attached or decided something of it, whether or not they did the step: ["user 3", "outsider 7"].
    hands: models.JSONField[list[str]] = models.JSONField(default=list)
    # What became of an attempt that was sent back: who did it, when, and why it came back.
    ended: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("step", "attempt")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("step", "attempt", name="one_work_of_an_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id}.{self.attempt}"


class StepFile(models.Model):
    """A file that was attached, as an event tells of it. It is on the record from the moment it was attached."""

    step = models.ForeignKey(RunStep, on_delete=models.CASCADE, related_name="files")
    attempt = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.CharField(max_length=64)
    from_paper = models.BooleanField(default=False)  # a scan of what was done on paper
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()
    entry = models.BigIntegerField()  # index of the entry that holds it
    place = models.PositiveSmallIntegerField(default=0)  # among that entry's attachments
    withdrawn = models.BooleanField(
        default=False
    )  # no longer part of the step's evidence; it stays on the record

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class StepList(models.Model):
    """A list that was shown at an attempt of a step, as it was frozen."""

    step = models.ForeignKey(RunStep, on_delete=models.CASCADE, related_name="lists")
    attempt = models.PositiveSmallIntegerField()
    frozen = models.ForeignKey(FrozenList, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.step_id} {self.frozen_id}"


class Result(models.TextChoices):
    """What a check found. The third is never shown as the first."""

    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Failed")
    UNCHECKED = "unchecked", _("Could not be checked")


class StepCheck(models.Model):
    """What an automatic check found at an attempt of a step. The newest of a key counts."""

    step = models.ForeignKey(RunStep, on_delete=models.CASCADE, related_name="checks")
    attempt = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    result = models.CharField(max_length=9, choices=Result.choices)
    says = models.TextField()  # what was found, in words
    facts: models.JSONField[dict[str, Any]] = models.JSONField(
        default=dict
    )  # figures, entries (by index), lists
    at = models.DateTimeField()
    reason = models.TextField(blank=True)  # why the step is signed although it did not pass
    reason_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index("step", "attempt", "key", name="step_check_key")
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.key} {self.result}"


class StepSignature(models.Model):
    """A signature at a step. `stale` where what it covers has changed since."""

    step = models.ForeignKey(RunStep, on_delete=models.CASCADE, related_name="signatures")
    attempt = models.PositiveSmallIntegerField()
    sign_off = models.ForeignKey(SignOff, on_delete=models.PROTECT, related_name="+")
    stale = models.BooleanField(default=False)  # signed an earlier state

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.step_id} {self.sign_off_id}"


class RunClock(models.Model):
    """A clock of a law that runs for a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="clocks")
    key = models.CharField(max_length=40)
    starts_at = models.DateTimeField(null=True)  # None: what it counts from is not filled in yet
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    # Stops of the clock, where the law knows them: [{"from", "to" or null, "why", "by"}].
    stops: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    late_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("run", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("run", "key", name="one_run_clock_of_a_key"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("due_at", condition=Q(met_at=None), name="run_clock_due"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.key}"


class RunEntry(models.Model):
    """An entry of the record that belongs to the story of a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="entries")
    index = models.BigIntegerField()
    step = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=60)  # the act, as sealed: "run_opened"
    at = models.DateTimeField()

    class Meta:
        ordering = ("run", "index")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("run", "index", name="one_run_entry"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index("index", name="run_entry_index")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.index}"


class Mailing(models.Model):
    """Something that is sent once: a reminder, an escalation, an invitation to a step."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, null=True, related_name="mailings")
    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, null=True, related_name="+")
    step = models.CharField(max_length=40, blank=True)
    # What it is sent once for: "run 88 step approve overdue 2026-11-30 user 3".
    once = models.CharField(max_length=200, unique=True)
    kind = models.CharField(
        max_length=20
    )  # "soon", "today", "overdue", "escalated", "clock", "look_again"...
    user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.EmailField(blank=True)  # of an outsider
    facts: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=60, blank=True)  # a key of explanations.toml

    class Meta:
        ordering = ("id",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index("next_try_at", condition=Q(sent_at=None, given_up_at=None), name="mailing_waits"),
        ]

    def __str__(self) -> str:
        return self.once


class Flood(models.Model):
    """What came beyond the runs that an hour may open of a runbook: counted, and told on the hour's last run."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="floods")
    hour = models.BigIntegerField()  # since 1970
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="floods")
    count = models.PositiveIntegerField(default=0)
    entries: models.JSONField[list[int]] = models.JSONField(default=list)  # the first of them, by index
    notices: models.JSONField[list[int]] = models.JSONField(default=list)
    told_at = models.DateTimeField(null=True)  # when the entry with the count was written

    class Meta:
        ordering = ("runbook", "hour")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("runbook", "hour", name="one_flood_of_an_hour"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("hour", condition=Q(told_at=None), name="flood_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.runbook_id} {self.hour}"


class CalendarFeed(models.Model):
    """The secret address at which somebody's calendar reads what is due. Kept is the code of it alone."""

    user = models.OneToOneField(USER, on_delete=models.CASCADE, primary_key=True, related_name="+")
    lookup = models.CharField(max_length=16, unique=True)  # the part of the address that finds the row
    code = models.BinaryField(max_length=32)
    base = models.CharField(max_length=200, blank=True)  # where Indelible was open then, for links in mails
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)  # to within an hour

    def __str__(self) -> str:
        return str(self.user_id)
