"""What a pack is asked to hold, fixed for good; how it is read from a question is `asking`'s matter.

An `Order` is what the maker works from, however often the making is begun again: times are instants, a source goes
by its id. A *selection* is whatever answers a question. A *whole* pack is everything of one source or rule, in a
period or from the beginning; it alone can prove that nothing was left out. Its period is one of recording unless
asked otherwise, because running numbers follow recording (docs/formats/pack.md section 7).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from indelible.ledger.packs.manifest import WHOLE

RECORDED, HAPPENED = "recorded", "happened"
By = Literal["recorded", "happened"]

REASONS: Final = {
    "personal data": gettext_lazy("personal data"),
    "trade secret": gettext_lazy("trade secret"),
    "legal privilege": gettext_lazy("legal privilege"),
    "security": gettext_lazy("security"),
}
"""Reasons to withhold a detail, as a pack states them, with their words on pages. Another is told in own words."""


class PackError(Exception):
    """A pack cannot be made as asked. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for. Instants as `YYYY-MM-DDTHH:MM:SSZ`; `since` is in, `until` is out, either may be empty."""

    kind: str
    code: str  # the question as one would type it, with times that do not move
    words: str  # the question in words
    zone: str  # an IANA name
    by: str = RECORDED
    since: str = ""
    until: str = ""
    sequences: tuple[str, ...] = ()  # of a whole pack, such as `sources/7`
    indexes: tuple[int, ...] | None = None  # of a selection of entries that were named one by one
    withhold: tuple[tuple[str, str], ...] = ()  # (field, reason), sorted

    @property
    def is_whole(self) -> bool:
        """Whether the pack claims to leave nothing out."""
        return self.kind == WHOLE

    @property
    def has_period(self) -> bool:
        """Whether a stretch of time was asked for."""
        return bool(self.since or self.until)

    @property
    def tz(self) -> ZoneInfo:
        """The zone of the question."""
        return ZoneInfo(self.zone)

    def as_json(self) -> dict[str, Any]:
        """Return the order as plain values, to be kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Order:
        """Return the order that was kept."""
        fields = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        fields["sequences"] = tuple(fields.get("sequences", ()))
        fields["withhold"] = tuple((field, reason) for field, reason in fields.get("withhold", ()))
        if fields.get("indexes") is not None:
            fields["indexes"] = tuple(fields["indexes"])
        return cls(**fields)
