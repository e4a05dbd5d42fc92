"""People who sign in, and the one organisation whose record this is.

* A person signs in with an e-mail address; there is no user name beside it.
* How times are shown (zone, date style) is a person's own choice; where they chose nothing, the
  organisation's choice holds.
* An installation serves one organisation, so its table has at most one row.

What people do is told on the record (`indelible.web.acts`); these tables only hold what is in force now.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class DateStyle(models.TextChoices):
    """How a day is written on screen. What is sealed never depends on it."""

    DAY_FIRST = "day", _("12 June 2025")
    MONTH_FIRST = "month", _("June 12, 2025")
    ISO = "iso", _("2025-06-12")


class Theme(models.TextChoices):
    """Whether pages are light, dark, or as the device says."""

    SYSTEM = "", _("As this device is set")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(BaseUserManager["User"]):
    """Makes people, and finds them by e-mail address whatever its capitals."""

    def create_user(self, email: str, name: str, password: str | None = None, **more: object) -> User:
        """Make a person who can sign in. `email` is kept in small letters."""
        user = self.model(email=email.strip().lower(), name=name.strip(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> User:
        """Return the person with that e-mail address. Raises User.DoesNotExist."""
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser):
    """A person who can sign in."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    date_style = models.CharField(
        _("date style"), max_length=8, choices=DateStyle.choices, blank=True, default=""
    )
    theme = models.CharField(_("colours"), max_length=8, choices=Theme.choices, blank=True, default="")
    single_keys = models.BooleanField(_("single keys"), default=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.email


class Organisation(models.Model):
    """Whose record this is. At most one row, under the key 1."""

    name = models.CharField(_("name"), max_length=200)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    date_style = models.CharField(
        _("date style"), max_length=8, choices=DateStyle.choices, default=DateStyle.DAY_FIRST
    )
    setup_done = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_organisation"),)

    def __str__(self) -> str:
        return self.name
