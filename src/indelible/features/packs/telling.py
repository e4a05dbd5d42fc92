"""What a pack says of itself in words, on its cover and in its workbook: how it was made, and what it does not show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.packs.entries import Account
from indelible.features.packs.fields import words_of
from indelible.features.packs.orders import HAPPENED, Order
from indelible.features.packs.seals import Seal
from indelible.features.packs.withholding import HIDDEN
from indelible.ledger.packs.lines import OTHER, REPEATS, WITHHELD
from indelible.web.moments import Reader


@dataclass(frozen=True, slots=True)
class Made:
    """All that the words are made of."""

    order: Order
    claims: dict[str, Any]
    account: Account
    seal: Seal
    words: list[str]  # of the seal
    by: str  # who made it, or `[hidden]`
    numbers: dict[str, int]  # last running number of each sequence
    files: int


def kind_words(made: Made) -> tuple[str, str]:
    """Return title and meaning of the pack's kind."""
    if made.order.is_whole:
        return _("Whole"), _(
            "It holds everything of its kind, in its period. The running numbers inside prove that none was left out."
        )
    who = made.by or HIDDEN
    return (
        _("Selected by %(who)s. Other entries may exist.") % {"who": who},
        _("It claims nothing about entries that are not in it."),
    )


def how_made(made: Made) -> list[tuple[str, str]]:
    """Return (label, words) of how the pack was made."""
    order, claims, account = made.order, made.claims, made.account
    reader = Reader(zone=order.zone)
    lines = [
        (_("Organisation"), claims["organisation"]),
        (_("What was asked"), order.words),
        (_("The same in code"), order.code),
        (_("Kind"), ". ".join(kind_words(made)).replace("..", ".")),
        (_("Period"), period_words(order, reader)),
        (_("Zone"), f"{order.zone}; {_('UTC stands beside each time')}"),
        (_("Entries asked for"), f"{claims['asked']:,}"),
        (_("First entry"), _entry(account.first, account.first_at, reader)),
        (_("Last entry"), _entry(account.last, account.last_at, reader)),
        (_("Running numbers"), _numbers_words(made)),
    ]
    if order.by == HAPPENED and order.is_whole:
        lines.append((_("Entries of other times"), _others_words(account)))
    lines += [
        (_("Hidden details"), hidden_words(made)),
        (_("Erased details"), f"{account.closed['erased']:,}"),
        (_("Attached files"), _files_words(made)),
        (_("Made by"), made.by or _("Indelible itself")),
        (_("Made at"), _moment(claims["made_at"], reader)),
        (_("Seal"), _seal_words(made, reader)),
        (_("Seal words"), " ".join(made.words)),
        (_("Log"), claims["origin"]),
        (_("Pack"), claims["name"]),
        (_("Software"), claims["software"]),
    ]
    lines += [(_("What this does not show"), text) for text in limits(made)]
    return [(label, words) for label, words in lines if words]


def limits(made: Made) -> list[str]:
    """Return what a pack cannot show, one sentence each."""
    told = [
        _("It does not show that the source sent everything, or that what it sent is true."),
        _(
            "It does not show that the software gave its running numbers honestly at the time. A check of the whole "
            "record finds a number that was given twice or never."
        ),
        _(
            "Whose record it is, only a key card, a witness or the seal words can say: compare the words with the "
            "ones that you were given another way."
        ),
    ]
    if not made.order.is_whole:
        told.insert(0, _("It is a selection: it claims nothing about what is not in it."))
    if not made.seal.witnesses:
        told.append(
            _(
                "No witness holds the seal that this pack rests on. Until one does, whoever holds machine and sealing "
                "key could have written another record that fits."
            )
        )
    return told


def hidden_words(made: Made) -> str:
    """Return what is hidden and why, in one sentence each."""
    if not made.order.withhold:
        return _("Nothing was hidden.")
    told = [f"{words_of(field)} ({field}): {reason}" for field, reason in made.order.withhold]
    closed = made.account.closed
    repeats = closed[REPEATS]
    words = ngettext("%(n)s detail is hidden", "%(n)s details are hidden", closed[WITHHELD]) % {
        "n": f"{closed[WITHHELD]:,}"
    }
    if repeats:
        words += ", " + ngettext(
            "and %(n)s more that repeats one", "and %(n)s more that repeat one", repeats
        ) % {"n": f"{repeats:,}"}
    return f"{words}. " + "; ".join(told) + "."


def period_words(order: Order, reader: Reader) -> str:
    """Return the period in words: "recorded from ... up to, and without, ..."."""
    if not order.has_period:
        return "" if not order.is_whole else _("From the first entry on, up to the making of this pack")
    by = _("when it happened") if order.by == HAPPENED else _("when it was recorded")
    since = _moment(order.since, reader) if order.since else ""
    until = _moment(order.until, reader) if order.until else ""
    if since and until:
        span = _("from %(since)s, up to and without %(until)s") % {"since": since, "until": until}
    elif since:
        span = _("from %(since)s on") % {"since": since}
    else:
        span = _("up to and without %(until)s") % {"until": until}
    return capfirst(_("%(span)s, counted by %(by)s") % {"span": span, "by": by})


def _moment(instant: str, reader: Reader) -> str:
    local = reader.local(instant)
    plain = instant[:19].replace("T", " ") + " UTC"
    return f"{reader.moment(local)} ({reader.offset(local)}), {plain}"


def _entry(index: int, at: str, reader: Reader) -> str:
    told = _("Entry %(number)s, recorded %(at)s")
    return told % {"number": f"{index + 1:,}", "at": _moment(at, reader)} if index >= 0 else ""


def _numbers_words(made: Made) -> str:
    if not made.order.is_whole:
        return _("A selection is not proved by running numbers; between its entries others may stand.")
    told = "; ".join(f"{name}: {last:,}" for name, last in made.numbers.items())
    return _("No gap in this period. Last number given when this pack was made: %(told)s.") % {"told": told}


def _others_words(account: Account) -> str:
    count = account.roles[OTHER]
    words = ngettext(
        "%(n)s entry of the same source happened outside the period, or at no known time. Its number and time are in "
        "the pack, so that a late arrival cannot hide.",
        "%(n)s entries of the same source happened outside the period, or at no known time. Their numbers and times "
        "are in the pack, so that a late arrival cannot hide.",
        count,
    )
    return words % {"n": f"{count:,}"}


def _files_words(made: Made) -> str:
    words = f"{made.files:,}"
    left = made.account.left_out
    if left:
        words += ", " + ngettext(
            "%(n)s left out because of what is hidden", "%(n)s left out because of what is hidden", left
        ) % {"n": f"{left:,}"}
    return words


def _seal_words(made: Made, reader: Reader) -> str:
    held = ngettext("held by %(n)s witness", "held by %(n)s witnesses", made.seal.witnesses)
    told = held % {"n": made.seal.witnesses} if made.seal.witnesses else _("held by no witness yet")
    return _("Seal %(size)s, made %(at)s, %(held)s") % {
        "size": f"{made.seal.size:,}",
        "at": _moment(made.seal.made_at, reader),
        "held": told,
    }
