"""A logbook with runs, and a mail server that takes everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def book(ana: Any) -> Any:
    """Ana's logbook."""
    from indelible.web.acts import logbook_in_use

    return logbook_in_use()


@pytest.fixture
def told(sentences: Callable[[], list[str]]) -> Callable[..., list[str]]:
    """A function that gives the sentences of the record that hold some words."""

    def run(words: str) -> list[str]:
        return [one for one in sentences() if words in one]

    return run


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch, settings: Any, mailoutbox: list[Any]) -> list[Any]:
    """The mails that a server took which takes everything: all but SMTP itself is real."""
    from indelible.features.settings import mail

    monkeypatch.setattr(mail, "BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    settings.INDELIBLE_MAIL = "smtp://127.0.0.1:25/?tls=none"
    settings.INDELIBLE_MAIL_FROM = "Indelible <audit@northwind.example>"
    return mailoutbox
