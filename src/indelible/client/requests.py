"""What a web framework's request becomes: who, which address, which way, how it ended. Shared by the middlewares.

Never what was sent or answered: bodies, query values, cookies and headers stay out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def is_of_interest(method: str, path: str, methods: Collection[str], passed_over: Collection[str]) -> bool:
    """Whether a request is to be recorded: by its method, unless its path begins with one that is passed over."""
    return method in methods and not path.startswith(tuple(passed_over))


def outcome_of(status: int) -> str:
    """Return the outcome that a status tells."""
    if status in (401, 403):
        return "denied"
    return "success" if status < 400 else "failure"


def facts_of(
    method: str,
    path: str,
    status: int,
    *,
    address: str | None,
    device: str | None,
    user: dict[str, str] | None,
) -> dict[str, Any]:
    """Return what `Client.record` takes about one request."""
    context = {name: value for name, value in (("ip", address), ("device", (device or "")[:200])) if value}
    return {
        "actor": user or {"kind": "unknown"},
        "target": {"kind": "x.page", "id": path},
        "outcome": outcome_of(status),
        "context": context,
        "extra": {"method": method, "status": status},
    }
