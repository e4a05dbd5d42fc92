"""A process of its own that checks one log in full, and prints the megabytes it took at its peak."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from bench.installation import begin, opened


def main(folder: Path) -> None:
    """Check the log in `folder` with one process and print the peak of resident memory, in MB."""
    begin(folder.parent / "idle")
    from indelible.storage.database.checking import check
    from indelible.web.acts import logbook_in_use

    with opened(folder):
        check(logbook_in_use(), workers=1)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
