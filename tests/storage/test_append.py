"""Appending: what was acknowledged is there, once, in order, and the tree agrees."""

from __future__ import annotations

from indelible.storage.database.append import Draft, append


def test_a_first_entry_is_recorded(logbook):
    done = append(logbook, [Draft({"action": {"verb": "change", "said": "x"}})])
    assert [entry.index for entry in done.entries] == [1]
