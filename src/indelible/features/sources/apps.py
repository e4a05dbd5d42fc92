"""The Django app of sources and imports."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import EVERY_DAY, NavItem

if TYPE_CHECKING:
    from indelible.features.sources.models import Source
    from indelible.features.sources.states import Standing
    from indelible.storage.database.checking.missing import Missing


class SourcesConfig(AppConfig):
    """Where events come from."""

    name = "indelible.features.sources"
    label = "sources"
    nav = NavItem(EVERY_DAY, 40, _("Sources"), "inbox-arrow-down", "sources:list", prefixes=("/imports/",))

    def ready(self) -> None:
        """Let states and checks ask this feature; what answers is loaded when it is first asked."""
        from indelible.features.sources import states
        from indelible.storage.database.checking import missing

        states.provide_silence(_silence_of)
        missing.provide(_is_anything_missing)


def _silence_of(source: Source, now: datetime) -> Standing | None:
    from indelible.features.sources.silence.standing import silence_of

    return silence_of(source, now)


def _is_anything_missing(logbook: int) -> Missing:
    from indelible.features.sources.accounts.answering import is_anything_missing

    return is_anything_missing(logbook)
