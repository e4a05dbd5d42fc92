"""How an access review stands, worked out from its lines, shares and signatures each time it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from indelible.features.people.models import User
from indelible.features.people.names.days import house_reader
from indelible.features.reviews.models import AccessLine, AccessReview, AccessShare, AccountKind
from indelible.features.signoffs.models import Decision
from indelible.storage.database.models import Logbook

PAGE = 30
TOTAL = "all"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of a review now. Each of the steps is a plain yes or no; the figures say why."""

    lines: int
    by_kind: Mapping[str, int]
    differs: str  # where the list does not count what the system counts, in words
    unmatched: int
    leavers: int
    unassigned: int
    undecided: int  # lines that nobody has decided and signed
    shares: int
    shares_signed: int
    keep: int
    reduce: int
    remove: int
    proven: int
    late_removals: int
    still: int
    new: int
    new_explained: bool
    has_second: bool
    sent: bool
    late: bool  # past its own day
    signed: bool
    witnessed: bool

    @property
    def whole(self) -> bool:
        """Whether a list is there that counts what the system itself counts."""
        return bool(self.lines) and not self.differs

    @property
    def matched(self) -> bool:
        """Whether each account is somebody's, has somebody who answers for it, or is said to be nobody's."""
        return bool(self.lines) and not self.unmatched

    @property
    def assigned(self) -> bool:
        """Whether each line was sent to somebody."""
        return self.sent and not self.unassigned

    @property
    def decided(self) -> bool:
        """Whether each line is decided and signed."""
        return self.sent and not self.undecided

    @property
    def removed(self) -> bool:
        """Whether each removal was seen at the source, or in a later list."""
        return self.decided and self.proven == self.reduce + self.remove and not self.still

    @property
    def compared(self) -> bool:
        """Whether a second list was held against the first, and what is new in it is explained."""
        return self.has_second and (not self.new or self.new_explained)

    @property
    def open_removals(self) -> int:
        """How many rights were to go and are not known to be gone."""
        return self.reduce + self.remove - self.proven

    @property
    def exceptions(self) -> int:
        """How many things need words before the whole is signed."""
        return self.open_removals + int(self.late)

    @property
    def counts(self) -> dict[str, int]:
        """The figures that are signed."""
        return {
            "lines": self.lines,
            "kept": self.keep,
            "reduced": self.reduce,
            "removed": self.remove,
            "proven": self.proven,
            "still_there": self.still,
            "new": self.new,
        }


def standing(review: AccessReview, now: datetime | None = None) -> Standing:
    """Return how a review stands: four queries."""
    now = now or datetime.now(UTC)
    today = now.astimezone(house_reader().tz).date()
    rows = AccessLine.objects.filter(review=review)
    gone = Q(decision__in=("remove", "reduce"))
    told = rows.aggregate(
        lines=Count("pk"),
        unmatched=Count("pk", filter=Q(person=None, nobodys=False)),
        leavers=Count("pk", filter=Q(person__left_on__lt=today)),
        unassigned=Count("pk", filter=Q(share=None)),
        undecided=Count("pk", filter=Q(decision="")),
        keep=Count("pk", filter=Q(decision="keep")),
        reduce=Count("pk", filter=Q(decision="reduce")),
        remove=Count("pk", filter=Q(decision="remove")),
        proven=Count("pk", filter=gone & ~Q(proof="")),
        late=Count("pk", filter=gone & Q(proof="", remove_by__lt=now)),
        still=Count("pk", filter=Q(still_there=True)),
    )
    by_kind = dict(rows.order_by().values_list("kind").annotate(n=Count("pk")))
    held = AccessShare.objects.filter(review=review, lines__isnull=False)  # not those passed on whole
    shares = held.aggregate(
        all=Count("pk", distinct=True), signed=Count("pk", distinct=True, filter=Q(sign_off__isnull=False))
    )
    return Standing(
        told["lines"],
        by_kind,
        differs(review.told, told["lines"], by_kind),
        told["unmatched"],
        told["leavers"],
        told["unassigned"],
        told["undecided"],
        shares["all"],
        shares["signed"],
        told["keep"],
        told["reduce"],
        told["remove"],
        told["proven"],
        told["late"],
        told["still"],
        len(review.new),
        bool(review.new_explained),
        review.second_id is not None,
        review.sent_at is not None,
        (review.closed_at or now) > review.due_at,
        review.signed_id is not None,
        review.witnessed_id is not None,
    )


