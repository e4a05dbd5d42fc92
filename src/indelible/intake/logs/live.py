"""Log lines that a program sends one by one, read as the same lines of a file would be.

A file is looked through as a whole before anything of it is recorded; a line that was just sent has to be read by
itself. What that takes is told beforehand (the zone of times that carry none) or known with the line: when it came,
from which a missing year follows, and who sent it. The sender's address is kept beside the host that the line
claims (`received_from`), since anybody can write any name into a line.

* The body of a message may be JSON of a system that we know; it is then read by that system's profile, and what the
  line around it says is kept as `sent_by`.
* Lines of one Linux audit event are joined: they are held for a moment, and told once the event is ended or the
  moment is over.
* The running number that a sender puts into structured data (RFC 5424, section 7.3.1) becomes the facts `sequence`
  and `sequence_of`.

Two equal lines are two events. What tells a line that is read twice after a failure is the id that it was given when
it came; only a line that carries an id of its own is known by that.
"""

from __future__ import annotations

import base64
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from indelible.events.event import Event
from indelible.intake.encodings import clean_text
from indelible.intake.identity import Identities, Seen
from indelible.intake.interpret import Interpreter, Made
from indelible.intake.jsontext import JsonFault, parse_json
from indelible.intake.logs import read_line
from indelible.intake.logs.auditd_event import event_of
from indelible.intake.pieces import Json, RawRecord
from indelible.intake.profile import Profile, recognised
from indelible.intake.reading import Record, Rejected
from indelible.intake.times import ColumnTimes, ReadTime, TimeReader

HELD_SECONDS: Final = 2.0  # an audit event whose end nobody told is taken to be whole then
HELD_LINES: Final = 2_000
REMEMBERED: Final = 5_000  # audit events whose late lines are still known as such
_END: Final = "EOE"
# Audit records of programs: each is an event of its own, and nothing of it follows.
_WHOLE_ALONE: Final = ("USER_", "CRED_", "SERVICE_", "DAEMON_", "SYSTEM_", "GRP_", "ACCT_", "ROLE_")
_COOKIE: Final = re.compile(r"@cee:\s*")
_LARGEST_SEQUENCE: Final = 2_147_483_647
_KNOWN_SHAPES: Final = 500


@dataclass(frozen=True, slots=True)
class Arrived:
    """One line as it came. `id` tells it from every other line that ever came; `number` counts them.

    `fault` is the code of a reason why it is no whole line; `original` may then be its beginning only.
    """

    original: bytes
    at: datetime
    sender: str  # the address that it came from
    id: str
    number: int
    fault: str = ""


@dataclass(slots=True)
class Told:
    """What lines came to: a record, a rejected line, or nothing (an end mark, an empty line)."""

    lines: tuple[Arrived, ...]
    outcome: Record | Rejected | None = None


