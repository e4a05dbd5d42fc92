"""The keys of an event, as types, and the one error that says something is not an event.

Every key may be absent; absent is absent, and nothing stands in its place. What is lawful inside is
`lawful`; the words allowed are in `vocabulary`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
Outcome = Literal["success", "failure", "denied", "partial", "pending", "unknown"]


class Time(TypedDict, total=False):
    """The source's own text of when, and how its zone was known."""

    said: str
    zone: str
    basis: Literal["source", "given", "assumed", "inferred"]


class Party(TypedDict, total=False):
    """Who acted, or for whom."""

    id: str
    name: str
    email: str
    kind: Literal["person", "service", "system", "unknown"]


class Action(TypedDict, total=False):
    """Our word for what was done, and the source's own, verbatim."""

    verb: str
    category: str
    said: str


class Target(TypedDict, total=False):
    """One thing that it was done to."""

    kind: str
    id: str
    name: str


class Change(TypedDict, total=False):
    """One detail that became another. Empty text before or after: the source says that it was empty."""

    field: str
    before: Json
    after: Json


class Context(TypedDict, total=False):
    """From where."""

    ip: str
    device: str
    location: str
    session: str


# Not class syntax, since `import` is a word of the language. `import` and `row` count from 1.
Source = TypedDict("Source", {"name": str, "system": str, "id": str, "import": int, "row": int}, total=False)


class Original(TypedDict, total=False):
    """The record as received: `text` where it is UTF-8, else `base64`."""

    text: str
    base64: str
    media_type: str


# The entries meant, by index from 0. Not class syntax, since `as` is a word of the language.
Reference = TypedDict("Reference", {"entry": int, "through": int, "as": str}, total=False)


class Attachment(TypedDict, total=False):
    """A file of the event: `size` in bytes, `sha256` in hex, `blob` the name that it is kept under."""

    name: str
    media_type: str
    size: int
    sha256: str
    blob: str


class Numbers(TypedDict, total=False):
    """Running numbers from 1, by id of the source, and by id and version of the rule ("3.2")."""

    sources: dict[str, int]
    rules: dict[str, int]


class Event(TypedDict, total=False):
    """Who did what to which things, when, from where, what changed, with what outcome, and why."""

    occurred_at: str
    time: Time
    actor: Party
    action: Action
    targets: list[Target]
    changes: list[Change]
    outcome: Outcome
    on_behalf_of: Party
    context: Context
    reason: str
    source: Source
    original: Original
    refers_to: Reference
    attachments: list[Attachment]
    flags: list[str]
    extra: dict[str, Json]
    numbers: Numbers


class EventError(Exception):
    """This is not an event. `code` is stable, `detail` says exactly where and what."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
