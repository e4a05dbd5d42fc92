"""What does not change while a page is read is looked up once for it.

Whose record this is, when people work there, which logbook is shown: many parts of a page ask, each for itself, as
they should. While a request only reads (GET, HEAD), the first answer stands for all of them; a request that changes
something, a worker or a command always asks anew.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar, cast

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
T = TypeVar("T")
Answer = Callable[[HttpRequest], HttpResponse]

_kept: Final[ContextVar[dict[tuple[object, ...], object] | None]] = ContextVar("remembered", default=None)


def remembered(look_up: Callable[P, T]) -> Callable[P, T]:
    """Let a function of few, hashable arguments be asked once while a page is read. What it raises is not kept."""

    @wraps(look_up)
    def answer(*args: P.args, **named: P.kwargs) -> T:
        kept = _kept.get()
        if kept is None:
            return look_up(*args, **named)
        key = (look_up, args, *sorted(named.items()))
        if key not in kept:
            kept[key] = look_up(*args, **named)
        return cast(T, kept[key])

    return answer


def remember_while_reading(get_response: Answer) -> Answer:
    """Remember for as long as a request that only reads is answered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        before: Any = _kept.set({})
        try:
            return get_response(request)
        finally:
            _kept.reset(before)

    return middleware
