"""An event while patterns are held against it: what several of them ask for is worked out once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from indelible.events.content import to_content
from indelible.events.folding import exact_code
from indelible.events.shape import Event
from indelible.language.matching_words import (
    cut,
    in_order,
    line_of,
    other_texts,
    party_texts,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Seen:
    """One event, the id of its source, and when it was recorded (empty where that is not known yet)."""

    __slots__ = (
        "_about",
        "_addresses",
        "_anywhere",
        "_moment",
        "_parties",
        "_source_line",
        "_who",
        "at",
        "event",
        "source",
    )

    def __init__(self, event: Event, source: int, at: str = "") -> None:
        self.event = event
        self.source = source
        self.at = at
        self._parties: list[str] | None = None
        self._who: str | None = None
        self._addresses: frozenset[str] | None = None
        self._about: str | None = None
        self._anywhere: str | None = None
        self._source_line: str | None = None
        self._moment: int | Unknown | None = UNKNOWN

    @property
    def parties(self) -> list[str]:
        """Every name, address and id of who acted, and for whom."""
        if self._parties is None:
            self._parties = [
                text
                for party in (self.event.get("actor"), self.event.get("on_behalf_of"))
                if party
                for text in party_texts(party)
            ]
        return self._parties

    @property
    def who(self) -> str:
        """The words of who acted, and for whom."""
        if self._who is None:
            self._who = line_of(self.parties)
        return self._who

    @property
    def addresses(self) -> frozenset[str]:
        """Codes of the addresses of who acted, and for whom."""
        if self._addresses is None:
            self._addresses = frozenset(exact_code(one.strip()) for one in self.parties if "@" in one)
        return self._addresses

    @property
    def about(self) -> str:
        """The words of what it was done to."""
        if self._about is None:
            self._about = line_of(self.thing_texts)
        return self._about

    @property
    def thing_texts(self) -> list[str]:
        """Ids and names of what it was done to."""
        return [
            text
            for target in self.event.get("targets", ())
            for text in (target.get("id"), target.get("name"))
            if text is not None
        ]

    @property
    def source_line(self) -> str:
        """The words of the source's name and system."""
        if self._source_line is None:
            source: dict[str, Any] = dict(self.event.get("source", {}))
            told = (source.get("name"), source.get("system"))
            self._source_line = line_of(one for one in told if one is not None)
        return self._source_line

    @property
    def anywhere(self) -> str:
        """All words of the entry."""
        if self._anywhere is None:
            content = to_content(self.event)
            ordered = {name: in_order(content[name]) for name in sorted(content)}
            others = line_of(cut(other_texts(ordered)))
            self._anywhere = f"{self.who}{self.about}{others}{self.source_line}"
        return self._anywhere

    @property
    def moment(self) -> int | None:
        """When it happened, in microseconds since 1970; when it was recorded, where no time is known."""
        if isinstance(self._moment, Unknown):
            text = self.event.get("occurred_at") or self.at
            self._moment = microseconds(text) if text else None
        return self._moment


class Unknown:
    """Not worked out yet."""


UNKNOWN: Final = Unknown()


def microseconds(instant: str) -> int:
    """Return the whole microseconds from 1970 to an instant. Raises ValueError for what is none."""
    moment = datetime.fromisoformat(instant)
    if moment.tzinfo is None:  # no instant that was sealed; a row must come of what was altered, too
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND


def moment_at(micro: int) -> datetime:
    """Return the moment so many microseconds after 1970 began, in UTC."""
    return _EPOCH + micro * _MICROSECOND
