"""The tables of coverage: what was counted of the log, and the times in which a rule was not kept.

All but `RuleTrouble` is worked out from the entries and can be counted anew. What grows is bounded: a row a rule,
version and day; hours for as long as pace is learned from; acts by day for a little over a year.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indelible.storage.database.models import Logbook


class Tally(models.Model):
    """By whose days a logbook is counted. Another zone begins the count anew."""

    logbook = models.OneToOneField(Logbook, on_delete=models.CASCADE, primary_key=True, related_name="+")
    zone = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.logbook_id} {self.zone}"


class RuleDay(models.Model):
    """Entries of one version of a rule that happened on one day. Ids and no references: they name what is sealed."""

    logbook = models.ForeignKey(Logbook, on_delete=models.CASCADE, related_name="+")
    rule = models.BigIntegerField()
    version = models.IntegerField()
    day = models.DateField()
    matched = models.BigIntegerField(default=0)
    late = models.BigIntegerField(default=0)
    lacking = models.BigIntegerField(default=0)
    facts: models.JSONField[dict[str, int]] = models.JSONField(default=dict)  # fact -> entries that lack it

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("rule", "version", "day", name="coverage_rule_day"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index("logbook", "day", name="coverage_day")]

    def __str__(self) -> str:
        return f"{self.rule}.{self.version} {self.day}"


class RuleHour(models.Model):
    """When entries of a rule were recorded in one hour of UTC: what its pace is learned from."""

    logbook = models.ForeignKey(Logbook, on_delete=models.CASCADE, related_name="+")
    rule = models.BigIntegerField()
    hour = models.DateTimeField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    arrivals = models.BigIntegerField(default=0)
    longest = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("rule", "hour", name="coverage_rule_hour"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index("hour", name="coverage_hour")]

    def __str__(self) -> str:
        return f"{self.rule} {self.hour}"


class RuleSource(models.Model):
    """How many entries a source gave to a rule, over all its versions. Source 0 is Indelible itself."""

    logbook = models.ForeignKey(Logbook, on_delete=models.CASCADE, related_name="+")
    rule = models.BigIntegerField()
    source = models.BigIntegerField()
    entries = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("rule", "source", name="coverage_rule_source"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} <- {self.source}"


class RuleSpan(models.Model):
    """A time in which a rule was on, by the entries that tell of it."""

    logbook = models.ForeignKey(Logbook, on_delete=models.CASCADE, related_name="+")
    rule = models.BigIntegerField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index("logbook", "rule", name="coverage_span")]

    def __str__(self) -> str:
        return f"{self.rule} {self.from_at}"


class SourceDay(models.Model):
    """What a source delivered on a day, by act and first kind of thing, and how much of it no rule covered."""

    logbook = models.ForeignKey(Logbook, on_delete=models.CASCADE, related_name="+")
    source = models.BigIntegerField()
    verb = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    day = models.DateField()
    entries = models.BigIntegerField(default=0)
    uncovered = models.BigIntegerField(default=0)
    example = models.BigIntegerField(null=True)  # index of the newest that no rule covered

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("source", "verb", "kind", "day", name="coverage_source_day"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("logbook", "day", condition=Q(uncovered__gt=0), name="coverage_uncovered"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.verb} {self.kind} {self.day}"


class SourceAct(models.Model):
    """An act that a source has ever delivered."""

    logbook = models.ForeignKey(Logbook, on_delete=models.CASCADE, related_name="+")
    source = models.BigIntegerField()
    verb = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    entries = models.BigIntegerField(default=0)
    last_day = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("source", "verb", "kind", name="coverage_source_act"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.verb} {self.kind}"


class SourceSeries(models.Model):
    """The running numbers of one stream of a source, as its entries carry them."""

    logbook = models.ForeignKey(Logbook, on_delete=models.CASCADE, related_name="+")
    source = models.BigIntegerField()
    stream = models.CharField(max_length=200, blank=True)
    lowest = models.BigIntegerField()
    highest = models.BigIntegerField()
    since = models.DateTimeField()  # when the lowest happened
    through = models.DateTimeField()  # when the highest happened
    count = models.BigIntegerField(default=0)  # entries, each record once
    slack = models.FloatField(
        default=0
    )  # by how many seconds a higher number lay before a lower one, at most

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("source", "stream", name="coverage_series"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.stream}"


class SourceReach(models.Model):
    """How far the files of a source had come, and its newest entry without a number."""

    logbook = models.ForeignKey(Logbook, on_delete=models.CASCADE, related_name="+")
    source = models.BigIntegerField(unique=True)
    file = models.BigIntegerField(null=True)
    earlier = models.DateTimeField(null=True)
    newest = models.DateTimeField(null=True)
    unnumbered = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.source)


class RuleWatch(models.Model):
    """What is kept of a rule from one look to the next: its usual pace, and when each version was last seen."""

    rule = models.OneToOneField("rules.Rule", on_delete=models.CASCADE, primary_key=True, related_name="+")
    learned: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)  # Rhythm.as_json
    learned_of = models.IntegerField(default=0)  # the version whose pace that is

    def __str__(self) -> str:
        return str(self.rule_id)


class RuleSeen(models.Model):
    """When the newest entry of a version of a rule was recorded."""

    logbook = models.ForeignKey(Logbook, on_delete=models.CASCADE, related_name="+")
    rule = models.BigIntegerField()
    version = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("rule", "version", name="coverage_rule_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}.{self.version}"


class TroubleKind(models.TextChoices):
    """In which way a rule was not kept."""

    SILENT = "silent", _("Silent")
    BROKEN = "broken", _("Broken")


class RuleTrouble(models.Model):
    """A time in which a rule was not kept. It is never deleted. Alarms read these rows or hear of them (`changes`)."""

    rule = models.ForeignKey("rules.Rule", on_delete=models.PROTECT, related_name="troubles")
    kind = models.CharField(max_length=6, choices=TroubleKind.choices)
    began_at = models.DateTimeField()  # silent: last seen; broken: when it was found
    expected_by = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    began_entry = models.BigIntegerField(null=True)  # an index
    ended_entry = models.BigIntegerField(null=True)
    causes: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("rule",), condition=Q(ended_at=None), name="one_open_trouble_a_rule"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("rule", "began_at"), name="trouble_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.kind} {self.began_at}"
