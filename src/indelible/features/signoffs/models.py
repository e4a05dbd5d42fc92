"""Lists as they were shown, what was decided about their rows, and what was signed.

* A `FrozenList` is what somebody was shown: of entries, their places and leaf hashes; of lines that came from
  elsewhere (accounts of a system, say), the lines themselves. Its `root` is the RFC 6962 tree hash over its rows, so
  that a signature over the root is one over exactly these rows in this order.
* A `Look` says who had it open and how long. A `Decision` may be changed until it is signed.
* A `SignOff` says what was signed, and which entry of the record seals it. What counts is that entry; these tables
  only lead to it, and a check holds them against it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from indelible.storage.database.models import Logbook


class ListKind(models.TextChoices):
    """What the rows of a list are."""

    ENTRIES = "entries", _("Entries of the record")
    LINES = "lines", _("Lines from elsewhere")


class FrozenList(models.Model):
    """A list as it was shown. Never changed; a fresh look at the same question is another list."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=ListKind.choices)
    title = models.CharField(max_length=300)  # the question in words
    code: models.JSONField[dict[str, Any]] = models.JSONField(
        default=dict
    )  # the same as code: a pattern, say
    how: models.JSONField[dict[str, Any]] = models.JSONField(
        default=dict
    )  # how it was made: period, zone, gaps...
    count = models.PositiveIntegerField()
    # Of entries: runs of indexes, both ends included, in the order of the rows: [[12, 19], [23, 23]].
    runs: models.JSONField[list[list[int]]] = models.JSONField(default=list)
    leaves = models.BinaryField(default=b"")  # 32 bytes a row, in the order of the rows
    root = models.BinaryField(max_length=32)  # RFC 6962 over them; of no rows that of the empty tree
    size = models.BigIntegerField()  # how many entries the log held when it was frozen
    # Where the rows were drawn by chance: {"seed", "size", "of": rows, "population_root", "method"}.
    sample: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)
    frozen_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it, once."""
        _only_once(self)
        super().save(*args, **kwargs)


class FrozenLine(models.Model):
    """A line of a list that came from elsewhere, as canonical JSON gives it."""

    frozen = models.ForeignKey(FrozenList, on_delete=models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField()  # from 0
    data: models.JSONField[dict[str, Any]] = models.JSONField()

    class Meta:
        ordering = ("frozen", "place")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("frozen", "place", name="one_line_at_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.frozen_id}/{self.place}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it, once."""
        _only_once(self)
        super().save(*args, **kwargs)


def _only_once(row: models.Model) -> None:
    if not row._state.adding:
        raise TypeError("what was frozen is never changed")


class Look(models.Model):
    """How long somebody had a list open, and how many of its rows they opened."""

    frozen = models.ForeignKey(FrozenList, on_delete=models.PROTECT, related_name="looks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    outsider = models.CharField(max_length=40, blank=True, default="")  # "outsider 7" of runbooks
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)  # pauses of more than ten minutes count as ten
    opened: models.JSONField[list[int]] = models.JSONField(default=list)  # places of rows that were opened

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("frozen", "user", "outsider", name="one_look_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.frozen_id} by {self.user_id or self.outsider}"


class Decision(models.Model):
    """What was decided about a row. Free to change until it is signed."""

    frozen = models.ForeignKey(FrozenList, on_delete=models.PROTECT, related_name="decisions")
    place = models.PositiveIntegerField()
    choice = models.CharField(max_length=20)
    reason = models.TextField(blank=True, default="")
    in_bulk = models.BooleanField(default=False)  # decided together with others in one press
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    outsider = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()
    after_seconds = models.PositiveIntegerField(null=True)  # since the row was shown to them
    signed = models.ForeignKey("SignOff", on_delete=models.PROTECT, null=True, related_name="decisions")

    class Meta:
        ordering = ("frozen", "place")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("frozen", "place", name="one_decision_of_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.frozen_id}/{self.place} {self.choice}"


class SignOff(models.Model):
    """A signature: name, time, meaning, and what it covers."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=80, db_index=True)  # "run 88 step approve", "review 12"
    title = models.CharField(max_length=300)  # what was signed, in words
    means = models.CharField(max_length=12)  # requested, prepared, checked, approved, witnessed, acknowledged
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    outsider = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()
    entry = models.BigIntegerField()  # index of the entry that seals it
    # SHA-256 (hex) of canonical JSON of all that was on the screen: `covers`, with the roots of the lists.
    digest = models.CharField(max_length=64)
    covers: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    lists = models.ManyToManyField(FrozenList, related_name="sign_offs", blank=True)

    class Meta:
        ordering = ("id",)
        indexes: ClassVar[list[models.Index]] = [models.Index("logbook", "entry", name="sign_off_entry")]

    def __str__(self) -> str:
        return f"{self.by_name} {self.means} {self.title}"
