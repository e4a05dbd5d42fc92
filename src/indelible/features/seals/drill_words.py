"""What each alteration of a drill is called, and where it was made, in words for people."""

from __future__ import annotations

from django.utils.translation import gettext as _


def way_words() -> dict[str, str]:
    """Return the name of each alteration by its code."""
    return {
        "value-changed": _("A detail of an entry was changed"),
        "value-removed": _("A detail of an entry was taken out"),
        "value-added": _("A detail was written into an entry"),
        "value-twice": _("A detail was given two values, one for each reader"),
        "content-emptied": _("An entry was emptied"),
        "time-changed": _("The time of an entry was changed"),
        "secret-changed": _("The secret behind an entry's fingerprints was exchanged"),
        "erased-without-entry": _("A detail was erased without an entry that says so"),
        "entry-removed": _("An entry was removed"),
        "entry-removed-closed-up": _("An entry was removed and the later ones moved up"),
        "entry-slipped-in": _("An entry was slipped in between others"),
        "entry-put-behind": _("An entry was put behind the newest one"),
        "entries-exchanged": _("Two entries were exchanged"),
        "newest-cut-off": _("The newest entry was cut off"),
        "newest-cut-off-with-seals": _("The newest entries were cut off together with their seals"),
        "fingerprint-changed": _("A stored fingerprint was changed"),
        "entry-and-fingerprint-changed": _("An entry was changed and its stored fingerprint made to fit"),
        "seal-changed": _("A seal was changed"),
        "root-changed": _("The fingerprint beside a seal was changed"),
        "head-changed": _("The record's account of its newest seal was changed"),
        "seal-file-changed": _("A line of the seal file was changed"),
        "written-anew-with-another-key": _("The whole record was written anew and sealed with another key"),
        "holding-changed": _("What is kept of an outsider's seal was changed"),
        "number-changed": _("A count of running numbers was changed"),
        "search-words-changed": _("The words an entry is found by were changed"),
        "search-row-removed": _("An entry was taken out of search and lists"),
        "file-changed": _("An attached file was changed"),
        "file-removed": _("An attached file was removed"),
    }


SEALS = frozenset({"seal-changed", "root-changed", "head-changed"})


def place_words(code: str, where: str) -> str:
    """Return where an alteration was made, in words; `where` is what the drill noted."""
    if code in SEALS:
        return _("seal %(n)s") % {"n": where}
    if code == "seal-file-changed":
        return _("line %(n)s") % {"n": where}
    if code == "number-changed":
        ident = where.rpartition("/")[2]
        if where.startswith("sources/"):
            return _("own entries") if ident == "0" else _("source %(id)s") % {"id": ident}
        return _("rule %(id)s") % {"id": ident}
    if code == "holding-changed":
        return where
    return _("entry %(n)s") % {"n": where}
