"""What a step looks up in the record by itself: passed, failed, or could not be checked, and why in a sentence.

A check names a kind and its settings. `registry` knows the kinds and runs them, `ground` is all that a run hands to a
check, `sentences` fills in and reads a sentence of the language, `looking` looks for what it means, `moments` knows
when something of a run was. Each module of `looks` holds kinds that ask the same part of Indelible.

The third result is never shown as the first: whatever could not be looked up says so.
"""

from __future__ import annotations

from .ground import CannotTell, Found, Ground, Times
from .registry import flaws, flaws_in, kinds, run

__all__ = ["CannotTell", "Found", "Ground", "Times", "flaws", "flaws_in", "kinds", "run"]