class LineReader:
    """Reads the lines of one source, whichever of its senders they come from."""

    def __init__(self, zone: str | None) -> None:
        """`zone` is that of times which carry none; without one they stay without an instant."""
        self._clock = _Clock(zone)
        self._forms: dict[str, _Form] = {}
        self._shapes: dict[frozenset[str], Profile | None] = {}
        self._joining = _Joining()

    def take(self, line: Arrived, now: float) -> list[Told]:
        """Read one more line. Empty where it is held for others; `now` is in seconds of any steady clock."""
        text, flags = clean_text(line.original.decode("utf-8", "surrogateescape"))
        if line.fault:
            return [_rejected(line, line.fault, text)]
        if not text.strip():
            return [Told((line,))]
        found = read_line(text)
        if found is None:
            made = self._bare_json(line, text, flags)
            return made or [_rejected(line, "unknown_line", text)]
        form, told = found
        if told.reason:
            return [_rejected(line, told.reason, text)]
        if form == "auditd":
            ready = self._joining.take(line, told.record, (*flags, *told.flags), now)
            return [each for group in ready for each in self._audit(group)]
        return self._message(line, form, told.record, (*flags, *told.flags))

    def due(self, now: float) -> list[Told]:
        """Return what was held long enough."""
        return [each for group in self._joining.due(now) for each in self._audit(group)]

    def rest(self) -> list[Told]:
        """Return all that is still held, at the end."""
        return [each for group in self._joining.rest() for each in self._audit(group)]

    def _message(
        self, line: Arrived, form: str, record: dict[str, Any], flags: tuple[str, ...]
    ) -> list[Told]:
        """Read a line by the profile of its body where that is known, else by that of its form."""
        body, profile = self._body(str(record.get("message", "")))
        if profile is not None:
            about: dict[str, Any] = {
                name: record[name] for name in ("timestamp", "host", "app", "severity") if name in record
            }
            made = self._made(line, profile, body, flags)
            for each in made:
                self._say_around(each, about, line)
        else:
            made = self._made(line, _profile_of(form), record, flags)
        return self._told((line,), profile or _profile_of(form), made, _stream(record, line))

    def _bare_json(self, line: Arrived, text: str, flags: tuple[str, ...]) -> list[Told]:
        """Read a line that is nothing but JSON of a known system; empty where it is none."""
        body, profile = self._body(text)
        if profile is None:
            return []
        made = self._made(line, profile, body, flags)
        return self._told((line,), profile, made, None)

    def _body(self, message: str) -> tuple[dict[str, Any], Profile | None]:
        """Return the JSON that a message consists of with its profile; None for a system that we don't know."""
        text = _COOKIE.sub("", message, count=1).strip() if message.startswith("@cee:") else message.strip()
        if not (text.startswith("{") and text.endswith("}")):
            return {}, None
        try:
            value: Json = parse_json(text)[0]
        except JsonFault:
            return {}, None
        if not isinstance(value, dict):
            return {}, None
        return value, self._system_of(value)

    def _system_of(self, value: dict[str, Any]) -> Profile | None:
        names = [*value]
        for key, inner in value.items():
            if isinstance(inner, dict):
                names += [f"{key}.{each}" for each in inner]
        shape = frozenset(names)
        if shape not in self._shapes:
            if len(self._shapes) >= _KNOWN_SHAPES:  # senders choose the names
                self._shapes.clear()
            found = recognised(names, "object")
            self._shapes[shape] = None if found is None or found.settings.not_events else found
        return self._shapes[shape]

    def _audit(self, group: _Group) -> list[Told]:
        """Tell one audit event, or why its lines are none."""
        lines = tuple(group.lines)
        if group.late:
            return [
                _rejected(line, "event_already_told", line.original.decode("utf-8", "replace"))
                for line in lines
            ]
        if all(record["type"] == _END for record in group.records):
            return [Told(lines)]
        profile = _profile_of("auditd")
        made = self._made(lines[0], profile, event_of(group.records), tuple(group.flags))
        return self._told(lines, profile, made, None)

    def _made(
        self, line: Arrived, profile: Profile, record: dict[str, Any], flags: tuple[str, ...]
    ) -> list[Made]:
        self._clock.received = line.at
        return self._form(profile).interpreter.events(record, flags)

    def _form(self, profile: Profile) -> _Form:
        if profile.system not in self._forms:
            self._forms[profile.system] = _Form.of(profile, self._clock.read)
        return self._forms[profile.system]

    def _say_around(self, made: Made, about: dict[str, Any], line: Arrived) -> None:
        """Keep what the line around a body says; its time counts where the body has none."""
        event = made.event
        if about:
            event.setdefault("extra", {}).setdefault("sent_by", about)
        said = str(about.get("timestamp", ""))
        if "time" not in event and said not in ("", "-"):
            read = self._clock.read(said)
            if read.occurred_at:
                event["occurred_at"] = read.occurred_at
                event["time"] = {"said": said, "zone": read.zone, "basis": read.basis or "source"}
                made.flags[:] = [flag for flag in made.flags if flag != "time_missing"] + list(read.flags)

    def _told(
        self, lines: tuple[Arrived, ...], profile: Profile, made: list[Made], stream: tuple[str, int] | None
    ) -> list[Told]:
        first = lines[0]
        original = b"\n".join(line.original for line in lines)
        if not made:
            return [_rejected(first, "not_a_record", original.decode("utf-8", "replace"))]
        raw = RawRecord(first.number, original, None)
        form = self._form(profile)
        found = []
        for place, each in enumerate(made):
            event = each.event
            event["original"] = _original(raw)
            if each.flags:
                event["flags"] = list(each.flags)
            _put_sender(event, first.sender, stream)
            told = form.identities.identity(each)
            identity = told or f"line\x1f{first.id}\x1f{place}"
            content = form.identities.content(raw, each.part)
            record = Record(first.number, first.number, event, identity, content, original)
            # The lines are accounted for by the first event that they tell.
            found.append(Told(lines if place == 0 else (), record))
        return found


@dataclass(slots=True)
class _Form:
    """One profile, ready to read single records."""

    interpreter: Interpreter
    identities: Identities

    @classmethod
    def of(cls, profile: Profile, read_time: Callable[[str], ReadTime]) -> _Form:
        return cls(Interpreter(profile, None, read_time), Identities(profile, "", Seen(), "log"))


