"""Attached files: kept under names that tell nothing, sealed by size and digest in the entry alone."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.conf import settings

from indelible.storage.database.append import Draft, append
from indelible.storage.database.attachments import (
    attachment_digest,
    clear_unrecorded,
    open_attachment,
    store_attachment,
)
from indelible.storage.database.errors import NotFound, StorageError
from indelible.storage.database.models import Attachment
from indelible.storage.database.reads import get_entry

LATER = "2099-01-01T00:00:00.000000Z"


def files() -> set[str]:
    return {path.name for path in settings.INDELIBLE_HOME.attachments.rglob("*") if path.is_file()}


def test_a_file_comes_back_whole_and_its_entry_says_what_it_was(logbook):
    data = b"contract" * 300_000
    attached = store_attachment(logbook, io.BytesIO(data), "contract.pdf", "application/pdf")
    append(logbook, [Draft({"action": {"verb": "create"}, "attachments": [attached]})])
    entry = get_entry(logbook, 1)
    digest = hashlib.sha256(data).hexdigest()
    assert entry.event["attachments"][0] == {
        "name": "contract.pdf",
        "media_type": "application/pdf",
        "size": len(data),
        "sha256": digest,
        "blob": attached["blob"],
    }
    with open_attachment(entry, 0) as file:
        assert file.read() == data
    assert attachment_digest(attached["blob"]) == (len(data), digest)
    assert digest not in files()


def test_two_equal_files_lie_under_different_names(logbook):
    first, second = (store_attachment(logbook, io.BytesIO(b"x"), "a", "text/plain") for _ in range(2))
    assert first["blob"] != second["blob"]


@pytest.mark.parametrize(("data", "code"), [(b"", "attachment-empty"), (b"x" * 11, "attachment-too-large")])
def test_a_file_that_is_refused_leaves_nothing_behind(logbook, data, code):
    before = files()
    with pytest.raises(StorageError) as refusal:
        store_attachment(logbook, io.BytesIO(data), "a", "text/plain", max_bytes=10)
    assert refusal.value.code == code
    assert files() == before


def test_what_no_entry_names_is_cleared_away_and_the_rest_stays(logbook, database):
    kept = store_attachment(logbook, io.BytesIO(b"kept"), "a", "text/plain")
    dropped = store_attachment(logbook, io.BytesIO(b"dropped"), "b", "text/plain")
    append(logbook, [Draft({"action": {"verb": "create"}, "attachments": [kept]})])
    assert clear_unrecorded(logbook, "2001-01-01T00:00:00.000000Z") == 0
    assert clear_unrecorded(logbook, LATER) == 1
    assert kept["blob"] in files() and dropped["blob"] not in files()
    assert Attachment.objects.using(database).get(blob=kept["blob"]).index == 1


@pytest.mark.parametrize("blob", ["../../keys/main", "0" * 31, "0" * 32, "A" * 32, ""])
def test_an_entry_altered_to_lead_elsewhere_opens_nothing(blob):
    with pytest.raises(NotFound):
        attachment_digest(blob)
