"""Signing: one entry that seals exactly what was seen, and what was decided about it.

Who signs has proved anew who they are (the view asks before). The entry holds, of each list, the question in words and
as code, the root over exactly its rows, how long it was looked at and the decisions; and a digest of all that was on
the screen. It is refused where a list is not as it was frozen, or not in the state that the page showed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from indelible.events.event import Attachment, Context
from indelible.events.instants import from_datetime
from indelible.events.own_signoffs import MEANS, signed_off
from indelible.features.signoffs import sealed
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.freezing import LONGEST_TITLE
from indelible.features.signoffs.looking import look, look_of
from indelible.features.signoffs.models import Decision, FrozenLine, FrozenList, ListKind, SignOff
from indelible.features.signoffs.rows import cut, line_leaf
from indelible.features.signoffs.signers import Signer
from indelible.ledger.errors import MalformedInput
from indelible.ledger.tree import root_of_leaves
from indelible.storage.database.append import Draft, Recorded, append
from indelible.storage.database.errors import StorageError
from indelible.storage.database.models import Logbook

__all__ = ["Signer", "sign", "state_of"]

MOST_LISTS: Final = 20


def state_of(lists: Sequence[FrozenList], decided_by: Signer | None = None) -> str:
    """Return in which state lists and their decisions are: a page shows it and sends it along as `seen`."""
    state = [
        [frozen.pk, bytes(frozen.root).hex(), sealed.groups_of(_decisions(frozen, decided_by))]
        for frozen in lists
    ]
    return sealed.digest_of(state)


def sign(
    logbook: Logbook,
    who: Signer,
    now: datetime,
    *,
    subject: str,
    title: str,
    means: str,
    covers: Mapping[str, Any],
    lists: Sequence[FrozenList] = (),
    refers_to: Mapping[str, object] | None = None,
    more: Mapping[str, object] | None = None,
    reason: str = "",
    context: Context | None = None,
    kind: str = "runbook.step",
    seen: str = "",
    only_theirs: bool = False,
) -> SignOff:
    """Sign, which appends one entry; do so last in the transaction.

    `subject` is what is signed, for programs ("run 88 step approve"), `title` the same in words. `covers` is all else
    that was on the screen, as JSON. `kind` is the kind of thing that is signed. `seen` is `state_of` as the page showed
    it. `only_theirs`: of the decisions only those that the signer made themself, where several people share a list.

    Raises SignOffError: `sign-means`, `sign-too-many-lists`, `sign-changed-meanwhile`, `sign-list-altered`,
    `sign-unlawful`, `sign-too-large`.
    """
    title = title[:LONGEST_TITLE]
    if means not in MEANS:
        raise SignOffError("sign-means", means=means)
    if len(lists) > MOST_LISTS:
        raise SignOffError("sign-too-many-lists", most=MOST_LISTS)
    with transaction.atomic():
        rows = _locked(lists)
        decided = {frozen.pk: _decisions(frozen, who if only_theirs else None) for frozen in rows}
        if seen and seen != state_of(rows, who if only_theirs else None):
            raise SignOffError("sign-changed-meanwhile")
        for frozen in rows:
            check_unaltered(logbook, frozen)
        whole = [_sealed(frozen, who, now, decided[frozen.pk]) for frozen in rows]
        try:
            digest = sealed.screen_digest(subject, title, means, covers, whole)
        except MalformedInput as fault:
            raise SignOffError("sign-unlawful") from fault
        told, attached = _stored(logbook, whole)
        event = signed_off(
            who.actor,
            subject,
            title,
            means,
            digest,
            told,
            kind=kind,
            refers_to=refers_to,
            more={**(more or {}), "signed_at": from_datetime(now)},
            reason=reason,
            attachments=attached,
            context=context,
        )
        recorded = append(logbook, [Draft(event)]).entries[0]
        assert isinstance(recorded, Recorded)  # a draft without a repeat code is always recorded
        made = SignOff.objects.create(
            logbook=logbook,
            subject=subject,
            title=title,
            means=means,
            by=who.user,
            by_name=who.name[:150],
            outsider=who.outsider_tag,
            at=now,
            entry=recorded.index,
            digest=digest,
            covers=dict(covers),
        )
        made.lists.add(*rows)
        for frozen in rows:
            free = Decision.objects.filter(frozen=frozen, signed=None)
            if only_theirs:
                free = free.filter(by=who.user, outsider=who.outsider_tag)
            free.update(signed=made)
    return made


def _stored(
    logbook: Logbook, whole: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[Attachment]]:
    try:
        return sealed.store(logbook, whole)
    except StorageError as fault:
        raise SignOffError("sign-too-large", most=f"{sealed.MOST_FILE_BYTES >> 20} MB") from fault


def check_unaltered(logbook: Logbook, frozen: FrozenList) -> None:
    """Check that a list is as it was frozen. Raises SignOffError (`sign-list-altered`)."""
    leaves = cut(bytes(frozen.leaves))
    same = len(leaves) == frozen.count and root_of_leaves(leaves) == bytes(frozen.root)
    if same and frozen.kind == ListKind.LINES:
        lines = FrozenLine.objects.filter(frozen=frozen).order_by("place")
        same = [line_leaf(line.data) for line in lines] == leaves
    if not same or frozen.logbook_id != logbook.pk:
        raise SignOffError("sign-list-altered", title=frozen.title)


def _locked(lists: Sequence[FrozenList]) -> list[FrozenList]:
    """Return the lists as they stand now, in the order given, each kept from being decided about meanwhile."""
    keys = [frozen.pk for frozen in lists]
    found = {
        frozen.pk: frozen
        for frozen in FrozenList.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    }
    return [found[key] for key in dict.fromkeys(keys)]


def _decisions(frozen: FrozenList, decided_by: Signer | None) -> list[Decision]:
    rows = Decision.objects.filter(frozen=frozen)
    if decided_by is not None:
        rows = rows.filter(by=decided_by.user, outsider=decided_by.outsider_tag)
    return list(rows)


def _sealed(frozen: FrozenList, who: Signer, now: datetime, decided: Sequence[Decision]) -> dict[str, Any]:
    """Return what is sealed of one list; the time up to the signature counts as looked at."""
    shown = look_of(frozen, who) is not None
    return sealed.sealed_list(frozen, look(frozen, who, now) if shown else None, decided)
