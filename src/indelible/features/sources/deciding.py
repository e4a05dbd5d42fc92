"""From what a person sent on the page about columns to what it means: looked at again until nothing is left to ask.

A choice of columns can raise a question that the guess did not (a date that reads two ways), so what was chosen is
looked at before its answers are read. A question that was not on the page yet is no mistake: the page comes back
with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar, cast

from django.http import QueryDict

from indelible.features.sources.columnsform import ColumnsForm
from indelible.intake.given import Given
from indelible.intake.mapping import Mapping


class Seen(Protocol):
    """What was looked at once."""

    @property
    def ready(self) -> bool:
        """Whether nothing is left to ask."""

    def close(self) -> None:
        """Let go of what looking needed."""


S = TypeVar("S", bound=Seen)


@dataclass(slots=True)
class Decided(Generic[S]):
    """The form as it was understood last, and what a look by its answers found."""

    form: ColumnsForm
    seen: S
    state: Literal["wrong", "asks", "ready"]


def decide(
    look: Callable[[Given | None, Mapping | None], S], form_of: Callable[[S], ColumnsForm], base: Given
) -> Decided[S]:
    """Understand what was sent. `look` looks by answers (none: by what is known), `form_of` gives the bound form.

    The caller closes what is returned; what was looked at on the way is closed here.
    """
    seen = look(None, None)
    form = form_of(seen)
    state = _state(form)
    if state == "wrong":
        return Decided(form, seen, state)
    if form.mapping != form.look.mapping:
        seen = _next(seen, look(base, form.mapping))
        form = form_of(seen)
        state = _state(form)
    if state != "ready":
        return Decided(form, seen, state)
    if not seen.ready:
        seen = _next(seen, look(form.given, form.mapping))
    return Decided(form, seen, "ready" if seen.ready else "asks")


def _next(before: S, after: S) -> S:
    before.close()
    return after


def _state(form: ColumnsForm) -> Literal["wrong", "asks", "ready"]:
    """Say whether a form can be used; where only questions are open that nobody has seen, it is no mistake."""
    if form.is_valid():
        return "ready"
    # Radios that nobody chose are not sent, so the page says which questions stood on it.
    seen = {*form.data, *cast(QueryDict, form.data).getlist("asked")}
    unseen = [name for name in form.errors if name.startswith("given_") and name not in seen]
    if len(unseen) < len(form.errors):
        return "wrong"
    for name in unseen:
        del form.errors[name]
    return "asks"
