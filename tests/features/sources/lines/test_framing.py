"""Bytes of a connection become messages, however they are cut on their way; nothing is passed over in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.features.sources.kinds.lines.framing import KEPT_BYTES, Frame, Framer, frame_of
from tests.features.sources.lines.conftest import counted

LARGEST = 500
MESSAGES = st.lists(
    st.binary(min_size=1, max_size=60).map(lambda data: b"<13>" + data), min_size=1, max_size=8
)
CUTS = st.lists(st.integers(1, 40), max_size=40)


def fed(data: bytes, cuts: list[int], largest: int = LARGEST) -> list[Frame]:
    """Return all frames of a connection whose bytes came in pieces of these sizes."""
    framer = Framer(largest)
    frames: list[Frame] = []
    for size in cuts:
        frames += framer.feed(data[:size])
        data = data[size:]
    return [*frames, *framer.feed(data), *framer.end()]


@given(MESSAGES, CUTS)
def test_counted_messages_come_out_whole(messages: list[bytes], cuts: list[int]) -> None:
    assert fed(counted(*messages), cuts) == [Frame(message) for message in messages]


@given(MESSAGES, CUTS)
def test_messages_that_end_in_a_line_feed_come_out_whole(messages: list[bytes], cuts: list[int]) -> None:
    plain = [message.translate(None, b"\n\r\0") for message in messages]
    assert fed(b"".join(message + b"\n" for message in plain), cuts) == [Frame(message) for message in plain]


@given(MESSAGES)
def test_messages_that_end_in_a_zero_byte_come_out_whole(messages: list[bytes]) -> None:
    plain = [message.translate(None, b"\0<").join([b"<", b"\nx"]) for message in messages]
    assert fed(b"".join(message + b"\0" for message in plain), []) == [Frame(message) for message in plain]


@given(st.binary(max_size=2_000), CUTS)
def test_any_bytes_are_taken_or_told(data: bytes, cuts: list[int]) -> None:
    whole = fed(data, [], 50)
    pieces = fed(data, cuts, 50)
    for frames in (whole, pieces):
        assert all(len(frame.data) <= KEPT_BYTES for frame in frames)
        assert all(frame.fault or len(frame.data) <= 50 for frame in frames)
    if data.strip(b"\0\r\n") and not data[:1].isdigit():
        assert whole


@pytest.mark.parametrize("length", [501, 5_000, 9_000_000])
def test_a_message_that_is_too_long_is_told_once_and_the_next_one_is_whole(length: int) -> None:
    long, short = b"<13>" + b"x" * length, b"<13>short"
    kept = Frame(long[:KEPT_BYTES], "record_too_large")
    assert fed(counted(long, short), [100] * 3) == [kept, Frame(short)]
    (told, last) = fed(long + b"\n" + short + b"\n", [100] * 3)
    assert (told.fault, last) == ("record_too_large", Frame(short))


def test_what_breaks_off_or_loses_its_count_is_told() -> None:
    assert fed(b"<13>half", []) == [Frame(b"<13>half", "cut_off_by_sender")]
    assert fed(b"30 <13>half", []) == [Frame(b"30 <13>half", "cut_off_by_sender")]
    assert fed(b"6 <13>ab<13>c", []) == [Frame(b"<13>ab"), Frame(b"<13>c", "frame_unreadable")]
    framer = Framer(LARGEST)
    framer.feed(b"6 <13>ab99999999999 ")
    assert framer.is_lost
    assert framer.feed(b"<13>more") == []


def test_a_line_that_begins_with_figures_is_not_taken_for_a_count() -> None:
    assert fed(b"2026-03-04T10:15:22Z gate1 app: hello\n", [3]) == [
        Frame(b"2026-03-04T10:15:22Z gate1 app: hello")
    ]


def test_senders_that_add_a_mark_to_counted_messages_are_read() -> None:
    assert fed(b"5 <13>a\n5 <13>b\r\n", []) == [Frame(b"<13>a"), Frame(b"<13>b")]


def test_a_datagram_is_one_message() -> None:
    assert frame_of(b"<13>one\ntwo\n", LARGEST) == Frame(b"<13>one\ntwo")
    assert frame_of(b"\n\0", LARGEST) is None
    found = frame_of(b"<13>" + b"x" * 9_000, LARGEST)
    assert found is not None
    assert (found.fault, len(found.data)) == ("record_too_large", KEPT_BYTES)
