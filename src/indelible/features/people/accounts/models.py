"""Links that work once: to begin an account, or to choose a new password for one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from indelible.features.people.access import Role


class OnceLink(models.Model):
    """A link that works once. The link itself is kept nowhere: only the code of its secret."""

    lookup = models.CharField(max_length=16, unique=True)  # the public part, by which the row is found
    code = models.BinaryField(max_length=32)  # storage.database.codes.code_of the whole
    # Whose password is to be chosen anew; None: an invitation.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=Role.choices, blank=True, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by_mail = models.BooleanField(default=False)  # False: shown once to whoever made it
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField(null=True)  # index of the entry that tells of it

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                "ends_at",
                condition=models.Q(used_at=None, withdrawn_at=None),
                name="people_open_link",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}, until {self.ends_at:%Y-%m-%d}"
