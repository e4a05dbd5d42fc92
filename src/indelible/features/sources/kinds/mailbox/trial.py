"""Trying a mailbox before it is used, or at any time after: sign in, count what is there, and say so in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.sources.kinds.mailbox import mails, senders
from indelible.features.sources.kinds.mailbox.fetching import heads_of
from indelible.features.sources.kinds.mailbox.server import Account, SignedIn, signed_in
from indelible.features.sources.live.looking import Trouble

SECONDS = 10.0  # a person waits
NEWEST = 50


def try_mailbox(account: Account, settings: dict[str, Any]) -> str:
    """Return what was found, as one text. Takes nothing, marks nothing. Raises Trouble."""
    try:
        return _tried(account, settings)
    except Trouble as trouble:
        if trouble.code == "mailbox-refused":
            raise Trouble("mailbox-not-let-in") from None
        raise


def _tried(account: Account, settings: dict[str, Any]) -> str:
    with signed_in(account, SECONDS) as entered:
        newest = [int(uid) for uid in _newest_uids(entered)]
        heads = [head.raw for head in heads_of(entered, newest)]
        welcome = sum(
            _is_welcome(raw, settings["senders"], settings.get("confirmed_by", "")) for raw in heads
        )
        found = [
            ngettext(
                "It let us in. The folder holds %(n)s mail.",
                "It let us in. The folder holds %(n)s mails.",
                entered.messages,
            )
            % {"n": f"{entered.messages:,}"}
        ]
    if heads and entered.messages > len(heads):
        found.append(
            _("Of the newest %(newest)d, %(n)d would be taken.") % {"newest": len(heads), "n": welcome}
        )
    elif heads:
        found.append(
            ngettext("%(n)d of them would be taken.", "%(n)d of them would be taken.", welcome)
            % {"n": welcome}
        )
    if not entered.newest:
        found.append(_("Only the old password was let in; the new one was refused."))
    return " ".join(found)


def _newest_uids(entered: SignedIn) -> Sequence[str]:
    """Return the numbers of the newest mails, asked for by their place: the folder may hold very many."""
    if not entered.messages:
        return []
    first = max(1, entered.messages - NEWEST + 1)
    return entered.box.uids(f"{first}:*", charset=None)[-NEWEST:]


def _is_welcome(raw: bytes, allowed: Sequence[str], server: str) -> bool:
    try:
        mail = mails.head_of(raw)
    except mails.UnreadableMail:
        return False
    return senders.is_welcome(mail.head, mail.sender, allowed, server)
