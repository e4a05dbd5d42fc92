"""The state of a file: read within bounds, its content known outside the record by a keyed code alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from indelible.features.sources.kinds.oversight.differences import LARGE, UNREAD, Read, State, rights_of
from indelible.features.sources.live.walking import Seen, open_file, seen_as
from indelible.features.sources.models import Source
from indelible.storage.database.codes import code_of

MOST_COMPARED_BYTES: Final = 256 << 20
CHUNK_BYTES: Final = 1 << 20


class NotYet(Exception):
    """The file changed while it was read."""


def read_state(source: Source, seen: Seen, renew: Callable[[], None]) -> Read:
    """Return a file's state. Raises NotYet, FileNotFoundError, and OSError where its disk fails."""
    if seen.size > MOST_COMPARED_BYTES:
        return Read(seen, State(seen.version, rights_of(seen), LARGE), None)
    try:
        handle = open_file(Path(source.settings["folder"]), seen.path)
    except PermissionError:
        return Read(seen, State(seen.version, rights_of(seen), UNREAD), None)
    digest = hashlib.sha256()
    try:
        with open(handle, "rb", buffering=0, closefd=False) as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                renew()
        if seen_as(seen.path, os.fstat(handle)).version != seen.version:
            raise NotYet
    finally:
        os.close(handle)
    code = code_of(f"content of a file of source {source.pk}", digest.digest()).hex()
    return Read(seen, State(seen.version, rights_of(seen), code), digest.hexdigest())
