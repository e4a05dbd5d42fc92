"""A storage bucket that is looked at: its files go on the record in their order, each with its account."""

from __future__ import annotations

from datetime import timedelta

from django.urls import path
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds import SourceKind
from indelible.features.sources.kinds.bucket import views
from indelible.features.sources.kinds.bucket.fetching import LASTING, look
from indelible.features.sources.kinds.bucket.form import BucketForm
from indelible.features.sources.kinds.bucket.page import context
from indelible.features.sources.live import leftovers
from indelible.features.sources.live.looking import look_at_each
from indelible.features.sources.models import Kind
from indelible.web.jobs import ticker

SWEEP = leftovers.sweep_leftovers  # known to the worker by being imported

KIND = SourceKind(
    kind=Kind.BUCKET,
    order=70,
    title=_("Storage bucket"),
    summary=_(
        "A system leaves its files in a bucket (Amazon S3 or alike), such as AWS CloudTrail, and we fetch them there."
    ),
    icon="archive-box-arrow-down",
    form=BucketForm,
    template="sources/kinds/bucket.html",
    context=context,
    beside="sources/kinds/bucket_try.html",
    urls=(
        path("sources/add/bucket/try/", views.try_form, name="bucket-try"),
        path("sources/<int:key>/bucket/try/", views.try_form, name="bucket-try-form"),
        path("sources/<int:key>/bucket/try-now/", views.try_source, name="bucket-try-source"),
    ),
)


@ticker(timedelta(seconds=2))
def look_at_buckets() -> None:
    """Look at each bucket whose turn it is."""
    look_at_each(Kind.BUCKET, look, lasting=LASTING)
