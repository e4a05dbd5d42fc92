"""Why a record was rejected, in words: intake gives a code, people read a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REASONS = {
    "broken_last_line": gettext_lazy(
        "It breaks off in the middle, as where a copy was made while the file was written."
    ),
    "nested_too_deep": gettext_lazy("Its lists and objects lie within each other deeper than we read."),
    "record_too_large": gettext_lazy("It is larger than one record may be."),
    "quote_not_closed": gettext_lazy("A quotation mark in it is never closed."),
    "not_a_record": gettext_lazy("It is no row of this table, or no record of this kind."),
}


def in_words(reason: str) -> str:
    """Return the sentence for a code; a reason that has none is shown as it is."""
    return (
        str(REASONS[reason]) if reason in REASONS else _("It cannot be read: %(reason)s") % {"reason": reason}
    )
