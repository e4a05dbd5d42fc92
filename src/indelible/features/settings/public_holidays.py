"""Public holidays by country and region, from the `holidays` package, and how countries are called.

The package is large, so it is imported only where it is asked. What it does not know, such as a town's own day or
a bridge day, people add as their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

NAMES_IN: Final = "en_US"


@cache
def countries() -> dict[str, str]:
    """Return code -> name of each country whose holidays are known, by name."""
    import holidays

    names = _country_names()
    known = holidays.list_supported_countries(include_aliases=False)
    return dict(
        sorted(((code, names[code]) for code in known if code in names), key=lambda pair: pair[1].casefold())
    )


@cache
def regions(country: str) -> dict[str, str]:
    """Return code -> name of the regions of a country that have holidays of their own, by name."""
    if country not in countries():
        return {}
    kind = _kind(country)
    named: dict[str, str] = {}
    for name, code in getattr(kind, "subdivisions_aliases", {}).items():
        named.setdefault(code, name)
    codes = dict.fromkeys((*kind.subdivisions, *named))
    return dict(
        sorted(((code, named.get(code, code)) for code in codes), key=lambda pair: pair[1].casefold())
    )


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str, first_year: int, last_year: int) -> dict[date, str]:
    """Return day -> name of the public holidays of the years from first to last; none for an unknown country."""
    if country not in countries():
        return {}
    import holidays

    kind = _kind(country)
    languages: Iterable[str] = getattr(kind, "supported_languages", ())
    found = holidays.country_holidays(
        country,
        subdiv=region if region in regions(country) else None,
        years=range(first_year, last_year + 1),
        language=NAMES_IN if NAMES_IN in languages else None,
    )
    return dict(sorted(found.items()))


def guess_country(zone: str) -> str:
    """Return the country that a zone lies in, where it lies in one; else nothing."""
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    for line in table.read_text(encoding="utf-8").splitlines():
        code, _tab, rest = line.partition("\t")
        if not code.startswith("#") and rest.split("\t")[1:2] == [zone]:
            return code if code in countries() else ""
    return ""


def _kind(country: str) -> Any:
    import holidays

    return type(holidays.country_holidays(country))


@cache
def _country_names() -> dict[str, str]:
    """Return ISO code -> name, from the table that the time zones bring."""
    table = resources.files("tzdata") / "zoneinfo" / "iso3166.tab"
    lines = table.read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    for line in lines:
        code, _tab, name = line.partition("\t")
        if name and not code.startswith("#"):
            found[code] = name
    return found
