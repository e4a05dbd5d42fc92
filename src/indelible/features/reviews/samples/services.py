"""Drawing a sample, deciding about its rows, and signing it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from indelible.events.event import Context
from indelible.features.people.models import User
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import Sample
from indelible.features.reviews.samples.sizes import OWN, ROWS, as_recorded
from indelible.features.signoffs import deciding, sampling, signing
from indelible.features.signoffs.independence import own_places
from indelible.features.signoffs.making import Period
from indelible.features.signoffs.models import Decision, SignOff
from indelible.features.signoffs.signers import Signer
from indelible.language.pattern import Pattern
from indelible.language.world import World
from indelible.storage.database.models import Logbook

FINE: Final = "fine"
EXCEPTION: Final = "exception"
ASKS: Final = {"choices": [FINE, EXCEPTION], "reason_for": [EXCEPTION]}


def draw(
    logbook: Logbook,
    pattern: Pattern,
    world: World,
    question: str,
    row: str,
    size: int,
    seed: str | None,
    by: User,
    now: datetime,
    *,
    period: Period | None = None,
    due_at: datetime | None = None,
    context: Context | None = None,
) -> Sample:
    """Draw a sample of what a question means. `row` is a row of the table, or `OWN` for a number somebody chose.
    Where it is due some day, whoever draws it is reminded.

    Raises ReviewError (`sample-empty`), SignOffError (`sample-size`, `sample-seed`, `sample-population`).
    """
    told = as_recorded(row if row in ROWS else OWN, size)
    with transaction.atomic():
        frozen = sampling.draw(
            logbook,
            pattern,
            size,
            seed,
            Signer.of_user(by),
            now,
            title=question,
            world=world,
            period=period,
            how={"table": told},
            asks=ASKS,
            context=context,
        )
        if not frozen.count:
            raise ReviewError("sample-empty")
        return Sample.objects.create(
            logbook=logbook,
            frozen=frozen,
            question=frozen.title,
            row=told[:120],
            by=by,
            at=now,
            due_at=due_at,
        )


def decide(sample: Sample, places: list[int], choice: str, reason: str, user: User, now: datetime) -> None:
    """Decide about some rows. Raises SignOffError."""
    deciding.decide(sample.frozen, places, choice, reason, Signer.of_user(user), now, in_bulk=len(places) > 1)


def sign(sample: Sample, user: User, now: datetime, *, seen: str, context: Context) -> SignOff:
    """Sign a sample that is looked at whole. The password was asked before, by the view.

    Raises ReviewError (`sample-signed`, `sample-undecided`, `sample-own-row`), SignOffError.
    """
    signer = Signer.of_user(user)
    with transaction.atomic():
        row = (
            Sample.objects.select_for_update(of=("self",))
            .select_related("frozen", "logbook")
            .get(pk=sample.pk)
        )
        if row.sign_off_id is not None:
            raise ReviewError("sample-signed")
        left = deciding.undecided(row.frozen)
        if left:
            raise ReviewError("sample-undecided", n=len(left))
        if own := own_places(row.frozen, signer):
            raise ReviewError("sample-own-row", rows=deciding.said_rows(own))
        choices = list(Decision.objects.filter(frozen=row.frozen).values_list("choice", flat=True))
        made = signing.sign(
            row.logbook,
            signer,
            now,
            subject=f"sample {row.pk}",
            title=f"a sample: {row.question}"[:300],
            means="checked",
            covers={"sample": row.pk, "size_by": row.row, "exceptions": choices.count(EXCEPTION)},
            lists=[row.frozen],
            context=context,
            kind="log.entry",
            seen=seen,
        )
        row.sign_off = made
        row.save(update_fields=["sign_off"])
    return made
