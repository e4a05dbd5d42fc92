"""The status pill: one line on every page that says whether the record is intact.

The chrome cannot know; a feature that checks the record registers a provider with `provide`. The pill
never says more than the provider does: without one, nothing was checked yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class PillState:
    """What the pill shows.

    `state` is a name of `states.STATES` (`untouched`, `checking`, `stale`, `partial`, `altered`,
    `explained`, `nothing`); `word` the bold first word or words; `more` what follows, may be empty;
    `url` where it leads; `live` is an address that answers with the pill alone, polled every two seconds
    while it is set (a running check), so that the answer without it ends the polling.
    """

    state: str
    word: str
    more: str = ""
    url: str = ""
    live: str = ""


Provider = Callable[[HttpRequest], PillState | None]
_provider: list[Provider] = []


def provide(provider: Provider) -> None:
    """Register the function that tells the pill's state. Called once, in the `ready` of a feature's app."""
    _provider[:] = [provider]


def pill(request: HttpRequest) -> PillState:
    """Return the state to show on this page."""
    state = _provider[0](request) if _provider else None
    return state or PillState("nothing", _("Nothing to check yet"))
