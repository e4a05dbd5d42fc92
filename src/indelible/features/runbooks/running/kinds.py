"""What runs ask a second person for. Loads nothing that only carrying out needs, since apps register it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from indelible.features.people.second.kinds import Kind, Line, register

if TYPE_CHECKING:
    from indelible.events.event import Context
    from indelible.features.people.models import Request, User

OVERRIDE: Final = "runs.override"


def register_kinds() -> None:
    """Make them known; called when the app is ready."""
    register(Kind(OVERRIDE, _("Going on without a step of a runbook"), _may_decide, _carry_out, _lines))


def _may_decide(user: User) -> bool:
    """Whether somebody may agree: everybody who decides at all."""
    return True


def _carry_out(request: Request, by: User, context: Context) -> None:
    from indelible.features.runbooks.running.overriding import carry_out

    carry_out(request, by, context)


def _lines(request: Request) -> Sequence[Line]:
    from indelible.features.runbooks.running.overriding import lines

    return lines(request)
