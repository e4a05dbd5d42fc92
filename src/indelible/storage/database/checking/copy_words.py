"""What is said of copies that others hold, in words for people."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def who(kind: str, name: str) -> str:
    """Return an outsider with what they are."""
    told = {
        "witness": _("the witness %(name)s"),
        "stamp": _("the outside time stamp of %(name)s"),
        "receipt": _("the receipt of %(name)s"),
        "pack": _("the evidence pack %(name)s"),
        "folder": _("the published copy %(name)s"),
    }.get(kind, "%(name)s")
    return told % {"name": name}


def other_history(kind: str, name: str, seal: int, first: int, named: bool) -> str:
    """An outsider holds a seal that the record does not lead to."""
    facts = {
        "who": who(kind, name),
        "seal": f"{seal:,}",
        "first": f"{first + 1:,}",
        "kept": f"{first:,}",
    }
    if named:
        text = _(
            "The record was written anew: %(who)s holds a different seal %(seal)s. The first entry that differs is"
            " entry %(first)s; from there on nothing can be trusted."
        )
    elif first:
        text = _(
            "The record was written anew: %(who)s holds a different seal %(seal)s. Up to entry %(kept)s others hold"
            " the same as we do; what comes after cannot be trusted."
        )
    else:
        text = _(
            "The record was written anew: %(who)s holds a different seal %(seal)s. No entry can be trusted."
        )
    return text % facts


def ahead(kind: str, name: str, seal: int, size: int) -> str:
    """An outsider holds a seal of more entries than there are."""
    text = _(
        "The newest entries were cut off: %(who)s holds seal %(seal)s, the record has only %(size)s entries."
        " It may be that an older state was put back."
    )
    return text % {"who": who(kind, name), "seal": f"{seal:,}", "size": f"{size:,}"}


def spoiled(kind: str, name: str, seal: int) -> str:
    """What the log remembers of an outsider does not hold."""
    text = _("What is kept of %(who)s for seal %(seal)s was changed: it does not hold any more.")
    return text % {"who": who(kind, name), "seal": f"{seal:,}"}


def fork(name: str, seal: int, kind: str, found_by_them: bool) -> str:
    """Two histories were seen under one key."""
    if found_by_them:
        text = _(
            "%(name)s was shown another seal %(seal)s, signed with our key, and refused it. Two versions of this record"
            " exist. Ours is the one that they hold."
        )
    elif kind == "ahead":
        text = _("%(name)s holds seal %(seal)s, which our record does not reach or does not lead to.")
    else:
        text = _(
            "%(name)s holds a different seal %(seal)s. Ours and theirs cannot both be right. Two versions of this"
            " record exist."
        )
    return text % {"name": name, "seal": f"{seal:,}"}


def no_answer(kind: str, name: str, trouble: str) -> str:
    """A copy that was set up could not be asked."""
    return _("%(who)s could not be asked: %(why)s") % {"who": _capital(who(kind, name)), "why": trouble}


def stranger(kind: str, name: str, why: str) -> str:
    """A copy shows something that is no seal of this record."""
    text = {
        "key": _("%(who)s holds a seal of this record that another key signed."),
        "origin": _("%(who)s belongs to another record, so it says nothing about this one."),
        "unreadable": _("%(who)s shows nothing that we can read as a seal."),
    }[why]
    return text % {"who": _capital(who(kind, name))}


def all_agree(outside: int, by_file: bool) -> str:
    """Every copy tells the same history."""
    if not outside:
        return _("The seal file tells the same history. Nobody outside holds a copy yet.")
    text = ngettext(
        "The seal file and %(n)s outside copy tell the same history.",
        "The seal file and %(n)s outside copies tell the same history.",
        outside,
    )
    if not by_file:
        text = ngettext(
            "%(n)s outside copy tells the same history.",
            "%(n)s outside copies tell the same history.",
            outside,
        )
    return text % {"n": f"{outside:,}"}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
