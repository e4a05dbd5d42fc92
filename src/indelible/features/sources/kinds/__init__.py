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
from typing import Any, ClassVar

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

    folded: ClassVar[tuple[str, ...]] = ()  # fields that most people leave as they are: in a closed part

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        """`source` is the one whose settings are changed, None while a new one is set up."""
        super().__init__(*args, **kwargs)
        self.source = source
        if source is not None:
            del self.fields["name"]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The fields that everybody answers, in order."""
        return [bound for bound in self if bound.name not in self.folded]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        """The others, in order."""
        return [bound for bound in self if bound.name in self.folded]

    @property
    def is_unfolded(self) -> bool:
        """Whether the closed part stands open: something in it is wrong, or is set as few people set it."""
        if self.source is None and not self.is_bound:
            return False
        fields = self.folded_fields
        usual = [bound.field.initial if bound.field.initial is not None else "" for bound in fields]
        return any(bound.errors for bound in fields) or any(
            str(bound.value() or "") != str(plain or "") for bound, plain in zip(fields, usual, strict=True)
        )

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
