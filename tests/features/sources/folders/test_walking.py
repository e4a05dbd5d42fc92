"""How a folder's names are shown, which are wanted, and how deep we go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.features.sources.live import walking

NAMES = st.one_of(
    st.binary(min_size=1, max_size=12),
    st.text(min_size=1, max_size=6).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(st.sampled_from([b"\\", b"x", b"u", b"0", b"a", b"\xa0", b"\n"]), min_size=1, max_size=8).map(
        b"".join
    ),
)


@given(first=NAMES, second=NAMES)
def test_no_two_names_read_alike_and_each_can_be_kept(first: bytes, second: bytes) -> None:
    shown = walking.shown(first)
    shown.encode()  # whole characters
    assert "\0" not in shown and "\n" not in shown
    assert (shown == walking.shown(second)) == (first == second)


def test_a_path_too_long_for_an_index_is_shortened_and_stays_itself() -> None:
    one, other = b"d/" * 1_000 + b"a.csv", b"d/" * 1_000 + b"b.csv"
    assert walking.shown(one) != walking.shown(other)
    assert len(walking.shown(one).encode()) < 2_000


@pytest.mark.parametrize(
    ("patterns", "hidden", "wanted", "left"),
    [
        ("", False, ["a.csv", "A", "sub/"], [".a", "a.tmp", "a~", "~$a.docx", ".sub/", "a.CRDOWNLOAD"]),
        ("*.csv; *.json", False, ["a.csv", "a.JSON", "sub/"], ["a.txt", "csv"]),
        ("", True, [".env", "a"], [".~lock.a.odt#", "a.swp"]),
    ],
)
def test_which_names_are_wanted(patterns: str, hidden: bool, wanted: list[str], left: list[str]) -> None:
    matches = walking.matcher(patterns, hidden=hidden)
    assert all(matches(os.fsencode(each)) for each in wanted)
    assert not any(matches(os.fsencode(each)) for each in left)


def test_a_folder_too_deep_is_said_to_be_unread(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (walking.DEEPEST + 3))
    deep.mkdir(parents=True)
    (deep / "a.csv").write_text("x")
    listing = walking.list_folder(tmp_path, deep=True, wanted=walking.matcher("", hidden=False))
    assert listing.files == {} and len(listing.unlisted) == 1
    assert not listing.tells_of("/".join(["d"] * (walking.DEEPEST + 3)) + "/a.csv")
