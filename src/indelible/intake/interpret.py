"""One record in, one event (or several) out, by a profile.

The profile is compiled once for the columns at hand: every path becomes a function, every word table a
lookup, so that a row costs a few dozen calls however rich the profile is. What is found is put where
`design` wants it; what is not found is left out; what is doubtful is flagged. Nothing is invented: an
outcome that the source does not state is marked `outcome_implied`, an actor that it does not name
`actor_unknown`.

How times are read is times.py's matter and comes in as a function; which bytes a record has, and whether
it is held already, is reading.py's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from indelible.events.event import Event, Party, Target
from indelible.events.vocabulary import category_of
from indelible.intake.addresses import clean_address
from indelible.intake.changes import changes_in_prose, changes_of
from indelible.intake.fields import (
    Columns,
    Getter,
    Record,
    as_text,
    compile_path,
    compile_paths,
    lawful,
    plain_name,
)
from indelible.intake.mapping import WHY_COLUMN
from indelible.intake.marks import mark_unusual
from indelible.intake.money import amount_of
from indelible.intake.parsers import Draft, finishing, unpacking
from indelible.intake.parties import party, party_of
from indelible.intake.profile import Paths, Profile, TargetSpec
from indelible.intake.times import ReadTime
from indelible.intake.words import NOTHING, Meaning

_NEED_NO_REASON = ("success", "pending")
_IN_DIGITS_OF_SCIENCE = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{2,}")


TimeReading = Callable[[str], ReadTime]


@dataclass(slots=True)
class Made:
    """One event made of a record, and what tells it from all others at its source.

    `key` is the source's own id of the record, None where it has none; `part` tells the events of one
    record apart.
    """

    event: Event
    flags: list[str]
    key: str | None
    part: str


class Interpreter:
    """Reads records of one form by one profile."""

    def __init__(
        self, profile: Profile, columns: Columns | None, read_time: TimeReading, target: str | None = None
    ) -> None:
        self._profile = profile
        self._settings = settings = profile.settings
        self._read_time = read_time
        self._given_target = target
        self._nothing = nothing = frozenset(settings.nothing)
        self._unpack = unpacking(settings.unpack) if settings.unpack else None
        self._finish = [finishing(name) for name in settings.finish]
        get = {name: compile_paths(paths, columns, nothing) for name, paths in profile.fields.items()}
        self._time = get.get("time")
        self._said = get.get("said")
        paths = [compile_path(path, columns) for path in settings.meaning_of]
        self._meaning_of = [getter for getter in paths if getter is not None]
        self._in_progress = frozenset(word.casefold() for word in settings.in_progress)
        self._outcome = get.get("outcome")
        self._actor = [get.get(f"actor{part}") for part in ("", "_id", "_name", "_email", "_kind")]
        self._named_apart = any(self._actor[1:])
        self._names = [getter for getter in self._actor[:4] if getter is not None]
        self._on_behalf_of = get.get("on_behalf_of")
        self._reason = get.get("reason")
        self._ip = get.get("ip")
        self._context = [(name, get[name]) for name in ("device", "location", "session") if get.get(name)]
        self._before, self._after, self._field = get.get("before"), get.get("after"), get.get("field")
        self._source_id = get.get("source_id")
        self._identity = [compile_path(path, columns) for path in settings.identity]
        self._targets = [_CompiledTarget(spec, columns, nothing) for spec in profile.targets]
        self._target_kind = get.get("target_kind")
        self._kind_name = _first_name(profile.fields.get("target_kind", ""), columns)
        self._keep = [(name, compile_paths(paths, columns, nothing)) for name, paths in profile.keep.items()]
        self._outcome_name = _first_name(profile.fields.get("outcome", ""), columns)
        self._outcome_patterns = [
            (re.compile(text, re.IGNORECASE), outcome) for text, outcome in profile.outcome_patterns.items()
        ]
        self._system_actors = _compiled(settings.system_actors)
        self._service_actors = _compiled(settings.service_actors)
        self._prose = [re.compile(text) for text in settings.prose]
        # Looked into, not used up: what a note says besides stays a fact of its own.
        looked_into = Columns(columns.names) if columns is not None else None
        self._prose_in = [compile_paths(path, looked_into) for path in settings.prose_in]
        self._id_in_said = _compiled(settings.id_in_said)
        self._amount, self._currency = get.get("amount"), get.get("currency")
        self._amount_name = _first_name(profile.fields.get("amount", ""), columns)
        self._rest = _rest_of(columns, settings.leave_out) if settings.keep_rest else []
        # A record of an unknown system is kept whole: its columns or paths that no role claims.
        self._open_rest = profile.guessed
        self._claimed = _claimed(profile) | set(settings.leave_out)
        if self._open_rest:
            self._rest = []
        self._column_count = len(columns.names) if columns is not None and settings.keep_rest else None

    @property
    def has_time(self) -> bool:
        """Whether the records have a place for when things happened."""
        return self._time is not None

    def times(self, record: Record) -> list[str]:
        """Return each time in a record, as text."""
        records = [record] if self._unpack is None else [one.record for one in self._unpack(record)]
        return [self._text(self._time, one) for one in records]

    def source_id(self, record: Record) -> str:
        """Return the record's own id at its source, empty where it has none."""
        return self._text(self._source_id, record)

    def names_nobody(self, record: Record) -> bool:
        """Whether there are places that name who did it, and all of them are empty in this record."""
        return bool(self._names) and not any(self._text(getter, record).strip() for getter in self._names)

    def forget_source_id(self, name: str) -> None:
        """Take a column for an ordinary one: what it holds turned out to be no id of a record."""
        self._source_id = None
        self._claimed.discard(name)

    def events(self, record: Record, flags: tuple[str, ...] = ()) -> list[Made]:
        """Return the events that one record tells, in the record's order; none where it holds none."""
        if self._unpack is None:
            return [self._event(record, flags, "")]
        return [self._event(one.record, flags + one.flags, one.part) for one in self._unpack(record)]

    def _event(self, record: Record, flags: tuple[str, ...], part: str) -> Made:
        draft = Draft(record, {}, list(flags))
        said = self._text(self._said, record) or self._settings.said
        meaning = self._meaning(record, said)
        self._put_time(draft)
        self._put_actor(draft)
        self._put_targets(draft, meaning, said)
        self._put_changes(draft, said)
        self._put_rest(draft)
        self._put_action_and_outcome(draft, meaning, said)
        for finish in self._finish:
            finish(draft)
        key = self._key(draft)
        _put_category(draft.event)
        if "actor" not in draft.event:
            draft.flag("actor_unknown")
        mark_unusual(draft)
        return Made(draft.event, draft.flags, key, part)

    def _meaning(self, record: Record, said: str) -> Meaning:
        """Return what the word means, asked together with what stands beside it where a profile says so."""
        words = self._profile.words
        if self._meaning_of:
            texts = [text for getter in self._meaning_of if (text := self._text(getter, record))]
            if texts and (found := words.meaning(" ".join(texts))) != NOTHING:
                return found
        return words.meaning(said) if said else NOTHING

    def _text(self, getter: Getter | None, record: Record) -> str:
        """Return a value as text; empty where there is none or it stands for nothing."""
        if getter is None:
            return ""
        value = getter(record)
        if value is None:
            return ""
        text = value if type(value) is str else as_text(value)
        return "" if text in self._nothing else text

    def _put_time(self, draft: Draft) -> None:
        said = self._text(self._time, draft.record)
        read = self._read_time(said)
        if read.occurred_at:
            draft.event["occurred_at"] = read.occurred_at
        if said.strip():
            time: dict[str, str] = {"said": read.said or said}
            if read.zone:
                time["zone"] = read.zone
            if read.basis:
                time["basis"] = read.basis
            draft.event["time"] = time  # type: ignore[typeddict-item]
        if read.flags:
            draft.flags.extend(flag for flag in read.flags if flag not in draft.flags)

    def _put_actor(self, draft: Draft) -> None:
        actor: Party = {}
        kind = ""
        if self._named_apart:
            _, id, name, email, kind = [self._text(getter, draft.record) for getter in self._actor]
            actor = party(id=id, name=name, email=email) if id or name or email else {}
        if not actor and (free := self._text(self._actor[0], draft.record)) and free.strip():
            actor = party_of(free)
        if not actor:
            return
        known = self._profile.actor_kinds.get(kind.casefold()) if kind else None
        known = known or self._kind_of_actor(actor)
        if known:
            actor["kind"] = known  # type: ignore[typeddict-item]
        draft.event["actor"] = actor
        if self._on_behalf_of and (behalf := self._text(self._on_behalf_of, draft.record).strip()):
            draft.event["on_behalf_of"] = party_of(behalf)

    def _kind_of_actor(self, actor: Party) -> str | None:
        label = actor.get("email") or actor.get("name") or actor.get("id", "")
        if self._system_actors and self._system_actors.search(label):
            return "system"
        if self._service_actors and self._service_actors.search(label):
            return "service"
        return None

    def _put_targets(self, draft: Draft, meaning: Meaning, said: str) -> None:
        targets: list[Target] = []
        for spec in self._targets:
            if spec.last_resort and targets:
                continue
            target: Target = {}
            if spec.kind:
                target["kind"] = spec.kind
            elif spec.kind_from and (kind := self._known_kind(spec.kind_from, draft.record)):
                target["kind"] = kind
            id = self._text(spec.id, draft.record) if spec.id else ""
            if id:
                target["id"] = id
            if (name := self._text(spec.name, draft.record)) and name != id:
                target["name"] = name
            if len(target) > ("kind" in target):
                targets.append(target)
                if _IN_DIGITS_OF_SCIENCE.fullmatch(name or id):
                    draft.flag("id_damaged")
        if not targets and self._given_target:
            targets.append({"id": self._given_target})
            draft.flag("target_from_import")
        if (
            targets
            and self._id_in_said
            and "id" not in targets[0]
            and (found := self._id_in_said.search(said))
        ):
            targets[0]["id"] = found[1]
        kind = (self._kind_told(draft) if self._target_kind else None) or meaning.kind
        if not kind and targets and self._settings.kind_in_target:
            kind = self._profile.words.kind_in(targets[0].get("name") or targets[0].get("id", ""))
        if kind and not targets:
            targets.append({})
        if kind and "kind" not in targets[0]:
            targets[0] = {"kind": kind, **targets[0]}
        elif meaning.kind and all(target.get("kind") != meaning.kind for target in targets):
            # The word names a thing beside the ones that are named: the password of an account.
            targets.append({"kind": meaning.kind})
        if targets:
            draft.event["targets"] = targets

    def _kind_told(self, draft: Draft) -> str | None:
        """Return our kind for the one that the record states; a kind without one of ours is a fact."""
        said = self._text(self._target_kind, draft.record).strip()
        if not said:
            return None
        if (kind := self._profile.kinds.get(said.casefold())) is None:
            draft.event.setdefault("extra", {})[self._kind_name] = said
        return kind

    def _known_kind(self, getter: Getter | None, record: Record) -> str | None:
        said = self._text(getter, record)
        return self._profile.kinds.get(said.strip().casefold()) if said else None

    def _put_changes(self, draft: Draft, said: str) -> None:
        record = draft.record
        before = self._before(record) if self._before else None
        after = self._after(record) if self._after else None
        changes = []
        if before is not None or after is not None:
            field = self._text(self._field, record)
            # An empty cell tells something only beside the name of the field that was empty.
            empty_is_value = self._settings.empty_is_value and bool(field)
            changes = changes_of(before, after, field, empty_is_value=empty_is_value)
        if not changes and self._prose:
            for text in (said, *(self._text(getter, record) for getter in self._prose_in)):
                if text and (changes := changes_in_prose(text, self._prose)):
                    break
        if changes:
            draft.event["changes"] = changes

    def _put_action_and_outcome(self, draft: Draft, meaning: Meaning, said: str) -> None:
        event = draft.event
        if said:
            event["action"] = {"verb": meaning.verb, "said": said} if meaning.verb else {"said": said}
        told = self._outcome(draft.record) if self._outcome else None
        if told is not None and told != "" and not (type(told) is str and told in self._nothing):
            event["outcome"] = self._outcome_of(draft, told)  # type: ignore[typeddict-item]
        elif meaning.outcome:
            event["outcome"] = meaning.outcome  # type: ignore[typeddict-item]
        elif self._settings.no_outcome == "implied":
            event["outcome"] = "success"
            draft.flag("outcome_implied")
        else:
            event["outcome"] = self._settings.no_outcome
        if self._settings.reason_of_failure and (
            event["outcome"] in _NEED_NO_REASON or "in_progress" in draft.flags
        ):
            event.pop("reason", None)

    def _outcome_of(self, draft: Draft, told: Any) -> str:
        if isinstance(told, bool):
            return "success" if told else "failure"
        text = as_text(told).strip()
        if text.casefold() in self._in_progress:
            draft.flag("in_progress")
        if known := self._profile.outcomes.get(text.casefold()):
            return known
        for pattern, outcome in self._outcome_patterns:
            if pattern.search(text):
                return outcome
        if text:
            draft.event.setdefault("extra", {})[self._outcome_name] = text
        return "unknown"

    def _put_rest(self, draft: Draft) -> None:
        event, record = draft.event, draft.record
        if reason := self._text(self._reason, record):
            event["reason"] = reason
        context: dict[str, str] = {}
        if (said_ip := self._text(self._ip, record)) and said_ip.strip():
            address, flag = clean_address(said_ip)
            if address:
                context["ip"] = address
            if flag:
                draft.flag(flag)
        for name, getter in self._context:
            if text := self._text(getter, record).strip():
                context[name] = text
        if context:
            event["context"] = context  # type: ignore[typeddict-item]
        source: dict[str, str] = {"system": self._profile.system}
        if id := self._text(self._source_id, record):
            source["id"] = id
            if _IN_DIGITS_OF_SCIENCE.fullmatch(id):
                draft.flag("id_damaged")
        event["source"] = source  # type: ignore[typeddict-item]
        extra = self._extra(record)
        self._put_amount(extra, record)
        if extra:
            event.setdefault("extra", {}).update(extra)

    def _put_amount(self, extra: dict[str, Any], record: Record) -> None:
        """Put the facts `amount` and `currency`; what is no amount stays under its own name."""
        if said := self._text(self._amount, record).strip():
            amount = amount_of(said, decimal=self._profile.decimal)
            if amount is None:
                extra[self._amount_name] = said
                return
            extra["amount"] = amount.number
            currency = self._text(self._currency, record).strip() or amount.currency or self._profile.currency
            if currency:
                extra["currency"] = currency

    def _extra(self, record: Record) -> dict[str, Any]:
        extra: dict[str, Any] = {}
        for name, getter in self._keep:
            if getter is not None:
                self._keep_value(extra, name, getter(record))
        for header in self._rest:
            self._keep_value(extra, header, record.get(header))
        if self._open_rest:
            self._keep_unnamed(extra, record, "")
        elif self._column_count is not None and len(record) > self._column_count:
            for header in list(record)[self._column_count :]:
                self._keep_value(extra, header, record[header])
        return extra

    def _keep_unnamed(self, extra: dict[str, Any], value: Record, prefix: str) -> None:
        """Keep every leaf of a nested record that no role has claimed, by its path."""
        for key, inner in value.items():
            path = prefix + key
            if path in self._claimed:
                continue
            if isinstance(inner, dict) and inner:
                self._keep_unnamed(extra, inner, path + ".")
            else:
                self._keep_value(extra, path, inner)

    def _keep_value(self, extra: dict[str, Any], name: str, value: Any) -> None:
        if value is None or value == "" or value == [] or value == {}:
            return
        if type(value) is str:
            if value not in self._nothing:
                extra[name] = value
        else:
            extra[name] = lawful(value)

    def _key(self, draft: Draft) -> str | None:
        if self._identity:
            parts = [self._text(getter, draft.record) for getter in self._identity]
            return "\x1f".join(parts) if parts[0] else None
        return draft.event["source"].get("id") or None


