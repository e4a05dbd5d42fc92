"""The sealing key: made once, for one logbook, for its owner's eyes."""

from __future__ import annotations

import stat

import pytest
from django.conf import settings

from indelible.ledger.keys import SigningKey, VerifierKey
from indelible.storage.database import after_commit, group
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checkpoint_file import checkpoint_path
from indelible.storage.database.errors import AppendRefused, StorageError
from indelible.storage.database.logbooks import create_logbook, get_logbook
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import get_entry
from tests.storage.holding import check_log

FIRST = {"action": {"verb": "start", "said": "begun"}}


def test_only_its_owner_can_read_the_key(logbook):
    path = settings.INDELIBLE_HOME.signing_key(logbook.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_logbook_knows_the_public_half_and_is_named_like_its_key(logbook):
    key = SigningKey.parse(settings.INDELIBLE_HOME.signing_key(logbook.name).read_text().strip())
    assert key.verifier == VerifierKey.parse(logbook.public_key)
    assert key.verifier.name == logbook.origin


def test_the_first_entry_holds_origin_and_public_key(logbook):
    entry = get_entry(logbook, 0)
    assert entry.event["extra"] == {"origin": logbook.origin, "public_key": logbook.public_key}
    assert check_log(logbook) == 1


def test_an_origin_made_at_random_names_nobody_and_is_never_the_same(database, log_on):
    first, second = log_on(database), log_on(database)
    assert first.origin != second.origin
    assert first.origin.startswith("log-") and first.origin.endswith(f".indelible/{first.name}")


def test_an_origin_can_be_given_but_not_twice(database, log_on):
    name = log_on(database).name
    book = create_logbook(f"{name}-a", f"audit.example/{name}", first_event=FIRST, using=database)
    assert book.origin == f"audit.example/{name}"
    with pytest.raises(StorageError) as refusal:
        create_logbook(f"{name}-b", f"audit.example/{name}", first_event=FIRST, using=database)
    assert refusal.value.code == "origin-taken"
    with pytest.raises(StorageError) as refusal:
        create_logbook(f"{name}-a", first_event=FIRST, using=database)
    assert refusal.value.code == "logbook-exists"


@pytest.mark.parametrize("name", ["", "..", "Main", "a/b", "-a", "a b", "ä", "a" * 64])
def test_a_name_that_could_lead_out_of_the_folder_is_refused(database, name):
    with pytest.raises(StorageError) as refusal:
        create_logbook(name, first_event=FIRST, using=database)
    assert refusal.value.code == "bad-logbook-name"


def test_a_logbook_whose_first_event_is_no_event_was_never_begun(database, log_on):
    name = f"{log_on(database).name}-x"
    with pytest.raises(Exception, match="verb"):
        create_logbook(name, first_event={"action": {"verb": "no such verb"}}, using=database)
    assert not Logbook.objects.using(database).filter(name=name).exists()
    begun = create_logbook(name, first_event=lambda origin, key: FIRST, using=database)
    assert check_log(begun) == 1


def test_a_database_lost_from_beside_its_checkpoint_file_is_not_replaced_silently(logbook, database):
    after_commit.flush()
    Logbook.objects.using(database).filter(pk=logbook.pk).update(name=f"{logbook.name}-gone")
    with pytest.raises(AppendRefused) as refusal:
        create_logbook(logbook.name, first_event=FIRST, using=database)
    assert refusal.value.code == "checkpoints-without-logbook"
    assert checkpoint_path(logbook.name).exists()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda path: path.unlink(), "key-missing"),
        (lambda path: path.write_text("no key"), "key-unreadable"),
        (lambda path: path.write_text(SigningKey.from_seed("a/b", b"1" * 32).text), "key-differs"),
    ],
)
def test_without_its_own_key_a_logbook_does_not_grow(logbook, damage, code):
    group.close_groups()
    damage(settings.INDELIBLE_HOME.signing_key(logbook.name))
    with pytest.raises(AppendRefused) as refusal:
        append(logbook, [Draft(FIRST)])
    assert refusal.value.code == code
    assert check_log(logbook) == 1


def test_a_logbook_is_found_by_its_name(logbook, database):
    assert get_logbook(logbook.name, using=database) == logbook
