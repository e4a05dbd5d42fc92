"""What kinds of checks are called where somebody chooses one."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: Final[dict[str, str | Promise]] = {
    "access_review": _("How an access review stands"),
    "account": _("Somebody's account in Indelible"),
    "age": _("How long ago something was"),
    "alarms": _("Alarms that wait for an answer"),
    "all_green": _("All checks before passed, or are explained"),
    "answered": _("Fields are filled in"),
    "arrives": _("An entry arrives from a source"),
    "clock": _("A deadline of a law is met"),
    "coverage": _("Rules are kept"),
    "decided": _("Each row of a list is decided"),
    "different_people": _("Different people did it"),
    "drilled": _("A tamper drill was made"),
    "each_arrives": _("For each decided line an entry arrives"),
    "entries": _("How many entries there are"),
    "files": _("Files are attached"),
    "gaps": _("Times in which sources were not heard"),
    "held_outside": _("Others hold our seals"),
    "installed": _("Something is set up in Indelible"),
    "later": _("Cannot be looked up yet"),
    "lines_filled": _("Each line of a list has something in a column"),
    "lists_agree": _("Two lists agree"),
    "looked": _("A list was looked at"),
    "new_text": _("Words are new, and not copied"),
    "no_trace": _("Words name nobody"),
    "not_named": _("Nobody did it who is named"),
    "numbers_whole": _("No running number is missing"),
    "order": _("One thing comes before another"),
    "pack": _("An evidence pack was made"),
    "period_follows": _("The period follows the one before"),
    "read_logged": _("Reading the record is on the record"),
    "run": _("A run of a runbook"),
    "same_file": _("Two files are the same"),
    "same_text": _("Two fields say the same"),
    "sampled": _("A list was drawn by chance"),
    "scheduled": _("A runbook is started by the calendar"),
    "seal_kept": _("The record still contains a seal"),
    "seal_words": _("Seal words are right"),
    "signed": _("Steps are signed"),
    "sources": _("Sources are heard, listed, on time"),
    "stamped": _("A seal was stamped"),
    "total": _("A number is the sum of others"),
    "verified": _("The record was checked and is untouched"),
    "whole": _("A list is whole"),
}


def title_of(kind: str) -> str:
    """Return what a kind is called; its name where it has no title."""
    return str(TITLES.get(kind, kind))
