"""The kinds of things that a second person is asked for. Features register theirs when their app is ready, so this
module loads no tables and no services; nor should what registers: let `carry_out` import what it needs when called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from indelible.events.event import Context
    from indelible.features.people.models import Request, User


class SecondRefused(Exception):
    """It cannot be done. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that would become another, for whoever decides. Either side may be empty."""

    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that features ask a second person for."""

    name: str  # "rules.change": kept with each request
    title: str | Promise  # "Change of a rule"
    may_decide: Callable[[User], bool]  # besides access.REQUESTS_DECIDE, which everybody who decides needs
    carry_out: Callable[[Request, User, Context], None]  # appends, changes tables; may raise SecondRefused
    # A template that is given `asked` (the Request) and `facts`; or a function that tells what would change.
    describe: str | Callable[[Request], Sequence[Line]]


def kind_in(
    module: str, name: str, title: str | Promise, may_decide: Callable[[User], bool] = lambda _user: True
) -> Kind:
    """Return a kind whose `carry_out` and `lines` are functions of a module that is loaded when one of them is called.
    Everybody who decides at all may decide it, unless `may_decide` says otherwise."""

    def carry_out(request: Request, by: User, context: Context) -> None:
        import_module(module).carry_out(request, by, context)

    def lines(request: Request) -> Sequence[Line]:
        found: Sequence[Line] = import_module(module).lines(request)
        return found

    return Kind(name, title, may_decide, carry_out, lines)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known. Called in an app's `ready`."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind | None:
    """Return a registered kind, None where the feature that asked is no longer there."""
    return _kinds.get(name)


@contextmanager
def registered(kind: Kind) -> Iterator[None]:
    """Know a kind until the block ends, for tests."""
    register(kind)
    try:
        yield
    finally:
        _kinds.pop(kind.name, None)
