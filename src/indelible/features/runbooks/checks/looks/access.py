"""Checks about a review of who may do what in a system (features/reviews/access): how far it is, and if it fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from indelible.events.folding import plain
from indelible.features.reviews.access.queries import Standing, standing
from indelible.features.reviews.models import AccessReview
from indelible.features.runbooks.document.runbook import Part, Runbook

from ..filling import text_of
from ..ground import CannotTell, Found, Ground, failed, passed, unchecked
from ..named import flaws_of_fields
from ..registry import kind
from ..telling import at, number

FRESH: Final = timedelta(days=3)
_MOST: Final = 200


class OfReview(Part, frozen=True, kw_only=True):
    """Which access review, and what must be so."""

    field: str  # the field with the system's name
    what: str


def review_of(ground: Ground, field: str) -> AccessReview:
    """Return the newest access review of the system that was filled in, of those that were not over when the run began.

    Raises CannotTell.
    """
    name = text_of(ground, field)
    rows = AccessReview.objects.filter(logbook=ground.logbook)
    rows = rows.filter(Q(closed_at=None) | Q(closed_at__gte=ground.run.opened_at)).select_related("first")
    for row in rows.order_by("-pk")[:_MOST]:
        if plain(row.system) == plain(name):
            return row
    raise CannotTell(
        _("There is no access review of “%(system)s” yet. Begin one under Reviews.") % {"system": name}
    )


def _whole(review: AccessReview, now: Standing, ground: Ground) -> Found:
    if not now.lines:
        return unchecked(_("The list of accounts is not there yet."))
    return (
        failed(now.differs)
        if now.differs
        else passed(_("The list counts what the system counts: %(n)s lines.") % _n(now))
    )


def _fresh(review: AccessReview, now: Standing, ground: Ground) -> Found:
    if review.taken_at is None:
        return unchecked(_("It is not said when the list was taken from the system."))
    old = (review.sent_at or ground.now) - review.taken_at > FRESH
    text = _("The list was taken on %(when)s, more than 3 days before it was sent out.") if old else _(
        "The list was taken on %(when)s.")  # fmt: skip
    says = text % {"when": at(ground, review.taken_at)}
    return failed(says) if old else passed(says)


def _matched(review: AccessReview, now: Standing, ground: Ground) -> Found:
    if not now.lines:
        return unchecked(_("The list of accounts is not there yet."))
    if now.unmatched:
        return failed(
            _("Lines that belong to nobody: %(left)s of %(n)s.") % {**_n(now), "left": number(now.unmatched)}
        )
    return passed(_("Each of the %(n)s lines belongs to somebody.") % _n(now))


def _no_leavers(review: AccessReview, now: Standing, ground: Ground) -> Found:
    if not now.lines:
        return unchecked(_("The list of accounts is not there yet."))
    if now.leavers:
        return failed(_("Lines of people who have left: %(left)s.") % {"left": number(now.leavers)})
    return passed(_("No line belongs to somebody who has left."))


def _sent(review: AccessReview, now: Standing, ground: Ground) -> Found:
    if not now.sent:
        return unchecked(_("The lines were not sent out yet."))
    if now.unassigned:
        return failed(_("Lines that nobody was sent: %(left)s.") % {"left": number(now.unassigned)})
    text = _("Each of the %(n)s lines was sent to somebody, and nobody was sent their own.")
    return passed(text % _n(now))


def _decided(review: AccessReview, now: Standing, ground: Ground) -> Found:
    if not now.sent:
        return unchecked(_("The lines were not sent out yet."))
    if not now.decided:
        told = {"signed": number(now.shares_signed), "all": number(now.shares)}
        return failed(_("Signed by %(signed)s of %(all)s reviewers.") % told)
    text = _("All %(n)s lines are decided and signed: keep %(keep)s, reduce %(reduce)s, remove %(remove)s.")
    return passed(text % {**_n(now), "keep": now.keep, "reduce": now.reduce, "remove": now.remove})


def _removed(review: AccessReview, now: Standing, ground: Ground) -> Found:
    if not now.decided:
        return unchecked(_("Not every line is decided yet."))
    told = {"proven": number(now.proven), "all": number(now.reduce + now.remove)}
    if now.removed:
        return passed(_("Seen to be gone: %(proven)s of %(all)s.") % told)
    if now.late_removals or now.still:
        return failed(
            _("Seen to be gone: %(proven)s of %(all)s. What is left is overdue or still there.") % told
        )
    return unchecked(_("Seen to be gone: %(proven)s of %(all)s. There is time for the rest.") % told)


def _compared(review: AccessReview, now: Standing, ground: Ground) -> Found:
    if not now.has_second:
        return unchecked(_("The second list is not there yet."))
    if now.still:
        return failed(_("Still there although refused: %(n)s.") % {"n": number(now.still)})
    if now.new and not now.new_explained:
        return failed(_("New in the second list, and not explained: %(n)s.") % {"n": number(now.new)})
    return passed(_("What was refused is gone from the second list, and nothing new is unexplained."))


def _signed(review: AccessReview, now: Standing, ground: Ground) -> Found:
    return (
        passed(_("The review is signed as a whole."))
        if now.signed
        else unchecked(_("The review is not signed as a whole yet."))
    )


def _witnessed(review: AccessReview, now: Standing, ground: Ground) -> Found:
    if now.witnessed:
        return passed(_("Somebody who decided no line has looked over the review and signed."))
    return unchecked(_("Nobody who decided no line has signed the review yet."))


def _n(now: Standing) -> dict[str, object]:
    return {"n": number(now.lines)}


_WHAT: Final[Mapping[str, Callable[[AccessReview, Standing, Ground], Found]]] = {
    "whole": _whole,
    "fresh": _fresh,
    "matched": _matched,
    "no_leavers": _no_leavers,
    "sent": _sent,
    "decided": _decided,
    "removed": _removed,
    "compared": _compared,
    "signed": _signed,
    "witnessed": _witnessed,
}


def _flaws(settings: OfReview, document: Runbook) -> Iterator[str]:
    if settings.what not in _WHAT:
        yield _("“%(what)s” is none of these: %(known)s.") % {
            "what": settings.what,
            "known": ", ".join(_WHAT),
        }
    yield from flaws_of_fields(document, [settings.field])


@kind("access_review", OfReview, _flaws)
def access_review(ground: Ground, settings: OfReview) -> Found:
    """How far the access review of a system is."""
    review = review_of(ground, settings.field)
    found = _WHAT[settings.what](review, standing(review, ground.now), ground)
    return Found(found.result, found.says, {**found.facts, "access_review": review.pk})
