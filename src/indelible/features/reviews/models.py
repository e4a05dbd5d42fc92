"""What waits to be looked at, samples, and reviews of who may do what in a system.

* An `Item` is an entry that a rule wants looked at, once for those who are to look. It is worked out from the entry
  and the rule by a follower of the log. What was answered is an entry; an `Answer` only leads to it.
* A `Sample` is a list that was drawn by chance (features/signoffs), with what it is for.
* An `AccessReview` goes through all accounts of a system. Its first list is frozen whole. When its lines are sent out,
  each reviewer's share is frozen as they are shown it; decisions and signatures are about shares. A removal is over
  only once the source, or a second list, shows that the right is gone.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indelible.features.alarms.models import AnswerKind
from indelible.features.signoffs.models import FrozenList, SignOff
from indelible.storage.database.models import Logbook


class ItemState(models.TextChoices):
    """How an entry that is to be looked at stands."""

    OPEN = "open", _("To look at")
    ASKED = "asked", _("Somebody was asked")
    CASE = "case", _("Under investigation")
    EXPECTED = "expected", _("As expected")
    CLOSED = "closed", _("Closed")


class Item(models.Model):
    """An entry that somebody is to look at. One that several rules want looked at by the same people is one item."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    entry = models.BigIntegerField()
    whom = models.CharField(max_length=120, blank=True)  # as the duty says it; empty: anybody but who did it
    rule = models.ForeignKey(
        "rules.Rule", on_delete=models.PROTECT, related_name="+"
    )  # whose time ends first
    rules: models.JSONField[list[str]] = models.JSONField(default=list)  # versions that count it: "3.2"
    question = models.CharField(max_length=500)  # what the rule records, in words
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.OPEN)
    waits = models.BooleanField(default=True)  # whether nobody has looked yet
    since = models.DateTimeField()  # when it came into this state
    looked_at = models.DateTimeField(null=True)  # when it was first said to be expected, or a case
    asked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    follows = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reference = models.CharField(max_length=120, blank=True)  # of the case, in words
    answers = models.PositiveIntegerField(default=0)  # how many there are; a form says which it has seen

    class Meta:
        ordering = ("due_at", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("logbook", "entry", "whom"), name="reviews_one_item_of_an_entry"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("logbook", "due_at", "id"), condition=Q(waits=True), name="reviews_waiting"),
            models.Index(fields=("logbook", "due_at"), name="reviews_due"),
            models.Index(fields=("logbook", "state", "-since"), name="reviews_by_state"),
            models.Index(fields=("logbook", "looked_at"), name="reviews_looked_at"),
            models.Index(fields=("rule", "waits"), name="reviews_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.state}"


class Answer(models.Model):
    """One answer. Its words are in its entry, and nowhere else."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="given")
    kind = models.CharField(max_length=8, choices=AnswerKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    together = models.PositiveIntegerField(default=1)  # how many were answered in one press
    entry = models.BigIntegerField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind}"


class Sample(models.Model):
    """Rows drawn by chance, to be looked at one by one and signed."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    frozen = models.OneToOneField(FrozenList, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=300)
    row = models.CharField(max_length=120)  # of the customary table, or that somebody chose the size
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # by when it is to be looked at, where somebody said so
    sign_off = models.ForeignKey(SignOff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.question


class AccessReview(models.Model):
    """A review of all accounts of one system. How it stands follows from its lines, shares and signatures."""

    logbook = models.ForeignKey(Logbook, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=120)
    source = models.ForeignKey("sources.Source", on_delete=models.PROTECT, null=True, related_name="+")
    scope = models.TextField(blank=True)  # what is covered: application, database, console...
    left_out = models.TextField(blank=True)  # what is not, and why
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # A list that was sent and not taken in yet: its file, its columns, its rows. Forgotten once it is taken in.
    draft: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    columns: models.JSONField[dict[str, str]] = models.JSONField(default=dict)  # part -> name of the column
    first = models.ForeignKey(FrozenList, on_delete=models.PROTECT, null=True, related_name="+")
    first_entry = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)  # when the system gave the first list, as somebody said
    told: models.JSONField[dict[str, int]] = models.JSONField(default=dict)  # the system's own counts
    sent_at = models.DateTimeField(null=True)  # when the lines went to their reviewers
    second = models.ForeignKey(FrozenList, on_delete=models.PROTECT, null=True, related_name="+")
    second_entry = models.BigIntegerField(null=True)
    second_at = models.DateTimeField(null=True)
    new: models.JSONField[list[dict[str, str]]] = models.JSONField(default=list)  # only in the second list
    new_explained = models.TextField(blank=True)
    signed = models.ForeignKey(SignOff, on_delete=models.PROTECT, null=True, related_name="+")
    witnessed = models.ForeignKey(SignOff, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    stamp = models.PositiveIntegerField(default=0)  # grows with every act; a form says which it has seen

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.system


class AccountKind(models.TextChoices):
    """What an account is."""

    PERSON = "person", _("Person")
    ADMIN = "admin", _("Administrator")
    SERVICE = "service", _("Program")
    SHARED = "shared", _("Shared by several")
    OUTSIDE = "outside", _("From outside")


class AccessShare(models.Model):
    """The lines that one reviewer decides, frozen as they are shown them."""

    review = models.ForeignKey(AccessReview, on_delete=models.PROTECT, related_name="shares")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    frozen = models.OneToOneField(FrozenList, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sign_off = models.ForeignKey(SignOff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.review_id} {self.reviewer_id}"


class Proof(models.TextChoices):
    """How it is known that a right is gone."""

    ENTRY = "entry", _("the source says so")
    LIST = "list", _("a later list has it no more")


class AccessLine(models.Model):
    """One account with one right, in the order of the list."""

    review = models.ForeignKey(AccessReview, on_delete=models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField()  # in the first list, from 0
    login = models.CharField(max_length=254)
    code = models.CharField(max_length=16)  # exact_code of the login: blind to case alone
    name = models.CharField(max_length=254, blank=True)
    right = models.CharField(max_length=254, blank=True)
    kind = models.CharField(max_length=7, choices=AccountKind.choices)
    manager = models.CharField(max_length=254, blank=True)  # as the list says it
    strong = models.BooleanField(default=False)  # a right that may change much: a reason is needed to keep it
    person = models.ForeignKey("people.KnownPerson", on_delete=models.PROTECT, null=True, related_name="+")
    answers_for = models.BooleanField(default=False)  # `person` owns the account; it is not theirs
    nobodys = models.BooleanField(default=False)  # somebody said that it is nobody's, and must go
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    share = models.ForeignKey(AccessShare, on_delete=models.PROTECT, null=True, related_name="lines")
    at = models.PositiveIntegerField(null=True)  # its place in the share
    # Once its share is signed:
    decision = models.CharField(max_length=8, blank=True)  # keep, reduce, remove
    decided_entry = models.BigIntegerField(null=True)  # index of the entry that seals the decision
    decided_at = models.DateTimeField(null=True)
    remove_by = models.DateTimeField(null=True)
    proof = models.CharField(max_length=5, choices=Proof.choices, blank=True)
    proof_entry = models.BigIntegerField(null=True)  # the source's own entry
    proof_at = models.DateTimeField(null=True)
    still_there = models.BooleanField(default=False)  # the second list still has it

    class Meta:
        ordering = ("review", "place")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("review", "place"), name="reviews_one_line_at_a_place"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=("code",),
                condition=Q(decision__in=("remove", "reduce"), proof=""),
                name="reviews_to_be_removed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.login} {self.right}"
