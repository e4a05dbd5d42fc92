"""A log that was set back, or replaced, is not appended to; one that merely lost something is."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.db import connections

from indelible.storage.database import after_commit, group
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checkpoint_file import add_line, checkpoint_path, newest_in_file, read_lines
from indelible.storage.database.clock import now
from indelible.storage.database.errors import AppendRefused
from indelible.storage.database.keys import load_key
from indelible.storage.database.reads import checkpoints, get_checkpoint, head
from tests.storage.holding import check_log


def drafts(count: int = 1) -> list[Draft]:
    return [Draft({"action": {"verb": "change", "said": f"{n}"}}) for n in range(count)]


def run(logbook, sql, *values):
    with connections[logbook._state.db].cursor() as cursor:
        cursor.execute(sql, values)


def new_process() -> None:
    """What a new process knows: what stands in the tables and in the file, nothing else."""
    after_commit.flush()
    group.close_groups()


def cut_off(logbook, size, *, with_checkpoints):
    """Put the state of an earlier size back, as a restored database would have it."""
    earlier = next(c for c in checkpoints(logbook, limit=100) if c.size == size)
    run(logbook, 'DELETE FROM "entry" WHERE "logbook" = %s AND "index" >= %s', logbook.pk, size)
    if with_checkpoints:
        run(logbook, 'DELETE FROM "checkpoint" WHERE "logbook" = %s AND "size" > %s', logbook.pk, size)
    run(
        logbook,
        'UPDATE "logbook" SET "size" = %s, "root" = %s WHERE "id" = %s',
        size,
        earlier.root,
        logbook.pk,
    )


@pytest.mark.parametrize("with_checkpoints", [False, True])
def test_nothing_is_appended_to_an_older_state_put_back(logbook, with_checkpoints):
    for _ in range(4):
        append(logbook, drafts())
    new_process()
    cut_off(logbook, 3, with_checkpoints=with_checkpoints)
    with pytest.raises(AppendRefused) as refusal:
        append(logbook, drafts())
    assert refusal.value.code == "older-state-put-back"
    assert head(logbook).size == 3


def test_an_older_state_put_back_under_a_running_process_is_seen_too(logbook):
    for _ in range(4):
        append(logbook, drafts())
    after_commit.flush()
    cut_off(logbook, 3, with_checkpoints=True)
    with pytest.raises(AppendRefused) as refusal:
        append(logbook, drafts())
    assert refusal.value.code == "older-state-put-back"
    with pytest.raises(AppendRefused):  # and it stays so
        append(logbook, drafts())


def test_a_rewritten_log_is_not_an_extension_of_the_checkpoint_file(logbook):
    """Even with the right key: a copy of the folder goes its own way, and is put in the place of the log."""
    append(logbook, drafts())
    after_commit.flush()
    mine = checkpoint_path(logbook.name)
    lines = mine.read_text()
    append(logbook, drafts())
    after_commit.flush()
    notes = [line.note for line in read_lines(mine)]
    # The other history: what was recorded at index 2 is recorded otherwise.
    cut_off(logbook, 2, with_checkpoints=True)
    mine.write_text(lines)
    new_process()
    append(logbook, drafts(2))
    new_process()
    rewritten = head(logbook).root
    mine.write_text(lines + json.dumps({"at": now(), "note": notes[-1]}) + "\n")
    with pytest.raises(AppendRefused) as refusal:
        append(logbook, drafts())
    assert refusal.value.code == "not-an-extension"
    assert head(logbook).root == rewritten


def test_a_line_that_the_key_did_not_sign_does_not_stop_the_log(logbook):
    append(logbook, drafts())
    new_process()
    note = get_checkpoint(logbook).note.replace("\n2\n", "\n999\n")
    add_line(checkpoint_path(logbook.name), now(), note)
    with checkpoint_path(logbook.name).open("a") as file:
        file.write("not a line of JSON")
    append(logbook, drafts())
    new_process()
    key = load_key(settings.INDELIBLE_HOME, logbook.name, logbook.public_key).verifier
    assert newest_in_file(checkpoint_path(logbook.name), logbook.origin, key).size == 3
    assert [line.note is None for line in read_lines(checkpoint_path(logbook.name))][-2:] == [True, False]


def test_a_lost_checkpoint_file_is_begun_anew_with_the_newest(logbook):
    append(logbook, drafts())
    new_process()
    checkpoint_path(logbook.name).unlink()
    append(logbook, drafts())
    after_commit.flush()
    assert [line.note for line in read_lines(checkpoint_path(logbook.name))] == [get_checkpoint(logbook).note]


def test_the_file_may_lie_in_a_folder_of_its_own(logbook, tmp_path, settings):
    new_process()
    settings.INDELIBLE_CHECKPOINT_FOLDER = str(tmp_path)
    append(logbook, drafts())
    after_commit.flush()
    notes = [line.note for line in read_lines(tmp_path / f"{logbook.name}.jsonl")]
    assert notes == [get_checkpoint(logbook).note]


def test_a_folder_that_cannot_be_written_holds_up_nothing_and_is_tried_again(logbook, tmp_path, settings):
    settings.INDELIBLE_CHECKPOINT_FOLDER = str(tmp_path / "share")
    new_process()
    append(logbook, drafts())
    after_commit.flush()
    (tmp_path / "share").mkdir()
    after_commit.flush()
    assert [line.note for line in read_lines(tmp_path / "share" / f"{logbook.name}.jsonl")] == [
        get_checkpoint(logbook).note
    ]


def test_an_altered_entry_does_not_stop_appending(logbook):
    append(logbook, drafts(5))
    new_process()
    run(logbook, """UPDATE "entry" SET "content" = '{}' WHERE "logbook" = %s AND "index" = 3""", logbook.pk)
    assert append(logbook, drafts()).recorded[0].index == 6


@pytest.mark.parametrize(
    "damage",
    [
        'DELETE FROM "edge" WHERE "logbook" = %s',
        """UPDATE "edge" SET "hashes" = substr("hashes", 1, 3) WHERE "logbook" = %s""",
        """UPDATE "checkpoint" SET "leaves" = substr("leaves", 1, 3) WHERE "logbook" = %s AND "size" > 256""",
        'DELETE FROM "tile" WHERE "logbook" = %s',
    ],
)
def test_what_the_tree_lost_is_made_good_from_what_is_left(logbook, damage):
    for size in (255, 1, 40, 300):
        append(logbook, drafts(size))
    new_process()
    run(logbook, damage, logbook.pk)
    assert append(logbook, drafts()).recorded[0].index == 597


def test_where_nothing_leads_to_the_head_any_more_nothing_is_appended(logbook):
    append(logbook, drafts(5))
    new_process()
    run(
        logbook,
        """UPDATE "checkpoint" SET "leaves" = substr("leaves", 1, 3) WHERE "logbook" = %s""",
        logbook.pk,
    )
    run(logbook, 'DELETE FROM "entry" WHERE "logbook" = %s AND "index" = 2', logbook.pk)
    with pytest.raises(AppendRefused) as refusal:
        append(logbook, drafts())
    assert refusal.value.code == "tree-differs-from-head"


def test_an_altered_head_is_not_built_on(logbook):
    append(logbook, drafts(5))
    run(logbook, """UPDATE "logbook" SET "root" = substr("root", 1, 3) WHERE "id" = %s""", logbook.pk)
    with pytest.raises(AppendRefused):
        append(logbook, drafts())
    new_process()
    with pytest.raises(AppendRefused) as refusal:
        append(logbook, drafts())
    assert refusal.value.code == "not-an-extension"


def test_a_log_that_another_process_moved_on_is_caught_up_with(logbook):
    append(logbook, drafts(3))
    alias = logbook._state.db
    mine = group.group_of(logbook, alias)
    for size in (1, 2, 251, 700, 255):
        del group._groups[alias, logbook.pk]  # another process comes, appends and goes
        append(logbook, drafts(size))
        group._groups[alias, logbook.pk].close()
        group._groups[alias, logbook.pk] = mine
        append(logbook, drafts(2))
    assert check_log(logbook) == 4 + 1209 + 10
