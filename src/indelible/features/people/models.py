"""People who sign in, the one organisation whose record this is, and the people that its sources speak of.

* A person signs in with an e-mail address; there is no user name beside it.
* What somebody may do follows from their role alone (`access`).
* How times and numbers are shown (zone, date style, number style) is a person's own choice; where they chose
  nothing, the organisation's choice holds.
* An installation serves one organisation, so its table has at most one row.
* Sources name people by logins such as "mlopez". Who that was, and from which day to which, is told here and
  shown beside the entries; what was sealed stays as the source said it. Nobody known is ever deleted for having
  left: entries of their time go on showing their name.

What people do is told on the record (`indelible.web.acts`); these tables only hold what is in force now.
"""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from indelible.features.people import access
from indelible.features.people.access import Role
from indelible.web.numbers import SAMPLES


class DateStyle(models.TextChoices):
    """How a day is written on screen. What is sealed never depends on it."""

    DAY_FIRST = "day", _("12 June 2025")
    MONTH_FIRST = "month", _("June 12, 2025")
    ISO = "iso", _("2025-06-12")


class NumberStyle(models.TextChoices):
    """How Indelible writes its own numbers on screen."""

    COMMA = "comma", SAMPLES["comma"]
    POINT = "point", SAMPLES["point"]
    SPACE = "space", SAMPLES["space"]
    MARK = "mark", SAMPLES["mark"]


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
    number_style = models.CharField(
        _("number style"), max_length=8, choices=NumberStyle.choices, blank=True, default=""
    )
    theme = models.CharField(_("colours"), max_length=8, choices=Theme.choices, blank=True, default="")
    single_keys = models.BooleanField(_("single keys"), default=True)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.MEMBER)
    is_active = models.BooleanField(default=True)  # False: ended; never deleted, since entries name them
    joined_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)  # to within ten minutes
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def may(self) -> dict[str, bool]:
        """What they may do, as templates ask: `{% if user.may.sources_manage %}`."""
        return access.all_of(self)


class Organisation(models.Model):
    """Whose record this is. At most one row, under the key 1."""

    name = models.CharField(_("name"), max_length=200)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    date_style = models.CharField(
        _("date style"), max_length=8, choices=DateStyle.choices, default=DateStyle.DAY_FIRST
    )
    number_style = models.CharField(
        _("number style"), max_length=8, choices=NumberStyle.choices, default=NumberStyle.COMMA
    )
    setup_done = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_organisation"),)

    def __str__(self) -> str:
        return self.name


class KnownPerson(models.Model):
    """Somebody whom sources name by one login or several. They need not have an account here."""

    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    account = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    left_on = models.DateField(null=True)  # the last day on which a login could be theirs; None: still here
    entry = models.BigIntegerField(null=True)  # index of the entry that tells of them

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(Lower("email"), name="people_known_email")]

    def __str__(self) -> str:
        return self.name


class Login(models.Model):
    """How a source, or each of them, names somebody; from one day to another, both included.

    Days are those of the organisation's zone. No two rows of one login overlap in days and sources.
    """

    person = models.ForeignKey(KnownPerson, on_delete=models.PROTECT, related_name="logins")
    source = models.ForeignKey(
        "sources.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # None: whichever source says it
    login = models.CharField(max_length=254)  # as it stands in entries: an id, a name or an address
    code = models.CharField(max_length=16)  # exact_code of the login: blind to case alone
    looks = models.CharField(max_length=254)  # skeleton of the login: what it looks like in print
    since = models.DateField(null=True)  # None: from the beginning
    until = models.DateField(null=True)  # None: until somebody says otherwise
    entry = models.BigIntegerField(null=True)  # index of the entry that tells of it

    class Meta:
        ordering: ClassVar[list[str]] = ["login", "since"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("code", name="people_login_code"),
            models.Index("looks", name="people_login_looks"),
        ]

    def __str__(self) -> str:
        return f"{self.login}: {self.person}"


# Django finds tables by this module.
from indelible.features.people.accounts.models import OnceLink  # noqa: E402
from indelible.features.people.groups.models import Group, Membership  # noqa: E402
from indelible.features.people.second.models import Request, RequestState, SignOffTries  # noqa: E402

__all__ = [
    "DateStyle",
    "Group",
    "KnownPerson",
    "Login",
    "Membership",
    "NumberStyle",
    "OnceLink",
    "Organisation",
    "Request",
    "RequestState",
    "Role",
    "SignOffTries",
    "Theme",
    "User",
    "UserManager",
]
