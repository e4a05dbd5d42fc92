"""A check and its settings: one control a setting, as the kind of check says which there are.

A setting that no control can show (a table, say) stays as it was. Where another kind is chosen, settings of the same
name are kept and the others fall away.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from msgspec import inspect

from indelible.features.runbooks.books import check_words
from indelible.features.runbooks.books.editing.fields import Flag, Lines, Pick, Picks, Whole, Words
from indelible.features.runbooks.books.editing.parts import PartForm
from indelible.features.runbooks.checks import kinds
from indelible.features.runbooks.document.runbook import Check

Shape = Literal["text", "flag", "whole", "lines", "pick", "other"]
BEGINS = "setting_"


class CheckForm(PartForm[Check]):
    """Something that Indelible looks up by itself."""

    says = Words(_("What must be so, in words"), most=500, needed=True)
    kind = Pick(_("What is looked up"))
    if_fails = Words(_("What to do where it is not"), rows=2)

    def prepare(self) -> None:
        """Offer the kinds there are, and a control for each setting of the one that is chosen."""
        fields: dict[str, Any] = self.fields
        offered = [
            ("", _now("choose one")),
            *sorted(((name, check_words.kind(name)) for name in kinds()), key=_by_words),
        ]
        fields["kind"].offer(offered, self.base.kind)
        self._settings = shapes_of(self.base.kind)
        for name, (shape, choices) in self._settings.items():
            if shape == "other":
                continue
            control = self._control(name, shape, choices)
            value = self.base.settings.get(name, _default(self.base.kind, name))
            if not _fits(shape, value):
                continue
            control.initial = control.show(value)
            self.initial[BEGINS + name] = control.initial
            fields[BEGINS + name] = control

    def _control(self, name: str, shape: Shape, choices: tuple[str, ...]) -> Any:
        """Return the control of a setting; one that names parts of the document offers those there are."""
        label, document = check_words.setting(name), self.document
        named = {
            "field": [(one.key, one.label) for step in document.steps for one in step.fields],
            "step": [(step.key, f"{place}. {step.title}") for place, step in enumerate(document.steps, 1)],
            "role": [(key, role.title) for key, role in document.roles.items()],
        }
        if name in named and shape == "text":
            return Pick(label, [("", _("none")), *named[name]])
        if name.removesuffix("s") in named and shape == "lines" and named[name.removesuffix("s")]:
            return Picks(label, named[name.removesuffix("s")])
        return _control(shape, label, choices)

    @property
    def controls(self) -> list[forms.BoundField]:
        """The controls of the settings."""
        return [self[name] for name in self.fields if name.startswith(BEGINS)]

    @property
    def texts(self) -> list[forms.BoundField]:
        """The other controls."""
        return [self[name] for name in self.fields if not name.startswith(BEGINS)]

    def part(self) -> Check:
        """Return the check, with what its settings are now."""
        fields: dict[str, Any] = self.fields
        changes = {
            name: fields[name].read(self.cleaned_data[name], getattr(self.base, name))
            for name in ("says", "kind", "if_fails")
        }
        settings = dict(self.base.settings)
        for name in fields:
            if name.startswith(BEGINS):
                self._read(name.removeprefix(BEGINS), fields[name], self.cleaned_data[name], settings)
        if changes["kind"] != self.base.kind:
            settings = {name: value for name, value in settings.items() if name in shapes_of(changes["kind"])}
        return msgspec.structs.replace(self.base, settings=settings, **changes)

    def _read(self, name: str, control: Any, sent: Any, settings: dict[str, Any]) -> None:
        """Put a setting to what was sent; one that says what holds anyway is left out, unless it stood there."""
        default = _default(self.base.kind, name)
        old = settings.get(name, default)
        value = control.read(sent, old)
        if isinstance(value, tuple):
            value = list(value)
        same = list(old) if isinstance(old, tuple) else old
        if value == same:
            return
        if value == (list(default) if isinstance(default, tuple) else default):
            settings.pop(name, None)
        else:
            settings[name] = value


def shapes_of(kind: str) -> dict[str, tuple[Shape, tuple[str, ...]]]:
    """Return the settings of a kind of check by name, each with how it is asked for."""
    known = kinds().get(kind)
    if known is None:
        return {}
    told = inspect.type_info(known.settings)
    assert isinstance(told, inspect.StructType)
    return {field.encode_name: _shape(field.type) for field in told.fields}


def _shape(told: inspect.Type) -> tuple[Shape, tuple[str, ...]]:
    if isinstance(told, inspect.LiteralType) and all(isinstance(each, str) for each in told.values):
        return "pick", tuple(str(each) for each in told.values)
    if isinstance(told, inspect.StrType):
        return "text", ()
    if isinstance(told, inspect.BoolType):
        return "flag", ()
    if isinstance(told, inspect.IntType):
        return "whole", ()
    if isinstance(told, inspect.VarTupleType) and isinstance(told.item_type, inspect.StrType):
        return "lines", ()
    return "other", ()


def _default(kind: str, name: str) -> Any:
    known = kinds().get(kind)
    if known is None:
        return ""
    for field in msgspec.structs.fields(known.settings):
        if field.encode_name == name:
            if field.default is not msgspec.NODEFAULT:
                return field.default
            if field.default_factory is not msgspec.NODEFAULT:
                return field.default_factory()
            shape, _choices = _shape(inspect.type_info(field.type))
            return {"flag": False, "whole": 0, "lines": ()}.get(shape, "")
    return ""


def _fits(shape: Shape, value: Any) -> bool:
    """Whether a value can be shown in such a control; another stays as it is, and is said to be a flaw."""
    if shape == "flag":
        return isinstance(value, bool)
    if shape == "whole":
        return isinstance(value, int) and not isinstance(value, bool)
    if shape == "lines":
        return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    return isinstance(value, str)


def _by_words(choice: tuple[str, Any]) -> str:
    return str(choice[1]).casefold()


def _control(shape: Shape, label: Any, choices: tuple[str, ...]) -> Any:
    if shape == "flag":
        return Flag(label)
    if shape == "whole":
        return Whole(label, most=1_000_000)
    if shape == "lines":
        return Lines(label, rows=0, hint=_("With commas between."))
    if shape == "pick":
        return Pick(label, [(each, each or "-") for each in choices])
    return Words(label, most=1_000)
