"""What people do to the record by hand: keep a draft, seal it, throw it away, check entries.

A draft becomes an entry at most once, however often its button is pressed: the row is locked while its entry is
appended in the same transaction, and remembers the entry afterwards. What it held is forgotten then, since the
entry holds it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from indelible.events import own
from indelible.events.event import Attachment, Context, Event
from indelible.features.people.models import User
from indelible.features.record import models
from indelible.features.record.compose import BY_HAND, Writer, compose_correction, compose_entry, compose_note
from indelible.features.record.forms import MAX_FILE_BYTES
from indelible.features.record.proof import WORST_FIRST, Verdict
from indelible.features.sources import services as sources
from indelible.storage.database.append import Draft, append
from indelible.storage.database.attachments import store_attachment
from indelible.storage.database.errors import AppendFailed, AppendRefused, IdempotencyConflict
from indelible.storage.database.models import Logbook
from indelible.web.acts import party_of, record

logger = logging.getLogger("indelible.record")


def save_draft(
    owner: User,
    kind: models.Draft.Kind,
    fields: Mapping[str, str],
    *,
    draft: models.Draft | None = None,
    about: int | None = None,
    file: UploadedFile[Any] | None = None,
    logbook: Logbook | None = None,
) -> models.Draft:
    """Keep what was filled in. `logbook` is needed with `file`.

    A new file takes the place of the one kept before, which jobs.py clears away in time.
    """
    draft = draft or models.Draft(owner=owner, kind=kind, about=about)
    draft.fields = dict(fields)
    if file is not None and file.file is not None and logbook is not None:
        draft.attachment = store_attachment(
            logbook,
            file.file,
            file.name or "file",
            file.content_type or "application/octet-stream",
            MAX_FILE_BYTES,
        )
    draft.save()
    return draft


def event_of(draft: models.Draft, writer: Writer, now: datetime, context: Context | None = None) -> Event:
    """Return the event that sealing the draft now would record. Raises EventError."""
    attachment: Attachment | None = draft.attachment
    if draft.kind == models.Draft.Kind.ENTRY:
        event = compose_entry(draft.fields, writer, now, attachment)
    elif draft.kind == models.Draft.Kind.CORRECTION:
        event = compose_correction(draft.fields, writer, draft.about or 0, now)
    else:
        event = compose_note(draft.fields, writer, draft.about or 0, now)
    if context:
        event["context"] = context
    return event


def tell_check(
    user: User, verdicts: Sequence[Verdict], scope: str, context: Context | None, token: str | None
) -> None:
    """Put on the record that somebody checked these entries; `scope` says in words which.

    A check must work even while nothing can be sealed, so a refusal to append is logged and stops nothing.
    """
    worst = next(verdict for verdict in WORST_FIRST if verdict in verdicts)
    event = own.record_checked(
        party_of(user),
        worst,
        len(verdicts),
        sum(verdict == "does not match" for verdict in verdicts),
        scope=scope,
        context=context,
    )
    try:
        record(event, once=token)
    except (AppendRefused, AppendFailed, IdempotencyConflict) as refusal:
        logger.warning("a check was not recorded: %s", refusal.code)


def seal_draft(
    draft: models.Draft, logbook: Logbook, writer: Writer, now: datetime, context: Context | None = None
) -> int:
    """Make the draft an entry and return its index; the same index again where that was done already.

    Raises EventError, AppendRefused, AppendFailed; the draft is then kept as it was.
    """
    by = sources.By(party=writer.party, context=context, user=draft.owner)
    with transaction.atomic():
        locked = models.Draft.objects.select_for_update().get(pk=draft.pk)
        if locked.sealed_as is not None:
            return locked.sealed_as
        event = event_of(locked, writer, now, context)
        source = 0
        if locked.kind == models.Draft.Kind.ENTRY:
            hand = sources.source_for_system(logbook, BY_HAND, _("Written by hand"), by)
            source = hand.pk
            event["source"] = {"name": hand.name, "system": BY_HAND}
        recorded = append(logbook, [Draft(event, source=source)]).entries[0]
        locked.sealed_as, locked.fields, locked.attachment = recorded.index, {}, None
        locked.save()
    return recorded.index
