"""The Django app of sources and imports."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from indelible.web.navigation import EVERY_DAY, NavItem


class SourcesConfig(AppConfig):
    """Where events come from."""

    name = "indelible.features.sources"
    label = "sources"
    nav = NavItem(EVERY_DAY, 40, _("Sources"), "inbox-arrow-down", "sources:list", prefixes=("/imports/",))

    def ready(self) -> None:
        """Find the kinds of source, so that the worker knows what each of them looks at; watch them all."""
        from indelible.features.sources import kinds, states
        from indelible.features.sources.accounts import jobs as _accounts
        from indelible.features.sources.accounts.answering import is_anything_missing
        from indelible.features.sources.silence import jobs as _silence
        from indelible.features.sources.silence.standing import silence_of
        from indelible.storage.database.checking import missing

        _ = (_accounts, _silence)  # loaded for what they register
        kinds.load()
        states.provide_silence(silence_of)
        missing.provide(is_anything_missing)
