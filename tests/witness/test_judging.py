"""What a witness cosigns, and with which code it refuses what, in the order of the standard."""

from __future__ import annotations

import pytest

from indelible.ledger.hashing import EMPTY_ROOT
from indelible.ledger.keys import SigningKey
from indelible.ledger.notes import open_note, parse_note
from indelible.ledger.proofs import prove_consistency
from indelible.ledger.strict import write_base64
from tests.witness.asking import Asker, Bench, body, history

OTHER_KEY = SigningKey.from_seed("audit.example/tests", bytes(range(40, 72)))
STRANGER = SigningKey.from_seed("audit.example/stranger", bytes(range(40, 72)))


def test_the_first_seal_is_cosigned_with_the_time_of_the_clock(bench: Bench) -> None:
    answer = bench.ask(0, 5)
    assert answer.status == 200
    opened = open_note(bench.log.note(5) + answer.body, [bench.log.key.verifier, bench.key.verifier])
    good = opened.by(bench.key.verifier)
    assert good is not None
    assert good.time == bench.times[0]


@pytest.mark.parametrize(("old", "size"), [(1, 2), (2, 3), (3, 8), (4, 8), (7, 300), (256, 257), (5, 5)])
def test_a_seal_that_extends_the_newest_is_cosigned(bench: Bench, old: int, size: int) -> None:
    assert bench.ask(0, old).status == 200
    assert bench.ask(old, size).status == 200
    assert bench.state.newest(bench.log.origin).size == size  # type: ignore[union-attr]


def test_asking_again_for_the_same_seal_gives_a_fresh_time(bench: Bench) -> None:
    first = bench.ask(0, 8)
    bench.times[0] += 86_400
    again = bench.ask(8, 8)
    assert again.status == 200
    assert again.body != first.body
    assert again.body in bench.state.newest(bench.log.origin).note  # type: ignore[union-attr]


def test_the_empty_log_is_cosigned_and_then_extended(bench: Bench) -> None:
    assert bench.ask(0, 0).status == 200
    assert bench.ask(0, 0).status == 200
    assert bench.ask(0, 3).status == 200


NOT_A_REQUEST = {
    "nothing": b"",
    "no old line": b"\n\nx\n",
    "another word": b"new 0\n\n",
    "a leading zero": b"old 00\n\n",
    "a sign": b"old +0\n\n",
    "two spaces": b"old  0\n\n",
    "a carriage return": b"old 0\r\n\r\n",
    "other digits": "old ٣\n\n".encode(),
    "no note": b"old 0\n\n",
    "a number too large": b"old 9223372036854775808\n\n",
}


@pytest.mark.parametrize("what", NOT_A_REQUEST)
def test_what_is_no_request_is_400(bench: Bench, what: str) -> None:
    data = NOT_A_REQUEST[what]
    with_note = data + bench.log.note(3).encode() if what != "no note" else data
    assert bench.judge.add_checkpoint(with_note).status == 400


def test_more_than_63_lines_of_proof_are_400_and_63_are_not(bench: Bench) -> None:
    note = bench.log.note(8)
    assert bench.judge.add_checkpoint(body(0, [bytes(32)] * 64, note)).status == 400
    assert bench.judge.add_checkpoint(body(0, [bytes(32)] * 63, note)).status == 422


@pytest.mark.parametrize("line", ["AAAA", "A" * 43, "A" * 43 + "B", "A" * 43 + "= ", "é" * 44])
def test_a_line_of_proof_that_is_no_hash_is_400(bench: Bench, line: str) -> None:
    data = f"old 1\n{line}\n\n{bench.log.note(8)}".encode()
    assert bench.judge.add_checkpoint(data).status == 400


@pytest.mark.parametrize(
    "text",
    [
        "audit.example/tests\n",
        "audit.example/tests\n8\n",
        "audit.example/tests\n08\n" + write_base64(bytes(32)) + "\n",
        "audit.example/tests\n8\n" + write_base64(bytes(31)) + "\n",
        "\n8\n" + write_base64(bytes(32)) + "\n",
        "audit.example/tests\n8\n" + write_base64(bytes(32)) + "\nan extension line\n",
    ],
)
def test_a_note_that_is_no_plain_checkpoint_is_400_though_the_log_signed_it(bench: Bench, text: str) -> None:
    assert bench.judge.add_checkpoint(body(0, [], bench.log.says(text))).status == 400


def test_an_unknown_log_is_404_however_good_its_signature(bench: Bench) -> None:
    stranger = Asker(STRANGER)
    assert bench.judge.add_checkpoint(stranger.request(0, 3)).status == 404
    assert bench.judge.add_checkpoint(body(9, [], stranger.note(3))).status == 404


def test_a_log_without_a_signature_of_its_trusted_key_is_403(bench: Bench) -> None:
    assert bench.judge.add_checkpoint(Asker(OTHER_KEY).request(0, 3)).status == 403
    # Before anything else is looked at: old is larger than the size, too.
    assert bench.judge.add_checkpoint(body(9, [], Asker(OTHER_KEY).note(3))).status == 403


def test_a_trusted_key_whose_signature_fails_is_403(bench: Bench) -> None:
    swapped = bench.log.note(4).replace("\n4\n", "\n5\n")
    assert bench.judge.add_checkpoint(body(0, [], swapped)).status == 403


def test_a_signature_repeated_is_403(bench: Bench) -> None:
    note = bench.log.note(4)
    assert bench.judge.add_checkpoint(body(0, [], note + parse_note(note).signatures[0].line)).status == 403


