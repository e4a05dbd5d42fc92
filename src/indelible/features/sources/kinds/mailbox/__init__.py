"""A mailbox that is looked at: files that people send as attachments go on the record, each with its account."""

from __future__ import annotations

from datetime import timedelta

from django.urls import path
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds import SourceKind
from indelible.features.sources.kinds.mailbox import views
from indelible.features.sources.kinds.mailbox.fetching import LASTING, look
from indelible.features.sources.kinds.mailbox.form import MailboxForm
from indelible.features.sources.kinds.mailbox.page import context
from indelible.features.sources.live import leftovers
from indelible.features.sources.live.looking import look_at_each
from indelible.features.sources.models import Kind
from indelible.web.jobs import ticker

SWEEP = leftovers.sweep_leftovers  # known to the worker by being imported

KIND = SourceKind(
    kind=Kind.MAILBOX,
    order=60,
    title=_("Mailbox"),
    summary=_("People or systems mail their files to an address of yours, and we fetch them from there."),
    icon="envelope",
    form=MailboxForm,
    template="sources/kinds/mailbox.html",
    context=context,
    beside="sources/kinds/mailbox_try.html",
    urls=(
        path("sources/add/mailbox/try/", views.try_form, name="mailbox-try"),
        path("sources/<int:key>/mailbox/try/", views.try_form, name="mailbox-try-form"),
        path("sources/<int:key>/mailbox/try-now/", views.try_source, name="mailbox-try-source"),
    ),
)


@ticker(timedelta(seconds=2))
def look_at_mailboxes() -> None:
    """Look at each mailbox whose turn it is."""
    look_at_each(Kind.MAILBOX, look, lasting=LASTING)
