"""What runs ask a second person for. Loads nothing that only carrying out needs, since apps register it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from indelible.features.people.second.kinds import kind_in, register

OVERRIDE: Final = "runs.override"


def register_kinds() -> None:
    """Make them known; called when the app is ready."""
    register(
        kind_in(
            "indelible.features.runbooks.running.overriding",
            OVERRIDE,
            _("Going on without a step of a runbook"),
        )
    )
