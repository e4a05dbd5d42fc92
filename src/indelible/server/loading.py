"""Loading modules without the collector: it would walk what has just been made again and again, and find nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading(*, for_good: bool = False) -> Iterator[None]:
    """Load modules within this block; the collector goes on afterwards as before.

    With `for_good` what was loaded stays till the end, and later rounds need not walk it either. That is for servers:
    a command leaves with what its end collects, so that its database is closed and nothing stays in the file beside it.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if for_good:
            gc.freeze()
        if collects:
            gc.enable()
