"""Reads about people and the organisation, for other features too."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from indelible.features.people.models import Organisation, Role, User
from indelible.web.chrome import House
from indelible.web.remembering import remembered


@remembered
def organisation() -> Organisation | None:
    """Return the organisation, None before it was named."""
    return Organisation.objects.filter(pk=1).first()


def house() -> House | None:
    """Return the organisation as the chrome shows it."""
    found = organisation()
    return House(found.name, found.zone, found.date_style, found.number_style) if found else None


def anyone() -> bool:
    """Whether anybody has an account yet."""
    return User.objects.exists()


def owners() -> list[User]:
    """Return everybody who owns this record, in the order of their names."""
    return list(User.objects.filter(role=Role.OWNER, is_active=True).order_by("name", "pk"))


def person(request: HttpRequest) -> User:
    """Return who is signed in, for a view that only the signed-in reach."""
    if not isinstance(request.user, User):
        raise PermissionDenied("nobody is signed in")
    return request.user
