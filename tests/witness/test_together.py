"""Many at once, and killed amid them: the witness holds one history, and never an older one than before."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from random import Random

from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import open_note
from tests.services.witness import RunningWitness, running_witness
from tests.witness.asking import Asker, Reply, call, history, post
from tests.witness.test_serving import BELOW

LOG = Asker()
THREADS = 8


def held_size(witness: RunningWitness) -> int:
    """Return the size that the witness shows to anybody, 0 where it shows none; its lines must hold."""
    answer = call(witness.url, "GET", f"{BELOW}/checkpoint")
    if answer.status == 404:
        return 0
    opened = open_note(answer.body, [LOG.key.verifier, VerifierKey.parse(witness.key)])
    assert len(opened.good) == 2
    size = int(opened.text.split("\n")[1])
    assert answer.body.startswith(LOG.note(size).split("\n\n")[0])
    return size


class Reader:
    """Looks at what is held again and again, and notes whether it ever shrank."""

    def __init__(self, witness: RunningWitness) -> None:
        self._witness, self._stop = witness, threading.Event()
        self.seen: list[int] = []
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._stop.is_set():
            self.seen.append(held_size(self._witness))

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def test_of_many_that_extend_one_seal_exactly_one_is_cosigned(tmp_path: Path) -> None:
    history(200)
    with (
        running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as witness,
        ThreadPoolExecutor(THREADS) as pool,
        Reader(witness) as reader,
    ):
        held = 0
        for step in range(12):
            sizes = [held + 1 + (step * 5 + place) % 13 for place in range(THREADS)]
            sizes = sorted(set(sizes), reverse=step % 2 == 0)
            answers = list(pool.map(lambda size, old=held: post(witness.url, LOG.request(old, size)), sizes))
            won = [size for size, answer in zip(sizes, answers, strict=True) if answer.status == 200]
            assert len(won) == 1
            assert {(each.status, each.body) for each in answers if each.status != 200} <= {
                (409, f"{won[0]}\n")
            }
            held = won[0]
        assert held_size(witness) == held
    assert len(reader.seen) > 1
    assert reader.seen == sorted(reader.seen)


def test_logs_that_resync_all_the_time_make_one_history(tmp_path: Path) -> None:
    """Each sender goes on from what it was told last, as a courier does; every 200 is a step forward."""
    history(400)
    steps: list[tuple[int, int]] = []

    def send(seed: int) -> None:
        random, old = Random(seed), 0
        for _ in range(25):
            size = old + random.randrange(0, 4)
            answer = post(witness.url, LOG.request(old, size))
            if answer.status == 200:
                steps.append((old, size))
                old = size
            else:
                assert answer.status == 409
                assert int(answer.body) > old
                old = int(answer.body)

    with (
        running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as witness,
        Reader(witness) as reader,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        for done in [pool.submit(send, seed) for seed in range(THREADS)]:
            done.result()
        newest = held_size(witness)
    grown = sorted({step for step in steps if step[0] != step[1]})
    # Each size was left once only, so the steps are one chain from nothing to the newest.
    assert [old for old, _ in grown] == [0, *(size for _, size in grown)][:-1]
    assert grown[-1][1] == newest
    assert reader.seen == sorted(reader.seen)


def test_two_processes_on_one_folder_hold_one_history(tmp_path: Path) -> None:
    history(200)
    logs = [LOG.key.verifier.text]
    with (
        running_witness(tmp_path / "w", logs=logs) as one,
        running_witness(tmp_path / "w", logs=logs) as two,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        held = 0
        for _ in range(10):
            asks = [(url, held + 1 + place % 4) for place, url in enumerate([one.url, two.url] * 4)]
            answers = list(pool.map(lambda ask, old=held: post(ask[0], LOG.request(old, ask[1])), asks))
            won = [size for (_, size), answer in zip(asks, answers, strict=True) if answer.status == 200]
            assert len(won) == 1
            (held,) = won
        assert held_size(one) == held_size(two) == held


def test_what_was_answered_is_still_there_after_the_process_is_killed(tmp_path: Path) -> None:
    history(400)
    with running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as witness:
        answered = [0]
        for round_ in range(5):
            stop = threading.Event()
            failed: list[Reply] = []

            def send(stop: threading.Event = stop, failed: list[Reply] = failed) -> None:
                while not stop.is_set():
                    old = answered[-1]
                    try:
                        answer = post(witness.url, LOG.request(old, old + 1))
                    except (OSError, HTTPException):  # killed before or amid an answer, which does not count
                        return
                    if answer.status == 200:
                        answered.append(old + 1)
                    else:
                        failed.append(answer)

            sender = threading.Thread(target=send)
            sender.start()
            threading.Event().wait(0.1 + 0.07 * round_)
            witness.kill()
            stop.set()
            sender.join()
            witness.start()
            held = held_size(witness)
            # One more than answered, where the end fell between storing and answering.
            assert held in (answered[-1], answered[-1] + 1)
            assert failed == []
            answered.append(held)
            assert post(witness.url, LOG.request(held, held)).status == 200
        assert answered[-1] > 5


def test_evidence_is_still_there_after_the_process_is_killed(tmp_path: Path) -> None:
    with running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as witness:
        assert post(witness.url, LOG.request(0, 8)).status == 200
        assert post(witness.url, LOG.request(8, 8, forked_at=2)).status == 422
        witness.kill()
        witness.start()
        assert '"fork"' in call(witness.url, "GET", f"{BELOW}/refused").body
        assert "Two versions of this record exist" in call(witness.url, "GET", "/").body
