"""Another sealing key: every process signs as the tables say, old seals stay good, an old key card leads on."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connections, transaction

from indelible.ledger.checkpoints import open_checkpoint
from indelible.ledger.errors import SignatureError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import parse_note
from indelible.ledger.rotation import KeyHistory
from indelible.storage.database import after_commit, group
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking import check
from indelible.storage.database.checkpoint_file import add_line, checkpoint_path, newest_in_file
from indelible.storage.database.clock import now
from indelible.storage.database.errors import AppendRefused, StorageError
from indelible.storage.database.key_table import State
from indelible.storage.database.keys import key_history, key_table, load_key, log_keys, signers, trusted_keys
from indelible.storage.database.models import Holding, SealingKey
from indelible.storage.database.outside import hold
from indelible.storage.database.reads import get_checkpoint, get_entry, head
from indelible.storage.database.rotating import finish_rotation, note_sheet, revoke, rotate
from tests.storage.holding import check_log

ANA = {"name": "Ana", "kind": "person"}


def add(logbook, count: int = 1):
    drafts = [Draft({"action": {"verb": "change", "said": f"{n}"}}, source=3) for n in range(count)]
    return append(logbook, drafts)


def signed_by(note: str) -> list[str]:
    return [line.key_id.hex() for line in parse_note(note).signatures]


def key_id(public_key: str) -> str:
    return public_key.split("+")[1]


def changed(logbook) -> tuple[str, str]:
    """Change the key whole, with entries in every state; return the old and the new verifier key."""
    old = logbook.public_key
    add(logbook, 2)
    rotate(logbook, actor=ANA, reason="Once a year")
    add(logbook, 3)
    finish_rotation(logbook, actor=ANA, accepted_by=["witness.example/w1"])
    add(logbook, 2)
    return old, logbook.public_key


def test_the_old_key_announces_both_sign_then_the_new_one_alone(logbook):
    old = logbook.public_key
    assert signed_by(add(logbook).checkpoint) == [key_id(old)]
    done = rotate(logbook, actor=ANA, reason="Once a year")
    assert signed_by(done.checkpoint) == [key_id(old)]
    assert logbook.public_key == old
    assert signed_by(add(logbook).checkpoint) == [key_id(old), key_id(done.public_key)]
    finished = finish_rotation(logbook, actor=ANA)
    assert signed_by(finished.checkpoint) == [key_id(old), key_id(done.public_key)]
    assert logbook.public_key == done.public_key == finished.public_key
    assert signed_by(add(logbook).checkpoint) == [key_id(done.public_key)]
    told = get_entry(logbook, done.entry).event
    assert told["extra"] == {"new_key": done.public_key, "old_key": old, "kept_in": "file", "signs_from": 4}
    assert told["reason"] == "Once a year" and told["numbers"] == {"sources": {"0": 2}}
    assert check_log(logbook) == 6
    assert check(logbook, workers=1).intact is True


def test_a_key_is_joining_only_once_and_finished_only_then(logbook):
    with pytest.raises(StorageError) as refusal:
        finish_rotation(logbook, actor=ANA)
    assert refusal.value.code == "no-rotation"
    rotate(logbook, actor=ANA, reason="One")
    with pytest.raises(StorageError) as refusal:
        rotate(logbook, actor=ANA, reason="Two")
    assert refusal.value.code == "rotation-under-way"
    assert check_log(logbook) == 2


def test_a_form_sent_twice_changes_the_key_once(logbook):
    first = rotate(logbook, actor=ANA, reason="One", once="a" * 20)
    again = rotate(logbook, actor=ANA, reason="One", once="a" * 20)
    assert (again.done, again.entry, again.public_key) == (False, first.entry, first.public_key)
    assert finish_rotation(logbook, actor=ANA, once="b" * 20).done
    assert not finish_rotation(logbook, actor=ANA, once="b" * 20).done
    assert revoke(logbook, actor=ANA, reason="Stolen", once="c" * 20).done
    assert not revoke(logbook, actor=ANA, reason="Stolen", once="c" * 20).done
    assert len(key_table(logbook).rows) == 3
    assert check_log(logbook) == 4


def test_an_old_key_card_leads_to_the_newest_key(logbook):
    old, new = changed(logbook)
    oldest, middle, newest = old, *changed(logbook)
    assert middle == new
    for card in (oldest, middle, newest, None):
        report = check(logbook, key=card, workers=1)
        assert (report.intact, report.findings) == (True, ())
        assert report.key == ("given" if card else "not compared")
    told = KeyHistory.parse(key_history(logbook))
    assert [key.text for key in told.keys] == [oldest, middle, newest]
    assert told.lead(VerifierKey.parse(oldest)).newest.text == newest
    assert [until for _, until in trusted_keys(logbook)] == [8, 17, None]


def test_the_history_names_nobody(logbook):
    changed(logbook)
    assert "Ana" not in str(key_history(logbook)) and "Once a year" not in str(key_history(logbook))


def test_a_joining_key_is_not_yet_part_of_the_history(logbook):
    before = key_history(logbook)
    rotate(logbook, actor=ANA, reason="One")
    assert key_history(logbook) == before
    report = check(logbook, key=logbook.public_key, workers=1)
    assert report.intact is True


def test_a_foreign_key_card_is_another_key(logbook, log_on):
    changed(logbook)
    stranger = log_on(logbook._state.db).public_key
    report = check(logbook, key=stranger, workers=1)
    assert "other_key" in {finding.kind for finding in report.findings}
    assert report.intact is False


def test_a_retired_key_vouches_for_nothing_newer(logbook):
    old, _new = changed(logbook)
    retired = load_key(settings.INDELIBLE_HOME, logbook.name, old)
    size = head(logbook).size
    text = get_checkpoint(logbook).note.partition("\n\n")[0] + "\n"
    forged = f"{text}\n{retired.sign(text)}"
    with pytest.raises(SignatureError):
        open_checkpoint(forged, logbook.origin, log_keys(logbook))
    run(
        logbook,
        'UPDATE "checkpoint" SET "note" = %s WHERE "logbook" = %s AND "size" = %s',
        forged,
        logbook.pk,
        size,
    )
    report = check(logbook, workers=1)
    assert report.intact is False
    assert {finding.kind for finding in report.findings} == {"checkpoint_differs"}


def test_a_line_of_a_retired_key_in_the_seal_file_is_another_keys(logbook):
    old, _new = changed(logbook)
    after_commit.flush()
    retired = load_key(settings.INDELIBLE_HOME, logbook.name, old)
    text = f"{logbook.origin}\n999\n{'A' * 43}=\n"
    add_line(checkpoint_path(logbook.name), now(), f"{text}\n{retired.sign(text)}")
    assert newest_in_file(checkpoint_path(logbook.name), logbook.origin, log_keys(logbook)).size == 10
    group.close_groups()
    add(logbook)  # it stops nothing
    assert {finding.kind for finding in check(logbook, workers=1).findings} == {"other_key"}


def test_a_stolen_key_is_replaced_at_once_and_its_cards_lead_nowhere(logbook):
    stolen = logbook.public_key
    held = add(logbook, 2).checkpoint
    hold(logbook, held, Holding.Kind.WITNESS, "witness.example/w1", b"")
    add(logbook, 4)
    done = revoke(logbook, actor=ANA, reason="Stolen", to_tell=["witness.example/w1", "auditor"])
    assert signed_by(done.checkpoint) == [key_id(done.public_key)]
    assert logbook.public_key == done.public_key != stolen
    assert [(key.text, until) for key, until in trusted_keys(logbook)] == [
        (stolen, 3),
        (done.public_key, None),
    ]
    assert get_entry(logbook, done.entry).event["extra"]["to_tell"] == ["witness.example/w1", "auditor"]
    add(logbook)
    assert check(logbook, workers=1).findings == ()
    assert check(logbook, key=done.public_key, workers=1).intact is True
    report = check(logbook, key=stolen, workers=1)
    assert report.intact is False
    assert any("revoked" in finding.message for finding in report.findings)
    told = key_history(logbook)
    assert told["revoked"] == [{"key": stolen, "until": 3}] and told["announcements"] == []
    # What comes after it leads on again.
    old, _new = changed(logbook)
    assert old == done.public_key
    assert check(logbook, key=done.public_key, workers=1).intact is True
    assert check(logbook, key=stolen, workers=1).intact is False


def test_a_key_that_was_joining_when_the_other_was_stolen_is_given_up_too(logbook):
    stolen = logbook.public_key
    joining = rotate(logbook, actor=ANA, reason="One").public_key
    add(logbook)
    done = revoke(logbook, actor=ANA, reason="Stolen")
    assert signed_by(add(logbook).checkpoint) == [key_id(done.public_key)]
    assert [key.text for key, _ in trusted_keys(logbook)] == [stolen, done.public_key]
    assert check(logbook, workers=1).findings == ()
    assert get_entry(logbook, done.entry).event["extra"]["key_given_up"] == joining


def test_a_lost_key_can_be_replaced_too(logbook):
    settings.INDELIBLE_HOME.signing_key(logbook.name).unlink()
    group.close_groups()
    with pytest.raises(AppendRefused):
        add(logbook)
    revoke(logbook, actor=ANA, reason="The disk with the key is gone")
    add(logbook)
    assert check(logbook, workers=1).findings == ()


def test_what_was_rolled_back_signs_nothing(logbook, database):
    old = logbook.public_key
    add(logbook)
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=database):
        rotate(logbook, actor=ANA, reason="One")
        assert len(signed_by(add(logbook).checkpoint)) == 2
        raise ZeroDivisionError
    assert signed_by(add(logbook).checkpoint) == [key_id(old)]
    assert not SealingKey.objects.using(database).filter(logbook=logbook).exists()
    done = rotate(logbook, actor=ANA, reason="Two")
    assert signed_by(add(logbook).checkpoint) == [key_id(old), key_id(done.public_key)]
    left = sorted(path.suffix for path in settings.INDELIBLE_HOME.keys.glob(f"{logbook.name}.*"))
    assert left == [".key", ".key", ".unused"]
    assert check_log(logbook) == 5


def test_files_of_keys_that_sign_no_more_are_named_so(logbook):
    old, new = changed(logbook)
    names = {path.name for path in settings.INDELIBLE_HOME.keys.glob(f"{logbook.name}.*")}
    assert names == {f"{logbook.name}.{key_id(old)}.retired", f"{logbook.name}.{key_id(new)}.key"}
    assert [key.verifier.text for key in signers(logbook)] == [new]


def test_a_recovery_sheet_is_noted_for_the_key_in_use(logbook):
    index = note_sheet(logbook, actor=ANA)
    assert key_table(logbook).in_use.sheet == index
    changed(logbook)
    assert key_table(logbook).in_use.sheet is None


@pytest.mark.parametrize(
    "lie",
    [
        """UPDATE "sealing_key" SET "state" = 'retired', "until_size" = 6 WHERE "logbook" = %s AND "ended" = 5""",
        """UPDATE "sealing_key" SET "until_size" = 5 WHERE "logbook" = %s AND "ended" = 5""",
        """UPDATE "sealing_key" SET "ended" = 6 WHERE "logbook" = %s AND "ended" = 5""",
    ],
)
def test_a_stolen_key_cannot_be_made_good_again_in_the_table(logbook, lie):
    add(logbook, 4)
    revoke(logbook, actor=ANA, reason="Stolen")
    add(logbook, 4)
    assert check(logbook, workers=1).findings == ()
    run(logbook, lie, logbook.pk)
    assert "other_key" in {finding.kind for finding in check(logbook, workers=1).findings}


@pytest.mark.parametrize(
    "lie",
    [
        """UPDATE "sealing_key" SET "announced" = 1 WHERE "logbook" = %s AND "state" = 'in_use'""",
        """UPDATE "sealing_key" SET "announced" = NULL WHERE "logbook" = %s AND "state" = 'in_use'""",
        """UPDATE "sealing_key" SET "state" = 'retired' WHERE "logbook" = %s""",
        """DELETE FROM "sealing_key" WHERE "logbook" = %s AND "state" = 'retired'""",
        """UPDATE "sealing_key" SET "since_size" = 2 WHERE "logbook" = %s AND "state" = 'in_use'""",
        """UPDATE "sealing_key" SET "until_size" = NULL WHERE "logbook" = %s AND "state" = 'retired'""",
        """UPDATE "sealing_key" SET "until_size" = 9, "ended" = 8 WHERE "logbook" = %s AND "state" = 'retired'""",
        """UPDATE "sealing_key" SET "until_size" = 2 WHERE "logbook" = %s AND "state" = 'retired'""",
        """UPDATE "sealing_key" SET "state" = 'revoked', "ended" = 2 WHERE "logbook" = %s AND "state" = 'retired'""",
        """UPDATE "sealing_key" SET "public_key" = 'no key' WHERE "logbook" = %s AND "state" = 'retired'""",
    ],
)
def test_a_lie_in_the_table_of_keys_is_found(logbook, lie):
    changed(logbook)
    run(logbook, lie, logbook.pk)
    assert check(logbook, workers=1).intact is False


def test_a_key_put_in_by_hand_without_an_announcement_is_found(logbook):
    from indelible.ledger.keys import SigningKey

    add(logbook, 3)
    mine = SigningKey.from_seed(logbook.origin, bytes(32))
    alias = logbook._state.db
    rows = SealingKey.objects.using(alias)
    rows.create(
        logbook=logbook,
        public_key=logbook.public_key,
        state=State.RETIRED,
        since_size=0,
        until_size=2,
        ended=1,
    )
    rows.create(logbook=logbook, public_key=mine.verifier.text, state=State.IN_USE, since_size=3, announced=1)
    run(logbook, 'UPDATE "logbook" SET "public_key" = %s WHERE "id" = %s', mine.verifier.text, logbook.pk)
    note = get_checkpoint(logbook)
    text = note.note.partition("\n\n")[0] + "\n"
    run(
        logbook,
        'UPDATE "checkpoint" SET "note" = %s WHERE "logbook" = %s AND "size" = %s',
        f"{text}\n{mine.sign(text)}",
        logbook.pk,
        note.size,
    )
    after_commit.flush()
    checkpoint_path(logbook.name).unlink()
    assert "other_key" in {finding.kind for finding in check(logbook, workers=1).findings}


def test_an_altered_announcement_is_told_once(logbook):
    changed(logbook)
    run(
        logbook,
        """UPDATE "entry" SET "content" = replace("content", 'Once a year', 'Once a week')"""
        ' WHERE "logbook" = %s AND "index" = 3',
        logbook.pk,
    )
    report = check(logbook, workers=1)
    assert [(f.kind, f.first_entry) for f in report.findings if f.kind != "search_differs"] == [
        ("altered", 3)
    ]


def run(logbook, sql, *values):
    with connections[logbook._state.db].cursor() as cursor:
        cursor.execute(sql, values)
