"""What a letter, and a calendar, says of what waits in reviews, and where its page is: titles, and nothing else."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.reviews.models import AccessShare
from indelible.web.numbers import written

ENTRIES: Final = "reviews.entries"
STUCK: Final = "reviews.stuck"  # all whom the duty names did it themselves
ASKED: Final = "reviews.asked"
SHARE: Final = "reviews.share"
REMOVALS: Final = "reviews.removals"
REVIEW: Final = "reviews.review"
SIGN: Final = "reviews.sign"
WITNESS: Final = "reviews.witness"
SAMPLE: Final = "reviews.sample"


def words(what: str, title: str, count: int) -> str:
    """Say what it is that waits."""
    told = {"n": written(count), "title": " ".join(title.split())}
    if what == ENTRIES:
        return ngettext("%(n)s entry to look at", "%(n)s entries to look at", count) % told
    if what == STUCK:
        return (
            ngettext(
                "%(n)s entry that nobody may look at: all who are named for it did it themselves",
                "%(n)s entries that nobody may look at: all who are named for them did them themselves",
                count,
            )
            % told
        )
    if what == ASKED:
        return ngettext("%(n)s entry you are asked about", "%(n)s entries you are asked about", count) % told
    if what == REMOVALS:
        return (
            ngettext(
                "Access to %(title)s: %(n)s right was to be gone and is not",
                "Access to %(title)s: %(n)s rights were to be gone and are not",
                count,
            )
            % told
        )
    return {
        SHARE: _("Access to %(title)s: decide who still needs it"),
        REVIEW: _("Access review of %(title)s: bring it to its end"),
        SIGN: _("Access review of %(title)s: sign the whole"),
        WITNESS: _("Access review of %(title)s: look over it, and sign"),
        SAMPLE: _("Sample “%(title)s”: look at each row, and sign"),
    }[what] % told


def path(what: str, subject: int) -> str:
    """Return the path of its page; of several entries that of the queue (no `subject`)."""
    if what in (ENTRIES, STUCK, ASKED):
        return reverse("reviews:item", args=[subject]) if subject else reverse("reviews:queue")
    if what == SHARE:
        review = AccessShare.objects.filter(pk=subject).values_list("review_id", flat=True).first()
        return reverse("reviews:access-part", args=[review or 0, subject])
    if what == SAMPLE:
        return reverse("reviews:sample", args=[subject])
    return reverse("reviews:access", args=[subject])
