"""Loading modules without the collector: it would walk what has just been made again and again, and find nothing.

What was loaded stays till the end of the process, so that later rounds need not walk it either. A command begins a
fifth sooner for it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load modules within this block; the collector goes on afterwards as before."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()
