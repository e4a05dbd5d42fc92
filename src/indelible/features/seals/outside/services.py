"""Adding and ending those who hold our seals outside, and writing down how two histories came about.

Each act and its entry stand or fall together. Only an explanation is kept even while nothing may be appended, since
that is when it is written; it then has no entry yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.db import transaction

from indelible.events import own_outside
from indelible.events.event import Context, Event
from indelible.features.people.models import User
from indelible.features.seals.models import Authority, Explanation, Outsider, Witness
from indelible.features.seals.outside import courier
from indelible.features.seals.outside.own_seals import newest_seal
from indelible.ledger.stamps import read_roots
from indelible.storage.database.append import Draft, append
from indelible.storage.database.codes import repeat_code
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.storage.database.models import Conflict, Logbook
from indelible.web.acts import OWN_SOURCE, party_of


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, from where, and the token of the form, where it has one."""

    user: User
    context: Context
    token: str | None = None


def add_witness(logbook: Logbook, by: By, *, name: str, key: str, url: str, monitor_url: str = "") -> Witness:
    """Have a witness get our seals from now on. One that had ended goes on under the name it had."""
    with transaction.atomic():
        row = Witness.objects.filter(logbook=logbook, key=key).first()
        if row is None:
            row = Witness(logbook=logbook, key=key, name=name)
        row.url, row.monitor_url = url, monitor_url
        row.ended_at = row.next_try_at = row.failing_since = None
        row.trouble = row.detail = ""
        row.failures = 0
        row.save()
        _record(
            logbook, own_outside.witness_added(party_of(by.user), row.name, key, url, context=by.context), by
        )
    return row


def add_authority(
    logbook: Logbook, by: By, *, name: str, url: str, roots: str, policy: str = ""
) -> Authority:
    """Have an authority give outside time stamps from now on. `roots` is PEM, read before."""
    digests = [sha256(root).hexdigest() for root in read_roots(roots)]
    with transaction.atomic():
        row = Authority.objects.create(logbook=logbook, name=name, url=url, roots=roots, policy=policy)
        event = own_outside.authority_added(
            party_of(by.user), name, url, digests, policy or None, context=by.context
        )
        _record(logbook, event, by)
    return row


def end(row: Outsider, by: By, reason: str) -> None:
    """Ask an outsider no more. What they hold stays on file. Nothing happens where they had ended already."""
    with transaction.atomic():
        changed = (
            type(row)._default_manager.filter(pk=row.pk, ended_at=None).update(ended_at=datetime.now(UTC))
        )
        if not changed:
            return
        actor = party_of(by.user)
        if isinstance(row, Witness):
            event = own_outside.witness_ended(actor, row.name, row.key, reason, context=by.context)
        else:
            event = own_outside.authority_ended(actor, row.name, reason, context=by.context)
        _record(row.logbook, event, by)


def send_now(logbook: Logbook, by: By) -> courier.Sent:
    """Send the newest seal to everybody at once, and record who took it, where anything may be recorded."""
    sent = courier.send_newest(logbook, stamps=True)
    if sent.took or sent.missing:
        event = own_outside.seal_sent(
            party_of(by.user), sent.size, sorted(sent.took), sorted(sent.missing), context=by.context
        )
        try:
            _record(logbook, event, by)
        except (AppendRefused, AppendFailed):
            return sent
    return sent


def try_now(row: Outsider) -> str:
    """Send the newest seal to one outsider at once; return the code of what was wrong, empty where they took it."""
    seal = newest_seal(row.logbook)
    sent = courier.Sent(seal.size)
    courier.hold_back(row, courier.DEADLINE_SECONDS)
    witnesses = [row] if isinstance(row, Witness) else []
    authorities = [row] if isinstance(row, Authority) else []
    courier.ask_all(row.logbook, seal, witnesses, authorities, courier.DEADLINE_SECONDS, sent)
    return sent.missing.get(row.name, "")


def explain(logbook: Logbook, conflict: Conflict, by: By, text: str) -> Explanation:
    """Write down how it came that somebody knows another seal. It stays beside the finding for good."""
    event = own_outside.difference_explained(
        party_of(by.user), conflict.holder, conflict.size, text, context=by.context
    )
    written = Explanation(logbook=logbook, conflict=conflict, by=by.user, text=text)
    try:
        with transaction.atomic():
            written.save()
            recorded = _record(logbook, event, by)
            Explanation.objects.filter(pk=written.pk).update(entry=recorded)
    except (AppendRefused, AppendFailed):
        written.pk = None
        written.save(force_insert=True)
    return written


def record_waiting_explanations() -> int:
    """Record the explanations that were written while nothing could be; return how many could be now."""
    count = 0
    for one in Explanation.objects.filter(entry=None).select_related("logbook", "conflict", "by"):
        event = own_outside.difference_explained(
            party_of(one.by), one.conflict.holder, one.conflict.size, one.text
        )
        try:
            with transaction.atomic():
                # Whichever worker comes first: the log itself refuses a second copy.
                index = _record(one.logbook, event, By(one.by, {}, f"explanation-{one.pk:016d}"))
                Explanation.objects.filter(pk=one.pk).update(entry=index)
        except (AppendRefused, AppendFailed):
            continue
        count += 1
    return count


def _record(logbook: Logbook, event: Event, by: By) -> int:
    repeat = repeat_code(OWN_SOURCE, f"form {by.token}") if by.token else None
    return append(logbook, [Draft(event, source=OWN_SOURCE, repeat=repeat)]).entries[0].index
