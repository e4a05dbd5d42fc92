"""The courier: takes the newest seal of each logbook to everybody who is to hold it, and writes down what came of it.

* A witness is asked within seconds of a new seal, at most every few seconds on a busy log, and once a day on a quiet
  one, so that an old state cannot pass for today's.
* An authority is asked every ten minutes where something is new besides the entries that tell of its own stamps (or
  each stamp would call for the next), and once after each midnight of the organisation.
* Whoever does not answer is asked again, after pauses that grow to ten minutes. Until then their row says what was
  wrong and since when.

Every worker runs a courier. Who asks is settled by a claim: one conditional update of the outsider's row, good for one
attempt; a worker that dies holds it for seconds only. All questions of one round are under way at once and each has its
deadline. Only durable seals leave: everything is read outside a transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from indelible.features.seals.models import Authority, Outsider, Witness
from indelible.features.seals.outside import conflicting, outcomes, pacing
from indelible.features.seals.outside.calls import CallFailed
from indelible.features.seals.outside.outcomes import now, rows_of
from indelible.features.seals.outside.own_seals import newest_seal
from indelible.features.seals.outside.stamping import Asking
from indelible.features.seals.outside.watching import Watching
from indelible.features.seals.outside.witnesses import Attempt, Seal, Trouble
from indelible.ledger.checkpoints import bare
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.proofs import prove_consistency
from indelible.storage.database import reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook

DEADLINE_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.01


@dataclass(slots=True)
class Sent:
    """What came of sending one seal: who took it, and who did not (by name, with the code of what was wrong)."""

    size: int
    took: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def all_took(self) -> bool:
        """Whether everybody who was asked took it."""
        return not self.missing


def send_newest(
    logbook: Logbook,
    *,
    deadline_seconds: float = DEADLINE_SECONDS,
    witnesses: bool = True,
    stamps: bool = False,
) -> Sent:
    """Send the newest durable seal to all witnesses at once (and to all authorities), whatever their pauses.

    Takes up to `deadline_seconds` for each question, two of which a witness may need. Call it outside a transaction;
    ValueError otherwise, since a seal that is not durable must not leave.
    """
    if transaction.get_connection().in_atomic_block:
        raise ValueError("a seal is sent outside a transaction: what is not durable must not leave")
    try:
        seal = newest_seal(logbook)
    except (NotFound, LedgerError):
        return Sent(0)
    sent = Sent(seal.size)
    asked = list(Witness.objects.filter(logbook=logbook, ended_at=None)) if witnesses else []
    stampers = list(Authority.objects.filter(logbook=logbook, ended_at=None)) if stamps else []
    for row in [*asked, *stampers]:
        hold_back(row, deadline_seconds)
    ask_all(logbook, seal, asked, stampers, deadline_seconds, sent)
    return sent


def ask_all(
    logbook: Logbook,
    seal: Seal,
    witnesses: Sequence[Witness],
    authorities: Sequence[Authority],
    seconds: float,
    sent: Sent,
) -> None:
    """Ask everybody at once, and write down what each answered."""
    attempts = [(row, _attempt(logbook, seal, row, seconds)) for row in witnesses]
    note = bare(seal.note, logbook.origin)
    askings = [(row, Asking(row.url, note, seconds)) for row in authorities]
    # Whoever answers is written down at once: the quick ones do not wait for the slow.
    while attempts or askings:
        for pair in [pair for pair in attempts if pair[1].is_ready]:
            if not pair[1].go_on():
                attempts.remove(pair)
                outcome = pair[1].outcome or Trouble("no-answer")
                _tell(sent, pair[0], outcomes.keep_answer(logbook, seal, pair[0], outcome, seconds))
        for asked in [asked for asked in askings if asked[1].is_ready]:
            askings.remove(asked)
            stamped = asked[1].outcome(asked[0].roots, asked[0].policy, now())
            _tell(sent, asked[0], outcomes.keep_stamp(logbook, seal.size, note, asked[0], stamped))
        time.sleep(LOOK_AGAIN_SECONDS)


def _attempt(logbook: Logbook, seal: Seal, row: Witness, seconds: float) -> Attempt:
    def prove(old: int, new: int) -> Sequence[bytes]:
        return prove_consistency(old, new, reads.stored_hashes(logbook))

    attempt = Attempt(row.url, VerifierKey.parse(row.key), seal, prove, seconds)
    attempt.begin(row.size)
    return attempt


def _tell(sent: Sent, row: Outsider, trouble: str) -> None:
    if trouble:
        sent.missing[row.name] = trouble
    else:
        sent.took.append(row.name)


# Who asks -------------------------------------------------------------------------------------------------


def hold_back(row: Outsider, seconds: float) -> None:
    """Keep the workers from asking while we do."""
    rows_of(row).update(asked_at=now(), next_try_at=now() + timedelta(seconds=2 * seconds + 2))


def claim(row: Outsider, at: datetime, seconds: float = DEADLINE_SECONDS) -> bool:
    """Take it upon this worker to ask; False where another one has."""
    due = Q(next_try_at=None) | Q(next_try_at__lte=at)
    until = at + timedelta(seconds=2 * seconds + 2)
    return bool(rows_of(row).filter(due, ended_at=None).update(asked_at=at, next_try_at=until) == 1)


# One round over all logbooks ---------------------------------------------------------------------------------


def go_round(seconds: float = DEADLINE_SECONDS, at: Callable[[], datetime] = now) -> list[Sent]:
    """Ask everybody who is due, of every logbook; return what came of it. Quick where nobody is."""
    rounds = []
    for logbook, (witnesses, authorities) in _live().items():
        try:
            seal = newest_seal(logbook)
        except (NotFound, LedgerError):
            continue  # no seal of ours stands there: a check says so, and nothing may leave
        moment = at()
        due = [row for row in witnesses if pacing.is_witness_due(row, seal.size, moment)]
        stampers = [row for row in authorities if pacing.is_authority_due(row, logbook, seal.size, moment)]
        mine = [row for row in due if claim(row, moment, seconds)]
        stamp_mine = [row for row in stampers if claim(row, moment, seconds)]
        if mine or stamp_mine:
            sent = Sent(seal.size)
            # Read anew after the claim: what another worker wrote down just before counts.
            for row in [*mine, *stamp_mine]:
                row.refresh_from_db()
            ask_all(logbook, newest_seal(logbook), mine, stamp_mine, seconds, sent)
            rounds.append(sent)
    return rounds


def _live() -> dict[Logbook, tuple[list[Witness], list[Authority]]]:
    found: dict[Logbook, tuple[list[Witness], list[Authority]]] = {}
    for witness in Witness.objects.filter(ended_at=None).select_related("logbook").order_by("pk"):
        found.setdefault(witness.logbook, ([], []))[0].append(witness)
    for authority in Authority.objects.filter(ended_at=None).select_related("logbook").order_by("pk"):
        found.setdefault(authority.logbook, ([], []))[1].append(authority)
    return found


def look_round(seconds: float = DEADLINE_SECONDS) -> int:
    """Read what every witness shows, and keep what is not our history; return how many conflicts there are by that.

    So a server learns within a minute that another one signs with its key, even while nothing is recorded here.
    """
    found = 0
    for logbook, (witnesses, _authorities) in _live().items():
        looks = [
            (row, Watching(conflicting.prefix_of(row), logbook.origin, seconds))
            for row in witnesses
            if row.answered_at is not None
            and (row.failing_since is None or row.trouble == outcomes.DIFFERENT_SEAL)
        ]
        for row, watching in looks:
            try:
                shown = watching.shown()
            except CallFailed:
                continue  # sending to it tells whether it answers
            found += len(conflicting.keep_what_is_shown(logbook, row, shown))
    return found
