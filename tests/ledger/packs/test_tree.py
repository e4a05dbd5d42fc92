"""The part of a tree that a pack holds leads to the root, whichever entries are in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.ledger.errors import ProofError
from indelible.ledger.packs.tree import part_of_tree, root_of_part
from indelible.ledger.proofs import prove_inclusion
from tests.ledger.logs import MemoryLog, leaf_data

LOG = MemoryLog([leaf_data(index) for index in range(700)])


@st.composite
def selections(draw: st.DrawFn) -> tuple[int, list[int]]:
    """Draw a size and any set of entries in a log of that size."""
    size = draw(st.integers(0, 700))
    runs = draw(st.lists(st.tuples(st.integers(0, 699), st.integers(1, 40)), max_size=6))
    chosen = {index for start, length in runs for index in range(start, start + length) if index < size}
    return size, sorted(chosen)


def leaves(indexes: list[int]) -> list[tuple[int, bytes]]:
    return [(index, LOG.leaf_hashes[index]) for index in indexes]


@given(selections())
def test_any_entries_of_any_log_lead_to_its_root(selection: tuple[int, list[int]]) -> None:
    size, indexes = selection
    part = list(part_of_tree(indexes, size, LOG))
    assert root_of_part(size, leaves(indexes), part) == LOG.root(size)


@given(st.integers(1, 700), st.data())
def test_the_part_for_one_entry_is_its_receipt_in_another_order(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    part = list(part_of_tree([index], size, LOG))
    assert sorted(part) == sorted(prove_inclusion(index, size, LOG))


@given(selections().filter(lambda selection: bool(selection[1])), st.data())
def test_an_entry_or_a_hash_that_is_another_one_leads_elsewhere(
    selection: tuple[int, list[int]], data: st.DataObject
) -> None:
    size, indexes = selection
    part = list(part_of_tree(indexes, size, LOG))
    known = leaves(indexes)
    place = data.draw(st.integers(0, len(known) + len(part) - 1))
    if place < len(known):
        known[place] = (known[place][0], bytes(32))
    else:
        part[place - len(known)] = bytes(32)
    assert root_of_part(size, known, part) != LOG.root(size)


@given(selections().filter(lambda selection: bool(selection[1])), st.data())
def test_what_is_missing_left_over_or_in_another_place_is_refused_or_leads_elsewhere(
    selection: tuple[int, list[int]], data: st.DataObject
) -> None:
    size, indexes = selection
    part = list(part_of_tree(indexes, size, LOG))
    known = leaves(indexes)
    act = data.draw(st.sampled_from(["drop entry", "drop hash", "more hashes", "further entry", "swap"]))
    if act == "drop entry":
        del known[data.draw(st.integers(0, len(known) - 1))]
    elif act == "drop hash" and part:
        del part[data.draw(st.integers(0, len(part) - 1))]
    elif act == "further entry":
        known.append((size + data.draw(st.integers(0, 3)), bytes(32)))
    elif act == "swap" and len(known) > 1:
        known[0], known[1] = (known[0][0], known[1][1]), (known[1][0], known[0][1])
    else:
        part.append(bytes(32))
    try:
        assert root_of_part(size, known, part) != LOG.root(size)
    except ProofError as refused:
        assert refused.code == "tree-length"


def test_entries_out_of_order_are_refused() -> None:
    part = list(part_of_tree([3, 5], 20, LOG))
    with pytest.raises(ProofError, match="tree-length"):
        root_of_part(20, [(5, LOG.leaf_hashes[5]), (3, LOG.leaf_hashes[3])], part)
    with pytest.raises(ProofError, match="tree-length"):
        root_of_part(20, leaves([3, 3, 5]), part)


def test_a_hash_of_another_length_is_refused() -> None:
    part = list(part_of_tree([3], 20, LOG))
    with pytest.raises(ProofError, match="tree-length"):
        root_of_part(20, leaves([3]), [part[0] + b"\0", *part[1:]])


@pytest.mark.parametrize("indexes", [[2, 1], [1, 1], [-1], [20]])
def test_indexes_that_are_not_of_the_log_are_a_fault_of_the_caller(indexes: list[int]) -> None:
    with pytest.raises(ValueError, match=r"indexes|entries"):
        list(part_of_tree(indexes, 20, LOG))
