"""The notices that a record carries, in the words people read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from indelible.web.timeline import FLAGS


def flag_names() -> dict[str, str]:
    """Return what each mark that an entry can carry is called where there is little room.

    Marks that are worked out when a row is shown are not among them: no entry carries those.
    """
    return {
        code: str(FLAGS[code][0]) if code in FLAGS else words.rstrip(".")
        for code, words in all_flags().items()
    }


def flag_words(flag: str) -> str:
    """Return a notice on a record in the words people read; a code without words stands as it is."""
    return all_flags().get(flag, flag)


def all_flags() -> dict[str, str]:
    """Return the notices that a record can carry, by code."""
    return {
        "outcome_implied": _("The source only lists what was done, so we took it as done."),
        "actor_unknown": _("The source does not say who did it."),
        "time_zone_assumed": _("The file names no zone; it was read in the zone given when it came in."),
        "date_order_assumed": _(
            "Day and month could be either way round; they were read as given when it came in."
        ),
        "minute_precision": _("The source gives no seconds."),
        "time_missing": _("The source gives no usable time."),
        "time_ambiguous_fold": _("The clocks went back then: this hour happened twice."),
        "time_nonexistent_gap": _("The clocks went forward then: this hour did not exist."),
        "date_implausible": _("This date is hardly right; it is kept as the source wrote it."),
        "zone_ambiguous": _("The name of the zone has several meanings, so no instant was worked out."),
        "zone_odd_for_season": _("The name of the zone does not fit the season."),
        "year_inferred": _("The year was taken from elsewhere in the file."),
        "ip_not_an_address": _("Where an address should be, the source has words."),
        "ip_placeholder": _("The source has a placeholder instead of an address."),
        "id_damaged": _("The source's own number was damaged before the file came to us."),
        "payload_truncated": _("The source cut this record off. What is left was kept."),
        "mixed_script": _("A name mixes letters of several alphabets. It may be meant to look like another."),
        "invisible_characters": _("A name holds invisible characters."),
        "bidi_control": _("A name holds characters that turn the direction of writing."),
        "not_nfc": _("A name is written with separate accents."),
        "formula_like": _("A value begins like a spreadsheet formula. Here it is only text."),
        "nul_removed": _("Empty bytes inside the record were left out of what is shown."),
        "conflict_with_held": _(
            "The source had told us something else under the same number. Both are kept."
        ),
        "arrived_late": _("This reached us long after it happened."),
        "written_down_later": _("This was written down later than it happened."),
        "short_row": _("The row has fewer cells than the table has columns."),
        "leap_second": _("The source names a leap second."),
        "target_from_import": _("What it was done to was given when the file came in."),
        "time_noticed": _("Nobody says when this happened: the time is when we noticed it."),
        "content_not_compared": _("The content was not compared: the file is too large, or may not be read."),
        "values_removed": _("Values that must not be kept were removed before this was recorded."),
        "in_progress": _("The source had not finished this when it told us."),
    }
