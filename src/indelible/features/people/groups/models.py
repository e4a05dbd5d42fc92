"""Groups and who belongs to them. Days are those of the organisation's zone, both ends included."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower


class Group(models.Model):
    """A named group of known people, such as "Finance". Ended, never deleted."""

    name = models.CharField(max_length=80)
    entry = models.BigIntegerField(null=True)  # index of the entry that tells of it
    ended_on = models.DateField(null=True)  # the last day on which anybody belonged to it

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("name"), condition=models.Q(ended_on=None), name="people_one_group_of_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """That somebody belongs to a group, from one day to another."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey("people.KnownPerson", on_delete=models.PROTECT, related_name="memberships")
    since = models.DateField(null=True)  # None: from the beginning
    until = models.DateField(null=True)  # None: until somebody says otherwise
    entry = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["person__name", "since"]

    def __str__(self) -> str:
        return f"{self.person} in {self.group}"
