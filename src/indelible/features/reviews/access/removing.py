"""Proof that what was to be taken away is gone: the source's own entry about that account and right.

A ticket that says "done" proves nothing. A line closes only when an entry of the source, recorded after the decision
and about something that happened after it, says that the account was switched off or deleted, or that this very right
was taken from it; or when a later list has it no more (`comparing`). It follows the log, each entry once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from indelible.events import own_reviews
from indelible.events.event import Event
from indelible.events.folding import exact_code, plain
from indelible.events.instants import is_instant, to_datetime
from indelible.events.vocabulary import OWN_SYSTEM
from indelible.features.reviews.access.assigning import REDUCE, REMOVE
from indelible.features.reviews.models import AccessLine, Proof
from indelible.storage.database.append import Draft, append
from indelible.storage.database.following import follow, upto_of
from indelible.storage.database.models import Follower, Logbook
from indelible.storage.database.reads import StoredEntry, head

NAME: Final = "reviews removals"
BATCH: Final = 200
WHOLE: Final = frozenset({"disable", "delete", "lock"})  # of an account: all of its rights
RIGHT: Final = frozenset({"revoke", "unshare", "change", "delete"})  # of a right
_NAMING: Final = (
    "account",
    "real_person",
    "holder",
    "recipient",
    "login",
    "user",
)  # facts that may name the account


def run(logbook: Logbook, *, batch: int = BATCH, most: int = 20 * BATCH) -> int:
    """Look through what was recorded since; return how many entries are left."""
    size = head(logbook).size  # before the lines: what is decided later is proved by later entries
    open_lines = _open(logbook)
    first = open_lines.order_by("decided_entry").values_list("decided_entry", flat=True).first()
    if first is None:
        Follower.objects.filter(logbook=logbook, name=NAME, upto__lt=size).update(upto=size)
        return 0
    if upto_of(logbook, NAME) >= size:
        return 0
    return follow(logbook, NAME, partial(take, logbook), start=first, batch=batch, most=most)


def _open(logbook: Logbook) -> Any:
    return AccessLine.objects.filter(
        review__logbook=logbook, decision__in=(REMOVE, REDUCE), proof="", decided_entry__isnull=False
    )


def take(logbook: Logbook, entries: Sequence[StoredEntry]) -> None:
    """Hold a batch against the lines that wait for proof. Inside the follower's transaction."""
    found: list[tuple[StoredEntry, set[str]]] = []
    for entry in entries:
        codes = _codes(entry.event) if _may_prove(entry.event) else set()
        if codes:
            found.append((entry, codes))
    if not found:
        return
    wanted = sorted({code for _entry, codes in found for code in codes})
    rows = _open(logbook).filter(code__in=wanted).select_related("review").select_for_update(of=("self",))
    lines: dict[str, list[AccessLine]] = {}
    for line in rows.order_by("pk"):
        lines.setdefault(line.code, []).append(line)
    drafts: list[Draft] = []
    for entry, codes in found:
        for line in [line for code in sorted(codes) for line in lines.get(code, ())]:
            if not line.proof and proves(entry, line):
                line.proof, line.proof_entry = Proof.ENTRY, entry.index
                line.proof_at = to_datetime(entry.recorded_at)
                line.save(update_fields=["proof", "proof_entry", "proof_at"])
                review = line.review
                drafts.append(
                    Draft(
                        own_reviews.removal_seen(
                            review.pk, review.system, line.login, line.right or "the account", entry.index
                        )
                    )
                )
    if drafts:
        append(logbook, drafts)


def proves(entry: StoredEntry, line: AccessLine) -> bool:
    """Whether an entry shows that the account of a line, or the right in it, was taken away after the decision."""
    event, source = entry.event, line.review.source_id
    if not _may_prove(event) or line.decided_entry is None or entry.index <= line.decided_entry:
        return False
    if source is not None and str(source) not in event.get("numbers", {}).get("sources", {}):
        return False
    told = event.get("occurred_at", "")
    if (
        line.decided_at is not None
        and is_instant(told)
        and to_datetime(told) < line.decided_at.replace(microsecond=0)
    ):
        return False  # an old removal that arrived late says nothing of what stands now
    if not is_instant(entry.recorded_at) or line.code not in _codes(event):
        return False
    verb = event["action"]["verb"]
    if verb in WHOLE and _is_account(event, line):
        return True
    return verb in RIGHT and (_takes_right(event, line) if line.right else verb != "change")


def _may_prove(event: Event) -> bool:
    if event.get("source", {}).get("system") == OWN_SYSTEM or event.get("outcome", "success") != "success":
        return False
    return event.get("action", {}).get("verb", "") in WHOLE | RIGHT


def _codes(event: Event) -> set[str]:
    """Return the codes of every text in an entry that may be the login it is about; who acted is not meant."""
    return {exact_code(text) for text in _named(event)}


def _named(event: Event) -> Iterator[str]:
    for target in event.get("targets", []):
        yield from (text for key in ("id", "name") if isinstance(text := target.get(key), str) and text)
    party = event.get("on_behalf_of") or {}
    yield from (text for key in ("id", "name", "email") if isinstance(text := party.get(key), str) and text)
    extra = event.get("extra", {})
    yield from (text for key in _NAMING if isinstance(text := extra.get(key), str) and text)


def _is_account(event: Event, line: AccessLine) -> bool:
    """Whether what was switched off or deleted is the account itself: the first thing that the entry is about."""
    first = next(iter(event.get("targets", [])), None)
    return first is not None and line.code in {
        exact_code(text) for text in (first.get("id"), first.get("name")) if text
    }


def _takes_right(event: Event, line: AccessLine) -> bool:
    """Whether an entry says that this very right was taken: it is a thing of the act, or what a change began from."""
    right = plain(line.right)
    if event["action"]["verb"] != "change":
        extra = event.get("extra", {})
        named = [*_named(event), *(text for text in extra.values() if isinstance(text, str))]
        if right in {plain(text) for text in named}:
            return True
    return any(
        plain(str(change.get("before", ""))) == right and plain(str(change.get("after", ""))) != right
        for change in event.get("changes", [])
    )
