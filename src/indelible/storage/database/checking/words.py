"""What a finding says, in words for people. Entries go by their number there, from 1.

No message accuses anybody: stored data can be changed by a person, a program or a faulty disk.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _


def entries_text(first: int, last: int) -> str:
    """Return "entry 42,818" or "entries 42,818 to 42,820" for indexes."""
    if first == last:
        return _("entry %(n)s") % {"n": f"{first + 1:,}"}
    return _("entries %(first)s to %(last)s") % {"first": f"{first + 1:,}", "last": f"{last + 1:,}"}


def altered(first: int, last: int, what: str, fields: Sequence[str]) -> str:
    """An entry reads differently from when it was sealed."""
    text = _capital(
        _("%(entries)s reads differently from when it was sealed") % {"entries": entries_text(first, last)}
    )
    details = {
        "time": _("the time it was recorded was changed"),
        "secret": _("the secret that belongs to its fingerprints was changed"),
        "content": _("what it says was changed"),
        "attachment": _("an attached file was changed"),
        "content or secret": _("what it says, or the secret that belongs to it, was changed"),
    }
    if first != last:
        return _(
            "At least one of %(entries)s was changed since it was sealed; which one can no longer be told."
        ) % {"entries": entries_text(first, last)}
    end = f": {details[what]}" if what in details else ""
    if fields:
        end += _(" (%(fields)s)") % {"fields": ", ".join(fields)}
    return f"{text}{end}."


def removed(first: int, last: int, size: int) -> str:
    """Entries are gone."""
    text = _("%(entries)s: gone. Seal %(size)s proves that it was there. Its text may be in a backup.")
    return _capital(text % {"entries": entries_text(first, last), "size": f"{size:,}"})


def inserted(first: int, last: int) -> str:
    """Rows stand in the table that were never sealed."""
    text = _("%(entries)s: slipped in. No seal knows it at this place.")
    return _capital(text % {"entries": entries_text(first, last)})


def swapped(place: int, row: int) -> str:
    """An entry stands at another place than the one it was sealed at."""
    text = _("Entries %(first)s and %(last)s are in a different order from when they were sealed.")
    return text % {"first": f"{min(place, row) + 1:,}", "last": f"{max(place, row) + 1:,}"}


def cut_off(first: int, last: int, by_file: bool) -> str:
    """The newest entries are gone."""
    text = _("The newest entries were cut off: %(entries)s. %(proof)s")
    proof = (
        _("The seal file holds a newer seal than the database. It may be that an older state was put back.")
        if by_file
        else _("Their seals are still there and prove it.")
    )
    return text % {"entries": entries_text(first, last), "proof": proof}


def gone(index: int, what: str) -> str:
    """Content is missing without a lawful erasure."""
    text = (
        _("%(entries)s: an attached file is missing.")
        if what == "attachment"
        else _("%(entries)s: what it said is missing, and no lawful erasure says why.")
    )
    return _capital(text % {"entries": entries_text(index, index)})


def erased(index: int, field: str, by: int) -> str:
    """A field was erased lawfully."""
    text = _("%(entries)s: the detail “%(field)s” was erased, as entry %(by)s says.")
    return _capital(text % {"entries": entries_text(index, index), "field": field, "by": f"{by + 1:,}"})


def search_differs(first: int, last: int, what: str) -> str:
    """Search and lists say something else than the entries."""
    told = {
        "missing": _("it is missing from search and lists"),
        "extra": _("search and lists show an entry that is not on the record"),
        "text": _("the words it is found by were changed"),
        "columns": _("search and lists say something else than the entry"),
        "counts": _("the number of entries shown for their days is not how many there are"),
    }[what]
    return _capital(f"{entries_text(first, last)}: {told}.")


def search_ahead() -> str:
    """The search table's own account of itself was altered."""
    return _(
        "The search table says that it holds more entries than there are, so new ones would not be found."
    )