class _Clock:
    """Reads times one by one: by the zone that was told, and with the year in which the line came."""

    def __init__(self, zone: str | None) -> None:
        self._zone = zone
        self._column = ColumnTimes(needs_zone=True)
        self._reader: TimeReader | None = None
        self._hour: datetime | None = None
        self.received: datetime | None = None

    def read(self, text: str) -> ReadTime:
        hour = self.received and self.received.replace(minute=0, second=0, microsecond=0)
        if self._reader is None or hour != self._hour:  # the year follows from the day: once an hour will do
            received = self.received.isoformat() if self.received else None
            self._reader = TimeReader(self._column, zone=self._zone, received=received)
            self._hour = hour
        return self._reader.read(text)


@dataclass(slots=True)
class _Group:
    """The lines of one audit event so far."""

    since: float
    lines: list[Arrived] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    flags: dict[str, None] = field(default_factory=dict)
    late: bool = False


class _Joining:
    """Holds the lines of audit events for a moment, apart by who sent them."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, ...], _Group] = {}  # oldest first
        self._held = 0
        self._told: deque[tuple[str, ...]] = deque()
        self._told_keys: set[tuple[str, ...]] = set()

    def take(
        self, line: Arrived, record: dict[str, Any], flags: tuple[str, ...], now: float
    ) -> Iterator[_Group]:
        # Serials are each machine's own, and one sender may pass on the records of several.
        key = (line.sender, _host_before(line.original), record["node"], record["time"], record["serial"])
        if key in self._told_keys:
            yield _Group(now, [line], [record], late=record["type"] != _END)
            return
        group = self._open.get(key)
        if group is None:
            group = self._open[key] = _Group(now)
        group.lines.append(line)
        group.records.append(record)
        group.flags.update(dict.fromkeys(flags))
        self._held += 1
        if record["type"] == _END or (len(group.records) == 1 and record["type"].startswith(_WHOLE_ALONE)):
            yield self._release(key)
        while self._held > HELD_LINES:
            yield self._release(next(iter(self._open)))

    def due(self, now: float) -> Iterator[_Group]:
        while self._open:
            key, group = next(iter(self._open.items()))
            if now - group.since < HELD_SECONDS:
                return
            yield self._release(key)

    def rest(self) -> Iterator[_Group]:
        while self._open:
            yield self._release(next(iter(self._open)))

    def _release(self, key: tuple[str, ...]) -> _Group:
        group = self._open.pop(key)
        self._held -= len(group.lines)
        self._told.append(key)
        self._told_keys.add(key)
        if len(self._told) > REMEMBERED:
            self._told_keys.discard(self._told.popleft())
        return group


def _host_before(original: bytes) -> str:
    """Return the host that the syslog line around an audit record claims; empty where there is no such line."""
    head, sign, _rest = original[:1000].partition(b"type=")
    if not sign or not head.strip():
        return ""
    found = read_line(head.decode("utf-8", "replace"))
    return str(found[1].record.get("host", "")) if found is not None else ""


def _profile_of(form: str) -> Profile:
    found = recognised([form], "line")
    if found is None:
        raise ValueError(f"no profile for lines of the form {form}")
    return found


def _stream(record: dict[str, Any], line: Arrived) -> tuple[str, int] | None:
    """Return which stream of a sender a message belongs to, and its running number there."""
    elements = record.get("structured_data")
    meta = elements.get("meta") if isinstance(elements, dict) else None
    said = str(meta.get("sequenceId", "")) if isinstance(meta, dict) else ""
    if not (said.isascii() and said.isdecimal() and len(said) <= 10):
        return None
    number = int(said)
    if not 1 <= number <= _LARGEST_SEQUENCE:
        return None
    host = record.get("host")
    return (f"{host} ({line.sender})" if host else line.sender), number


def _put_sender(event: Event, sender: str, stream: tuple[str, int] | None) -> None:
    """Say who sent the line to us, beside whatever the line says of itself."""
    extra = event.setdefault("extra", {})
    extra["received_from"] = sender
    if stream is not None:
        extra["sequence_of"], extra["sequence"] = stream


def _original(raw: RawRecord) -> Any:
    text = raw.text
    if isinstance(text, str):
        return {"text": text, "media_type": "text/plain"}
    return {"base64": base64.b64encode(text).decode("ascii"), "media_type": "text/plain"}


def _rejected(line: Arrived, reason: str, text: str) -> Told:
    return Told((line,), Rejected(line.number, reason, text))
