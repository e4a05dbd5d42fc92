"""Sources, how they are connected, what they brought, and what could not be taken.

A source goes by its id, which is never given again: running numbers on the record go by it, so that a
renamed source stays itself and a new one cannot slip under an old one's numbers. Source 0 is Indelible
itself and has no row. An import's row is its state while it runs and its receipt afterwards; what it did
is also told by an entry of its own on the record. What a live source sends, message by message, is accounted
for by one import a day (`live_day`), which takes messages until the day is over.

Nothing here is part of the log. Secrets are kept only as codes (what others show us) or in a locked box
(what we have to show others).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.reasons import in_words
from indelible.storage.database.models import Logbook

PASSWORD_PREFIX = "ind"  # noqa: S105 - how every connection password begins, so that scanners can spot a leaked one


class Kind(models.TextChoices):
    """How a source's records reach us."""

    UPLOAD = "upload", _("Uploaded files")
    FOLDER = "folder", _("Watched folder")
    OVERSIGHT = "oversight", _("File oversight")
    WEB = "web", _("Web connection")
    HOOK = "hook", _("Messages from a web service")
    LINES = "lines", _("System log lines")
    MAILBOX = "mailbox", _("Mailbox")
    BUCKET = "bucket", _("Storage bucket")


class State(models.TextChoices):
    """What a person decided about a source. Whether it is silent or refused is not decided, but found."""

    WAITING = "waiting", _("Waiting for its first message")  # set up; what comes is kept, not yet recorded
    ON = "on", _("On")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class Source(models.Model):
    """One place that events come from, such as "Xero of Northwind"."""

    # AUTOINCREMENT on SQLite and a sequence on PostgreSQL: an id once given is never given again.
    id = models.BigAutoField(primary_key=True)
    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    system = models.CharField(max_length=60)  # slug, as intake names systems
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.UPLOAD)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ON)
    state_since = models.DateTimeField(null=True)
    state_reason = models.TextField(blank=True)  # why it was paused or ended
    resumes_as = models.CharField(max_length=8, choices=State.choices, default=State.ON)  # once not paused
    # As the form of its kind made them; no secret is among them.
    settings: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    address = models.CharField(max_length=40, null=True, unique=True)  # noqa: DJ001 - none for most kinds
    rhythm: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)  # what is expected of it
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("logbook", "name", name="one_source_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class MappingVersion(models.Model):
    """How a source's records are read, from a moment on: which column is what, and what was told besides.

    Versions are never changed; the newest holds.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="mappings")
    number = models.PositiveIntegerField()  # from 1
    mapping: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)  # as Mapping.as_json
    given: models.JSONField[dict[str, str]] = models.JSONField(default=dict)  # as Given.as_pairs
    entry = models.BigIntegerField()  # the entry that tells of it
    by_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("source", "number", name="one_mapping_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}, {self.number}"


class Health(models.Model):
    """How a connected source does: when it was last heard of, and what is wrong, if anything is."""

    source = models.OneToOneField(Source, on_delete=models.CASCADE, primary_key=True, related_name="health")
    first_at = models.DateTimeField(null=True)  # its first message or file
    last_at = models.DateTimeField(null=True)  # its newest, whatever became of it
    heartbeat_at = models.DateTimeField(null=True)  # it said that it is there and has nothing
    looked_at = models.DateTimeField(null=True)  # we last looked with success, where we are the ones who look
    problem: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)  # code and facts
    problem_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    next_try_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)  # by the worker that looks right now
    behind = models.BigIntegerField(default=0)  # items known and not yet taken
    clock_ms = models.BigIntegerField(null=True)  # its clock less ours, as its newest message showed
    cursor: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)  # where looking goes on

    def __str__(self) -> str:
        return str(self.source_id)


class ConnectionPassword(models.Model):
    """What a sender shows to be let in. Only its code is kept; a new one overlaps the old."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="passwords")
    lookup = models.CharField(max_length=16, unique=True)  # its public first part
    code = models.BinaryField(max_length=32)
    by_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """Its beginning, by which people tell it from others; the rest is known to the sender alone."""
        return f"{PASSWORD_PREFIX}_{self.lookup}_"


class SourceSecret(models.Model):
    """A secret of the other side that we have to use: a mailbox password, the key of a signature. In a box."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=40)
    box = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True)  # an older one that still holds until then

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar[list[models.Index]] = [models.Index("source", "name", name="source_secret")]

    def __str__(self) -> str:
        return self.name


class KeptMessage(models.Model):
    """A message that came before anybody said how it is to be read. Recorded once that is said."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="kept")
    received_at = models.DateTimeField()
    media_type = models.CharField(max_length=100, blank=True)
    identity = models.TextField(blank=True)  # what the sender calls the delivery, empty for nothing
    payload = models.BinaryField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.pk)


class SourceItem(models.Model):
    """One thing that we looked at ourselves: a file of a folder, a mail, an object of a bucket."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="items")
    name = models.TextField()  # path below the folder, id of the mail, key of the object
    version = models.CharField(max_length=200)  # what tells that it changed: size and time, ETag, digest
    gone_at = models.DateTimeField(null=True)  # it is no longer there
    seen_at = models.DateTimeField()
    taken_in = models.ForeignKey("Import", on_delete=models.SET_NULL, null=True, related_name="+")
    facts: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("source", "name", name="one_item_of_a_name"),
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
    """One file taken in, or one day of messages: what was asked and told, and the account of its records."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="imports")
    source_name = models.CharField(max_length=120, blank=True)  # as asked for; empty: one source a system
    system = models.CharField(max_length=60, blank=True)
    file_name = models.CharField(max_length=255)
    live_day = models.DateField(null=True)  # in UTC; set where these are a day's messages and no file
    deliveries = models.BigIntegerField(
        default=0
    )  # of a day's messages: in how many requests, mails, datagrams
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
    late = models.BigIntegerField(default=0)  # recorded from a time that earlier deliveries had passed
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
            models.Index(fields=("source", "-id"), name="import_of_source"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("source", "live_day", name="one_account_a_day"),
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


# The tables of two parts of this app that stand in folders of their own; Django looks for them here.
from indelible.features.sources.accounts.models import (  # noqa: E402
    ControlTotal,
    SequenceGap,
    SequenceMark,
    SourceAccount,
    TotalState,
)
from indelible.features.sources.silence.models import Gap, GapKind, Heard, QuietPeriod  # noqa: E402

__all__ = [
    "ConnectionPassword",
    "ControlTotal",
    "Gap",
    "GapKind",
    "Health",
    "Heard",
    "Import",
    "ImportReject",
    "KeptMessage",
    "Kind",
    "MappingVersion",
    "QuietPeriod",
    "SequenceGap",
    "SequenceMark",
    "Source",
    "SourceAccount",
    "SourceItem",
    "SourceSecret",
    "Stage",
    "State",
    "TotalState",
]
