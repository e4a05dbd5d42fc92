"""What the texts of runbooks ask a second person for: new versions. Authors are refused when they agree."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from indelible.features.people.second.kinds import kind_in, register

PUBLISH: Final = "runbooks.publish"


def register_kinds() -> None:
    """Make them known; called when the app is ready."""
    register(kind_in("indelible.features.runbooks.books.publishing", PUBLISH, _("New version of a runbook")))
