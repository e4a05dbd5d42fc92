"""What the clock does: looks whose minute is over are told, forgotten drafts and their files go."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indelible.features.record import jobs, looks, services
from indelible.features.record.models import Draft, PendingLook
from indelible.storage.database import reads
from indelible.storage.database.models import Attachment


def test_the_clock_tells_looks_whose_minute_is_over(ana: Any, book: Any) -> None:
    size = reads.head(book).size
    now = datetime.now(UTC)
    looks.look(book, ana, [0], now)
    jobs.tell_looks.call()
    assert reads.head(book).size == size
    PendingLook.objects.update(began_at=now - looks.GATHERED_FOR)
    jobs.tell_looks.call()
    assert reads.head(book).size == size + 1


def test_a_draft_nobody_touched_for_a_month_goes_with_its_file(ana: Any, book: Any, settings: Any) -> None:
    def keep(name: str) -> Draft:
        file = SimpleUploadedFile(name, b"words")
        return services.save_draft(ana, Draft.Kind.ENTRY, {"who": "Ana"}, file=file, logbook=book)

    old, new = keep("old.txt"), keep("new.txt")
    past = datetime.now(UTC) - jobs.DRAFTS_ARE_KEPT - timedelta(days=2)
    Draft.objects.filter(pk=old.pk).update(changed_at=past)
    Attachment.objects.filter(blob=old.attachment["blob"]).update(stored_at=f"{past:%Y-%m-%dT%H:%M:%S.%fZ}")
    jobs.forget_old_drafts.call()
    assert list(Draft.objects.all()) == [new]
    assert [row.blob for row in Attachment.objects.all()] == [new.attachment["blob"]]
    blob = old.attachment["blob"]
    assert not (settings.INDELIBLE_HOME.attachments / blob[:2] / blob).exists()


def test_the_file_of_a_sealed_entry_stays(signed_in: Client, ana: Any, book: Any) -> None:
    from indelible.features.record.compose import Writer
    from indelible.web.acts import party_of

    file = SimpleUploadedFile("kept.txt", b"words")
    fields = {"who": "Ana Ruiz", "verb": "sign", "kind": "contract", "thing_id": "C-88"}
    draft = services.save_draft(ana, Draft.Kind.ENTRY, fields, file=file, logbook=book)
    index = services.seal_draft(draft, book, Writer(party_of(ana), "UTC"), datetime.now(UTC))
    Attachment.objects.update(stored_at="2020-01-01T00:00:00.000000Z")
    jobs.forget_old_drafts.call()
    assert b"".join(signed_in.get(f"/record/{index + 1}/files/0/")) == b"words"  # type: ignore[arg-type]


def test_what_a_crash_left_of_a_workbook_goes(ana: Any, settings: Any) -> None:
    uploads = settings.INDELIBLE_HOME.uploads
    old, new = uploads / "download-old", uploads / "download-new"
    for folder in (old, new):
        folder.mkdir()
    past = (datetime.now(UTC) - jobs.DRAFTS_ARE_KEPT - timedelta(days=1)).timestamp()
    os.utime(old, (past, past))
    jobs.forget_old_drafts.call()
    assert (old.exists(), new.exists()) == (False, True)
