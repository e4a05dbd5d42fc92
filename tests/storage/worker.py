"""A process of its own that appends, for the tests that need several or kill one.

Says `+ <index> <mark>` on standard output for each entry, once it was acknowledged and not before.
"""

from __future__ import annotations

import os
import sys
import threading

import django


def main(name: str, threads: int, each: int, mark: str) -> None:
    """Append `each` entries from each of `threads` threads."""
    from indelible.storage.database.append import Draft, append
    from indelible.storage.database.logbooks import get_logbook

    logbook = get_logbook(name)

    def work(thread: int) -> None:
        for turn in range(each):
            said = f"{mark}.{thread}.{turn}"
            (entry,) = append(
                logbook, [Draft({"action": {"verb": "change", "said": said}}, source=3)]
            ).recorded
            # One write call a line: lines of several threads do not mix, and nothing waits in a buffer.
            os.write(1, f"+ {entry.index} {said}\n".encode())

    running = [threading.Thread(target=work, args=(thread,)) for thread in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "indelible.server.settings"
    django.setup()
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
