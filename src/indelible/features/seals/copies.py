"""The copies that a check holds the log against: what outsiders show now, and by what their word is checked."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from indelible.features.seals.models import Authority, Witness
from indelible.features.seals.outside.calls import CallFailed
from indelible.features.seals.outside.watching import Watching
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import open_note
from indelible.storage.database.checking.copies import Copy, Holders
from indelible.storage.database.models import Logbook

ANSWER_SECONDS = 5.0


def holders_of(logbook: Logbook) -> Holders:
    """Return the keys of witnesses and the roots of authorities, those that ended among them."""
    witnesses = Witness.objects.filter(logbook=logbook).values_list("name", "key")
    authorities = Authority.objects.filter(logbook=logbook).values_list("name", "roots", "policy")
    return Holders(dict(witnesses), {name: (roots, policy) for name, roots, policy in authorities})


def shown_by_witnesses(logbook: Logbook, wanted: Iterable[str] = ()) -> list[Copy]:
    """Ask every witness that was set up, all at once, what it holds now.

    `wanted` are verifier keys of witnesses that whoever checks insists on: one that is not set up here could not be
    asked, which is said and not passed over.
    """
    rows = list(Witness.objects.filter(logbook=logbook, ended_at=None).order_by("pk"))
    asked = [
        (row, Watching(row.monitor_url or row.url, logbook.origin, ANSWER_SECONDS, refused=False))
        for row in rows
    ]
    known = {row.key for row in rows}
    missing = [
        Copy("witness", VerifierKey.parse(key).name, trouble=_("it is not set up here as a witness"))
        for key in wanted
        if key not in known
    ]
    return [_shown(row, watching) for row, watching in asked] + missing


def _shown(row: Witness, watching: Watching) -> Copy:
    try:
        note = watching.shown().held
    except CallFailed as failure:
        return Copy("witness", row.name, trouble=_("it does not answer (%(code)s)") % {"code": failure.code})
    if note is None:
        return Copy("witness", row.name, trouble=_("it says that it holds no seal of ours"))
    try:
        open_note(note, [VerifierKey.parse(row.key)])
    except LedgerError:
        # Whoever answers at its address is not it: that says nothing about the log.
        return Copy("witness", row.name, trouble=_("what it shows is not signed by it"))
    return Copy("witness", row.name, (note,))
