"""Times that are numbers: seconds since 1970 and its multiples, Windows file times, days of spreadsheets.

The scale is told by the size of the number, which is possible because between 1990 and 2100 the ranges do
not overlap (the one exception, .NET ticks against nanoseconds of 1990, is settled for the ticks).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

_UNIX = datetime(1970, 1, 1)
_FILETIME = datetime(1601, 1, 1)
_DOTNET = datetime(1, 1, 1)
_EXCEL = datetime(1899, 12, 30)
_EXCEL_1904 = datetime(1904, 1, 1)

# scale -> (smallest, largest, units in a second, digits of the fraction, start)
_SCALES: dict[str, tuple[Decimal, Decimal, int, int, datetime]] = {
    "seconds": (Decimal(631152000), Decimal(4102444800), 1, 0, _UNIX),
    "milliseconds": (Decimal(631152000) * 10**3, Decimal(4102444800) * 10**3, 10**3, 3, _UNIX),
    "microseconds": (Decimal(631152000) * 10**6, Decimal(4102444800) * 10**6, 10**6, 6, _UNIX),
    "filetime": (Decimal(122756256 * 10**9), Decimal(157469184 * 10**9), 10**7, 7, _FILETIME),
    "ticks": (Decimal(627667488 * 10**9), Decimal(662380416 * 10**9), 10**7, 7, _DOTNET),
    "nanoseconds": (Decimal(662380416 * 10**9), Decimal(4102444800) * 10**9, 10**9, 9, _UNIX),
}
_FIRST_DAY, _LAST_DAY = 20_000, 73_051  # 1954 to 2100 in days since 1899


def scale_of(number: Decimal) -> str | None:
    """Return the scale of a number that could be a time, or None.

    One of "seconds", "milliseconds", "microseconds", "nanoseconds", "filetime" (100 ns since 1601),
    "ticks" (100 ns since the year 1) or "excel" (days since 1899, in no zone).
    """
    if _FIRST_DAY <= number < _LAST_DAY:
        return "excel"
    for scale, (smallest, largest, _, _, _) in _SCALES.items():
        if smallest <= number < largest:
            return scale
    return None


def epoch_instant(number: Decimal, text: str, scale: str) -> tuple[datetime, str]:
    """Return the whole second a number means, and the digits of its fraction as far as the source gave them.

    For "excel" and "excel1904" the result is a local time; a day's fraction is only good to the millisecond.
    """
    if scale.startswith("excel"):
        start = _EXCEL_1904 if scale == "excel1904" else _EXCEL
        millis = int((number * 86_400_000).to_integral_value(ROUND_HALF_EVEN))
        return start + timedelta(milliseconds=millis - millis % 1000), f"{millis % 1000:03d}".rstrip("0")
    _, _, units, digits, start = _SCALES[scale]
    seconds = int((number / units).to_integral_value(ROUND_FLOOR))
    rest = number - seconds * units
    shown = str(int(rest)).rjust(digits, "0") if digits else ""
    below = f"{rest % 1:f}"[2:]  # zeros that the source wrote are its precision
    fraction = (shown + below)[:9]
    # In scientific notation the zeros at the end are the writing's, not the source's precision.
    return start + timedelta(seconds=seconds), fraction.rstrip("0") if "e" in text.lower() else fraction
