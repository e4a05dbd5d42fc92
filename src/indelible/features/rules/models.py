"""Rules: what must be recorded, in whose words, since when, and what is promised about it.

A rule goes by its id, which is never given again: the running numbers of entries go by it and by the version's
number (`3.2`). A version is never changed; what is changed becomes the next version, and the entry that tells of it
(under rule 0) stands before the first entry that the version can count. Nothing here is part of the log; what
counts is on the record.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from indelible.storage.database.models import Logbook


class RuleState(models.TextChoices):
    """Whether entries are counted under a rule at present."""

    ON = "on", _("On")
    OFF = "off", _("Switched off")


class Rule(models.Model):
    """A promise: what is recorded whenever it arrives, and expected to arrive."""

    # AUTOINCREMENT on SQLite and a sequence on PostgreSQL: an id once given is never given again.
    id = models.BigAutoField(primary_key=True)
    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    catalogue = models.CharField(max_length=10, blank=True)  # the ready rule it was made from: "FIN-01"
    team = models.CharField(max_length=40, blank=True)  # under which heading it is listed
    state = models.CharField(max_length=3, choices=RuleState.choices, default=RuleState.ON)
    state_since = models.DateTimeField()
    state_reason = models.TextField(blank=True)  # why it was switched off
    two_people = models.BooleanField(default=False)  # whether a change of it needs a second person
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        indexes: ClassVar[list[models.Index]] = [models.Index("logbook", "state", name="rule_in_force")]

    def __str__(self) -> str:
        return str(self.pk)


class RuleVersion(models.Model):
    """What a rule says from one moment to another. The newest holds while the rule is on."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()  # from 1
    typed = models.TextField()  # the sentence as somebody typed or chose it
    sentence = models.TextField()  # the canonical sentence of pattern and duties
    pattern: models.JSONField[dict[str, Any]] = models.JSONField()  # Pattern.to_json
    duties: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)  # Duties.to_json
    # Facts that entries must carry, in order, each with its mark: [{"fact": "changes.before", "mark": "mask"}].
    needs: models.JSONField[list[dict[str, str]]] = models.JSONField(default=list)
    # How completeness is known: {"by": "numbers" | "total" | "pace" | "unknown", ...} with what that needs.
    expected: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    serves: models.JSONField[list[str]] = models.JSONField(default=list)  # clauses, "SOX 404"
    begun_at = models.DateTimeField()
    begun_entry = models.BigIntegerField()  # index of the entry that tells of it
    ended_at = models.DateTimeField(null=True)  # None: in force, as far as the rule is on
    ended_entry = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=150, blank=True)
    second_name = models.CharField(max_length=150, blank=True)  # the second person who agreed

    class Meta:
        ordering = ("rule", "number")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("rule", "number", name="one_version_of_a_number"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """What entries are counted under: "3.2"."""
        return f"{self.rule_id}.{self.number}"


class OwnThing(models.Model):
    """A kind of thing that the organisation named itself. It names its category once, when it is made."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)  # `x.greenhouse_tray`, as sealed
    name = models.CharField(max_length=80)  # "greenhouse tray"
    plural = models.CharField(max_length=80)  # "greenhouse trays"
    also: models.JSONField[list[str]] = models.JSONField(default=list)  # other words for it
    category = models.CharField(max_length=20)
    entry = models.BigIntegerField()  # index of the entry that tells of it

    class Meta:
        ordering = ("name",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("logbook", "kind", name="one_own_thing_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.kind


class RuleSettings(models.Model):
    """What holds for all rules. At most one row, under the key 1; without it nothing of this is set."""

    two_people = models.BooleanField(default=False)  # whether every change of a rule needs a second person

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(pk=1), name="rules_one_settings")
        ]

    def __str__(self) -> str:
        return "two people" if self.two_people else "one person"
