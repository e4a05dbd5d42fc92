"""What can be guessed about a place, so that people confirm rather than search."""

from __future__ import annotations

import os
from pathlib import Path

from django.http import HttpRequest

from indelible.web.moments import is_zone

_LINK = Path("/etc/localtime")
_NAME = Path("/etc/timezone")


def guess_zone() -> str:
    """Return the zone this server is set to, UTC where that cannot be told."""
    candidates = [os.environ.get("TZ", "").lstrip(":")]
    if _NAME.is_file():
        candidates.append(_NAME.read_text(encoding="ascii", errors="replace").strip())
    if _LINK.is_symlink():
        candidates.append(str(_LINK.resolve()).partition("/zoneinfo/")[2])
    return next((name for name in candidates if name and is_zone(name)), "UTC")


def guess_date_style(request: HttpRequest) -> str:
    """Return "month" for browsers set to American English, else "day"."""
    first = request.headers.get("Accept-Language", "").split(",")[0].strip().lower()
    return "month" if first.startswith("en-us") else "day"


# How numbers are written where a language is spoken; English and what is not named here write 1,234.50.
_NUMBERS = {
    **dict.fromkeys(("de", "es", "it", "nl", "pt", "da", "id", "tr", "el", "ro", "hr", "sl", "sr"), "point"),
    **dict.fromkeys(
        ("fr", "ru", "pl", "cs", "sk", "sv", "nb", "no", "nn", "fi", "uk", "bg", "hu", "et", "lv", "lt"),
        "space",
    ),
    **dict.fromkeys(("de-ch", "de-li", "it-ch"), "mark"),
    **dict.fromkeys(
        ("es-mx", "es-us", "es-gt", "es-hn", "es-ni", "es-pa", "es-pe", "es-sv", "es-do"), "comma"
    ),
}


def guess_number_style(request: HttpRequest) -> str:
    """Return how the language of the browser writes numbers."""
    said = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip().lower()
    return _NUMBERS.get(said) or _NUMBERS.get(said.partition("-")[0], "comma")
