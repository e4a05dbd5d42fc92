"""What a source means by the zone it writes behind a time.

Offsets and names of the zone database speak for themselves. Abbreviations and spelled-out names are data
in `zones.toml`; those with several meanings are never guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

_OFFSET = re.compile(r"^(?:UTC|GMT|Z)?\s*([+\-\u2212])\s?(\d{1,2})(?::?(\d{2}))?(?::?00)?$", re.I)
_LONGEST_LINE = 300  # characters of a line above the column names that are looked at
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as a source wrote it: a fixed offset or a region, or a name with several meanings.

    `minutes` is the offset east of Greenwich, None for a region; with a fixed offset, `region` is a place
    that uses it for a part of the year. `choices` is not empty where the name has several meanings.
    """

    said: str
    minutes: int | None = None
    region: str = ""
    choices: tuple[str, ...] = ()


@cache
def zone_data() -> dict[str, Any]:
    """Return the tables of zones.toml."""
    return tomllib.loads((files("indelible.intake") / "zones.toml").read_text(encoding="utf-8"))


@cache
def _database() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}


@lru_cache(maxsize=1024)
def find_zone(text: str) -> Zone | None:
    """Return what a text says about a zone, or None if it is no zone we know."""
    said = " ".join(text.split())
    bare = _IN_BRACKETS.sub("", said).strip(" ,") or said.strip("()[] ")
    if match := _OFFSET.match(bare):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes > 14 * 60 + 45:
            return None
        return Zone(said, minutes if match[1] == "+" else -minutes)
    data = zone_data()
    if fixed := data["abbreviations"].get(bare.upper()) or data["names"].get(bare.lower()):
        return Zone(said, fixed[0], fixed[1])
    if choices := data["ambiguous"].get(bare.upper()):
        return Zone(said, choices=tuple(choices))
    region = data["regions"].get(bare.lower()) or _database().get(bare.lower().replace(" ", "_"))
    return Zone(said, None, region) if region else None


def zone_in_header(name: str) -> Zone | None:
    """Return the zone that a column's name states, as in "Local time (Europe/Berlin)" or "Created (UTC)"."""
    for text in _IN_BRACKETS.findall(name):
        if zone := find_zone(text.strip()):
            return zone
    last = name.split()[-1:] if " " in name.strip() else []
    return find_zone("UTC") if last and last[0].upper() in ("UTC", "GMT") else None


@dataclass(frozen=True, slots=True)
class StatedZone:
    """What a line above the column names says about the zone of the times below it.

    `region` is the zone of the database that it names or, if not `is_sure`, the one it probably means; ""
    where we cannot tell.
    """

    line: str
    region: str = ""
    is_sure: bool = False


def zone_in_lines(lines: Iterable[str]) -> StatedZone | None:
    """Return what the first line that speaks of a time zone says, None where none does."""
    for line in lines:
        text = " ".join(line[:_LONGEST_LINE].split())
        folded = text.casefold()
        label = next((word for word in zone_data()["preamble"]["labels"] if word in folded), None)
        if label is None:
            continue
        said = text[folded.index(label) + len(label) :].strip(" :=")
        named = _database().get(said.casefold().replace(" ", "_"))
        if named:
            return StatedZone(text, named, is_sure=True)
        return StatedZone(text, _probable_region(said))
    return None


def _probable_region(said: str) -> str:
    clocks: dict[str, str] = zone_data()["preamble"]["clocks"]
    folded = said.casefold()
    if clock := next((region for name, region in clocks.items() if name in folded), ""):
        return clock
    zone = find_zone(said)
    return zone.region if zone is not None else ""


def region_named(region: str) -> ZoneInfo:
    """Return a region of the zone database; raises ValueError for a name that is none."""
    found = _database().get(region.lower())
    if found is None:
        raise ValueError(f"no such zone: {region}")
    return _zone_info(found)


@cache
def _zone_info(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def offsets_at(region: ZoneInfo, local: datetime) -> list[timedelta]:
    """Return the offsets that a local time may have: one, two (the hour occurs twice), or none (skipped).

    Where there are two, the earlier instant comes first. Source: PEP 495.
    """
    first = _offset(region, local, 0)
    second = _offset(region, local, 1)
    if first == second:
        return [first]
    return [first, second] if first > second else []


def _offset(region: ZoneInfo, local: datetime, fold: int) -> timedelta:
    return local.replace(tzinfo=region, fold=fold).utcoffset() or timedelta(0)
