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
    "unknown_line": gettext_lazy("It is no line of a kind of log that we know."),
    "too_few_fields": gettext_lazy("It has fewer fields than a line of its kind must have."),
    "event_already_told": gettext_lazy(
        "It belongs to an event whose other lines came much earlier in the file and are recorded."
    ),
    "cut_off_by_sender": gettext_lazy("The connection ended in the middle of it."),
    "frame_unreadable": gettext_lazy(
        "It does not begin as the messages before it on this connection, so nobody can tell where it ends."
    ),
    "xml_not_closed": gettext_lazy("It begins, and is never closed."),
    "xml_unreadable": gettext_lazy("It is no XML that can be read."),
    "outside_of_records": gettext_lazy("It stands between the records and is no part of one."),
    "names_nobody": gettext_lazy("It names nobody, and such rows were to be left out."),
    "not_a_record": gettext_lazy("It is no row of this table, or no record of this kind."),
}


def in_words(reason: str) -> str:
    """Return the sentence for a code; a reason that has none is shown as it is."""
    return (
        str(REASONS[reason]) if reason in REASONS else _("It cannot be read: %(reason)s") % {"reason": reason}
    )
