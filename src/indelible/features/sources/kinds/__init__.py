"""The kinds of source: each is a folder here that says what it is called, asks and shows.

`load` finds them; adding a kind is a new folder whose package has a `KIND`. What all kinds share (passwords, health,
the desk) is in `live`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.models import Kind, Source, State
from indelible.features.sources.origins import LONGEST_NAME

Words = str | Promise


class ConnectForm(forms.Form):
    """What every kind asks: a name. A kind adds its own fields, and says what of them is kept where."""

    name = forms.CharField(
        label=_("What do you call it?"),
        max_length=LONGEST_NAME,
        help_text=_("Such as the system's own name and whose it is: Payroll Cloud of Northwind."),
        error_messages={"required": _("Give it a name, so that entries can say where they come from.")},
    )

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        """`source` is the one whose settings are changed, None while a new one is set up."""
        super().__init__(*args, **kwargs)
        self.source = source
        if source is not None:
            del self.fields["name"]

    def settings(self) -> dict[str, Any]:
        """Return what is kept in the source's `settings`: plain JSON values, no secret among them."""
        return {}

    def secrets(self) -> dict[str, str]:
        """Return secrets by name, to be kept in boxes. An empty one leaves what was kept before."""
        return {}

    def told(self) -> dict[str, str]:
        """Return the settings as their entry tells them, in words: by label. No secret among them."""
        return {name: str(value) for name, value in self.settings().items()}


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One kind of source, as pages and services need it.

    `template` is its part of the source's page, filled by `context(request, source)`. `begun` is called with the new
    source in the transaction that makes it. `urls` are addresses of its own within the app "sources".
    """

    kind: Kind
    order: int
    title: Words  # "Watch a folder"
    summary: Words  # when to choose it, one sentence
    icon: str  # a heroicons name
    form: type[ConnectForm]
    template: str
    context: Callable[[HttpRequest, Source], dict[str, Any]] = lambda _request, _source: {}
    begun: Callable[[Source], None] = lambda _source: None
    begins: State = State.ON
    has_passwords: bool = False
    beside: str = ""  # a template that stands below the button of its form, such as a way to try it first
    urls: Sequence[URLPattern] = ()


@cache
def load() -> dict[str, SourceKind]:
    """Return every kind by its value, in the order of the page that offers them."""
    found = []
    for module in iter_modules(__path__):
        found.append(import_module(f"{__name__}.{module.name}").KIND)
    return {each.kind.value: each for each in sorted(found, key=lambda each: each.order)}


def kind_of(source: Source) -> SourceKind | None:
    """Return the kind of a source; None for uploaded files, which connect to nothing."""
    return load().get(source.kind)
