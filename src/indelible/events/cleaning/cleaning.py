"""An event as it may be sealed: what must never be sealed is taken out, what rules mark is marked, everywhere
alike."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import msgspec

from indelible.events.cleaning.finding import (
    GONE,
    SECRET_NAMES,
    is_secret_value,
    may_hold_secrets,
    without_secrets,
)
from indelible.events.cleaning.marking import DROPPED, Mark, is_marked, marked
from indelible.events.cleaning.repeating import Repeats
from indelible.events.shape import Event, Json

FLAG: Final = "values_removed"
REMOVED: Final = "removed"
"""Where `extra` says what was taken out: {"values": 2, "kinds": ["card_number"], "rules": ["3.2"], "original":
"left out"}."""

_encode = msgspec.json.Encoder().encode
_WHOLE_FIELDS = {"reason": "reason", "outcome": "outcome"}
# Words of our own, ids that tell a repeat, and what a file is known by: no free text stands there.
_NOT_TEXT = frozenset({"occurred_at", "outcome", "refers_to", "attachments", "flags", "numbers", "source"})


def clean(
    event: Event, marks: Mapping[str, tuple[Mark, tuple[str, ...]]], code: Callable[[str], str]
) -> Event:
    """Return the event as it may be sealed; the very same object where nothing has to be taken out.

    `marks` says of a fact (`changes.before`, `context.ip`, `payee_account`) what is stored of it, and which rules
    say so. `code` gives the keyed code of a text, different per customer and year. The event is not changed in
    place.
    """
    may_hold = _may_hold(event)
    if not marks and not may_hold:
        return event
    work = _Work(event, code)
    if may_hold:
        work.take_secrets_out()
    for fact, (mark, rules) in marks.items():
        work.mark(fact, mark, rules)
    return work.result()


def comparable(event: Event) -> Event:
    """Return what an event still states: where a value was removed, its text says nothing about what it was."""
    if FLAG not in event.get("flags", ()):
        return event
    stated = _stated(cast(Json, event))
    return cast(Event, stated if isinstance(stated, dict) else {})


def _stated(value: Json) -> Json:
    if isinstance(value, str):
        return None if DROPPED in value or GONE in value or is_marked(value) else value
    if isinstance(value, list):
        return [left for one in value if (left := _stated(one)) is not None]
    if isinstance(value, dict):
        return {key: left for key, one in value.items() if (left := _stated(one)) is not None}
    return value


def _may_hold(event: Event) -> bool:
    """Whether anything of the kind could stand in it: one look at all of its texts at once."""
    if may_hold_secrets(_encode(event)):
        return True
    original = event.get("original", {})
    return "base64" in original and may_hold_secrets(_bytes_of(original["base64"]).replace(b"\0", b""))


def _bytes_of(coded: str) -> bytes:
    try:
        return base64.b64decode(coded)
    except (binascii.Error, ValueError):
        return b""


class _Work:
    """An event while things are taken out of it."""

    def __init__(self, event: Event, code: Callable[[str], str]) -> None:
        self.before = event
        self.event: dict[str, Any] = msgspec.json.decode(_encode(event))
        self.code = code
        self.kinds: Counter[str] = Counter()
        self.rules: set[str] = set()
        self.values: list[str] = []  # taken out by a mark, to be found again elsewhere
        self.instead: dict[str, str] = {}
        self.original_left_out = False

    def take_secrets_out(self) -> None:
        """Take out what must never be sealed, wherever it stands."""
        for name, value in list(self.event.items()):
            if name == "original":
                self._clean_original()
            elif name == "changes":
                self.event[name] = [self._clean_change(change) for change in value]
            elif name not in _NOT_TEXT:
                self.event[name] = self._cleaned(value)

    def _cleaned(self, value: Json, name: str = "") -> Json:
        if isinstance(value, str):
            if name and SECRET_NAMES.fullmatch(name) and is_secret_value(value):
                self.kinds["password"] += 1
                return DROPPED
            text, kinds = without_secrets(value)
            self.kinds.update(kinds)
            return text
        if isinstance(value, list):
            return [self._cleaned(one, name) for one in value]
        if isinstance(value, dict):
            return {key: self._cleaned(one, key) for key, one in value.items()}
        return value

    def _clean_change(self, change: dict[str, Json]) -> dict[str, Json]:
        field = change.get("field")
        name = field if isinstance(field, str) else ""
        return {key: one if key == "field" else self._cleaned(one, name) for key, one in change.items()}

    def _clean_original(self) -> None:
        """Take secrets out of the record as received, in the encoding that it came in."""
        text, encoding = self._original()
        if text is None:
            self._leave_original_out()
            return
        cleaned, kinds = without_secrets(text)
        if not kinds:
            return
        self._put_original(cleaned, encoding)
        self.kinds.update(Counter(kinds) - self.kinds)  # what stands in a field, too, counts once

    def mark(self, fact: str, mark: Mark, rules: tuple[str, ...]) -> None:
        """Mark one fact, wherever the event holds it."""
        count = len(self.values)
        head, dot, rest = fact.partition(".")
        if head == "changes" and rest in ("before", "after"):
            for change in self.event.get("changes", ()):
                self._mark_in(change, rest, mark)
        elif dot and isinstance(self.event.get(head), dict):
            self._mark_in(self.event[head], rest, mark)
        elif fact in ("context", "on_behalf_of") and isinstance(self.event.get(fact), dict):
            for key in self.event[fact]:
                if key != "kind":
                    self._mark_in(self.event[fact], key, mark)
        elif fact in _WHOLE_FIELDS and fact != "outcome":
            self._mark_in(self.event, fact, mark)
        elif isinstance(self.event.get("extra"), dict):
            self._mark_in(self.event["extra"], fact, mark)
        if len(self.values) > count:
            self.rules.update(rules)

    def _mark_in(self, holder: dict[str, Json], key: str, mark: Mark) -> None:
        if key in holder:
            holder[key] = self._marked(holder[key], mark)

    def _marked(self, value: Json, mark: Mark) -> Json:
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (str, int)):
            text = str(value)
            stored = marked(text, mark, self.code)
            if stored != text:
                self.values.append(text)
                self.instead[text] = stored
                self.kinds["marked"] += 1
            return stored if stored != text else value
        if isinstance(value, list):
            return [self._marked(one, mark) for one in value]
        return {key: self._marked(one, mark) for key, one in value.items()}

    def result(self) -> Event:
        """Return the event, with what was taken out gone from everywhere and told."""
        if self.values:
            self._take_repeats_out()
        if not self.kinds and not self.original_left_out:
            return self.before
        removed: dict[str, Json] = {"values": max(sum(self.kinds.values()), 1)}
        if kinds := sorted(kind for kind in self.kinds if kind != "marked"):
            removed["kinds"] = cast(Json, kinds)
        if self.rules:
            removed["rules"] = cast(Json, sorted(self.rules))
        if self.original_left_out:
            removed["original"] = "left out"
        self.event.setdefault("extra", {})[REMOVED] = removed
        self.event["flags"] = sorted({*self.event.get("flags", ()), FLAG})
        return cast(Event, self.event)

    def _take_repeats_out(self) -> None:
        repeats = Repeats(self.values)
        for name in list(self.event):
            if name == "original":
                continue
            if name not in _NOT_TEXT:
                self.event[name] = _replaced(self.event[name], repeats, set(self.instead.values()))
        if "original" not in self.event:
            return
        text, encoding = self._original()
        if text is None:
            self._leave_original_out()
            return
        cleaned, count = repeats.removed(text, DROPPED)
        if not count or repeats.holds(cleaned):
            self._leave_original_out()  # it says them in a spelling that nobody foresaw
        else:
            self._put_original(cleaned, encoding)

    def _original(self) -> tuple[str | None, str]:
        """Return the original as text and its encoding; None where it cannot be read as text."""
        original = self.event["original"]
        if "text" in original:
            return original["text"], ""
        data = _bytes_of(original.get("base64", ""))
        if not data:
            return None, ""
        wide = data.count(b"\0") * 3 > len(data)
        for encoding in ("utf-16-le", "utf-16-be") if wide else ("cp1252", "latin-1"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not wide or sum(one.isascii() for one in text) * 2 > len(text):
                return text, encoding
        return None, ""

    def _put_original(self, text: str, encoding: str) -> None:
        original = self.event["original"]
        if encoding:
            original["base64"] = base64.b64encode(text.encode(encoding, "replace")).decode("ascii")
        else:
            original["text"] = text

    def _leave_original_out(self) -> None:
        del self.event["original"]
        self.original_left_out = True


def _replaced(value: Json, repeats: Repeats, stored: set[str]) -> Json:
    if isinstance(value, str):
        if value in stored:
            return value
        left, _ = repeats.removed(value, DROPPED)
        return DROPPED if repeats.holds(left) else left
    if isinstance(value, list):
        return [_replaced(one, repeats, stored) for one in value]
    if isinstance(value, dict):
        return {key: _replaced(one, repeats, stored) for key, one in value.items()}
    return value
