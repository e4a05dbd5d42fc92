"""A decorator: each call of a function is an event, with its outcome.

@recorded(audit, "payment.release", target=lambda payment, **_: ("payment", payment.id))
def release(payment, *, by): ...
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from .client import Client

Function = TypeVar("Function", bound=Callable[..., Any])
Told = Callable[..., Any]


def recorded(
    client: Client,
    said: str,
    *,
    actor: Told | Any = None,
    target: Told | Any = None,
    extra: Told | Any = None,
    **facts: Any,
) -> Callable[[Function], Function]:
    """Return a decorator that records each call once it has ended: success, or failure with the error's name.

    `actor`, `target` and `extra` may be functions of the call's own arguments. Works on functions and on coroutine
    functions. Whether the event could be kept never changes what the call gives or raises, except that SpoolFull and
    ValueError are raised after a call that succeeded: an act that must be on record is not done in silence.
    """

    def decorate(function: Function) -> Function:
        def keep(args: tuple[Any, ...], kwargs: dict[str, Any], error: BaseException | None) -> None:
            told = {
                name: _told(value, args, kwargs) for name, value in (("actor", actor), ("target", target))
            }
            more = dict(_told(extra, args, kwargs) or {})
            if error is not None:
                more["error"] = type(error).__name__
            outcome = "success" if error is None else "failure"
            client.record(said, **{"outcome": outcome, **facts, **told}, extra=more)

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                try:
                    result = await function(*args, **kwargs)
                except BaseException as error:
                    _keep_aside(keep, args, kwargs, error)
                    raise
                keep(args, kwargs, None)
                return result

            return cast(Function, awaited)

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                _keep_aside(keep, args, kwargs, error)
                raise
            keep(args, kwargs, None)
            return result

        return cast(Function, called)

    return decorate


def _told(value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return value(*args, **kwargs) if callable(value) else value


def _keep_aside(keep: Callable[..., None], args: Any, kwargs: Any, error: BaseException) -> None:
    """Record a call that failed; should that fail too, the call's own error is the one to be seen, with a note."""
    try:
        keep(args, kwargs, error)
    except Exception as second:
        error.add_note(f"besides, the event could not be kept: {second}")