def test_signatures_of_unknown_keys_are_passed_over_and_not_kept(bench: Bench) -> None:
    note = bench.log.note(4) + Asker(OTHER_KEY).note(4).split("\n\n")[1]
    assert bench.judge.add_checkpoint(body(0, [], note)).status == 200
    held = bench.state.newest(bench.log.origin)
    assert held is not None
    assert len(parse_note(held.note).signatures) == 2
    open_note(held.note, [bench.log.key.verifier, bench.key.verifier])


def test_an_old_size_above_the_size_is_400(bench: Bench) -> None:
    assert bench.ask(0, 8).status == 200
    assert bench.judge.add_checkpoint(body(8, [], bench.log.note(5))).status == 400


@pytest.mark.parametrize(("old", "size"), [(0, 9), (5, 9), (9, 9), (0, 3), (3, 3)])
def test_an_old_size_that_is_not_the_newest_is_409_with_the_newest(bench: Bench, old: int, size: int) -> None:
    assert bench.ask(0, 8).status == 200
    answer = bench.ask(old, size)
    assert (answer.status, answer.body, answer.content_type) == (409, "8\n", "text/x.tlog.size")


def test_an_old_size_where_nothing_was_cosigned_is_409_with_zero(bench: Bench) -> None:
    answer = bench.ask(4, 8)
    assert (answer.status, answer.body, answer.content_type) == (409, "0\n", "text/x.tlog.size")


def test_a_stale_old_size_is_409_before_the_proof_is_looked_at(bench: Bench) -> None:
    assert bench.ask(0, 8).status == 200
    assert bench.judge.add_checkpoint(body(5, [bytes(32)], bench.log.note(9))).status == 409


def test_size_0_with_another_root_than_the_empty_trees_is_422(bench: Bench) -> None:
    lie = bench.log.says(f"{bench.log.origin}\n0\n{write_base64(bytes(32))}\n")
    assert bench.judge.add_checkpoint(body(0, [], lie)).status == 422
    truth = bench.log.says(f"{bench.log.origin}\n0\n{write_base64(EMPTY_ROOT)}\n")
    assert bench.judge.add_checkpoint(body(0, [], truth)).status == 200


def test_a_proof_from_nothing_is_422(bench: Bench) -> None:
    assert bench.judge.add_checkpoint(body(0, [bytes(32)], bench.log.note(3))).status == 422


def test_the_same_size_with_another_root_is_422(bench: Bench) -> None:
    assert bench.ask(0, 8).status == 200
    answer = bench.ask(8, 8, forked_at=3)
    assert answer.status == 422
    assert "text/x.tlog.size" not in answer.content_type


def test_a_proof_that_does_not_hold_is_422(bench: Bench) -> None:
    assert bench.ask(0, 5).status == 200
    assert bench.ask(5, 8, forked_at=3).status == 422
    true = prove_consistency(5, 8, history(8))
    for wrong in ([], true[:-1], [*true, bytes(32)], true[::-1], [bytes(32), *true[1:]]):
        assert bench.judge.add_checkpoint(body(5, wrong, bench.log.note(8))).status == 422
    assert bench.ask(5, 8).status == 200


def test_a_proof_beside_the_very_seal_that_is_held_is_422(bench: Bench) -> None:
    assert bench.ask(0, 8).status == 200
    assert bench.judge.add_checkpoint(body(8, [bytes(32)], bench.log.note(8))).status == 422
    assert bench.told == []


def test_while_a_key_is_changed_either_key_is_accepted_and_both_lines_are_kept(bench: Bench) -> None:
    bench.state.add_key(OTHER_KEY.verifier, 2)
    both = bench.log.note(3) + Asker(OTHER_KEY).note(3).split("\n\n")[1]
    assert bench.judge.add_checkpoint(body(0, [], both)).status == 200
    assert len(parse_note(bench.state.newest(bench.log.origin).note).signatures) == 3  # type: ignore[union-attr]
    assert bench.judge.add_checkpoint(Asker(OTHER_KEY).request(3, 5)).status == 200
    assert bench.ask(5, 6).status == 200


def test_a_note_with_one_good_and_one_broken_line_of_trusted_keys_is_403(bench: Bench) -> None:
    bench.state.add_key(OTHER_KEY.verifier, 2)
    broken = bench.log.note(3) + Asker(OTHER_KEY).note(4).split("\n\n")[1]
    assert bench.judge.add_checkpoint(body(0, [], broken)).status == 403


def test_a_dropped_key_counts_no_more_and_a_list_does_not_bring_it_back(bench: Bench) -> None:
    assert bench.state.drop_key(bench.log.key.verifier, 3)
    assert not bench.state.drop_key(bench.log.key.verifier, 3)
    assert bench.ask(0, 3).status == 404
    assert not bench.state.add_key(bench.log.key.verifier, 4)
    assert bench.ask(0, 3).status == 404
    assert bench.state.add_key(bench.log.key.verifier, 5, again=True)
    assert bench.ask(0, 3).status == 200


def test_each_log_has_its_own_newest_seal(bench: Bench) -> None:
    stranger = Asker(STRANGER)
    bench.state.add_key(STRANGER.verifier, 2)
    assert bench.ask(0, 8).status == 200
    assert bench.judge.add_checkpoint(stranger.request(0, 3)).status == 200
    assert bench.ask(8, 9).status == 200
    assert bench.judge.add_checkpoint(stranger.request(8, 9)).body == "3\n"
