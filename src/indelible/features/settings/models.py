"""What is set for everybody: when the office is open, on which days it is not, and through whom mail leaves.

Each table but the days holds at most one row, under the key 1: an installation serves one organisation. A table
without its row stands for what is usual. How things came to be set is told on the record, not here.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfficeHours(models.Model):
    """When people are at work, and whose public holidays hold."""

    # As `hours.as_json` writes them: {"0": [["08:00", "18:00"]], ...}, Monday being "0".
    hours = models.JSONField()
    country = models.CharField(max_length=2, blank=True, default="")  # ISO 3166-1; empty: none are observed
    region = models.CharField(max_length=60, blank=True, default="")  # a code of that country's regions

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(pk=1), name="settings_one_office")
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.region}".strip() or "no holidays"


class OwnHoliday(models.Model):
    """A day on which the organisation does not work, besides the public holidays."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar[list[str]] = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"


class MailAccount(models.Model):
    """The server that mail is handed to, and the account used there. The password lies in a box."""

    class Security(models.TextChoices):
        """How the way to the server is protected."""

        STARTTLS = "starttls", _("Encrypted after a plain start (STARTTLS, usually port 587)")
        TLS = "tls", _("Encrypted from the start (TLS, usually port 465)")
        NONE = "none", _("Not encrypted (only for a mail server on this machine)")

    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.STARTTLS)
    user = models.CharField(max_length=255, blank=True, default="")
    password_box = models.BinaryField(blank=True, default=b"")  # storage/boxes.py; empty: none
    sender = models.CharField(max_length=320)  # "Indelible <audit@example.com>", or the address alone

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(pk=1), name="settings_one_mail_account")
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class MailTest(models.Model):
    """How the last test message went. At most one row, under the key 1."""

    at = models.DateTimeField()
    server = models.CharField(max_length=300)  # as a page may show it
    to = models.EmailField()
    trouble = models.CharField(max_length=40, blank=True, default="")  # code of the refusal; empty: it went
    detail = models.CharField(max_length=320, blank=True, default="")  # what the mail server said

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(pk=1), name="settings_one_mail_test")
        ]

    def __str__(self) -> str:
        return f"{self.at}: {self.trouble or 'went'}"