def tile_differs(first: int, last: int) -> str:
    """The stored tree was altered; the entries are as they were."""
    text = _("The stored fingerprints of %(entries)s were changed. The entries themselves fit their seals.")
    return text % {"entries": entries_text(first, last)}


def checkpoint_differs(size: int, fault: str) -> str:
    """A seal in the table was altered or taken away."""
    told = {
        "seal_unsigned": _("Seal %(size)s was changed: our key did not sign what it says."),
        "seal_columns": _("Seal %(size)s was changed: the table says something else than the seal itself."),
        "seal_gone": _("Seal %(size)s is gone from the database; the seal file still holds it."),
        "seal_missing": _("Seal %(size)s is gone: entries were recorded up to there and then later ones."),
        "head": _("The record's own account of its newest seal was changed; it does not fit seal %(size)s."),
        "no_seal": _("No seal that our key signed is left in the database."),
        "unsealed": _("The newest entries have no seal of ours; the last that holds is seal %(size)s."),
    }[fault]
    return told % {"size": f"{size:,}"}


def rewritten(first: int, last: int, by_file: bool) -> str:
    """The tree is no extension of a checkpoint that our key signed."""
    where = _("the seal file") if by_file else _("an older seal of ours")
    text = _(
        "The record was written anew: %(where)s proves another history. Up to entry %(kept)s nothing differs;"
        " %(entries)s cannot be trusted."
    )
    if not first:
        text = _("The record was written anew: %(where)s proves another history. No entry can be trusted.")
    return text % {"where": where, "kept": f"{first:,}", "entries": entries_text(first, last)}


def other_key(reason: str) -> str:
    """The seals are signed by another key than the one that is known."""
    return {
        "given": _(
            "The record is sealed with another key than the key card you gave. It is not the same record."
        ),
        "revoked": _(
            "The key card you gave is of a key that was revoked. No card of it leads to the key in use. Ask for the"
            " new key card in person, or by a telephone number that you already have."
        ),
        "chain": _(
            "The record is sealed with a key that no entry under the key before it announces. It may have been put"
            " in its place."
        ),
        "file": _(
            "The seal file holds seals of another key. The record may have been written anew as a whole."
        ),
        "first_entry": _(
            "The first entry names another key than the record does. The key was put in place of the first one."
        ),
        "key_file": _("The sealing key in the data folder is not the key that this record names."),
    }[reason]


def number_missing(index: int, name: str, expected: str, found: str) -> str:
    """A running number is left out."""
    text = _("Before entry %(n)s a number of %(name)s is missing: %(expected)s was expected, %(found)s came.")
    return text % {"n": f"{index + 1:,}", "name": _name(name), "expected": expected, "found": found}


def number_doubled(index: int, name: str, found: str) -> str:
    """A running number was given twice."""
    text = _("Entry %(n)s has number %(found)s of %(name)s, which another entry has already.")
    return text % {"n": f"{index + 1:,}", "name": _name(name), "found": found}


def counter_differs(name: str, last: int, counter: int) -> str:
    """The counter from which running numbers are given was altered."""
    text = _("The count of %(name)s says %(counter)s, its newest entry has number %(last)s.")
    return text % {"name": _name(name), "last": f"{last:,}", "counter": f"{counter:,}"}


def copy_differs(line: int) -> str:
    """A line of the checkpoint file was altered."""
    return _("Line %(n)s of the seal file was changed: our key did not sign what it says.") % {
        "n": f"{line:,}"
    }


def clock(index: int) -> str:
    """The clock was found behind."""
    return _("The clock of the server was behind when entry %(n)s was recorded.") % {"n": f"{index + 1:,}"}


def not_checked(what: str) -> str:
    """Something could not be read."""
    return _("This could not be checked: %(what)s.") % {"what": what}


def _name(name: str) -> str:
    kind, _slash, ident = name.partition("/")
    if kind == "sources":
        return _("Indelible itself") if ident == "0" else _("source %(id)s") % {"id": ident}
    return _("rule %(id)s") % {"id": ident}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