class _CompiledTarget:
    """The paths of one TargetSpec, as functions."""

    __slots__ = ("id", "kind", "kind_from", "last_resort", "name")

    def __init__(self, spec: TargetSpec, columns: Columns | None, nothing: frozenset[str]) -> None:
        self.name = compile_paths(spec.name, columns, nothing) if spec.name else None
        self.id = compile_paths(spec.id, columns, nothing) if spec.id else None
        self.kind_from = compile_paths(spec.kind_from, columns, nothing) if spec.kind_from else None
        self.kind = spec.kind
        self.last_resort = spec.last_resort


def _put_category(event: Event) -> None:
    action = event.get("action")
    if action is None or "category" in action:
        return
    kinds = [target["kind"] for target in event.get("targets", ()) if "kind" in target]
    category = category_of(action.get("verb"), kinds)
    if category:
        action["category"] = category


def _claimed(profile: Profile) -> set[str]:
    """Return the paths that some part of the event is read from."""
    paths: set[str] = set()
    specs = [spec for target in profile.targets for spec in (target.name, target.id, target.kind_from)]
    for found in (*profile.fields.values(), *profile.keep.values(), *specs):
        paths.update([found] if isinstance(found, str) else found)
    return paths


def _compiled(pattern: str) -> re.Pattern[str] | None:
    return re.compile(pattern, re.IGNORECASE) if pattern else None


def _first_name(paths: Paths, columns: Columns | None) -> str:
    """Return by which name a value that we cannot read goes into `extra`."""
    for path in [paths] if isinstance(paths, str) else paths:
        if columns is None or (header := columns.find(path)) is None:
            continue
        return header
    return paths if isinstance(paths, str) else paths[0]


def _rest_of(columns: Columns | None, leave_out: tuple[str, ...]) -> list[str]:
    """Return the columns that no path has asked for."""
    if columns is None:
        return []
    left_out = {plain_name(name) for name in (*leave_out, WHY_COLUMN)}
    return [
        header
        for header in columns.names
        if header not in columns.used and plain_name(header) not in left_out
    ]


def record_of(value: Any) -> Record | None:
    """Return a raw value as a record, None where it is none (a number in a list, a line of text)."""
    return cast(Record, value) if isinstance(value, dict) and value else None
