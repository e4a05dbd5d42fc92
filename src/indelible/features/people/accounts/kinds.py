"""What access asks a second person for: another owner, where there are two already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from indelible.features.people.second.kinds import Kind, Line, register

if TYPE_CHECKING:
    from indelible.events.event import Context
    from indelible.features.people.models import Request, User

MAKE_OWNER: Final = "people.owner"


def register_kinds() -> None:
    """Make them known; called when the app is ready, so nothing is loaded that only carrying out needs."""
    register(Kind(MAKE_OWNER, _("Another owner"), _owns, _carry_out, _lines))


def _owns(user: User) -> bool:
    return user.role == "owner"


def _carry_out(request: Request, by: User, context: Context) -> None:
    from indelible.features.people.accounts.services import make_owner

    make_owner(request, by, context)


def _lines(request: Request) -> list[Line]:
    from indelible.features.people.models import Role

    before, after = (str(Role(request.facts[key]).label) for key in ("before", "after"))
    return [Line(str(_("Role")), before, after)]
