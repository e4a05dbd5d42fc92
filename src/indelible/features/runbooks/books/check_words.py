"""What the kinds of checks and their settings are called on the editor's pages.

A kind or a setting that is not named here is called as documents call it.
"""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Final[dict[str, str | Promise]] = {
    "access_review": _("An access review stands as it must"),
    "account": _("Somebody's account here stands as it must"),
    "age": _("Something is new enough, or old enough"),
    "alarms": _("No more alarms wait than may"),
    "all_green": _("The checks of the steps before passed"),
    "answered": _("Questions are answered"),
    "arrives": _("An entry comes in afterwards"),
    "clock": _("A deadline of a law is met"),
    "coverage": _("What was promised is seen"),
    "decided": _("Every row of a list is decided"),
    "different_people": _("Different people did it"),
    "drilled": _("A tamper drill was held"),
    "each_arrives": _("An entry comes in for each line decided so"),
    "entries": _("So many entries are found"),
    "files": _("Files are attached"),
    "gaps": _("Gaps of sources are explained"),
    "held_outside": _("A seal is held outside"),
    "installed": _("Something is set up"),
    "later": _("Something that cannot be looked up yet"),
    "lines_filled": _("A column is filled in each line"),
    "lists_agree": _("Two lists agree"),
    "looked": _("A list was looked at"),
    "new_text": _("The words are new this time"),
    "no_trace": _("An answer does not say who it was"),
    "not_named": _("Nobody named did a step"),
    "numbers_whole": _("No running number is missing"),
    "order": _("One thing came before another"),
    "pack": _("An evidence pack was made"),
    "period_follows": _("The period follows on the one before"),
    "read_logged": _("Reading the list is on the record"),
    "run": _("A run of another runbook is there"),
    "same_file": _("Two files are the same"),
    "same_text": _("Two answers are the same"),
    "sampled": _("A sample was drawn by chance"),
    "scheduled": _("A runbook is due by the calendar"),
    "seal_kept": _("A seal is still contained"),
    "seal_words": _("The words are those of a seal"),
    "signed": _("Steps are signed"),
    "sources": _("Sources stand as they must"),
    "stamped": _("An outside time stamp is there"),
    "total": _("A number is the total of others"),
    "verified": _("The record was checked and is untouched"),
    "whole": _("A list is whole"),
}
SETTINGS: Final[dict[str, str | Promise]] = {
    "about": _("Also whoever the run is about"),
    "after": _("After what"),
    "bulk": _("From so many at once it is bulk"),
    "choice": _("Decided how"),
    "column": _("Which column"),
    "equals": _("Its count equals"),
    "expect": _("How many (none, some, >=10)"),
    "field": _("Which question"),
    "fields": _("Which questions"),
    "find": _("Entries that say"),
    "first": _("First"),
    "grace": _("By so much it may be off"),
    "least": _("At least"),
    "most": _("At most"),
    "most_open": _("So many may wait"),
    "of": _("Of what"),
    "over": _("Over what time"),
    "roles": _("Which roles"),
    "rows": _("At least so many rows"),
    "rules": _("Which rules"),
    "runbook": _("Which runbook"),
    "seal": _("Which seal"),
    "seconds": _("So many seconds off"),
    "second": _("Second"),
    "since": _("Since when"),
    "states": _("In which state"),
    "step": _("Which step"),
    "steps": _("Which steps"),
    "then": _("Then"),
    "what": _("What of it"),
    "within": _("Within"),
    "working": _("Count working days and hours"),
}


def kind(name: str) -> str | Promise:
    """Return what a kind of check is called."""
    return KINDS.get(name, name.replace("_", " "))


def setting(name: str) -> str | Promise:
    """Return what a setting is called."""
    return SETTINGS.get(name, name.replace("_", " "))