def differs(told: Mapping[str, int], lines: int, by_kind: Mapping[str, int]) -> str:
    """Say where a list does not count what the system itself counts; empty where it does."""
    words = []
    if TOTAL not in told:
        return _("nobody said how many the system itself counts") if lines else ""
    if told[TOTAL] != lines:
        words.append(_("the system counts %(told)s, the list has %(n)s") % {"told": told[TOTAL], "n": lines})
    for kind, label in AccountKind.choices:
        if kind in told and told[kind] != by_kind.get(kind, 0):
            words.append(
                _("%(kind)s: the system counts %(told)s, the list has %(n)s")
                % {"kind": label, "told": told[kind], "n": by_kind.get(kind, 0)}
            )
    return "; ".join(words)


def facts(pk: int, now: datetime | None = None) -> Standing | None:
    """Return how the review of this key stands, for a runbook's check; None where there is none."""
    row = AccessReview.objects.select_related("owner").filter(pk=pk).first()
    return standing(row, now) if row is not None else None


@dataclass(frozen=True, slots=True)
class Listed:
    """A review in the list, with its few figures."""

    review: AccessReview
    lines: int
    open_removals: int
    late: bool


def in_list(rows: Sequence[AccessReview], now: datetime) -> list[Listed]:
    """Return reviews as the list shows them: one query for all of them."""
    gone = Q(decision__in=("remove", "reduce"), proof="")
    counts = (
        AccessLine.objects.filter(review__in=[row.pk for row in rows])
        .order_by()
        .values("review")
        .annotate(n=Count("pk"), left=Count("pk", filter=gone))
    )
    told = {one["review"]: (one["n"], one["left"]) for one in counts}
    return [
        Listed(row, *told.get(row.pk, (0, 0)), row.closed_at is None and now > row.due_at) for row in rows
    ]


def listed(logbook: Logbook, before: int | None = None) -> QuerySet[AccessReview]:
    """Return the reviews there are, the newest first."""
    rows = AccessReview.objects.filter(logbook=logbook).select_related("owner")
    return rows.filter(pk__lt=before) if before is not None else rows


def unmatched(review: AccessReview) -> list[AccessLine]:
    """Return one line of each account that nobody could be found for, or whose person has left; bounded."""
    today = datetime.now(UTC).astimezone(house_reader().tz).date()
    rows = AccessLine.objects.filter(review=review).select_related("person")
    found: dict[str, AccessLine] = {}
    for line in rows.filter(
        Q(person=None, nobodys=False) | Q(nobodys=True) | Q(person__left_on__lt=today)
    ).order_by("nobodys", "place"):
        found.setdefault(line.code, line)
    return list(found.values())[:200]


def removals(review: AccessReview) -> list[AccessLine]:
    """Return the lines of what was to go: what is not known to be gone first, the longest overdue at the top."""
    rows = AccessLine.objects.filter(review=review, decision__in=("remove", "reduce")).select_related(
        "reviewer"
    )
    return sorted(
        rows,
        key=lambda line: (bool(line.proof), line.remove_by or datetime.max.replace(tzinfo=UTC), line.place),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A share with how far its reviewer has come."""

    share: AccessShare
    decided: int
    choices: Mapping[str, int]


def parts(review: AccessReview) -> list[Part]:
    """Return the shares of a review with what was decided in each."""
    shares = list(
        AccessShare.objects.filter(review=review)
        .select_related("reviewer", "frozen", "sign_off")
        .order_by("pk")
    )
    counts: dict[int, Counter[str]] = {}
    rows = Decision.objects.filter(frozen__in=[share.frozen_id for share in shares]).order_by()
    for frozen, choice, count in rows.values_list("frozen", "choice").annotate(n=Count("pk")):
        counts.setdefault(frozen, Counter())[choice] += count
    return [
        Part(share, sum(counts.get(share.frozen_id, {}).values()), dict(counts.get(share.frozen_id, {})))
        for share in shares
    ]


def open_shares(logbook: Logbook, user: User) -> Sequence[AccessShare]:
    """Return the shares that wait for somebody to decide and sign."""
    rows: Any = AccessShare.objects.filter(
        review__logbook=logbook, reviewer=user, sign_off=None, review__closed_at=None
    )
    return list(rows.select_related("review", "frozen").order_by("due_at")[:10])


def late_removals(logbook: Logbook, now: datetime) -> int:
    """Return how many rights were to be gone by now and are not known to be."""
    return AccessLine.objects.filter(
        review__logbook=logbook, decision__in=("remove", "reduce"), proof="", remove_by__lt=now
    ).count()
