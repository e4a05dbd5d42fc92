"""A form for one part of a document, and rows of such forms with buttons to add and to remove one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from django import forms

from indelible.features.runbooks.document.runbook import Part, Runbook

P = TypeVar("P", bound=Part)


class PartForm(forms.Form, Generic[P]):
    """A form filled from a part (`base`), which gives the part back as it was changed (`part`).

    The names of its fields are those of the part's attributes; `made` may be asked for anything else.
    """

    def __init__(self, data: Any, *, base: P, document: Runbook, prefix: str, place: int = 0) -> None:
        super().__init__(data, prefix=prefix, use_required_attribute=False)
        self.base, self.document, self.place = base, document, place
        self.prepare()
        for name, field in self.fields.items():
            if name in self.initial:  # as `prepare` said
                continue
            shown = field.show(getattr(base, name))  # type: ignore[attr-defined]
            field.initial = shown
            self.initial[name] = shown

    def prepare(self) -> None:
        """Offer what can be chosen, where that hangs on the document."""

    def part(self) -> P:
        """Return the part, of a valid form. Only what was touched is another."""
        changes = {
            name: field.read(self.cleaned_data[name], getattr(self.base, name))  # type: ignore[attr-defined]
            for name, field in self.fields.items()
        }
        return self.made(changes)

    def made(self, changes: dict[str, Any]) -> P:
        """Return the part with these attributes."""
        return msgspec.structs.replace(self.base, **changes)


class Rows(Generic[P]):
    """The forms of a list of parts. `name` begins the names of their controls; `data` is what was sent, None at first.

    As many rows are read as were shown: a part that came or went meanwhile is told by the draft's stamp.
    """

    def __init__(
        self,
        name: str,
        form: Callable[..., PartForm[P]],
        parts: Sequence[P],
        document: Runbook,
        data: Mapping[str, Any] | None,
    ) -> None:
        self.name = name
        self.forms = [
            form(data, base=part, document=document, prefix=f"{name}-{place}", place=place)
            for place, part in enumerate(parts)
        ]

    def __iter__(self) -> Iterator[PartForm[P]]:
        """Go through the forms, in order."""
        return iter(self.forms)

    def __len__(self) -> int:
        """Tell how many there are."""
        return len(self.forms)

    def is_valid(self) -> bool:
        """Whether every row is; all are looked at, so that all errors are shown."""
        return not [form for form in self.forms if not form.is_valid()]

    def parts(self, go: str = "") -> tuple[P, ...]:
        """Return the parts, without the one that a button ("remove:NAME:2") took out."""
        gone = removed(go, self.name)
        return tuple(form.part() for form in self.forms if form.place != gone)


def removed(go: str, name: str) -> int:
    """Return which row of a list a button takes out, -1 where it takes out none."""
    act, _colon, rest = go.partition(":")
    what, _colon, place = rest.partition(":")
    return int(place) if act == "remove" and what == name and place.isascii() and place.isdigit() else -1


def added(go: str, name: str) -> bool:
    """Whether a button adds a row to a list."""
    return go == f"add:{name}"


def free_key(wanted: str, taken: Sequence[str], fallback: str) -> str:
    """Return a key that nothing has yet, made of words: "call_back", "call_back_2"."""
    from django.utils.text import slugify

    stem = slugify(wanted).replace("-", "_").lstrip("_0123456789")[:30] or fallback
    key, number = stem, 2
    while key in taken or key == "system":
        key, number = f"{stem}_{number}", number + 1
    return key
