"""From what a programmer says to an event as the server takes it.

The form is the one event of Indelible (who did what to which things, when, from what to what, why), as plain JSON
values: an `id` that tells a repeat, and no key at all where nothing is known. Numbers that may lose digits are sent
as text; a float is refused here, where the programmer sees it, rather than there.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Party = str | Mapping[str, str]
Thing = str | tuple[str, str] | tuple[str, str, str] | Mapping[str, str]
Values = Mapping[str, Any]

LARGEST_EVENT_BYTES = 1_000_000


def make_event(
    said: str,
    *,
    actor: Party | None = None,
    verb: str | None = None,
    target: Thing | None = None,
    targets: Iterable[Thing] = (),
    before: Values | None = None,
    after: Values | None = None,
    outcome: str | None = None,
    reason: str | None = None,
    on_behalf_of: Party | None = None,
    context: Mapping[str, str] | None = None,
    extra: Values | None = None,
    occurred_at: datetime | None = None,
    id: str | None = None,
) -> dict[str, Any]:
    """Return an event, with its id and the moment at which it happened (now, if none is given).

    `said` is the program's own word for what happened ("invoice.approved"), `verb` one of Indelible's closed list
    where that is known. A party is a name, an e-mail address, or {"id", "name", "email", "kind"}; a thing is an id,
    (kind, id), (kind, id, name) or {"kind", "id", "name"}. `before` and `after` are values by detail.

    Raises ValueError for what could not be recorded: nothing said, a time without a zone, a float, a value that is
    no JSON, an event above 1,000,000 bytes.
    """
    if not said.strip():
        raise ValueError("an event says what happened")
    action = {"said": said}
    if verb:
        action["verb"] = verb
    things = [_thing(each) for each in ([target] if target is not None else [])] + [
        _thing(each) for each in targets
    ]
    event: dict[str, Any] = {
        "id": id or uuid.uuid4().hex,
        "occurred_at": _instant(occurred_at or datetime.now(UTC)),
        "actor": _party(actor),
        "action": action,
        "targets": things,
        "changes": _changes(before or {}, after or {}),
        "outcome": outcome,
        "reason": reason,
        "on_behalf_of": _party(on_behalf_of),
        "context": dict(context or {}),
        "extra": {name: _plain(value, name) for name, value in (extra or {}).items()},
    }
    event = {name: value for name, value in event.items() if value not in (None, "", [], {})}
    if len(encode(event)) > LARGEST_EVENT_BYTES:
        raise ValueError(f"an event of more than {LARGEST_EVENT_BYTES:,} bytes")
    return event


def encode(event: Mapping[str, Any]) -> bytes:
    """Return an event as one line of JSON, without the line's end."""
    try:
        return json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except UnicodeEncodeError as broken:
        raise ValueError("a text with half a character in it cannot be recorded") from broken


def _party(who: Party | None) -> dict[str, str] | None:
    if who is None or isinstance(who, Mapping):
        return dict(who) if who else None
    return {"email": who} if "@" in who else {"name": who}


def _thing(what: Thing) -> dict[str, str]:
    if isinstance(what, Mapping):
        return dict(what)
    if isinstance(what, str):
        return {"id": what}
    return dict(zip(("kind", "id", "name"), what, strict=False))


def _changes(before: Values, after: Values) -> list[dict[str, Any]]:
    changes = []
    for name in dict.fromkeys([*before, *after]):
        change: dict[str, Any] = {"field": name}
        if before.get(name) is not None:
            change["before"] = _plain(before[name], name)
        if after.get(name) is not None:
            change["after"] = _plain(after[name], name)
        changes.append(change)
    return changes


def _instant(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone could be any of 26 hours: give it one")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: Any, name: str) -> Any:
    """Return a value as JSON that keeps every digit. Raises ValueError."""
    if isinstance(value, float):
        raise ValueError(f"{name}: a float loses digits; give text or a Decimal")
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, name) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, name) for inner in value]
    if value is None or isinstance(value, str | int):
        return value
    return str(value)
