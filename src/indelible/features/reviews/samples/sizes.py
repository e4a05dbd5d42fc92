"""How many to look at: the table that auditors customarily use, each row by its name (features/signoffs/sampling)."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.signoffs.sampling import BY_FREQUENCY, Size, size_for

ROWS: Final[dict[str, str | Promise]] = {
    "year": _("once a year"),
    "quarter": _("once a quarter"),
    "month": _("once a month"),
    "week": _("once a week"),
    "day": _("once a day"),
    "often": _("many times a day"),
}
OWN: Final = "own"  # somebody chose the number themselves


def row_words(row: str, size: Size | None = None) -> str:
    """Say a row of the table: "many times a day: 25 to 60, usually 40"."""
    known = size or BY_FREQUENCY.get(row)
    if known is None:
        return _now("a number of your own")
    told = {"row": ROWS[row], "least": known.least, "usual": known.usual, "most": known.most}
    if known.least == known.most:
        return _now("%(row)s: %(usual)s") % told
    return _now("%(row)s: %(least)s to %(most)s, usually %(usual)s") % told


def as_recorded(row: str, size: int) -> str:
    """Say by which row a sample has its size, as it is kept and printed, whatever language the page was in."""
    if row not in ROWS:
        return f"chosen by hand: {size}"
    known = BY_FREQUENCY[row]
    names = {"year": "once a year", "quarter": "once a quarter", "month": "once a month", "week": "once a week",
             "day": "once a day", "often": "many times a day"}  # fmt: skip
    if known.least == known.most:
        return f"customary table, {names[row]}: {known.usual}"
    return f"customary table, {names[row]}: {known.least} to {known.most}, usually {known.usual}"


def usual(row: str, population: int) -> int:
    """Return how many rows the table names, never more than there are."""
    return size_for(population, every=row).usual
