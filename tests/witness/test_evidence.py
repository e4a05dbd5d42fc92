"""What a log signed and a witness refused: kept for ever, told once, and not mistaken for more than it shows."""

from __future__ import annotations

import pytest

from indelible.ledger.notes import open_note
from indelible.ledger.strict import write_base64
from indelible.witness import evidence
from indelible.witness.state import State
from tests.witness.asking import Asker, Bench, body, history
from tests.witness.test_judging import OTHER_KEY


def kept(bench: Bench) -> list[tuple[str, int]]:
    return [(refused.reason, refused.size) for refused in bench.state.log(bench.log.origin).refused]


def test_two_roots_for_one_size_are_kept_as_a_fork_with_both_notes(bench: Bench) -> None:
    bench.ask(0, 8)
    assert bench.ask(8, 8, forked_at=3).status == 422
    (refused,) = bench.state.log(bench.log.origin).refused
    assert (refused.reason, refused.size, refused.old, refused.at) == ("fork", 8, 8, bench.times[0])
    assert refused.against is not None
    texts = {open_note(note, [bench.log.key.verifier]).text for note in (refused.note, refused.against)}
    assert texts == {bench.log.note(8).split("\n\n")[0] + "\n", bench.log.note(8, 3).split("\n\n")[0] + "\n"}


def test_a_fork_is_found_though_the_request_names_a_stale_size(bench: Bench) -> None:
    bench.ask(0, 8)
    assert bench.ask(5, 8, forked_at=3).status == 409
    assert kept(bench) == [("fork", 8)]


def test_a_fork_at_a_size_cosigned_long_ago_is_found(bench: Bench) -> None:
    bench.ask(0, 5)
    bench.ask(5, 8)
    assert bench.ask(0, 5, forked_at=3).status == 409
    assert kept(bench) == [("fork", 5)]


def test_a_fork_is_found_though_old_is_larger_than_the_size(bench: Bench) -> None:
    bench.ask(0, 5)
    bench.ask(5, 8)
    assert bench.judge.add_checkpoint(body(8, [], bench.log.note(5, 3))).status == 400
    assert kept(bench) == [("fork", 5)]


def test_a_late_message_is_no_evidence(bench: Bench) -> None:
    bench.ask(0, 5)
    bench.ask(5, 8)
    for old in (0, 5, 8):
        assert bench.judge.add_checkpoint(body(old, [], bench.log.note(5))).status in (400, 409)
    assert bench.ask(5, 9).status == 409
    assert kept(bench) == []
    assert bench.told == []


def test_a_smaller_seal_that_was_never_cosigned_is_kept_as_behind(bench: Bench) -> None:
    bench.ask(0, 8)
    assert bench.ask(0, 6).status == 409
    assert bench.judge.add_checkpoint(body(8, [], bench.log.note(4))).status == 400
    assert kept(bench) == [("behind", 6), ("behind", 4)]
    assert bench.told == []


def test_a_seal_without_a_proof_that_holds_is_kept_as_no_extension(bench: Bench) -> None:
    bench.ask(0, 5)
    assert bench.judge.add_checkpoint(body(5, [bytes(32)], bench.log.note(8))).status == 422
    assert kept(bench) == [("no-extension", 8)]


def test_a_refused_seal_becomes_a_fork_once_its_size_is_cosigned_with_another_root(bench: Bench) -> None:
    bench.ask(0, 5)
    assert bench.ask(5, 8, forked_at=3).status == 422
    assert kept(bench) == [("no-extension", 8)]
    assert bench.ask(5, 8).status == 200
    (refused,) = bench.state.log(bench.log.origin).refused
    assert refused.reason == "fork"
    assert [told.reason for _, told in bench.told] == ["no-extension", "fork"]
    assert refused.against is not None
    assert open_note(refused.against, [bench.log.key.verifier]).text.split("\n")[2] == write_base64(
        history(8).root(8)
    )


def test_two_refused_seals_of_one_size_show_a_fork_by_themselves(bench: Bench) -> None:
    bench.ask(0, 5)
    assert bench.ask(5, 8, forked_at=3).status == 422
    assert bench.ask(5, 8, forked_at=4).status == 422
    assert kept(bench) == [("fork", 8), ("fork", 8)]
    assert all(refused.against for refused in bench.state.log(bench.log.origin).refused)


def test_an_empty_record_with_a_full_fingerprint_is_kept(bench: Bench) -> None:
    lie = bench.log.says(f"{bench.log.origin}\n0\n{write_base64(bytes(32))}\n")
    assert bench.judge.add_checkpoint(body(0, [], lie)).status == 422
    assert kept(bench) == [("empty-root", 0)]


def test_what_the_log_did_not_sign_is_not_kept(bench: Bench) -> None:
    bench.ask(0, 8)
    assert bench.judge.add_checkpoint(Asker(OTHER_KEY).request(8, 8, 3)).status == 403
    assert kept(bench) == []


def test_the_same_seal_is_kept_and_told_once(bench: Bench) -> None:
    bench.ask(0, 8)
    for _ in range(3):
        assert bench.ask(8, 8, forked_at=3).status == 422
    assert kept(bench) == [("fork", 8)]
    assert [(origin, refused.reason) for origin, refused in bench.told] == [(bench.log.origin, "fork")]


def test_a_flood_of_one_reason_is_counted_and_leaves_room_for_another(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "KEPT_OF_EACH_REASON", 3)
    bench.ask(0, 20)
    for size in range(1, 11):
        bench.ask(0, size)
    assert kept(bench) == [("behind", 1), ("behind", 2), ("behind", 3)]
    assert bench.state.log(bench.log.origin).not_kept == 7
    bench.ask(20, 20, forked_at=3)
    assert kept(bench)[-1] == ("fork", 20)


def test_a_refused_seal_changes_nothing_of_what_is_held(bench: Bench) -> None:
    bench.ask(0, 8)
    before = bench.state.newest(bench.log.origin)
    bench.ask(8, 8, forked_at=3)
    bench.ask(8, 9, forked_at=3)
    assert bench.state.newest(bench.log.origin) == before
    assert bench.ask(8, 9).status == 200


def test_old_seals_are_forgotten_and_the_newest_never(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.witness import state

    monkeypatch.setattr(state, "REMEMBERED", 5)
    monkeypatch.setattr(state, "_TIDY_EVERY", 4)
    for size in range(21):
        assert bench.ask(max(size - 1, 0), size).status == 200
    remembered = [size for size in range(21) if _is_cosigned(bench.state, bench.log, size)]
    assert remembered == [16, 17, 18, 19, 20]


def _is_cosigned(state: State, log: Asker, size: int) -> bool:
    with state.deciding() as found:
        return found.is_cosigned(log.origin, size, history(max(size, 1)).root(size))
